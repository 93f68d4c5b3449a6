//! The arithmetic of layers: products of small matrices, some with a number for all lanes, some with a number for each.
//!
//! A matrix of weights is packed in panels of [`PANEL`] rows: within a panel column by column, so that what is needed together
//! lies together.

// Tiles of one are the last of several sizes that one macro spells.
#![allow(clippy::int_plus_one)]

use super::compute::Shape;
use super::simd::Element;
use pulp::Simd;

/// How many sums are computed at once.
const PANEL: usize = 4;

/// The entries of a matrix of `rows` times `columns`, in the order of its panels.
pub(crate) fn packed<T>(rows: usize, columns: usize, at: impl Fn(usize, usize) -> T) -> Vec<T> {
    let in_panels = rows - rows % PANEL;
    let panels = (0..in_panels)
        .step_by(PANEL)
        .flat_map(|first| (0..columns).flat_map(move |column| (first..first + PANEL).map(move |row| (row, column))));
    let rest = (in_panels..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    panels.chain(rest).map(|(row, column)| at(row, column)).collect()
}

/// Whether the level has 32 vector registers, and not 16.
#[inline(always)]
fn has_many_registers<N: Element, S: Simd>() -> bool {
    N::lanes::<S>() * size_of::<N>() >= 64
}

/// `sum(i) = Σ weight(i, k) · row(sources[k])` for `count` sums over all lanes: hands each vector of each to `take`.
#[inline(always)]
pub(crate) fn multiply<N: Element, S: Simd>(
    simd: S,
    weights: &[N],
    count: usize,
    sources: impl ExactSizeIterator<Item = u32> + Clone,
    from: &[N],
    shape: Shape,
    mut take: impl FnMut(usize, usize, N::Vector<S>),
) {
    let in_panels = count - count % PANEL;
    let (panels, rest) = weights.split_at(in_panels * sources.len());
    let from = N::vectors::<S>(from);
    let stride = shape.stride / N::lanes::<S>();
    let vectors = shape.width / N::lanes::<S>();
    let mut vector = 0;
    macro_rules! columns {
        ($V:literal) => {
            while vector + $V <= vectors {
                for (panel, weights) in panels.chunks_exact(PANEL * sources.len()).enumerate() {
                    let tile: Tile<'_, N, S> = Tile { weights, from, stride, vector };
                    let sums = tile.sums::<PANEL, $V>(simd, sources.clone());
                    hand_on::<N, S, PANEL, $V>(sums, panel * PANEL, vector, &mut take);
                }
                for (i, weights) in rest.chunks_exact(sources.len()).enumerate() {
                    let tile: Tile<'_, N, S> = Tile { weights, from, stride, vector };
                    let sums = tile.sums::<1, $V>(simd, sources.clone());
                    hand_on::<N, S, 1, $V>(sums, in_panels + i, vector, &mut take);
                }
                vector += $V;
            }
        };
    }
    if has_many_registers::<N, S>() {
        columns!(4);
    }
    columns!(2);
    columns!(1);
}

#[inline(always)]
fn hand_on<N: Element, S: Simd, const M: usize, const V: usize>(
    sums: [[N::Vector<S>; V]; M],
    first: usize,
    vector: usize,
    take: &mut impl FnMut(usize, usize, N::Vector<S>),
) {
    for i in 0..M {
        for v in 0..V {
            take(first + i, vector + v, sums[i][v]);
        }
    }
}

/// A panel of weights, and from which vector of each row on it is applied.
struct Tile<'a, N: Element, S: Simd> {
    weights: &'a [N],
    from: &'a [N::Vector<S>],
    stride: usize,
    vector: usize,
}

impl<N: Element, S: Simd> Tile<'_, N, S> {
    #[inline(always)]
    fn sums<const M: usize, const V: usize>(
        &self,
        simd: S,
        sources: impl Iterator<Item = u32>,
    ) -> [[N::Vector<S>; V]; M] {
        let mut sums = [[N::splat(simd, N::lit(0.0)); V]; M];
        for (row, weights) in sources.zip(self.weights.as_chunks::<M>().0) {
            let row = &self.from[row as usize * self.stride + self.vector..][..V];
            for i in 0..M {
                let weight = N::splat(simd, weights[i]);
                for v in 0..V {
                    sums[i][v] = N::weighed_sum(simd, weight, row[v], sums[i][v]);
                }
            }
        }
        sums
    }
}

