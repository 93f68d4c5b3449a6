//! What reports of checks print, and what settings and data are refused with: sentences that no other test reads.

use gradus::check::{self, Reason, Verdict};
use gradus::nn::data::{Dataset, Table};
use gradus::nn::optim::LevenbergMarquardt;
use gradus::{Error, Program, Var};

fn random() -> impl FnMut() -> f64 {
    let mut rng = fastrand::Rng::with_seed(3);
    move || rng.f64()
}

#[test]
fn a_check_around_a_point_shows_its_worst_report() {
    let right = check::gradient_around(|x| x[0].sqrt() * x[1], &[0.5, 2.0], 8, random()).unwrap();
    assert!(right.passed() && right.verdict() == Verdict::Pass);
    // Where the root is of a negative number, nothing is compared.
    assert_eq!(right.reports.len(), 9);
    assert!(right.outside > 0 && right.reports.iter().all(|report| report.point[0] > 0.0));
    let text = right.to_string();
    assert!(text.starts_with(&format!(
        "{} points inside the domain, {} outside; at [",
        right.reports.len(),
        right.outside
    )));
    assert!(text.ends_with("Overall: PASS"), "{text}");

    // Right at the point, where both are 1, and nowhere else.
    let wrong = check::around(|x| x[0] * x[0], |x| vec![2.0 * x[0] * x[0]], &[1.0], 4, random()).unwrap();
    assert!(wrong.reports[0].passed() && !wrong.passed());
    let text = wrong.to_string();
    assert!(text.contains("Overall: FAIL") && !text.contains("at [1.0]:"), "{text}");
}

#[test]
fn second_derivatives_are_checked() {
    let report = check::hessian(|x: &[Var]| (x[0] * x[1]).exp() + x[0].powi(3), &[0.3, -0.7]).unwrap();
    assert!(report.passed(), "{report}");
    assert_eq!(report.rows.len(), 4);
}

#[test]
fn forward_and_reverse_are_printed_side_by_side() {
    let report = check::forward_against_reverse(|x| vec![x[0] * x[1], x[0].sin()], &[0.5, 2.0], random()).unwrap();
    let text = report.to_string();
    let numbers: Vec<f64> =
        text.lines().take(2).map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers, [report.forward, report.reverse]);
    assert!(text.contains("2 inputs, 2 outputs"), "{text}");
}

#[test]
fn every_reason_says_what_is_the_matter() {
    let (left, right, error, noise, near, far, value) = (-1.0, 1.0, 0.5, 1e-7, 0.0, 2.0, f64::NAN);
    let reasons = [
        (Reason::Kink { left, right }, "slope -1.00e0 below and 1.00e0 above"),
        (Reason::Jump { size: 3.0 }, "jumps by 3.000e0"),
        (Reason::Steep, "without bound"),
        (Reason::Edge, "end of its domain"),
        (Reason::Imprecise { error }, "within 5.0e-1"),
        (Reason::Noisy { noise, error }, "off by some 1.0e-7"),
        (Reason::Stair { near, far }, "from near the slope is 0.000e0, from afar 2.000e0"),
        (Reason::OutsideDomain { value }, "the function is NaN"),
        (Reason::ValueChanges, "different values at the same point"),
        (Reason::DerivativeChanges, "it differs between calls"),
        (Reason::Nothing, "no outputs"),
    ];
    for (reason, part) in reasons {
        assert!(reason.to_string().contains(part), "{reason}");
    }
}

#[test]
fn data_and_fits_that_cannot_be_are_refused() {
    let none: [[f64; 1]; 0] = [];
    assert!(matches!(Dataset::new(&none, &none), Err(Error::Setting { value: 0.0, .. })));
    assert!(matches!(Dataset::new(&[[0.0; 0]], &[[1.0]]), Err(Error::NoInputs)));
    assert!(matches!(Table::text_of(&["a", "b"], &[vec![1.0]]), Err(Error::Length { found: 1, expected: 2, .. })));

    let two_from_one = Program::record(&[1.0, 2.0], |x| vec![x[0] + x[1]]).unwrap();
    let fit = LevenbergMarquardt::default().fit(&two_from_one, &[1.0, 2.0]);
    assert!(matches!(fit, Err(Error::Length { found: 1, expected: 2, .. })), "{fit:?}");
    let outside = Program::record(&[1.0], |x| vec![x[0], x[0].ln()]).unwrap();
    let fit = LevenbergMarquardt::default().fit(&outside, &[-1.0]);
    assert!(matches!(fit, Err(Error::NonFinitePoint { index: 1, .. })), "{fit:?}");
}

#[test]
fn a_table_that_was_written_is_read_again() {
    let path = std::env::temp_dir().join(format!("gradus_table_{}.csv", std::process::id()));
    Table::write(&path, &["x", "y"], &[[0.1, 1e300], [-0.0, 3.0]]).unwrap();
    let table = Table::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(!table.is_empty());
    assert_eq!((table.texts("x").unwrap(), table.texts("y").unwrap()), (vec!["0.1", "-0.0"], vec!["1e300", "3.0"]));
    let nowhere = path.join("nowhere").join("a.csv");
    assert!(matches!(Table::write(nowhere, &["x"], &[[1.0]]), Err(Error::File { .. })));
}
