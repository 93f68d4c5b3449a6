//! The derivatives of the logarithm of the gamma function, in every order.

use std::f64::consts::PI;

/// Even Bernoulli numbers B₂, B₄, …, B₂₀.
const BERNOULLI: [f64; 10] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43867.0 / 798.0,
    -174611.0 / 330.0,
];

/// The positive root of ψ, and what the rounded number lacks of it.
const DIGAMMA_ROOT: [f64; 2] = [1.461_632_144_968_362_2, 9.549_995_429_965_697e-17];

/// ψ(x) / (x - root) on [1, 2], a polynomial in `x - 3/2`, highest power first: Chebyshev fit by
/// mpmath, within 2e-17.
const DIGAMMA_NEAR_ROOT: [f64; 22] = [
    -0.000_173_122_618_027_273_94,
    0.000_259_684_821_264_307_47,
    -0.000_151_485_868_367_733_65,
    0.000_227_233_166_098_737_6,
    -0.000_482_199_053_056_678_9,
    0.000_723_326_627_928_755_4,
    -0.001_037_637_409_841_860_4,
    0.001_556_631_747_448_683_8,
    -0.002_345_267_632_540_769,
    0.003_519_006_401_502_276,
    -0.005_279_964_873_257_405,
    0.007_926_944_646_403_797,
    -0.011_908_218_001_568_644,
    0.017_907_252_439_451_2,
    -0.026_975_796_756_138_25,
    0.040_760_833_812_420_74,
    -0.061_922_133_273_064_534,
    0.094_988_724_454_941_22,
    -0.148_404_923_053_908_84,
    0.240_542_484_240_774_2,
    -0.423_627_421_281_460_5,
    0.951_055_876_031_833,
];

/// ψ(x), with its digits near its positive root: steps of 1 lead to [1, 2], or the series holds.
pub(super) fn digamma(x: f64) -> f64 {
    if !(0.0 < x && x < 10.0) {
        return polygamma(x, 0.0);
    }
    let mut at = x;
    let mut steps = 0.0;
    while at > 2.0 {
        at -= 1.0;
        steps += 1.0 / at;
    }
    if at < 1.0 {
        steps -= 1.0 / at;
        at += 1.0;
    }
    let quotient = DIGAMMA_NEAR_ROOT.iter().fold(0.0, |sum, coefficient| sum * (at - 1.5) + coefficient);
    (at - DIGAMMA_ROOT[0] - DIGAMMA_ROOT[1]) * quotient + steps
}

/// ψ⁽ⁿ⁾(x): recurrence up to where the asymptotic series holds, reflection for negative `x`
/// (Abramowitz & Stegun 1964, 6.4.6, 6.4.7, 6.4.11). NaN at a pole and for `n` that is no count.
pub(super) fn polygamma(x: f64, n: f64) -> f64 {
    if n < 0.0 || n.fract() != 0.0 || n > 100.0 || x.is_nan() || (x <= 0.0 && x.fract() == 0.0) {
        return f64::NAN;
    }
    let order = n as i32;
    let odd = if order % 2 == 0 { -1.0 } else { 1.0 };
    if x < 0.0 {
        return -odd * polygamma(1.0 - x, n) - PI.powi(order + 1) * cotangent_derivative(x, order);
    }
    let factorial = |count: i32| (1..=count).map(f64::from).product::<f64>();
    // The fewer steps, the less is lost; from 8 + n on the series is exact to rounding. Small terms first.
    let steps = (8.0 + n - x).ceil().max(0.0);
    let at = x + steps;
    let below: f64 = (0..steps as i32).rev().map(|step| (x + f64::from(step)).powi(-order - 1)).sum();
    let mut coefficient = factorial(order);
    let mut series = match order {
        0 => -at.ln() + 0.5 / at,
        _ => coefficient / n / at.powi(order) + 0.5 * coefficient / at.powi(order + 1),
    };
    // (2k + n - 1)! / (2k)!, from its predecessor.
    coefficient = factorial(order + 1) / 2.0;
    for (k, bernoulli) in (1..).zip(BERNOULLI) {
        let m = 2 * k;
        series += bernoulli * coefficient / at.powi(m + order);
        coefficient *= f64::from((m + order) * (m + order + 1)) / f64::from((m + 1) * (m + 2));
    }
    odd * (series + factorial(order) * below)
}

/// The `order`-th derivative of the cotangent at `πx`, a polynomial in the cotangent there.
fn cotangent_derivative(x: f64, order: i32) -> f64 {
    let cotangent = 1.0 / (PI * (x - x.round())).tan();
    let mut polynomial = vec![0.0, 1.0];
    for _ in 0..order {
        let mut next = vec![0.0; polynomial.len() + 1];
        for (power, coefficient) in polynomial.iter().enumerate().skip(1) {
            let slope = -coefficient * power as f64;
            next[power - 1] += slope;
            next[power + 1] += slope;
        }
        polynomial = next;
    }
    // Not from 0, which an infinite cotangent would make NaN.
    polynomial.iter().rev().copied().reduce(|sum, coefficient| sum * cotangent + coefficient).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use std::f64::consts::LN_2;

    #[test]
    fn polygamma_agrees_with_tables() {
        // Abramowitz & Stegun, tables 6.1 and 6.2, and the reflection at -½ worked by hand.
        assert_relative_eq!(polygamma(1.0, 0.0), -0.577_215_664_901_532_9, max_relative = 1e-15);
        assert_relative_eq!(polygamma(1.0, 1.0), PI * PI / 6.0, max_relative = 1e-15);
        assert_relative_eq!(polygamma(0.5, 0.0), -0.577_215_664_901_532_9 - 2.0 * LN_2, max_relative = 1e-15);
        // Near its root the absolute error counts.
        assert_relative_eq!(polygamma(-0.5, 0.0), 0.036_489_973_978_576_52, epsilon = 1e-15);
        assert_relative_eq!(polygamma(-0.5, 2.0), polygamma(0.5, 2.0) + 16.0, max_relative = 1e-13);
        assert!(polygamma(-3.0, 0.0).is_nan());
        // Beside the pole, where the value is too large for f64.
        assert_eq!((digamma(-5e-324), digamma(5e-324)), (f64::INFINITY, f64::NEG_INFINITY));
        assert_eq!((polygamma(-5e-324, 1.0), polygamma(-5e-324, 2.0)), (f64::INFINITY, f64::INFINITY));
    }
}
