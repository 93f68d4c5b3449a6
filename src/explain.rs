//! The chain rule in words and numbers: what a recording did, and what the reverse sweep does with
//! it, step by step. Formulas and numbers both come from the table of operations, so that an
//! explanation cannot disagree with what is computed.
//!
//! An [`Explanation`] is plain data; it prints as a table, and every picture is a view of it.

mod diagram;
mod digits;
mod dot;
mod formula;
mod grouping;
mod layout;
mod mermaid;
#[cfg(feature = "draw")]
mod page;
mod picture;
mod reading;
mod sentence;
mod steps;
mod svg;
mod table;
mod text;
#[cfg(all(feature = "draw", feature = "batch"))]
mod training;

pub use formula::{list_partials, partials, written};
#[cfg(feature = "draw")]
pub use page::{Page, page, page_of};
pub use picture::{Direction, Picture};
pub use steps::{BackwardStep, Explanation, ForwardStep, InputGradient, OperandValue};
pub(crate) use table::WIDEST;
#[cfg(all(feature = "draw", feature = "batch"))]
pub use training::TrainingReport;

use crate::error::{Error, Result, check_point};
use crate::tape::{Tape, Var};

/// Explains how `output` was computed and how its derivative is found: each node, its value, each
/// local derivative, each product, and the sum where paths meet.
///
/// # Errors
/// If `output` was never recorded or is stale, or an op of one's own is faulty; [`Error::Setting`] for more than four million steps,
/// nodes and edges taken together, each of which takes half a kilobyte.
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
    explain(output, &[])
}

/// As [`backward`], limited to the paths from `inputs` (inputs or intermediate results) to `output`.
///
/// # Errors
/// As [`backward`]; if one of `inputs` was never recorded or belongs to another recording.
///
/// ```
/// use gradus::{Tape, explain};
/// let tape = Tape::new();
/// let (a, b) = (tape.var(2.0).named("a"), tape.var(3.0).named("b"));
/// let y = a.sin() + b.cos();
/// let explanation = explain::between(y, &[b])?;
/// assert!(explanation.backward.iter().all(|step| step.to != "a"));
/// assert_eq!(explanation.gradient[0].derivative, -3.0_f64.sin());
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn between(output: Var, inputs: &[Var]) -> Result<Explanation> {
    let nodes: Vec<u32> = inputs.iter().map(|input| input.index()).collect();
    explain(output, inputs).map(|explanation| explanation.between(&nodes))
}

/// Explains the value and the gradient of a function at a point. The inputs are called `x[0]`, `x[1]` and so on; the
/// tape is traced, so that each step knows its source line.
///
/// # Errors
/// For no inputs, a point that is not finite, an output that does not depend on any of them, and what an op of one's own
/// does wrong.
///
/// ```
/// let explanation = gradus::explain::function(|x| x[0].powi(2) * x[1], &[2.0, 3.0])?;
/// assert_eq!(explanation.gradient[0].name, "x[0]");
/// assert_eq!(explanation.gradient[0].derivative, 12.0);
/// assert!(explanation.forward[2].line.is_some());
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn function(f: impl FnOnce(&[Var]) -> Var, x: &[f64]) -> Result<Explanation> {
    let names: Vec<String> = (0..x.len()).map(|i| format!("x[{i}]")).collect();
    let inputs: Vec<(&str, f64)> = names.iter().map(String::as_str).zip(x.iter().copied()).collect();
    function_of(f, &inputs)
}

/// As [`function`], with a name for each input.
///
/// # Errors
/// As [`function`].
///
/// ```
/// let explanation = gradus::explain::function_of(|x| x[0] * x[1].exp(), &[("a", 2.0), ("b", 0.0)])?;
/// assert_eq!(explanation.forward[3].formula, "a * v2");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn function_of(f: impl FnOnce(&[Var]) -> Var, inputs: &[(&str, f64)]) -> Result<Explanation> {
    let x: Vec<f64> = inputs.iter().map(|&(_, value)| value).collect();
    check_point("point", &x)?;
    let tape = Tape::traced();
    let vars: Vec<Var> = inputs.iter().map(|&(name, value)| tape.var(value).named(name)).collect();
    let output = f(&vars);
    tape.operand(output)?;
    let mut explanation = explain(output, &vars)?;
    // The inputs were made here, not in a line of the caller's.
    explanation.forward.iter_mut().filter(|step| step.formula.is_empty()).for_each(|step| step.line = None);
    Ok(explanation)
}

#[track_caller]
fn explain(output: Var, kept: &[Var]) -> Result<Explanation> {
    // An explanation is made of plain numbers: reading the value tells a program that is being recorded.
    let value = output.value();
    let tape = output.tape().ok_or(Error::NotRecorded { value })?;
    for var in kept {
        var.belongs_to(tape)?;
    }
    let nodes: Vec<u32> = kept.iter().map(|var| var.index()).collect();
    crate::tape::recorded(tape, output.index(), |recorded| reading::explain(recorded, output.index(), &nodes))?
}
