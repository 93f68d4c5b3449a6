//! The six problems of a lesson on calculus and gradients: every number that it prints, exact by
//! this library, and by finite differences with the lesson's own steps.

use gradus::check::{self, Verdict};
use gradus::{Dual, Scalar, Tape, Var, numeric};
use std::f64::consts::{FRAC_PI_3, FRAC_PI_4};

/// Numbers as the lesson prints them.
#[track_caller]
fn prints(numbers: &[f64], decimals: usize, expected: &[&str]) {
    let found: Vec<String> = numbers.iter().map(|number| format!("{number:.decimals$}")).collect();
    assert_eq!(found, expected);
}

fn quadratic<S: Scalar>(x: &[S]) -> S {
    x[0].powi(2) + S::lit(3.0) * x[0] * x[1] + x[1].powi(2)
}

fn waves<S: Scalar>(x: &[S]) -> S {
    x[0].sin() * x[1].cos()
}

#[test]
fn problem_1_numerical_gradient() {
    let at = [2.0, 3.0];
    assert_eq!(gradus::gradient(quadratic, &at).unwrap(), [13.0, 12.0]);
    prints(&numeric::gradient(quadratic, &at).unwrap(), 6, &["13.000000", "12.000000"]);
    prints(&numeric::gradient_with_step(quadratic, &at, 1e-5).unwrap(), 6, &["13.000000", "12.000000"]);

    let at = [FRAC_PI_4, FRAC_PI_3];
    let exact = [FRAC_PI_4.cos() * FRAC_PI_3.cos(), -(FRAC_PI_4.sin() * FRAC_PI_3.sin())];
    assert_eq!(gradus::gradient(waves, &at).unwrap(), exact);
    prints(&exact, 4, &["0.3536", "-0.6124"]);
    prints(&numeric::gradient(waves, &at).unwrap(), 6, &["0.353553", "-0.612372"]);
}

#[test]
fn problem_1_the_lessons_formula_to_the_bit() {
    let (at, h) = ([2.0, 3.0], 1e-5);
    let lesson: Vec<f64> = (0..2)
        .map(|i| {
            let (mut above, mut below) = (at, at);
            above[i] += h;
            below[i] -= h;
            (quadratic(&above) - quadratic(&below)) / (2.0 * h)
        })
        .collect();
    assert_eq!(numeric::gradient(quadratic, &at).unwrap(), lesson);
}

#[test]
fn problem_2_forward_mode() {
    let cubic = |x: Dual| x.powi(3) + 2.0 * x.powi(2) - 5.0 * x + 1.0;
    let result = cubic(Dual::new(3.0, 1.0));
    assert_eq!((result.value(), result.tangent()), (31.0, 34.0));
    assert_eq!(gradus::derivative(|x| x.powi(3) + 2.0 * x.powi(2) - 5.0 * x + 1.0, 3.0).unwrap(), 34.0);

    let x = Dual::new(FRAC_PI_4, 1.0);
    let result = x.sin() * x.powi(2);
    prints(&[result.value(), result.tangent()], 6, &["0.436179", "1.546900"]);

    // Operators that the lesson's class defines, and both orders of operands.
    let x = Dual::new(3.0, 1.0);
    assert_eq!(((2.0 - x).value(), (2.0 - x).tangent()), (-1.0, -1.0));
    assert_eq!(((x - 2.0).value(), (x - 2.0).tangent()), (1.0, 1.0));
    assert_eq!(((6.0 / x).value(), (6.0 / x).tangent()), (2.0, -6.0 / 9.0));
    assert_eq!(((x / 2.0).value(), (x / 2.0).tangent()), (1.5, 0.5));
    assert_eq!((x.exp().value(), x.exp().tangent()), (3.0_f64.exp(), 3.0_f64.exp()));
    assert_eq!((x.cos().value(), x.cos().tangent()), (3.0_f64.cos(), -3.0_f64.sin()));
}

#[test]
fn problem_3_chain_rule() {
    let tape = Tape::new();
    let (x, y) = (2.0, 1.0);
    let [w1, b1, w2, b2] = [0.5, 0.1, -0.3, 0.2].map(|value| tape.var(value));
    let z1 = w1 * x + b1;
    let a1 = z1.relu();
    let z2 = w2 * a1 + b2;
    let loss = (z2 - y).powi(2);
    prints(&[z1.value(), a1.value(), z2.value()], 2, &["1.10", "1.10", "-0.13"]);
    prints(&[loss.value()], 4, &["1.2769"]);

    // Each factor of the chain, right to left.
    let gradients = loss.backward();
    prints(&[gradients[z2], gradients[a1] / gradients[z2]], 2, &["-2.26", "-0.30"]);
    prints(&[gradients[z1] / gradients[a1], gradients[w1] / gradients[z1]], 1, &["1.0", "2.0"]);
    prints(&[gradients[w1]], 4, &["1.3560"]);

    let compute_loss = |w1: &[f64]| {
        let a1 = (w1[0] * x + 0.1).max(0.0);
        (-0.3 * a1 + 0.2 - y).powi(2)
    };
    let numerical = numeric::gradient_with_step(compute_loss, &[0.5], 1e-7).unwrap()[0];
    prints(&[numerical], 4, &["1.3560"]);
    assert!((gradients[w1] - numerical).abs() < 1e-5);
}

