//! The functions of a lane against `f64` of the C library, the ops that choose against their rows.

use super::{LIMIT, Lane, Real};
use crate::op::{self, Op, Visitor};
use crate::rule::{ListRule, Rule, Scalar};

/// The ops with code of their own that is not the row's, and where their points are taken: in these intervals.
const FUNCTIONS: &[(Op, &[(f64, f64)])] = &[
    (Op::Exp, &[(-745.0, 709.7), (-3.0, 3.0), (-1e-3, 1e-3), (-746.0, -700.0)]),
    (Op::Exp2, &[(-1075.0, 1023.9), (-3.0, 3.0), (-1e-3, 1e-3), (-1076.0, -1010.0)]),
    (Op::ExpM1, &[(-50.0, 709.7), (-3.0, 3.0), (-0.4, 0.4), (-1e-3, 1e-3), (-1e-16, 1e-16)]),
    (Op::Sinh, &[(-710.4, 710.4), (-30.0, 30.0), (-3.0, 3.0), (-0.4, 0.4), (-1e-3, 1e-3), (-1e-16, 1e-16)]),
    (Op::Cosh, &[(-710.4, 710.4), (-30.0, 30.0), (-3.0, 3.0), (-1e-3, 1e-3)]),
    (Op::Tanh, &[(-25.0, 25.0), (-3.0, 3.0), (-0.4, 0.4), (-1e-3, 1e-3), (-1e-16, 1e-16)]),
    (Op::SechSquared, &[(-373.0, 373.0), (-20.0, 20.0), (-3.0, 3.0)]),
    (Op::Sigmoid, &[(-746.0, 40.0), (-40.0, 40.0), (-3.0, 3.0), (-1e-3, 1e-3)]),
    (Op::Silu, &[(-750.0, 750.0), (-40.0, 40.0), (-3.0, 3.0), (-1e-3, 1e-3)]),
    (Op::Softplus, &[(-746.0, 40.0), (-40.0, 40.0), (-3.0, 3.0), (-1e-3, 1e-3)]),
    (Op::Ln, &[(0.0, 1e-307), (0.0, 1e300), (0.0, 10.0), (0.5, 2.0), (0.999, 1.001)]),
    (Op::Log2, &[(0.0, 1e-307), (0.0, 1e300), (0.0, 10.0), (0.5, 2.0), (0.999, 1.001)]),
    (Op::Log10, &[(0.0, 1e-307), (0.0, 1e300), (0.0, 10.0), (0.5, 2.0), (0.999, 1.001)]),
    (Op::Ln1p, &[(-1.0, 1e300), (-1.0, 10.0), (-0.6, 2.0), (-1e-3, 1e-3), (-1e-16, 1e-16)]),
    (Op::Sin, &[(-LIMIT, LIMIT), (-100.0, 100.0), (-4.0, 4.0), (-1e-3, 1e-3), (3.1415, 3.1417)]),
    (Op::Cos, &[(-LIMIT, LIMIT), (-100.0, 100.0), (-4.0, 4.0), (-1e-3, 1e-3), (1.5707, 1.5709)]),
    (Op::Tan, &[(-LIMIT, LIMIT), (-100.0, 100.0), (-4.0, 4.0), (-1e-3, 1e-3), (1.5707, 1.5709), (3.1415, 3.1417)]),
];

/// Ops that are to the bit, or to the rounding, what their row is.
const PLAIN: &[Op] = &[
    Op::Add,
    Op::Sub,
    Op::Mul,
    Op::Div,
    Op::Neg,
    Op::Recip,
    Op::Sqrt,
    Op::OneMinusSquare,
    Op::Abs,
    Op::Signum,
    Op::Step,
    Op::Heaviside,
    Op::Min,
    Op::Max,
    Op::Clamp,
    Op::Select,
    Op::Relu,
    Op::LeakyRelu,
    Op::Softsign,
    Op::Floor,
    Op::Ceil,
    Op::Trunc,
    Op::Fract,
    Op::Round,
    Op::Hypot,
    Op::Erf,
];

const POINTS: usize = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };

/// A kind of lane, seen from a test: its numbers, and how far apart two of them are.
trait Kind: Scalar {
    fn from(x: f64) -> Self;
    fn bits_of(self) -> u64;
    /// Units in the last place between this and the exact value.
    fn ulps(self, exact: f64) -> f64;
    const NAME: &'static str;
}

macro_rules! kind {
    ($name:literal $F:ident, $FMA:literal, least $least:expr, digits $digits:literal) => {
        impl Kind for Lane<$F, $FMA> {
            const NAME: &'static str = $name;
            fn from(x: f64) -> Self {
                Lane(x as $F)
            }
            fn bits_of(self) -> u64 {
                u64::from(self.0.to_bits())
            }
            fn ulps(self, exact: f64) -> f64 {
                let rounded = exact as $F;
                if rounded.is_nan() || rounded.is_infinite() || rounded == 0.0 {
                    let same = (rounded.is_nan() && self.0.is_nan()) || self.0 == rounded;
                    let next = rounded == 0.0 && self.0.abs() <= $F::from_bits(1);
                    return if same && (rounded.is_nan() || self.0.is_sign_negative() == rounded.is_sign_negative()) {
                        0.0
                    } else if next {
                        1.0
                    } else {
                        f64::INFINITY
                    };
                }
                let exponent = ((exact.abs().to_bits() >> 52) as i32 - 1023).max($least);
                let unit = |value: f64| {
                    value * 2.0_f64.powi(-exponent / 2) * 2.0_f64.powi(-exponent - -exponent / 2 + $digits)
                };
                (unit(f64::from(self.0)) - unit(exact)).abs()
            }
        }
    };
}

