//! Ops that are not in the table, in every kind of replay.

use gradus::program::{Lowering, Recorder};
use gradus::rule::{Info, ListRule, Partials, Rule};
use gradus::{Error, Opaque, Program, Scalar, Var};

const INFO: Info = Info { name: "mine", written: "mine({})", doc: "An op of one's own." };

/// `x eʸ`; the partials use the answer.
struct Growth;

impl Rule<2> for Growth {
    const INFO: Info = Info { name: "growth", ..INFO };
    const DOMAIN: &'static [[(f64, f64); 2]] = &[[(0.5, 2.0), (-1.0, 1.0)]];
    fn value([x, y]: [f64; 2]) -> f64 {
        x * y.exp()
    }
    fn partials<S: Scalar>([_, y]: [S; 2], answer: S) -> [S; 2] {
        [y.exp(), answer]
    }
}

/// `sqrt(x)` above 0, else 0, on which the output does not depend there.
struct Root;

impl Rule<1> for Root {
    const INFO: Info = Info { name: "root", ..INFO };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(0.5, 2.0)]];
    fn value([x]: [f64; 1]) -> f64 {
        if x > 0.0 { x.sqrt() } else { 0.0 }
    }
    fn partials<S: Scalar>(_: [S; 1], y: S) -> [S; 1] {
        [S::lit(0.5) / y]
    }
    fn depends([x]: &[f64; 1]) -> [bool; 1] {
        [*x > 0.0]
    }
}

/// `√Σx²`, of any number.
struct Length;

impl ListRule for Length {
    const INFO: Info = Info { name: "length", ..INFO };
    const DOMAIN: &'static [(f64, f64)] = &[(0.5, 2.0)];
    fn value(x: &[f64]) -> f64 {
        x.iter().map(|x| x * x).sum::<f64>().sqrt()
    }
    fn partials<S: Scalar>(x: &[S], answer: S) -> Partials<S> {
        x.iter().map(|&x| x / answer).collect()
    }
}

/// All three, one of them twice, and one on literals alone.
fn own<S: Scalar>(x: &[S]) -> S {
    let growth = S::apply::<Growth, 2>([x[0], x[1] * x[2]]);
    let again = S::apply::<Growth, 2>([x[0], x[1] * x[2]]);
    let literal = S::apply::<Growth, 2>([S::lit(2.0), S::lit(0.5)]);
    let list: Vec<S> = (0..12).map(|i| x[i % 3] * S::lit(i as f64 * 0.25) + S::lit(1.0)).collect();
    growth * again + literal * S::apply_list::<Length>(&list) + S::apply::<Root, 1>([x[2]]) * x[0]
}

/// The same without.
fn plain<S: Scalar>(x: &[S]) -> S {
    let growth = x[0] * (x[1] * x[2]).exp();
    let literal = S::lit(2.0 * 0.5_f64.exp());
    let list: Vec<S> = (0..12).map(|i| x[i % 3] * S::lit(i as f64 * 0.25) + S::lit(1.0)).collect();
    growth * growth + literal * gradus::norm(&list) + x[2].sqrt() * x[0]
}

const AT: [f64; 3] = [0.8, 0.6, 1.1];

#[track_caller]
fn close(found: &[f64], expected: &[f64], bound: f64) {
    assert_eq!(found.len(), expected.len());
    let off = found.iter().zip(expected).any(|(a, b)| (a - b).abs() > bound * (1.0 + b.abs()) || a.is_nan());
    assert!(!off, "{found:?} instead of {expected:?}");
}

