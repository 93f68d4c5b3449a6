//! What a dataflow is lowered to: a flat list of instructions over numbered rows. A row is a number, or as many numbers as
//! there are lanes.

use super::record::Lowering;
use crate::op::Op;
use crate::tape::Erased;
use smallvec::SmallVec;

/// The place of a row.
pub type Row = u32;

/// Instructions, and the rows that they read and write. A row is written once, before it is read.
#[derive(Clone, Default)]
pub struct Code {
    /// Without lowering, sums are added up in the order of the tape.
    pub lowering: Lowering,
    /// How many rows there are.
    pub rows: u32,
    /// The row of each input that is used by itself. In the code of a sample the first inputs are the shared values.
    pub inputs: Vec<Option<Row>>,
    pub literals: Vec<(Row, f64)>,
    pub instructions: Vec<Instruction>,
    /// The rows that instructions read, one list after the other.
    pub operands: Vec<Row>,
    /// The stretches of lists, one list after the other.
    pub stretches: Vec<Stretch>,
    /// Whether a single point has runs that fill tiles.
    pub has_tiles: bool,
    /// The weights of layers, one matrix after the other, row by row.
    pub weights: Vec<Weight>,
    pub outputs: Vec<Row>,
    pub guards: Vec<WatchedRows>,
    pub customs: Vec<&'static Erased>,
    /// The rows whose adjoints a sweep back adds to, and which therefore begin at 0: each first row and how many follow. All others
    /// are written once.
    pub added_to: Vec<(Row, u32)>,
}

/// The rows of a comparison, and which of the source's guards it is.
#[derive(Debug, Clone)]
pub struct WatchedRows {
    pub rows: SmallVec<[Row; 2]>,
    pub guard: u32,
}

/// What weighs an input of a layer: the same number for all samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weight {
    /// An input of the code that is shared.
    Shared(u32),
    Literal(f64),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Instruction {
    Run(RowRun),
    List(RowList),
    Layer(RowLayer),
}

/// The same op on many operands: `len` rows from `out` on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowRun {
    pub op: Op,
    pub pattern: Pattern,
    pub out: Row,
    pub len: u32,
    /// Where in the store of operands its own begin.
    pub operands: u32,
    /// A bit for each operand into which a derivative flows.
    pub active: u8,
    /// Whether the sweep back writes the adjoints of these operands, of which nobody else has a part, and need not add to them.
    pub writes: bool,
}

/// How many numbers a kernel for lanes takes at a time.
pub const TILE: usize = 16;

/// From how many rows on that lie side by side it pays to cut slices for them.
pub const WORTH_A_SLICE: u32 = 4;

/// How the rows that a run reads are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Each operand of each op.
    Gather,
    /// For each operand a first row and the step to the next.
    Steps,
    /// As `Steps`, where all steps are 1: the rows of each operand lie side by side, like those of the output.
    Flat,
}

/// An op on a list, or a custom op, whose operands stand in the store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowList {
    pub op: Op,
    pub out: Row,
    pub operands: u32,
    pub len: u32,
    pub active: bool,
    /// The number of the op among the custom ones, if it is one.
    pub custom: u32,
    /// Of a sum or a dot product: which stretches it falls into, where they are long enough to be worth it.
    pub stretches: u32,
    pub stretch_count: u32,
    /// Whether a derivative flows into the left factors of a dot product.
    pub left_active: bool,
}

/// Summands that lie side by side. Of a dot product, each is times a left factor, which may be the same for all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    pub left: Row,
    pub is_left_same: bool,
    pub right: Row,
    pub len: u32,
}

/// Many sums over the same rows with weights that all samples share: `out + i = Σ weight(i, k) · row(k)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowLayer {
    pub out: Row,
    pub outs: u32,
    /// Where in the store of operands the summed rows stand.
    pub operands: u32,
    pub ins: u32,
    /// Where its matrix begins among the weights.
    pub weights: u32,
    /// From which of the summed rows on a derivative flows into them.
    pub active_from: u32,
    /// As of a run.
    pub writes: bool,
}

impl Code {
    /// The rows of the `i`-th op of a run.
    #[inline(always)]
    pub fn places<const N: usize>(&self, run: &RowRun, i: usize) -> [usize; N] {
        let mut rows = [0; N];
        let own = run.operands as usize;
        if run.pattern == Pattern::Gather {
            let operands = &self.operands[own + i * N..][..N];
            for j in 0..N {
                rows[j] = operands[j] as usize;
            }
        } else {
            let steps = &self.operands[own..][..2 * N];
            for j in 0..N {
                rows[j] = steps[2 * j] as usize + i * steps[2 * j + 1] as usize;
            }
        }
        rows
    }

    /// The rows that a list reads.
    #[inline(always)]
    pub fn list(&self, list: &RowList) -> &[Row] {
        &self.operands[list.operands as usize..][..list.len as usize]
    }

    /// The stretches of a list; none if its rows lie scattered.
    #[inline(always)]
    pub fn stretches(&self, list: &RowList) -> &[Stretch] {
        &self.stretches[list.stretches as usize..][..list.stretch_count as usize]
    }

    /// Shows `visit` the operands of an instruction into which a derivative flows.
    pub fn active_operands(&self, instruction: &Instruction, mut visit: impl FnMut(Row)) {
        match instruction {
            Instruction::Run(run) => {
                let arity = run.op.arity().unwrap_or(0);
                for i in 0..run.len as usize {
                    for place in (0..arity).filter(|place| run.active >> place & 1 == 1) {
                        visit(self.operand(run, arity, i, place));
                    }
                }
            }
            Instruction::List(list) if list.active => self.list(list).iter().copied().for_each(visit),
            Instruction::List(_) => {}
            Instruction::Layer(layer) => {
                self.summed(layer)[layer.active_from as usize..].iter().copied().for_each(visit);
            }
        }
    }

    /// The row of one operand of the `i`-th op of a run.
    pub fn operand(&self, run: &RowRun, arity: usize, i: usize, place: usize) -> Row {
        let own = &self.operands[run.operands as usize..];
        match run.pattern {
            Pattern::Gather => own[i * arity + place],
            Pattern::Steps | Pattern::Flat => own[2 * place] + i as u32 * own[2 * place + 1],
        }
    }

    /// How many operands the longest list has.
    pub fn longest_list(&self) -> usize {
        let length =
            |instruction: &Instruction| if let Instruction::List(list) = instruction { list.len as usize } else { 0 };
        self.instructions.iter().map(length).max().unwrap_or(0)
    }

    /// The rows that a layer sums.
    pub fn summed(&self, layer: &RowLayer) -> &[Row] {
        &self.operands[layer.operands as usize..][..layer.ins as usize]
    }
}
