//! A node of the tape, 24 bytes, and the read-only view of a recording that sweeps walk over.

use super::custom::CustomOp;
use crate::op::Op;
use crate::rule::Scalar;
use smallvec::SmallVec;

/// What was done: an op, its operands, the value.
///
/// Literals beside a variable are folded into the node. An op of more than two operands keeps
/// their indices in the recording's list store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    op: Op,
    form: Form,
    first: u32,
    rest: u64,
    pub(crate) value: f64,
}

const _: () = assert!(std::mem::size_of::<Node>() == 24);

/// Where the operands stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Form {
    /// `first`, and for a binary op the index in `rest`.
    Nodes,
    /// `first`, and the bits of a literal in `rest`.
    LiteralRight,
    /// The bits of a literal in `rest`, and `first`.
    LiteralLeft,
    /// A range of the list store from `first`; length and number of the custom op in `rest`.
    List,
}

/// An operand of a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Operand {
    Node(u32),
    Literal(f64),
}

impl Node {
    #[inline(always)]
    pub(crate) fn new(op: Op, form: Form, first: u32, rest: u64, value: f64) -> Node {
        Node { op, form, first, rest, value }
    }

    pub(crate) fn input(value: f64) -> Node {
        Node::new(Op::Input, Form::Nodes, 0, 0, value)
    }

    pub(crate) fn literal(value: f64) -> Node {
        Node::new(Op::Literal, Form::Nodes, 0, 0, value)
    }

    #[inline(always)]
    pub(crate) fn unary(op: Op, operand: u32, value: f64) -> Node {
        Node::new(op, Form::Nodes, operand, 0, value)
    }

    pub(crate) fn list(op: Op, start: u32, len: u32, custom: u32, value: f64) -> Node {
        Node::new(op, Form::List, start, u64::from(custom) << 32 | u64::from(len), value)
    }

    #[inline(always)]
    pub(crate) fn op(&self) -> Op {
        self.op
    }

    #[inline(always)]
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    #[inline(always)]
    pub(crate) fn first(&self) -> u32 {
        self.first
    }

    #[inline(always)]
    pub(crate) fn second(&self) -> u32 {
        self.rest as u32
    }

    #[inline(always)]
    pub(crate) fn folded(&self) -> f64 {
        f64::from_bits(self.rest)
    }

    /// The number of the custom op among those of its recording.
    pub(crate) fn custom(&self) -> usize {
        (self.rest >> 32) as usize
    }
}

/// A recording as sweeps see it.
#[derive(Clone, Copy)]
pub(crate) struct Graph<'a> {
    pub(crate) nodes: &'a [Node],
    pub(crate) lists: &'a [u32],
    pub(crate) customs: &'a [CustomOp],
}

impl<'a> Graph<'a> {
    /// The operands of an op of more than two, or of any number.
    #[inline(always)]
    pub(crate) fn list(&self, node: &Node) -> &'a [u32] {
        let start = node.first() as usize;
        &self.lists[start..start + (node.rest as u32) as usize]
    }

    /// All operands of a node, whatever its form.
    pub(crate) fn operands(&self, node: &Node) -> SmallVec<[Operand; 4]> {
        let arity_of_nodes = || if is_unary(node.op()) { 1 } else { 2 };
        match (node.op(), node.form()) {
            (Op::Input | Op::Literal, _) => SmallVec::new(),
            (_, Form::Nodes) => {
                [node.first(), node.second()][..arity_of_nodes()].iter().map(|&index| Operand::Node(index)).collect()
            }
            (_, Form::LiteralRight) => {
                SmallVec::from_slice(&[Operand::Node(node.first()), Operand::Literal(node.folded())])
            }
            (_, Form::LiteralLeft) => {
                SmallVec::from_slice(&[Operand::Literal(node.folded()), Operand::Node(node.first())])
            }
            (_, Form::List) => self.list(node).iter().map(|&index| Operand::Node(index)).collect(),
        }
    }
}

/// Whether a built-in op takes one operand: as many as there are gaps in how it is written.
fn is_unary(op: Op) -> bool {
    op.arity() == Some(1)
}

/// The values that a sweep reads: those recorded, or others of any kind.
pub(crate) trait Primals<S> {
    fn at(&self, graph: Graph<'_>, index: u32) -> S;
}

/// The values as they were recorded.
pub(crate) struct AsRecorded;

impl Primals<f64> for AsRecorded {
    #[inline(always)]
    fn at(&self, graph: Graph<'_>, index: u32) -> f64 {
        graph.nodes[index as usize].value
    }
}

impl<S: Scalar> Primals<S> for [S] {
    #[inline(always)]
    fn at(&self, _graph: Graph<'_>, index: u32) -> S {
        self[index as usize]
    }
}
