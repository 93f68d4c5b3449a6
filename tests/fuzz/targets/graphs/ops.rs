//! Every op of the table on every kind of number, found by visiting the table.

use crate::noisy::Noisy;
use gradus::op::{self, Visitor};
use gradus::rule::{ListRule, Rule};
use gradus::{Dual, Scalar, Var};

/// A number with two derivatives.
type Second<S = f64> = Dual<Dual<S>>;

/// An op of fixed arity or of a list.
pub struct Op {
    pub name: &'static str,
    /// How many operands it takes; `None` for any number.
    pub arity: Option<usize>,
    /// For each operand that is a parameter, the values that it may have.
    pub parameters: Vec<Option<Vec<f64>>>,
    /// Whether it jumps somewhere without a choice by `Rule::depends`, so that differences say nothing.
    pub jumps: bool,
    on: On,
}

struct On {
    float: fn(&[f64]) -> f64,
    var: fn(&[Var]) -> Var,
    dual: fn(&[Dual]) -> Dual,
    second: fn(&[Second]) -> Second,
    noisy: fn(&[Noisy]) -> Noisy,
    noisy_dual: fn(&[Dual<Noisy>]) -> Dual<Noisy>,
    noisy_second: fn(&[Second<Noisy>]) -> Second<Noisy>,
}

/// A kind of number that expressions are evaluated on.
pub trait Kind: Scalar {
    fn apply_op(op: &Op, x: &[Self]) -> Self;
}

macro_rules! kinds {
    ($($Number:ty, $field:ident;)*) => {
        $(impl Kind for $Number {
            fn apply_op(op: &Op, x: &[Self]) -> Self {
                (op.on.$field)(x)
            }
        })*
    };
}

kinds! {
    f64, float;
    Var, var;
    Dual, dual;
    Second, second;
    Noisy, noisy;
    Dual<Noisy>, noisy_dual;
    Second<Noisy>, noisy_second;
}

fn fixed<S: Scalar, R: Rule<N>, const N: usize>(x: &[S]) -> S {
    S::apply::<R, N>(std::array::from_fn(|i| x[i]))
}

#[derive(Default)]
struct Collector(Vec<Op>);

impl Visitor for Collector {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        let is_parameter = |i: usize| R::DOMAIN.iter().all(|domain| domain[i].0 == domain[i].1);
        let values = |i: usize| R::DOMAIN.iter().map(|domain| domain[i].0).collect();
        let parameters: Vec<Option<Vec<f64>>> = (0..N).map(|i| is_parameter(i).then(|| values(i))).collect();
        let on = On {
            float: fixed::<f64, R, N>,
            var: fixed::<Var, R, N>,
            dual: fixed::<Dual, R, N>,
            second: fixed::<Second, R, N>,
            noisy: fixed::<Noisy, R, N>,
            noisy_dual: fixed::<Dual<Noisy>, R, N>,
            noisy_second: fixed::<Second<Noisy>, R, N>,
        };
        // What depends on nothing near a point is a step, and what does not always depend on all chooses.
        let chooses = R::DOMAIN.iter().any(|domain| R::depends(&domain.map(|ends| ends.0)).contains(&false));
        let jumps = !chooses && jumps(N, &parameters, on.float);
        self.0.push(Op { name: R::INFO.name, arity: Some(N), parameters, jumps, on });
    }

    fn list_rule<R: ListRule>(&mut self) {
        let on = On {
            float: f64::apply_list::<R>,
            var: Var::apply_list::<R>,
            dual: Dual::apply_list::<R>,
            second: Second::<f64>::apply_list::<R>,
            noisy: Noisy::apply_list::<R>,
            noisy_dual: Dual::<Noisy>::apply_list::<R>,
            noisy_second: Second::<Noisy>::apply_list::<R>,
        };
        let jumps = jumps(4, &[], on.float);
        self.0.push(Op { name: R::INFO.name, arity: None, parameters: Vec::new(), jumps, on });
    }
}

pub fn table() -> Vec<Op> {
    let mut collector = Collector::default();
    op::visit(&mut collector);
    collector.0
}

/// Looks for jumps of finite height between pairs of points, by halving the interval in which the value changes most.
fn jumps(arity: usize, parameters: &[Option<Vec<f64>>], value: fn(&[f64]) -> f64) -> bool {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    (0..300).any(|_| {
        let mut x: Vec<f64> = (0..arity).map(|_| random() * 8.0 - 4.0).collect();
        for (x, values) in x.iter_mut().zip(parameters) {
            if let Some(values) = values {
                *x = values[0];
            }
        }
        let moved = (random() * arity as f64) as usize % arity;
        if parameters.get(moved).is_some_and(Option::is_some) {
            return false;
        }
        let mut at = |t: f64| {
            x[moved] = t;
            value(&x)
        };
        let (mut low, mut high) = (random() * 8.0 - 4.0, random() * 8.0 - 4.0);
        for _ in 0..70 {
            let middle = 0.5 * (low + high);
            let (left, right) = (at(middle) - at(low), at(high) - at(middle));
            if left.abs() >= right.abs() { high = middle } else { low = middle }
        }
        let height = (at(high) - at(low)).abs();
        (1e-3..1e3).contains(&height)
    })
}
