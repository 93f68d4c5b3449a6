//! Kinks, ties, poles and `0 · ∞` in replays and in batches: what the tape answers there.

use crate::batch::levels;
use gradus::program::{Lowering, Recorder};
use gradus::{Program, Var};

type OfOne = fn(Var) -> Var;
type OfTwo = fn(Var, Var) -> Var;

const OF_ONE: [(&str, OfOne); 52] = [
    ("abs", |a| a.abs()),
    ("relu", |a| a.relu()),
    ("leaky_relu", |a| a.leaky_relu(0.01)),
    ("elu", |a| a.elu(1.0)),
    ("sqrt", |a| a.sqrt()),
    ("cbrt", |a| a.cbrt()),
    ("ln", |a| a.ln()),
    ("log2", |a| a.log2()),
    ("log10", |a| a.log10()),
    ("ln_1p", |a| a.ln_1p()),
    ("exp", |a| a.exp()),
    ("exp2", |a| a.exp2()),
    ("exp_m1", |a| a.exp_m1()),
    ("1 / a", |a| 1.0 / a),
    ("recip", |a| a.recip()),
    ("sin", |a| a.sin()),
    ("cos", |a| a.cos()),
    ("tan", |a| a.tan()),
    ("asin", |a| a.asin()),
    ("acos", |a| a.acos()),
    ("acosh", |a| a.acosh()),
    ("atanh", |a| a.atanh()),
    ("sigmoid", |a| a.sigmoid()),
    ("softplus", |a| a.softplus()),
    ("tanh", |a| a.tanh()),
    ("silu", |a| a.silu()),
    ("gelu", |a| a.gelu()),
    ("mish", |a| a.mish()),
    ("erf", |a| a.erf()),
    ("softsign", |a| a.softsign()),
    ("floor", |a| a.floor()),
    ("round", |a| a.round()),
    ("fract", |a| a.fract()),
    ("signum", |a| a.signum()),
    ("step", |a| a.step()),
    ("clamp", |a| a.clamp(0.0, 1.0)),
    ("a^0", |a| a.powi(0)),
    ("a^1", |a| a.powi(1)),
    ("a^2", |a| a.powi(2)),
    ("a^7", |a| a.powi(7)),
    ("a^-2", |a| a.powi(-2)),
    ("powf 0", |a| a.powf(0.0)),
    ("powf 1.5", |a| a.powf(1.5)),
    ("powf 2", |a| a.powf(2.0)),
    ("sin(a)/a", |a| a.sin() / a),
    ("sqrt(a a)", |a| (a * a).sqrt()),
    ("sqrt(a) sqrt(a)", |a| a.sqrt() * a.sqrt()),
    ("0 sqrt(a)", |a| 0.0 * a.sqrt()),
    ("select sqrt", |a| a.select(a.sqrt(), a * 2.0)),
    ("select ln", |a| a.select(a.ln(), a.sqrt() * 0.0 + a)),
    ("floor of sqrt", |a| a.sqrt().floor() + a),
    ("clamped ln", |a| a.ln().clamp(-5.0, 5.0) + a),
];

const OF_TWO: [(&str, OfTwo); 13] = [
    ("max", |a, b| a.max(b)),
    ("min", |a, b| a.min(b)),
    ("powf", |a, b| a.powf(b)),
    ("atan2", |a, b| a.atan2(b)),
    ("hypot", |a, b| a.hypot(b)),
    ("quotient", |a, b| a / b),
    ("log_sum_exp", |a, b| gradus::log_sum_exp(&[a, b])),
    ("norm", |a, b| gradus::norm(&[a, b])),
    ("product", |a, b| gradus::product(&[a, b, a, b, a])),
    ("heaviside", |a, b| a.heaviside(b) * a),
    ("remainder", |a, b| a % b),
    ("select", |a, b| a.select(b.sqrt(), b * 2.0)),
    ("a sqrt(b)", |a, b| a * b.sqrt()),
];

const POINTS: [f64; 15] =
    [0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 3.0, 1e-300, -1e-300, 1e300, -1e300, 40.0, -750.0, 710.0, 2e5];

/// Equal, both NaN, or off by a few units of the last place; the sign of 0 is free. What underflows may vanish.
fn close(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 64.0 * f64::EPSILON * b.abs() + 1e-305
}

/// Compares the program of `f`, recorded at `at`, with the tape at all points: single replays, and batches in which
/// the operands are computed in lanes.
fn check<const N: usize>(name: &str, f: impl Fn(&[Var]) -> Var + Copy, at: f64, points: &[[f64; N]]) {
    for lowering in [Lowering::Full, Lowering::None] {
        let recorder = Recorder::new().lowering(lowering);
        let single = recorder.record(&[at; N], f).unwrap();
        let shifted = |w: &[Var], x: &[Var]| {
            let moved: Vec<Var> = w.iter().zip(x).map(|(&w, &x)| w + x).collect();
            f(&moved)
        };
        let program = recorder.record_shared(&[0.0; N], &[at; N], shifted).unwrap();
        for x in points {
            let (value, gradient) = gradus::value_and_gradient(f, x).unwrap();
            let same = |found: (f64, &[f64])| {
                close(found.0, value) && found.1.iter().zip(&gradient).all(|(&a, &b)| close(a, b))
            };
            let found = single.gradient(x).unwrap();
            assert!(same((found.0, &found.1)), "{name} at {x:?}: {found:?} and not {value} {gradient:?}");
            let second = gradus::hessian(f, x).unwrap().concat();
            let found = single.hessian(x).unwrap().concat();
            let same_second = found.iter().zip(&second).all(|(&a, &b)| close(a, b));
            assert!(same_second, "second derivatives of {name} at {x:?}, {lowering:?}: {found:?} and not {second:?}");
            for level in levels() {
                let batch = program.batches().level(level).gradient(&[0.0; N], x).unwrap();
                let found = (batch.values[0], batch.gradient.as_slice());
                assert!(
                    same(found),
                    "{name} at {x:?}, {lowering:?}, {level:?}: {found:?} and not {value} {gradient:?}\n{}",
                    program.batch_listing()
                );
            }
        }
        // All at once: no sample disturbs another.
        let samples = points.concat();
        let each = program.batches::<f64>().values(&[0.0; N], &samples).unwrap();
        for (x, value) in points.iter().zip(each) {
            let expected = gradus::value_and_gradient(f, x).unwrap().0;
            assert!(close(value, expected), "{name} at {x:?} among others: {value} and not {expected}");
        }
    }
}

