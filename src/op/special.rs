//! Careful code behind single rows of the table: values that the textbook formula would round
//! away or overflow, in plain `f64`, and the few choices inside partials, on any number.

use super::{lit, one, sum, zero};
use crate::rule::{Partials, Scalar};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// 1/√(2π), the height of the normal density.
pub(super) const FRAC_1_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// What `FRAC_1_SQRT_2` lacks of 1/√2.
const FRAC_1_SQRT_2_REST: f64 = -4.833_646_656_726_457e-17;

// ---- choices inside partials, on any number -------------------------------------------------

/// `then` where `condition > 0`, else `otherwise`.
#[inline(always)]
pub(super) fn if_positive<S: Scalar>(condition: S, then: S, otherwise: S) -> S {
    condition.select(then, otherwise)
}

/// `value`, but NaN where `outside > 0`: a value that is NaN must not have a finite slope.
#[inline(always)]
pub(super) fn nan_above_zero<S: Scalar>(outside: S, value: S) -> S {
    outside.select(lit(f64::NAN), value)
}

/// `a` held where every smooth activation has long reached its asymptote, so that `∞ · 0` does
/// not arise in its slope.
#[inline(always)]
pub(super) fn bounded<S: Scalar>(a: S) -> S {
    a.clamp(lit(-1e4), lit(1e4))
}

/// Whether `a` is finite and not 0: where `a⁰` has a slope, which is 0, and a mixed derivative, which is not.
#[inline(always)]
pub(super) fn is_regular(a: f64) -> bool {
    a != 0.0 && a.is_finite()
}

/// Slope of `y = aᵇ` in the exponent: `y ln a`, and 0 where `a = 0` and `b ≥ 0`.
#[inline(always)]
pub(super) fn power_log<S: Scalar>(a: S, b: S, y: S) -> S {
    let base_is_zero = one::<S>() - a.abs().step();
    let exponent_is_not_negative = one::<S>() - (-b).step();
    let both = base_is_zero * exponent_is_not_negative;
    both.select(zero(), y * a.ln())
}

/// `aⁿ` for a whole `n`, which it does not depend on.
#[inline(always)]
pub(super) fn integer_power<S: Scalar>(a: S, n: S) -> S {
    S::apply::<super::Powi, 2>([a, n])
}

/// Slope of `y = a^(b - 1)` in the base. For `b < ½`, where `b - 1` is rounded, through `y / a`.
#[inline(always)]
pub(super) fn slope_of_power_below<S: Scalar>(a: S, b: S, y: S) -> S {
    let below = b - one();
    ((lit::<S>(0.5) - b) * a.abs()).select(below * (y / a), below * a.power_below(below))
}

/// For each element the product of all others, without a division, so that zeros do no harm.
pub(super) fn products_of_others<S: Scalar>(x: &[S]) -> Partials<S> {
    let mut others: Partials<S> = x.iter().map(|_| one()).collect();
    let mut before = one::<S>();
    for (other, &each) in others.iter_mut().zip(x) {
        *other = before;
        before *= each;
    }
    let mut behind = one::<S>();
    for (other, &each) in others.iter_mut().zip(x).rev() {
        *other *= behind;
        behind *= each;
    }
    others
}

/// `exp(xᵢ) / Σ exp(xⱼ)` for each element. A share above ½ is 1 minus the others: its own slope,
/// share times the rest, would otherwise be lost to cancellation.
pub(super) fn shares<S: Scalar>(x: &[S]) -> Partials<S> {
    let Some(largest) = x.iter().copied().reduce(|a, b| a.max(b)) else { return Partials::new() };
    // A whole number is a flat shift; the bounds are for infinite elements.
    let shift = largest.floor().clamp(lit(f64::MIN), lit(f64::MAX));
    let weights: Partials<S> = x.iter().map(|&each| (each - shift).min(lit(2.0)).exp()).collect();
    let total = sum(&weights).max(lit(0.5));
    let shares: Partials<S> = weights.iter().map(|&weight| weight / total).collect();
    let excess: Partials<S> = shares.iter().map(|&share| share - lit(0.5)).collect();
    let minor: Partials<S> = excess.iter().zip(&shares).map(|(excess, &share)| excess.select(zero(), share)).collect();
    let major = one::<S>() - sum(&minor);
    excess.iter().zip(&shares).map(|(excess, &share)| excess.select(major, share)).collect()
}

