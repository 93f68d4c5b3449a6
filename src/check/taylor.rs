//! Taylor's remainder: a check of a gradient that needs no choice of a step.

use super::line::Line;
use super::options::{check_gradient_length, plain};
use super::report::{decimal, scientific};
use super::row::{ROUGHLY, is_hidden, slope_across};
use super::verdict::{Reason, Verdict};
use crate::error::{Result, check_direction, check_leads_somewhere, check_point};
use crate::numeric::{Ladder, Shape};
use crate::tape::Var;
use std::fmt;

/// One step of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TaylorRow {
    /// The step along the direction.
    pub h: f64,
    /// `|f(x + h v) - f(x)|`, which halves with the step.
    pub change: f64,
    /// `|f(x + h v) - f(x) - h g·v|`, which shrinks to a quarter where `g` is the gradient, and halves where it is not.
    pub remainder: f64,
    /// The remainder of the step before, twice as large, divided by this one.
    pub ratio: f64,
}

/// The outcome of the Taylor test along one direction.
///
/// The remainder of first order is `h² vᵀHv / 2 + O(h³)` if the gradient is right, so that halving `h` divides it by 4. If the
/// gradient is off by `e`, it is `h e·v`, and halving divides it by 2. No step has to be chosen: the order is read where
/// the remainder is smallest above the rounding of `f`. (Farrell, Ham, Funke & Rognes, *Automated derivation of the adjoint of high-level
/// transient finite element programs*, SIAM J. Sci. Comput. 35, 2013, section 5.1; dolfin-adjoint's `taylor_test`.)
///
/// A remainder that is nowhere above the rounding belongs to a function that is straight along the direction: it passes, with order ∞.
#[derive(Debug, Clone, PartialEq)]
pub struct TaylorReport {
    /// The directional derivative under test, `g·v`.
    pub slope: f64,
    /// The steps at which the order was read, from large to small, and those around.
    pub rows: Vec<TaylorRow>,
    /// The order at which the remainder vanishes: 2 (or more) for a right gradient, 1 for a wrong one, NaN if it cannot be read.
    pub order: f64,
    /// An error of the slope smaller than that does not show: the remainder of the smallest step that counts, divided by it.
    pub within: f64,
    /// What follows. A pass means that an error of a thousandth would have shown.
    pub verdict: Verdict,
}

impl TaylorReport {
    /// Whether the remainder is of second order.
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Pass
    }
}

impl fmt::Display for TaylorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12} {:>12} {:>12} {:>8}", "Step", "Change", "Remainder", "Ratio")?;
        writeln!(f, "{}", "-".repeat(47))?;
        for row in &self.rows {
            let [h, change, remainder] = [row.h, row.change, row.remainder].map(scientific);
            writeln!(f, "{h:>12} {change:>12} {remainder:>12} {:>8.2}", row.ratio)?;
        }
        write!(f, "\nThe remainder is of order {:.2}", self.order)?;
        writeln!(f, " (ratio 4 is order 2: a right gradient; ratio 2 is order 1: a wrong one)")?;
        writeln!(
            f,
            "The slope is {}, and an error of {} would not show",
            decimal(self.slope),
            scientific(self.within)
        )?;
        write!(f, "Overall: {}", self.verdict)
    }
}

/// How small an error, relatively, has to show for a pass.
const PRECISION: f64 = 1e-3;

/// Rows of the report: enough to see the order twice.
const SHOWN: usize = 6;

/// Taylor test of the gradient that the reverse sweep computes for `f` at `x`, along `direction`.
///
/// # Errors
/// As [`gradus::gradient`](crate::gradient); if `direction` is not as long as `x` or not finite.
///
/// ```
/// let report = gradus::check::taylor(|x| x[0].exp() * x[1].sin(), &[0.3, 0.7], &[1.0, -0.5])?;
/// assert!(report.passed() && (report.order - 2.0).abs() < 0.1, "{report}");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn taylor(f: impl Fn(&[Var]) -> Var, x: &[f64], direction: &[f64]) -> Result<TaylorReport> {
    let gradient = crate::gradient(&f, x)?;
    taylor_of(|x| plain(&f, x), |_| gradient.clone(), x, direction)
}

/// Taylor test of a gradient written by hand, along `direction`.
///
/// # Errors
/// For no inputs and a point that is not finite; if `direction` or the gradient is not as long as `x`.
///
/// ```
/// let f = |x: &[f64]| x[0].powi(2) * x[1] + x[0].sin();
/// let forgetful = |x: &[f64]| vec![2.0 * x[0] * x[1], x[0].powi(2)]; // the cosine is missing
/// let report = gradus::check::taylor_of(f, forgetful, &[2.0, 3.0], &[1.0, 1.0])?;
/// assert!((report.order - 1.0).abs() < 0.1 && !report.passed(), "{report}");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn taylor_of(
    f: impl Fn(&[f64]) -> f64,
    gradient: impl Fn(&[f64]) -> Vec<f64>,
    x: &[f64],
    direction: &[f64],
) -> Result<TaylorReport> {
    check_point("point", x)?;
    check_direction("direction", direction, x.len(), "a direction has an entry for each input")?;
    check_leads_somewhere(direction)?;
    let gradient = gradient(x);
    check_gradient_length(&gradient, x)?;
    Ok(along(f, &gradient, x, direction))
}

