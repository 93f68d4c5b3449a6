//! Powers with a small whole exponent, which is what most powers of a formula are. All of them are computed, and the right one
//! is chosen.

use super::real::Real;

/// Whether this is an exponent for [`power`] and [`power_below`].
#[inline(always)]
pub(super) fn is_usual<F: Real>(n: F) -> bool {
    (n >= F::of(-1.0)) & (n <= F::of(4.0)) & (n.rounded() == n)
}

/// `aⁿ` for n from -1 to 4; else NaN.
#[inline(always)]
pub(super) fn power<F: Real>(a: F, n: F) -> F {
    let square = a * a;
    choose(n, [F::of(1.0) / a, F::of(1.0), a, square, square * a, square * square])
}

/// `a^(n - 1)` for n from -1 to 4, and 0 for a = n = 0; else NaN.
#[inline(always)]
pub(super) fn power_below<F: Real>(a: F, n: F) -> F {
    let square = a * a;
    let inverse = F::of(1.0) / a;
    let at_zero = if a == F::of(0.0) { a.abs() } else { inverse };
    choose(n, [inverse / a, at_zero, F::of(1.0), a, square, square * a])
}

#[inline(always)]
fn choose<F: Real>(n: F, powers: [F; 6]) -> F {
    let mut chosen = F::of(f64::NAN);
    let mut place = -1.0;
    for power in powers {
        chosen = if n == F::of(place) { power } else { chosen };
        place += 1.0;
    }
    chosen
}
