//! Common subexpressions: what is computed twice from the same operands is computed once.

use crate::op::Op;
use crate::program::dataflow::{Dataflow, Detail, Id};
use smallvec::SmallVec;
use std::collections::HashMap;

/// An op, its operands, and the custom op it may be.
type Computation = (Op, SmallVec<[Id; 3]>, u32);

pub(crate) fn share(flow: &Dataflow) -> Dataflow {
    let mut known: HashMap<Computation, Id> = HashMap::with_capacity(flow.values.len());
    flow.rebuilt(|built, _, value| {
        let custom = match value.detail {
            Detail::Literal(c) => return Some(built.literal(c)),
            Detail::Input(_) => return Some(built.push(value)),
            Detail::Custom(number) => number,
            Detail::None => 0,
        };
        let mut operands = value.operands.clone();
        if matches!(value.op, Op::Add | Op::Mul) {
            operands.sort_unstable();
        }
        Some(*known.entry((value.op, operands, custom)).or_insert_with(|| built.push(value)))
    })
}
