//! What depends on shared inputs alone is taken out of the dataflow of a sample, to be computed once for a batch.

use crate::op::Op;
use crate::program::dataflow::{Dataflow, Detail, Id, Value};

/// A dataflow in two parts.
pub(crate) struct Split {
    /// From the shared inputs to what the samples need of them.
    pub(crate) shared: Dataflow,
    /// From these (its first inputs) and the inputs of a sample to the outputs.
    pub(crate) sample: Dataflow,
}

/// Splits a dataflow whose first `count` inputs are shared.
pub(crate) fn split(flow: &Dataflow, count: usize) -> Split {
    let is_shared = shared(flow, count);
    let is_literal = |id: Id| flow.at(id).literal().is_some();
    // What crosses over: shared values that a sample's value, an output or a guard asks for.
    let mut exported = vec![false; flow.values.len()];
    let asked_by_samples =
        (0..).zip(&flow.values).filter(|&(id, _)| !is_shared[id as usize]).flat_map(|(_, value)| &value.operands);
    let guarded = flow.guards.iter().flat_map(|guard| &guard.operands);
    for &id in asked_by_samples.chain(&flow.outputs).chain(guarded) {
        exported[id as usize] = is_shared[id as usize] && !is_literal(id);
    }

    let mut shared_names = vec![Id::MAX; flow.values.len()];
    let mut shared = flow.rebuilt(|built, id, value| {
        let name = match value.literal() {
            Some(c) => built.literal(c),
            None if is_shared[id as usize] => built.push(value),
            None => return None,
        };
        shared_names[id as usize] = name;
        Some(name)
    });
    shared.inputs = count;
    shared.guards.clear();
    let mut names = vec![Id::MAX; flow.values.len()];
    let mut sample = Dataflow { customs: flow.customs.clone(), ..Dataflow::default() };
    let mut exports = Vec::new();
    let exporting = (0..flow.values.len() as Id).filter(|&id| exported[id as usize]);
    for (ordinal, id) in (0..).zip(exporting) {
        exports.push(id);
        names[id as usize] = sample.push(Value::input(ordinal));
    }
    shared.outputs = exports.iter().map(|&id| shared_names[id as usize]).collect();
    for (id, value) in (0..).zip(&flow.values) {
        if is_shared[id as usize] && !is_literal(id) {
            continue;
        }
        let mut value = value.clone();
        for operand in &mut value.operands {
            *operand = names[*operand as usize];
        }
        if let Detail::Input(ordinal) = &mut value.detail {
            *ordinal = *ordinal - count as u32 + exports.len() as u32;
        }
        names[id as usize] = match value.literal() {
            Some(c) => sample.literal(c),
            None => sample.push(value),
        };
    }
    sample.inputs = exports.len() + flow.inputs - count;
    sample.outputs = flow.outputs.iter().map(|&output| names[output as usize]).collect();
    sample.guards = flow.guards.clone();
    for operand in sample.guards.iter_mut().flat_map(|guard| &mut guard.operands) {
        *operand = names[*operand as usize];
    }
    Split { shared, sample }
}

/// Which values depend on shared inputs and literals alone.
fn shared(flow: &Dataflow, count: usize) -> Vec<bool> {
    let mut shared: Vec<bool> = Vec::with_capacity(flow.values.len());
    for value in &flow.values {
        shared.push(match value.detail {
            Detail::Input(ordinal) => (ordinal as usize) < count,
            Detail::Literal(_) => true,
            _ => value.op != Op::Input && value.operands.iter().all(|&id| shared[id as usize]),
        });
    }
    shared
}