#[test]
fn problem_4_jacobian() {
    fn f<S: Scalar>(x: &[S]) -> Vec<S> {
        vec![x[0].powi(2) * x[1], x[0] + x[1].powi(3)]
    }
    let at = [2.0, 3.0];
    assert_eq!(gradus::jacobian(f, &at).unwrap(), [[12.0, 4.0], [1.0, 27.0]]);
    let numerical = numeric::jacobian(f, &at).unwrap();
    prints(&numerical[0], 4, &["12.0000", "4.0000"]);
    prints(&numerical[1], 4, &["1.0000", "27.0000"]);
}

#[test]
fn problem_5_hessian() {
    fn f<S: Scalar>(x: &[S]) -> S {
        x[0].powi(3) + S::lit(2.0) * x[0] * x[1].powi(2) + x[1].powi(4)
    }
    let at = [1.0, 2.0];
    assert_eq!(gradus::hessian(f, &at).unwrap(), [[6.0, 8.0], [8.0, 52.0]]);
    for numerical in [numeric::hessian(f, &at).unwrap(), numeric::hessian_with_step(f, &at, 1e-4).unwrap()] {
        prints(&numerical[0], 4, &["6.0000", "8.0000"]);
        prints(&numerical[1], 4, &["8.0000", "52.0000"]);
        assert_eq!(numerical[0][1].to_bits(), numerical[1][0].to_bits());
    }
}

fn tested<S: Scalar>(x: &[S]) -> S {
    x[0].powi(2) * x[1] + x[0].sin() + x[1].powi(3)
}

fn correct(x: &[f64]) -> Vec<f64> {
    vec![2.0 * x[0] * x[1] + x[0].cos(), x[0].powi(2) + 3.0 * x[1].powi(2)]
}

/// Forgets the cosine.
fn wrong(x: &[f64]) -> Vec<f64> {
    vec![2.0 * x[0] * x[1], x[0].powi(2) + 3.0 * x[1].powi(2)]
}

/// The lines of a printed report: the head, the rows cut into words, the two lines below.
#[track_caller]
fn table(report: &check::Report) -> (Vec<String>, Vec<Vec<String>>) {
    let text = report.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7, "{text}");
    assert_eq!(lines[0], "Param    Analytical    Numerical    Rel Error Status");
    assert_eq!(lines[1], "-".repeat(56));
    assert_eq!(lines[4], "");
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    (vec![lines[5].to_owned(), lines[6].to_owned()], lines[2..4].iter().map(|line| words(line)).collect())
}

#[test]
fn problem_6_correct_gradient() {
    let at = [2.0, 3.0];
    let report = check::function(tested, correct, &at).unwrap();
    assert!(report.passed(), "{report}");
    assert!(report.max_relative_error() < 1e-10, "{report}");
    let (below, rows) = table(&report);
    assert_eq!(rows[0][..3], ["x[0]", "11.583853", "11.583853"]);
    assert_eq!(rows[1][..3], ["x[1]", "31.000000", "31.000000"]);
    for row in &rows {
        assert_eq!(row.len(), 5);
        assert!(row[3].parse::<f64>().unwrap() < 1e-10);
        assert_eq!(row[4], "PASS");
    }
    assert!(below[0].starts_with("Max relative error: "));
    assert_eq!(below[1], "Overall: PASS");

    // What the reverse sweep computes is the correct gradient.
    assert_eq!(gradus::gradient(tested, &at).unwrap(), correct(&at));
    assert!(check::gradient(tested::<Var>, &at).unwrap().passed());
}

#[test]
fn problem_6_buggy_gradient() {
    let report = check::function(tested, wrong, &[2.0, 3.0]).unwrap();
    assert_eq!(report.verdict(), Verdict::Mismatch);
    assert_eq!([report.rows[0].verdict, report.rows[1].verdict], [Verdict::Mismatch, Verdict::Pass]);
    let (below, rows) = table(&report);
    assert_eq!(rows[0], ["x[0]", "12.000000", "11.583853", "3.47e-02", "FAIL"]);
    assert_eq!(rows[1][..3], ["x[1]", "31.000000", "31.000000"]);
    assert_eq!(rows[1][4], "PASS");
    assert_eq!(below, ["Max relative error: 3.47e-02", "Overall: FAIL"]);
}
