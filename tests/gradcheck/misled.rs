//! Traps by which the checker was once misled: each was refused though right, let be though wrong, or not called by its name.

use crate::trap::{Trap, Truth::*};
use std::cell::Cell;

/// All of them, anew: some have a memory.
pub fn traps() -> Vec<Trap> {
    [tiny_points(), large_points(), stairs(), beside_kinks(), abrupt(), rare()].into_iter().flatten().collect()
}

/// Beside a tiny `x`, the rounding of terms as large as `f / x` would excuse anything.
fn tiny_points() -> Vec<Trap> {
    let kind = "scale of the point";
    let mut traps = Vec::new();
    for x in [1e-12, 1e-16, 1e-100, -1e-13] {
        for factor in [1.0005, -1.0, 0.0] {
            let name = format!("exp at {x:e}, times {factor}");
            traps.push(Trap::new(kind, name, Wrong, f64::exp, move |x| factor * x.exp(), x));
        }
        traps.push(Trap::new(kind, format!("exp at {x:e}"), Right, f64::exp, f64::exp, x));
    }
    // The textbook's slope loses half of its digits here, which is no reason to refuse it.
    let sinc = |x: f64| x.sin() / x;
    let textbook = |x: f64| (x * x.cos() - x.sin()) / (x * x);
    traps.push(Trap::new(kind, "sin(x) / x at 1e-4", HiddenRight, sinc, textbook, 1e-4));
    traps.push(Trap::new(kind, "sin(x) / x at 1e-4, times 1.0005", Wrong, sinc, move |x| 1.0005 * textbook(x), 1e-4));
    traps
}

/// What the last place of a large `x` could blur, were it lost inside, is not blurred in a function of `x` itself.
fn large_points() -> Vec<Trap> {
    let kind = "scale of the point";
    let mut traps = Vec::new();
    for x in [1e10, 1e11] {
        traps.push(Trap::new(kind, format!("sin at {x:e}"), Right, f64::sin, f64::cos, x));
        traps.push(Trap::new(kind, format!("sin at {x:e}, sign"), Wrong, f64::sin, |x| -x.cos(), x));
        traps.push(Trap::new(
            kind,
            format!("exp(x - {x:e}) there"),
            Right,
            move |y| (y - x).exp(),
            move |y| (y - x).exp(),
            x,
        ));
    }
    // The last place of 1e7 x looks like a jump.
    let wave = |x: f64| (1e7 * x).sin();
    traps.push(Trap::new("oscillation", "sin(1e7 x) at 0.1", Right, wave, |x| 1e7 * (1e7 * x).cos(), 0.1));
    let wrong = |x: f64| 1.0005e7 * (1e7 * x).cos();
    traps.push(Trap::new("oscillation", "sin(1e7 x) at 0.1, times 1.0005", Wrong, wave, wrong, 0.1));
    // Sums inside round more than their value does.
    let sum = |x: f64| [0.8, -0.1, -1.279, x, -0.1, -1.7].iter().fold(1.3, |sum, each| sum + each);
    traps.push(Trap::new("rounding inside", "a sum of seven", Right, sum, |_| 1.0, 1.37));
    traps.push(Trap::new("rounding inside", "a sum of seven, times 1.0001", Wrong, sum, |_| 1.0001, 1.37));
    traps
}

