//! Where a NaN or an infinity came from.

use super::custom::CustomOp;
use super::node::{Node, Operand};
use super::{TapeId, arena};
use crate::op::Op;
use std::fmt;
use std::panic::Location;

/// A recorded value that is NaN or infinite, the first of its tape.
#[derive(Debug, Clone, PartialEq)]
pub struct NonFinite {
    /// The node that holds it.
    pub node: u32,
    /// What made it; `input` for a variable that was NaN or infinite from the start.
    pub op: String,
    /// The value.
    pub value: f64,
    /// The operands: what they are called, if anything, and their values.
    pub operands: Vec<(Option<String>, f64)>,
    /// The source line, on a [`traced`](super::Tape::traced) tape.
    pub line: Option<&'static Location<'static>>,
}

impl fmt::Display for NonFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operands: Vec<String> = self
            .operands
            .iter()
            .map(|(label, value)| match label {
                Some(label) => format!("{label} = {value}"),
                None => value.to_string(),
            })
            .collect();
        write!(f, "{}({}) = {}, the first value that is not finite", self.op, operands.join(", "), self.value)?;
        match self.line {
            Some(line) => write!(f, ", at {line}")?,
            None => write!(f, " (node {}; record on `Tape::traced()` to see the line)", self.node)?,
        }
        write!(
            f,
            ": what is computed from it has no derivative. Keep the operands where the op is defined, or choose with `select`"
        )
    }
}

pub(super) fn first_non_finite(tape: TapeId) -> Option<NonFinite> {
    // Not a mere read: the name of an op comes from code of a user's.
    arena::borrow(tape, 0, |recording| {
        let graph = recording.graph();
        let nodes = graph.nodes;
        let index = nodes.iter().position(|node| !node.value.is_finite())?;
        let node = &nodes[index];
        let operands = graph.operands(node).into_iter().map(|operand| match operand {
            Operand::Node(index) => (recording.labels.get(&index).cloned(), nodes[index as usize].value),
            Operand::Literal(c) => (None, c),
        });
        Some(NonFinite {
            node: index as u32,
            op: name(node, &recording.customs).to_owned(),
            value: node.value,
            operands: operands.collect(),
            line: recording.lines.get(index).copied(),
        })
    })
    .ok()
    .flatten()
}

/// What the op of a node is called.
pub(crate) fn name<'a>(node: &Node, customs: &'a [CustomOp]) -> &'a str {
    match node.op() {
        Op::Input => "input",
        Op::Literal => "literal",
        Op::Custom => customs[node.custom()].name(),
        op => op.info().map_or("", |info| info.name),
    }
}
