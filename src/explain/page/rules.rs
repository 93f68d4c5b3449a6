//! Rules as data: the partials of a row of the table, run on recorded variables, are a small graph of other ops.

use super::data::{constant, number};
use crate::op::{self, Op, Visitor};
use crate::rule::{Info, ListRule, Rule};
use crate::tape::{Operand, Recorded, Tape, Var};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Ops of the table by name, and the counts of operands that are asked for.
pub(super) type Wanted = BTreeSet<(String, usize)>;

/// What a rule is called among the exported ones: a list rule has another graph for each length.
pub(super) fn key(name: &str, operands: usize) -> String {
    format!("{name}/{operands}")
}

/// The rules that are asked for, each under its [`key`].
pub(super) fn export(wanted: &Wanted) -> Value {
    let mut exporter = Exporter { wanted, rules: Map::new() };
    op::visit(&mut exporter);
    Value::Object(exporter.rules)
}

struct Exporter<'a> {
    wanted: &'a Wanted,
    rules: Map<String, Value>,
}

impl Visitor for Exporter<'_> {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        if self.wanted.contains(&(R::INFO.name.to_owned(), N)) {
            let compute = |x: &[Var], y: Var| R::partials(std::array::from_fn(|i| x[i]), y).to_vec();
            self.rules.insert(key(R::INFO.name, N), rule(R::INFO, R::BUILT_IN, N, compute));
        }
    }

    fn list_rule<R: ListRule>(&mut self) {
        for (_, operands) in self.wanted.iter().filter(|(name, _)| name == R::INFO.name) {
            let compute = |x: &[Var], y: Var| R::partials(x, y).to_vec();
            self.rules.insert(key(R::INFO.name, *operands), rule(R::INFO, R::BUILT_IN, *operands, compute));
        }
    }
}

/// A rule as data. A branch inside a derivative is an op, so what is recorded at one point holds at all.
fn rule(info: Info, op: Option<Op>, operands: usize, compute: impl FnOnce(&[Var], Var) -> Vec<Var>) -> Value {
    let tape = Tape::new();
    let x = tape.vars(&vec![0.5; operands]);
    let partials = compute(&x, tape.var(0.5));
    let place = |partial: &Var| partial.tape().map_or_else(|| constant(partial.value()), |_| json!(partial.index()));
    let partials: Vec<Value> = partials.iter().map(place).collect();
    let nodes = tape.recorded(|recorded| nodes(recorded, operands + 1)).unwrap_or_default();
    let depends = op.and_then(Op::depends_written);
    json!({
        "written": info.written,
        "nodes": nodes,
        "partials": partials,
        "operands": depends.map(|(names, _)| names),
        "depends": depends.map(|(_, text)| text),
    })
}

/// The recorded nodes from `first` on, which stand behind the operands and the output.
fn nodes(recorded: &Recorded, first: usize) -> Vec<Value> {
    let graph = recorded.graph();
    let operand = |operand: Operand| match operand {
        Operand::Node(index) => json!(index),
        Operand::Literal(c) => constant(c),
    };
    let node = |node: &crate::tape::Node| {
        let operands: Vec<Value> = graph.operands(node).into_iter().map(operand).collect();
        match node.op().info() {
            Some(info) => json!({ "op": info.name, "operands": operands }),
            None => json!({ "op": "literal", "operands": [], "value": number(node.value) }),
        }
    };
    graph.nodes[first..].iter().map(node).collect()
}
