//! Finite differences against derivatives in closed form: values, honest estimates of their error, kinks and the ends of
//! domains. What numdifftools, SciPy and plain central differences reach at the same points is in
//! `tests/data/gradcheck/numerical_derivative_anchors.json`.

use gradus::numeric::adaptive::{self, Estimate};
use gradus::{Error, numeric};
use serde_json::Value;

/// A function, its derivative in closed form, the point.
type Case = (fn(f64) -> f64, f64, f64);

/// A name, a function, its derivative of first or second order.
type Named = (&'static str, fn(f64) -> f64, fn(f64) -> f64);

/// The function that a row of the anchors names.
fn case(name: &str) -> Case {
    let fast = 1e4 * (1e4_f64 * 0.7).cos();
    match name {
        "sin @ 0.7" => (f64::sin, 0.7_f64.cos(), 0.7),
        "sin @ 1e+06" => (f64::sin, 1e6_f64.cos(), 1e6),
        "exp @ 20" => (f64::exp, 20.0_f64.exp(), 20.0),
        "log @ 1e-05" => (f64::ln, 1e5, 1e-5),
        "log @ 1e+12" => (f64::ln, 1e-12, 1e12),
        "sqrt @ 1e-08" => (f64::sqrt, 5000.0, 1e-8),
        "sin(1e4x) @ 0.7" => (|x| (1e4 * x).sin(), fast, 0.7),
        "1e-7 sin @ 0.7" => (|x| 1e-7 * x.sin(), 1e-7 * 0.7_f64.cos(), 0.7),
        "x^2 @ 1e+12" => (|x| x * x, 2e12, 1e12),
        "tanh @ 15" => (f64::tanh, 15.0_f64.cosh().powi(-2), 15.0),
        "1/x @ 0.001" => (f64::recip, -1e6, 1e-3),
        "abs @ 0" => (f64::abs, 0.0, 0.0),
        "x|x| @ 0" => (|x| x * x.abs(), 0.0, 0.0),
        "x^3 @ 0" => (|x| x * x * x, 0.0, 0.0),
        "exp(-1/x^2) @ 0.1" => (|x| (-1.0 / (x * x)).exp(), 2e3 * (-100.0_f64).exp(), 0.1),
        _ => panic!("no function for {name}"),
    }
}

fn anchors() -> Vec<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/gradcheck/numerical_derivative_anchors.json");
    let data: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let text = |cell: &Value| cell.as_str().unwrap().to_owned();
    let rows: Vec<Vec<String>> =
        data["rows"].as_array().unwrap().iter().map(|row| row.as_array().unwrap().iter().map(text).collect()).collect();
    assert_eq!(rows.len(), 15);
    rows
}

/// The error in a cell, as in `1.4e-14 (1e-14)`.
fn leading(cell: &str) -> f64 {
    cell.split(' ').next().unwrap().parse().unwrap()
}

/// The error, relative unless the derivative is 0.
fn error(found: f64, exact: f64) -> f64 {
    (found - exact).abs() / if exact == 0.0 { 1.0 } else { exact.abs() }
}

#[test]
fn adaptive_differences_keep_up_with_the_best_at_every_anchor() {
    for row in anchors() {
        let name = row[0].as_str();
        let (f, exact, x) = case(name);
        let printed: f64 = row[1].parse().unwrap();
        assert!((exact - printed).abs() <= 1e-5 * printed.abs(), "{name}: {exact} is not {printed}");
        let found = adaptive::derivative(f, x).unwrap();
        check_honest(name, found, exact);
        // Where the derivative is 0, a symmetric difference can be exact by luck.
        let best = [2, 3, 4, 5].map(|column| leading(&row[column])).into_iter().fold(f64::INFINITY, f64::min);
        let allowed = (2.0 * best).max(if exact == 0.0 { 1e-6 } else { 1e-12 });
        assert!(error(found.value, exact) <= allowed, "{name}: {found:?}, but {exact} is reached within {best:e}");
    }
}

#[test]
fn plain_differences_are_as_far_off_as_anywhere() {
    for row in anchors() {
        let (f, exact, x) = case(&row[0]);
        let known = leading(&row[4]);
        let found = numeric::gradient_with_step(|x| f(x[0]), &[x], 1e-6).unwrap()[0];
        let off = error(found, exact);
        let same = off <= 1.5 * known + 1e-10 && known <= 1.5 * off + 1e-10;
        assert!(same || off.is_nan() && known.is_nan(), "{}: off by {off:e}, elsewhere by {known:e}", row[0]);
    }
}

/// The derivative is as near as the estimate says.
#[track_caller]
fn check_honest(what: &str, found: Estimate, exact: f64) {
    let off = (found.value - exact).abs();
    assert!(off <= found.error, "{what}: {found:?} is off by {off:e} from {exact}");
}

