//! An op as its check sees it: a rule, a list rule or an opaque op.

use crate::custom::{Opaque, shared_opaque};
use crate::number::Dual;
use crate::rule::{ListRule, Rule, Scalar};
use crate::tape::{Tape, Var};
use std::marker::PhantomData;
use std::rc::Rc;

pub(super) trait Subject {
    fn name(&self) -> &str;
    fn example(&self) -> Option<(Vec<f64>, f64)>;
    fn value(&self, x: &[f64]) -> f64;
    fn partials(&self, x: &[f64]) -> Vec<f64>;
    /// Which operands matter near `x`.
    fn depends(&self, x: &[f64]) -> Vec<bool>;
    /// What the reverse sweep gives each operand.
    fn on_tape(&self, x: &[f64]) -> Vec<f64>;
    /// The tangent along operand `i`.
    fn of_dual(&self, x: &[f64], i: usize) -> f64;
    /// The derivatives of the partials along operand `i`, for ops that have them.
    fn second(&self, x: &[f64], i: usize) -> Option<Vec<f64>>;
    /// The call that checks one point, as code.
    fn call(&self, x: &[f64]) -> Option<String>;
}

/// The name of a type without the modules that it stands in.
fn short_name<T>() -> String {
    let mut short = String::new();
    let mut word = String::new();
    for letter in std::any::type_name::<T>().chars() {
        match letter {
            ':' => word.clear(),
            letter if letter.is_alphanumeric() || letter == '_' => word.push(letter),
            letter => {
                short.push_str(&std::mem::take(&mut word));
                short.push(letter);
            }
        }
    }
    short + &word
}

/// `x`, of which operand `i` moves.
fn moving(x: &[f64], i: usize) -> Vec<Dual> {
    x.iter().enumerate().map(|(j, &x)| if i == j { Dual::variable(x) } else { Dual::constant(x) }).collect()
}

pub(super) struct Fixed<R, const N: usize>(PhantomData<R>);

impl<R: Rule<N>, const N: usize> Fixed<R, N> {
    pub(super) fn new() -> Self {
        Fixed(PhantomData)
    }
}

fn array<S: Copy, const N: usize>(x: &[S]) -> [S; N] {
    std::array::from_fn(|i| x[i])
}

impl<R: Rule<N>, const N: usize> Subject for Fixed<R, N> {
    fn name(&self) -> &str {
        R::INFO.name
    }
    fn example(&self) -> Option<(Vec<f64>, f64)> {
        R::EXAMPLE.map(|(x, y)| (x.to_vec(), y))
    }
    fn value(&self, x: &[f64]) -> f64 {
        R::value(array(x))
    }
    fn partials(&self, x: &[f64]) -> Vec<f64> {
        let x: [f64; N] = array(x);
        let (depends, partials) = (R::depends(&x), R::partials(x, R::value(x)));
        (0..N).map(|i| if depends[i] { partials[i] } else { 0.0 }).collect()
    }
    fn depends(&self, x: &[f64]) -> Vec<bool> {
        R::depends(&array(x)).to_vec()
    }
    fn on_tape(&self, x: &[f64]) -> Vec<f64> {
        let tape = Tape::new();
        let vars: [Var; N] = std::array::from_fn(|i| tape.var(x[i]));
        let gradients = Var::apply::<R, N>(vars).backward();
        vars.iter().map(|&var| gradients[var]).collect()
    }
    fn of_dual(&self, x: &[f64], i: usize) -> f64 {
        Dual::apply::<R, N>(array(&moving(x, i))).tangent()
    }
    fn second(&self, x: &[f64], i: usize) -> Option<Vec<f64>> {
        let x: [Dual; N] = array(&moving(x, i));
        Some(R::partials(x, Dual::apply::<R, N>(x)).iter().map(|partial| partial.tangent()).collect())
    }
    fn call(&self, x: &[f64]) -> Option<String> {
        Some(format!("gradus::check::op_at::<{}, {N}>({x:?})", short_name::<R>()))
    }
}

pub(super) struct List<R>(PhantomData<R>);

impl<R: ListRule> List<R> {
    pub(super) fn new() -> Self {
        List(PhantomData)
    }
}

impl<R: ListRule> Subject for List<R> {
    fn name(&self) -> &str {
        R::INFO.name
    }
    fn example(&self) -> Option<(Vec<f64>, f64)> {
        R::EXAMPLE.map(|(x, y)| (x.to_vec(), y))
    }
    fn value(&self, x: &[f64]) -> f64 {
        R::value(x)
    }
    fn partials(&self, x: &[f64]) -> Vec<f64> {
        R::partials(x, R::value(x)).to_vec()
    }
    fn depends(&self, x: &[f64]) -> Vec<bool> {
        vec![true; x.len()]
    }
    fn on_tape(&self, x: &[f64]) -> Vec<f64> {
        let tape = Tape::new();
        let vars = tape.vars(x);
        let gradients = Var::apply_list::<R>(&vars).backward();
        vars.iter().map(|&var| gradients[var]).collect()
    }
    fn of_dual(&self, x: &[f64], i: usize) -> f64 {
        Dual::apply_list::<R>(&moving(x, i)).tangent()
    }
    fn second(&self, x: &[f64], i: usize) -> Option<Vec<f64>> {
        let x = moving(x, i);
        Some(R::partials(&x, Dual::apply_list::<R>(&x)).iter().map(|partial| partial.tangent()).collect())
    }
    fn call(&self, x: &[f64]) -> Option<String> {
        Some(format!("gradus::check::list_op_at::<{}>(&{x:?})", short_name::<R>()))
    }
}

pub(super) struct OpaqueOp(pub(super) Rc<dyn Opaque>);

impl Subject for OpaqueOp {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn example(&self) -> Option<(Vec<f64>, f64)> {
        None
    }
    fn value(&self, x: &[f64]) -> f64 {
        self.0.value(x)
    }
    fn partials(&self, x: &[f64]) -> Vec<f64> {
        self.0.gradient(x, self.0.value(x))
    }
    fn depends(&self, x: &[f64]) -> Vec<bool> {
        vec![true; x.len()]
    }
    fn on_tape(&self, x: &[f64]) -> Vec<f64> {
        let tape = Tape::new();
        let vars = tape.vars(x);
        // An op that fails here has no slopes.
        let gradients = shared_opaque(&self.0, &vars).and_then(|y| y.try_backward());
        gradients.and_then(|gradients| gradients.wrt(&vars)).unwrap_or_else(|_| vec![f64::NAN; x.len()])
    }
    fn of_dual(&self, x: &[f64], i: usize) -> f64 {
        shared_opaque(&self.0, &moving(x, i)).map_or(f64::NAN, |y| y.tangent())
    }
    fn second(&self, _: &[f64], _: usize) -> Option<Vec<f64>> {
        None
    }
    fn call(&self, _: &[f64]) -> Option<String> {
        None
    }
}
