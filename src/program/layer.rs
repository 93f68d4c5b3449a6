//! Layers over lanes: many sums over the same rows, as small products of matrices. The weights are one number for all lanes; a few sums
//! are computed at once, so that a row that was loaded serves all of them.

use super::code::{Code, Instruction, RowLayer, Weight};
use super::compute::Shape;
use super::kernel::Layers;
use super::simd::Element;
use pulp::Simd;

/// A matrix with rows of this many numbers, or a multiple, can be read in vectors of any level.
const PADDING: usize = 16;

/// Where the matrices of each layer stand.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) layer: RowLayer,
    /// Where the weights begin, among those of all layers.
    pub(crate) weights: usize,
    /// The length of a row of the gradient.
    pub(crate) padded: usize,
    /// Where the gradient begins.
    pub(crate) gradient: usize,
}

/// The matrices of all layers: how long they are together, and where each begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plans {
    pub(crate) each: Vec<Plan>,
    gradients: usize,
    /// The most rows that a layer sums.
    widest: usize,
}

impl Plans {
    pub(crate) fn new(code: &Code) -> Plans {
        let mut plans = Plans::default();
        for instruction in &code.instructions {
            if let Instruction::Layer(layer) = instruction {
                let padded = (layer.ins as usize).next_multiple_of(PADDING);
                plans.each.push(Plan {
                    layer: *layer,
                    weights: layer.weights as usize,
                    padded,
                    gradient: plans.gradients,
                });
                plans.gradients += layer.outs as usize * padded;
                plans.widest = plans.widest.max(padded);
            }
        }
        plans
    }
}

/// The weights of all layers, for one batch: each matrix row by row, and column by column.
#[derive(Debug, Clone)]
pub(crate) struct Weights<N> {
    by_output: Vec<N>,
    by_input: Vec<N>,
}

impl<N: Element> Weights<N> {
    pub(crate) fn new(code: &Code) -> Weights<N> {
        let zeros = vec![N::lit(0.0); code.weights.len()];
        Weights { by_output: zeros.clone(), by_input: zeros }
    }

    /// Takes the weights from the shared values.
    pub(crate) fn fill(&mut self, code: &Code, plans: &Plans, shared: &[N]) {
        for (weight, source) in self.by_output.iter_mut().zip(&code.weights) {
            *weight = match source {
                Weight::Shared(ordinal) => shared[*ordinal as usize],
                Weight::Literal(c) => N::lit(*c),
            };
        }
        for Plan { layer, weights, .. } in &plans.each {
            let (outs, ins) = (layer.outs as usize, layer.ins as usize);
            for out in 0..outs {
                for k in 0..ins {
                    self.by_input[weights + k * outs + out] = self.by_output[weights + out * ins + k];
                }
            }
        }
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

    pub(crate) fn clear(&mut self) {
        self.gradients.fill(N::lit(0.0));
    }

    /// Adds the gradient with respect to the weights to that with respect to the shared values.
    pub(crate) fn hand_out(&self, code: &Code, plans: &Plans, shared: &mut [N]) {
        for Plan { layer, weights, padded, gradient } in &plans.each {
            let ins = layer.ins as usize;
            for out in 0..layer.outs as usize {
                let sources = &code.weights[weights + out * ins..][..ins];
                for (source, &partial) in sources.iter().zip(&self.gradients[gradient + out * padded..]) {
                    if let Weight::Shared(ordinal) = source {
                        shared[*ordinal as usize] += partial;
                    }
                }
            }
        }
    }
}

/// The layers of one batch, on one thread.
pub(crate) struct BatchLayers<'a, N, S> {
    pub(crate) simd: S,
    pub(crate) code: &'a Code,
    pub(crate) plans: &'a Plans,
    pub(crate) weights: &'a Weights<N>,
    pub(crate) memory: &'a mut LayerMemory<N>,
}