#[test]
fn estimates_are_honest_and_sharp_at_all_scales() {
    let functions: [Named; 17] = [
        ("sin", f64::sin, f64::cos),
        ("square", |x| x * x, |x| 2.0 * x),
        ("reciprocal", f64::recip, |x| -(1.0 / x) / x),
        ("arc tangent", f64::atan, |x| 1.0 / (1.0 + x * x)),
        ("bell", |x| (-x * x).exp(), |x| -2.0 * x * (-x * x).exp()),
        ("Runge", |x| 1.0 / (1.0 + 25.0 * x * x), |x| -50.0 * x / (1.0 + 25.0 * x * x).powi(2)),
        ("constant", |_| 3.0, |_| 0.0),
        ("straight", |x| 3.0 * x + 1.0, |_| 3.0),
        ("with an offset", |x| 1e8 + x.sin(), f64::cos),
        ("tanh", f64::tanh, |x| x.cosh().powi(-2)),
        // Its argument is rounded inside, which no look at its values shows.
        ("fast", |x| (50.0 * x).sin(), |x| 50.0 * (50.0 * x).cos()),
        ("fast and slow", |x| (100.0 * x).sin() + x, |x| 100.0 * (100.0 * x).cos() + 1.0),
        ("growing", |x| x * x * x.sin(), |x| 2.0 * x * x.sin() + x * x * x.cos()),
        ("cube root", f64::cbrt, |x| 1.0 / (3.0 * x.cbrt().powi(2))),
        ("abs", f64::abs, f64::signum),
        ("x|x|", |x| x * x.abs(), |x| 2.0 * x.abs()),
        ("floor", f64::floor, |_| 0.0),
    ];
    let mut sharp = 0;
    for i in 0..200 {
        let along = (f64::from(i) * 0.618_033_988_749_895).fract();
        let x = 10.0_f64.powf(12.0 * along - 6.0) * if i % 2 == 0 { 1.0 } else { -1.0 };
        for (name, f, slope) in functions {
            let found = adaptive::derivative(f, x).unwrap();
            check_honest(&format!("{name} at {x}"), found, slope(x));
            sharp += usize::from(found.error <= 1e-9 * f(x).abs().max(slope(x).abs()));
        }
    }
    // Honest estimates of no use would be easy.
    assert!(sharp > 3100, "only {sharp} of 3400 are sharp");
}

#[test]
fn the_middle_of_a_difference_is_the_point() {
    // x + h and x - h, once rounded, no longer had x in the middle, and the slope beside it was found.
    let x = 6.069_121_190_816_309e4_f64;
    let found = adaptive::derivative(f64::sin, x).unwrap();
    assert!(error(found.value, x.cos()) < 1e-14, "{found:?} instead of {}", x.cos());
}

#[test]
fn tiny_and_huge_numbers() {
    check_honest("at the end of the range", adaptive::derivative(|x| x, 1e308).unwrap(), 1.0);
    check_honest("at the smallest number", adaptive::derivative(|x| x, 5e-324).unwrap(), 1.0);
    // The values underflow to 0, and so do all differences.
    check_honest("an underflow", adaptive::derivative(|x| x * x, 1e-200).unwrap(), 2e-200);
    check_honest("huge values", adaptive::derivative(|x| 1e300 * x.exp(), 1.0).unwrap(), 1e300 * 1.0_f64.exp());
    check_honest("subnormal values", adaptive::derivative(|x| 1e-310 * x.exp(), 1.0).unwrap(), 1e-310 * 1.0_f64.exp());
}

#[test]
fn a_function_that_repeats_itself_does_not_deceive() {
    for waves in [4.0, 64.0, 1e3] {
        let speed = 2.0 * std::f64::consts::PI * waves;
        let found = adaptive::derivative(|x| (speed * x).sin(), 0.3).unwrap();
        check_honest("waves", found, speed * (speed * 0.3).cos());
        assert!(found.error < 1e-6 * speed, "{found:?}");
    }
}

