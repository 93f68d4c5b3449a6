//! The lowering passes, in the order in which they run. Each takes a dataflow and returns one that computes the same.

pub(crate) mod common;
pub(crate) mod dead;
pub(crate) mod fold;
pub(crate) mod fuse;
#[cfg_attr(not(feature = "batch"), allow(dead_code))]
pub(crate) mod split;
#[cfg(test)]
mod tests;

use super::dataflow::Dataflow;
use super::schedule::Sharing;

/// A pass: what it is called in listings, and what it does.
pub(crate) struct Pass {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Dataflow) -> Dataflow,
}

/// The passes that every program goes through. Fusion follows, once it is known what the samples of a batch share.
pub(crate) const PASSES: [Pass; 3] = [
    Pass { name: "constants", run: fold::fold },
    Pass { name: "common subexpressions", run: common::share },
    Pass { name: "dead code", run: dead::sweep },
];

/// Fusion, and what it left over swept away.
pub(crate) fn fuse_and_sweep(flow: &Dataflow, sharing: Sharing) -> Dataflow {
    dead::sweep(&fuse::fuse(flow, &|value| sharing.holds(value)))
}