kind! { "f64 FMA" f64, true, least -1022, digits 52 }
kind! { "f64" f64, false, least -1022, digits 52 }
kind! { "f32 FMA" f32, true, least -126, digits 23 }
kind! { "f32" f32, false, least -126, digits 23 }

/// The row's value, or a better one: the row of sech² is coarse where its exponential is subnormal.
fn reference<R: Rule<N>, const N: usize>(x: [f64; N]) -> f64 {
    if R::BUILT_IN == Some(Op::SechSquared) && x[0].abs() > 40.0 {
        return (2.0 * (-x[0].abs()).exp()).powi(2);
    }
    R::value(x)
}

/// The worst error of each function, of one kind of lane.
struct Worst<L> {
    found: Vec<(Op, f64, f64)>,
    kind: std::marker::PhantomData<L>,
}

impl<L: Kind> Visitor for Worst<L> {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        let Some(&(op, intervals)) = FUNCTIONS.iter().find(|&&(op, _)| Some(op) == R::BUILT_IN) else { return };
        let mut rng = fastrand::Rng::with_seed(7);
        let mut worst = (0.0, 0.0);
        for &(low, high) in intervals {
            for _ in 0..POINTS {
                let x = L::from(low + (high - low) * rng.f64()).primal();
                if !(low..=high).contains(&x) {
                    continue;
                }
                let error = L::apply::<R, N>([L::from(x); N]).ulps(reference::<R, N>([x; N]));
                if error > worst.0 {
                    worst = (error, x);
                }
            }
        }
        self.found.push((op, worst.0, worst.1));
    }
    fn list_rule<R: ListRule>(&mut self) {}
}

#[test]
fn functions_are_right_to_4_units_of_the_last_place() {
    fn worst<L: Kind>() -> Vec<(Op, f64, f64)> {
        let mut worst = Worst::<L> { found: Vec::new(), kind: std::marker::PhantomData };
        op::visit(&mut worst);
        assert_eq!(worst.found.len(), FUNCTIONS.len());
        for &(op, error, at) in &worst.found {
            println!("{} {op:?}: {error:.2} at {at:?}", L::NAME);
        }
        worst.found
    }
    let all = [worst::<Lane<f64, true>>(), worst::<Lane<f64>>(), worst::<Lane<f32, true>>(), worst::<Lane<f32>>()];
    for i in 0..FUNCTIONS.len() {
        let row: Vec<String> = all.iter().map(|column| format!("{:.2}", column[i].1)).collect();
        println!("//! | {:?} | {} |", all[0][i].0, row.join(" | "));
    }
    for (op, error, at) in all.concat() {
        assert!(error <= 4.0, "{op:?} is {error} units off at {at:?}");
    }
}

const EDGES: [f64; 24] = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    1e-310,
    2.2250738585072014e-308,
    -1e-300,
    1e-45,
    -1e-45,
    1e-39,
    1e-10,
    0.5,
    1.0,
    -1.0,
    2.0,
    -3.0,
    89.5,
    -104.5,
    711.0,
    -750.0,
    1e30,
    -1e300,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

/// Every function of the table at the edges and at NaN, as an operand in every place.
struct Edges<L>(std::marker::PhantomData<L>);

impl<L: Kind> Visitor for Edges<L> {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        let function = FUNCTIONS.iter().any(|&(op, _)| Some(op) == R::BUILT_IN);
        let plain = PLAIN.iter().any(|&op| Some(op) == R::BUILT_IN);
        if !(function || plain) {
            return;
        }
        let points: Vec<f64> = EDGES.into_iter().chain([f64::NAN]).map(|x| L::from(x).primal()).collect();
        for case in 0..points.len().pow(N as u32) {
            let x: [f64; N] = std::array::from_fn(|i| points[case / points.len().pow(i as u32) % points.len()]);
            let expected = reference::<R, N>(x);
            let found = L::apply::<R, N>(x.map(L::from));
            let angle = matches!(R::BUILT_IN, Some(Op::Sin | Op::Cos | Op::Tan)) && x[0].abs() > LIMIT;
            if angle {
                assert!(found.primal().is_nan(), "{} {} of {x:?}", L::NAME, R::INFO.name);
            } else if plain {
                let same =
                    found.bits_of() == L::from(expected).bits_of() || (found.primal().is_nan() && expected.is_nan());
                let twice_rounded =
                    matches!(R::BUILT_IN, Some(Op::OneMinusSquare | Op::Softsign)) && found.ulps(expected) <= 2.0;
                assert!(same || twice_rounded, "{} {} of {x:?}: {found}, not {expected}", L::NAME, R::INFO.name);
            } else {
                let error = found.ulps(expected);
                assert!(error <= 4.0, "{} {} of {x:?}: {found}, not {expected}", L::NAME, R::INFO.name);
            }
        }
    }
    fn list_rule<R: ListRule>(&mut self) {}
}

#[test]
fn edges_are_those_of_the_rows() {
    op::visit(&mut Edges::<Lane<f64, true>>(std::marker::PhantomData));
    op::visit(&mut Edges::<Lane<f64>>(std::marker::PhantomData));
    op::visit(&mut Edges::<Lane<f32, true>>(std::marker::PhantomData));
    op::visit(&mut Edges::<Lane<f32>>(std::marker::PhantomData));
}
