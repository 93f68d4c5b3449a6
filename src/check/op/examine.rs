//! All that is compared at one point of an op.

use super::finding::OpReport;
use super::points::{self, Interval};
use super::subject::Subject;
use crate::check::row::{TRUST, slope_scale};
use crate::check::taylor;
use crate::check::verdict::Verdict;
use crate::numeric::{Ladder, Shape};

/// What a partial in `f64` need not agree beyond.
const ROUNDING: f64 = 1e-8;

/// How precisely a difference has to know a slope to say anything.
const BLUNT: f64 = 1e-6;

pub(super) fn compare_example(report: &mut OpReport, subject: &impl Subject) {
    if let Some((x, expected)) = subject.example() {
        report.compare("the value", &x, [subject.value(&x), expected], 1e-12 * expected.abs(), "its example");
    }
}

/// That an interval has points. One whose ends are exchanged has none, and the rest would be taken for the whole domain.
pub(super) fn compare_ends(report: &mut OpReport, intervals: &[Interval]) {
    if let Some((i, (low, high))) = points::unusable(intervals) {
        let lower: Vec<f64> = intervals.iter().map(|(low, _)| *low).collect();
        let source = "its upper end, below which it has to be,";
        report.compare(format!("the lower end of the domain of x[{i}]"), &lower, [low, high], f64::NAN, source);
    }
}

pub(super) fn examine(report: &mut OpReport, subject: &impl Subject, x: &[f64], varies: &[bool]) {
    let y = subject.value(x);
    let expected = if y.is_finite() { y } else { f64::NAN };
    report.compare("the value", x, [y, expected], 0.0, "the domain, on which an op is finite,");
    let (partials, n) = (subject.partials(x), x.len());
    if partials.len() != n {
        let counts = [partials.len() as f64, n as f64];
        report.compare("the number of partials", x, counts, 0.0, "the number of operands");
        return;
    }
    // NaN is found above and below.
    for (what, first, again) in [
        ("the value, asked again,", &[y][..], &[subject.value(x)][..]),
        ("a partial, asked again,", &partials, &subject.partials(x)),
    ] {
        let changed = first.iter().zip(again).find(|(first, again)| first.to_bits() != again.to_bits());
        if let Some((&first, &again)) = changed {
            report.compare(what, x, [again, first], f64::NAN, "the answer before (the op is not deterministic)");
        }
    }
    let depends = subject.depends(x);
    let on_tape = subject.on_tape(x);
    for i in (0..n).filter(|&i| varies[i]) {
        compare_slope(report, format!("∂/∂x[{i}]"), x, i, partials[i], |x| subject.value(x));
        report.compare(format!("∂/∂x[{i}] on the tape"), x, [on_tape[i], partials[i]], 0.0, "the rule");
        let of_dual = subject.of_dual(x, i);
        report.compare(format!("∂/∂x[{i}] of a dual"), x, [of_dual, partials[i]], 0.0, "the rule");
        // The partials on duals that move along i, against differences of the partials.
        for (j, second) in subject.second(x, i).unwrap_or_default().into_iter().enumerate() {
            if varies[j] && depends[j] {
                let partial = |x: &[f64]| subject.partials(x).get(j).copied().unwrap_or(f64::NAN);
                compare_slope(report, format!("∂²/∂x[{j}]∂x[{i}]"), x, i, second, partial);
            }
        }
    }
    compare_remainder(report, subject, x, varies, &partials);
}

/// Compares a slope with the difference of `f` along operand `i`.
fn compare_slope(report: &mut OpReport, what: String, x: &[f64], i: usize, found: f64, f: impl Fn(&[f64]) -> f64) {
    let mut moved = x.to_vec();
    let ladder = Ladder::new(
        |at| {
            moved[i] = at;
            f(&moved)
        },
        x[i],
    );
    report.derivatives += 1;
    let estimate = ladder.estimate;
    let size = found.abs().max(estimate.value.abs());
    let scale = size.max(1e-3 * slope_scale(&ladder, x[i]));
    let (sharp, error) = (estimate.error - ladder.blur, estimate.error);
    let knows = TRUST * sharp <= BLUNT * scale + f64::MIN_POSITIVE && TRUST * error <= 0.1 * scale + f64::MIN_POSITIVE;
    let blunt = ladder.shape != Shape::Smooth || !knows;
    let allowed = if blunt { f64::NAN } else { ROUNDING * size + TRUST * estimate.error };
    let source = if blunt {
        "no finite difference converges (is it smooth on its domain?), and the best"
    } else {
        "a finite difference"
    };
    report.compare(what, x, [found, estimate.value], allowed, source);
    if found != 0.0 && !blunt {
        report.digits = report.digits.min(estimate.digits());
    }
}

/// Taylor's remainder along one direction, in which no operand stands out.
fn compare_remainder(report: &mut OpReport, subject: &impl Subject, x: &[f64], varies: &[bool], partials: &[f64]) {
    let weight = |i: usize| 0.25 + (0.618_034 * (i + 1) as f64).fract();
    let direction: Vec<f64> = (0..x.len())
        .map(|i| if varies[i] { weight(i) * if x[i] == 0.0 { 1.0 } else { x[i].abs() } } else { 0.0 })
        .collect();
    let remainder = taylor::along(|x| subject.value(x), partials, x, &direction);
    // What it cannot read is no finding: the differences above have to be able to.
    let order = if remainder.verdict == Verdict::Mismatch { remainder.order } else { 2.0 };
    report.compare(
        format!("the order of Taylor's remainder along {direction:?}"),
        x,
        [order, 2.0],
        0.5,
        "a right gradient",
    );
}
