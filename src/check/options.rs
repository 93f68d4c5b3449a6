//! The settings of a check, and the checks themselves.

use super::report::{Report, Row};
use super::row::judge;
use crate::error::{Error, Result};
use crate::error::{check_direction, check_point};
use crate::numeric::check_step;
use crate::tape::Var;

/// Which finite differences a check compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differences {
    /// Central differences with a fixed step.
    Central,
    /// Differences that find their own step and know their own error.
    Adaptive,
}

/// The settings of a check, and the checks that take them.
///
/// ```
/// use gradus::check::{Differences, Options};
///
/// let options = Options { differences: Differences::Adaptive, threshold: 1e-8, ..Options::default() };
/// assert!(options.gradient(|x| x[0].exp() * x[1], &[20.0, 1e6])?.passed());
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The step of central differences: 1e-5.
    pub step: f64,
    /// A relative error below it passes: 1e-5. A derivative that an adaptive difference refutes
    /// with certainty fails even so.
    pub threshold: f64,
    /// Derivatives below it are compared absolutely: 1e-8.
    pub floor: f64,
    /// Which differences the numbers shown are: central ones.
    pub differences: Differences,
    /// Up to so many parameters get a second opinion from adaptive differences each, which costs
    /// about a hundred calls of the function; beyond, the gradient as a whole gets one along one
    /// direction: 64.
    pub second_opinions: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { step: 1e-5, threshold: 1e-5, floor: 1e-8, differences: Differences::Central, second_opinions: 64 }
    }
}

impl Options {
    /// Checks the gradient that the reverse sweep computes for `f` at `x`.
    ///
    /// # Errors
    /// As [`gradus::gradient`](crate::gradient), and for settings out of range.
    pub fn gradient(&self, f: impl Fn(&[Var]) -> Var, x: &[f64]) -> Result<Report> {
        let (first, again) = (crate::gradient(&f, x)?, crate::gradient(&f, x)?);
        self.compare(|x| plain(&f, x), &first, &again, x)
    }

    /// Checks a gradient written by hand against the plain function `f` at `x`.
    ///
    /// # Errors
    /// For no inputs, a point that is not finite, a gradient of another length than `x`, and
    /// settings out of range.
    pub fn function(
        &self,
        f: impl Fn(&[f64]) -> f64,
        gradient: impl Fn(&[f64]) -> Vec<f64>,
        x: &[f64],
    ) -> Result<Report> {
        check_point("point", x)?;
        self.compare(f, &gradient(x), &gradient(x), x)
    }

    /// Checks the gradient of `f` at `x` along one direction only: two calls of `f` for any number
    /// of parameters, or about a hundred with adaptive differences. Take the direction at random:
    /// an error in any parameter then shows.
    ///
    /// # Errors
    /// As [`gradient`](Options::gradient); if `direction` is not as long as `x` or not finite.
    ///
    /// ```
    /// use gradus::check::Options;
    /// let x = vec![0.5; 10_000];
    /// let direction: Vec<f64> = (0..x.len()).map(|i| (i as f64 * 0.7).sin()).collect();
    /// let report = Options::default().along(|x| gradus::norm(x), &x, &direction)?;
    /// assert!(report.passed());
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn along(&self, f: impl Fn(&[Var]) -> Var, x: &[f64], direction: &[f64]) -> Result<Report> {
        check_direction("direction", direction, x.len(), "a direction has an entry for each input")?;
        let (first, again) = (crate::gradient(&f, x)?, crate::gradient(&f, x)?);
        let deterministic = same(&first, &again) && same(&[plain(&f, x)], &[plain(&f, x)]);
        self.check_settings()?;
        let row = self.directional(|x| plain(&f, x), &first, x, direction)?;
        Ok(Report { rows: vec![row], deterministic })
    }

    /// Checks the Jacobian that is computed for `f` at `x`.
    ///
    /// # Errors
    /// As [`gradus::jacobian`](crate::jacobian), and for settings out of range.
    pub fn jacobian(&self, f: impl Fn(&[Var]) -> Vec<Var>, x: &[f64]) -> Result<Report> {
        let values = |x: &[f64]| -> Vec<f64> { f(&literals(x)).iter().map(|output| output.value()).collect() };
        self.compare_rows("J", values, &crate::jacobian(&f, x)?, &crate::jacobian(&f, x)?, x)
    }

