//! Finite differences that find their own step: Richardson extrapolation over halved steps, from
//! several starting steps, keeping the estimate with the smallest error (Ridders, *Accurate
//! computation of F'(x) and F'(x)F''(x)*, Advances in Engineering Software 4, 1982).

use super::ladder::Ladder;
use super::second_difference;
use crate::error::check_point;
use crate::error::{Error, Result};

/// A derivative and how far it may be off.
///
/// At a kink there is no derivative: `value` is then the mean of the slopes to both sides, and `error` half of
/// what they differ by. At a jump and a pole, and outside the domain, `error` is infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The derivative; NaN if no step gave one.
    pub value: f64,
    /// An estimate of its absolute error: of what was cut off, and of rounding. It takes `f` to be as exact as the
    /// rounding of its argument and of its result allow.
    pub error: f64,
}

impl Estimate {
    pub(crate) const NONE: Estimate = Estimate { value: f64::NAN, error: f64::INFINITY };

    /// To how many decimal digits the derivative is known: 0 if not even its sign is sure, 15 at most.
    ///
    /// ```
    /// let estimate = gradus::numeric::adaptive::derivative(f64::exp, 1.0)?;
    /// assert!(estimate.digits() >= 12);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn digits(&self) -> u32 {
        let sure = (self.value.abs() / self.error).log10();
        if sure.is_nan() { 0 } else { sure.clamp(0.0, 15.0) as u32 }
    }
}

/// How often a starting step is halved.
const HALVINGS: usize = 8;

/// The derivative of `f` at `x`.
///
/// # Errors
/// For a point that is not finite.
///
/// ```
/// let estimate = gradus::numeric::adaptive::derivative(f64::sin, 0.7)?;
/// assert!((estimate.value - 0.7_f64.cos()).abs() < 1e-12);
/// assert!(estimate.error < 1e-10);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn derivative(mut f: impl FnMut(f64) -> f64, x: f64) -> Result<Estimate> {
    check_point("point", &[x])?;
    let near = Ladder::new(&mut f, x);
    if near.estimate.error <= 1e-9 * near.estimate.value.abs() || near.stair.is_some() {
        return Ok(near.estimate);
    }
    Ok(Ladder::extended(&mut f, x, &near).map_or(near.estimate, |far| far.estimate))
}

/// The gradient of `f` at `x`.
///
/// # Errors
/// For no inputs and a point that is not finite.
pub fn gradient(mut f: impl FnMut(&[f64]) -> f64, x: &[f64]) -> Result<Vec<Estimate>> {
    check_point("point", x)?;
    (0..x.len()).map(|i| derivative(|at| f(&replaced(x, i, at)), x[i])).collect()
}

/// The Jacobian of `f` at `x`, `m` rows of `n`.
///
/// # Errors
/// As [`gradient`], and if `f` returns outputs of changing number.
pub fn jacobian(mut f: impl FnMut(&[f64]) -> Vec<f64>, x: &[f64]) -> Result<Vec<Vec<Estimate>>> {
    check_point("point", x)?;
    let m = f(x).len();
    let mut changed = None;
    let rows = (0..m).map(|row| {
        let output = |x: &[f64]| {
            let outputs = f(x);
            if outputs.len() != m {
                changed = Some(outputs.len());
            }
            outputs.get(row).copied().unwrap_or(f64::NAN)
        };
        gradient(output, x)
    });
    let rows: Result<Vec<_>> = rows.collect();
    match changed {
        Some(then) => Err(Error::ChangingOutputs { first: m, then }),
        None => rows,
    }
}

/// The Hessian of `f` at `x`.
///
/// # Errors
/// As [`gradient`].
pub fn hessian(mut f: impl FnMut(&[f64]) -> f64, x: &[f64]) -> Result<Vec<Vec<Estimate>>> {
    check_point("point", x)?;
    let mut hessian = vec![vec![Estimate::NONE; x.len()]; x.len()];
    for i in 0..x.len() {
        for j in i..x.len() {
            let scale = if x[i].abs() > x[j].abs() { x[i] } else { x[j] };
            hessian[i][j] = best(starts(scale), |h| {
                let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
                let mut seen = |x: &[f64]| {
                    let value = f(x);
                    (low, high) = (low.min(value), high.max(value));
                    value
                };
                let value = second_difference(&mut seen, x, i, j, h);
                let noise = rounding(high.abs().max(low.abs()), scale, (high - low) / h);
                Estimate { value, error: 4.0 * noise / (h * h) }
            });
            hessian[j][i] = hessian[i][j];
        }
    }
    Ok(hessian)
}

/// Starting steps on the scale of `x` and on that of 1, from large to small.
fn starts(x: f64) -> Vec<f64> {
    let relative = [0.25, 1e-2, 1e-4, 1e-6].map(|factor| factor * x.abs());
    // Such that `x + h` and `x - h` are exact, also when `h` has been halved: else their middle is not `x`.
    let coarse = x * f64::from(1 << HALVINGS);
    let exact = |h: f64| if coarse.is_finite() { ((coarse + h) - coarse).abs() } else { h };
    let steps = relative.into_iter().chain([0.25, 1e-2, 1e-4]).map(exact);
    let mut starts: Vec<f64> = steps.filter(|&h| h > 0.0 && h.is_finite()).collect();
    starts.sort_by(|a, b| b.total_cmp(a));
    starts
}

/// The error that rounding alone may cause in a value of `f`: of the value, and of the argument where `f` scales it.
fn rounding(value: f64, x: f64, slope: f64) -> f64 {
    (f64::EPSILON * value.abs() + (f64::EPSILON * x * slope).abs()).max(f64::EPSILON * f64::MIN_POSITIVE)
}

/// The best estimate over all starting steps; `difference(h)` is of even order in `h`.
fn best(starts: Vec<f64>, mut difference: impl FnMut(f64) -> Estimate) -> Estimate {
    let mut best = Estimate::NONE;
    for start in starts {
        let found = extrapolate(start, &mut difference);
        // Large steps can agree with each other by chance, where the function repeats itself or
        // jumps. A nearer look that contradicts them beyond doubt wins.
        let apart = (found.value - best.value).abs();
        if found.error < best.error || apart > 1e3 * found.error {
            best = found;
        } else if apart > found.error + best.error {
            best.error = apart;
        }
    }
    best
}

/// Neville's tableau over halved steps.
fn extrapolate(start: f64, difference: &mut impl FnMut(f64) -> Estimate) -> Estimate {
    let mut best = Estimate::NONE;
    let mut before: Vec<f64> = Vec::new();
    let mut h = start;
    for _ in 0..HALVINGS {
        let Estimate { value, error: noise } = difference(h);
        h *= 0.5;
        if !value.is_finite() {
            // Outside the domain: begin anew with a smaller step.
            before.clear();
            continue;
        }
        let mut row = vec![value];
        let mut factor = 1.0;
        for (column, &above) in before.iter().enumerate() {
            factor *= 4.0;
            let left = row[column];
            let refined = left + (left - above) / (factor - 1.0);
            let spread = (refined - left).abs().max((refined - above).abs());
            let error = spread + 2.0 * noise + f64::EPSILON * refined.abs();
            if error < best.error {
                best = Estimate { value: refined, error };
            }
            row.push(refined);
        }
        before = row;
    }
    best
}

/// `x` with one coordinate replaced.
fn replaced(x: &[f64], index: usize, value: f64) -> Vec<f64> {
    let mut replaced = x.to_vec();
    replaced[index] = value;
    replaced
}
