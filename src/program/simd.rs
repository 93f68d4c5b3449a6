//! The levels of the CPU that kernels are compiled for, and the vectors of a level.

use super::code::{Code, TILE};
use super::compute::{Compute, Level, Shape};
use super::kernel;
use super::workspace::Number;
use crate::number::Lane;
use crate::rule::{Partials, Rule};
use crate::tape::{Erased, LocalDerivatives};
use pulp::Simd;

/// What instructions the kernels of a batch use.
///
/// Levels agree to rounding, not to the bit: those with fused multiply-add round less often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CpuLevel {
    /// What every CPU of the target has.
    Baseline,
    /// AVX2 and FMA, on x86-64.
    Avx2,
    /// AVX-512, on x86-64.
    Avx512,
}

impl CpuLevel {
    /// The highest level that this CPU has.
    pub fn detect() -> CpuLevel {
        [CpuLevel::Avx512, CpuLevel::Avx2].into_iter().find(|level| level.is_available()).unwrap_or(CpuLevel::Baseline)
    }

    /// Whether this CPU has it.
    pub fn is_available(self) -> bool {
        match self {
            CpuLevel::Baseline => true,
            #[cfg(target_arch = "x86_64")]
            CpuLevel::Avx2 => pulp::x86::V3::try_new().is_some(),
            #[cfg(target_arch = "x86_64")]
            CpuLevel::Avx512 => pulp::x86::V4::try_new().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }
}

/// Something to be done at whatever level the CPU has.
pub(crate) trait Job<N: Element> {
    type Output;
    fn run<S: Simd, C: Compute<Stored = N, Plain = N>>(self, simd: S) -> Self::Output;
}

/// Does `job` at `level`, or at the baseline if the CPU does not have it.
pub(crate) fn at_level<N: Element, J: Job<N>>(level: CpuLevel, job: J) -> J::Output
where
    Lane<N, true>: Compute<Stored = N, Plain = N>,
    Lane<N, false>: Compute<Stored = N, Plain = N>,
{
    #[cfg(target_arch = "x86_64")]
    {
        if let (CpuLevel::Avx512, Some(simd)) = (level, pulp::x86::V4::try_new()) {
            return job.run::<_, Lane<N, true>>(simd);
        }
        if let (CpuLevel::Avx2, Some(simd)) = (level, pulp::x86::V3::try_new()) {
            return job.run::<_, Lane<N, true>>(simd);
        }
    }
    let _ = level;
    job.run::<_, Lane<N, false>>(pulp::Scalar)
}

/// The rows of a single point, forward.
pub(crate) struct SingleForward<'a, N> {
    pub(crate) code: &'a Code,
    pub(crate) values: &'a mut [N],
    pub(crate) scratch: &'a mut Vec<N>,
}

impl<N: Element> Job<N> for SingleForward<'_, N> {
    type Output = ();

    fn run<S: Simd, C: Compute<Stored = N, Plain = N>>(self, simd: S) {
        kernel::single::forward::<C, _, TILE>(Vectorised(simd), self.code, self.values, self.scratch);
    }
}

/// The adjoints of a single point, backward.
pub(crate) struct SingleReverse<'a, N> {
    pub(crate) code: &'a Code,
    pub(crate) values: &'a [N],
    pub(crate) adjoints: &'a mut [N],
    pub(crate) scratch: &'a mut Vec<N>,
}

impl<N: Element> Job<N> for SingleReverse<'_, N> {
    type Output = ();

    fn run<S: Simd, C: Compute<Stored = N, Plain = N>>(self, simd: S) {
        let SingleReverse { code, values, adjoints, scratch } = self;
        kernel::single::reverse::<C, _, TILE>(Vectorised(simd), code, values, adjoints, scratch);
    }
}

/// A level as the kernels of the table take it.
#[derive(Clone, Copy)]
pub(crate) struct Vectorised<S>(pub(crate) S);

impl<S: Simd> Level for Vectorised<S> {
    type Layout = Shape;

    fn layout(shape: Shape) -> Shape {
        shape
    }

    #[inline(never)]
    fn run<T>(self, kernel: impl FnOnce() -> T) -> T {
        self.0.vectorize(
            // Not `kernel` itself: a closure can be told to be inlined.
            #[allow(clippy::redundant_closure)]
            #[inline(always)]
            || kernel(),
        )
    }
}

