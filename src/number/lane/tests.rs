//! The functions of a lane against `f64` of the C library, the ops that choose against their rows.

#[macro_use]
mod kind;

use super::{LIMIT, Lane};
use crate::op::{self, Op, Visitor};
use crate::rule::{ListRule, Rule, Scalar};
use kind::Kind;
use std::f64::consts::{FRAC_PI_2, PI};

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
    (Op::Mish, &[(-750.0, 750.0), (-40.0, 40.0), (-3.0, 3.0), (-1e-3, 1e-3)]),
    (Op::Softplus, &[(-746.0, 40.0), (-40.0, 40.0), (-3.0, 3.0), (-1e-3, 1e-3)]),
    (Op::Ln, &[(0.0, 1e-307), (0.0, 1e300), (0.0, 10.0), (0.5, 2.0), (0.999, 1.001)]),
    (Op::Log2, &[(0.0, 1e-307), (0.0, 1e300), (0.0, 10.0), (0.5, 2.0), (0.999, 1.001)]),
    (Op::Log10, &[(0.0, 1e-307), (0.0, 1e300), (0.0, 10.0), (0.5, 2.0), (0.999, 1.001)]),
    (Op::Ln1p, &[(-1.0, 1e300), (-1.0, 10.0), (-0.6, 2.0), (-1e-3, 1e-3), (-1e-16, 1e-16)]),
    (Op::Sin, &[(-LIMIT, LIMIT), (-100.0, 100.0), (-4.0, 4.0), (-1e-3, 1e-3), (PI - 1e-4, PI + 1e-4)]),
    (Op::Cos, &[(-LIMIT, LIMIT), (-100.0, 100.0), (-4.0, 4.0), (-1e-3, 1e-3), (FRAC_PI_2 - 1e-4, FRAC_PI_2 + 1e-4)]),
    (
        Op::Tan,
        &[
            (-LIMIT, LIMIT),
            (-100.0, 100.0),
            (-4.0, 4.0),
            (-1e-3, 1e-3),
            (FRAC_PI_2 - 1e-4, FRAC_PI_2 + 1e-4),
            (PI - 1e-4, PI + 1e-4),
        ],
    ),
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

/// In each interval.
const POINTS: usize = 50_000;

/// The row's value, or a better one: the row of sech² is itself up to 3.7 units off, and coarse where its exponential is subnormal.
fn reference<R: Rule<N>, const N: usize>(x: [f64; N]) -> f64 {
    if R::BUILT_IN != Some(Op::SechSquared) {
        R::value(x)
    } else if x[0].abs() > 40.0 {
        (2.0 * (-x[0].abs()).exp()).powi(2)
    } else {
        let e = (-2.0 * x[0].abs()).exp();
        4.0 * e / (1.0 + e * (2.0 + e))
    }
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
        worst.found
    }
    let all = [worst::<Lane<f64, true>>(), worst::<Lane<f64>>(), worst::<Lane<f32, true>>(), worst::<Lane<f32>>()];
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
    each_kind! { L => op::visit(&mut Edges::<L>(std::marker::PhantomData)) }
}

/// Every function at numbers of random bits: every exponent, subnormal numbers, NaNs.
struct AnyBits<L>(std::marker::PhantomData<L>);

impl<L: Kind> Visitor for AnyBits<L> {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        if !FUNCTIONS.iter().any(|&(op, _)| Some(op) == R::BUILT_IN) {
            return;
        }
        let mut rng = fastrand::Rng::with_seed(11);
        for i in 0..POINTS {
            let bits = if i % 2 == 0 { f64::from_bits(rng.u64(..)) } else { f32::from_bits(rng.u32(..)).into() };
            let x = L::from(bits).primal();
            if Lane::<f64>::exceptional::<R, N>(&[Lane(x); N]) {
                continue;
            }
            let error = L::apply::<R, N>([L::from(x); N]).ulps(reference::<R, N>([x; N]));
            assert!(error <= 4.0, "{} {} of {x:?} is {error} units off", L::NAME, R::INFO.name);
        }
    }
    fn list_rule<R: ListRule>(&mut self) {}
}

#[test]
fn any_bits_will_do() {
    each_kind! { L => op::visit(&mut AnyBits::<L>(std::marker::PhantomData)) }
}

#[test]
fn angles_keep_their_digits_beside_every_multiple_of_a_right_angle() {
    fn check<L: Kind>() {
        for n in 1..=(LIMIT / FRAC_PI_2) as i32 {
            let nearest = L::from(f64::from(n) * FRAC_PI_2).primal();
            for x in [nearest * (1.0 - f64::EPSILON), nearest, -nearest * (1.0 + f64::EPSILON)].map(L::from) {
                let exact = x.primal();
                let errors = [x.sin().ulps(exact.sin()), x.cos().ulps(exact.cos()), x.tan().ulps(exact.tan())];
                assert!(errors.iter().all(|&error| error <= 4.0), "{} at {x}: {errors:?}", L::NAME);
            }
        }
    }
    each_kind! { L => check::<L>() }
}

/// The lanes against references of 50 digits.
struct References<L> {
    ops: Vec<serde_json::Value>,
    seen: usize,
    kind: std::marker::PhantomData<L>,
}