/// Writes rows as columns: sample by sample.
#[inline(always)]
pub(crate) fn transpose<N: Element>(rows: &[u32], values: &[N], shape: Shape, padded: usize, transposed: &mut [N]) {
    for (k, &row) in rows.iter().enumerate() {
        let row = &values[row as usize * shape.stride..][..shape.width];
        for (&value, sample) in row.iter().zip(transposed.chunks_exact_mut(padded)) {
            sample[k] = value;
        }
    }
}

/// `gradient(i, k) += Σ own(i, sample) · transposed(sample, k)`, with a weight to a lane; `begin` says that there is nothing yet to add to.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(crate) fn gradient_by_samples<N: Element, S: Simd>(
    simd: S,
    own: &[N],
    transposed: &[N],
    shape: Shape,
    padded: usize,
    ins: usize,
    begin: bool,
    gradient: &mut [N],
) {
    let outs = own.len() / shape.stride;
    let stride = padded / N::lanes::<S>();
    let vectors = ins.div_ceil(N::lanes::<S>());
    let (transposed, gradient) = (N::vectors::<S>(transposed), N::vectors_mut::<S>(gradient));
    let mut first = 0;
    macro_rules! tiles {
        ($M:literal, $V:literal, $vector:ident) => {
            while $vector + $V <= vectors {
                let mut sums = [[N::splat(simd, N::lit(0.0)); $V]; $M];
                let mut rows = [own; $M];
                for i in 0..$M {
                    rows[i] = &own[(first + i) * shape.stride..][..shape.width];
                }
                for (sample, row) in transposed.chunks_exact(stride).enumerate().take(shape.width) {
                    let row = &row[$vector..][..$V];
                    for i in 0..$M {
                        let adjoint = N::splat(simd, rows[i][sample]);
                        for v in 0..$V {
                            sums[i][v] = N::weighed_sum(simd, adjoint, row[v], sums[i][v]);
                        }
                    }
                }
                for i in 0..$M {
                    let gradient = &mut gradient[(first + i) * stride + $vector..][..$V];
                    for v in 0..$V {
                        gradient[v] = if begin { sums[i][v] } else { N::vector_sum(simd, gradient[v], sums[i][v]) };
                    }
                }
                $vector += $V;
            }
        };
    }
    macro_rules! panels {
        ($M:literal) => {
            while first + $M <= outs {
                let mut vector = 0;
                if has_many_registers::<N, S>() {
                    tiles!($M, 4, vector);
                }
                tiles!($M, 2, vector);
                tiles!($M, 1, vector);
                first += $M;
            }
        };
    }
    panels!(4);
    panels!(1);
}

/// `gradient(i, k) += own(i) · row(k)`, with a sample to a lane: the gradient of each weight is a vector, whose lanes are summed in the end.
#[inline(always)]
pub(crate) fn gradient_by_weights<N: Element, S: Simd>(
    simd: S,
    own: &[N],
    rows: &[u32],
    values: &[N],
    shape: Shape,
    begin: bool,
    gradient: &mut [N],
) {
    let outs = own.len() / shape.stride;
    let (own, values, gradient) = (N::vectors::<S>(own), N::vectors::<S>(values), N::vectors_mut::<S>(gradient));
    let stride = shape.stride / N::lanes::<S>();
    let vectors = shape.width / N::lanes::<S>();
    let mut first = 0;
    macro_rules! tiles {
        ($M:literal, $K:literal, $k:ident) => {
            while $k + $K <= rows.len() {
                let mut sums = [[N::splat(simd, N::lit(0.0)); $K]; $M];
                let mut adjoints = [own; $M];
                for i in 0..$M {
                    adjoints[i] = &own[(first + i) * stride..][..vectors];
                }
                let mut summed = [values; $K];
                for j in 0..$K {
                    summed[j] = &values[rows[$k + j] as usize * stride..][..vectors];
                }
                for vector in 0..vectors {
                    for i in 0..$M {
                        for j in 0..$K {
                            sums[i][j] = N::weighed_sum(simd, adjoints[i][vector], summed[j][vector], sums[i][j]);
                        }
                    }
                }
                for i in 0..$M {
                    let gradient = &mut gradient[(first + i) * rows.len() + $k..][..$K];
                    for j in 0..$K {
                        gradient[j] = if begin { sums[i][j] } else { N::vector_sum(simd, gradient[j], sums[i][j]) };
                    }
                }
                $k += $K;
            }
        };
    }
    macro_rules! panels {
        ($M:literal) => {
            while first + $M <= outs {
                let mut k = 0;
                if has_many_registers::<N, S>() {
                    tiles!($M, 4, k);
                }
                tiles!($M, 2, k);
                tiles!($M, 1, k);
                first += $M;
            }
        };
    }
    panels!(4);
    panels!(1);
}
