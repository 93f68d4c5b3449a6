//! What a page carries: the nodes of a recording, what the crate found there, and the rules to go on with.

use super::reading;
use super::rules::{self, Wanted};
use crate::error::Result;
use crate::explain::{Explanation, ForwardStep};
use crate::op::Op;
use crate::tape::Recorded;
use serde_json::{Value, json};

/// The recording behind `explanation`, as JSON.
pub(super) fn of(explanation: &Explanation, recorded: &Recorded) -> Result<Value> {
    let graph = recorded.graph();
    let mut wanted = Wanted::new();
    let mut nodes = Vec::new();
    for step in &explanation.forward {
        let op = graph.nodes[step.node as usize].op();
        let rule = match op {
            Op::Input | Op::Literal | Op::Custom => None,
            _ => {
                wanted.insert((step.op.clone(), step.operands.len()));
                Some(rules::key(&step.op, step.operands.len()))
            }
        };
        let (formulas, locals) = reading::locals(recorded, step.node)?;
        let locals: Vec<Value> = locals.iter().map(|local| local.map_or(Value::Null, number)).collect();
        nodes.push(json!({
            "id": step.node,
            "name": step.name,
            "op": step.op,
            "rule": rule,
            "formula": step.formula,
            "operands": operands(step),
            "value": number(step.value),
            "formulas": formulas,
            "locals": locals,
            "line": step.line,
        }));
    }
    Ok(json!({ "output": explanation.output_node, "nodes": nodes, "rules": rules::export(&wanted) }))
}

/// An operand is the number of its node, or a constant.
fn operands(step: &ForwardStep) -> Vec<Value> {
    let operand = |operand: &crate::explain::OperandValue| match operand.node {
        Some(node) => json!(node),
        None => constant(operand.value),
    };
    step.operands.iter().map(operand).collect()
}

pub(super) fn constant(value: f64) -> Value {
    json!({ "c": number(value) })
}

/// JSON has no word for what is not finite.
pub(super) fn number(x: f64) -> Value {
    if x.is_finite() {
        json!(x)
    } else if x.is_nan() {
        json!("nan")
    } else {
        json!(if x > 0.0 { "inf" } else { "-inf" })
    }
}
