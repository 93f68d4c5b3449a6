//! Checking an op of one's own over its domain: value, first and second derivatives, every mode.

mod examine;
mod finding;
mod path;
mod points;
mod shrink;
mod subject;

pub use finding::{Finding, OpReport};

use crate::custom::{Opaque, checked_gradient};
use crate::error::{Error, Result, check_point};
use crate::rule::{ListRule, Rule};
use examine::examine;
use points::{Interval, random_points, spread_points};
use std::rc::Rc;
use subject::{Fixed, List, OpaqueOp, Subject};

/// Points to a box of a domain: enough that no stretch of a twentieth of an interval is left out.
const POINTS: usize = 32;

/// Checks a rule over its domain, at points that are spread evenly and always the same.
///
/// At each point: that the value is finite; partials against adaptive differences of the value, and their derivatives against
/// differences of the partials; Taylor's remainder along a direction; that the tape and a dual give what the rule says; that
/// operands named by [`Rule::depends`] as those that do not matter do not; that value and partials are the same when asked again. From point to
/// point, and from near one end of the domain to near the other: that the value changes by the integral of the partials, which shows jumps and
/// constants that differences do not, and what is wrong between the points. And the rule's example.
///
/// A failure is shrunk to a small example, and the report holds a test to paste ([`OpReport::test`]).
///
/// ```
/// use gradus::{check, op};
/// let report = check::op::<op::Tanh, 1>();
/// assert!(report.passed(), "{report}");
/// ```
pub fn op<R: Rule<N>, const N: usize>() -> OpReport {
    over_boxes(&Fixed::<R, N>::new(), &boxes::<R, N>(), |intervals| spread_points(intervals, POINTS))
}

/// Checks a rule as [`op()`] does, at so many random `points` of each box of its domain. `random` gives numbers in [0, 1).
///
/// ```
/// use gradus::{check, op};
/// let mut random = fastrand::Rng::with_seed(7);
/// assert!(check::op_at_random::<op::Hypot, 2>(20, || random.f64()).passed());
/// ```
pub fn op_at_random<R: Rule<N>, const N: usize>(points: usize, mut random: impl FnMut() -> f64) -> OpReport {
    over_boxes(&Fixed::<R, N>::new(), &boxes::<R, N>(), |intervals| random_points(intervals, points, &mut random))
}

/// Checks a rule as [`op()`] does, at one point, with respect to every operand that varies somewhere in its domain.
///
/// ```
/// use gradus::{check, op};
/// assert!(check::op_at::<op::Powf, 2>([2.0, 0.5]).passed());
/// ```
pub fn op_at<R: Rule<N>, const N: usize>(x: [f64; N]) -> OpReport {
    let varies = |i: usize| R::DOMAIN.is_empty() || R::DOMAIN.iter().any(|intervals| intervals[i].0 < intervals[i].1);
    at_point(&Fixed::<R, N>::new(), &x, &std::array::from_fn::<bool, N, _>(varies))
}

/// Checks a list rule as [`op()`] does, on lists of several lengths.
///
/// ```
/// use gradus::{check, op};
/// assert!(check::list_op::<op::LogSumExp>().passed());
/// ```
pub fn list_op<R: ListRule>() -> OpReport {
    over_boxes(&List::<R>::new(), &lists::<R>(), |intervals| spread_points(intervals, POINTS / 4))
}

/// Checks a list rule as [`list_op`] does, at so many random `points` for each length. `random` gives numbers in [0, 1).
pub fn list_op_at_random<R: ListRule>(points: usize, mut random: impl FnMut() -> f64) -> OpReport {
    over_boxes(&List::<R>::new(), &lists::<R>(), |intervals| random_points(intervals, points, &mut random))
}

/// Checks a list rule as [`list_op`] does, on one list.
pub fn list_op_at<R: ListRule>(x: &[f64]) -> OpReport {
    // Of a list of nothing there is nothing to check, which its report says.
    if x.is_empty() {
        return OpReport::new(R::INFO.name);
    }
    at_point(&List::<R>::new(), x, &vec![true; x.len()])
}

