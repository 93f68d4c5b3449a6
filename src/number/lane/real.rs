//! What the functions of a lane need of the float underneath: its bits, taken apart and put together without a branch,
//! and the coefficients that its precision asks for.
//!
//! Everything here is arithmetic and bit operations of the same width, because AVX2 and SSE2 cannot convert between `f64` and
//! `i64`: a whole number is added to 1.5 · 2⁵², and is then found in the low bits of the sum.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// `f64` or `f32`.
pub(crate) trait Real:
    Copy
    + PartialOrd
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// Between -`EXP_MOST` and this, `exp` does more than overflow or vanish, its slowest underflow included.
    const EXP_MOST: f64;
    /// From a little below this on, sinh and cosh overflow; two powers of two below it, nothing does.
    const COSH_MOST: f64;
    /// Below this, `exp(x) - 1` and sinh are x.
    const TINY: f64;
    /// From here on, tanh rounds to 1.
    const TANH_MOST: f64;
    /// ln 2, cut so that its product with any exponent is exact.
    const LN_2_HIGH: f64;
    /// What `LN_2_HIGH` lacks.
    const LN_2_LOW: f64;
    /// log₁₀ 2, cut likewise.
    const LOG10_2_HIGH: f64;
    /// What `LOG10_2_HIGH` lacks.
    const LOG10_2_LOW: f64;
    /// q in `exp(r) = 1 + r + r² q(r)` for |r| ≤ ½ ln 2.
    const EXP: &'static [Self];
    /// p in `ln((1 + s) / (1 - s)) = 2s + s z p(z)` with z = s².
    const LN: &'static [Self];
    /// p in `sin(r) = r + r z p(z)` with z = r², |r| ≤ π/4.
    const SIN: &'static [Self];
    /// p in `cos(r) = 1 - z/2 + z² p(z)` with z = r², |r| ≤ π/4.
    const COS: &'static [Self];
    /// 2ᵐ + 1, m half the digits: times this, a number falls apart into two halves (Dekker 1971).
    const HALVES: f64;

    fn of(c: f64) -> Self;
    fn widened(self) -> f64;
    fn sqrt(self) -> Self;
    fn abs(self) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn trunc(self) -> Self;
    fn copysign(self, sign: Self) -> Self;
    fn fused(self, factor: Self, summand: Self) -> Self;
    /// The bits that both have.
    fn and(self, other: Self) -> Self;
    /// The bits that either has.
    fn or(self, other: Self) -> Self;
    /// The nearest whole number, for numbers far below 2⁵¹ (2²²).
    fn rounded(self) -> Self;
    /// 2ⁿ for a whole `n` between the least and the greatest exponent of a normal number.
    fn two_to(n: Self) -> Self;
    /// `(m, k)` with `m 2ᵏ` the number, √½ ≤ m < √2, for positive finite numbers, subnormal ones too.
    fn mantissa_and_exponent(self) -> (Self, Self);
    /// `(r, n)` with `r = x - n π/2`, |r| ≤ π/4, n whole, for |x| up to [`LIMIT`](super::LIMIT).
    fn quarter_turns<const FMA: bool>(self) -> (Self, Self);
    /// The sine after `n` quarter turns, from the sine and the cosine before.
    fn turned(n: Self, sin: Self, cos: Self) -> Self;
}

