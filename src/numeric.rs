//! Derivatives by finite differences: approximate, slow, and independent of everything else here,
//! which is what makes them a check.
//!
//! The plain functions take central differences with a fixed step: 1e-5 for first derivatives,
//! 1e-4 for second ones. [`adaptive`] finds its own step and says how far it may be off.

pub mod adaptive;
mod ladder;

pub(crate) use ladder::{Ladder, Rung, Shape};

use crate::error::check_point;
use crate::error::{Error, Result};

/// The step of first derivatives, unless another is given.
pub const STEP: f64 = 1e-5;

/// The step of second derivatives, unless another is given.
pub const SECOND_STEP: f64 = 1e-4;

/// The gradient of `f` at `x` by central differences `(f(x + h) - f(x - h)) / 2h` with `h` = [`STEP`]:
/// `2n + 1` calls of `f`, an error of order `h²`.
///
/// # Errors
/// For no inputs and a point that is not finite.
///
/// ```
/// let f = |x: &[f64]| x[0].powi(2) + 3.0 * x[0] * x[1] + x[1].powi(2);
/// let gradient = gradus::numeric::gradient(f, &[2.0, 3.0])?;
/// assert!((gradient[0] - 13.0).abs() < 1e-8 && (gradient[1] - 12.0).abs() < 1e-8);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn gradient(f: impl FnMut(&[f64]) -> f64, x: &[f64]) -> Result<Vec<f64>> {
    gradient_with_step(f, x, STEP)
}

/// As [`gradient`], with the step `h`.
///
/// # Errors
/// As [`gradient`], and for a step that is not positive and finite.
pub fn gradient_with_step(mut f: impl FnMut(&[f64]) -> f64, x: &[f64], h: f64) -> Result<Vec<f64>> {
    let rows = jacobian_with_step(|x| vec![f(x)], x, h)?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// The Jacobian of `f` at `x`, `m` rows of `n`, by central differences with `h` = [`STEP`].
///
/// # Errors
/// As [`gradient`], and if `f` returns outputs of changing number.
///
/// ```
/// let f = |x: &[f64]| vec![x[0].powi(2) * x[1], x[0] + x[1].powi(3)];
/// let jacobian = gradus::numeric::jacobian(f, &[2.0, 3.0])?;
/// assert!((jacobian[1][1] - 27.0).abs() < 1e-6);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn jacobian(f: impl FnMut(&[f64]) -> Vec<f64>, x: &[f64]) -> Result<Vec<Vec<f64>>> {
    jacobian_with_step(f, x, STEP)
}

/// As [`jacobian`], with the step `h`.
///
/// # Errors
/// As [`jacobian`], and for a step that is not positive and finite.
pub fn jacobian_with_step(mut f: impl FnMut(&[f64]) -> Vec<f64>, x: &[f64], h: f64) -> Result<Vec<Vec<f64>>> {
    check_point("point", x)?;
    check_step(h)?;
    let m = f(x).len();
    let mut jacobian = vec![vec![0.0; x.len()]; m];
    for j in 0..x.len() {
        let (above, below) = (f(&moved(x, &[(j, h)])), f(&moved(x, &[(j, -h)])));
        for output in [&above, &below] {
            if output.len() != m {
                return Err(Error::ChangingOutputs { first: m, then: output.len() });
            }
        }
        for (row, (above, below)) in jacobian.iter_mut().zip(above.iter().zip(&below)) {
            row[j] = (above - below) / (2.0 * h);
        }
    }
    Ok(jacobian)
}

/// The Hessian of `f` at `x` by central differences with `h` = [`SECOND_STEP`]: three points on the
/// diagonal, four points off it.
///
/// # Errors
/// As [`gradient`].
///
/// ```
/// let f = |x: &[f64]| x[0].powi(3) + 2.0 * x[0] * x[1].powi(2) + x[1].powi(4);
/// let hessian = gradus::numeric::hessian(f, &[1.0, 2.0])?;
/// assert!((hessian[1][1] - 52.0).abs() < 1e-4);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn hessian(f: impl FnMut(&[f64]) -> f64, x: &[f64]) -> Result<Vec<Vec<f64>>> {
    hessian_with_step(f, x, SECOND_STEP)
}

/// As [`hessian`], with the step `h`.
///
/// # Errors
/// As [`gradient`], and for a step that is not positive and finite.
pub fn hessian_with_step(mut f: impl FnMut(&[f64]) -> f64, x: &[f64], h: f64) -> Result<Vec<Vec<f64>>> {
    check_point("point", x)?;
    check_step(h)?;
    let mut hessian = vec![vec![0.0; x.len()]; x.len()];
    for i in 0..x.len() {
        for j in i..x.len() {
            hessian[i][j] = second_difference(&mut f, x, i, j, h);
            hessian[j][i] = hessian[i][j];
        }
    }
    Ok(hessian)
}

/// ∂²f/∂xᵢ∂xⱼ with the step `h`.
fn second_difference(f: &mut impl FnMut(&[f64]) -> f64, x: &[f64], i: usize, j: usize, h: f64) -> f64 {
    let mut at = |by: &[(usize, f64)]| f(&moved(x, by));
    if i == j {
        (at(&[(i, h)]) - 2.0 * at(&[]) + at(&[(i, -h)])) / (h * h)
    } else {
        let (same, opposite) =
            (at(&[(i, h), (j, h)]) + at(&[(i, -h), (j, -h)]), at(&[(i, h), (j, -h)]) + at(&[(i, -h), (j, h)]));
        (same - opposite) / (4.0 * h * h)
    }
}

/// `x` with some coordinates moved.
pub(crate) fn moved(x: &[f64], by: &[(usize, f64)]) -> Vec<f64> {
    let mut moved = x.to_vec();
    for &(index, step) in by {
        moved[index] += step;
    }
    moved
}

pub(crate) fn check_step(h: f64) -> Result<()> {
    if h > 0.0 && h.is_finite() {
        Ok(())
    } else {
        Err(Error::Setting { what: "the step", value: h, expected: "positive and finite" })
    }
}