#[test]
fn ops_of_one_operand_at_their_edges() {
    let points = POINTS.map(|each| [each]);
    for (name, f) in OF_ONE {
        check(name, |x: &[Var]| f(x[0]), 0.5, &points);
    }
}

#[test]
fn ops_of_two_operands_at_their_edges() {
    let edges = [0.0, 1.0, -1.0, 2.0, 0.5, -2.0, 1e300, 5.0];
    let points: Vec<[f64; 2]> = edges.iter().flat_map(|&a| edges.map(|b| [a, b])).collect();
    for (name, f) in OF_TWO {
        check(name, |x: &[Var]| f(x[0], x[1]), 0.5, &points);
    }
}

/// One sample of many takes a branch whose other side has an infinite slope; its NaN is not the batch's.
#[test]
fn a_branch_not_taken_poisons_no_batch() {
    let f = |w: &[Var], x: &[Var]| (w[0] + x[0]).select((w[0] + x[0]).sqrt(), w[1] * x[0]) + w[1];
    let program = Program::record_shared(&[1.0, 1.0], &[1.0], f).unwrap();
    for zero in [0, 15, 16, 31, 32, 36] {
        let mut samples = vec![4.0; 37];
        samples[zero] = 0.0;
        let batch = program.batch(&[0.0, 3.0], &samples).unwrap();
        assert!(batch.gradient.iter().zip([0.25 * 36.0, 37.0]).all(|(a, b)| close(*a, b)), "{:?}", batch.gradient);
        let mut batches = program.batches().reduction(gradus::program::Reduction::Mean);
        let mean = batches.gradient(&[0.0, 3.0], &samples).unwrap();
        assert!(close(mean.gradient[0], 0.25 * 36.0 / 37.0) && close(mean.gradient[1], 1.0), "{:?}", mean.gradient);
    }
}

/// The last sample stands in for those that are missing in its block; an infinite slope there is no NaN.
#[test]
fn lanes_without_a_sample_do_not_matter() {
    let f = |w: &[Var], x: &[Var]| (w[0] * x[0]).sqrt() + w[0];
    let program = Program::record_shared(&[1.0], &[1.0], f).unwrap();
    for count in [1, 3, 16, 17, 33] {
        let mut samples = vec![1.0; count];
        samples[count - 1] = 0.0;
        let batch = program.batch(&[4.0], &samples).unwrap();
        // d sqrt(w x) / dw = x / (2 sqrt(w x)), which is 0 / 0 there: honestly NaN.
        assert!(batch.gradient[0].is_nan(), "{:?}", batch.gradient);
        let g = |w: &[Var], x: &[Var]| (w[0] + x[0]).sqrt() * 2.0;
        let program = Program::record_shared(&[1.0], &[1.0], g).unwrap();
        assert_eq!(program.batch(&[0.0], &samples).unwrap().gradient, [f64::INFINITY]);
    }
}

/// In single precision, batches against single replays.
fn check_narrow<const N: usize>(name: &str, f: impl Fn(&[Var]) -> Var + Copy, points: &[[f32; N]]) {
    let shifted = |w: &[Var], x: &[Var]| {
        let moved: Vec<Var> = w.iter().zip(x).map(|(&w, &x)| w + x).collect();
        f(&moved)
    };
    let program = Program::record_shared(&[0.0; N], &[0.5; N], shifted).unwrap();
    let mut workspace = program.workspace::<f32>();
    let close =
        |a: f32, b: f32| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 64.0 * f32::EPSILON * b.abs() + 1e-36;
    for x in points {
        let (value, gradient) = workspace.gradient(&[[0.0; N], *x].concat()).unwrap();
        for level in levels() {
            let batch = program.batches::<f32>().level(level).gradient(&[0.0; N], x).unwrap();
            let same = batch.gradient.iter().zip(gradient).all(|(&a, &b)| close(a, b));
            assert!(
                close(batch.values[0], value) && same,
                "{name} at {x:?}, {level:?}: {batch:?}, {value} {gradient:?}"
            );
        }
    }
}

#[test]
fn ops_at_their_edges_in_single_precision() {
    let points = [0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 3.0, 1e-30, -1e-30, 1e30, -1e30, 40.0, -100.0, 88.0, 2e5];
    for (name, f) in OF_ONE {
        check_narrow(name, |x: &[Var]| f(x[0]), &points.map(|each| [each]));
    }
    let edges = [0.0, 1.0, -1.0, 2.0, 0.5, -2.0, 1e30, 5.0];
    let points: Vec<[f32; 2]> = edges.iter().flat_map(|&a| edges.map(|b| [a, b])).collect();
    for (name, f) in OF_TWO {
        check_narrow(name, |x: &[Var]| f(x[0], x[1]), &points);
    }
}
