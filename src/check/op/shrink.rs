//! A failure at operands of sixteen digits, made as simple as it stays a failure.

use super::examine::examine;
use super::finding::{Finding, OpReport};
use super::points::{Interval, is_inside};
use super::subject::Subject;
use crate::check::report::decimal;

/// So often each operand is tried to be made simpler.
const ROUNDS: usize = 4;

/// Finds the smallest example of what the report says first, and writes a test for it.
pub(super) fn shrink(report: &mut OpReport, subject: &impl Subject, boxes: &[Vec<Interval>]) {
    let Some(first) = report.findings.first().cloned() else { return };
    let varies = |x: &[f64]| -> Vec<bool> {
        let of_len = || boxes.iter().filter(|intervals| intervals.len() == x.len());
        (0..x.len()).map(|i| of_len().any(|intervals| intervals[i].0 < intervals[i].1)).collect()
    };
    // Not at the example, whose value is known there alone, nor from point to point: the same thing has to be wrong at one point.
    let fails = |x: &[f64]| -> Option<Finding> {
        let mut report = OpReport::new(subject.name());
        examine(&mut report, subject, x, &varies(x));
        report.findings.into_iter().find(|finding| same_kind(&finding.what, &first.what))
    };
    let mut smallest = first.clone();
    if let Some(found) = fails(&first.at) {
        smallest = found;
        for _ in 0..ROUNDS {
            let before = smallest.at.clone();
            for i in 0..before.len() {
                for simpler in simpler_than(smallest.at[i]) {
                    let mut x = smallest.at.clone();
                    x[i] = simpler;
                    let inside = boxes.iter().any(|intervals| is_inside(&x, intervals));
                    if let Some(found) = inside.then(|| fails(&x)).flatten() {
                        smallest = found;
                        break;
                    }
                }
            }
            if smallest.at == before {
                break;
            }
        }
        report.test = subject.call(&smallest.at).map(|call| test(subject.name(), &smallest, &call));
    } else if subject.example().is_some_and(|(x, _)| x == first.at) {
        report.test = subject.call(&first.at).map(|call| test(subject.name(), &first, &call));
    }
    report.smallest = Some(smallest);
}

/// Whether both speak of the same comparison, wherever it was made.
fn same_kind(what: &str, other: &str) -> bool {
    what == other || what.starts_with("the order of") && other.starts_with("the order of")
}

/// Numbers with fewer digits than `x`, or smaller ones, the simplest first.
fn simpler_than(x: f64) -> Vec<f64> {
    let mut simpler = vec![0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, x.trunc()];
    if x != 0.0 && x.is_finite() {
        let size = 10.0_f64.powf(x.abs().log10().floor());
        let digits = |count: i32| {
            let unit = size / 10.0_f64.powi(count - 1);
            // Through text, so that 0.3 is 0.3.
            format!("{:.*e}", count as usize - 1, (x / unit).round() * unit).parse().unwrap_or(x)
        };
        simpler.extend((1..=4).map(digits));
    }
    let complexity = |x: f64| (format!("{:e}", x.abs()).len(), x.abs());
    let end = simpler.iter().position(|&number| number == x).unwrap_or(simpler.len());
    simpler.truncate(end);
    simpler.retain(|&number| complexity(number) < complexity(x));
    simpler
}

fn test(name: &str, finding: &Finding, call: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let Finding { what, source, .. } = finding;
    let (found, expected) = (decimal(finding.found), decimal(finding.expected));
    format!(
        "#[test]\nfn {name}_is_right_at_a_small_example() {{\n    // {what} was {found}, but {source} said {expected}.\n    \
         let report = {call};\n    assert!(report.passed(), \"{{report}}\");\n}}\n"
    )
}
