//! Newton's method, for smooth functions of some hundred parameters at most.

use super::{check_rate, solve};
use crate::error::{Error, Result};
use crate::program::Program;

/// Newton's method with the exact Hessian. Where that is not positive-definite, a multiple of the identity is added until it is; a step that
/// does not lower the value enough is halved (Nocedal & Wright, *Numerical Optimization*, 2nd ed. 2006, algorithms 3.1 to 3.3).
///
/// ```
/// use gradus::Program;
/// use gradus::nn::optim::Newton;
///
/// let rosenbrock = Program::record(&[-1.2, 1.0], |x| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2))?;
/// let minimum = Newton::default().minimize(&rosenbrock, &[-1.2, 1.0])?;
/// assert!(minimum.point.iter().all(|x| (x - 1.0).abs() < 1e-12));
/// assert!(minimum.iterations < 30);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Newton {
    /// Done when no partial derivative is larger than this times the size of the value, or of 1 if that is larger.
    pub tolerance: f64,
    /// After how many iterations to give up.
    pub most_iterations: usize,
}

impl Default for Newton {
    /// A tolerance of 1e-10, and 200 iterations.
    fn default() -> Newton {
        Newton { tolerance: 1e-10, most_iterations: 200 }
    }
}

/// Where a function is least, at least near there.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The point.
    pub point: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The gradient there.
    pub gradient: Vec<f64>,
    /// How many steps were taken.
    pub iterations: usize,
}

impl Newton {
    /// Goes down from `start`.
    ///
    /// # Errors
    /// As [`Program::hessian`]; [`Error::Setting`] for a tolerance that is negative or not finite; [`Error::NotConverged`], with the best point so far, if the tolerance is not met.
    pub fn minimize(&self, program: &Program, start: &[f64]) -> Result<Minimum> {
        check_rate("the tolerance of Newton's method", self.tolerance)?;
        let (value, gradient) = program.gradient(start)?;
        let mut at = Minimum { point: start.to_vec(), value, gradient, iterations: 0 };
        let size = |list: &[f64]| list.iter().fold(0.0, |size: f64, x| size.max(x.abs()));
        while !(size(&at.gradient) <= self.tolerance * at.value.abs().max(1.0)) {
            let next = if at.iterations < self.most_iterations { self.step(program, &at)? } else { None };
            let Some(next) = next else {
                let slope = size(&at.gradient);
                return Err(Error::NotConverged {
                    method: "Newton's method",
                    iterations: at.iterations,
                    point: at.point,
                    value: at.value,
                    slope,
                });
            };
            at = next;
        }
        Ok(at)
    }

    /// The next point; `None` if nothing lower is found.
    fn step(&self, program: &Program, at: &Minimum) -> Result<Option<Minimum>> {
        let hessian = program.hessian(&at.point)?;
        let against: Vec<f64> = at.gradient.iter().map(|partial| -partial).collect();
        let largest = hessian.iter().flatten().fold(0.0, |largest: f64, entry| largest.max(entry.abs()));
        let mut shifts = std::iter::once(0.0).chain((0..60).map(|k| largest.max(1e-8) * 1e-3 * 2f64.powi(k)));
        let Some(step) = shifts.find_map(|shift| solve::positive_definite(&hessian, shift, &against)) else {
            return Ok(None);
        };
        let slope = crate::dot(&step, &at.gradient);
        for halvings in 0..60 {
            let share = 0.5f64.powi(halvings);
            let point: Vec<f64> = at.point.iter().zip(&step).map(|(x, step)| x + share * step).collect();
            if !point.iter().all(|x| x.is_finite()) {
                continue;
            }
            let (value, gradient) = program.gradient(&point)?;
            // Near the minimum the value says nothing any more, to rounding; a full step is then as good as any.
            let rounding = 1e-14 * at.value.abs();
            if value <= at.value + 1e-4 * share * slope + rounding && gradient.iter().all(|partial| partial.is_finite())
            {
                return Ok(Some(Minimum { point, value, gradient, iterations: at.iterations + 1 }));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_a_place_where_the_hessian_is_not_positive() {
        let program = Program::record(&[0.1], |x| x[0].powi(4) - x[0].powi(2)).unwrap();
        let minimum = Newton::default().minimize(&program, &[0.1]).unwrap();
        assert!((minimum.point[0] - 0.5f64.sqrt()).abs() < 1e-10, "{minimum:?}");
    }

    #[test]
    fn what_has_no_minimum_is_an_error() {
        let program = Program::record(&[0.1], |x| x[0].exp() - x[0] * 1e-3 * x[0].exp()).unwrap();
        let error = Newton { most_iterations: 5, ..Newton::default() }.minimize(&program, &[0.1]).unwrap_err();
        let Error::NotConverged { iterations: 5, point, value, .. } = error else { panic!("{error}") };
        assert_ne!(point, [0.1]);
        assert_eq!(value, program.values(&point).unwrap()[0]);
        assert!(value < program.values(&[0.1]).unwrap()[0], "{value} at {point:?}");
    }
}