/// `xᵢ / y` for each element, where `y` is the length of all, and 0 where it is 0. One whose square is
/// well above ½ is computed from the others, as in [`shares`]: only one can be, while the squares of two equal
/// elements are both ½, give or take a rounding.
pub(super) fn cosines<S: Scalar>(x: &[S], y: S) -> Partials<S> {
    let cosines: Partials<S> = x.iter().map(|&each| y.select(each / y, each * y)).collect();
    let squares: Partials<S> = cosines.iter().map(|&cosine| cosine * cosine).collect();
    let excess: Partials<S> = squares.iter().map(|&square| square - lit(0.6)).collect();
    let minor: Partials<S> =
        excess.iter().zip(&squares).map(|(excess, &square)| excess.select(zero(), square)).collect();
    let major = (one::<S>() - sum(&minor)).sqrt();
    excess.iter().zip(&cosines).map(|(excess, &cosine)| excess.select(cosine.signum() * major, cosine)).collect()
}

// ---- values ---------------------------------------------------------------------------------

/// `aⁿ`. Small exponents multiply; the others go through `powf`, which unlike `powi` is rounded
/// to within an ulp for every exponent.
#[inline]
pub(super) fn powi(a: f64, n: f64) -> f64 {
    match n {
        0.0 => 1.0,
        1.0 => a,
        2.0 => a * a,
        3.0 => a * a * a,
        -1.0 => 1.0 / a,
        _ => a.powf(n),
    }
}

#[inline]
pub(super) fn power_below(a: f64, b: f64) -> f64 {
    match b {
        0.0 if a == 0.0 => 0.0,
        0.0 => 1.0 / a,
        1.0 => 1.0,
        2.0 => a,
        3.0 => a * a,
        // b - 1 would be rounded, and the rounding multiplied by ln a.
        _ if b < 0.5 && is_regular(a) => a.powf(b) / a,
        _ => a.powf(b - 1.0),
    }
}

#[inline]
pub(super) fn direction(a: f64, b: f64) -> f64 {
    let length = a.hypot(b);
    if a.is_infinite() && b.is_finite() {
        a.signum()
    } else if length > 0.0 {
        a / length
    } else {
        0.0 * length
    }
}

#[inline]
pub(super) fn sech_squared(a: f64) -> f64 {
    let e = (-2.0 * a.abs()).exp();
    4.0 * e / ((1.0 + e) * (1.0 + e))
}

#[inline]
pub(super) fn sigmoid(a: f64) -> f64 {
    let e = (-a.abs()).exp();
    if a >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}

#[inline]
pub(super) fn softplus(a: f64) -> f64 {
    (-a.abs()).exp().ln_1p() + if a < 0.0 { 0.0 } else { a }
}

#[inline]
pub(super) fn silu(a: f64) -> f64 {
    if a > -700.0 || a.is_nan() {
        a * sigmoid(a)
    } else {
        // Here sigmoid(a) = exp(a) is subnormal before a restores some of its digits.
        exp_times(a, a)
    }
}

/// `exp(a) · factor` for very negative `a`, without a subnormal in between; 0 at -∞.
fn exp_times(a: f64, factor: f64) -> f64 {
    let half = (0.5 * a).exp();
    if half == 0.0 { -0.0 } else { half * factor * half }
}

#[inline]
pub(super) fn mish(a: f64) -> f64 {
    // tanh(ln(1 + w)) = w(w + 2) / (w(w + 2) + 2) with w = exp(a), in terms of exp(-|a|).
    if a >= 0.0 {
        let e = (-a).exp();
        a * ((1.0 + 2.0 * e) / (1.0 + 2.0 * e + 2.0 * e * e))
    } else if a > -700.0 || a.is_nan() {
        let e = a.exp();
        a * (e * (e + 2.0) / (e * (e + 2.0) + 2.0))
    } else {
        exp_times(a, a)
    }
}

#[inline]
pub(super) fn softsign(a: f64) -> f64 {
    if a.is_infinite() { a.signum() } else { a / (1.0 + a.abs()) }
}