macro_rules! real {
    ($F:ident, $Bits:ident, digits $digits:literal, bias $bias:literal, $($rest:item)*) => {
        // The coefficients stand as they were published.
        #[allow(clippy::excessive_precision)]
        impl Real for $F {
            $($rest)*

            #[inline(always)]
            fn of(c: f64) -> $F {
                c as $F
            }
            #[inline(always)]
            fn widened(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn sqrt(self) -> $F {
                $F::sqrt(self)
            }
            #[inline(always)]
            fn abs(self) -> $F {
                $F::abs(self)
            }
            #[inline(always)]
            fn floor(self) -> $F {
                $F::floor(self)
            }
            #[inline(always)]
            fn ceil(self) -> $F {
                $F::ceil(self)
            }
            #[inline(always)]
            fn trunc(self) -> $F {
                $F::trunc(self)
            }
            #[inline(always)]
            fn copysign(self, sign: $F) -> $F {
                $F::copysign(self, sign)
            }
            #[inline(always)]
            fn fused(self, factor: $F, summand: $F) -> $F {
                $F::mul_add(self, factor, summand)
            }
            #[inline(always)]
            fn and(self, other: $F) -> $F {
                $F::from_bits(self.to_bits() & other.to_bits())
            }
            #[inline(always)]
            fn or(self, other: $F) -> $F {
                $F::from_bits(self.to_bits() | other.to_bits())
            }
            #[inline(always)]
            fn rounded(self) -> $F {
                const WHOLE: $F = 1.5 * (1_u64 << $digits) as $F;
                (self + WHOLE) - WHOLE
            }
            #[inline(always)]
            fn two_to(n: $F) -> $F {
                const WHOLE: $F = 1.5 * (1_u64 << $digits) as $F + $bias;
                $F::from_bits((n + WHOLE).to_bits() << $digits)
            }
            #[inline(always)]
            fn mantissa_and_exponent(self) -> ($F, $F) {
                const WHOLE: $F = (1_u64 << $digits) as $F;
                const LOWEST: $Bits = std::$F::consts::FRAC_1_SQRT_2.to_bits();
                const FRACTION: $Bits = (1 << $digits) - 1;
                let subnormal = self < $F::MIN_POSITIVE;
                let x = if subnormal { self * (4.0 * WHOLE) } else { self };
                let bits = x.to_bits().wrapping_add((1.0 as $F).to_bits() - LOWEST);
                let exponent = $F::from_bits((bits >> $digits) | WHOLE.to_bits()) - (WHOLE + $bias);
                let mantissa = $F::from_bits((bits & FRACTION).wrapping_add(LOWEST));
                (mantissa, exponent - if subnormal { $digits as $F + 2.0 } else { 0.0 })
            }
            #[inline(always)]
            fn quarter_turns<const FMA: bool>(self) -> ($F, $F) {
                let n = (self * std::$F::consts::FRAC_2_PI).rounded();
                let turns = -f64::from(n);
                // π/2 in two parts of 33 bits and one of 53, from fdlibm (Sun 1993): products with n are exact up to 2²⁰.
                let near = fma::<f64, FMA>(turns, 1.570_796_326_734_125_6, f64::from(self));
                let r = fma::<f64, FMA>(turns, 6.077_100_506_303_966e-11, near);
                // What the last rounding lost; too little to be seen in an `f32`.
                let lost = if $digits > 23 { fma::<f64, FMA>(turns, 6.077_100_506_303_966e-11, near - r) } else { 0.0 };
                // Subtracted, so that -0 stays.
                let rest = fma::<f64, FMA>(-turns, 2.022_266_248_795_950_6e-21, -lost);
                ((r - rest) as $F, n)
            }
            #[inline(always)]
            fn turned(n: $F, sin: $F, cos: $F) -> $F {
                const WHOLE: $F = 1.5 * (1_u64 << $digits) as $F;
                let turns = (n + WHOLE).to_bits();
                let odd = (0 as $Bits).wrapping_sub(turns & 1);
                let sign = (turns & 2) << ($Bits::BITS - 2);
                $F::from_bits(((sin.to_bits() & !odd) | (cos.to_bits() & odd)) ^ sign)
            }
        }
    };
}

real! { f64, u64, digits 52, bias 1023.0,
    const EXP_MOST: f64 = 746.0;
    const COSH_MOST: f64 = 710.6;
    const TINY: f64 = f64::EPSILON / 8.0;
    const TANH_MOST: f64 = 20.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const LOG10_2_HIGH: f64 = 3.010_299_956_636_117_7e-1;
    const LOG10_2_LOW: f64 = 3.694_239_077_158_931e-13;
    // Minimax for |r| up to 0.3473, by Remez' algorithm in 60 digits: relative error 2e-17.
    const EXP: &'static [f64] = &[
        0.500_000_000_000_000_6, 0.166_666_666_666_666_85, 0.041_666_666_666_572_684, 0.008_333_333_333_314_364,
        0.001_388_888_893_275_202_7, 1.984_126_990_362_174e-4, 2.480_150_393_974_511e-5, 2.755_722_735_120_419_4e-6,
        2.762_654_597_455_625e-7, 2.511_468_397_947_725e-8,
    ];
    // fdlibm's e_log.c (Sun 1993).
    const LN: &'static [f64] = &[
        6.666_666_666_666_735e-1, 3.999_999_999_940_942e-1, 2.857_142_874_366_239e-1, 2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1, 1.531_383_769_920_937_3e-1, 1.479_819_860_511_658_6e-1,
    ];
    // fdlibm's k_sin.c and k_cos.c (Sun 1993).
    const SIN: &'static [f64] = &[
        -1.666_666_666_666_663_2e-1, 8.333_333_333_322_49e-3, -1.984_126_982_985_795e-4, 2.755_731_370_707_007e-6,
        -2.505_076_025_340_686_3e-8, 1.589_690_995_211_55e-10,
    ];
    const COS: &'static [f64] = &[
        4.166_666_666_666_66e-2, -1.388_888_888_887_411e-3, 2.480_158_728_947_673e-5, -2.755_731_435_139_066_3e-7,
        2.087_572_321_298_174_8e-9, -1.135_964_755_778_819_5e-11,
    ];
    const HALVES: f64 = 134_217_729.0;
}

