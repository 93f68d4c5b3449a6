//! A chunk of a batch: as many samples as one thread sweeps at a time, block by block. A block is as wide as a row has lanes.

use super::code::{Code, Row, TILE};
use super::compute::{Compute, Scratch, Shape};
use super::dataflow::{Dataflow, Detail, Id};
use super::kernel;
use super::layer::{BatchLayers, LayerMemory, Plans, Weights};
use super::passes::{self, split::split};
use super::schedule::{Sharing, schedule};
use super::simd::{Element, Job, Vectorised};
use super::source::Source;
use super::{Inner, Lowering, Program};
use pulp::Simd;
use smallvec::SmallVec;

/// How many lanes a row has: 32 of `f64`, 64 of `f32`. Of 16, 32 and 64 lanes, these were the fastest for nets of some hundred
/// to some thousand weights, whose rows then fit a first-level cache.
pub(crate) const fn stride<N>() -> usize {
    256 / size_of::<N>()
}

/// A multiple of the lanes of any row.
const MOST_LANES: usize = 64;

/// A program as batches run it.
pub(crate) struct BatchCode {
    /// From the shared inputs to the shared values; a single point.
    pub(crate) shared: Code,
    /// From these and the inputs of a sample to the outputs.
    pub(crate) sample: Code,
    pub(crate) plans: Plans,
    /// How many shared values there are.
    pub(crate) exports: usize,
    /// Those that have a row of their own: the rows, which are the first, and which values they are.
    shared_rows: Vec<(Row, u32)>,
    pub(crate) origin: Origin,
    /// The most samples of a chunk.
    chunk: usize,
}

/// Where the shared values come from.
pub(crate) enum Origin {
    /// They are the shared inputs, all of them in their order.
    AllInputs,
    /// They are these shared inputs.
    Inputs(Vec<u32>),
    /// Some of them are computed.
    Computed,
}

impl Origin {
    fn new(shared: &Dataflow) -> Origin {
        let ordinal = |&id: &Id| match shared.at(id).detail {
            Detail::Input(ordinal) => Some(ordinal),
            _ => None,
        };
        match shared.outputs.iter().map(ordinal).collect::<Option<Vec<u32>>>() {
            None => Origin::Computed,
            Some(inputs) if inputs.iter().copied().eq(0..shared.inputs as u32) => Origin::AllInputs,
            Some(inputs) => Origin::Inputs(inputs),
        }
    }
}

/// The most work of a chunk, in multiplications and the like. Half of it, some tens of microseconds, is worth a thread.
const CHUNK_WORK: usize = 400_000;

impl BatchCode {
    pub(crate) fn new(inner: &Inner) -> BatchCode {
        let shared_inputs = inner.source.groups.shared;
        let parts = split(&inner.flow, shared_inputs);
        let exports = parts.shared.outputs.len();
        let sharing = Sharing::First(exports as u32);
        let lowered = |flow: &Dataflow, sharing: Sharing| match inner.lowering {
            Lowering::Full => schedule(&passes::fuse_and_sweep(flow, sharing), sharing, Lowering::Full),
            Lowering::None => schedule(flow, sharing, Lowering::None),
        };
        let (shared, sample) = (lowered(&parts.shared, Sharing::None), lowered(&parts.sample, sharing));
        let plans = Plans::new(&sample, exports);
        // Forward, back to the rows, back to the weights.
        let work = 3 * (sample.weights.len() + sample.operands.len()).max(1);
        let chunk = (CHUNK_WORK / work).max(1).next_multiple_of(MOST_LANES);
        let shared_rows = (0..).zip(&sample.inputs[..exports]).filter_map(|(export, row)| row.map(|row| (row, export)));
        let shared_rows = shared_rows.collect();
        BatchCode { shared, sample, plans, exports, shared_rows, origin: Origin::new(&parts.shared), chunk }
    }

    /// How many samples make a chunk of a batch of `count`: a power of two of chunks of one size, so that the threads have
    /// as much to do. It depends on nothing else, and so neither do the sums.
    pub(crate) fn chunk(&self, count: usize) -> usize {
        let chunks = count.div_ceil(self.chunk).next_power_of_two();
        count.div_ceil(chunks).max(1).next_multiple_of(MOST_LANES)
    }
}

impl Program {
    pub(crate) fn batch_code(&self) -> &BatchCode {
        self.inner.batch.get_or_init(|| BatchCode::new(&self.inner))
    }
}

/// What a thread needs to sweep chunks.
pub(crate) struct LaneMemory<N> {
    values: Vec<N>,
    adjoints: Vec<N>,
    layers: LayerMemory<N>,
}

impl<N: Element> LaneMemory<N> {
    pub(crate) fn new(code: &BatchCode) -> LaneMemory<N> {
        let zeros = vec![N::lit(0.0); code.sample.rows as usize * stride::<N>()];
        LaneMemory { values: zeros.clone(), adjoints: zeros, layers: LayerMemory::new(&code.plans, stride::<N>()) }
    }
}

/// What is wanted of a sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    Values,
    Gradient,
    /// Only whether each sample takes the branches that were recorded.
    Fit,
}

