//! The checks that need no step: Taylor's remainder, and forward against reverse.

use crate::ours;
use crate::trap::{Trap, Truth};
use gradus::check::{self, Reason, TaylorReport, Verdict};
use gradus::numeric::adaptive;
use gradus::rule::{Info, Rule};
use gradus::{Opaque, Scalar, Var};

fn direction(trap: &Trap) -> Vec<f64> {
    (0..trap.x.len()).map(|i| 0.5 + (i as f64 * 0.618_034).fract()).collect()
}

fn taylor(trap: &Trap) -> TaylorReport {
    check::taylor_of(&trap.f, &trap.gradient, &trap.x, &direction(trap)).unwrap()
}

#[test]
fn taylor_never_contradicts_the_truth() {
    let (mut passed, mut refused, mut unchecked) = (0, 0, 0);
    for trap in ours().into_iter().filter(|trap| trap.kind != "memory") {
        let report = taylor(&trap);
        let what = format!("{}, {} is {:?}, but\n{report}", trap.kind, trap.name, trap.truth);
        match report.verdict {
            Verdict::Pass => {
                // A wrong slope passes only if its error is one that the report says not to show.
                let along: Vec<f64> = direction(&trap);
                let moved = |t: f64| -> Vec<f64> { trap.x.iter().zip(&along).map(|(x, v)| x + t * v).collect() };
                let seen = adaptive::derivative(|t| (trap.f)(&moved(t)), 0.0).unwrap();
                let hidden = (seen.value - report.slope).abs() <= report.within + 10.0 * seen.error;
                assert!(trap.truth != Truth::Neither && (trap.truth != Truth::Wrong || hidden), "{what}");
                assert!(report.slope == 0.0 || report.within <= 1e-3 * report.slope.abs(), "{what}");
                passed += 1;
            }
            Verdict::Mismatch | Verdict::Invalid(_) => {
                assert!(matches!(trap.truth, Truth::Wrong | Truth::HiddenWrong), "{what}");
                refused += 1;
            }
            Verdict::Unchecked(_) => unchecked += 1,
        }
    }
    println!("Taylor's remainder: {passed} pass, {refused} are refused, {unchecked} are left unchecked");
    assert!(passed > 40 && refused > 40, "{passed} {refused} {unchecked}");
}

#[test]
fn the_ratio_is_four_for_a_right_gradient_and_two_for_a_wrong_one() {
    let f = |x: &[f64]| x[0].exp() * x[1].sin() + x[0] * x[1];
    let right = |x: &[f64]| vec![x[0].exp() * x[1].sin() + x[1], x[0].exp() * x[1].cos() + x[0]];
    let wrong = |x: &[f64]| vec![x[0].exp() * x[1].sin(), x[0].exp() * x[1].cos() + x[0]];
    let (at, along) = ([0.3, 0.7], [1.0, -2.0]);
    let report = check::taylor_of(f, right, &at, &along).unwrap();
    assert!(report.passed() && (report.order - 2.0).abs() < 0.05, "{report}");
    assert!(report.rows[2..5].iter().all(|row| (row.ratio - 4.0).abs() < 0.2), "{report}");
    let report = check::taylor_of(f, wrong, &at, &along).unwrap();
    assert_eq!(report.verdict, Verdict::Mismatch, "{report}");
    assert!(report.rows[1..4].iter().all(|row| (row.ratio - 2.0).abs() < 0.05), "{report}");
    // By the tape.
    let recorded = |x: &[Var]| x[0].exp() * x[1].sin() + x[0] * x[1];
    let report = check::taylor(recorded, &at, &along).unwrap();
    assert!(report.passed(), "{report}");
    assert!(report.to_string().ends_with("Overall: PASS"), "{report}");
}

#[test]
fn straight_cubic_and_kinked() {
    let straight = check::taylor(|x| x[0] * 3.0 + x[1], &[0.3, 0.7], &[1.0, 1.0]).unwrap();
    assert!(straight.passed() && straight.order == f64::INFINITY, "{straight}");
    let cubic = check::taylor(|x| x[0].powi(3), &[0.0], &[1.0]).unwrap();
    assert!(cubic.passed() && (cubic.order - 3.0).abs() < 0.1, "{cubic}");
    let kink = check::taylor(|x| x[0].abs(), &[0.0], &[1.0]).unwrap();
    assert!(matches!(kink.verdict, Verdict::Unchecked(Reason::Kink { .. })), "{kink}");
    let outside = check::taylor_of(|x| x[0].ln(), |_| vec![1.0], &[-1.0], &[1.0]).unwrap();
    assert!(matches!(outside.verdict, Verdict::Invalid(Reason::OutsideDomain { .. })), "{outside}");
    // Along no direction nothing moves, so that nothing is checked.
    let nowhere = check::taylor(|x| x[0].exp(), &[0.5], &[0.0]).unwrap_err();
    assert!(nowhere.to_string().contains("nothing is checked"), "{nowhere}");
    assert!(check::taylor(|x| x[0], &[1.0], &[1.0, 2.0]).is_err());
}

/// An op whose partials know whether they are asked by the sweep or by a dual.
struct TwoFaced;

