//! How kernels compute: the number they compute with, what of it is stored in a row, and the level of the CPU.

use crate::number::Jet;
use crate::op::Op;
use crate::rule::{Rule, Scalar};
use crate::tape::{Erased, LocalDerivatives};

/// A number that kernels compute with.
pub trait Compute: Scalar {
    /// What a row holds of it.
    type Stored: Copy + Send + Sync + 'static;

    /// Whether a list op may be taken apart into what it does to plain numbers.
    const PLAIN: bool = false;

    /// The number that computes what is not vectorised.
    type Plain: Compute<Stored = Self::Stored>;

    /// The ops that the compiler makes vectors of, a bit for each.
    const VECTORISED: u128 = 0;

    fn load(stored: Self::Stored) -> Self;

    fn store(self) -> Self::Stored;

    /// Whether the op is to be computed at `x` by [`Compute::careful_value`] and its twin instead.
    #[inline(always)]
    fn is_exceptional<R: Rule<N>, const N: usize>(_x: &[Self; N]) -> bool {
        false
    }

    fn careful_value<R: Rule<N>, const N: usize>(x: [Self; N]) -> Self {
        Self::apply::<R, N>(x)
    }

    fn careful_partials<R: Rule<N>, const N: usize>(x: [Self; N], y: Self) -> [Self; N] {
        R::partials(x, y)
    }

    /// The value of an op that is not in the table.
    fn custom_value(op: &Erased, x: &[Self]) -> Self;

    fn custom_partials(op: &Erased, x: &[Self], y: Self) -> LocalDerivatives<Self>;
}

/// Whether the compiler makes vectors of the op. To be asked in a constant, so that what it rules out is not compiled.
pub(crate) const fn is_vectorised<C: Compute>(op: Op) -> bool {
    C::VECTORISED >> op as u32 & 1 == 1
}

macro_rules! computes_with_itself {
    ($($Number:ty, $plain:expr, $field:ident;)*) => {
        $(impl Compute for $Number {
            type Stored = $Number;
            type Plain = $Number;
            const PLAIN: bool = $plain;

            #[inline(always)]
            fn load(stored: $Number) -> $Number {
                stored
            }

            #[inline(always)]
            fn store(self) -> $Number {
                self
            }

            fn custom_value(op: &Erased, x: &[$Number]) -> $Number {
                (op.$field.value)(x)
            }

            fn custom_partials(op: &Erased, x: &[$Number], y: $Number) -> LocalDerivatives<$Number> {
                (op.$field.partials)(x, y)
            }
        })*
    };
}

computes_with_itself! {
    f64, true, float;
    f32, true, single;
    Jet, false, jet;
}

/// A level of the CPU: how a kernel is called so that it was compiled for it.
pub(crate) trait Level: Copy {
    /// How rows lie in the buffers that are swept at this level.
    type Layout: Layout;

    fn layout(shape: Shape) -> Self::Layout;

    fn run<T>(self, kernel: impl FnOnce() -> T) -> T;
}

/// What every CPU can do.
#[derive(Clone, Copy)]
pub(crate) struct Baseline;

impl Level for Baseline {
    type Layout = Single;

    fn layout(_: Shape) -> Single {
        Single
    }

    fn run<T>(self, kernel: impl FnOnce() -> T) -> T {
        kernel()
    }
}

/// How the rows of a buffer lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// From a row to the next.
    pub(crate) stride: usize,
    /// How many numbers of a row are computed with.
    pub(crate) width: usize,
}

impl Shape {
    /// A number a row.
    pub(crate) const SINGLE: Shape = Shape { stride: 1, width: 1 };
}

/// How rows lie, as a type: what is compiled for single numbers counts no lanes.
pub(crate) trait Layout: Copy {
    fn stride(self) -> usize;
    fn width(self) -> usize;
}

/// A number a row.
#[derive(Clone, Copy)]
pub(crate) struct Single;

impl Layout for Single {
    #[inline(always)]
    fn stride(self) -> usize {
        1
    }

    #[inline(always)]
    fn width(self) -> usize {
        1
    }
}

impl Layout for Shape {
    #[inline(always)]
    fn stride(self) -> usize {
        self.stride
    }

    #[inline(always)]
    fn width(self) -> usize {
        self.width
    }
}

/// Room for what list ops compute on the way.
pub(crate) type Scratch<C> = Vec<C>;

/// The operands of a list op, gathered.
pub(crate) fn gathered<C: Compute>(
    scratch: &mut Scratch<C>,
    rows: &[u32],
    lane: usize,
    shape: Shape,
    values: &[C::Stored],
) {
    scratch.clear();
    scratch.extend(rows.iter().map(|&row| C::load(values[row as usize * shape.stride + lane])));
}
