//! What a check found, as a value that prints as a table.

use super::verdict::{Reason, Verdict};
use std::fmt;

/// One derivative, computed in two ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// With respect to what: `x[0]`, `J[0][1]`.
    pub name: String,
    /// The derivative under test.
    pub analytical: f64,
    /// The finite difference.
    pub numerical: f64,
    /// How far the difference may be off, by its own estimate; ∞ if there is none.
    pub error: f64,
    /// How many leading digits of the derivative the difference confirms, 15 at most.
    pub digits: u32,
    /// `|a - n| / max(|a|, |n|)`, 0 where both are 0 at the function's scale; NaN if either is.
    pub relative_error: f64,
    /// What follows.
    pub verdict: Verdict,
}

/// The outcome of a check: a row for each derivative.
///
/// It prints as a table. With `{:#}`, the table also says how sure it is: the error of each difference, how many digits it
/// confirms, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// At which point.
    pub point: Vec<f64>,
    /// A row for each derivative.
    pub rows: Vec<Row>,
    /// What makes the whole check invalid: values or derivatives that change between calls.
    pub fault: Option<Reason>,
}

impl Report {
    /// Whether every derivative was checked and agrees.
    pub fn passed(&self) -> bool {
        self.verdict() == Verdict::Pass
    }

    /// What follows from all rows: the worst verdict of them.
    pub fn verdict(&self) -> Verdict {
        let fault = self.fault.map(Verdict::Invalid);
        fault
            .or_else(|| Verdict::worst(self.rows.iter().map(|row| row.verdict)))
            .unwrap_or(Verdict::Invalid(Reason::Nothing))
    }

    /// The largest relative error; NaN if one is.
    pub fn max_relative_error(&self) -> f64 {
        self.rows
            .iter()
            .map(|row| row.relative_error)
            .fold(0.0, |largest, error| if error > largest || error.is_nan() { error } else { largest })
    }

    /// How many digits of every derivative other than 0 are confirmed at least: how sure a "PASS" is.
    ///
    /// ```
    /// let report = gradus::check::function(|x| x[0].exp(), |x| vec![x[0].exp()], &[1.0])?;
    /// assert!(report.digits() >= 10, "{report:#}");
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn digits(&self) -> u32 {
        self.rows.iter().filter(|row| row.analytical != 0.0).map(|row| row.digits).min().unwrap_or(0)
    }

    /// Two coordinates that are equal, at which exchanged partials look right.
    fn equal_coordinates(&self) -> Option<(usize, usize)> {
        let equal = |i: usize| (0..i).find(|&j| self.point[j] == self.point[i]).map(|j| (j, i));
        // A large point has some, and to look for them all would take long.
        (1..self.point.len().min(100)).find_map(equal)
    }

    fn write_certainty(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |verdict: fn(&Verdict) -> bool| self.rows.iter().filter(|row| verdict(&row.verdict)).count();
        let (passed, wrong) = (count(|v| *v == Verdict::Pass), count(|v| *v == Verdict::Mismatch));
        let other = self.rows.len() - passed - wrong;
        write!(f, "\n{passed} agree, {wrong} do not, {other} could not be checked")?;
        if passed > 0 && self.digits() > 0 {
            write!(f, "; at least {} digits of each are confirmed", self.digits())?;
        }
        if let Some((j, i)) = self.equal_coordinates().filter(|_| wrong == 0) {
            write!(
                f,
                "\nx[{j}] and x[{i}] are equal here, so that exchanged partials may look right: check other points too (`check::around`)"
            )?;
        } else if self.verdict() == Verdict::Pass {
            write!(f, "\nThis is one point: `check::around` looks at others")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sure = f.alternate();
        let columns = if sure { format!(" {:>12} {:>6}", "Known within", "Digits") } else { String::new() };
        writeln!(f, "{:<6} {:>12} {:>12} {:>12}{columns} Status", "Param", "Analytical", "Numerical", "Rel Error")?;
        writeln!(f, "{}", "-".repeat(56 + columns.len()))?;
        for row in &self.rows {
            let columns =
                if sure { format!(" {:>12} {:>6}", scientific(row.error), row.digits) } else { String::new() };
            writeln!(
                f,
                "{:<6} {:>12} {:>12} {:>12}{columns} {}",
                row.name,
                decimal(row.analytical),
                decimal(row.numerical),
                scientific(row.relative_error),
                row.verdict
            )?;
        }
        writeln!(f, "\nMax relative error: {}", scientific(self.max_relative_error()))?;
        write!(f, "Overall: {}", self.verdict())?;
        if sure { self.write_certainty(f) } else { Ok(()) }
    }
}

/// Six decimals, or scientific notation where these would not show the number.
pub(super) fn decimal(x: f64) -> String {
    let size = x.abs();
    if size == 0.0 || (1e-3..1e6).contains(&size) { format!("{x:.6}") } else { format!("{x:.5e}") }
}

/// Two decimals and an exponent of two digits at least, as in `1.23e-09`.
pub(super) fn scientific(x: f64) -> String {
    let text = format!("{x:.2e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}