/// Checks an opaque op at points of `domain`, an interval for each operand: its gradient against
/// differences of its value, and that tape and dual compute the same.
///
/// # Errors
/// For a domain of no operands or of another arity than the op's, and a gradient of the wrong length.
pub fn opaque_op(op: impl Opaque, domain: &[(f64, f64)]) -> Result<OpReport> {
    opaque(op, domain, |intervals| spread_points(intervals, POINTS))
}

/// Checks an opaque op as [`opaque_op`] does, at so many random `points`. `random` gives numbers in [0, 1).
///
/// # Errors
/// As [`opaque_op`].
pub fn opaque_op_at_random(
    op: impl Opaque,
    domain: &[(f64, f64)],
    points: usize,
    mut random: impl FnMut() -> f64,
) -> Result<OpReport> {
    opaque(op, domain, |intervals| random_points(intervals, points, &mut random))
}

fn opaque(
    op: impl Opaque,
    domain: &[(f64, f64)],
    points: impl FnMut(&[Interval]) -> Vec<Vec<f64>>,
) -> Result<OpReport> {
    if domain.is_empty() {
        return Err(Error::NoInputs);
    }
    let op: Rc<dyn Opaque> = Rc::new(op);
    if let Some(expected) = op.arity().filter(|&arity| arity != domain.len()) {
        return Err(Error::Arity { op: op.name().to_owned(), expected, found: domain.len() });
    }
    let middle: Vec<f64> = domain.iter().map(|(low, high)| 0.5 * low + 0.5 * high).collect();
    if check_point("middle of the domain", &middle).is_ok() {
        checked_gradient(op.as_ref(), &middle, op.value(&middle))?;
    }
    Ok(over_boxes(&OpaqueOp(op), &[domain.to_vec()], points))
}

fn boxes<R: Rule<N>, const N: usize>() -> Vec<Vec<Interval>> {
    R::DOMAIN.iter().map(|intervals| intervals.to_vec()).collect()
}

fn lists<R: ListRule>() -> Vec<Vec<Interval>> {
    // An op of pairs is NaN for an odd number.
    let takes = |intervals: &Vec<Interval>| {
        let inside: Vec<f64> = intervals.iter().map(|&interval| points::place(interval, 0.5)).collect();
        inside.len().is_multiple_of(2) || !R::value(&inside).is_nan()
    };
    R::DOMAIN.iter().flat_map(|&interval| [2, 4, 6, 3, 7].map(|len| vec![interval; len])).filter(takes).collect()
}

fn over_boxes(
    subject: &impl Subject,
    boxes: &[Vec<Interval>],
    mut points: impl FnMut(&[Interval]) -> Vec<Vec<f64>>,
) -> OpReport {
    let mut report = OpReport::new(subject.name());
    examine::compare_example(&mut report, subject);
    for intervals in boxes {
        examine::compare_ends(&mut report, intervals);
        let varies: Vec<bool> = intervals.iter().map(|(low, high)| low < high).collect();
        let mut before = subject.example().map(|(x, _)| x).filter(|x| points::is_inside(x, intervals));
        for x in points(intervals) {
            report.points += 1;
            examine(&mut report, subject, &x, &varies);
            if let Some(from) = before {
                path::compare_along(&mut report, subject, &from, &x);
            }
            before = Some(x);
        }
        // No point need be near an end.
        if let Some(from) = before {
            let (low, high) = (points::near_lower_ends(intervals), points::near_upper_ends(intervals));
            path::compare_along(&mut report, subject, &from, &low);
            path::compare_along(&mut report, subject, &low, &high);
        }
    }
    shrink::shrink(&mut report, subject, boxes);
    report
}

fn at_point(subject: &impl Subject, x: &[f64], varies: &[bool]) -> OpReport {
    let mut report = OpReport::new(subject.name());
    report.points = 1;
    if subject.example().is_some_and(|(example, _)| example == x) {
        examine::compare_example(&mut report, subject);
    }
    examine(&mut report, subject, x, varies);
    report
}
