//! Gradient checking: is an analytical derivative right?
//!
//! The analytical derivative is compared with finite differences of the function. The report is a
//! value, and prints as a table. It never passes on NaN, on nothing, or on a kink, where no
//! difference can tell a right slope from a wrong one: there it says "not smooth here".
//!
//! [`gradient`] checks a closure that is recorded, [`function`] a plain function with a gradient
//! written by hand, [`op`] an op of one's own. [`Options`] has the settings, and the same for
//! Jacobians and Hessians.

mod op;
mod options;
mod report;
mod row;
mod verdict;

pub use op::{Finding, OpReport, list_op, op, opaque_op};
pub use options::Options;
pub use report::{Report, Row};
pub use verdict::{Reason, Verdict};

use crate::error::Result;
use crate::tape::Var;

/// Checks the gradient that the reverse sweep computes for `f` at `x`, with default [`Options`].
///
/// # Errors
/// As [`gradus::gradient`](crate::gradient).
///
/// ```
/// let report = gradus::check::gradient(|x| x[0] * x[0] * x[1] + x[0].sin() + x[1].powi(3), &[2.0, 3.0])?;
/// assert!(report.passed());
/// println!("{report}");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn gradient(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> Result<Report> {
    Options::default().gradient(f, x)
}

/// Checks a gradient written by hand against the plain function `f` at `x`, with default [`Options`].
///
/// # Errors
/// For no inputs and a point that is not finite.
///
/// ```
/// let f = |x: &[f64]| x[0].powi(2) * x[1] + x[0].sin();
/// let forgetful = |x: &[f64]| vec![2.0 * x[0] * x[1], x[0].powi(2)]; // the cosine is missing
/// let report = gradus::check::function(f, forgetful, &[2.0, 3.0])?;
/// assert!(!report.passed());
/// assert_eq!(report.rows[0].verdict, gradus::check::Verdict::Mismatch);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn function(f: impl Fn(&[f64]) -> f64, gradient: impl Fn(&[f64]) -> Vec<f64>, x: &[f64]) -> Result<Report> {
    Options::default().function(f, gradient, x)
}

/// Checks the Jacobian that is computed for `f` at `x`, with default [`Options`].
///
/// # Errors
/// As [`gradus::jacobian`](crate::jacobian).
pub fn jacobian(f: impl Fn(&[Var]) -> Vec<Var>, x: &[f64]) -> Result<Report> {
    Options::default().jacobian(f, x)
}

/// Checks the Hessian that is computed for `f` at `x`, against differences of its gradient, with
/// default [`Options`].
///
/// # Errors
/// As [`gradus::hessian`](crate::hessian).
pub fn hessian(f: impl Fn(&[Var]) -> Var, x: &[f64]) -> Result<Report> {
    Options::default().hessian(f, x)
}
