//! What a page carries: the nodes of a recording, what the crate found there, and the rules to go on with.

use super::rules::{self, Wanted};
use super::{guards, reading};
use crate::error::Result;
use crate::explain::{Explanation, ForwardStep};
use crate::op::Op;
use crate::tape::{Decisions, Recorded};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The recording behind `explanation`, as JSON. What only a comparison needs stands in it too, aside.
pub(super) fn of(explanation: &Explanation, recorded: &Recorded, decisions: &Decisions) -> Result<Value> {
    let mut wanted = Wanted::new();
    let mut nodes: BTreeMap<u32, Value> = BTreeMap::new();
    for step in &explanation.forward {
        nodes.insert(step.node, node(step, recorded, &mut wanted)?);
    }
    let mut open = guards::nodes(decisions);
    while let Some(index) = open.pop() {
        if let Entry::Vacant(place) = nodes.entry(index) {
            let step = reading::step(recorded, index);
            let mut aside = node(&step, recorded, &mut wanted)?;
            aside["aside"] = json!(true);
            place.insert(aside);
            open.extend(step.operands.iter().filter_map(|operand| operand.node));
        }
    }
    let guards = guards::export(decisions, recorded, &mut wanted);
    Ok(json!({
        "output": explanation.output_node,
        "nodes": nodes.into_values().collect::<Vec<_>>(),
        "rules": rules::export(&wanted),
        "guards": guards,
        "read": decisions.first_read.map(|line| line.to_string()),
    }))
}

fn node(step: &ForwardStep, recorded: &Recorded, wanted: &mut Wanted) -> Result<Value> {
    let rule = match recorded.graph().nodes[step.node as usize].op() {
        Op::Input | Op::Literal | Op::Custom => None,
        _ => {
            wanted.insert((step.op.clone(), step.operands.len()));
            Some(rules::key(&step.op, step.operands.len()))
        }
    };
    let (formulas, locals) = reading::locals(recorded, step.node)?;
    let locals: Vec<Value> = locals.iter().map(|local| local.map_or(Value::Null, number)).collect();
    Ok(json!({
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
    }))
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
