//! Layers over lanes: many sums over the same rows, as small products of matrices. The weights are one number for all lanes; a few sums
//! are computed at once, so that a row that was loaded serves all of them.

use super::code::{Code, Instruction, RowLayer, Weight};
use super::compute::Shape;
use super::kernel::Layers;
use super::panel;
use super::simd::Element;
use pulp::Simd;

/// From how many outputs on the gradient of a layer is summed sample by sample, with a weight to a lane, rather than weight by
/// weight, with a sample to a lane: the rows have to be transposed for it, which few outputs do not pay for.
const TRANSPOSED_FROM: usize = 32;

/// The room for the gradient of a weight: the most lanes that a vector has.
const ROOM: usize = 16;

/// Where the matrices of a layer stand.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) layer: RowLayer,
    /// Where its weights begin in the panels for the sums, and in those for the sweep back.
    sums: usize,
    back: usize,
    /// Where its gradient begins.
    gradient: usize,
    /// Which shared value each weight is, row by row.
    matrix: Vec<u32>,
    /// The parts of rows whose weights are shared values one after the other.
    stretches: Vec<Stretch>,
}

impl Plan {
    fn is_transposed(&self) -> bool {
        self.layer.outs as usize >= TRANSPOSED_FROM
    }

    /// The length of a row of the gradient, where it is summed sample by sample.
    fn padded(&self) -> usize {
        (self.layer.ins as usize).next_multiple_of(ROOM)
    }

    /// How many of the summed rows a derivative flows into.
    fn active(&self) -> usize {
        (self.layer.ins - self.layer.active_from) as usize
    }
}

/// Weights that lie side by side both in a matrix and among the shared values.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// Where the first stands in the gradient of the layer, in numbers or, where each weight has a vector, in vectors.
    place: usize,
    /// Which shared value it is.
    source: usize,
    len: usize,
}

/// The matrices of all layers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plans {
    pub(crate) each: Vec<Plan>,
    /// Which shared value each weight is, in the order of the panels. Literals stand behind the shared values.
    sums: Vec<u32>,
    back: Vec<u32>,
    pub(crate) literals: Vec<f64>,
    gradients: usize,
    /// The longest row of a gradient that is summed sample by sample.
    widest: usize,
}

impl Plans {
    /// The plans for the layers of `code`, of whose inputs the first `shared` are shared values.
    pub(crate) fn new(code: &Code, shared: usize) -> Plans {
        let mut plans = Plans::default();
        for instruction in &code.instructions {
            if let Instruction::Layer(layer) = *instruction {
                plans.add(code, layer, shared);
            }
        }
        plans
    }

    fn add(&mut self, code: &Code, layer: RowLayer, shared: usize) {
        let RowLayer { outs, ins, weights, active_from, .. } = layer;
        let (outs, ins) = (outs as usize, ins as usize);
        let matrix: Vec<u32> = code.weights[weights as usize..][..outs * ins]
            .iter()
            .map(|weight| match *weight {
                Weight::Shared(ordinal) => ordinal,
                Weight::Literal(c) => {
                    self.literals.push(c);
                    (shared + self.literals.len() - 1) as u32
                }
            })
            .collect();
        let (sums, back) = (self.sums.len(), self.back.len());
        let mut plan = Plan { layer, sums, back, gradient: self.gradients, matrix, stretches: Vec::new() };
        for (row, sources) in plan.matrix.chunks_exact(ins).enumerate() {
            let mut place = row * if plan.is_transposed() { plan.padded() } else { ins };
            for stretch in sources.chunk_by(|before, after| before + 1 == *after) {
                plan.stretches.push(Stretch { place, source: stretch[0] as usize, len: stretch.len() });
                place += stretch.len();
            }
        }
        self.sums.extend(panel::packed(outs, ins, |out, k| plan.matrix[out * ins + k]));
        self.back
            .extend(panel::packed(plan.active(), outs, |k, out| plan.matrix[out * ins + active_from as usize + k]));
        self.gradients += if plan.is_transposed() { outs * plan.padded() } else { outs * ins * ROOM };
        if plan.is_transposed() {
            self.widest = self.widest.max(plan.padded());
        }
        self.each.push(plan);
    }
}

/// The weights of all layers, for one batch, in panels.
#[derive(Debug, Clone)]
pub(crate) struct Weights<N> {
    sums: Vec<N>,
    back: Vec<N>,
}

impl<N: Element> Weights<N> {
    pub(crate) fn new() -> Weights<N> {
        Weights { sums: Vec::new(), back: Vec::new() }
    }

    /// Takes the weights from the shared values, behind which the literals stand.
    pub(crate) fn fill(&mut self, plans: &Plans, shared: &[N]) {
        self.sums.clear();
        self.sums.extend(plans.sums.iter().map(|&source| shared[source as usize]));
        self.back.clear();
        self.back.extend(plans.back.iter().map(|&source| shared[source as usize]));
    }
}

/// What a thread needs to compute layers.
#[derive(Debug, Clone)]
pub(crate) struct LayerMemory<N> {
    /// The gradient with respect to all weights, summed over the samples so far.
    gradients: Vec<N>,
    /// The summed rows of a layer, sample by sample.
    transposed: Vec<N>,
}

