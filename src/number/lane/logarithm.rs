//! Logarithms, without branches or tables.
//!
//! `x = 2ᵏ (1 + f)` with √½ ≤ 1 + f < √2, and `ln(1 + f)` as a series in `s = f / (2 + f)`: fdlibm's `e_log.c` (Sun
//! Microsystems 1993); Muller, *Elementary Functions* (3rd ed. 2016), chapter 11.

use super::exponential::exp;
use super::real::{Real, fma, polynomial};

/// `(f, g, k)` with `ln x = k ln 2 + (f + g)` and |g| much smaller than |f|, for positive finite x.
#[inline(always)]
fn parts<F: Real, const FMA: bool>(x: F) -> (F, F, F) {
    let (mantissa, k) = x.mantissa_and_exponent();
    let f = mantissa - F::of(1.0);
    (f, beyond_first::<F, FMA>(f), k)
}

/// `ln(1 + f) - f` for √½ ≤ 1 + f < √2, and a little beyond.
#[inline(always)]
fn beyond_first<F: Real, const FMA: bool>(f: F) -> F {
    let s = f / (F::of(2.0) + f);
    let z = s * s;
    let half_square = F::of(0.5) * f * f;
    let series = z * polynomial::<F, FMA>(z, F::LN);
    s * (half_square + series) - half_square
}

/// `y`, the logarithm of x as computed, and what stands in its place at the edges.
#[inline(always)]
fn with_edges<F: Real>(x: F, y: F) -> F {
    let infinity = F::of(f64::INFINITY);
    let at_edge = if x == F::of(0.0) { -infinity } else { F::of(f64::NAN) };
    let y = if x < infinity { y } else { x };
    if x > F::of(0.0) { y } else { at_edge }
}

/// `ln x + rest` for positive finite x.
#[inline(always)]
fn ln_plus<F: Real, const FMA: bool>(x: F, rest: F) -> F {
    let (f, more, k) = parts::<F, FMA>(x);
    let low = fma::<F, FMA>(k, F::of(F::LN_2_LOW), more) + rest;
    fma::<F, FMA>(k, F::of(F::LN_2_HIGH), f + low)
}

#[inline(always)]
pub(super) fn ln<F: Real, const FMA: bool>(x: F) -> F {
    with_edges(x, ln_plus::<F, FMA>(x, F::of(0.0)))
}

#[inline(always)]
pub(super) fn log2<F: Real, const FMA: bool>(x: F) -> F {
    let (f, more, k) = parts::<F, FMA>(x);
    with_edges(x, fma::<F, FMA>(f + more, F::of(std::f64::consts::LOG2_E), k))
}

#[inline(always)]
pub(super) fn log10<F: Real, const FMA: bool>(x: F) -> F {
    let (f, more, k) = parts::<F, FMA>(x);
    let low = fma::<F, FMA>(f + more, F::of(std::f64::consts::LOG10_E), k * F::of(F::LOG10_2_LOW));
    with_edges(x, fma::<F, FMA>(k, F::of(F::LOG10_2_HIGH), low))
}

/// `ln(1 + x)`: what the rounding of the sum lost returns as a summand.
#[inline(always)]
pub(super) fn ln_1p<F: Real, const FMA: bool>(x: F) -> F {
    let one = F::of(1.0);
    let sum = one + x;
    let lost = if x < one { x - (sum - one) } else { one - (sum - x) };
    with_edges(sum, ln_plus::<F, FMA>(sum, lost / sum)).copysign(x)
}

/// `ln(1 + exp(x))`.
#[inline(always)]
pub(super) fn softplus<F: Real, const FMA: bool>(x: F) -> F {
    let (zero, half) = (F::of(0.0), F::of(0.5));
    let e = exp::<F, FMA>(-x.abs());
    // 1 + e = 2ᵏ (1 + f), with hardly a rounding.
    let large = e > F::of(std::f64::consts::SQRT_2 - 1.0);
    let f = if large { half * e - half } else { e };
    let k = if large { F::of(1.0) } else { zero };
    let low = fma::<F, FMA>(k, F::of(F::LN_2_LOW), beyond_first::<F, FMA>(f));
    let rest = fma::<F, FMA>(k, F::of(F::LN_2_HIGH), f + low);
    rest + if x < zero { zero } else { x }
}
