//! Gradient checking: is an analytical derivative right?
//!
//! The analytical derivative is compared with finite differences of the function. The report is a
//! value, and prints as a table. It never passes on NaN, on nothing, or on a kink, where no
//! difference can tell a right slope from a wrong one: there it says "not smooth here".
//!
//! # Which check for which question
//!
//! | question | check | what it costs | what it cannot see |
//! |---|---|---|---|
//! | Is the gradient that the tape computes right? | [`gradient`] | 10 to 200 calls a parameter | what only shows at other points |
//! | Is a gradient written by hand right? | [`function`] | the same | the same |
//! | Is it right elsewhere too: were operands exchanged, is a branch wrong? | [`around`], [`gradient_around`] | the same at each point | branches that no point takes |
//! | Many parameters, a slow function? | [`Options::along`] | some 150 calls | errors at right angles to the direction |
//! | Does the error vanish as Taylor says, without any step to choose? | [`taylor`], [`taylor_of`] | some 150 calls | errors below 1e-7 or so |
//! | Do forward and reverse mode agree? | [`forward_against_reverse`] | two sweeps | what both have wrong |
//! | Jacobians, Hessians? | [`jacobian`], [`hessian`] | as [`gradient`], for each entry | |
//! | Is an op of one's own right, everywhere and in every mode? | [`op()`], [`op_at_random`], [`list_op`], [`opaque_op`] | some milliseconds | |
//!
//! # What a verdict means
//! [`Verdict::Pass`]: confirmed to at least as many digits as [`Options::threshold`] asks (five); [`Row::digits`] says how many they
//! are. [`Verdict::Mismatch`]: wrong beyond doubt, be it by 1e-7. [`Verdict::Unchecked`]: differences cannot tell, and
//! the [`Reason`] says why: a kink, a jump, the end of a domain, values too rough for so small a slope.
//! [`Verdict::Invalid`]: there is nothing to check, because the function is not finite or changes from call to call.
//! Print a report with `{:#}` to see how sure it is of each derivative.
//!
//! # How it decides
//! There is no step and no absolute tolerance. Steps halve from the scale of the point down to its last place; what is seen on
//! the way tells the function's own scale, the noise of its values, kinks and jumps, and the best difference with an estimate of its error
//! ([`numeric::adaptive`](crate::numeric::adaptive)). A claim further off than ten times that error is a mismatch. So a sign
//! that is wrong at scale 1e-7 shows, a `sqrt` at 1e-8 and a `sin` at 1e6 pass, and 0.01 % is not forgiven.

mod advice;
mod around;
mod line;
mod op;
mod options;
mod report;
mod row;
mod taylor;
mod transpose;
mod verdict;

pub use around::Around;
pub use op::{
    Finding, OpReport, list_op, list_op_at, list_op_at_random, op, op_at, op_at_random, opaque_op, opaque_op_at_random,
};
pub use options::Options;
pub use report::{Report, Row};
pub use taylor::{TaylorReport, TaylorRow, taylor, taylor_of};
pub use transpose::{TransposeReport, forward_against_reverse};
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

/// Checks a gradient written by hand as [`function`] does, at `x` and at so many random `points` more: of the same size, and of either sign.
/// Points at which `f` is not finite are left out. `random` gives numbers in [0, 1).
///
/// # Errors
/// As [`function`].
///
/// ```
/// use gradus::check;
/// // Exchanged partials of x·y look right where x = y.
/// let (product, exchanged) = (|x: &[f64]| x[0] * x[1], |x: &[f64]| vec![x[0], x[1]]);
/// assert!(check::function(product, exchanged, &[2.0, 2.0])?.passed());
/// let mut random = fastrand::Rng::with_seed(7);
/// let report = check::around(product, exchanged, &[2.0, 2.0], 3, || random.f64())?;
/// assert_eq!(report.verdict(), check::Verdict::Mismatch, "{report}");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn around(
    f: impl Fn(&[f64]) -> f64,
    gradient: impl Fn(&[f64]) -> Vec<f64>,
    x: &[f64],
    points: usize,
    random: impl FnMut() -> f64,
) -> Result<Around> {
    Options::default().around(f, gradient, x, points, random)
}

/// Checks the gradient that the reverse sweep computes as [`gradient`] does, at `x` and at so many random `points` more, as [`around`] takes them.
///
/// # Errors
/// As [`gradient`].
pub fn gradient_around(
    f: impl Fn(&[Var]) -> Var,
    x: &[f64],
    points: usize,
    random: impl FnMut() -> f64,
) -> Result<Around> {
    Options::default().gradient_around(f, x, points, random)
}
