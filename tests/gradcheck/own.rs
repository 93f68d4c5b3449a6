//! Traps of the same kinds as those of the file, with other functions, constants and scales.

use crate::trap::{Trap, Truth::*};
use std::cell::Cell;

/// All of them, anew: some have a memory.
pub fn traps() -> Vec<Trap> {
    let parts =
        [scales(), inputs(), roundings(), edges(), waves(), flats(), kinks(), jumps(), memories(), many(), small()];
    parts.into_iter().flatten().collect()
}

/// Right and wrong claims of functions far from 1.
fn scales() -> Vec<Trap> {
    let kind = "scale of the function";
    let scaled = |c: f64, factor: f64, truth| {
        let name = format!("{c:e} sin x, claim times {factor}");
        Trap::new(kind, name, truth, move |x| c * x.sin(), move |x| factor * c * x.cos(), 0.7)
    };
    let mut traps = Vec::new();
    for c in [1e-30, 1e-14, 1e14, 1e30, 1e-300, 1e300] {
        traps.push(scaled(c, 1.0, Right));
        traps.push(scaled(c, -1.0, Wrong));
        traps.push(scaled(c, 1.0003, Wrong));
    }
    traps
}

/// Points far from 1.
fn inputs() -> Vec<Trap> {
    let kind = "scale of the point";
    vec![
        Trap::new(kind, "sqrt at 1e-12", Right, f64::sqrt, |x| 0.5 / x.sqrt(), 1e-12),
        Trap::new(kind, "sqrt at 1e-12, times 1.001", Wrong, f64::sqrt, |x| 0.5005 / x.sqrt(), 1e-12),
        Trap::new(kind, "1/x at 1e-9", Right, f64::recip, |x| -1.0 / (x * x), 1e-9),
        Trap::new(kind, "1/x at 1e-9, sign", Wrong, f64::recip, |x| 1.0 / (x * x), 1e-9),
        Trap::new(kind, "sin at 1e9", Right, f64::sin, f64::cos, 1e9),
        Trap::new(kind, "sin at 1e9, times 1.0001", Wrong, f64::sin, |x| 1.0001 * x.cos(), 1e9),
        Trap::new(kind, "x³ at 1e9", Right, |x| x * x * x, |x| 3.0 * x * x, 1e9),
        Trap::new(kind, "x³ at 1e9, times 1.00002", Wrong, |x| x * x * x, |x| 3.00006 * x * x, 1e9),
        Trap::new(kind, "ln at 1e200", Right, f64::ln, f64::recip, 1e200),
        Trap::new(kind, "exp at 1e-12", Right, f64::exp, f64::exp, 1e-12),
        Trap::new(kind, "tanh(x / 1e-9) at 0", Right, |x| (x / 1e-9).tanh(), |_| 1e9, 0.0),
        Trap::new(kind, "tanh(x / 1e-9) at 0, times 2", Wrong, |x| (x / 1e-9).tanh(), |_| 2e9, 0.0),
        Trap::new(kind, "exp(-1e-9 x) at 0.7", Right, |x| (-1e-9 * x).exp(), |x| -1e-9 * (-1e-9 * x).exp(), 0.7),
        Trap::new(kind, "exp(-1e-9 x) at 0.7, sign", Wrong, |x| (-1e-9 * x).exp(), |x| 1e-9 * (-1e-9 * x).exp(), 0.7),
    ]
}

