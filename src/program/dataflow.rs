//! The recorded graph as the lowering passes rewrite it: every operand is a node, also a literal.

use super::source::Source;
use crate::op::Op;
use crate::tape::{Erased, Operand};
use smallvec::SmallVec;
use std::collections::HashMap;

/// The place of a node among those of its dataflow.
pub(crate) type Id = u32;

/// A value: what computes it, from which others, all of which stand before it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) op: Op,
    pub(crate) operands: SmallVec<[Id; 3]>,
    pub(crate) detail: Detail,
}

/// What a value is beside its op and operands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Detail {
    None,
    /// The ordinal of an input.
    Input(u32),
    Literal(f64),
    /// The number of an op that is not in the table.
    Custom(u32),
}

/// Operands of a comparison, and which of the source's guards it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Watched {
    pub(crate) operands: SmallVec<[Id; 2]>,
    pub(crate) guard: u32,
}

/// Values in an order in which they can be computed.
#[derive(Clone, Default)]
pub(crate) struct Dataflow {
    pub(crate) values: Vec<Value>,
    pub(crate) inputs: usize,
    pub(crate) outputs: Vec<Id>,
    pub(crate) guards: Vec<Watched>,
    pub(crate) customs: Vec<&'static Erased>,
    pub(crate) literals: HashMap<u64, Id>,
}

impl Value {
    pub(crate) fn new(op: Op, operands: &[Id]) -> Value {
        Value { op, operands: SmallVec::from_slice(operands), detail: Detail::None }
    }

    #[cfg_attr(not(feature = "batch"), allow(dead_code))]
    pub(crate) fn input(ordinal: u32) -> Value {
        Value { op: Op::Input, operands: SmallVec::new(), detail: Detail::Input(ordinal) }
    }

    pub(crate) fn literal(&self) -> Option<f64> {
        match self.detail {
            Detail::Literal(c) => Some(c),
            _ => None,
        }
    }
}

impl Dataflow {
    /// The graph as it was recorded, value by value.
    pub(crate) fn new(source: &Source) -> Dataflow {
        let mut flow = Dataflow { inputs: source.inputs(), customs: source.customs.clone(), ..Dataflow::default() };
        // The id of each node of the source.
        let mut ids: Vec<Id> = Vec::with_capacity(source.nodes.len());
        let graph = source.without_customs();
        for (index, node) in source.nodes.iter().enumerate() {
            let operands: SmallVec<[Id; 3]> =
                graph.operands(node).into_iter().map(|operand| flow.operand(operand, &ids)).collect();
            let detail = match node.op() {
                Op::Input => Detail::Input(index as u32),
                Op::Literal => Detail::Literal(node.value),
                Op::Custom => Detail::Custom(node.custom() as u32),
                _ => Detail::None,
            };
            ids.push(match node.op() {
                // Halves of an odd number have no product: here it is NaN by its factor, so that nobody else need ask.
                Op::Dot if operands.len() % 2 == 1 => {
                    let factors = [flow.push(Value::new(Op::Sum, &operands)), flow.literal(f64::NAN)];
                    flow.push(Value::new(Op::Mul, &factors))
                }
                op => flow.push(Value { op, operands, detail }),
            });
        }
        flow.outputs = source.outputs.iter().map(|&output| flow.operand(output, &ids)).collect();
        flow.guards = (0..)
            .zip(&source.guards)
            .map(|(guard, kept)| Watched {
                operands: kept.operands.iter().map(|&operand| flow.operand(operand, &ids)).collect(),
                guard,
            })
            .collect();
        flow
    }

    fn operand(&mut self, operand: Operand, ids: &[Id]) -> Id {
        match operand {
            Operand::Node(index) => ids[index as usize],
            Operand::Literal(c) => self.literal(c),
        }
    }

    pub(crate) fn push(&mut self, value: Value) -> Id {
        self.values.push(value);
        self.values.len() as Id - 1
    }

    /// The literal `c`, which stands there once.
    pub(crate) fn literal(&mut self, c: f64) -> Id {
        if let Some(&id) = self.literals.get(&c.to_bits()) {
            return id;
        }
        let id = self.push(Value { op: Op::Literal, operands: SmallVec::new(), detail: Detail::Literal(c) });
        self.literals.insert(c.to_bits(), id);
        id
    }

    pub(crate) fn at(&self, id: Id) -> &Value {
        &self.values[id as usize]
    }

    /// Builds the dataflow anew: `place` puts each value, its operands already renamed, into the new one and
    /// says where; `None` leaves it out.
    pub(crate) fn rebuilt(&self, mut place: impl FnMut(&mut Dataflow, Id, Value) -> Option<Id>) -> Dataflow {
        let mut built = Dataflow { inputs: self.inputs, customs: self.customs.clone(), ..Dataflow::default() };
        let mut names: Vec<Id> = Vec::with_capacity(self.values.len());
        for (id, value) in (0..).zip(&self.values) {
            let mut value = value.clone();
            for operand in &mut value.operands {
                *operand = names[*operand as usize];
            }
            names.push(place(&mut built, id, value).unwrap_or(Id::MAX));
        }
        built.outputs = self.outputs.iter().map(|&output| names[output as usize]).collect();
        built.guards = self.guards.clone();
        for operand in built.guards.iter_mut().flat_map(|guard| &mut guard.operands) {
            *operand = names[*operand as usize];
        }
        built
    }

    /// How often each value is used: by other values, as an output, by a guard.
    pub(crate) fn uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.values.len()];
        let operands = self.values.iter().flat_map(|value| &value.operands);
        let guarded = self.guards.iter().flat_map(|guard| &guard.operands);
        for &id in operands.chain(&self.outputs).chain(guarded) {
            uses[id as usize] += 1;
        }
        uses
    }

    /// How many values are computed: neither inputs nor literals.
    pub(crate) fn computed(&self) -> usize {
        self.values.iter().filter(|value| !matches!(value.op, Op::Input | Op::Literal)).count()
    }
}
