//! What the check of an op found.

use std::fmt;

/// Something wrong with an op.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was compared: `∂/∂x[0]`, `∂²/∂x[0]∂x[1]`, `the value`.
    pub what: String,
    /// At which operands.
    pub at: Vec<f64>,
    /// What the op says.
    pub found: f64,
    /// What it should say.
    pub expected: f64,
    /// Where the expected number comes from.
    pub source: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:?} is {}, but {} says {}", self.what, self.at, self.found, self.source, self.expected)
    }
}

/// The outcome of checking an op.
#[derive(Debug, Clone, PartialEq)]
pub struct OpReport {
    /// The op's name.
    pub op: String,
    /// At how many points it was checked.
    pub points: usize,
    /// How many numbers were compared.
    pub comparisons: usize,
    /// How many of these were derivatives against finite differences.
    pub derivatives: usize,
    /// To how many digits every derivative was known at least, where it is not 0: how sure a "PASS" is.
    pub digits: u32,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// The simplest of what was wrong: at operands of few digits and of small size.
    pub smallest: Option<Finding>,
    /// A test that fails as long as the smallest example does, to be pasted. An opaque op has none: it is a value, not a type.
    pub test: Option<String>,
}

impl OpReport {
    pub(super) fn new(op: &str) -> OpReport {
        OpReport {
            op: op.to_owned(),
            points: 0,
            comparisons: 0,
            derivatives: 0,
            digits: 15,
            findings: Vec::new(),
            smallest: None,
            test: None,
        }
    }

    /// Whether derivatives were compared and nothing was wrong.
    pub fn passed(&self) -> bool {
        self.derivatives > 0 && self.findings.is_empty()
    }

    pub(super) fn compare(
        &mut self,
        what: impl Into<String>,
        at: &[f64],
        [found, expected]: [f64; 2],
        allowed: f64,
        source: impl Into<String>,
    ) {
        self.comparisons += 1;
        // Written so that NaN on either side is a finding.
        if !((found - expected).abs() <= allowed) {
            let finding = Finding { what: what.into(), at: at.to_vec(), found, expected, source: source.into() };
            self.findings.push(finding);
        }
    }
}

impl fmt::Display for OpReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (self.passed(), self.derivatives) {
            (true, _) => "PASS",
            (false, _) if self.points == 0 => "FAIL: nothing was checked, the domain is empty",
            (false, 0) => "FAIL: no derivative was checked, give the op a domain in which an operand varies",
            (false, _) => "FAIL",
        };
        write!(f, "{}: {} comparisons at {} points", self.op, self.comparisons, self.points)?;
        if self.derivatives > 0 && f.alternate() {
            write!(f, ", {} derivatives known to {} digits and more", self.derivatives, self.digits)?;
        }
        write!(f, ": {verdict}")?;
        for finding in self.findings.iter().take(5) {
            write!(f, "\n  {finding}")?;
        }
        if self.findings.len() > 5 {
            write!(f, "\n  and {} more", self.findings.len() - 5)?;
        }
        if !self.findings.is_empty() {
            write!(
                f,
                "\nA wrong partial spoils every gradient that passes through the op: derive it anew from `value`."
            )?;
        }
        if let Some(smallest) = &self.smallest {
            write!(f, "\nThe smallest example: {smallest}")?;
        }
        if let Some(test) = &self.test {
            write!(f, "\nA test to paste:\n\n{test}")?;
        }
        Ok(())
    }
}
