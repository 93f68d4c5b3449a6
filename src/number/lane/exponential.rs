//! The exponential function and its relatives, without branches or tables.
//!
//! `x = n ln 2 + r` with |r| ≤ ½ ln 2, `exp(x) = 2ⁿ exp(r)`: Cody & Waite, *Software Manual for the Elementary Functions*
//! (1980), chapter 6; Muller, *Elementary Functions* (3rd ed. 2016), chapter 11.

use super::real::{Real, fma, held, polynomial, product_and_rest};

/// `(p, n)` with `exp(x) = 2ⁿ (1 + p)`. `p` keeps its digits where it is small.
#[inline(always)]
fn parts<F: Real, const FMA: bool>(x: F) -> (F, F) {
    let n = (x * F::of(std::f64::consts::LOG2_E)).rounded();
    let r = fma::<F, FMA>(n, F::of(-F::LN_2_LOW), fma::<F, FMA>(n, F::of(-F::LN_2_HIGH), x));
    (reduced::<F, FMA>(r), n)
}

/// `exp(r) - 1` for |r| ≤ ½ ln 2.
#[inline(always)]
fn reduced<F: Real, const FMA: bool>(r: F) -> F {
    fma::<F, FMA>(r * r, polynomial::<F, FMA>(r, F::EXP), r)
}

/// `y 2ⁿ`, rounded once, for exponents up to twice those of a normal number.
#[inline(always)]
fn scaled<F: Real>(y: F, n: F) -> F {
    let half = (n * F::of(0.5)).rounded();
    y * F::two_to(half) * F::two_to(n - half)
}

/// `(exp(x) - 1) / 2` for x from -40 to [`Real::COSH_MOST`].
#[inline(always)]
fn half_exp_m1<F: Real, const FMA: bool>(x: F) -> F {
    let (p, n) = parts::<F, FMA>(x);
    // A power lower by one more, since that of the result may itself overflow.
    let scale = F::two_to(n - F::of(2.0));
    F::of(2.0) * fma::<F, FMA>(scale, p, scale - F::of(0.25))
}

/// `x` where it is so small that the function is x itself, ±0 and subnormal numbers included; else `y`.
#[inline(always)]
fn or_tiny<F: Real>(x: F, y: F) -> F {
    if x.abs() < F::of(F::TINY) { x } else { y }
}

#[inline(always)]
pub(super) fn exp<F: Real, const FMA: bool>(x: F) -> F {
    let (p, n) = parts::<F, FMA>(held(x, -F::EXP_MOST, F::EXP_MOST));
    scaled(F::of(1.0) + p, n)
}

#[inline(always)]
pub(super) fn exp2<F: Real, const FMA: bool>(x: F) -> F {
    let x = held(x, -1.5 * F::EXP_MOST, 1.5 * F::EXP_MOST);
    let n = x.rounded();
    scaled(F::of(1.0) + reduced::<F, FMA>((x - n) * F::of(std::f64::consts::LN_2)), n)
}

#[inline(always)]
pub(super) fn exp_m1<F: Real, const FMA: bool>(x: F) -> F {
    let half = half_exp_m1::<F, FMA>(held(x, -40.0, F::COSH_MOST));
    or_tiny(x, F::of(2.0) * half)
}

#[inline(always)]
pub(super) fn sinh<F: Real, const FMA: bool>(x: F) -> F {
    let half = half_exp_m1::<F, FMA>(held(x.abs(), 0.0, F::COSH_MOST));
    let rest = half / (F::of(2.0) * half + F::of(1.0));
    // Beyond the overflow the rest is ∞ / ∞.
    let sum = if half < F::of(f64::INFINITY) { half + rest } else { half };
    or_tiny(x, sum.copysign(x))
}