/// As [`taylor_of`], of what is known to fit together.
pub(super) fn along(f: impl Fn(&[f64]) -> f64, gradient: &[f64], x: &[f64], direction: &[f64]) -> TaylorReport {
    let slope = gradient.iter().zip(direction).map(|(partial, along)| partial * along).sum();
    let line = Line::new(x, direction);
    // The last places of the moved point change the value by as much.
    let moved = x.iter().zip(direction).zip(gradient).filter(|((_, along), _)| **along != 0.0);
    let blur = moved.map(|((x, _), partial)| (0.5 * f64::EPSILON * x * partial).abs()).sum();
    judge(&Ladder::down_to(line.smallest, |place| f(&line.at(place)), line.origin), line.origin, slope, blur)
}

fn judge(ladder: &Ladder, place: f64, slope: f64, blur: f64) -> TaylorReport {
    let mut rows: Vec<TaylorRow> = Vec::new();
    let mut visible = Vec::new();
    let mut roughest = 0.0_f64;
    for rung in ladder.rungs.iter().filter(|rung| (rung.above - rung.below).is_finite()) {
        let remainder = |value: f64, h: f64| value - ladder.here - h * slope;
        let (above, below) = (remainder(rung.above, rung.h), remainder(rung.below, -rung.h));
        // The larger of both sides: at an inflection, or beside a zero of the remainder, one of them may vanish.
        let largest = above.abs().max(below.abs());
        let rounding = f64::EPSILON * rung.above.abs().max(rung.below.abs()).max(ladder.here.abs());
        let noise = ladder.noise.max(rounding).max(f64::from_bits(1)) + f64::EPSILON * (rung.h * slope).abs();
        roughest = roughest.max(noise);
        let ratio = rows.last().map_or(f64::NAN, |before: &TaylorRow| before.remainder / largest);
        let change = (rung.above - ladder.here).abs();
        rows.push(TaylorRow { h: rung.h, change, remainder: largest, ratio });
        visible.push(largest > 100.0 * noise + 8.0 * blur);
    }
    // The smallest steps at which the remainder shows.
    let last = visible.iter().rposition(|&visible| visible);
    // What vanishes at once is a feature beside the point, and below its distance the function is straight.
    let abrupt = last.and_then(|last| rows.get(last + 1)).filter(|next| next.ratio > 1e3).map(|next| next.h);
    let order = match last {
        _ if ladder.shape != Shape::Smooth => f64::NAN,
        // Straight, as far as can be seen.
        None => f64::INFINITY,
        Some(_) if abrupt.is_some() => f64::INFINITY,
        Some(last) if last >= 4 && visible[last - 4..last].iter().all(|&visible| visible) => {
            (rows[last - 4].remainder / rows[last].remainder).log2() / (rows[last - 4].h / rows[last].h).log2()
        }
        Some(_) => f64::NAN,
    };
    let within = match (last, abrupt.or(rows.first().map(|largest| largest.h))) {
        (Some(last), _) if abrupt.is_none() => rows[last].remainder / rows[last].h,
        (_, Some(straight)) => 100.0 * roughest / straight,
        (_, None) => f64::INFINITY,
    };
    let scale = rows.first().map_or(0.0, |row| if slope == 0.0 { row.change / row.h } else { slope.abs() });
    let across = || Some((ladder.estimate.value, slope_across(ladder)?));
    let stair =
        ladder.stair.map(|(near, far)| (near.value, far.value)).filter(|(near, _)| *near == 0.0).or_else(across);
    let means = |seen: f64| (slope - seen).abs() <= ROUGHLY * seen.abs();
    let verdict = match ladder.shape {
        Shape::Outside => Verdict::Invalid(Reason::OutsideDomain { value: ladder.here }),
        Shape::Kink { left, right } => Verdict::Unchecked(Reason::Kink { left, right }),
        Shape::Jump { size } => Verdict::Unchecked(Reason::Jump { size }),
        Shape::Steep => Verdict::Unchecked(Reason::Steep),
        Shape::Edge => Verdict::Unchecked(Reason::Edge),
        Shape::Smooth if order < 1.3 && stair.is_some_and(|(near, far)| means(near) || means(far)) => {
            let (near, far) = stair.unwrap_or_default();
            Verdict::Unchecked(Reason::Stair { near, far })
        }
        Shape::Smooth if order < 1.3 && slope.is_finite() && is_hidden(slope, ladder, place) => {
            Verdict::Unchecked(Reason::Imprecise { error: within })
        }
        Shape::Smooth if order < 1.3 || !slope.is_finite() => Verdict::Mismatch,
        // A constant has no remainder and no change.
        Shape::Smooth if order > 1.7 && (within <= PRECISION * scale || scale == 0.0) => Verdict::Pass,
        Shape::Smooth => Verdict::Unchecked(Reason::Imprecise { error: within }),
    };
    let end = last.map_or(SHOWN, |last| last + 2).min(rows.len());
    let rows = rows[end.saturating_sub(SHOWN)..end].to_vec();
    TaylorReport { slope, rows, order, within, verdict }
}
