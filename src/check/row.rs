//! The judgement on one derivative: a quick look, which settles most, and a close one, which finds the function's own scale.

use super::report::Row;
use super::verdict::{Reason, Verdict};
use crate::numeric::adaptive::Estimate;
use crate::numeric::{Ladder, Rung, Shape};

/// How many times its own error estimate a difference may be off.
pub(super) const TRUST: f64 = 10.0;

/// What no derivative in `f64` need agree beyond.
const ROUNDING: f64 = 3e-8;

/// A quick look has to agree so well that nothing is left to find out.
const QUICK: f64 = 1e-10;

/// No number is taken to be smaller than that beside the numbers of a function of it.
pub(super) const SMALL: f64 = 1e-3;

/// How far off a slope may be if the last place of the argument is lost inside, where it agrees nevertheless.
const BLURRED: f64 = 0.1;

/// On so many steps at least a tread is flat.
const TREAD: usize = 10;

/// How well a few steps of a stair tell the slope across them.
pub(super) const ROUGHLY: f64 = 0.25;

/// What terms that cancel may take from a slope beside a tiny point.
const LAST_DIGITS: f64 = 1e-6;

/// How closely one may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Quick,
    Close,
}

/// Compares `analytical` with the derivative of `f` at `x`, a function of the one coordinate, by steps not below `smallest`.
pub(super) fn judge(
    threshold: f64,
    name: String,
    analytical: f64,
    mut f: impl FnMut(f64) -> f64,
    x: f64,
    smallest: f64,
    look: Look,
) -> Row {
    let here = f(x);
    let quick = Quick::new(&mut f, x, here);
    if let Some(row) = quick.settles(&name, analytical) {
        return row;
    }
    if look == Look::Quick && here.is_finite() && analytical.is_finite() {
        let (a, n) = (analytical, quick.value);
        let allowed = TRUST * quick.error + ROUNDING * a.abs().max(n.abs());
        let precise = TRUST * quick.error <= threshold * a.abs();
        let verdict = match (a - n).abs() {
            apart if apart <= allowed && precise && quick.is_smooth(a) => Verdict::Pass,
            // Its error is not as well known as that of a close look: only what is far beyond is a mismatch.
            apart if !(apart <= 1e3 * allowed) && quick.is_smooth(n) => Verdict::Mismatch,
            _ => Verdict::Unchecked(Reason::Imprecise { error: quick.error }),
        };
        return row(name, a, n, quick.error, quick.slope_scale, verdict);
    }
    let mut ladder = Ladder::down_to(smallest, &mut f, x);
    let sharp = TRUST * ladder.estimate.error <= ROUNDING * ladder.estimate.value.abs();
    if ladder.shape == Shape::Smooth && ladder.stair.is_none() && !sharp {
        ladder = Ladder::extended(&mut f, x, &ladder).unwrap_or(ladder);
    }
    let verdict = verdict(threshold, analytical, &ladder, x);
    row(name, analytical, ladder.estimate.value, ladder.estimate.error, slope_scale(&ladder, x), verdict)
}

fn row(name: String, analytical: f64, numerical: f64, error: f64, slope_scale: f64, verdict: Verdict) -> Row {
    let apart = (analytical - numerical).abs();
    let size = analytical.abs().max(numerical.abs());
    let relative_error = if apart == 0.0 { 0.0 } else { apart / size.max(1e-8 * slope_scale) };
    let sure = (size / apart.max(error)).log10();
    let digits = if sure.is_nan() { 0 } else { sure.clamp(0.0, 15.0) as u32 };
    Row { name, analytical, numerical, error, digits, relative_error, verdict }
}

/// What slope would change the function by its own size over its own scale.
pub(super) fn slope_scale(ladder: &Ladder, x: f64) -> f64 {
    let largest = ladder.rungs.iter().find(|rung| (rung.above - rung.below).is_finite());
    let values = largest.map_or(0.0, |rung| rung.above.abs().max(rung.below.abs()));
    values.max(ladder.here.abs()) / if x == 0.0 { 1.0 } else { x.abs().min(1.0) }
}

