//! The same check at random points around one: what looks right at one point by symmetry, or on one side of a branch, does not everywhere.

use super::options::{Options, plain};
use super::report::Report;
use super::verdict::{Reason, Verdict};
use crate::error::{Result, check_point};
use crate::tape::Var;
use std::fmt;

/// Checks at a point and at others around it.
///
/// It prints the first report that is not a pass, or the least sure one.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// The report at the point given, and those at the others inside the domain.
    pub reports: Vec<Report>,
    /// At how many points the function was not finite: they say nothing.
    pub outside: usize,
}

impl Around {
    /// Whether the derivatives agree at every point.
    pub fn passed(&self) -> bool {
        self.verdict() == Verdict::Pass
    }

    /// The worst verdict of all points.
    pub fn verdict(&self) -> Verdict {
        let worst = Verdict::worst(self.reports.iter().map(Report::verdict));
        worst.unwrap_or(Verdict::Invalid(Reason::Nothing))
    }
}

impl fmt::Display for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict();
        let shown =
            self.reports.iter().filter(|report| report.verdict() == verdict).min_by_key(|report| report.digits());
        write!(f, "{} points inside the domain, {} outside", self.reports.len(), self.outside)?;
        if let Some(report) = shown {
            write!(f, "; at {:?}:\n{report}", report.point)?;
        }
        Ok(())
    }
}

/// So many tries for each point wanted, where the domain is narrow.
const TRIES: usize = 8;

impl Options {
    /// As [`around`](super::around), with these settings.
    ///
    /// # Errors
    /// As [`function`](Options::function).
    pub fn around(
        &self,
        f: impl Fn(&[f64]) -> f64,
        gradient: impl Fn(&[f64]) -> Vec<f64>,
        x: &[f64],
        points: usize,
        random: impl FnMut() -> f64,
    ) -> Result<Around> {
        self.at_points(|x| Some(f(x)), |x| self.function(&f, &gradient, x), x, points, random)
    }

    /// As [`gradient_around`](super::gradient_around), with these settings.
    ///
    /// # Errors
    /// As [`gradient`](Options::gradient).
    pub fn gradient_around(
        &self,
        f: impl Fn(&[Var]) -> Var,
        x: &[f64],
        points: usize,
        random: impl FnMut() -> f64,
    ) -> Result<Around> {
        self.at_points(|x| Some(plain(&f, x)), |x| self.gradient(&f, x), x, points, random)
    }

    fn at_points(
        &self,
        value: impl Fn(&[f64]) -> Option<f64>,
        check: impl Fn(&[f64]) -> Result<Report>,
        x: &[f64],
        points: usize,
        mut random: impl FnMut() -> f64,
    ) -> Result<Around> {
        check_point("point", x)?;
        let mut around = Around { reports: vec![check(x)?], outside: 0 };
        for attempt in 0..points.saturating_mul(TRIES) {
            if around.reports.len() > points {
                break;
            }
            // The first has all signs changed, so that the other side is seen however few points there are.
            let point: Vec<f64> = x
                .iter()
                .map(|&x| {
                    let (moved, side) = (elsewhere(x, &mut random), random());
                    if attempt == 0 || side < 0.5 { -moved } else { moved }
                })
                .collect();
            match value(&point) {
                Some(value) if value.is_finite() => around.reports.push(check(&point)?),
                _ => around.outside += 1,
            }
        }
        Ok(around)
    }
}

/// Another number of the size of `x`.
fn elsewhere(x: f64, random: &mut impl FnMut() -> f64) -> f64 {
    let moved = if x == 0.0 { 1.0 } else { x } * (0.5 + 1.5 * random());
    if moved.is_finite() { moved } else { x }
}