    /// Checks the Hessian that is computed for `f` at `x`, against differences of its gradient.
    ///
    /// # Errors
    /// As [`gradus::hessian`](crate::hessian), and for settings out of range.
    pub fn hessian(&self, f: impl Fn(&[Var]) -> Var, x: &[f64]) -> Result<Report> {
        let (first, again) = (crate::hessian(&f, x)?, crate::hessian(&f, x)?);
        // Where the point moved beyond the finite, the difference is discarded.
        let values = |x: &[f64]| crate::gradient(&f, x).unwrap_or_else(|_| vec![f64::NAN; x.len()]);
        self.compare_rows("H", values, &first, &again, x)
    }

    fn compare(&self, f: impl Fn(&[f64]) -> f64, gradient: &[f64], again: &[f64], x: &[f64]) -> Result<Report> {
        if gradient.len() != x.len() {
            return Err(Error::Length {
                what: "the gradient",
                found: gradient.len(),
                expected: x.len(),
                hint: "a gradient has an entry for each input",
            });
        }
        self.check_settings()?;
        let deterministic = same(gradient, again) && same(&[f(x)], &[f(x)]);
        let each = x.len() <= self.second_opinions;
        let mut rows: Vec<Row> = (0..x.len())
            .map(|i| judge(self, format!("x[{i}]"), gradient[i], |at| f(&replaced(x, i, at)), x[i], each))
            .collect::<Result<_>>()?;
        if !each {
            // A fixed direction without a zero or a symmetry: fractions of multiples of the golden ratio.
            let direction: Vec<f64> =
                (0..x.len()).map(|i| 0.5 + (i as f64 * 0.618_033_988_749_894_9).fract()).collect();
            rows.push(self.directional(f, gradient, x, &direction)?);
        }
        Ok(Report { rows, deterministic })
    }

    fn directional(&self, f: impl Fn(&[f64]) -> f64, gradient: &[f64], x: &[f64], direction: &[f64]) -> Result<Row> {
        let slope = gradient.iter().zip(direction).map(|(partial, along)| partial * along).sum();
        let moved = |t: f64| -> Vec<f64> { x.iter().zip(direction).map(|(x, along)| x + t * along).collect() };
        judge(self, "along".to_owned(), slope, |t| f(&moved(t)), 0.0, true)
    }

    fn compare_rows(
        &self,
        letter: &str,
        f: impl Fn(&[f64]) -> Vec<f64>,
        matrix: &[Vec<f64>],
        again: &[Vec<f64>],
        x: &[f64],
    ) -> Result<Report> {
        self.check_settings()?;
        let deterministic = matrix.iter().zip(again).all(|(row, again)| same(row, again)) && same(&f(x), &f(x));
        let each = matrix.len() * x.len() <= self.second_opinions;
        let mut rows = Vec::new();
        for (i, row) in matrix.iter().enumerate() {
            for (j, &analytical) in row.iter().enumerate() {
                let output = |at: f64| f(&replaced(x, j, at)).get(i).copied().unwrap_or(f64::NAN);
                rows.push(judge(self, format!("{letter}[{i}][{j}]"), analytical, output, x[j], each)?);
            }
        }
        Ok(Report { rows, deterministic })
    }

    fn check_settings(&self) -> Result<()> {
        check_step(self.step)?;
        for (what, value) in [("the threshold", self.threshold), ("the floor", self.floor)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::Setting { what, value, expected: "positive and finite" });
            }
        }
        Ok(())
    }
}

/// The value of a recordable function without recording it: literals are not recorded.
fn plain(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> f64 {
    f(&literals(x)).value()
}

fn literals(x: &[f64]) -> Vec<Var> {
    x.iter().map(|&value| Var::from(value)).collect()
}

fn replaced(x: &[f64], index: usize, value: f64) -> Vec<f64> {
    let mut replaced = x.to_vec();
    replaced[index] = value;
    replaced
}

/// Equal to the bit, NaN included.
fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}