impl<N: Element, S: Simd> Layers<N> for BatchLayers<'_, N, S> {
    fn forward(&mut self, number: usize, shape: Shape, values: &mut [N]) {
        let plan = &self.plans.each[number];
        let rows = self.code.summed(&plan.layer);
        let (simd, weights) = (self.simd, &self.weights.by_input[plan.weights..]);
        let (before, out) = values.split_at_mut(plan.layer.out as usize * shape.stride);
        let outs = plan.layer.outs as usize;
        simd.vectorize(
            #[inline(always)]
            || {
                let product = Product { weights, step: outs, sources: rows, stride: shape.stride, from: before };
                product.each::<S>(simd, outs, shape.width, |simd, i, vector, sums: N::Vector<S>| {
                    let _ = simd;
                    N::vectors_mut::<S>(&mut out[i * shape.stride..][..shape.stride])[vector] = sums;
                });
            },
        );
    }

    fn reverse(&mut self, number: usize, shape: Shape, values: &[N], adjoints: &mut [N]) {
        let plan = &self.plans.each[number];
        let RowLayer { out, outs, ins, active_from, .. } = plan.layer;
        let (outs, ins, active_from) = (outs as usize, ins as usize, active_from as usize);
        let rows = self.code.summed(&plan.layer);
        let simd = self.simd;
        let (before, own) = adjoints.split_at_mut(out as usize * shape.stride);
        let own = &own[..outs * shape.stride];
        let gradient = &mut self.memory.gradients[plan.gradient..][..outs * plan.padded];
        let transposed = &mut self.memory.transposed[..plan.padded * shape.width];
        simd.vectorize(
            #[inline(always)]
            || {
                transpose(rows, values, shape, plan.padded, transposed);
                weigh_gradient::<N, S>(simd, own, transposed, shape, plan.padded, gradient);
            },
        );
        if active_from == ins {
            return;
        }
        let weights = &self.weights.by_output[plan.weights + active_from..];
        let outputs: smallvec::SmallVec<[u32; 64]> = (0..outs as u32).collect();
        simd.vectorize(
            #[inline(always)]
            || {
                let product = Product { weights, step: ins, sources: &outputs, stride: shape.stride, from: own };
                product.each::<S>(simd, ins - active_from, shape.width, |simd, i, vector, sums: N::Vector<S>| {
                    let row = rows[active_from + i] as usize * shape.stride;
                    let adjoint = &mut N::vectors_mut::<S>(&mut before[row..][..shape.stride])[vector];
                    *adjoint = N::vector_sum(simd, *adjoint, sums);
                });
            },
        );
    }
}

/// Sums over rows: `sum(i) = Σ weights[k * step + i] · row(sources[k])`.
struct Product<'a, N> {
    weights: &'a [N],
    step: usize,
    sources: &'a [u32],
    stride: usize,
    from: &'a [N],
}

