//! One lane of a SIMD block: a float whose elementary functions are code of our own, without branches and tables.
//!
//! A plain loop over `[Lane<f64, true>; 16]` becomes vector code when it is compiled for AVX2 with FMA or for AVX-512, and
//! likewise `[Lane<f64, false>; 16]` for SSE2: everything here is inlined into the loop, and nothing calls the C library.
//! An op without code of its own here is computed by its row, lane by lane.
//! Inlined is meant: the methods of [`Scalar`], its operators, and the partials of the table are too.
//!
//! # The contract with a kernel
//! 1. [`Scalar::apply`] is the fast way, always. For some ops it has a range, and **answers NaN outside of it**: sine, cosine and
//!    tangent beyond [`LIMIT`], powers whose exponent is not a small whole number. Partials go the same way (the slope of `sin` is
//!    a `cos` of the same operand), and have the same range as the value.
//! 2. [`Lane::exceptional`] says of the operands of an op whether they are outside, or whether nobody knows (an op that
//!    is not in the table: its partials may ask for the sine of anything). For most ops it is a constant `false`, and its check
//!    vanishes. A kernel computes a block, asks for every lane, and does those lanes again where the answer is yes:
//!    [`Lane::careful`] for the value, [`Lane::careful_partials`] for the partials. They go through plain `f64`.
//! 3. So a function that is not run by such a kernel does not take `Lane`s.
//!
//! # `FMA`
//! Rust never fuses `a * b + c` by itself, and `mul_add` is a slow call where the processor's instruction is not known to be
//! there; `cfg!` cannot tell, since it looks at the crate and not at the function. Hence the parameter: with `FMA` all
//! polynomials and the row [`MulAdd`](crate::op::MulAdd) use `mul_add`, which is for loops compiled for a processor that has it;
//! without, they are `a * b + c`, and `MulAdd` rounds twice instead of once: off by half an ulp of the product.
//!
//! # How exact
//! `+ - * / neg sqrt abs min max clamp select` and their like are what the row gives, to the bit (`f32`: correctly rounded). The
//! functions were compared with 45 digits (mpmath) at some 30,000 random points each, over the whole range and close to 0 and
//! to the zeros; for `f32` also with `f64` at every 499th of all numbers. The worst error seen, in units of the last place:
//!
//! | | `f64`, `FMA` | `f64` | `f32`, `FMA` | `f32` |
//! |---|---|---|---|---|
//! | `exp` | 1.0 | 1.0 | 1.1 | 1.1 |
//! | `exp2` | 1.0 | 1.0 | 1.1 | 1.1 |
//! | `exp_m1` | 2.1 | 2.1 | 1.6 | 1.7 |
//! | `sinh` | 2.2 | 2.2 | 2.2 | 2.2 |
//! | `cosh` | 1.3 | 1.3 | 1.5 | 1.5 |
//! | `tanh` | 2.5 | 2.5 | 2.5 | 2.5 |
//! | `sech_squared` | 2.0 | 2.1 | 2.3 | 2.3 |
//! | `sigmoid` | 2.1 | 2.1 | 2.2 | 2.2 |
//! | `silu` | 2.0 | 2.0 | 2.5 | 2.5 |
//! | `mish` | 2.8 | 3.1 | 3.8 | 3.8 |
//! | `softplus` | 1.5 | 1.5 | 1.6 | 1.6 |
//! | `ln`, `ln_1p` | 0.8 | 0.8 | 0.9 | 0.9 |
//! | `log2` | 1.4 | 1.4 | 1.6 | 1.6 |
//! | `log10` | 1.6 | 1.6 | 1.9 | 1.9 |
//! | `sin` | 1.4 | 1.4 | 1.6 | 1.6 |
//! | `cos` | 1.3 | 1.3 | 1.5 | 1.5 |
//! | `tan` | 2.7 | 2.7 | 3.1 | 3.1 |
//!
//! Tests assert that each is at most 4. Powers, `gaussian` and `elu` are compared with their rows, with the same bound.
//!
//! # Blocks
//! A block is **16 lanes or more**. The compiler unrolls a loop over 8 before it vectorises, if its body is short, and then gives
//! up on what is left: chains deeper than a dozen operations. That was seen of `exp`, `exp2` and `exp_m1` in blocks of 8, which
//! then cost 4 to 8 times as much; at 16 and 32 every function above became vector code, at all levels.

mod choice;
mod circular;
mod exponential;
mod logarithm;
mod power;
mod real;
#[cfg(test)]
mod tests;

use crate::custom::Opaque;
use crate::error::Result;
use crate::op::Op;
use crate::rule::{ListRule, Partials, Rule, Scalar};
use real::Real;
use std::fmt;
use std::rc::Rc;

