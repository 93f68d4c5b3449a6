//! What a check found, as a value that prints as a table.

use std::fmt;

/// What became of one derivative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Analytical and numerical derivative agree.
    Pass,
    /// They do not, or one is NaN.
    Fail,
    /// The function has a kink or a jump here: no difference can tell.
    NotSmooth,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::Pass => "PASS",
            Status::Fail => "FAIL",
            Status::NotSmooth => "NOT SMOOTH HERE",
        })
    }
}

/// One derivative, computed in two ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// With respect to what: `x[0]`, `J[0][1]`.
    pub name: String,
    /// The derivative under test.
    pub analytical: f64,
    /// The finite difference.
    pub numerical: f64,
    /// `|a - n| / max(|a|, |n|, floor)`; NaN if either is.
    pub relative_error: f64,
    /// What follows.
    pub status: Status,
}

/// What follows from all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every derivative agrees.
    Pass,
    /// At least one does not.
    Fail,
    /// None disagrees, but the function is not smooth here: check it at another point.
    NotSmooth,
    /// The function or its derivative changes between calls at the same point, so that nothing
    /// can be said.
    NotDeterministic,
    /// Nothing was compared: the function has no outputs.
    Empty,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Pass => "PASS",
            Verdict::Fail => "FAIL",
            Verdict::NotSmooth => "INCONCLUSIVE: not smooth here, check at another point",
            Verdict::NotDeterministic => "FAIL: not deterministic, two calls at the same point differ",
            Verdict::Empty => "FAIL: nothing was checked",
        })
    }
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// One for each derivative.
    pub rows: Vec<Row>,
    /// Whether two calls at the point gave the same, to the bit.
    pub deterministic: bool,
}

impl Report {
    /// Whether every derivative was checked and agrees.
    pub fn passed(&self) -> bool {
        self.verdict() == Verdict::Pass
    }

    /// What follows from all rows.
    pub fn verdict(&self) -> Verdict {
        let any = |status| self.rows.iter().any(|row| row.status == status);
        if !self.deterministic {
            Verdict::NotDeterministic
        } else if self.rows.is_empty() {
            Verdict::Empty
        } else if any(Status::Fail) {
            Verdict::Fail
        } else if any(Status::NotSmooth) {
            Verdict::NotSmooth
        } else {
            Verdict::Pass
        }
    }

    /// The largest relative error; NaN if one is.
    pub fn max_relative_error(&self) -> f64 {
        self.rows
            .iter()
            .map(|row| row.relative_error)
            .fold(0.0, |largest, error| if error > largest || error.is_nan() { error } else { largest })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<6} {:>12} {:>12} {:>12} Status", "Param", "Analytical", "Numerical", "Rel Error")?;
        writeln!(f, "{}", "-".repeat(56))?;
        for row in &self.rows {
            writeln!(
                f,
                "{:<6} {:>12} {:>12} {:>12} {}",
                row.name,
                decimal(row.analytical),
                decimal(row.numerical),
                scientific(row.relative_error),
                row.status
            )?;
        }
        writeln!(f, "\nMax relative error: {}", scientific(self.max_relative_error()))?;
        write!(f, "Overall: {}", self.verdict())
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