impl<N: Element> Product<'_, N> {
    /// Computes `count` sums of `width` lanes, and hands each vector of each to `take`.
    #[inline(always)]
    fn each<S: Simd>(&self, simd: S, count: usize, width: usize, mut take: impl FnMut(S, usize, usize, N::Vector<S>)) {
        let vectors = width / N::lanes::<S>();
        // As many sums at once as there are registers for.
        let mut first = 0;
        if N::lanes::<S>() * size_of::<N>() == 64 {
            while first + 8 <= count {
                self.block::<S, 8>(simd, first, vectors, &mut take);
                first += 8;
            }
        }
        while first + 4 <= count {
            self.block::<S, 4>(simd, first, vectors, &mut take);
            first += 4;
        }
        while first < count {
            self.block::<S, 1>(simd, first, vectors, &mut take);
            first += 1;
        }
    }

    #[inline(always)]
    fn block<S: Simd, const M: usize>(
        &self,
        simd: S,
        first: usize,
        vectors: usize,
        take: &mut impl FnMut(S, usize, usize, N::Vector<S>),
    ) {
        let mut vector = 0;
        while vector + 2 <= vectors {
            self.tile::<S, M, 2>(simd, first, vector, take);
            vector += 2;
        }
        if vector < vectors {
            self.tile::<S, M, 1>(simd, first, vector, take);
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const M: usize, const V: usize>(
        &self,
        simd: S,
        first: usize,
        vector: usize,
        take: &mut impl FnMut(S, usize, usize, N::Vector<S>),
    ) {
        let mut sums = [[N::splat(simd, N::lit(0.0)); V]; M];
        for (k, &row) in self.sources.iter().enumerate() {
            let row = &N::vectors::<S>(&self.from[row as usize * self.stride..][..self.stride])[vector..][..V];
            let weights = &self.weights[k * self.step + first..][..M];
            for i in 0..M {
                let weight = N::splat(simd, weights[i]);
                for v in 0..V {
                    sums[i][v] = N::weighed_sum(simd, weight, row[v], sums[i][v]);
                }
            }
        }
        for i in 0..M {
            for v in 0..V {
                take(simd, first + i, vector + v, sums[i][v]);
            }
        }
    }
}

/// Writes rows as columns: sample by sample.
#[inline(always)]
fn transpose<N: Element>(rows: &[u32], values: &[N], shape: Shape, padded: usize, transposed: &mut [N]) {
    for (k, &row) in rows.iter().enumerate() {
        let row = &values[row as usize * shape.stride..][..shape.width];
        for (&value, sample) in row.iter().zip(transposed.chunks_exact_mut(padded)) {
            sample[k] = value;
        }
    }
}

/// `gradient(i, k) += Σ own(i, sample) · transposed(sample, k)`.
#[inline(always)]
fn weigh_gradient<N: Element, S: Simd>(
    simd: S,
    own: &[N],
    transposed: &[N],
    shape: Shape,
    padded: usize,
    gradient: &mut [N],
) {
    let outs = own.len() / shape.stride;
    let vectors = padded / N::lanes::<S>();
    let (transposed, gradient) = (N::vectors::<S>(transposed), N::vectors_mut::<S>(gradient));
    let mut first = 0;
    macro_rules! blocks {
        ($M:literal) => {
            while first + $M <= outs {
                let own = &own[first * shape.stride..];
                let gradient = &mut gradient[first * vectors..];
                let mut vector = 0;
                while vector + 2 <= vectors {
                    gradient_tile::<N, S, $M, 2>(simd, own, shape, transposed, vectors, vector, gradient);
                    vector += 2;
                }
                if vector < vectors {
                    gradient_tile::<N, S, $M, 1>(simd, own, shape, transposed, vectors, vector, gradient);
                }
                first += $M;
            }
        };
    }
    if N::lanes::<S>() * size_of::<N>() == 64 {
        blocks!(8);
    }
    blocks!(4);
    blocks!(1);
}

#[inline(always)]
fn gradient_tile<N: Element, S: Simd, const M: usize, const V: usize>(
    simd: S,
    own: &[N],
    shape: Shape,
    transposed: &[N::Vector<S>],
    vectors: usize,
    vector: usize,
    gradient: &mut [N::Vector<S>],
) {
    let mut sums = [[N::splat(simd, N::lit(0.0)); V]; M];
    let mut rows = [own; M];
    for i in 0..M {
        rows[i] = &own[i * shape.stride..][..shape.width];
    }
    for (sample, row) in transposed.chunks_exact(vectors).enumerate().take(shape.width) {
        let row = &row[vector..][..V];
        for i in 0..M {
            let adjoint = N::splat(simd, rows[i][sample]);
            for v in 0..V {
                sums[i][v] = N::weighed_sum(simd, adjoint, row[v], sums[i][v]);
            }
        }
    }
    for i in 0..M {
        let gradient = &mut gradient[i * vectors + vector..][..V];
        for v in 0..V {
            gradient[v] = N::vector_sum(simd, gradient[v], sums[i][v]);
        }
    }
}