/// The largest angle that `sin`, `cos` and `tan` reduce exactly enough.
pub(crate) const LIMIT: f64 = 1e5;

/// A float as one lane of a SIMD block; see the [module](self).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(crate) struct Lane<F, const FMA: bool = false>(pub(crate) F);

impl<F: Real, const FMA: bool> Lane<F, FMA> {
    /// Whether [`Scalar::apply`] may be wrong for these operands, in the value or in the partials.
    #[inline(always)]
    pub(crate) fn exceptional<R: Rule<N>, const N: usize>(x: &[Self; N]) -> bool {
        match R::BUILT_IN {
            None => true,
            Some(Op::Sin | Op::Cos | Op::Tan) => x[0].0.abs() > F::of(LIMIT),
            Some(Op::Powi | Op::Powf) => !power::is_usual(x[1].0),
            // Its own slope at 0 asks for one power less.
            Some(Op::PowerBelow) => !power::is_usual(x[1].0) | (x[1].0 < F::of(0.0)),
            Some(_) => false,
        }
    }

    /// The value through plain `f64`, for any operands.
    #[inline(never)]
    pub(crate) fn careful<R: Rule<N>, const N: usize>(x: [Self; N]) -> Self {
        Lane(F::of(R::value(Self::all_widened(x))))
    }

    /// The partials through plain `f64`, for any operands and the value there.
    #[inline(never)]
    pub(crate) fn careful_partials<R: Rule<N>, const N: usize>(x: [Self; N], y: Self) -> [Self; N] {
        let plain = R::partials::<f64>(Self::all_widened(x), y.0.widened());
        let mut partials = [y; N];
        for i in 0..N {
            partials[i] = Lane(F::of(plain[i]));
        }
        partials
    }

    // A plain loop, as everywhere in the kernels: `array::map` is much to compile.
    #[inline(always)]
    fn all_widened<const N: usize>(x: [Self; N]) -> [f64; N] {
        let mut widened = [0.0; N];
        for i in 0..N {
            widened[i] = x[i].0.widened();
        }
        widened
    }

    /// The ops that are vector code here, in their values and in their partials: a bit for each.
    pub(crate) const OPS: u128 = bits(&[
        Op::Add,
        Op::Sub,
        Op::Mul,
        Op::Div,
        Op::Neg,
        Op::Recip,
        Op::MulAdd,
        Op::Sqrt,
        Op::OneMinusSquare,
        Op::Powi,
        Op::Powf,
        Op::PowerBelow,
        Op::Exp,
        Op::Exp2,
        Op::ExpM1,
        Op::Sinh,
        Op::Cosh,
        Op::Tanh,
        Op::SechSquared,
        Op::Sigmoid,
        Op::Silu,
        Op::Mish,
        Op::Gaussian,
        Op::Elu,
        Op::Ln,
        Op::Log2,
        Op::Log10,
        Op::Ln1p,
        Op::Softplus,
        Op::Sin,
        Op::Cos,
        Op::Tan,
        Op::Abs,
        Op::Signum,
        Op::Step,
        Op::Heaviside,
        Op::Min,
        Op::Max,
        Op::Clamp,
        Op::Select,
        Op::Relu,
        Op::LeakyRelu,
        Op::Softsign,
        Op::Floor,
        Op::Ceil,
        Op::Trunc,
        Op::Fract,
    ]);

