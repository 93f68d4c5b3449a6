//! Traps for a gradient checker: right derivatives that naive differences reject, wrong ones that
//! they accept, kinks, and functions that change between calls. What is wanted of each is what
//! `tests/data/gradcheck/traps.json` says, where four other checkers' verdicts stand beside.

use gradus::check::{self, Report, Verdict};
use std::cell::Cell;

#[track_caller]
fn check(expected: Verdict, f: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64, x: f64) {
    let report = check::function(|x| f(x[0]), |x| vec![slope(x[0])], &[x]).unwrap();
    assert_eq!(report.verdict(), expected, "\n{report}");
}

#[track_caller]
fn right(f: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64, x: f64) {
    check(Verdict::Pass, f, slope, x);
}

#[track_caller]
fn wrong(f: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64, x: f64) {
    check(Verdict::Fail, f, slope, x);
}

#[track_caller]
fn kink(f: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64, x: f64) {
    check(Verdict::NotSmooth, f, slope, x);
}

#[test]
fn right_derivatives_pass_at_every_scale() {
    right(f64::sin, f64::cos, 0.7);
    right(|x| 1e12 * x.sin(), |x| 1e12 * x.cos(), 0.7);
    right(f64::sin, f64::cos, 1e6);
    right(f64::ln, f64::recip, 1e12);
    right(f64::sqrt, |x| 0.5 / x.sqrt(), 1e-8);
    right(f64::ln, f64::recip, 1e-5);
    right(|x| (1e4 * x).sin(), |x| 1e4 * (1e4 * x).cos(), 0.7);
    right(f64::exp, f64::exp, 20.0);
    right(|x| x.powi(3), |x| 3.0 * x * x, 0.0);
    right(f64::recip, |x| -1.0 / (x * x), 1e-3);
    right(|x| x * x, |x| 2.0 * x, 1e12);
    right(|_| 3.0, |_| 0.0, 2.0);
    right(|x| 1e-7 * x.sin(), |x| 1e-7 * x.cos(), 0.7);
}

#[test]
fn wrong_derivatives_fail_however_little_they_are_wrong() {
    for factor in [1.01, 1.0005, 1.0 + 1e-5, 1.0 + 1e-6] {
        wrong(f64::sin, |x| factor * x.cos(), 0.7);
    }
    wrong(|x| 1e-7 * x.sin(), |x| -1e-7 * x.cos(), 0.7);
    wrong(|x| 1e-5 * x.sin(), |x| 2e-5 * x.cos(), 0.7);
    wrong(|x| x * x, |x| 3.0 * x, 1e12);
    wrong(f64::sin, |x| x.cos() + 1e-3 * x, 1e-3);
    wrong(f64::sqrt, |x| 0.51 / x.sqrt(), 1e-8);
    wrong(|_| 3.0, |_| 1e-3, 2.0);
}

#[test]
fn nan_fails() {
    wrong(f64::ln, f64::recip, -1.0);
    wrong(f64::ln, |_| f64::NAN, -1.0);
    wrong(f64::sin, |_| f64::NAN, 0.7);
    wrong(f64::sin, |_| f64::INFINITY, 0.7);
}

#[test]
fn a_kink_is_named_as_one_whatever_is_claimed() {
    for claim in [0.0, 1.0, -1.0] {
        kink(f64::abs, |_| claim, 0.0);
    }
    kink(|x| x.max(0.0), |_| 0.0, 0.0);
    kink(|x| x.max(0.0), |_| 1.0, 0.0);
    kink(|x| if x < 0.5 { 0.0 } else { 1.0 }, |_| 0.0, 0.5);
    kink(|x| if x < 0.5 { 0.0 } else { 1.0 }, |_| 0.0, 0.5 + 3e-6);
}

fn weighted_squares(x: &[f64]) -> f64 {
    x.iter().enumerate().map(|(i, x)| (1.0 + i as f64 / 100.0) * x * x).sum()
}

/// The check of 500 partials of which one is off by `factor`.
fn one_of_many(factor: f64) -> Report {
    let x: Vec<f64> = (0..500).map(|i| 0.5 + (i as f64 * 0.37).sin()).collect();
    let gradient = |x: &[f64]| -> Vec<f64> {
        let slope = |(i, x): (usize, &f64)| 2.0 * (1.0 + i as f64 / 100.0) * x * if i == 321 { factor } else { 1.0 };
        x.iter().enumerate().map(slope).collect()
    };
    check::function(weighted_squares, gradient, &x).unwrap()
}

#[test]
fn one_wrong_partial_among_many_is_found() {
    assert!(one_of_many(1.0).passed(), "{}", one_of_many(1.0));
    assert_eq!(one_of_many(1.2).verdict(), Verdict::Fail);
    assert_eq!(one_of_many(1.01).verdict(), Verdict::Fail);
}

#[test]
fn swapped_partials_show_where_the_operands_differ() {
    let product = |x: &[f64]| x[0] * x[1];
    let swapped = |x: &[f64]| vec![x[0], x[1]];
    assert!(!check::function(product, swapped, &[2.0, 3.0]).unwrap().passed());
}

#[test]
fn what_changes_between_calls_is_named() {
    let calls = Cell::new(0);
    let jitter = |size: f64| {
        calls.set(calls.get() + 1);
        size * f64::from(calls.get())
    };
    check(Verdict::NotDeterministic, |x| x.sin() + jitter(1e-9), f64::cos, 0.7);
    check(Verdict::NotDeterministic, f64::sin, |x| x.cos() + jitter(1e-7), 0.7);
}

#[test]
fn nothing_is_not_a_pass() {
    assert_eq!(check::function(|_| 1.0, |_| vec![], &[]).unwrap_err(), gradus::Error::NoInputs);
    assert_eq!(check::jacobian(|_| vec![], &[1.0]).unwrap().verdict(), Verdict::Empty);
}