#[test]
fn at_a_kink_the_error_spans_the_slopes_of_both_sides() {
    #[track_caller]
    fn check(f: impl Fn(f64) -> f64, x: f64, left: f64, right: f64) {
        let found = adaptive::derivative(f, x).unwrap();
        assert!((found.value - 0.5 * (left + right)).abs() < 1e-6, "{found:?}");
        assert!((found.error - 0.5 * (right - left).abs()).abs() < 1e-2, "{found:?}");
    }
    check(f64::abs, 0.0, -1.0, 1.0);
    check(|x| (x - 1.0).abs(), 1.0, -1.0, 1.0);
    check(|x| (x - 1e3).abs() + x * x, 1e3, 1999.0, 2001.0);
    check(|x| x.max(0.0), 0.0, 0.0, 1.0);
    check(|x| x.exp().max(1.0), 0.0, 0.0, 1.0);
    check(|x| if x > 0.0 { 3.0 * x } else { x.sin() }, 0.0, 1.0, 3.0);
    // So near that no step is smaller.
    let near = adaptive::derivative(|x| (x - 1e-9).abs(), 0.0).unwrap();
    assert!(near.error > 0.99, "{near:?}");
    // A cusp: the slopes have no bound.
    let cusp = adaptive::derivative(|x| x.cbrt().powi(2), 0.0).unwrap();
    assert!(cusp.error > 10.0, "{cusp:?}");
    // A slope that changes fast is none.
    for power in [1.5, 2.0, 3.0] {
        let found = adaptive::derivative(|x| x.abs().powf(power), 0.0).unwrap();
        assert!(found.error < 0.02, "{power}: {found:?}");
    }
}

#[test]
fn jumps_poles_and_ends_of_domains_have_no_finite_error() {
    #[track_caller]
    fn check(f: impl Fn(f64) -> f64, x: f64) {
        let found = adaptive::derivative(f, x).unwrap();
        assert_eq!(found.error, f64::INFINITY, "{found:?}");
    }
    check(f64::floor, 2.0);
    check(|x| if x < 0.0 { 0.0 } else { 1.0 }, 0.0);
    check(|x| if x < 0.5 { x } else { 1.0 + x }, 0.5);
    check(f64::recip, 0.0);
    check(f64::sqrt, 0.0);
    check(f64::ln, 0.0);
    check(f64::ln, -1.0);
    check(f64::asin, 1.0);
    check(|_| f64::NAN, 1.0);
    // Beside the end there is room for smaller steps.
    check_honest("ln", adaptive::derivative(f64::ln, 1e-12).unwrap(), 1e12);
    check_honest("asin", adaptive::derivative(f64::asin, 0.999).unwrap(), 1.0 / (1.0 - 0.999_f64 * 0.999).sqrt());
}

#[test]
fn jacobians_and_hessians_are_honest() {
    let f = |x: &[f64]| x[0].powi(3) * x[1] + (x[0] * x[1]).sin();
    let x: [f64; 2] = [1.2, -0.7];
    let (sin, cos) = (x[0] * x[1]).sin_cos();
    let gradient = [3.0 * x[0] * x[0] * x[1] + x[1] * cos, x[0].powi(3) + x[0] * cos];
    let mixed = 3.0 * x[0] * x[0] + cos - x[0] * x[1] * sin;
    let hessian = [[6.0 * x[0] * x[1] - x[1] * x[1] * sin, mixed], [mixed, -x[0] * x[0] * sin]];

    let plain = numeric::hessian(f, &x).unwrap();
    let found = adaptive::hessian(f, &x).unwrap();
    let rows = adaptive::jacobian(|x| vec![f(x), 2.0 * f(x)], &x).unwrap();
    for i in 0..2 {
        check_honest("a gradient", adaptive::gradient(f, &x).unwrap()[i], gradient[i]);
        check_honest("a Jacobian", rows[1][i], 2.0 * gradient[i]);
        for j in 0..2 {
            check_honest("a Hessian", found[i][j], hessian[i][j]);
            assert!(found[i][j].error < 1e-6, "{found:?}");
            assert!((plain[i][j] - hessian[i][j]).abs() < 1e-6, "{plain:?}");
        }
    }
    let failed = adaptive::jacobian(|_| vec![0.0], &[]).unwrap_err();
    assert_eq!(failed, Error::NoInputs);
}

#[test]
fn second_derivatives_are_honest_at_all_scales() {
    let functions: [Named; 6] = [
        ("sin", f64::sin, |x| -x.sin()),
        ("cube", |x| x * x * x, |x| 6.0 * x),
        ("reciprocal", f64::recip, |x| 2.0 / x / x / x),
        ("arc tangent", f64::atan, |x| -2.0 * x / (1.0 + x * x).powi(2)),
        ("fast", |x| (50.0 * x).sin(), |x| -2500.0 * (50.0 * x).sin()),
        ("straight", |x| 3.0 * x + 1.0, |_| 0.0),
    ];
    for i in 0..60 {
        let along = (f64::from(i) * 0.618_033_988_749_895).fract();
        let x = 10.0_f64.powf(8.0 * along - 4.0) * if i % 2 == 0 { 1.0 } else { -1.0 };
        for (name, f, second) in functions {
            let found = adaptive::hessian(|x| f(x[0]), &[x]).unwrap()[0][0];
            check_honest(&format!("{name} at {x}"), found, second(x));
        }
    }
}