real! { f32, u32, digits 23, bias 127.0,
    const EXP_MOST: f64 = 104.0;
    const COSH_MOST: f64 = 89.7;
    const TINY: f64 = f32::EPSILON as f64 / 8.0;
    const TANH_MOST: f64 = 10.0;
    const LN_2_HIGH: f64 = 0.693_359_375;
    const LN_2_LOW: f64 = -2.121_944_400_546_905_7e-4;
    const LOG10_2_HIGH: f64 = 3.010_253_906_25e-1;
    const LOG10_2_LOW: f64 = 4.605_038_981_195_214e-6;
    // Minimax for |r| up to 0.3473, by Remez' algorithm in 60 digits: relative error 1.4e-8.
    const EXP: &'static [f32] = &[0.500_000_006, 0.166_665_42, 0.041_666_28, 0.008_366_698, 0.001_394_664_7];
    // FreeBSD's e_logf.c (Sun 1993, Schultz).
    const LN: &'static [f32] = &[0.666_666_63, 0.400_009_72, 0.284_987_87, 0.242_790_79];
    // Cephes' sinf.c (Moshier 1992).
    const SIN: &'static [f32] = &[-1.666_665_461_1e-1, 8.332_160_873_6e-3, -1.951_529_589_1e-4];
    const COS: &'static [f32] = &[4.166_664_568_298_827e-2, -1.388_731_625_493_765e-3, 2.443_315_711_809_948e-5];
    const HALVES: f64 = 4097.0;
}

/// `a b + c`: rounded once with `FMA`, else twice. The compiler never fuses by itself.
#[inline(always)]
pub(super) fn fma<F: Real, const FMA: bool>(a: F, b: F, c: F) -> F {
    if FMA { a.fused(b, c) } else { a * b + c }
}

/// The polynomial with `coefficients` from the constant on, two or more. Even and odd powers are two chains that the
/// processor runs side by side (Knuth, *The Art of Computer Programming* 2, 4.6.4).
#[inline(always)]
pub(super) fn polynomial<F: Real, const FMA: bool>(x: F, coefficients: &'static [F]) -> F {
    let square = x * x;
    let mut place = coefficients.len() - 2;
    let (mut above, mut below) = (coefficients[place + 1], coefficients[place]);
    while place >= 2 {
        above = fma::<F, FMA>(above, square, coefficients[place - 1]);
        below = fma::<F, FMA>(below, square, coefficients[place - 2]);
        place -= 2;
    }
    let sum = fma::<F, FMA>(above, x, below);
    if place == 1 { fma::<F, FMA>(sum, x, coefficients[0]) } else { sum }
}

/// `x` held within the bounds; NaN stays NaN.
#[inline(always)]
pub(super) fn held<F: Real>(x: F, low: f64, high: f64) -> F {
    let x = if F::of(low) > x { F::of(low) } else { x };
    if F::of(high) < x { F::of(high) } else { x }
}

/// `a b` and what its rounding lost (Dekker, Numerische Mathematik 18, 1971). Unless one of them is near overflow.
#[inline(always)]
pub(super) fn product_and_rest<F: Real, const FMA: bool>(a: F, b: F) -> (F, F) {
    let product = a * b;
    if FMA {
        return (product, a.fused(b, -product));
    }
    let halves = |x: F| {
        let wide = F::of(F::HALVES) * x;
        let high = wide - (wide - x);
        (high, x - high)
    };
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    let rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, rest)
}