/// Where digits are lost: offsets, cancellation, single precision inside.
fn roundings() -> Vec<Trap> {
    let kind = "rounding inside";
    let single = |x: f64| f64::from((x as f32).sin());
    let mixed = |x: f64| x + f64::from((x as f32).sin());
    vec![
        Trap::new(kind, "1e12 + x", HiddenRight, |x| 1e12 + x, |_| 1.0, 0.7),
        Trap::new(kind, "1e12 + x, times 2", Wrong, |x| 1e12 + x, |_| 2.0, 0.7),
        Trap::new(kind, "1e12 + x, times 1.01", HiddenWrong, |x| 1e12 + x, |_| 1.01, 0.7),
        Trap::new(kind, "1e8 + sin x", HiddenRight, |x| 1e8 + x.sin(), f64::cos, 0.7),
        Trap::new(kind, "1e8 + sin x, times 1.001", Wrong, |x| 1e8 + x.sin(), |x| 1.001 * x.cos(), 0.7),
        Trap::new(kind, "1 + 1e-20 sin x", HiddenRight, |x| 1.0 + 1e-20 * x.sin(), |x| 1e-20 * x.cos(), 0.7),
        Trap::new(kind, "1 + 1e-20 sin x, sign", HiddenWrong, |x| 1.0 + 1e-20 * x.sin(), |x| -1e-20 * x.cos(), 0.7),
        Trap::new(kind, "1 + 1e-7 sin x, sign", Wrong, |x| 1.0 + 1e-7 * x.sin(), |x| -1e-7 * x.cos(), 0.7),
        Trap::new(kind, "1 - cos x at 1e-5", HiddenRight, |x| 1.0 - x.cos(), f64::sin, 1e-5),
        Trap::new(kind, "1 - cos x at 1e-5, times 3", Wrong, |x| 1.0 - x.cos(), |x| 3.0 * x.sin(), 1e-5),
        Trap::new(kind, "(x + 1e8) - 1e8", HiddenRight, |x| (x + 1e8) - 1e8, |_| 1.0, 0.7),
        Trap::new(kind, "sin in single precision", HiddenRight, single, f64::cos, 0.7),
        Trap::new(kind, "sin in single precision, times 1.01", Wrong, single, |x| 1.01 * x.cos(), 0.7),
        Trap::new(kind, "sin in single precision, times 1.001", HiddenWrong, single, |x| 1.001 * x.cos(), 0.3),
        Trap::new(kind, "x + sin in single precision", HiddenRight, mixed, |x| 1.0 + x.cos(), 0.7),
        Trap::new(kind, "x + sin in single precision, times 1.01", HiddenWrong, mixed, |x| 1.01 * (1.0 + x.cos()), 0.7),
        Trap::new(kind, "x² of a rounded x", HiddenRight, |x| f64::from(x as f32).powi(2), |x| 2.0 * x, 0.7),
        Trap::new(kind, "cos at π, whose slope is rounding", HiddenRight, f64::cos, |x| -x.sin(), std::f64::consts::PI),
        Trap::new(kind, "tanh at 15", HiddenRight, f64::tanh, |x| x.cosh().powi(-2), 15.0),
        Trap::new(kind, "tanh at 15, times 2", HiddenWrong, f64::tanh, |x| 2.0 * x.cosh().powi(-2), 15.0),
    ]
}

/// Ends of domains, beside the point and at it.
fn edges() -> Vec<Trap> {
    let kind = "end of the domain";
    let near_one = |x: f64| 1.0 / ((1.0 - x) * (1.0 + x)).sqrt();
    let beyond_one = |x: f64| 1.0 / ((x - 1.0) * (x + 1.0)).sqrt();
    vec![
        Trap::new(kind, "ln at 1e-12", Right, f64::ln, f64::recip, 1e-12),
        Trap::new(kind, "ln at 1e-300", Right, f64::ln, f64::recip, 1e-300),
        Trap::new(kind, "ln at 1e-12, times 1.0001", Wrong, f64::ln, |x| 1.0001 / x, 1e-12),
        Trap::new(kind, "asin at 1 - 1e-6", Right, f64::asin, near_one, 1.0 - 1e-6),
        Trap::new(kind, "asin at 1 - 1e-6, times 1.001", Wrong, f64::asin, move |x| 1.001 * near_one(x), 1.0 - 1e-6),
        Trap::new(kind, "acosh at 1 + 1e-9", HiddenRight, f64::acosh, beyond_one, 1.0 + 1e-9),
        Trap::new(kind, "acosh at 1 + 1e-9, times 1.1", Wrong, f64::acosh, move |x| 1.1 * beyond_one(x), 1.0 + 1e-9),
        Trap::new(kind, "atanh at 0.999999", Right, f64::atanh, |x| 1.0 / ((1.0 - x) * (1.0 + x)), 0.999999),
        Trap::new(kind, "sqrt at 0", Neither, f64::sqrt, |x| 0.5 / x.sqrt(), 0.0),
        Trap::new(kind, "x√x at 0, defined to one side", Neither, |x| x * x.sqrt(), |x| 1.5 * x.sqrt(), 0.0),
        Trap::new(kind, "NaN above 1, at 1", Neither, |x| if x > 1.0 { f64::NAN } else { x * x }, |x| 2.0 * x, 1.0),
        Trap::new(kind, "NaN at every step beyond 1e-4", Right, near_only, f64::cos, 0.7),
        Trap::new(kind, "NaN at every step beyond 1e-4, sign", Wrong, near_only, |x| -x.cos(), 0.7),
        Trap::new(kind, "infinite at the point", Wrong, f64::recip, |_| 0.0, 0.0),
        Trap::new(kind, "an infinite claim of a finite slope", Wrong, f64::sin, |_| f64::INFINITY, 0.7),
    ]
}