#[test]
fn rules_of_ones_own_are_replayed_in_every_mode() {
    for lowering in [Lowering::Full, Lowering::None] {
        let program = Recorder::new().lowering(lowering).record(&[1.0; 3], own::<Var>).unwrap();
        let (value, gradient) = gradus::value_and_gradient(plain, &AT).unwrap();
        let found = program.gradient(&AT).unwrap();
        close(&[found.0], &[value], 1e-14);
        close(&found.1, &gradient, 1e-14);
        let hessian = gradus::hessian(plain, &AT).unwrap().concat();
        close(&program.hessian(&AT).unwrap().concat(), &hessian, 1e-13);
        let direction = [1.0, -2.0, 0.5];
        close(&program.hvp(&AT, &direction).unwrap(), &gradus::hvp(plain, &AT, &direction).unwrap(), 1e-13);
        let along = gradient.iter().zip(direction).map(|(a, b)| a * b).sum();
        close(&program.jvp(&AT, &direction).unwrap().1, &[along], 1e-14);
        let narrow = AT.map(|each| each as f32);
        let mut workspace = program.workspace::<f32>();
        let (_, single) = workspace.gradient(&narrow).unwrap();
        close(&single.iter().map(|&each| each.into()).collect::<Vec<f64>>(), &gradient, 1e-5);
    }
    assert_eq!(Program::record(&[1.0; 3], own::<Var>).unwrap().to_string().matches("growth").count(), 1);
}

#[test]
fn what_a_rule_does_not_depend_on_receives_nothing() {
    // The slope of the root is infinite at 0, and the rule says that it does not matter there.
    let f = |x: &[Var]| Var::apply::<Root, 1>([x[0]]) * x[1] + x[0];
    let program = Program::record(&[1.0, 1.0], f).unwrap();
    for x in [[0.0, 2.0], [-1.0, 2.0], [4.0, 2.0]] {
        let expected = gradus::value_and_gradient(f, &x).unwrap();
        assert_eq!(program.gradient(&x).unwrap(), expected);
        assert!(expected.1.iter().all(|partial| partial.is_finite()));
    }
}

#[cfg(feature = "batch")]
#[test]
fn rules_of_ones_own_are_replayed_in_batches() {
    for lowering in [Lowering::Full, Lowering::None] {
        let f = |w: &[Var], x: &[Var]| own(&[w[0], x[0], w[1]]);
        let program = Recorder::new().lowering(lowering).record_shared(&[1.0; 2], &[1.0], f).unwrap();
        let samples: Vec<f64> = (0..37).map(|i| 0.6 + f64::from(i) / 40.0).collect();
        let shared = [AT[0], AT[2]];
        let mut sum = [0.0; 2];
        let mut values = Vec::new();
        for &sample in &samples {
            let (value, gradient) = gradus::value_and_gradient(plain, &[shared[0], sample, shared[1]]).unwrap();
            values.push(value);
            sum = [sum[0] + gradient[0], sum[1] + gradient[2]];
        }
        for level in crate::batch::levels() {
            let batch = program.batches().level(level).gradient(&shared, &samples).unwrap();
            close(&batch.values, &values, 1e-13);
            close(&batch.gradient, &sum, 1e-13);
            let narrow: Vec<f32> = samples.iter().map(|&each| each as f32).collect();
            let batch = program.batches().level(level).gradient(&shared.map(|each| each as f32), &narrow).unwrap();
            close(&batch.gradient.iter().map(|&each| each.into()).collect::<Vec<f64>>(), &sum, 1e-5);
        }
    }
}

#[cfg(feature = "batch")]
#[test]
fn a_detached_value_is_constant_in_a_batch() {
    // Also where what is detached depends on shared inputs alone, and where it is a weight.
    let f = |w: &[Var], x: &[Var]| w[0].detach() * x[0] + w[0] * (w[1] * x[0]).detach() + w[1] * (w[0] * 2.0).detach();
    let program = Program::record_shared(&[1.0, 1.0], &[1.0], f).unwrap();
    let batch = program.batch(&[2.0, 3.0], &[5.0, 7.0]).unwrap();
    assert_eq!(batch.values, [10.0 + 30.0 + 12.0, 14.0 + 42.0 + 12.0]);
    assert_eq!(batch.gradient, [15.0 + 21.0, 4.0 + 4.0]);
}

struct Plain;

impl Opaque for Plain {
    fn name(&self) -> &str {
        "plain"
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0]
    }
    fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
        vec![1.0]
    }
}

#[test]
fn an_opaque_op_cannot_be_recorded() {
    let error = Program::record(&[1.0], |x| gradus::opaque(Plain, x).unwrap()).unwrap_err();
    assert_eq!(error, Error::OpaqueInProgram { op: "plain".to_owned() });
}
