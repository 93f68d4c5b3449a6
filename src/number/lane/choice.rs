//! The ops that choose, as selects instead of branches. To the bit what the row's own code gives.

use super::real::Real;

#[inline(always)]
pub(super) fn max<F: Real>(a: F, b: F) -> F {
    let larger = if a < b { b } else { a };
    // Of two equal numbers that differ, which are ±0, the one without the sign.
    of_equal_or_nan(a, b, larger, a.and(b))
}

#[inline(always)]
pub(super) fn min<F: Real>(a: F, b: F) -> F {
    let smaller = if a > b { b } else { a };
    of_equal_or_nan(a, b, smaller, a.or(b))
}

#[inline(always)]
fn of_equal_or_nan<F: Real>(a: F, b: F, chosen: F, tie: F) -> F {
    let chosen = if a == b { tie } else { chosen };
    if is_nan(b) && !is_nan(a) { b } else { chosen }
}

#[inline(always)]
#[allow(clippy::eq_op)]
fn is_nan<F: Real>(a: F) -> bool {
    a != a
}

#[inline(always)]
pub(super) fn signum<F: Real>(a: F) -> F {
    // 0 for ±0, NaN for NaN.
    let sign = if a < F::of(0.0) { F::of(-1.0) } else { a.abs() };
    if a > F::of(0.0) { F::of(1.0) } else { sign }
}

/// 1 where `a > b`, 0 where `a < b`, `tie` where they are equal, NaN for NaN.
#[inline(always)]
pub(super) fn heaviside<F: Real>(a: F, b: F, tie: f64) -> F {
    let level = if a == b { F::of(tie) } else { F::of(f64::NAN) };
    let level = if a < b { F::of(0.0) } else { level };
    if a > b { F::of(1.0) } else { level }
}

#[inline(always)]
pub(super) fn relu<F: Real>(a: F) -> F {
    if a <= F::of(0.0) { F::of(0.0) } else { a }
}

#[inline(always)]
pub(super) fn select<F: Real>(a: F, b: F, c: F) -> F {
    if a > F::of(0.0) { b } else { c }
}

#[inline(always)]
pub(super) fn softsign<F: Real>(a: F) -> F {
    let size = a.abs();
    let ratio = a / (F::of(1.0) + size);
    if size == F::of(f64::INFINITY) { F::of(1.0).copysign(a) } else { ratio }
}
