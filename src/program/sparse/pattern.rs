//! Which entries of a Jacobian or a Hessian can differ from 0, found from the code of a program: from what is computed from
//! what, and not from numbers, so that it holds at every point.

use super::SparseMatrix;
use super::bits::Bits;
use crate::op::Op;
use crate::program::code::{Code, Instruction, Row};
use crate::tape::DETACH;
use std::ops::Range;

/// The columns of the entries of each row, ascending.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    columns: usize,
    offsets: Vec<usize>,
    indices: Vec<u32>,
}

impl Pattern {
    fn new(columns: usize) -> Pattern {
        Pattern { columns, offsets: vec![0], indices: Vec::new() }
    }

    fn push(&mut self, mut row: Vec<u32>) {
        row.sort_unstable();
        row.dedup();
        self.indices.extend(row);
        self.offsets.push(self.indices.len());
    }

    pub(super) fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(super) fn entries(&self) -> usize {
        self.indices.len()
    }

    /// Where the entries of a row stand.
    pub(super) fn places(&self, row: usize) -> Range<usize> {
        self.offsets[row]..self.offsets[row + 1]
    }

    pub(super) fn row(&self, row: usize) -> &[u32] {
        &self.indices[self.places(row)]
    }

    pub(super) fn longest_row(&self) -> usize {
        (0..self.rows()).map(|row| self.row(row).len()).max().unwrap_or(0)
    }

    pub(super) fn transposed(&self) -> Pattern {
        let mut rows = vec![Vec::new(); self.columns];
        for row in 0..self.rows() {
            self.row(row).iter().for_each(|&column| rows[column as usize].push(row as u32));
        }
        let mut transposed = Pattern::new(self.rows());
        rows.into_iter().for_each(|row| transposed.push(row));
        transposed
    }

    /// A matrix with these entries, all of them 0.
    pub(super) fn empty(&self) -> SparseMatrix {
        let column_indices = self.indices.iter().map(|&column| column as usize).collect();
        let values = vec![0.0; self.entries()];
        SparseMatrix { columns: self.columns, row_offsets: self.offsets.clone(), column_indices, values }
    }

    /// Of each output, the inputs that it is computed from.
    pub(super) fn of_jacobian(code: &Code) -> Pattern {
        let mut pattern = Pattern::new(code.inputs.len());
        let graph = Graph::new(code);
        match graph.input_sets(code.inputs.len()) {
            Some(sets) => code.outputs.iter().for_each(|&output| pattern.push(sets.members(output as usize).collect())),
            None => {
                let mut reach = Reach::new(&graph);
                code.outputs.iter().for_each(|&output| pattern.push(reach.inputs(output)));
            }
        }
        pattern
    }

    /// Of each input, those that meet it in an op that is not linear in both.
    pub(super) fn of_hessian(code: &Code) -> Pattern {
        let count = code.inputs.len();
        let (mut pattern, graph) = (Pattern::new(count), Graph::new(code));
        let mut reach = Reach::new(&graph);
        // What only comparisons ask for has no part in the derivatives.
        let meetings = reach.all(code.outputs[0]).into_iter().flat_map(|row| graph.meetings(row));
        if let (Some(sets), Some(mut rows)) = (graph.input_sets(count), Bits::new(count, count)) {
            for (left, right) in meetings {
                for (from, to) in [(left, right), (right, left)] {
                    sets.members(from as usize).for_each(|input| rows.take(input as usize, &sets, to as usize));
                }
            }
            (0..count).for_each(|input| pattern.push(rows.members(input).collect()));
            return pattern;
        }
        // Many inputs: each is met in few places, where a search does not have to go far.
        let mut rows = vec![Growing::default(); count];
        for (left, right) in meetings {
            let lefts = reach.inputs(left);
            let rights = if left == right { lefts.clone() } else { reach.inputs(right) };
            lefts.iter().for_each(|&input| rows[input as usize].add(&rights));
            rights.iter().for_each(|&input| rows[input as usize].add(&lefts));
        }
        rows.into_iter().for_each(|row| pattern.push(row.members));
        pattern
    }
}

/// A set that is sorted out when it has doubled.
#[derive(Clone, Default)]
struct Growing {
    members: Vec<u32>,
    sorted: usize,
}

impl Growing {
    fn add(&mut self, others: &[u32]) {
        self.members.extend(others);
        if self.members.len() > 2 * self.sorted + 64 {
            self.members.sort_unstable();
            self.members.dedup();
            self.sorted = self.members.len();
        }
    }
}

/// What the rows of a code are computed from.
struct Graph {
    /// The input that each row is.
    inputs: Vec<Option<u32>>,
    ops: Vec<Op>,
    offsets: Vec<u32>,
    operands: Vec<Row>,
}

