//! The chain rule in words and numbers: what a recording did, and what the reverse sweep does with
//! it, step by step. Formulas and numbers both come from the table of operations, so that an
//! explanation cannot disagree with what is computed.

mod formula;
mod steps;

pub use formula::{list_partials, partials, written};
pub use steps::{BackwardStep, Explanation, ForwardStep};

use crate::error::Result;
use crate::tape::Var;

/// Explains how `output` was computed and how its derivative is found: each node, its value, each
/// local derivative, each product, and the sum where paths meet.
///
/// # Errors
/// If `output` was never recorded or is stale, or an op of one's own is faulty.
///
/// ```
/// let tape = gradus::Tape::new();
/// let x = tape.var(3.0).named("x");
/// let explanation = gradus::explain::backward((x * x).named("y"))?;
/// // Two edges lead from y to x, and their contributions add up.
/// assert_eq!(explanation.backward.len(), 2);
/// assert_eq!(explanation.backward[1].total, 6.0);
/// println!("{explanation}");
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn backward(output: Var) -> Result<Explanation> {
    steps::explain(output)
}
