//! Levenberg's and Marquardt's method: nonlinear least squares with the exact Jacobian.

use super::{check_rate, solve};
use crate::error::{Error, Result};
use crate::program::Program;

/// Least squares by damped Gauss-Newton steps, each solved by QR from the Jacobian itself, never from its square. Damping is per parameter,
/// by the size of its column, and follows Nielsen (*Damping Parameter in Marquardt's Method*, 1999). A step is bent along the curve of
/// the residuals, and refused where it would bend too far (Transtrum & Sethna, *Improvements to the Levenberg-Marquardt algorithm*,
/// 2012): that is what finds the way along narrow valleys.
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

/// A column of the Jacobian counts as large as it was, times this for each step since: so that a parameter that is losing its influence
/// is not sent far away, and one that lost it for good is not held for ever. 0.2 to 0.9 fit NIST's problems; with 1, as in MINPACK,
/// 1500 steps are too few for the valley of MGH10, and 0 loses BoxBOD.
const FADING: f64 = 0.8;

/// A step that takes all but this share of the influence of a parameter leads to a plateau, and is refused.
const COLLAPSE: f64 = 1e-8;

/// How long the second step may be, as a share of the first: Transtrum and Sethna's α.
const MOST_BEND: f64 = 0.75;

/// How many times steps that are too small for the value to tell may grow, before rounding is all that moves them.
const STALLS: usize = 5;