fn verdict(threshold: f64, analytical: f64, ladder: &Ladder, x: f64) -> Verdict {
    let numerical = ladder.estimate.value;
    match ladder.shape {
        Shape::Outside => return Verdict::Invalid(Reason::OutsideDomain { value: ladder.here }),
        _ if analytical.is_nan() => return Verdict::Mismatch,
        Shape::Jump { size } => return Verdict::Unchecked(Reason::Jump { size }),
        Shape::Edge => return Verdict::Unchecked(Reason::Edge),
        Shape::Steep => return Verdict::Unchecked(Reason::Steep),
        Shape::Kink { left, right } => {
            let slack = 0.01 * (right - left).abs() + ROUNDING * left.abs().max(right.abs());
            let between = left.min(right) - slack <= analytical && analytical <= left.max(right) + slack;
            // A slope without bound belongs to a cusp, which looks like a kink; and one that is blurred may be beside the point.
            let named = between || analytical.is_infinite() || ladder.estimate.error.is_infinite();
            return if named { Verdict::Unchecked(Reason::Kink { left, right }) } else { Verdict::Mismatch };
        }
        Shape::Smooth if analytical.is_infinite() => return Verdict::Mismatch,
        Shape::Smooth => {}
    }
    let apart = (analytical - numerical).abs();
    let size = analytical.abs().max(numerical.abs());
    let sure = TRUST * ladder.estimate.error;
    let unchecked = |error: f64| {
        let is_noisy = ladder.noise > 1e3 * f64::EPSILON * ladder.here.abs();
        let reason = if is_noisy { Reason::Noisy { noise: ladder.noise, error } } else { Reason::Imprecise { error } };
        Verdict::Unchecked(reason)
    };
    let agrees = apart <= sure + ROUNDING * size;
    if agrees {
        // The last place of x changes the slope by as much: then 0 may be meant.
        let last_place = 8.0 * f64::EPSILON * (x * ladder.curvature).abs();
        let zero = analytical == 0.0 && sure <= threshold * slope_scale(ladder, x) + f64::MIN_POSITIVE
            || analytical.abs() <= last_place && sure <= threshold * (x * ladder.curvature).abs();
        // What the last place of x could blur is not blurred where both agree so well.
        let sharp = TRUST * (ladder.estimate.error - ladder.blur) <= threshold * size;
        let close = sharp && apart <= threshold * size && sure <= BLURRED * size;
        if sure <= threshold * size || close || zero {
            return Verdict::Pass;
        }
    }
    if let Some((near, far)) = ladder.stair {
        let means = |slope: Estimate| {
            let allowed = TRUST * slope.error + 1e-6 * (near.value - far.value).abs();
            (analytical - slope.value).abs() <= allowed
        };
        if means(near) || means(far) {
            return Verdict::Unchecked(Reason::Stair { near: near.value, far: far.value });
        }
    }
    // Partials have rounding errors too, where terms as large as f / x cancel in them. Beside a tiny x this would excuse anything, and
    // excuses the last digits only.
    let terms = |x: f64| 4.0 * f64::EPSILON * (ladder.here / x).abs();
    let cancelled = if x == 0.0 { 0.0 } else { terms(x.abs().max(SMALL)).max(terms(x).min(LAST_DIGITS * size)) };
    if agrees || !(sure < f64::INFINITY) || apart <= sure + cancelled {
        return unchecked(ladder.estimate.error.max(cancelled));
    }
    match slope_across(ladder) {
        Some(far) if (analytical - far).abs() <= ROUGHLY * far.abs() => {
            Verdict::Unchecked(Reason::Stair { near: numerical, far })
        }
        _ if is_hidden(analytical, ladder, x) => unchecked(ladder.estimate.error),
        _ => Verdict::Mismatch,
    }
}

/// The slope from tread to tread of a low stair, such as rounding makes, on a tread of which the point is. Both sides of it
/// rise or fall.
pub(super) fn slope_across(ladder: &Ladder) -> Option<f64> {
    let here = ladder.here;
    let finite = || ladder.rungs.iter().rev().filter(|rung| (rung.above - rung.below).is_finite());
    let flat = finite().take_while(|rung| rung.above == here && rung.below == here).count();
    if flat < TREAD || ladder.estimate.value != 0.0 {
        return None;
    }
    let steps: Vec<&Rung> = finite().skip(flat).take(4).collect();
    let (first, last) = (steps.first()?, steps.last()?);
    let step = (first.above - here).abs().max((first.below - here).abs());
    let moves = last.above != here && last.below != here;
    (moves && step <= 1e-3 * range(ladder)).then(|| (last.above - last.below) / (2.0 * last.h))
}