impl<L: Kind> Visitor for References<L> {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        if !FUNCTIONS.iter().any(|&(op, _)| Some(op) == R::BUILT_IN) {
            return;
        }
        let name = match R::INFO.name {
            "exp_m1" => "expm1",
            "ln_1p" => "log1p",
            name => name,
        };
        for op in self.ops.iter().filter(|op| op["op"] == name) {
            for point in op["points"].as_array().unwrap() {
                let (x, y) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
                if Lane::<f64>::exceptional::<R, N>(&[Lane(x); N]) {
                    continue;
                }
                // The reference knows no -0.
                let y = if y == 0.0 { R::value([x; N]) } else { y };
                let error = L::apply::<R, N>([L::from(x); N]).ulps(y);
                assert!(error <= 4.0, "{} {name} of {x:?} is {error} units off", L::NAME);
                self.seen += 1;
            }
        }
    }
    fn list_rule<R: ListRule>(&mut self) {}
}

#[test]
fn references_are_met() {
    fn check<L: Kind>() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ops_unary.json");
        let mut file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let ops = file["ops"].as_array_mut().unwrap().drain(..).collect();
        let mut references = References::<L> { ops, seen: 0, kind: std::marker::PhantomData };
        op::visit(&mut references);
        assert!(references.seen > 500, "only {} points", references.seen);
    }
    check::<Lane<f64, true>>();
    check::<Lane<f64>>();
}

/// A sine as a part of an op that is not in the table.
struct Foreign;

impl Rule<1> for Foreign {
    const INFO: crate::rule::Info = crate::rule::Info { name: "foreign", written: "foreign({})", doc: "" };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[];
    fn value([x]: [f64; 1]) -> f64 {
        (1e3 * x).cos()
    }
    fn partials<S: Scalar>([x]: [S; 1], _y: S) -> [S; 1] {
        [S::lit(-1e3) * (S::lit(1e3) * x).sin()]
    }
}

#[test]
fn what_is_exceptional_is_computed_carefully() {
    type L = Lane<f64, true>;
    let far = [Lane(1e22)];
    assert!(L::exceptional::<op::Sin, 1>(&far) && !L::exceptional::<op::Sin, 1>(&[Lane(-1e5)]));
    assert!(!L::exceptional::<op::Exp, 1>(&far));
    assert!(L::apply::<op::Sin, 1>(far).0.is_nan());
    assert_eq!(L::careful::<op::Sin, 1>(far).0, 1e22_f64.sin());
    assert_eq!(L::careful_partials::<op::Sin, 1>(far, Lane(0.0))[0].0, 1e22_f64.cos());
    assert!(L::exceptional::<Foreign, 1>(&[Lane(1.0)]));
    assert_eq!(L::careful_partials::<Foreign, 1>([Lane(1e3)], Lane(0.0))[0].0, -1e3 * 1e6_f64.sin());
    assert!(L::exceptional::<op::Powi, 2>(&[Lane(2.0), Lane(5.0)]));
    assert!(L::exceptional::<op::Powf, 2>(&[Lane(2.0), Lane(0.5)]));
}

#[test]
fn powers_and_bells_are_those_of_the_rows() {
    fn check<L: Kind, R: Rule<2>>(exponents: &[f64]) {
        let mut rng = fastrand::Rng::with_seed(3);
        for i in 0..POINTS {
            let edge = EDGES[i % EDGES.len()];
            let a = L::from(if i < 100 { edge } else { 8.0 * rng.f64() - 4.0 });
            let b = L::from(exponents[rng.usize(..exponents.len())]);
            let expected = R::value([a.primal(), b.primal()]);
            let error = L::apply::<R, 2>([a, b]).ulps(expected);
            assert!(error <= 4.0, "{} {} of {a}, {b} is {error} units off {expected}", L::NAME, R::INFO.name);
        }
    }
    fn all<L: Kind>() {
        check::<L, op::Powi>(&[-1.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
        check::<L, op::Powf>(&[-1.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
        check::<L, op::PowerBelow>(&[0.0, 1.0, 2.0, 3.0, 4.0]);
        check::<L, op::Gaussian>(&[0.5, 1.0, 2.0, 16.0]);
        check::<L, op::Elu>(&[0.5, 1.0, 2.0]);
    }
    each_kind! { L => all::<L>() }
}

#[test]
fn multiply_and_add_is_fused_or_not() {
    let x = [0.1, 10.0, -1.0];
    assert_eq!(Lane::<f64, true>::apply::<op::MulAdd, 3>(x.map(Lane)).0, 0.1_f64.mul_add(10.0, -1.0));
    assert_eq!(Lane::<f64>::apply::<op::MulAdd, 3>(x.map(Lane)).0, 0.0);
}

#[test]
fn a_lane_is_written_and_compared_as_its_float() {
    let x: Lane<f64> = Lane(0.1);
    assert_eq!((x.to_string(), format!("{x:?} {x:.3}")), ("0.1".to_owned(), "0.1 0.100".to_owned()));
    assert!(x < Lane(0.2) && Lane::<f32>(f32::NAN) != Lane(f32::NAN));
    assert_eq!((2.0 * x + x).0, 2.0 * 0.1 + 0.1);
    assert_eq!([x, x].into_iter().sum::<Lane<f64>>().0, 0.2);
}