fn near_only(x: f64) -> f64 {
    if (x - 0.7).abs() > 1e-4 { f64::NAN } else { x.sin() }
}

/// Functions that repeat themselves.
fn waves() -> Vec<Trap> {
    let kind = "oscillation";
    let wave = |speed: f64, factor: f64, truth, x: f64| {
        let name = format!("sin({speed:e} x) at {x}, claim times {factor}");
        Trap::new(kind, name, truth, move |x| (speed * x).sin(), move |x| factor * speed * (speed * x).cos(), x)
    };
    let turns = 2.0 * std::f64::consts::PI;
    vec![
        wave(1e3, 1.0, Right, 0.7),
        wave(1e6, 1.0, Right, 0.7),
        wave(1e6, 1.01, Wrong, 0.7),
        wave(1e8, 1.0, HiddenRight, 0.7),
        wave(1e8, 2.0, Wrong, 0.7),
        wave(64.0 * turns, 1.0, Right, 0.3),
        wave(64.0 * turns, 0.0, Wrong, 0.3),
        wave(1e4, 1.0, Right, 0.0),
        wave(1e10, 1.0, Right, 0.0),
        Trap::new(
            kind,
            "x + 1e-3 sin(1e5 x)",
            Right,
            |x| x + 1e-3 * (1e5 * x).sin(),
            |x| 1.0 + 1e2 * (1e5 * x).cos(),
            0.7,
        ),
        Trap::new(kind, "x + 1e-3 sin(1e5 x), without the wave", Wrong, |x| x + 1e-3 * (1e5 * x).sin(), |_| 1.0, 0.7),
        Trap::new(
            kind,
            "x² sin(1/x) at 0.01",
            Right,
            |x| x * x * (1.0 / x).sin(),
            |x| 2.0 * x * (1.0 / x).sin() - (1.0 / x).cos(),
            0.01,
        ),
    ]
}

/// Slopes that are 0, or nearly.
fn flats() -> Vec<Trap> {
    let kind = "flat";
    let bump = |x: f64| if x == 0.0 { 0.0 } else { (-1.0 / (x * x)).exp() };
    vec![
        Trap::new(kind, "a constant", Right, |_| 1e9, |_| 0.0, 2.0),
        Trap::new(kind, "a constant, claim 1e-9", Wrong, |_| 3.0, |_| 1e-9, 2.0),
        Trap::new(kind, "x⁹ at 0", Right, |x| x.powi(9), |_| 0.0, 0.0),
        Trap::new(kind, "x⁹ at 1e-3", Right, |x| x.powi(9), |x| 9.0 * x.powi(8), 1e-3),
        Trap::new(kind, "x⁹ at 1e-3, times 1.001", Wrong, |x| x.powi(9), |x| 9.009 * x.powi(8), 1e-3),
        Trap::new(kind, "exp(-1/x²) at 0", Right, bump, |_| 0.0, 0.0),
        Trap::new(kind, "exp(-1/x²) at 0, claim 1", Wrong, bump, |_| 1.0, 0.0),
        Trap::new(kind, "exp(-1/x²) at 0.1", Right, bump, move |x| 2.0 / (x * x * x) * bump(x), 0.1),
        Trap::new(kind, "cos at 0", Right, f64::cos, |x| -x.sin(), 0.0),
        Trap::new(kind, "cos at 0, claim 1e-3", Wrong, f64::cos, |_| 1e-3, 0.0),
        Trap::new(kind, "a parabola at its foot", Right, |x| (x - 3.0).powi(2), |x| 2.0 * (x - 3.0), 3.0),
        Trap::new(kind, "exp at -700", Right, f64::exp, f64::exp, -700.0),
        Trap::new(kind, "x|x| at 0", Right, |x| x * x.abs(), |x| 2.0 * x.abs(), 0.0),
    ]
}