impl Default for LevenbergMarquardt {
    /// A tolerance of 1e-13, a damping of 1e-3, and 10 000 iterations.
    fn default() -> LevenbergMarquardt {
        LevenbergMarquardt { tolerance: 1e-13, damping: 1e-3, most_iterations: 10_000 }
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

/// A step from a point.
struct Step {
    by: Vec<f64>,
    /// By how much the linear model says that the sum of squares falls.
    predicted: f64,
    /// Whether that is too little for the value to tell.
    is_fine: bool,
}

impl LevenbergMarquardt {
    /// Fits from `start`; the outputs of `program` are the residuals.
    ///
    /// # Errors
    /// As [`Program::jacobian`]; [`Error::Setting`] for a setting out of range; if there are fewer residuals than parameters, or residuals at `start` that are not finite;
    /// [`Error::NotConverged`], with the best parameters so far, if the tolerance is not met.
    pub fn fit(&self, program: &Program, start: &[f64]) -> Result<LeastSquares> {
        check_rate("the tolerance of the Levenberg-Marquardt method", self.tolerance)?;
        if !(self.damping > 0.0 && self.damping.is_finite()) {
            let what = "the damping of the Levenberg-Marquardt method";
            return Err(Error::Setting { what, value: self.damping, expected: "positive and finite" });
        }
        if program.outputs() < start.len() {
            return Err(Error::Length {
                what: "the list of residuals",
                found: program.outputs(),
                expected: start.len(),
                hint: "there are at least as many residuals as parameters",
            });
        }
        let residuals = program.values(start)?;
        if let Some(index) = residuals.iter().position(|residual| !residual.is_finite()) {
            return Err(Error::NonFinitePoint { what: "list of residuals", index, value: residuals[index] });
        }
        let mut at = Point { parameters: start.to_vec(), residuals, jacobian: program.jacobian(start)? };
        let mut sizes = vec![0.0; start.len()];
        let (mut damping, mut growth) = (self.damping, 2.0);
        let (mut least_fine_step, mut stalls) = (f64::INFINITY, 0);
        let mut iterations = 0;
        // So large a damping leaves no step worth taking.
        while iterations < self.most_iterations && damping < 1e100 {
            iterations += 1;
            for (size, now) in sizes.iter_mut().zip(column_sizes(&at.jacobian)) {
                *size = now.max(FADING * *size).max(f64::MIN_POSITIVE);
            }
            let mut next = None;
            if let Some(step) = self.step(program, &at, &sizes, damping)? {
                let moved = relative(&step.by, &at.parameters);
                if step.is_fine {
                    stalls += usize::from(moved >= least_fine_step);
                    least_fine_step = least_fine_step.min(moved);
                }
                if moved <= self.tolerance || stalls == STALLS {
                    return Ok(LeastSquares { parameters: at.parameters, residuals: at.residuals, iterations });
                }
                next = take(program, &at, &step, &sizes)?.map(|(gain, point)| (gain, point, step.is_fine));
            }
            match next {
                Some((gain, point, is_fine)) => {
                    at = point;
                    damping = (damping * (1.0 - (2.0 * gain.min(1.0) - 1.0).powi(3)).max(1.0 / 3.0)).max(1e-16);
                    growth = 2.0;
                    if !is_fine {
                        (least_fine_step, stalls) = (f64::INFINITY, 0);
                    }
                }
                None => (damping, growth) = (damping * growth, growth * 2.0),
            }
        }
        let slope =
            |j: usize| at.jacobian.iter().zip(&at.residuals).map(|(row, r)| 2.0 * row[j] * r).sum::<f64>().abs();
        Err(Error::NotConverged {
            method: "the Levenberg-Marquardt method",
            iterations,
            value: squares(&at.residuals),
            slope: (0..start.len()).map(slope).fold(0.0, f64::max),
            point: at.parameters,
        })
    }

    /// The step that makes the linear model least, with a penalty on its length, bent along the curve of the residuals. `None` if there
    /// is none, or if it bends too far.
    fn step(&self, program: &Program, at: &Point, sizes: &[f64], damping: f64) -> Result<Option<Step>> {
        let scaled = |row: &Vec<f64>| row.iter().zip(sizes).map(|(entry, size)| entry / size).collect();
        let mut rows: Vec<Vec<f64>> = at.jacobian.iter().map(scaled).collect();
        for j in 0..sizes.len() {
            let mut row = vec![0.0; sizes.len()];
            row[j] = damping.sqrt();
            rows.push(row);
        }
        let solve = |right: Vec<f64>| solve::least_squares(rows.clone(), [right, vec![0.0; sizes.len()]].concat());
        let unscaled = |step: &[f64]| step.iter().zip(sizes).map(|(step, size)| step / size).collect::<Vec<f64>>();
        let Some(first) = solve(at.residuals.iter().map(|residual| -residual).collect()) else { return Ok(None) };
        let by = unscaled(&first);
        let change: Vec<f64> = at.jacobian.iter().map(|row| crate::dot(row, &by)).collect();
        let linear: Vec<f64> = at.residuals.iter().zip(&change).map(|(residual, change)| residual + change).collect();
        let now = squares(&at.residuals);
        let predicted = now - squares(&linear);
        if predicted <= 1e-10 * now {
            return Ok(Some(Step { by, predicted, is_fine: true }));
        }
        // The second derivative along the step, by a difference: its first digits are enough.
        const SHARE: f64 = 0.1;
        let near = values(program, &moved(&at.parameters, &by, SHARE))?;
        let curve = near.iter().zip(&at.residuals).zip(&change);
        let curve = curve.map(|((near, residual), change)| -((near - residual) / SHARE - change) / SHARE);
        let Some(second) = solve(curve.collect()) else { return Ok(None) };
        if !(2.0 * crate::norm(&second) <= MOST_BEND * crate::norm(&first)) {
            return Ok(None);
        }
        Ok(Some(Step { by: moved(&by, &unscaled(&second), 1.0), predicted, is_fine: false }))
    }
}

/// Where a step leads, and how much of what the linear model promised it gains. `None` if it is not to be taken.
fn take(program: &Program, at: &Point, step: &Step, sizes: &[f64]) -> Result<Option<(f64, Point)>> {
    let parameters = moved(&at.parameters, &step.by, 1.0);
    let residuals = values(program, &parameters)?;
    let (now, then) = (squares(&at.residuals), squares(&residuals));
    // Rounding hides what a fine step is worth: it is taken if it does no harm.
    let is_harmless = step.is_fine && then <= now * (1.0 + 1e-10);
    let gain = if is_harmless { 1.0 } else { (now - then) / step.predicted };
    if !(gain > 1e-3) || (step.is_fine && !is_harmless) {
        return Ok(None);
    }
    let jacobian = program.jacobian(&parameters)?;
    let keeps = |(influence, size): (f64, &f64)| influence.is_finite() && influence >= COLLAPSE * size;
    let keeps_all = column_sizes(&jacobian).zip(sizes).all(keeps);
    Ok(keeps_all.then_some((gain, Point { parameters, residuals, jacobian })))
}

/// The residuals at a point that may not be finite.
fn values(program: &Program, parameters: &[f64]) -> Result<Vec<f64>> {
    if parameters.iter().all(|x| x.is_finite()) {
        return program.values(parameters);
    }
    Ok(vec![f64::NAN; program.outputs()])
}

fn moved(from: &[f64], by: &[f64], share: f64) -> Vec<f64> {
    from.iter().zip(by).map(|(x, step)| x + share * step).collect()
}

fn squares(list: &[f64]) -> f64 {
    crate::dot(list, list)
}

fn column_sizes(rows: &[Vec<f64>]) -> impl Iterator<Item = f64> + '_ {
    (0..rows[0].len()).map(|j| rows.iter().map(|row| row[j] * row[j]).sum::<f64>().sqrt())
}

/// The largest step, as a share of its parameter.
fn relative(step: &[f64], parameters: &[f64]) -> f64 {
    let each = step.iter().zip(parameters).map(|(step, parameter)| step.abs() / parameter.abs().max(f64::MIN_POSITIVE));
    each.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_that_is_not_done_keeps_the_point_it_reached() {
        let rosenbrock = Program::record(&[-1.2, 1.0], |x| [1.0 - x[0], 10.0 * (x[1] - x[0] * x[0])]).unwrap();
        let few = LevenbergMarquardt { most_iterations: 8, ..LevenbergMarquardt::default() };
        let error = few.fit(&rosenbrock, &[-1.2, 1.0]).unwrap_err();
        let Error::NotConverged { iterations: 8, point, value, .. } = error else { panic!("{error}") };
        assert_eq!(value, squares(&rosenbrock.values(&point).unwrap()));
        assert!(value < 24.2, "{value} at {point:?}");
        // It is good enough to go on from.
        let fit = LevenbergMarquardt::default().fit(&rosenbrock, &point).unwrap();
        assert!(fit.parameters.iter().all(|x| (x - 1.0).abs() < 1e-12), "{fit:?}");
    }

    #[test]
    fn giving_up_says_after_how_many_iterations() {
        // Its slope is not a number, so that no step can be found.
        let no_slope = Program::record(&[1.0], |x| [(x[0] * 0.0).sqrt() + x[0]]).unwrap();
        let error = LevenbergMarquardt::default().fit(&no_slope, &[1.0]).unwrap_err();
        let Error::NotConverged { iterations, point, .. } = error else { panic!("{error}") };
        assert!(iterations < 1000, "{iterations}");
        assert_eq!(point, [1.0]);
    }
}