/// How far apart the values are at all steps.
fn range(ladder: &Ladder) -> f64 {
    let finite = ladder.rungs.iter().filter(|rung| (rung.above - rung.below).is_finite());
    let values = finite.flat_map(|rung| [rung.above, rung.below]).chain([ladder.here]);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    high - low
}

/// Whether the values may hide such a slope: by waves shorter than all steps, or behind a 1 inside.
pub(super) fn is_hidden(analytical: f64, ladder: &Ladder, x: f64) -> bool {
    let finite = || ladder.rungs.iter().rev().filter(|rung| (rung.above - rung.below).is_finite());
    let (range, claim) = (range(ladder), analytical.abs());
    let Some(smallest) = finite().next().map(|rung| rung.h) else { return false };
    // The smallest steps do not agree on a slope at all: nothing is known of smaller ones, but that a wave has slopes of its size.
    let slope = |rung: &Rung| (rung.above - rung.below) / (2.0 * rung.h);
    let nearest: Vec<&Rung> = finite().take(4).collect();
    let rough = (1e-4 * range).max(1e3 * f64::EPSILON * ladder.here.abs());
    let waves = |pair: &[&Rung]| {
        let apart = (slope(pair[0]) - slope(pair[1])).abs() * pair[0].h;
        apart > rough && claim * pair[0].h > 1e-6 * apart
    };
    if nearest.windows(2).any(waves) {
        return true;
    }
    if range == 0.0 {
        return ladder.here == 0.0 && claim * x.abs().max(1.0) < f64::EPSILON;
    }
    ladder.noise > 1e-3 * range && claim * smallest > 1e-6 * ladder.noise
}

/// A difference of three steps and a look from near: nine calls.
struct Quick {
    here: f64,
    value: f64,
    error: f64,
    near: f64,
    bend: f64,
    noise: f64,
    slope_scale: f64,
    constant: bool,
}

impl Quick {
    fn new(f: &mut impl FnMut(f64) -> f64, x: f64, here: f64) -> Quick {
        let unit = x.abs().max(SMALL);
        let mut largest = here.abs();
        let mut constant = true;
        let mut difference = |factor: f64| {
            let h = (x.abs() + factor * unit) - x.abs();
            let (above, below) = (f(x + h), f(x - h));
            largest = largest.max(above.abs()).max(below.abs());
            constant &= above == here && below == here;
            ((above - below) / (2.0 * h), ((above - here) - (here - below)) / h, h)
        };
        let [(first, _, _), (second, _, _), (third, _, h)] = [0.0131, 0.006_55, 0.003_275].map(&mut difference);
        let (near, bend, small) = difference(1.3e-6);
        let (left, right) = (second + (second - first) / 3.0, third + (third - second) / 3.0);
        let value = right + (right - left) / 15.0;
        let noise = f64::EPSILON * largest;
        let error = (value - right).abs() + 2.0 * noise / h;
        Quick { here, value, error, near, bend, noise: 8.0 * noise / small, slope_scale: largest / unit, constant }
    }

    /// Whether `slope` is seen from near as well, and equally to both sides.
    fn is_smooth(&self, slope: f64) -> bool {
        let allowed = 1e-4 * slope.abs() + self.noise;
        (self.near - slope).abs() <= allowed && self.bend.abs() <= 10.0 * allowed
    }

    /// The row, if nothing is left to find out.
    fn settles(&self, name: &str, analytical: f64) -> Option<Row> {
        let (a, n) = (analytical, self.value);
        let agrees =
            a.is_finite() && (a - n).abs() <= QUICK * a.abs() && self.error <= QUICK * a.abs() && self.is_smooth(a);
        let flat = a == 0.0 && self.constant && self.here.is_finite();
        (agrees || flat).then(|| row(name.to_owned(), a, n, self.error, self.slope_scale, Verdict::Pass))
    }
}