fn kinks() -> Vec<Trap> {
    let kind = "kink";
    let soft = |x: f64| ((x - 0.7) * (x - 0.7) + 1e-12).sqrt();
    vec![
        Trap::new(kind, "|x - 3| at 3, claim 1", Neither, |x| (x - 3.0).abs(), |_| 1.0, 3.0),
        Trap::new(kind, "|x - 3| at 3, claim 0.3", Neither, |x| (x - 3.0).abs(), |_| 0.3, 3.0),
        Trap::new(kind, "|x - 3| at 3, claim 7, of no side", Wrong, |x| (x - 3.0).abs(), |_| 7.0, 3.0),
        Trap::new(kind, "1e-20 |x| at 0", Neither, |x| 1e-20 * x.abs(), |_| 0.0, 0.0),
        Trap::new(kind, "1e20 |x| at 0", Neither, |x| 1e20 * x.abs(), |_| 1e20, 0.0),
        Trap::new(kind, "a kink at distance 1e-9", Neither, |x| (x - 1e-9).abs(), |_| -1.0, 0.0),
        Trap::new(kind, "a kink at distance 1e-9 from 2", Neither, |x| (x - 2.0 - 1e-9).abs(), |_| -1.0, 2.0),
        Trap::new(kind, "exp(x) or 1, the larger, at 0", Neither, |x| x.exp().max(1.0), |_| 1.0, 0.0),
        Trap::new(kind, "leaky relu at 0", Neither, |x| if x > 0.0 { x } else { 0.01 * x }, |_| 0.01, 0.0),
        Trap::new(
            kind,
            "a faint kink: sin x + 1e-3 |x - 1| at 1",
            Neither,
            |x| x.sin() + 1e-3 * (x - 1.0).abs(),
            f64::cos,
            1.0,
        ),
        Trap::new(kind, "a kink at distance 0.2", Right, |x| (x - 0.5).abs(), |_| 1.0, 0.7),
        Trap::new(kind, "a kink at distance 0.2, sign", Wrong, |x| (x - 0.5).abs(), |_| -1.0, 0.7),
        Trap::new(kind, "a kink at distance 1e-3", Right, |x| (x - 0.699).abs(), |_| 1.0, 0.7),
        Trap::new(kind, "a kink at distance 1e-3, sign", Wrong, |x| (x - 0.699).abs(), |_| -1.0, 0.7),
        Trap::new(kind, "√|x| at 0, a cusp", Neither, |x| x.abs().sqrt(), |_| 0.0, 0.0),
        Trap::new(kind, "cbrt at 0, infinite slope", Neither, f64::cbrt, |_| f64::INFINITY, 0.0),
        Trap::new(kind, "nearly a kink, but round", Right, soft, move |x| (x - 0.7) / soft(x), 0.7),
        Trap::new(kind, "nearly a kink, beside", Right, soft, move |x| (x - 0.7) / soft(x), 0.7 + 1e-6),
        Trap::new(kind, "nearly a kink, beside, claim 1", Wrong, soft, |_| 1.0, 0.7 + 1e-6),
    ]
}

