//! Levenberg's and Marquardt's method: nonlinear least squares with the exact Jacobian.

use super::solve;
use crate::error::{Error, Result};
use crate::program::Program;

/// Least squares by damped Gauss-Newton steps, each solved by QR from the Jacobian itself, never from its square. Damping is per parameter,
/// by the size of its column, and follows Nielsen (*Damping Parameter in Marquardt's Method*, 1999).
///
/// ```
/// use gradus::Program;
/// use gradus::nn::optim::LevenbergMarquardt;
///
/// // y = a exp(b x) through points: one residual for each.
/// let data = [(0.0, 2.0), (1.0, 1.0), (2.0, 0.5), (3.0, 0.25)];
/// let residuals = Program::record(&[1.0, -0.1], |b| {
///     data.iter().map(|&(x, y)| b[0] * (b[1] * x).exp() - y).collect::<Vec<_>>()
/// })?;
/// let fit = LevenbergMarquardt::default().fit(&residuals, &[1.0, -0.1])?;
/// assert!((fit.parameters[0] - 2.0).abs() < 1e-12 && (fit.parameters[1] + 2f64.ln()).abs() < 1e-12);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevenbergMarquardt {
    /// Done when no parameter moves by more than this share of it.
    pub tolerance: f64,
    /// How much the first steps are damped: small for starts near the solution.
    pub damping: f64,
    /// After how many iterations to give up.
    pub most_iterations: usize,
}

impl Default for LevenbergMarquardt {
    /// A tolerance of 1e-13, a damping of 1e-4, and 10 000 iterations.
    fn default() -> LevenbergMarquardt {
        LevenbergMarquardt { tolerance: 1e-13, damping: 1e-4, most_iterations: 10_000 }
    }
}

/// A fit by least squares.
#[derive(Debug, Clone, PartialEq)]
pub struct LeastSquares {
    /// The parameters.
    pub parameters: Vec<f64>,
    /// The residuals there.
    pub residuals: Vec<f64>,
    /// How many steps were tried.
    pub iterations: usize,
}

impl LeastSquares {
    /// The sum of the squares of the residuals.
    pub fn sum_of_squares(&self) -> f64 {
        squares(&self.residuals)
    }
}

/// A point on the way.
struct Point {
    parameters: Vec<f64>,
    residuals: Vec<f64>,
    jacobian: Vec<Vec<f64>>,
}

impl LevenbergMarquardt {
    /// Fits from `start`; the outputs of `residuals` are the residuals.
    ///
    /// # Errors
    /// As [`Program::jacobian`]; if there are fewer residuals than parameters, or residuals at `start` that are not finite;
    /// [`Error::NotConverged`].
    pub fn fit(&self, residuals: &Program, start: &[f64]) -> Result<LeastSquares> {
        if residuals.outputs() < start.len() {
            return Err(Error::Length {
                what: "the list of residuals",
                found: residuals.outputs(),
                expected: start.len(),
                hint: "there are at least as many residuals as parameters",
            });
        }
        let first = residuals.values(start)?;
        if let Some(index) = first.iter().position(|residual| !residual.is_finite()) {
            return Err(Error::NonFinitePoint { what: "list of residuals at the start", index, value: first[index] });
        }
        let mut at = Point { parameters: start.to_vec(), residuals: first, jacobian: residuals.jacobian(start)? };
        // The size of each column, at first and for good: Jacobi's scaling.
        let scales: Vec<f64> =
            (0..start.len()).map(|j| 1.0 / (1.0 + squares_of_column(&at.jacobian, j).sqrt())).collect();
        let (mut damping, mut growth) = (self.damping, 2.0);
        let mut last_fine_step = f64::INFINITY;
        for iterations in 1..=self.most_iterations {
            let Some(step) = self.step(&at, &scales, damping) else {
                (damping, growth) = (damping * growth, growth * 2.0);
                continue;
            };
            let moved: f64 = relative(&step, &at.parameters);
            if moved <= self.tolerance {
                return Ok(LeastSquares { parameters: at.parameters, residuals: at.residuals, iterations });
            }
            let parameters: Vec<f64> = at.parameters.iter().zip(&step).map(|(x, step)| x + step).collect();
            let residuals_there =
                if parameters.iter().all(|x| x.is_finite()) { residuals.values(&parameters)? } else { vec![f64::NAN] };
            let linear: Vec<f64> = at
                .residuals
                .iter()
                .zip(&at.jacobian)
                .map(|(residual, row)| residual + crate::dot(row, &step))
                .collect();
            let (now, then) = (squares(&at.residuals), squares(&residuals_there));
            let predicted = now - squares(&linear);
            // Rounding hides what such a step is worth: it is taken as long as the steps grow shorter.
            let is_fine = predicted <= 1e-10 * now && then <= now * (1.0 + 1e-10);
            if is_fine && moved >= last_fine_step {
                return Ok(LeastSquares { parameters: at.parameters, residuals: at.residuals, iterations });
            }
            let gain = if is_fine { 1.0 } else { (now - then) / predicted };
            let jacobian = if gain > 1e-3 { residuals.jacobian(&parameters)? } else { Vec::new() };
            if gain > 1e-3 && jacobian.iter().flatten().all(|entry| entry.is_finite()) {
                last_fine_step = if is_fine { moved } else { f64::INFINITY };
                at = Point { parameters, residuals: residuals_there, jacobian };
                damping = (damping * (1.0 - (2.0 * gain - 1.0).powi(3)).max(1.0 / 3.0)).max(1e-16);
                growth = 2.0;
            } else {
                (damping, growth) = (damping * growth, growth * 2.0);
            }
            if !(damping < 1e300) {
                break;
            }
        }
        let slope = (0..start.len())
            .map(|j| at.jacobian.iter().zip(&at.residuals).map(|(row, r)| row[j] * r).sum::<f64>().abs());
        Err(Error::NotConverged {
            method: "the Levenberg-Marquardt method",
            iterations: self.most_iterations,
            value: squares(&at.residuals),
            slope: slope.fold(0.0, f64::max),
        })
    }

    /// The step that makes the linear model least, with a penalty on its length.
    fn step(&self, at: &Point, scales: &[f64], damping: f64) -> Option<Vec<f64>> {
        let scaled = |row: &Vec<f64>| row.iter().zip(scales).map(|(entry, scale)| entry * scale).collect();
        let mut rows: Vec<Vec<f64>> = at.jacobian.iter().map(scaled).collect();
        let mut right: Vec<f64> = at.residuals.iter().map(|residual| -residual).collect();
        for (j, size) in
            (0..scales.len()).map(|j| squares_of_column(&rows, j)).collect::<Vec<_>>().into_iter().enumerate()
        {
            let mut row = vec![0.0; scales.len()];
            row[j] = (size.clamp(1e-6, 1e32) * damping).sqrt();
            rows.push(row);
            right.push(0.0);
        }
        let step = solve::least_squares(rows, right)?;
        Some(step.iter().zip(scales).map(|(step, scale)| step * scale).collect())
    }
}

fn squares(list: &[f64]) -> f64 {
    crate::dot(list, list)
}

fn squares_of_column(rows: &[Vec<f64>], column: usize) -> f64 {
    rows.iter().map(|row| row[column] * row[column]).sum()
}

/// The largest step, as a share of its parameter.
fn relative(step: &[f64], parameters: &[f64]) -> f64 {
    let each = step.iter().zip(parameters).map(|(step, parameter)| step.abs() / parameter.abs().max(f64::MIN_POSITIVE));
    each.fold(0.0, f64::max)
}