impl Graph {
    fn new(code: &Code) -> Graph {
        let rows = code.rows as usize;
        let mut inputs = vec![None; rows];
        for (input, row) in (0..).zip(&code.inputs) {
            if let Some(row) = row {
                inputs[*row as usize] = Some(input);
            }
        }
        let mut graph =
            Graph { inputs, ops: vec![Op::Literal; rows], offsets: vec![0; rows + 1], operands: Vec::new() };
        // Rows stand in the order in which they are computed.
        let mut next = 0;
        let mut add = |row: Row, op: Op, operands: &mut dyn Iterator<Item = Row>| {
            let begin = graph.operands.len() as u32;
            graph.offsets[next..=row as usize].fill(begin);
            graph.operands.extend(operands);
            graph.ops[row as usize] = op;
            next = row as usize + 1;
        };
        for instruction in &code.instructions {
            match instruction {
                Instruction::Run(run) => {
                    let arity = run.op.arity().unwrap_or(0);
                    for i in 0..run.len {
                        let operand = |place| code.operand(run, arity, i as usize, place);
                        add(run.out + i, run.op, &mut (0..arity).map(operand));
                    }
                }
                Instruction::List(list) => {
                    let is_cut = list.op == Op::Custom && code.customs[list.custom as usize].is(DETACH);
                    let read = if is_cut { &[] } else { code.list(list) };
                    add(list.out, list.op, &mut read.iter().copied());
                }
                Instruction::Layer(_) => unreachable!("the code of a single point has no layers"),
            }
        }
        let end = graph.operands.len() as u32;
        graph.offsets[next..].fill(end);
        graph
    }

    /// The inputs that every row is computed from, if they fit into memory. A search from each row would be quadratic in a long chain.
    fn input_sets(&self, count: usize) -> Option<Bits> {
        let mut sets = Bits::new(self.ops.len(), count)?;
        for row in 0..self.ops.len() {
            if let Some(input) = self.inputs[row] {
                sets.insert(row, input);
            }
            self.operands(row as Row).iter().for_each(|&operand| sets.take_from(row, operand as usize));
        }
        Some(sets)
    }

    fn operands(&self, row: Row) -> &[Row] {
        &self.operands[self.offsets[row as usize] as usize..self.offsets[row as usize + 1] as usize]
    }

    /// The pairs of operands whose mixed derivative can differ from 0. Only what is listed here has fewer than all: the tests
    /// take the second derivatives of every op to see that none is forgotten.
    fn meetings(&self, row: Row) -> Vec<(Row, Row)> {
        let x = self.operands(row);
        match self.ops[row as usize] {
            Op::Add | Op::Sub | Op::Neg | Op::Sum | Op::Mean => Vec::new(),
            // In pieces.
            Op::Abs | Op::Min | Op::Max | Op::Clamp | Op::Relu | Op::Select => Vec::new(),
            Op::Signum | Op::Step | Op::Floor | Op::Ceil | Op::Trunc | Op::Fract => Vec::new(),
            Op::Mul | Op::MulAdd | Op::LeakyRelu => vec![(x[0], x[1])],
            Op::Dot => {
                let (left, right) = x.split_at(x.len() / 2);
                left.iter().copied().zip(right.iter().copied()).collect()
            }
            _ => x.iter().enumerate().flat_map(|(i, &left)| x[i..].iter().map(move |&right| (left, right))).collect(),
        }
    }
}

/// Finds what a row is computed from.
struct Reach<'g> {
    graph: &'g Graph,
    /// In which search each row was last met.
    met: Vec<u32>,
    search: u32,
    stack: Vec<Row>,
}

impl<'g> Reach<'g> {
    fn new(graph: &'g Graph) -> Reach<'g> {
        let met = vec![0; graph.ops.len()];
        Reach { graph, met, search: 0, stack: Vec::new() }
    }

    /// The row and all that it is computed from.
    fn all(&mut self, from: Row) -> Vec<Row> {
        let mut all = Vec::new();
        self.visit(from, |_, row| all.push(row));
        all
    }

    /// The inputs that a row is computed from.
    fn inputs(&mut self, from: Row) -> Vec<u32> {
        let mut inputs = Vec::new();
        self.visit(from, |graph, row| inputs.extend(graph.inputs[row as usize]));
        inputs
    }

    fn visit(&mut self, from: Row, mut found: impl FnMut(&Graph, Row)) {
        self.search += 1;
        self.met[from as usize] = self.search;
        self.stack.push(from);
        while let Some(row) = self.stack.pop() {
            found(self.graph, row);
            for &operand in self.graph.operands(row) {
                if self.met[operand as usize] != self.search {
                    self.met[operand as usize] = self.search;
                    self.stack.push(operand);
                }
            }
        }
    }
}
