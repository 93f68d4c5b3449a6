//! Dead code: what no output and no guard needs is left out. Inputs stay.

use crate::op::Op;
use crate::program::dataflow::Dataflow;

pub(crate) fn sweep(flow: &Dataflow) -> Dataflow {
    let mut needed = vec![false; flow.values.len()];
    let guarded = flow.guards.iter().flat_map(|guard| &guard.operands);
    for &id in flow.outputs.iter().chain(guarded) {
        needed[id as usize] = true;
    }
    for (id, value) in flow.values.iter().enumerate().rev() {
        if needed[id] {
            for &operand in &value.operands {
                needed[operand as usize] = true;
            }
        }
    }
    flow.rebuilt(|built, id, value| match value.literal() {
        _ if !needed[id as usize] && value.op != Op::Input => None,
        Some(c) => Some(built.literal(c)),
        None => Some(built.push(value)),
    })
}