impl<N: Element> LayerMemory<N> {
    pub(crate) fn new(plans: &Plans, stride: usize) -> LayerMemory<N> {
        LayerMemory {
            gradients: vec![N::lit(0.0); plans.gradients],
            transposed: vec![N::lit(0.0); plans.widest * stride],
        }
    }

    /// Adds the gradient with respect to the weights to that with respect to the shared values and the literals behind them.
    pub(crate) fn hand_out<S: Simd>(&self, simd: S, plans: &Plans, shared: &mut [N]) {
        for plan in &plans.each {
            let gradient = &self.gradients[plan.gradient..];
            simd.vectorize(
                #[inline(always)]
                || {
                    if plan.is_transposed() {
                        for &Stretch { place, source, len } in &plan.stretches {
                            for (sum, &partial) in shared[source..][..len].iter_mut().zip(&gradient[place..][..len]) {
                                *sum += partial;
                            }
                        }
                    } else {
                        let lanes = N::lanes::<S>();
                        for &Stretch { place, source, len } in &plan.stretches {
                            let vectors = gradient[place * lanes..][..len * lanes].chunks_exact(lanes);
                            for (sum, vector) in shared[source..][..len].iter_mut().zip(vectors) {
                                *sum += total(vector);
                            }
                        }
                    }
                },
            );
        }
    }
}

/// The sum of the lanes of a vector.
#[inline(always)]
fn total<N: Element>(lanes: &[N]) -> N {
    let (fours, rest) = lanes.as_chunks::<4>();
    let mut sums = [N::lit(0.0); 4];
    for four in fours {
        for i in 0..4 {
            sums[i] += four[i];
        }
    }
    rest.iter().fold((sums[0] + sums[1]) + (sums[2] + sums[3]), |sum, &lane| sum + lane)
}

/// The layers of one batch, on one thread.
pub(crate) struct BatchLayers<'a, N, S> {
    pub(crate) simd: S,
    pub(crate) code: &'a Code,
    pub(crate) plans: &'a Plans,
    pub(crate) weights: &'a Weights<N>,
    pub(crate) memory: &'a mut LayerMemory<N>,
    /// The gradients of the first block begin the sums.
    pub(crate) is_first_block: bool,
}

impl<N: Element, S: Simd> Layers<N> for BatchLayers<'_, N, S> {
    fn forward(&mut self, number: usize, shape: Shape, values: &mut [N]) {
        let plan = &self.plans.each[number];
        let rows = self.code.summed(&plan.layer);
        let outs = plan.layer.outs as usize;
        let (simd, weights) = (self.simd, &self.weights.sums[plan.sums..][..outs * rows.len()]);
        let (before, out) = values.split_at_mut(plan.layer.out as usize * shape.stride);
        simd.vectorize(
            #[inline(always)]
            || {
                let out = N::vectors_mut::<S>(&mut out[..outs * shape.stride]);
                let stride = shape.stride / N::lanes::<S>();
                panel::multiply::<N, S>(simd, weights, outs, rows.iter().copied(), before, shape, |i, vector, sum| {
                    out[i * stride + vector] = sum;
                });
            },
        );
    }

    fn reverse(&mut self, number: usize, shape: Shape, values: &[N], adjoints: &mut [N]) {
        let plan = &self.plans.each[number];
        let RowLayer { out, outs, ins, active_from, writes, .. } = plan.layer;
        let (outs, ins) = (outs as usize, ins as usize);
        let rows = self.code.summed(&plan.layer);
        let (simd, begin) = (self.simd, self.is_first_block);
        let (before, own) = adjoints.split_at_mut(out as usize * shape.stride);
        let own = &own[..outs * shape.stride];
        let LayerMemory { gradients, transposed } = &mut *self.memory;
        let gradient = &mut gradients[plan.gradient..];
        if plan.is_transposed() {
            let transposed = &mut transposed[..plan.padded() * shape.width];
            simd.vectorize(
                #[inline(always)]
                || {
                    panel::transpose(rows, values, shape, plan.padded(), transposed);
                    let gradient = &mut gradient[..outs * plan.padded()];
                    panel::gradient_by_samples::<N, S>(
                        simd,
                        own,
                        transposed,
                        shape,
                        plan.padded(),
                        ins,
                        begin,
                        gradient,
                    );
                },
            );
        } else {
            simd.vectorize(
                #[inline(always)]
                || panel::gradient_by_weights::<N, S>(simd, own, rows, values, shape, begin, gradient),
            );
        }
        if plan.active() == 0 {
            return;
        }
        let weights = &self.weights.back[plan.back..][..outs * plan.active()];
        let receiving = &rows[active_from as usize..];
        simd.vectorize(
            #[inline(always)]
            || {
                let before = N::vectors_mut::<S>(before);
                let stride = shape.stride / N::lanes::<S>();
                panel::multiply::<N, S>(simd, weights, plan.active(), 0..outs as u32, own, shape, |i, vector, sum| {
                    let adjoint = &mut before[receiving[i] as usize * stride + vector];
                    *adjoint = if writes { sum } else { N::vector_sum(simd, *adjoint, sum) };
                });
            },
        );
    }
}
