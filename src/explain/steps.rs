//! An explanation as plain data: what a recording did, step by step, and what its reverse sweep did, edge by edge.

use std::collections::HashSet;

/// How an output was computed, and how its derivative is found. It prints as a table; every picture is another view of it.
///
/// ```
/// let explanation = gradus::explain::function(|x| x[0] * x[1] + x[0].sin(), &[2.0, 3.0])?;
/// assert_eq!(explanation.forward[2].formula, "x[0] * x[1]");
/// assert_eq!(explanation.gradient[1].derivative, 2.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The name of the output.
    pub output: String,
    /// Its node.
    pub output_node: u32,
    /// The nodes that the output was computed from and the output, in the order of their computation.
    pub forward: Vec<ForwardStep>,
    /// The edges of the reverse sweep, in its order.
    pub backward: Vec<BackwardStep>,
    /// The derivative of the output with respect to each input, in the order of the inputs.
    pub gradient: Vec<InputGradient>,
}

/// A node of the forward pass.
#[derive(Debug, Clone, PartialEq)]
pub struct ForwardStep {
    /// The node's index on the tape.
    pub node: u32,
    /// Its label, or `v` and its index.
    pub name: String,
    /// Its label, if it was given one.
    pub label: Option<String>,
    /// The name of the op: `mul`, `tanh`; `input` for an input.
    pub op: String,
    /// What was done, with the names of the operands: `w1 * x`. Empty for an input.
    pub formula: String,
    /// The operands, in the order in which the op takes them.
    pub operands: Vec<OperandValue>,
    /// The value.
    pub value: f64,
    /// The derivative of the output with respect to this node, once the sweep is over; `None` where the sweep never
    /// came, because the output does not depend on the node here (the input of a rectifier that is off).
    pub adjoint: Option<f64>,
    /// The source line as `file:line`, if the tape is [`traced`](crate::Tape::traced).
    pub line: Option<String>,
}

/// An operand of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct OperandValue {
    /// Its node; `None` for a literal.
    pub node: Option<u32>,
    /// What it is called; a literal is called by its value.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// One edge of the reverse sweep: from a node to one of its operands.
#[derive(Debug, Clone, PartialEq)]
pub struct BackwardStep {
    /// The node whose adjoint is handed on.
    pub from_node: u32,
    /// What it is called.
    pub from: String,
    /// Which of its operands receives it, counted from 0: two edges lead from `x * x` to `x`.
    pub operand: usize,
    /// The node of this operand.
    pub to_node: u32,
    /// What it is called.
    pub to: String,
    /// The name of the op that made `from`.
    pub op: String,
    /// The local derivative as a formula, from the table of operations.
    pub local_formula: String,
    /// The local derivative.
    pub local: f64,
    /// The adjoint of `from`: the derivative of the output with respect to it.
    pub adjoint: f64,
    /// `local * adjoint`.
    pub product: f64,
    /// The adjoint of `to` before this edge; `None` if it is the first that leads there.
    pub before: Option<f64>,
    /// The adjoint of `to` from here on: the sum of the products of all edges that have led to it.
    pub total: f64,
}

/// The derivative of the output with respect to an input.
#[derive(Debug, Clone, PartialEq)]
pub struct InputGradient {
    /// The input's node.
    pub node: u32,
    /// What it is called.
    pub name: String,
    /// The derivative: 0 if the output does not depend on it.
    pub derivative: f64,
}

impl BackwardStep {
    /// Whether another edge led to `to` before: here paths meet.
    pub fn accumulates(&self) -> bool {
        self.before.is_some()
    }
}

impl Explanation {
    /// The step that computed `node`.
    pub fn step(&self, node: u32) -> Option<&ForwardStep> {
        let place = self.forward.binary_search_by_key(&node, |step| step.node).ok()?;
        Some(&self.forward[place])
    }

    /// The same explanation, limited to the paths from the nodes `from` to the output. No number changes: whatever hands
    /// an adjoint to a node on a path lies on a path too. The gradient is that with respect to `from`.
    ///
    /// ```
    /// use gradus::{Tape, explain};
    /// let tape = Tape::new();
    /// let (w, x) = (tape.var(3.0).named("w"), tape.var(2.0).named("x"));
    /// let explanation = explain::backward((w * x).named("z").tanh().named("a"))?;
    /// let paths = explanation.between(&[w.index()]);
    /// assert_eq!(paths.backward.iter().map(|step| step.to.as_str()).collect::<Vec<_>>(), ["z", "w"]);
    /// assert_eq!(paths.gradient, [explanation.gradient[0].clone()]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[must_use]
    pub fn between(&self, from: &[u32]) -> Explanation {
        let mut on_path: HashSet<u32> = from.iter().copied().collect();
        for step in &self.forward {
            if step.operands.iter().any(|operand| operand.node.is_some_and(|node| on_path.contains(&node))) {
                on_path.insert(step.node);
            }
        }
        let gradient = from.iter().filter_map(|&node| {
            let step = self.step(node)?;
            Some(InputGradient { node, name: step.name.clone(), derivative: step.adjoint.unwrap_or(0.0) })
        });
        Explanation {
            output: self.output.clone(),
            output_node: self.output_node,
            forward: self.forward.iter().filter(|step| on_path.contains(&step.node)).cloned().collect(),
            backward: self.backward.iter().filter(|step| on_path.contains(&step.to_node)).cloned().collect(),
            gradient: gradient.collect(),
        }
    }
}