/// A chunk to be swept.
pub struct Chunk<'a, N> {
    pub(crate) code: &'a BatchCode,
    pub(crate) source: &'a Source,
    pub(crate) weights: &'a Weights<N>,
    /// The shared values.
    pub(crate) shared: &'a [N],
    /// The inputs of its samples, one after the other.
    pub(crate) samples: &'a [N],
    pub(crate) wanted: Wanted,
    pub(crate) memory: &'a mut LaneMemory<N>,
    /// Where the outputs go, sample by sample.
    pub(crate) outputs: &'a mut [N],
    /// Where it says of each sample whether it fits, if that is wanted.
    pub(crate) fits: &'a mut [bool],
    /// Where the gradient with respect to the shared values goes.
    pub(crate) gradient: &'a mut [N],
}

/// Which guard would be answered otherwise, and for which sample of the chunk.
pub type Swept = std::result::Result<(), (u32, usize)>;

impl<N: Element> Job<N> for Chunk<'_, N> {
    type Output = Swept;

    fn run<S: Simd, C: Compute<Stored = N, Plain = N>>(self, simd: S) -> Swept {
        let Chunk { code, source, weights, shared, samples, wanted, memory, outputs, fits, gradient } = self;
        let (inputs, stride) = (source.groups.sample, stride::<N>());
        let sample = &code.sample;
        let LaneMemory { values, adjoints, layers } = memory;
        let mut scratch: Scratch<C> = Vec::new();
        fill_constants(code, shared, values, stride);
        let shared_rows = code.shared_rows.len() as Row;
        adjoints[..shared_rows as usize * stride].fill(N::lit(0.0));
        let mut layers =
            BatchLayers { simd, code: sample, plans: &code.plans, weights, memory: layers, is_first_block: true };
        let level = Vectorised(simd);
        let blocks = samples.chunks(inputs * stride).zip(outputs.chunks_mut(sample.outputs.len() * stride));
        for (block, (samples, outputs)) in blocks.enumerate() {
            let lanes = samples.len() / inputs;
            let shape = Shape { stride, width: lanes.next_multiple_of(TILE) };
            fill_inputs(sample, code.exports, inputs, samples, values, shape);
            kernel::forward::<C, _, TILE>(level, sample, shape, values, &mut scratch, &mut layers);
            let mut changed = (0..lanes).map(|lane| changed_guard(sample, source, values, lane, stride));
            if wanted == Wanted::Fit {
                let fits = fits[block * stride..][..lanes].iter_mut();
                fits.zip(changed).for_each(|(fits, changed)| *fits = changed.is_none());
                continue;
            }
            if let Some((lane, guard)) = changed.by_ref().enumerate().find_map(|(lane, guard)| Some((lane, guard?))) {
                return Err((guard, block * stride + lane));
            }
            for (output, &row) in sample.outputs.iter().enumerate() {
                for (lane, &value) in values[row as usize * stride..][..lanes].iter().enumerate() {
                    outputs[lane * sample.outputs.len() + output] = value;
                }
            }
            layers.is_first_block = block == 0;
            if wanted == Wanted::Gradient {
                for &(first, count) in &sample.added_to {
                    // The first rows are those of shared values, whose parts add up over all blocks.
                    let (first, end) = (first.max(shared_rows), first + count);
                    if first < end {
                        adjoints[first as usize * stride..end as usize * stride].fill(N::lit(0.0));
                    }
                }
                let seeds = &mut adjoints[sample.outputs[0] as usize * stride..][..lanes];
                seeds.iter_mut().for_each(|seed| *seed += N::lit(1.0));
                kernel::reverse::<C, _, TILE>(level, sample, shape, values, adjoints, &mut scratch, &mut layers);
            }
        }
        if wanted == Wanted::Gradient {
            layers.memory.hand_out(simd, &code.plans, gradient);
            for &(row, export) in &code.shared_rows {
                gradient[export as usize] += adjoints[row as usize * stride..][..stride].iter().copied().sum();
            }
        }
        Ok(())
    }
}

/// Writes what is the same for all samples into all lanes.
fn fill_constants<N: Element>(code: &BatchCode, shared: &[N], values: &mut [N], stride: usize) {
    let mut fill = |row: Row, value: N| values[row as usize * stride..][..stride].fill(value);
    code.shared_rows.iter().for_each(|&(row, export)| fill(row, shared[export as usize]));
    code.sample.literals.iter().for_each(|&(row, literal)| fill(row, N::lit(literal)));
}

/// Writes the inputs of a block into its lanes; lanes without a sample repeat the last.
fn fill_inputs<N: Element>(code: &Code, exports: usize, inputs: usize, samples: &[N], values: &mut [N], shape: Shape) {
    let lanes = samples.len() / inputs;
    for (input, row) in code.inputs[exports..].iter().enumerate() {
        if let Some(row) = row {
            let row = &mut values[*row as usize * shape.stride..][..shape.width];
            row.iter_mut().zip(samples[input..].iter().step_by(inputs)).for_each(|(value, &own)| *value = own);
            row[lanes..].fill(samples[(lanes - 1) * inputs + input]);
        }
    }
}

/// The first guard whose comparison goes another way for the sample in `lane`.
fn changed_guard<N: Element>(code: &Code, source: &Source, values: &[N], lane: usize, stride: usize) -> Option<u32> {
    let changed = code.guards.iter().find(|guard| {
        let x: SmallVec<[f64; 3]> =
            guard.rows.iter().map(|&row| values[row as usize * stride + lane].primal()).collect();
        !source.guards[guard.guard as usize].holds(&x)
    });
    changed.map(|guard| guard.guard)
}