#[inline(always)]
pub(super) fn cosh<F: Real, const FMA: bool>(x: F) -> F {
    let (p, n) = parts::<F, FMA>(held(x.abs(), 0.0, F::COSH_MOST));
    let half = scaled(F::of(1.0) + p, n - F::of(1.0));
    half + F::of(0.25) / half
}

#[inline(always)]
pub(super) fn tanh<F: Real, const FMA: bool>(x: F) -> F {
    // tanh(a) = -e / (e + 2) with e = exp(-2a) - 1.
    let half = half_exp_m1::<F, FMA>(F::of(-2.0) * held(x.abs(), 0.0, F::TANH_MOST));
    or_tiny(x, (half / (half + F::of(1.0))).copysign(x))
}

#[inline(always)]
pub(super) fn sech_squared<F: Real, const FMA: bool>(x: F) -> F {
    let (p, n) = parts::<F, FMA>(held(F::of(-2.0) * x.abs(), -F::EXP_MOST - 2.0, 0.0));
    let e = F::of(1.0) + p;
    // (1 + e)², without the rounding of 1 + e, which the square would double.
    let small = scaled(e, n);
    let square = fma::<F, FMA>(small, F::of(2.0) + small, F::of(1.0));
    scaled(e / square, n + F::of(2.0))
}

#[inline(always)]
pub(super) fn sigmoid<F: Real, const FMA: bool>(x: F) -> F {
    let e = exp::<F, FMA>(-x.abs());
    let share = if x < F::of(0.0) { e } else { F::of(1.0) };
    share / (F::of(1.0) + e)
}

/// `x sigmoid(x)`, with the factor x in before the scale, so that nothing is subnormal too soon.
#[inline(always)]
pub(super) fn silu<F: Real, const FMA: bool>(x: F) -> F {
    let bounded = held(x, -F::EXP_MOST - 10.0, f64::INFINITY);
    let (p, n) = parts::<F, FMA>(held(-bounded.abs(), -F::EXP_MOST - 10.0, 0.0));
    let negative = x < F::of(0.0);
    let share = if negative { fma::<F, FMA>(p, bounded, bounded) } else { bounded };
    let quotient = share / (F::of(1.0) + scaled(F::of(1.0) + p, n));
    scaled(quotient, if negative { n } else { F::of(0.0) })
}

/// `x tanh(ln(1 + w))` with w = exp(x), which is `x w (w + 2) / (w (w + 2) + 2)`, in terms of exp(-|x|).
#[inline(always)]
pub(super) fn mish<F: Real, const FMA: bool>(x: F) -> F {
    let (one, two) = (F::of(1.0), F::of(2.0));
    let bounded = held(x, -F::EXP_MOST - 10.0, f64::INFINITY);
    let (p, n) = parts::<F, FMA>(held(-bounded.abs(), -F::EXP_MOST - 10.0, 0.0));
    let e = scaled(one + p, n);
    let negative = x < F::of(0.0);
    let grown = fma::<F, FMA>(two, e, one);
    let above = if negative { fma::<F, FMA>(p, e + two, e + two) } else { grown };
    let below = if negative { fma::<F, FMA>(e, e + two, two) } else { fma::<F, FMA>(two * e, e, grown) };
    scaled(bounded * (above / below), if negative { n } else { F::of(0.0) })
}

/// `exp(-b a²)`; what the rounding of the exponent lost returns as a factor.
#[inline(always)]
pub(super) fn gaussian<F: Real, const FMA: bool>(a: F, b: F) -> F {
    let (square, lost) = product_and_rest::<F, FMA>(a, a);
    let (exponent, lost_again) = product_and_rest::<F, FMA>(-b, square);
    let bell = exp::<F, FMA>(exponent);
    let rest = lost_again - b * lost;
    // Where something overflowed, the bell is 0 or ∞ and the rest is none.
    if (rest.abs() < F::of(1.0)) & (bell < F::of(f64::INFINITY)) { fma::<F, FMA>(bell, rest, bell) } else { bell }
}
