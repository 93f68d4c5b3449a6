//! The judgement on one derivative: a central difference, a look for kinks at several scales, and
//! a second opinion from adaptive differences.

use super::options::{Differences, Options};
use super::report::{Row, Status};
use crate::error::Result;
use crate::numeric::adaptive;

/// How far below the step kinks are looked for, and by which factor from scale to scale.
const SCALES: i32 = 5;
const FACTOR: f64 = 8.0;

/// How many times its own error estimate an adaptive difference may be off.
const TRUST: f64 = 50.0;

/// What no derivative in `f64` need agree beyond.
const ROUNDING: f64 = 1e-9;

/// Compares `analytical` with the derivative of `f` at `x`, a function of the one coordinate.
pub(super) fn judge(
    options: &Options,
    name: String,
    analytical: f64,
    mut f: impl FnMut(f64) -> f64,
    x: f64,
    second_opinion: bool,
) -> Result<Row> {
    let scale = |numerical: f64| analytical.abs().max(numerical.abs()).max(options.floor);
    let central = central_difference(&mut f, x, options.step);
    let close = |numerical: f64| (analytical - numerical).abs() / scale(numerical) < options.threshold;
    let mut numerical = central;
    let mut refuted = false;
    let adaptive = options.differences == Differences::Adaptive;
    if second_opinion || adaptive || !close(central) {
        let estimate = adaptive::derivative(&mut f, x)?;
        let allowed = (TRUST * estimate.error).max(ROUNDING * analytical.abs().max(estimate.value.abs()));
        let precise = allowed < options.threshold * scale(estimate.value);
        // An estimate that is surer of itself than the threshold asks overrules the plain difference.
        if precise && (adaptive || !close(central)) || !central.is_finite() {
            numerical = estimate.value;
        }
        refuted = precise && (analytical - estimate.value).abs() > allowed;
    }
    let relative_error = (analytical - numerical).abs() / scale(numerical);
    let agree = relative_error < options.threshold && !refuted;
    let status = if !analytical.is_finite() {
        Status::Fail
    } else if is_kink(&mut f, x, options, scale(central)) {
        Status::NotSmooth
    } else if agree {
        Status::Pass
    } else {
        Status::Fail
    };
    if refuted && close(numerical) {
        // Show the difference that found it.
        let estimate = adaptive::derivative(&mut f, x)?;
        let relative_error = (analytical - estimate.value).abs() / scale(estimate.value);
        return Ok(Row { name, analytical, numerical: estimate.value, relative_error, status });
    }
    Ok(Row { name, analytical, numerical, relative_error, status })
}

fn central_difference(f: &mut impl FnMut(f64) -> f64, x: f64, h: f64) -> f64 {
    (f(x + h) - f(x - h)) / (2.0 * h)
}

/// Whether the slopes to the left and to the right differ, however near one looks, or `f` jumps
/// within a step.
///
/// The gap between the one-sided slopes shrinks with the step where `f` is smooth, `h f''`, and stays where
/// it has a kink.
fn is_kink(f: &mut impl FnMut(f64) -> f64, x: f64, options: &Options, slope: f64) -> bool {
    let here = f(x);
    let mut before: Option<f64> = None;
    for scale in 0..SCALES {
        let h = options.step / FACTOR.powi(scale);
        let (above, below) = (f(x + h), f(x - h));
        if x + h == x || !(above - below).is_finite() {
            continue;
        }
        let gap = ((above - here) - (here - below)).abs() / h;
        let noise = 8.0 * f64::EPSILON * (above.abs() + below.abs() + here.abs() + x.abs() * slope.min(f64::MAX)) / h;
        if let Some(before) = before {
            let telling = before > options.threshold.max(1e-6) * slope && before > 30.0 * noise;
            let stays = gap > 0.5 * before && scale + 1 == SCALES || gap > 4.0 * before;
            let vanishes = gap < 1e-3 * before;
            if telling && (stays || vanishes) {
                return true;
            }
        }
        if gap <= noise && before.is_some() {
            return false;
        }
        before = Some(gap);
    }
    false
}
