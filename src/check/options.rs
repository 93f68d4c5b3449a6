//! The settings of a check, and the checks of functions at a point.

use super::line::Line;
use super::report::{Report, Row};
use super::row::{Look, judge};
use super::verdict::{Reason, Verdict};
use crate::error::{Error, Result};
use crate::error::{check_direction, check_leads_somewhere, check_length, check_point};
use crate::tape::Var;

/// The settings of a check, and the checks that take them.
///
/// There is no step among them: differences find the function's own scale, and say how far they may be off.
///
/// ```
/// use gradus::check::Options;
///
/// let options = Options { threshold: 1e-8, ..Options::default() };
/// assert!(options.gradient(|x| x[0].exp() * x[1], &[20.0, 1e6])?.passed());
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How precisely a derivative has to be confirmed, relatively, to pass: 1e-5. One that is known not to be confirmed so precisely is
    /// unchecked. A mismatch is one at any size, as soon as the difference is sure of it.
    pub threshold: f64,
    /// Up to so many derivatives that a quick look (9 calls of the function) does not settle get a close one (some 150 calls): 1000.
    pub close_looks: usize,
    /// A partial that is too small to be seen in the function's values is unchecked, unless a change of its operand by its own size
    /// changes the function by less than this share of what the largest partial does: then it is taken for
    /// rounding, and passes. 0, so that none is; 1e-15 lets the `4e-17` pass that stands where 0 should.
    pub negligible: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options { threshold: 1e-5, close_looks: 1000, negligible: 0.0 }
    }
}

impl Options {
    /// Checks the gradient that the reverse sweep computes for `f` at `x`.
    ///
    /// # Errors
    /// As [`gradus::gradient`](crate::gradient), and for settings out of range.
    pub fn gradient(&self, f: impl Fn(&[Var]) -> Var, x: &[f64]) -> Result<Report> {
        let gradients = Repeated::of(|| Ok(vec![crate::gradient(&f, x)?]))?;
        self.compare(|x| plain(&f, x), gradients, x)
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
        let checked = || {
            let gradient = gradient(x);
            check_gradient_length(&gradient, x)?;
            Ok(vec![gradient])
        };
        self.compare(f, Repeated::of(checked)?, x)
    }

    /// Checks the gradient of `f` at `x` along one direction only: some 150 calls of `f` for any number
    /// of parameters. Take the direction at random: an error in any parameter then shows.
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
        check_leads_somewhere(direction)?;
        self.check_settings()?;
        let gradients = Repeated::of(|| Ok(vec![crate::gradient(&f, x)?]))?;
        let mut steady = Steady::new(|x: &[f64]| vec![plain(&f, x)], x);
        let slope = gradients.matrix[0].iter().zip(direction).map(|(partial, along)| partial * along).sum();
        let line = Line::new(x, direction);
        let f_along = |place: f64| plain(&f, &line.at(place));
        let row = judge(self.threshold, "along".to_owned(), slope, f_along, line.origin, line.smallest, Look::Close);
        let rows = vec![row];
        steady.settle(&rows);
        Ok(Report { point: x.to_vec(), rows, fault: gradients.fault.or(steady.fault) })
    }

    /// Checks the Jacobian that is computed for `f` at `x`.
    ///
    /// # Errors
    /// As [`gradus::jacobian`](crate::jacobian), and for settings out of range.
    pub fn jacobian(&self, f: impl Fn(&[Var]) -> Vec<Var>, x: &[f64]) -> Result<Report> {
        let values = |x: &[f64]| -> Vec<f64> { f(&literals(x)).iter().map(|output| output.value()).collect() };
        self.compare_rows("J", values, Repeated::of(|| crate::jacobian(&f, x))?, x)
    }

    /// Checks the Hessian that is computed for `f` at `x`, against differences of its gradient.
    ///
    /// # Errors
    /// As [`gradus::hessian`](crate::hessian), and for settings out of range.
    pub fn hessian(&self, f: impl Fn(&[Var]) -> Var, x: &[f64]) -> Result<Report> {
        let hessians = Repeated::of(|| crate::hessian(&f, x))?;
        // Where the point moved beyond the finite, the difference is discarded.
        let values = |x: &[f64]| crate::gradient(&f, x).unwrap_or_else(|_| vec![f64::NAN; x.len()]);
        self.compare_rows("H", values, hessians, x)
    }

    fn compare(&self, f: impl Fn(&[f64]) -> f64, gradients: Repeated, x: &[f64]) -> Result<Report> {
        let mut report = self.compare_rows("", |x| vec![f(x)], gradients, x)?;
        self.pass_what_is_negligible(&mut report);
        Ok(report)
    }

    /// Compares each row of a matrix with differences of an output; without a letter, the one row of a gradient.
    fn compare_rows(
        &self,
        letter: &str,
        f: impl Fn(&[f64]) -> Vec<f64>,
        derivatives: Repeated,
        x: &[f64],
    ) -> Result<Report> {
        self.check_settings()?;
        let mut steady = Steady::new(&f, x);
        let mut rows: Vec<Row> = Vec::new();
        let mut close = 0;
        for (i, of_output) in derivatives.matrix.iter().enumerate() {
            for (j, &analytical) in of_output.iter().enumerate() {
                let mut calls = 0;
                let output = |at: f64| {
                    calls += 1;
                    f(&replaced(x, j, at)).get(i).copied().unwrap_or(f64::NAN)
                };
                let name = if letter.is_empty() { format!("x[{j}]") } else { format!("{letter}[{i}][{j}]") };
                let look = if close < self.close_looks { Look::Close } else { Look::Quick };
                rows.push(judge(self.threshold, name, analytical, output, x[j], 0.0, look));
                close += usize::from(calls > 9);
                steady.look_again();
            }
        }
        steady.settle(&rows);
        Ok(Report { point: x.to_vec(), rows, fault: derivatives.fault.or(steady.fault) })
    }

    fn pass_what_is_negligible(&self, report: &mut Report) {
        let scale = |j: usize| if report.point[j] == 0.0 { 1.0 } else { report.point[j].abs() };
        let changes: Vec<f64> =
            report.rows.iter().enumerate().map(|(j, row)| row.analytical.abs() * scale(j)).collect();
        let largest = changes.iter().fold(0.0, |largest: f64, &change| largest.max(change));
        for (row, change) in report.rows.iter_mut().zip(changes) {
            if matches!(row.verdict, Verdict::Unchecked(Reason::Imprecise { .. })) && change < self.negligible * largest
            {
                row.verdict = Verdict::Pass;
            }
        }
    }

    fn check_settings(&self) -> Result<()> {
        if !(self.threshold > 0.0 && self.threshold < 1.0) {
            return Err(Error::Setting { what: "the threshold", value: self.threshold, expected: "between 0 and 1" });
        }
        if !(self.negligible >= 0.0 && self.negligible < 1.0) {
            return Err(Error::Setting {
                what: "the negligible share",
                value: self.negligible,
                expected: "0, or below 1",
            });
        }
        Ok(())
    }
}