    /// What `R` gives by the fast way. Which arm it is, is known when `R` is.
    #[inline(always)]
    fn fast<R: Rule<N>, const N: usize>(x: [F; N]) -> F {
        let zero = F::of(0.0);
        let one = F::of(1.0);
        // The one match on ops that has a rest: an op without code of its own is its row.
        match R::BUILT_IN {
            Some(Op::Add) => x[0] + x[1],
            Some(Op::Sub) => x[0] - x[1],
            Some(Op::Mul) => x[0] * x[1],
            Some(Op::Div) => x[0] / x[1],
            Some(Op::Neg) => -x[0],
            Some(Op::Recip) => one / x[0],
            Some(Op::MulAdd) => real::fma::<F, FMA>(x[0], x[1], x[2]),
            Some(Op::Sqrt) => x[0].sqrt(),
            Some(Op::OneMinusSquare) => (one - x[0]) * (one + x[0]),
            Some(Op::Powi | Op::Powf) => power::power(x[0], x[1]),
            Some(Op::PowerBelow) => power::power_below(x[0], x[1]),

            Some(Op::Exp) => exponential::exp::<F, FMA>(x[0]),
            Some(Op::Exp2) => exponential::exp2::<F, FMA>(x[0]),
            Some(Op::ExpM1) => exponential::exp_m1::<F, FMA>(x[0]),
            Some(Op::Sinh) => exponential::sinh::<F, FMA>(x[0]),
            Some(Op::Cosh) => exponential::cosh::<F, FMA>(x[0]),
            Some(Op::Tanh) => exponential::tanh::<F, FMA>(x[0]),
            Some(Op::SechSquared) => exponential::sech_squared::<F, FMA>(x[0]),
            Some(Op::Sigmoid) => exponential::sigmoid::<F, FMA>(x[0]),
            Some(Op::Silu) => exponential::silu::<F, FMA>(x[0]),
            Some(Op::Mish) => exponential::mish::<F, FMA>(x[0]),
            Some(Op::Gaussian) => exponential::gaussian::<F, FMA>(x[0], x[1]),
            Some(Op::Elu) => choice::select(x[0], x[0], x[1] * exponential::exp_m1::<F, FMA>(x[0])),
            Some(Op::Ln) => logarithm::ln::<F, FMA>(x[0]),
            Some(Op::Log2) => logarithm::log2::<F, FMA>(x[0]),
            Some(Op::Log10) => logarithm::log10::<F, FMA>(x[0]),
            Some(Op::Ln1p) => logarithm::ln_1p::<F, FMA>(x[0]),
            Some(Op::Softplus) => logarithm::softplus::<F, FMA>(x[0]),
            Some(Op::Sin) => circular::sin::<F, FMA>(x[0]),
            Some(Op::Cos) => circular::cos::<F, FMA>(x[0]),
            Some(Op::Tan) => circular::tan::<F, FMA>(x[0]),

            Some(Op::Abs) => x[0].abs(),
            Some(Op::Signum) => choice::signum(x[0]),
            Some(Op::Step) => choice::heaviside(x[0], zero, 0.0),
            Some(Op::Heaviside) => choice::heaviside(x[0], x[1], 0.5),
            Some(Op::Min) => choice::min(x[0], x[1]),
            Some(Op::Max) => choice::max(x[0], x[1]),
            Some(Op::Clamp) => choice::min(choice::max(x[0], x[1]), x[2]),
            Some(Op::Select) => choice::select(x[0], x[1], x[2]),
            Some(Op::Relu) => choice::relu(x[0]),
            Some(Op::LeakyRelu) => choice::select(x[0], x[0], x[1] * x[0]),
            Some(Op::Softsign) => choice::softsign(x[0]),
            Some(Op::Floor) => x[0].floor(),
            Some(Op::Ceil) => x[0].ceil(),
            Some(Op::Trunc) => x[0].trunc(),
            Some(Op::Fract) => x[0] - x[0].trunc(),
            _ => Self::careful::<R, N>(x.map(Lane)).0,
        }
    }
}

const fn bits(ops: &[Op]) -> u128 {
    let mut bits = 0;
    let mut i = 0;
    while i < ops.len() {
        bits |= 1 << ops[i] as u32;
        i += 1;
    }
    bits
}

macro_rules! lane {
    ($F:ident) => {
        impl<const FMA: bool> Scalar for Lane<$F, FMA> {
            #[inline(always)]
            fn lit(c: f64) -> Self {
                Lane(c as $F)
            }

            #[inline(always)]
            fn primal(self) -> f64 {
                f64::from(self.0)
            }

            #[inline(always)]
            fn apply<R: Rule<N>, const N: usize>(x: [Self; N]) -> Self {
                let mut plain = [0.0; N];
                for i in 0..N {
                    plain[i] = x[i].0;
                }
                Lane(Self::fast::<R, N>(plain))
            }

            fn apply_list<R: ListRule>(x: &[Self]) -> Self {
                Self::lit(R::value(&widened(x)))
            }

            fn apply_opaque(op: &Rc<dyn Opaque>, x: &[Self]) -> Result<Self> {
                Ok(Self::lit(op.value(&widened(x))))
            }
        }

        operators! { [const FMA: bool] Lane<$F, FMA> }

        impl<const FMA: bool> From<f64> for Lane<$F, FMA> {
            #[inline(always)]
            fn from(c: f64) -> Self {
                Self::lit(c)
            }
        }
    };
}

lane! { f64 }
lane! { f32 }

fn widened<F: Real, const FMA: bool>(x: &[Lane<F, FMA>]) -> Partials<f64> {
    x.iter().map(|each| each.0.widened()).collect()
}

impl<F: fmt::Display, const FMA: bool> fmt::Display for Lane<F, FMA> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<F: fmt::Debug, const FMA: bool> fmt::Debug for Lane<F, FMA> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