pub(super) fn gaussian(a: f64, b: f64) -> f64 {
    let square = a * a;
    let bell = (-b * square).exp();
    if bell == 0.0 || bell == f64::INFINITY || square == 0.0 {
        return bell;
    }
    // What a² and b a² lost to rounding is lost in the exponent, and returns as a factor.
    let rest = b.mul_add(a.mul_add(a, -square), b.mul_add(square, -(b * square)));
    bell - bell * rest
}

pub(super) fn normal_cdf(a: f64) -> f64 {
    let z = -a * FRAC_1_SQRT_2;
    if !(-6.0..26.6).contains(&z) {
        return 0.5 * libm::erfc(z);
    }
    // erfc magnifies the rounding of its argument by 2z²; one Newton step takes it back.
    let rest = (-a).mul_add(FRAC_1_SQRT_2, -z) - a * FRAC_1_SQRT_2_REST;
    0.5 * (libm::erfc(z) - FRAC_2_SQRT_PI * rest * (-z * z).exp())
}

pub(super) fn gelu(a: f64) -> f64 {
    if a == f64::NEG_INFINITY { -0.0 } else { a * normal_cdf(a) }
}

#[inline]
pub(super) fn signum(a: f64) -> f64 {
    if a > 0.0 {
        1.0
    } else if a < 0.0 {
        -1.0
    } else {
        // 0 for ±0, NaN for NaN.
        a.abs()
    }
}

#[inline]
pub(super) fn step(a: f64) -> f64 {
    heaviside_or(a, 0.0, 0.0)
}

#[inline]
pub(super) fn heaviside(a: f64, b: f64) -> f64 {
    heaviside_or(a, b, 0.5)
}

#[inline]
fn heaviside_or(a: f64, b: f64, tie: f64) -> f64 {
    if a > b {
        1.0
    } else if a < b {
        0.0
    } else if a == b {
        tie
    } else {
        f64::NAN
    }
}

#[inline]
pub(super) fn max(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b {
        a
    } else if a < b {
        b
    } else {
        tie_or_nan(a, b, a.is_sign_positive())
    }
}

#[inline]
pub(super) fn min(a: f64, b: f64) -> f64 {
    if a.is_nan() || a < b {
        a
    } else if a > b {
        b
    } else {
        tie_or_nan(a, b, a.is_sign_negative())
    }
}

/// Of two equal numbers the first or the second (which matters for ±0); NaN if `b` is.
#[inline]
fn tie_or_nan(a: f64, b: f64, first: bool) -> f64 {
    if first && !b.is_nan() { a } else { b }
}

#[inline]
pub(super) fn clamp(a: f64, low: f64, high: f64) -> f64 {
    min(max(a, low), high)
}

#[inline]
pub(super) fn relu(a: f64) -> f64 {
    if a <= 0.0 { 0.0 } else { a }
}

pub(super) fn dot(x: &[f64]) -> f64 {
    let (left, right) = x.split_at(x.len() / 2);
    if left.len() == right.len() { total(left.iter().zip(right).map(|(a, b)| a * b)) } else { f64::NAN }
}

/// Slopes of [`dot`]: each half is that of the other.
pub(super) fn other_halves<S: Scalar>(x: &[S]) -> Partials<S> {
    let (left, right) = x.split_at(x.len() / 2);
    if left.len() == right.len() {
        right.iter().chain(left).copied().collect()
    } else {
        x.iter().map(|_| lit(f64::NAN)).collect()
    }
}

/// The sum, and 0 for none, where that of std is -0.
pub(super) fn total(x: impl Iterator<Item = f64>) -> f64 {
    x.reduce(|sum, each| sum + each).unwrap_or(0.0)
}

pub(super) fn log_sum_exp(x: &[f64]) -> f64 {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, max);
    if largest.is_infinite() {
        return largest;
    }
    // The largest itself counts 1, which ln_1p adds without rounding.
    let place = x.iter().position(|&each| each == largest);
    let others = x.iter().enumerate().filter(|&(i, _)| Some(i) != place).map(|(_, each)| (each - largest).exp());
    largest + others.sum::<f64>().ln_1p()
}

pub(super) fn norm(x: &[f64]) -> f64 {
    let largest = x.iter().map(|each| each.abs()).fold(0.0, max);
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    // A power of two scales without rounding.
    let scale = 2.0_f64.powi(-(largest.log2().floor() as i32).clamp(-1000, 1000));
    x.iter().map(|each| each * scale).map(|each| each * each).sum::<f64>().sqrt() / scale
}