fn jumps() -> Vec<Trap> {
    let kind = "jump";
    vec![
        Trap::new(kind, "floor at 2", Neither, f64::floor, |_| 0.0, 2.0),
        Trap::new(kind, "floor at 2, claim 1", Neither, f64::floor, |_| 1.0, 2.0),
        Trap::new(kind, "the sign of x at 0", Neither, |x| if x == 0.0 { 0.0 } else { x.signum() }, |_| 0.0, 0.0),
        Trap::new(kind, "floor at 2.5", Right, f64::floor, |_| 0.0, 2.5),
        Trap::new(kind, "floor at 2.5, claim 1", Wrong, f64::floor, |_| 1.0, 2.5),
        Trap::new(
            kind,
            "sin x + a step at distance 1e-9",
            Neither,
            |x| x.sin() + if x < 0.7 { 0.0 } else { 1e-3 },
            f64::cos,
            0.7 + 1e-9,
        ),
        Trap::new(
            kind,
            "sin x + a step at the point",
            Neither,
            |x| x.sin() + if x < 0.7 { 0.0 } else { 10.0 },
            f64::cos,
            0.7,
        ),
        Trap::new(kind, "a step of 1e-20", Neither, |x| if x < 0.0 { 0.0 } else { 1e-20 }, |_| 0.0, 0.0),
        Trap::new(kind, "a step of 1e20 at 1e9", Neither, |x| if x < 1e9 { 0.0 } else { 1e20 }, |_| 0.0, 1e9),
        Trap::new(kind, "a step at distance 0.1", Right, |x| x.sin() + if x < 0.6 { 0.0 } else { 5.0 }, f64::cos, 0.7),
        Trap::new(
            kind,
            "a step at distance 0.1, sign",
            Wrong,
            |x| x.sin() + if x < 0.6 { 0.0 } else { 5.0 },
            |x| -x.cos(),
            0.7,
        ),
        Trap::new(kind, "floor(1e3 x) / 1e3 at 0.70052", HiddenRight, |x| (1e3 * x).floor() / 1e3, |_| 0.0, 0.70052),
    ]
}

/// Functions and derivatives that change from call to call.
fn memories() -> Vec<Trap> {
    let kind = "memory";
    let counter = || {
        let calls = Cell::new(0u32);
        move || {
            calls.set(calls.get() + 1);
            calls.get()
        }
    };
    let (count, slow, seldom, backward) = (counter(), counter(), counter(), counter());
    let last = Cell::new(0.0);
    let memo = Cell::new(None);
    vec![
        Trap::new(kind, "1e-13 more at each call", Wrong, move |x| x.sin() + 1e-13 * f64::from(count()), f64::cos, 0.7),
        Trap::new(
            kind,
            "another value after the tenth call",
            Wrong,
            move |x| x.sin() + if slow() > 9 { 1e-6 } else { 0.0 },
            f64::cos,
            0.7,
        ),
        Trap::new(kind, "the value of the call before", Wrong, move |x| last.replace(x.sin()), f64::cos, 0.7),
        Trap::new(
            kind,
            "the value of the first call, kept",
            Wrong,
            move |x: f64| {
                memo.get().unwrap_or_else(|| {
                    memo.set(Some(x.sin()));
                    x.sin()
                })
            },
            f64::cos,
            0.7,
        ),
        Trap::new(
            kind,
            "the last place of every other call",
            Wrong,
            move |x| x.sin() * (1.0 + f64::EPSILON * f64::from(seldom() % 2)),
            f64::cos,
            0.7,
        ),
        Trap::new(
            kind,
            "a derivative with a memory",
            Wrong,
            f64::sin,
            move |x| x.cos() * (1.0 + 1e-15 * f64::from(backward())),
            0.7,
        ),
    ]
}

