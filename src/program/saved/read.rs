//! From the saved form of a program to the program, checked in every part.

use super::super::source::{Groups, Guard, Source};
use super::super::{Lowering, Program};
use super::Rules;
use super::format::{Saved, SavedGuard, SavedLowering, SavedNode, SavedOperand, SavedRelation};
use crate::number::Exact;
use crate::op::Op;
use crate::tape::{Answer, Erased, Form, MAX_NODES, Node, Operand, Relation, Run};
use std::collections::BTreeMap;

/// What no recording can look like.
#[derive(Debug, thiserror::Error)]
pub(super) enum Corrupt {
    #[error(
        "the saved program uses the op `{0}`, which this version of gradus does not have: record the closure anew, or read \
         it with the gradus that saved it"
    )]
    UnknownOp(String),
    #[error("the saved program uses the rule `{0}`: add it to the `Rules` that the program is read with")]
    UnknownRule(String),
    #[error("the saved program has no inputs")]
    NoInputs,
    #[error("the saved program has no outputs")]
    NoOutputs,
    #[error("the saved program was recorded where input {0} is not finite")]
    NonFiniteInput(usize),
    #[error("the saved program has more nodes or operands than any tape holds")]
    TooLarge,
    #[error("{place} of the saved program refers to node {index}, but may refer to the first {before} only")]
    NotBefore { place: Place, index: u32, before: usize },
    #[error("{place} of the saved program refers to op {number}, but it lists {count}")]
    NoSuchOp { place: Place, number: u32, count: usize },
    #[error("{place} of the saved program applies `{op}` to {found} operands of a kind that it does not take")]
    Operands { place: Place, op: &'static str, found: usize },
    #[error("{place} of the saved program gives an answer, {answer}, that its question does not have")]
    Answer { place: Place, answer: Answer },
    #[error("the labels of the saved program are not in the order of its nodes")]
    Labels,
}

/// A part of a saved program.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Node(usize),
    Output(usize),
    Guard(usize),
    Label(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Node(number) => write!(f, "node {number}"),
            Place::Output(number) => write!(f, "output {number}"),
            Place::Guard(number) => write!(f, "guard {number}"),
            Place::Label(number) => write!(f, "label {number}"),
        }
    }
}

type Read<T> = Result<T, Corrupt>;

pub(super) fn program(saved: Saved, rules: &Rules) -> Read<Program> {
    let lowering = match saved.lowering {
        SavedLowering::Full => Lowering::Full,
        SavedLowering::None => Lowering::None,
    };
    let mut source = source(saved, rules)?;
    restore_values(&mut source);
    Ok(Program::compile(source, lowering))
}

fn source(saved: Saved, rules: &Rules) -> Read<Source> {
    let groups = Groups { shared: saved.shared.len(), sample: saved.sample.len() };
    if groups.inputs() == 0 {
        return Err(Corrupt::NoInputs);
    }
    if saved.outputs.is_empty() {
        return Err(Corrupt::NoOutputs);
    }
    if groups.inputs() + saved.nodes.len() > MAX_NODES {
        return Err(Corrupt::TooLarge);
    }
    let ops: Vec<Op> = saved.ops.into_iter().map(op_named).collect::<Read<_>>()?;
    let customs: Vec<&'static Erased> = saved
        .rules
        .into_iter()
        .map(|name| rules.named(&name).ok_or(Corrupt::UnknownRule(name)))
        .collect::<Read<_>>()?;

    let mut nodes = Nodes { ops, customs, nodes: Vec::new(), lists: Vec::new() };
    for (number, &Exact(value)) in saved.shared.iter().chain(&saved.sample).enumerate() {
        if !value.is_finite() {
            return Err(Corrupt::NonFiniteInput(number));
        }
        nodes.nodes.push(Node::input(value));
    }
    for node in saved.nodes {
        nodes.add(node)?;
    }
    let count = nodes.nodes.len();
    let outputs = saved.outputs.into_iter().enumerate();
    let outputs = outputs.map(|(number, output)| operand(Place::Output(number), count, output)).collect::<Read<_>>()?;
    let guards = saved.guards.into_iter().enumerate();
    let guards = guards.map(|(number, guard)| nodes.guard(number, guard)).collect::<Read<_>>()?;
    let mut labels = BTreeMap::new();
    for (number, (index, label)) in saved.labels.into_iter().enumerate() {
        let index = node(Place::Label(number), count, index)?;
        if labels.last_key_value().is_some_and(|(&last, _)| last >= index) {
            return Err(Corrupt::Labels);
        }
        labels.insert(index, label);
    }
    let Nodes { customs, nodes, lists, .. } = nodes;
    Ok(Source { nodes, lists, customs, groups, outputs, guards, labels })
}

fn op_named(name: String) -> Read<Op> {
    let has_name = |op: &&Op| op.info().is_some_and(|info| info.name == name);
    Op::ALL.iter().find(has_name).copied().ok_or(Corrupt::UnknownOp(name))
}

/// The index of a node, which has to be one of the first `before`.
fn node(place: Place, before: usize, index: u32) -> Read<u32> {
    if (index as usize) < before { Ok(index) } else { Err(Corrupt::NotBefore { place, index, before }) }
}

fn operand(place: Place, before: usize, saved: SavedOperand) -> Read<Operand> {
    match saved {
        SavedOperand::Node(index) => node(place, before, index).map(Operand::Node),
        SavedOperand::Literal(Exact(c)) => Ok(Operand::Literal(c)),
    }
}

