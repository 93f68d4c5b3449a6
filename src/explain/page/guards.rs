//! What a function decided by comparing numbers, as data: a page asks again when its inputs are changed.

use super::data::constant;
use super::reading;
use super::rules::{self, Wanted};
use crate::op::Op;
use crate::tape::{Decisions, Guard, Operand, Recorded, Relation};
use serde_json::{Value, json};

/// The nodes that were compared.
pub(super) fn nodes(decisions: &Decisions) -> Vec<u32> {
    let operands = decisions.guards.iter().flat_map(|guard| &guard.operands);
    let node = |operand: &Operand| match *operand {
        Operand::Node(index) => Some(index),
        Operand::Literal(_) => None,
    };
    operands.filter_map(node).collect()
}

/// The comparisons, each with its answer, as text and with its source line.
pub(super) fn export(decisions: &Decisions, recorded: &Recorded, wanted: &mut Wanted) -> Vec<Value> {
    decisions.guards.iter().map(|guard| self::guard(guard, recorded, wanted)).collect()
}

fn guard(guard: &Guard, recorded: &Recorded, wanted: &mut Wanted) -> Value {
    let operand = |operand: &Operand| match *operand {
        Operand::Node(index) => json!(index),
        Operand::Literal(c) => constant(c),
    };
    let name = |operand: &Operand| match *operand {
        Operand::Literal(c) => c.to_string(),
        Operand::Node(index) => {
            let step = reading::step(recorded, index);
            if step.label.is_some() || step.formula.is_empty() { step.name } else { step.formula }
        }
    };
    let names: Vec<String> = guard.operands.iter().map(name).collect();
    let (relation, sign) = match guard.relation {
        Relation::Less => ("less".to_owned(), " < "),
        Relation::LessOrEqual => ("less_or_equal".to_owned(), " <= "),
        Relation::Equal => ("equal".to_owned(), " == "),
        Relation::Order => ("order".to_owned(), " against "),
        // A gradient taken in the function left out what it did not depend on.
        Relation::Depends(op) => (depends(op, guard.operands.len(), wanted), ", "),
    };
    json!({
        "relation": relation,
        "operands": guard.operands.iter().map(operand).collect::<Vec<_>>(),
        "answer": guard.answer,
        "text": names.join(sign),
        "line": format!("{}:{}", guard.line.file(), guard.line.line()),
    })
}

/// The rule whose dependence was asked for.
fn depends(op: Op, operands: usize, wanted: &mut Wanted) -> String {
    let name = op.info().map_or("", |info| info.name);
    wanted.insert((name.to_owned(), operands));
    rules::key(name, operands)
}
