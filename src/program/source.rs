//! What a program was recorded as: its nodes, as the tape had them, and what was decided on the way. Everything else
//! in a program follows from it.

use crate::error::{Error, Result, check_point};
use crate::op::Op;
use crate::tape::{Answer, CustomOp, Erased, Graph, Node, Operand, Relation, Run, Sweep, Tape, Var};
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// A recorded function, cut off from its tape.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) nodes: Vec<Node>,
    pub(crate) lists: Vec<u32>,
    pub(crate) customs: Vec<&'static Erased>,
    /// How many of the first nodes are inputs shared by all samples, and how many are inputs of one sample.
    pub(crate) groups: Groups,
    pub(crate) outputs: Vec<Operand>,
    pub(crate) guards: Vec<Guard>,
    pub(crate) labels: BTreeMap<u32, String>,
}

/// The two groups of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Groups {
    pub(crate) shared: usize,
    pub(crate) sample: usize,
}

impl Groups {
    /// How many inputs both have together.
    pub(crate) fn inputs(self) -> usize {
        // Nobody has so many, but anyone may ask for them.
        self.shared.saturating_add(self.sample)
    }
}

/// A question about recorded numbers, and the answer that the recording is good for.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    pub(crate) relation: Relation,
    pub(crate) operands: SmallVec<[Operand; 2]>,
    pub(crate) answer: Answer,
    /// Where in the source the question was asked.
    pub(crate) line: String,
}

impl Guard {
    /// Whether the question has the same answer for other numbers.
    pub(crate) fn holds(&self, x: &[f64]) -> bool {
        self.relation.answer(x) == self.answer
    }

    /// Whether another recording asked the same.
    pub(crate) fn asks_as(&self, other: &Guard) -> bool {
        self.relation == other.relation && self.operands == other.operands
    }
}

/// Whether a closure may read plain numbers while it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    Refused,
    Allowed,
}

/// How many ops deep the operand of a comparison is spelt out.
const DEPTH: u32 = 2;

impl Source {
    /// Records `f` at `point`.
    pub(crate) fn record(
        f: impl FnOnce(&[Var]) -> Vec<Var>,
        point: &[f64],
        groups: Groups,
        reads: Reads,
    ) -> Result<Source> {
        check_point("point", point)?;
        let tape = Tape::guarded();
        let inputs = tape.vars(point);
        let outputs = f(&inputs).into_iter().map(|output| tape.operand(output)).collect::<Result<Vec<Operand>>>()?;
        if outputs.is_empty() {
            return Err(Error::NoOutputs);
        }
        tape.recorded(|recorded| {
            let graph = recorded.graph();
            let customs = graph.customs.iter().map(|custom| match custom {
                CustomOp::Rule(erased) => Ok(*erased),
                CustomOp::Opaque(op) => Err(Error::OpaqueInProgram { op: op.name().to_owned() }),
            });
            let decisions = recorded.decisions.clone().unwrap_or_default();
            if let (Some(line), Reads::Refused) = (decisions.first_read, reads) {
                return Err(Error::ValueRead { line: line.to_string() });
            }
            let guards = decisions.guards.into_iter().map(|guard| Guard {
                relation: guard.relation,
                operands: guard.operands,
                answer: guard.answer,
                line: guard.line.to_string(),
            });
            Ok(Source {
                customs: customs.collect::<Result<_>>()?,
                nodes: graph.nodes.to_vec(),
                lists: graph.lists.to_vec(),
                groups,
                outputs,
                guards: guards.collect(),
                labels: recorded.labels.iter().map(|(&index, label)| (index, label.clone())).collect(),
            })
        })?
    }

    pub(crate) fn inputs(&self) -> usize {
        self.groups.inputs()
    }

    /// The graph, for those who look at operands only.
    pub(crate) fn without_customs(&self) -> Graph<'_> {
        Graph { nodes: &self.nodes, lists: &self.lists, customs: &[] }
    }

    /// Shows `visit` the function as the tape's own sweeps take it: slower than a replay, and careful not to let a
    /// branch that was not taken poison a gradient.
    pub(crate) fn carefully<T>(&self, visit: impl FnOnce(Run<'_>) -> Result<T>) -> Result<T> {
        let customs: Vec<CustomOp> = self.customs.iter().map(|&erased| CustomOp::Rule(erased)).collect();
        let graph = Graph { nodes: &self.nodes, lists: &self.lists, customs: &customs };
        visit(Run { graph, inputs: self.inputs(), outputs: &self.outputs })
    }

    /// The gradient at `x` of the outputs weighted by `seed`, carefully.
    pub(crate) fn careful_vjp<S: Sweep>(&self, x: &[S], seed: &[S]) -> Result<Vec<S>> {
        self.carefully(|run| {
            let values = run.forward(|index, _| x[index])?;
            run.vjp(values.as_slice(), seed)
        })
    }

    /// What the operand of a guard is called: by its label, as an input, or as what computes it.
    pub(crate) fn describe(&self, operand: Operand) -> String {
        self.described(operand, DEPTH)
    }

    fn described(&self, operand: Operand, depth: u32) -> String {
        let index = match operand {
            Operand::Literal(c) => return c.to_string(),
            Operand::Node(index) => index,
        };
        let node = &self.nodes[index as usize];
        if let Some(label) = self.labels.get(&index) {
            return label.clone();
        }
        match node.op() {
            Op::Input => format!("x[{index}]"),
            Op::Literal => node.value.to_string(),
            Op::Custom => format!("{}(…)", self.customs[node.custom()].info.name),
            op => {
                let operands = self.without_customs().operands(node);
                let Some(info) = op.info().filter(|_| depth > 0 && operands.len() <= 3) else {
                    return format!("{}(…)", op.info().map_or("", |info| info.name));
                };
                let mut parts = operands.iter().map(|&operand| self.described(operand, depth - 1));
                let mut text = String::new();
                for piece in info.written.split_inclusive("{}") {
                    match piece.strip_suffix("{}") {
                        Some(before) => text += &format!("{before}{}", parts.next().unwrap_or_default()),
                        None => text += piece,
                    }
                }
                // The sides of a comparison and what is written as a call stand for themselves.
                let alone = depth == DEPTH || info.written.starts_with(info.name);
                if alone { text } else { format!("({text})") }
            }
        }
    }

    /// The error of a replay that would answer guard `number` otherwise.
    pub(crate) fn branch_changed(&self, number: u32, sample: Option<usize>) -> Error {
        let guard = &self.guards[number as usize];
        let mut operands = guard.operands.iter().map(|&operand| self.describe(operand));
        let (left, right) = (operands.next().unwrap_or_default(), operands.next().unwrap_or_default());
        let comparison = match (guard.relation, guard.answer) {
            (Relation::Less, 1) => format!("{left} < {right}"),
            (Relation::Less, _) => format!("not {left} < {right}"),
            (Relation::LessOrEqual, 1) => format!("{left} <= {right}"),
            (Relation::LessOrEqual, _) => format!("not {left} <= {right}"),
            (Relation::Equal, 1) => format!("{left} == {right}"),
            (Relation::Equal, _) => format!("{left} != {right}"),
            (Relation::Order, 0) => format!("{left} < {right}"),
            (Relation::Order, 1) => format!("{left} == {right}"),
            (Relation::Order, 2) => format!("{left} > {right}"),
            (Relation::Order, _) => format!("{left} and {right} not ordered"),
            (Relation::Depends(op), _) => {
                format!("{} at {left} on the same side of its kink", op.info().map_or("", |info| info.name))
            }
        };
        Error::BranchChanged { comparison, line: guard.line.clone(), sample }
    }
}