/// The nodes read so far.
struct Nodes {
    ops: Vec<Op>,
    customs: Vec<&'static Erased>,
    nodes: Vec<Node>,
    lists: Vec<u32>,
}

impl Nodes {
    fn add(&mut self, saved: SavedNode) -> Read<()> {
        let before = self.nodes.len();
        let place = Place::Node(before);
        let node = match saved {
            SavedNode::Literal(Exact(c)) => Node::literal(c),
            SavedNode::Op(number, saved) => {
                let op = self.op(place, number)?;
                let operands: Vec<Operand> =
                    saved.into_iter().map(|saved| operand(place, before, saved)).collect::<Read<_>>()?;
                self.applied(place, op, &operands)?
            }
            SavedNode::Rule(number, operands) => {
                let count = self.customs.len();
                let missing = Corrupt::NoSuchOp { place, number, count };
                let rule = *self.customs.get(number as usize).ok_or(missing)?;
                if operands.is_empty() || rule.arity.is_some_and(|arity| arity != operands.len()) {
                    return Err(Corrupt::Operands { place, op: rule.info.name, found: operands.len() });
                }
                let operands =
                    operands.into_iter().map(|index| node(place, before, index)).collect::<Read<Vec<u32>>>()?;
                self.list(Op::Custom, number, operands)?
            }
        };
        self.nodes.push(node);
        Ok(())
    }

    fn op(&self, place: Place, number: u32) -> Read<Op> {
        let count = self.ops.len();
        self.ops.get(number as usize).copied().ok_or(Corrupt::NoSuchOp { place, number, count })
    }

    /// An op of the table, in the form in which a tape records it.
    fn applied(&mut self, place: Place, op: Op, operands: &[Operand]) -> Read<Node> {
        match (op.arity(), operands) {
            (Some(1), &[Operand::Node(a)]) => return Ok(Node::unary(op, a, f64::NAN)),
            (Some(2), &[Operand::Node(a), Operand::Node(b)]) => {
                return Ok(Node::new(op, Form::Nodes, a, b.into(), f64::NAN));
            }
            (Some(2), &[Operand::Node(a), Operand::Literal(c)]) => {
                return Ok(Node::new(op, Form::LiteralRight, a, c.to_bits(), f64::NAN));
            }
            (Some(2), &[Operand::Literal(c), Operand::Node(a)]) => {
                return Ok(Node::new(op, Form::LiteralLeft, a, c.to_bits(), f64::NAN));
            }
            _ => {}
        }
        let refused = || Corrupt::Operands { place, op: op.info().map_or("", |info| info.name), found: operands.len() };
        let fits = match op.arity() {
            Some(arity) => arity > 2 && operands.len() == arity,
            // A dot product is of two halves.
            None => !operands.is_empty() && (op != Op::Dot || operands.len().is_multiple_of(2)),
        };
        let indices = operands.iter().map(|operand| match operand {
            Operand::Node(index) if fits => Ok(*index),
            _ => Err(refused()),
        });
        let indices = indices.collect::<Read<Vec<u32>>>()?;
        if fits { self.list(op, 0, indices) } else { Err(refused()) }
    }

    fn list(&mut self, op: Op, custom: u32, operands: Vec<u32>) -> Read<Node> {
        let (start, len) = (self.lists.len(), operands.len());
        if start + len > MAX_NODES {
            return Err(Corrupt::TooLarge);
        }
        self.lists.extend(operands);
        Ok(Node::list(op, start as u32, len as u32, custom, f64::NAN))
    }

    fn guard(&self, number: usize, saved: SavedGuard) -> Read<Guard> {
        let place = Place::Guard(number);
        let (relation, name, arity, answers) = match saved.relation {
            SavedRelation::Less => (Relation::Less, "<", 2, 2),
            SavedRelation::LessOrEqual => (Relation::LessOrEqual, "<=", 2, 2),
            SavedRelation::Equal => (Relation::Equal, "==", 2, 2),
            SavedRelation::Order => (Relation::Order, "partial_cmp", 2, 4),
            SavedRelation::Depends(op) => {
                let op = self.op(place, op)?;
                // An op on a list depends on all of it: there is nothing to ask.
                let arity = op.arity().unwrap_or(0);
                (Relation::Depends(op), op.info().map_or("", |info| info.name), arity, 1 << arity)
            }
        };
        let found = saved.operands.len();
        if found != arity || arity == 0 {
            return Err(Corrupt::Operands { place, op: name, found });
        }
        if u32::from(saved.answer) >= answers {
            return Err(Corrupt::Answer { place, answer: saved.answer });
        }
        let operands = saved.operands.into_iter().map(|saved| operand(place, self.nodes.len(), saved));
        Ok(Guard { relation, operands: operands.collect::<Read<_>>()?, answer: saved.answer, line: saved.line })
    }
}

/// Computes what stood in the nodes where the program was recorded.
fn restore_values(source: &mut Source) {
    let last = [Operand::Node(source.nodes.len() as u32 - 1)];
    let values = source.carefully(|run| Run { outputs: &last, ..run }.forward(|_, input: f64| input));
    // Rules do not fail; if one did, the values would stay unknown.
    for (node, value) in source.nodes.iter_mut().zip(values.unwrap_or_default()) {
        node.value = value;
    }
}