/// A plain number with the vectors that hold it.
pub trait Element: Number + Send + Sync {
    #[doc(hidden)]
    type Vector<S: Simd>: Copy;
    #[doc(hidden)]
    fn lanes<S: Simd>() -> usize;
    #[doc(hidden)]
    fn vectors<S: Simd>(numbers: &[Self]) -> &[Self::Vector<S>];
    #[doc(hidden)]
    fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> &mut [Self::Vector<S>];
    #[doc(hidden)]
    fn splat<S: Simd>(simd: S, number: Self) -> Self::Vector<S>;
    #[doc(hidden)]
    fn vector_sum<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// `a * b + c`, fused where the level can.
    #[doc(hidden)]
    fn weighed_sum<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>) -> Self::Vector<S>;
    /// Does one round of a batch at `level`; here, so that the sweeps are compiled once.
    #[doc(hidden)]
    fn sweep_chunk(level: CpuLevel, chunk: super::chunk::Chunk<'_, Self>) -> super::chunk::Swept;
}

macro_rules! element {
    ($F:ident, $vectors:ident, $LANES:ident, $as:ident, $as_mut:ident, $splat:ident, $add:ident, $mul_add:ident) => {
        impl Element for $F {
            type Vector<S: Simd> = S::$vectors;

            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$LANES
            }

            #[inline(always)]
            fn vectors<S: Simd>(numbers: &[Self]) -> &[S::$vectors] {
                S::$as(numbers).0
            }

            #[inline(always)]
            fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> &mut [S::$vectors] {
                S::$as_mut(numbers).0
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, number: Self) -> S::$vectors {
                simd.$splat(number)
            }

            #[inline(always)]
            fn vector_sum<S: Simd>(simd: S, a: S::$vectors, b: S::$vectors) -> S::$vectors {
                simd.$add(a, b)
            }

            #[inline(always)]
            fn weighed_sum<S: Simd>(simd: S, a: S::$vectors, b: S::$vectors, c: S::$vectors) -> S::$vectors {
                simd.$mul_add(a, b, c)
            }

            fn sweep_chunk(level: CpuLevel, chunk: super::chunk::Chunk<'_, Self>) -> super::chunk::Swept {
                at_level(level, chunk)
            }
        }

        impl<const FMA: bool> Compute for Lane<$F, FMA> {
            type Stored = $F;
            type Plain = $F;
            const PLAIN: bool = true;
            const VECTORISED: u128 = Self::OPS;

            #[inline(always)]
            fn load(stored: $F) -> Self {
                Lane(stored)
            }

            #[inline(always)]
            fn store(self) -> $F {
                self.0
            }

            #[inline(always)]
            fn is_exceptional<R: Rule<N>, const N: usize>(x: &[Self; N]) -> bool {
                Lane::exceptional::<R, N>(x)
            }

            fn careful_value<R: Rule<N>, const N: usize>(x: [Self; N]) -> Self {
                Lane::careful::<R, N>(x)
            }

            fn careful_partials<R: Rule<N>, const N: usize>(x: [Self; N], y: Self) -> [Self; N] {
                Lane::careful_partials::<R, N>(x, y)
            }

            fn custom_value(op: &Erased, x: &[Self]) -> Self {
                let x: Partials<f64> = x.iter().map(|each| each.0.into()).collect();
                Lane((op.float.value)(&x) as $F)
            }

            fn custom_partials(op: &Erased, x: &[Self], y: Self) -> LocalDerivatives<Self> {
                let x: Partials<f64> = x.iter().map(|each| each.0.into()).collect();
                let partials = (op.float.partials)(&x, y.0.into());
                partials.into_iter().map(|partial| partial.map(|partial| Lane(partial as $F))).collect()
            }
        }
    };
}

element!(f64, f64s, F64_LANES, as_simd_f64s, as_mut_simd_f64s, splat_f64s, add_f64s, mul_add_e_f64s);
element!(f32, f32s, F32_LANES, as_simd_f32s, as_mut_simd_f32s, splat_f32s, add_f32s, mul_add_e_f32s);
