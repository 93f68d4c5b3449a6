//! Sine, cosine and tangent, without branches or tables.
//!
//! `x = n π/2 + r` with |r| ≤ π/4 by Cody & Waite's reduction (1980, chapter 8), which holds up to [`LIMIT`]; then fdlibm's
//! (Sun Microsystems 1993) or Cephes' (Moshier 1992) polynomials, and what `n` modulo 4 says.

use super::LIMIT;
use super::real::{Real, fma, polynomial};

/// `(sin x, cos x)`; both NaN beyond [`LIMIT`].
#[inline(always)]
fn both<F: Real, const FMA: bool>(x: F) -> (F, F) {
    let (r, n) = x.quarter_turns::<FMA>();
    let z = r * r;
    let odd = fma::<F, FMA>(r, z * polynomial::<F, FMA>(z, F::SIN), r).copysign(r);
    let half = F::of(0.5) * z;
    let even = F::of(1.0) - fma::<F, FMA>(-(z * z), polynomial::<F, FMA>(z, F::COS), half);
    let inside = x.abs() <= F::of(LIMIT);
    let sin = F::turned(n, odd, even);
    let cos = F::turned(n + F::of(1.0), odd, even);
    let nan = F::of(f64::NAN);
    (if inside { sin } else { nan }, if inside { cos } else { nan })
}

#[inline(always)]
pub(super) fn sin<F: Real, const FMA: bool>(x: F) -> F {
    both::<F, FMA>(x).0
}

#[inline(always)]
pub(super) fn cos<F: Real, const FMA: bool>(x: F) -> F {
    both::<F, FMA>(x).1
}

#[inline(always)]
pub(super) fn tan<F: Real, const FMA: bool>(x: F) -> F {
    let (sin, cos) = both::<F, FMA>(x);
    sin / cos
}