/// One wrong partial among many.
fn many() -> Vec<Trap> {
    let kind = "one of many";
    let n = 1000;
    let squares = |factor: f64, truth| {
        let x: Vec<f64> = (0..n).map(|i| 0.5 + (i as f64 * 0.37).sin()).collect();
        let gradient = move |x: &[f64]| {
            x.iter().enumerate().map(|(i, x)| if i == 777 { factor * 2.0 * x } else { 2.0 * x }).collect()
        };
        Trap::of_many(
            kind,
            format!("1000 squares, one partial times {factor}"),
            truth,
            |x| x.iter().map(|x| x * x).sum(),
            gradient,
            x,
        )
    };
    let rosenbrock =
        |x: &[f64]| x.windows(2).map(|w| (1.0 - w[0]).powi(2) + 100.0 * (w[1] - w[0] * w[0]).powi(2)).sum();
    let chain = |wrong: Option<usize>| {
        move |x: &[f64]| {
            let mut gradient = vec![0.0; x.len()];
            for i in 0..x.len() - 1 {
                gradient[i] += -2.0 * (1.0 - x[i]) - 400.0 * x[i] * (x[i + 1] - x[i] * x[i]);
                gradient[i + 1] += 200.0 * (x[i + 1] - x[i] * x[i]);
            }
            if let Some(i) = wrong {
                gradient[i] = -gradient[i];
            }
            gradient
        }
    };
    let x: Vec<f64> = (0..50).map(|i| (i as f64 * 0.9).cos()).collect();
    // Partials of 1e-9 and of 1e9 side by side.
    let ranges = |x: &[f64]| 1e-9 * x[0].sin() + 1e9 * x[1].sin();
    let claims = |factor: f64| move |x: &[f64]| vec![factor * 1e-9 * x[0].cos(), 1e9 * x[1].cos()];
    vec![
        squares(1.0, Right),
        squares(1.0 + 1e-7, Wrong),
        squares(1.001, Wrong),
        Trap::of_many(kind, "Rosenbrock in 50 variables", Right, rosenbrock, chain(None), x.clone()),
        Trap::of_many(kind, "Rosenbrock in 50 variables, a sign", Wrong, rosenbrock, chain(Some(20)), x),
        Trap::of_many(kind, "1e-9 sin x + 1e9 sin y", HiddenRight, ranges, claims(1.0), vec![0.7, 0.3]),
        Trap::of_many(kind, "1e-9 sin x + 1e9 sin y, a sign", HiddenWrong, ranges, claims(-1.0), vec![0.7, 0.3]),
        Trap::of_many(
            kind,
            "x / y, partials of y forgets the square",
            Wrong,
            |x| x[0] / x[1],
            |x| vec![1.0 / x[1], -x[0] / x[1]],
            vec![2.0, 3.0],
        ),
        Trap::of_many(
            kind,
            "x y / y, whose second partial is rounding",
            HiddenRight,
            |x| x[0] * x[1] / x[1],
            |x| vec![1.0, x[0] / x[1] - x[0] * x[1] / (x[1] * x[1])],
            vec![0.7, 0.3],
        ),
    ]
}

/// Claims that are nearly right.
fn small() -> Vec<Trap> {
    let kind = "little wrong";
    vec![
        Trap::new(kind, "sin, times 1 + 1e-7", Wrong, f64::sin, |x| (1.0 + 1e-7) * x.cos(), 0.7),
        Trap::new(kind, "sin, times 1 - 5e-8", Wrong, f64::sin, |x| (1.0 - 5e-8) * x.cos(), 0.7),
        Trap::new(kind, "sin, off by one last place", Right, f64::sin, |x| (1.0 + f64::EPSILON) * x.cos(), 0.7),
        Trap::new(kind, "exp at 20, times 1 + 1e-7", Wrong, f64::exp, |x| (1.0 + 1e-7) * x.exp(), 20.0),
        Trap::new(kind, "ln at 1e12, times 1 + 1e-6", Wrong, f64::ln, |x| (1.0 + 1e-6) / x, 1e12),
        Trap::new(
            kind,
            "sigmoid: s instead of s(1 - s) far out",
            Wrong,
            |x| 1.0 / (1.0 + (-x).exp()),
            |x| 1.0 / (1.0 + (-x).exp()),
            -5.0,
        ),
        Trap::new(kind, "gelu by its tanh formula, the slope by erf", Wrong, gelu_tanh, gelu_slope, 1.3),
        Trap::new(kind, "x^x, without the logarithm", Wrong, |x| x.powf(x), |x| x.powf(x), 1.1),
    ]
}

fn gelu_tanh(x: f64) -> f64 {
    0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x)).tanh())
}

fn gelu_slope(x: f64) -> f64 {
    let (cdf, pdf) = (
        0.5 * (1.0 + libm_erf(x / std::f64::consts::SQRT_2)),
        (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt(),
    );
    cdf + x * pdf
}

fn libm_erf(x: f64) -> f64 {
    gradus::Scalar::erf(x)
}