/// So often a derivative is computed, and a function that looks well is called at the point. One that does not is called there more often: what
/// makes it look ill may be a memory.
const LOOKS: usize = 8;
const CLOSE_LOOKS: usize = 32;

/// A derivative, a row for each output, and whether it is the same each time.
struct Repeated {
    matrix: Vec<Vec<f64>>,
    fault: Option<Reason>,
}

impl Repeated {
    fn of(derivative: impl Fn() -> Result<Vec<Vec<f64>>>) -> Result<Repeated> {
        let matrix = derivative()?;
        for _ in 1..LOOKS {
            let again = derivative()?;
            let is_same = matrix.len() == again.len() && matrix.iter().zip(&again).all(|(row, again)| same(row, again));
            if !is_same {
                return Ok(Repeated { matrix, fault: Some(Reason::DerivativeChanges) });
            }
        }
        Ok(Repeated { matrix, fault: None })
    }
}

/// Whether a function gives the same at the same point, also after it was called elsewhere.
struct Steady<'x, F> {
    f: F,
    x: &'x [f64],
    first: Vec<f64>,
    looks: usize,
    fault: Option<Reason>,
}

impl<'x, F: Fn(&[f64]) -> Vec<f64>> Steady<'x, F> {
    fn new(f: F, x: &'x [f64]) -> Self {
        let first = f(x);
        let mut steady = Steady { f, x, first, looks: 0, fault: None };
        steady.look_again();
        steady
    }

    /// A fault that is rare takes more looks, of which there are more where something is strange already.
    fn settle(&mut self, rows: &[Row]) {
        let passed = rows.iter().all(|row| row.verdict == Verdict::Pass);
        while self.fault.is_none() && self.looks < if passed { LOOKS } else { CLOSE_LOOKS } {
            self.look_again();
        }
    }

    fn look_again(&mut self) {
        self.looks += 1;
        if !same(&(self.f)(self.x), &self.first) {
            self.fault = Some(Reason::ValueChanges);
        }
    }
}

pub(super) fn check_gradient_length(gradient: &[f64], x: &[f64]) -> Result<()> {
    check_length("the gradient", gradient.len(), x.len(), "a gradient has an entry for each input")
}

/// The value of a recordable function without recording it: literals are not recorded.
pub(super) fn plain(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> f64 {
    f(&literals(x)).value()
}

pub(super) fn literals(x: &[f64]) -> Vec<Var> {
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