/// Of a stair the slope on its treads or the one across may be meant, and no other.
fn stairs() -> Vec<Trap> {
    let kind = "rounding inside";
    let root = |tolerance: f64| {
        move |x: f64| {
            let (mut low, mut high) = (-10.0, 10.0);
            while high - low > tolerance {
                let middle: f64 = 0.5 * (low + high);
                *if middle.powi(3) + middle > x { &mut high } else { &mut low } = middle;
            }
            0.5 * (low + high)
        }
    };
    let slope = move |x: f64| 1.0 / (3.0 * root(1e-15)(x).powi(2) + 1.0);
    let mut traps = Vec::new();
    for tolerance in [1e-4, 1e-6] {
        for (factor, truth) in [(1.0, HiddenRight), (2.0, Wrong), (-1.0, Wrong)] {
            let name = format!("a root by bisection to {tolerance:e}, times {factor}");
            traps.push(Trap::new(kind, name, truth, root(tolerance), move |x| factor * slope(x), 0.5));
        }
    }
    // At 10, single precision of the argument makes higher steps than that of the value.
    let single = |x: f64| f64::from(x as f32).sin();
    let of_value = |x: f64| f64::from((x as f32).exp());
    for (factor, truth) in [(1.0, HiddenRight), (1.1, Wrong), (-1.0, Wrong)] {
        let name = |of: &str| format!("{of} of a single at 10, times {factor}");
        traps.push(Trap::new(kind, name("sin"), truth, single, move |x| factor * x.cos(), 10.0));
        traps.push(Trap::new(kind, name("exp"), truth, of_value, move |x| factor * x.exp(), 10.0));
    }
    // Rough at every step, but no wave has so small a slope.
    let rough = |x: f64| {
        let bits = x.to_bits().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bits = (bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x.sin() + 1e-3 * ((bits >> 11) as f64 / (1u64 << 53) as f64 - 0.5)
    };
    traps.push(Trap::new(kind, "sin x, and 1e-3 at random", HiddenRight, rough, f64::cos, 0.7));
    traps.push(Trap::new(kind, "sin x, and 1e-3 at random, sign", Wrong, rough, |x| -x.cos(), 0.7));
    traps
}

/// On the flat side of a kink or of a cusp the slope is 0, and nothing else.
fn beside_kinks() -> Vec<Trap> {
    let kind = "flat";
    let rectifier = |at: f64| move |x: f64| (x - at).max(0.0);
    let root = |x: f64| (x - 1.0).max(0.0).sqrt();
    let mut traps = Vec::new();
    for (at, distance) in [(1.0, 1e-4), (1.0, 1e-6), (100.0, 1e-2), (-2.5, 1e-5)] {
        let x = at - distance;
        traps.push(Trap::new(
            kind,
            format!("{distance:e} below a rectifier at {at}"),
            Right,
            rectifier(at),
            |_| 0.0,
            x,
        ));
        let name = format!("{distance:e} below a rectifier at {at}, claim 1");
        traps.push(Trap::new(kind, name, Wrong, rectifier(at), |_| 1.0, x));
    }
    for distance in [1e-2, 1e-5] {
        traps.push(Trap::new(kind, format!("{distance:e} below a root"), Right, root, |_| 0.0, 1.0 - distance));
    }
    traps
}

/// Kinks and slopes without bound that show at some steps only.
fn abrupt() -> Vec<Trap> {
    let kind = "kink";
    let mut traps = Vec::new();
    for (name, claim) in [("the slope above", 1.0), ("the slope below", 0.0)] {
        // From afar it is a step.
        let held = |x: f64| (x - 1e6).clamp(0.0, 1.0);
        traps.push(Trap::new(kind, format!("held within 1e6 and 1e6 + 1, {name}"), Neither, held, move |_| claim, 1e6));
        // Beside 1, steps below 1e-14 show nothing.
        let bent = |x: f64| (x - 1e-9).exp() + (x - 1e-9).max(0.0);
        let name = format!("exp(x) + a rectifier at 1e-9, {name}");
        traps.push(Trap::new(kind, name, Neither, bent, move |_| 1.0 + claim, 1e-9));
    }
    for x in [0.0, 1.0, 1e6] {
        let logarithm = move |y: f64| if y == x { 0.0 } else { (y - x) * (y - x).abs().ln() };
        let claim = |_| f64::NEG_INFINITY;
        traps.push(Trap::new(kind, format!("x ln|x|, moved to {x}"), Neither, logarithm, claim, x));
    }
    traps
}

/// Functions and derivatives that seldom change between calls.
fn rare() -> Vec<Trap> {
    let kind = "memory";
    let every = |count: u32| {
        let calls = Cell::new(0);
        move || {
            calls.set(calls.get() + 1);
            if u32::is_multiple_of(calls.get(), count) { 1e-7 } else { 0.0 }
        }
    };
    let mut traps = Vec::new();
    for count in [3, 4, 5, 7] {
        let (of_value, of_slope) = (every(count), every(count));
        let name = |what: &str| format!("1e-7 at every {count}th call of the {what}");
        traps.push(Trap::new(kind, name("value"), Wrong, move |x| x.sin() + of_value(), f64::cos, 0.7));
        traps.push(Trap::new(kind, name("slope"), Wrong, f64::sin, move |x| x.cos() + of_slope(), 0.7));
    }
    traps
}
