//! From a recording to its saved form.

use super::super::source::Source;
use super::super::{Lowering, Program};
use super::format::{Saved, SavedGuard, SavedLowering, SavedNode, SavedOperand, SavedRelation, Version};
use super::saved_name;
use crate::number::Exact;
use crate::op::Op;
use crate::tape::{Node, Operand, Relation};
use std::collections::HashMap;

/// Why a program cannot be saved.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsaved {
    #[error(
        "the program uses two rules named `{0}`, which a reader could not tell apart: give them names of their own in \
         their `INFO`"
    )]
    SameName(&'static str),
}

pub(super) fn saved(program: &Program) -> Result<Saved, Unsaved> {
    let source = &program.inner.source;
    let rules: Vec<&str> = source.customs.iter().map(|rule| saved_name(rule)).collect();
    for (place, name) in rules.iter().enumerate() {
        if rules[..place].contains(name) {
            return Err(Unsaved::SameName(name));
        }
    }
    let mut ops = Ops::default();
    let (inputs, others) = source.nodes.split_at(source.inputs());
    let nodes = others.iter().map(|node| saved_node(source, &mut ops, node)).collect();
    let guards = source.guards.iter().map(|guard| SavedGuard {
        relation: match guard.relation {
            Relation::Less => SavedRelation::Less,
            Relation::LessOrEqual => SavedRelation::LessOrEqual,
            Relation::Equal => SavedRelation::Equal,
            Relation::Order => SavedRelation::Order,
            Relation::Depends(op) => SavedRelation::Depends(ops.place(op)),
        },
        operands: guard.operands.iter().map(saved_operand).collect(),
        answer: guard.answer,
        line: guard.line.clone(),
    });
    let guards = guards.collect();
    let mut numbers = inputs.iter().map(|input| Exact(input.value));
    Ok(Saved {
        version: Version,
        lowering: match program.inner.lowering {
            Lowering::Full => SavedLowering::Full,
            Lowering::None => SavedLowering::None,
        },
        rules: rules.into_iter().map(str::to_owned).collect(),
        shared: numbers.by_ref().take(source.groups.shared).collect(),
        sample: numbers.collect(),
        nodes,
        outputs: source.outputs.iter().map(saved_operand).collect(),
        guards,
        labels: source.labels.iter().map(|(&index, label)| (index, label.clone())).collect(),
        ops: ops.names,
    })
}

fn saved_node(source: &Source, ops: &mut Ops, node: &Node) -> SavedNode {
    let graph = source.without_customs();
    match node.op() {
        // What is no input is a literal.
        Op::Input | Op::Literal => SavedNode::Literal(Exact(node.value)),
        Op::Custom => SavedNode::Rule(node.custom() as u32, graph.list(node).to_vec()),
        op => SavedNode::Op(ops.place(op), graph.operands(node).iter().map(saved_operand).collect()),
    }
}

fn saved_operand(operand: &Operand) -> SavedOperand {
    match *operand {
        Operand::Node(index) => SavedOperand::Node(index),
        Operand::Literal(c) => SavedOperand::Literal(Exact(c)),
    }
}

/// The ops of the table that were met so far.
#[derive(Default)]
struct Ops {
    names: Vec<String>,
    places: HashMap<Op, u32>,
}

impl Ops {
    fn place(&mut self, op: Op) -> u32 {
        *self.places.entry(op).or_insert_with(|| {
            self.names.push(op.info().map_or(String::new(), |info| info.name.to_owned()));
            self.names.len() as u32 - 1
        })
    }
}