impl Rule<1> for TwoFaced {
    const INFO: Info = Info { name: "two_faced", written: "two_faced({})", doc: "" };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(0.5, 2.0)]];
    fn value([x]: [f64; 1]) -> f64 {
        x * x
    }
    fn partials<S: Scalar>([x]: [S; 1], _: S) -> [S; 1] {
        let wrong = std::any::TypeId::of::<S>() == std::any::TypeId::of::<gradus::Dual>();
        [S::lit(if wrong { 2.1 } else { 2.0 }) * x]
    }
}

/// An op of a plain gradient that is wrong in both modes alike.
struct Alike;

impl Opaque for Alike {
    fn name(&self) -> &str {
        "alike"
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0] * x[1]
    }
    fn gradient(&self, x: &[f64], _: f64) -> Vec<f64> {
        vec![x[0], x[1]]
    }
}

#[test]
fn forward_and_reverse_are_transposes() {
    let mut random = fastrand::Rng::with_seed(4);
    let f = |x: &[Var]| {
        let mut outputs: Vec<Var> = x.windows(2).map(|pair| (pair[0] * pair[1]).sin() / (pair[0] + 3.0)).collect();
        outputs.push(gradus::log_sum_exp(x));
        outputs.push(x[0].abs());
        outputs
    };
    let x: Vec<f64> = (0..30).map(|i| (i as f64 * 0.7).sin()).collect();
    for _ in 0..20 {
        let report = check::forward_against_reverse(f, &x, || random.f64()).unwrap();
        assert!(report.passed() && report.relative_error < 1e-14, "{report}");
        assert_eq!((report.inputs.len(), report.outputs.len()), (30, 31));
    }
    // What both have wrong is not seen by it, but by a difference.
    let alike = |x: &[Var]| gradus::opaque(Alike, x).unwrap();
    let report = check::forward_against_reverse(|x| vec![alike(x)], &[2.0, 3.0], || random.f64()).unwrap();
    assert!(report.passed(), "{report}");
    assert_eq!(check::gradient(alike, &[2.0, 3.0]).unwrap().verdict(), Verdict::Mismatch);
    let nothing = check::forward_against_reverse(|_| vec![], &[1.0], || random.f64());
    assert!(nothing.is_ok_and(|report| !report.passed()));
    let outside = check::forward_against_reverse(|x| vec![x[0].ln()], &[-1.0], || random.f64()).unwrap();
    assert!(matches!(outside.verdict, Verdict::Invalid(_)), "{outside}");
}

#[test]
fn an_op_that_differs_between_modes_is_found_by_its_check() {
    let report = check::op::<TwoFaced, 1>();
    assert!(!report.passed(), "{report}");
    assert!(
        report.findings.iter().any(|finding| finding.what.ends_with("of a dual") || finding.what.starts_with("∂²")),
        "{report}"
    );
}

/// Steps below the last place of a point do not move it: no claim is right there. And a tiny point has a scale of its own.
#[test]
fn along_a_direction_points_of_all_sizes_are_judged() {
    type Trap = (&'static str, fn(Var) -> Var, fn(f64) -> f64, &'static [f64]);
    let traps: [Trap; 5] = [
        ("ln", Var::ln, f64::recip, &[1.0, 1e-300, 1e-150, 1e15, 1e300]),
        ("sqrt", Var::sqrt, |x| 0.5 / x.sqrt(), &[1e-300, 1e-12, 1e100, 1e300]),
        ("exp", Var::exp, f64::exp, &[1e-300, 1e-20, 1e-13, 709.0, -700.0]),
        ("sin", Var::sin, f64::cos, &[0.0, 1e-12, 1e6]),
        ("square", |x| x * x, |x| 2.0 * x, &[1e-100, 1e150, -3.0]),
    ];
    for (name, f, slope, points) in traps {
        for &x in points {
            let taylor = |factor: f64| {
                let f = |x: &[f64]| f(Var::from(x[0])).value();
                check::taylor_of(f, |x| vec![factor * slope(x[0])], &[x], &[0.7]).unwrap()
            };
            let right = taylor(1.0);
            assert!(right.passed(), "{name} at {x}: {right}");
            for factor in [0.0, -1.0, 2.0, 1.01] {
                let wrong = taylor(factor);
                assert_eq!(wrong.verdict, Verdict::Mismatch, "{name} at {x}, times {factor}: {wrong}");
            }
            // What is recorded has the slope that is claimed, which is the factor in the slope of a straight line added.
            let along = |factor: f64| {
                let claimed = |v: &[Var]| f(v[0]) + (v[0] - v[0].value()) * ((factor - 1.0) * slope(x));
                let literal = |v: &[Var]| if v[0].tape().is_none() { f(v[0]) } else { claimed(v) };
                check::Options::default().along(literal, &[x], &[0.7]).unwrap()
            };
            let right = along(1.0);
            assert!(right.passed(), "{name} at {x}: {right:#}");
            for factor in [0.0, -1.0, 2.0, 1.001] {
                let wrong = along(factor);
                assert_eq!(wrong.verdict(), Verdict::Mismatch, "{name} at {x}, times {factor}: {wrong:#}");
            }
        }
    }
}
