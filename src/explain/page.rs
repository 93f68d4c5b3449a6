//! A page to step through: one HTML file that carries the recording as a program, with the numbers of the crate.

pub(super) mod asset;
mod data;
mod guards;
mod rules;

use super::{Explanation, reading};
use crate::error::{Error, Result, check_point};
use crate::tape::{Decisions, Tape, Var};
use std::path::Path;

/// Beyond so many nodes a graph cannot be read, nor drawn at once.
const MOST_NODES: usize = 1500;

/// A self-contained HTML page that walks through the forward pass and, edge by edge, through the reverse sweep of a recording.
///
/// It loads nothing from anywhere and works from disk. In it inputs can be changed: values are computed by the page, derivatives by the
/// partials of the [table of operations](crate::op), which it carries as expression graphs. So can be what flows into no op of
/// one's own; the page says which inputs cannot, and why.
///
/// A recording holds the branch that was taken where Rust code compared numbers (`if x > 0.0`), and a page replays this one whatever
/// its inputs become. One made by [`page_of`] says when a comparison would have gone the other way; one made by [`page`] cannot know. Write a
/// choice with [`select`](crate::Scalar::select), [`max`](crate::Scalar::max) or another op that knows both sides, and every page follows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    title: String,
    graph: String,
    data: serde_json::Value,
}

/// The page of `output`: how it was computed and how its gradient is found.
///
/// # Errors
/// If `output` was never recorded or is stale, if it was computed from more than 1500 nodes, or an op of one's own is faulty.
///
/// ```
/// let tape = gradus::Tape::traced();
/// let (a, b) = (tape.var(2.0).named("a"), tape.var(-3.0).named("b"));
/// let y = (a * b + a.sin()).named("y");
/// let html = gradus::explain::page(y)?.titled("A product and a sine").html();
/// assert!(html.starts_with("<!doctype html>") && html.contains("A product and a sine"));
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn page(output: Var) -> Result<Page> {
    of(output, super::backward(output)?, &Decisions::default())
}

/// The page of a function at a point, with a name for each input. Unlike that of an expression recorded by hand, it knows where the
/// function compared its variables, and says so when inputs are changed to where a comparison goes the other way.
///
/// # Errors
/// As [`page`] and [`function_of`](super::function_of).
///
/// ```
/// let f = |x: &[gradus::Var]| if x[0] > 0.0 { x[0] * x[1] } else { x[1].exp() };
/// let page = gradus::explain::page_of(f, &[("a", 2.0), ("b", 3.0)])?.titled("A product, or a power");
/// assert!(page.html().contains("A product, or a power"));
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn page_of(f: impl FnOnce(&[Var]) -> Var, inputs: &[(&str, f64)]) -> Result<Page> {
    let x: Vec<f64> = inputs.iter().map(|&(_, value)| value).collect();
    check_point("point", &x)?;
    let tape = Tape::watched();
    let vars: Vec<Var> = inputs.iter().map(|&(name, value)| tape.var(value).named(name)).collect();
    let output = f(&vars);
    tape.operand(output)?;
    // Before anything here reads a value.
    let decisions = tape.recorded(|recorded| recorded.decisions.clone())?.unwrap_or_default();
    of(output, super::explain(output, &vars)?, &decisions)
}

fn of(output: Var, explanation: Explanation, decisions: &Decisions) -> Result<Page> {
    if explanation.forward.len() > MOST_NODES {
        return Err(Error::Setting {
            what: "the number of nodes of a page",
            value: explanation.forward.len() as f64,
            expected: "at most 1500: explain a smaller part of the computation",
        });
    }
    let tape = output.tape().ok_or(Error::NotRecorded { value: output.value() })?;
    let data = crate::tape::recorded(tape, output.index(), |recorded| data::of(&explanation, recorded, decisions))??;
    let title = format!("The gradient of {}", explanation.output);
    let graph = explanation.picture().group_above(MOST_NODES).without_caption().svg();
    Ok(Page { title, graph, data })
}

impl Page {
    /// With a title instead of "The gradient of …".
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Page {
        Page { title: title.into(), ..self }
    }

    /// The page as HTML.
    pub fn html(&self) -> String {
        asset::fill(
            asset::STEPS,
            &[
                ("what", "backpropagation, step by step"),
                ("title", &asset::escaped(&self.title)),
                ("style", asset::STEPS_STYLE),
                ("graph", &self.graph),
                ("data", &asset::json(&self.data)),
                ("script", asset::STEPS_SCRIPT),
                ("script-hash", &asset::hash(asset::STEPS_SCRIPT)),
            ],
        )
    }

    /// Writes the page to a file.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        asset::save(path.as_ref(), &self.html())
    }
}
