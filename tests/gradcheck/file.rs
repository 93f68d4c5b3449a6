//! The cases of `tests/data/gradcheck/traps.json`: every one of them, by name.

use crate::trap::{Trap, Truth, Truth::*};
use serde_json::Value;
use std::cell::Cell;

pub fn cases() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/gradcheck/traps.json");
    let data: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    data["cases"].as_array().unwrap().clone()
}

/// A sum of 500 weighted squares, of whose partials one is off by `factor`.
fn one_of_many(name: &str, factor: f64) -> Trap {
    let x: Vec<f64> = (0..500).map(|i| 0.5 + (i as f64 * 0.37).sin()).collect();
    let f = |x: &[f64]| x.iter().enumerate().map(|(i, x)| (1.0 + i as f64 / 100.0) * x * x).sum();
    let gradient = move |x: &[f64]| {
        let slope = |(i, x): (usize, &f64)| 2.0 * (1.0 + i as f64 / 100.0) * x * if i == 321 { factor } else { 1.0 };
        x.iter().enumerate().map(slope).collect()
    };
    Trap::of_many("file", name, Wrong, f, gradient, x)
}

/// The trap of a name in the file.
pub fn trap(name: &str) -> Trap {
    fn one(
        name: &str,
        truth: Truth,
        f: impl Fn(f64) -> f64 + 'static,
        slope: impl Fn(f64) -> f64 + 'static,
        x: f64,
    ) -> Trap {
        Trap::new("file", name, truth, f, slope, x)
    }
    let product = |x: &[f64]| x[0] * x[1];
    let exchanged = |x: &[f64]| vec![x[0], x[1]];
    let calls = Cell::new(0.0);
    let jitter = move |size: f64| {
        calls.set(calls.get() + 1.0);
        size * calls.get()
    };
    match name {
        "correct sin" => one(name, Right, f64::sin, f64::cos, 0.7),
        "factor 1.01" => one(name, Wrong, f64::sin, |x| 1.01 * x.cos(), 0.7),
        "factor 1.0005" => one(name, Wrong, f64::sin, |x| 1.0005 * x.cos(), 0.7),
        "factor 1+1e-5" => one(name, Wrong, f64::sin, |x| (1.0 + 1e-5) * x.cos(), 0.7),
        "tiny scale 1e-7, wrong sign" => one(name, Wrong, |x| 1e-7 * x.sin(), |x| -1e-7 * x.cos(), 0.7),
        "tiny scale 1e-5, factor 2" => one(name, Wrong, |x| 1e-5 * x.sin(), |x| 2e-5 * x.cos(), 0.7),
        "huge scale 1e12 correct" => one(name, Right, |x| 1e12 * x.sin(), |x| 1e12 * x.cos(), 0.7),
        "large x: sin at 1e6 correct" => one(name, Right, f64::sin, f64::cos, 1e6),
        "large x: log at 1e12 correct" => one(name, Right, f64::ln, f64::recip, 1e12),
        "large x: x^2 at 1e12, wrong factor 3" => one(name, Wrong, |x| x * x, |x| 3.0 * x, 1e12),
        "small x: sqrt at 1e-8 correct" => one(name, Right, f64::sqrt, |x| 0.5 / x.sqrt(), 1e-8),
        "small x: log at 1e-5 correct" => one(name, Right, f64::ln, f64::recip, 1e-5),
        "swapped partials of x*y at x=y" => {
            Trap::of_many("file", name, HiddenWrong, product, exchanged, vec![2.0, 2.0])
        }
        "swapped partials of x*y at x!=y" => Trap::of_many("file", name, Wrong, product, exchanged, vec![2.0, 3.0]),
        // Three times a sine whose op returns its local slope, whatever comes from above.
        "ignores upstream g (returns local derivative)" => one(name, Wrong, |x| 3.0 * x.sin(), f64::cos, 0.7),
        "abs at 0, sign convention 0" => one(name, Neither, f64::abs, |_| 0.0, 0.0),
        "abs at 0, convention 1" => one(name, Neither, f64::abs, |_| 1.0, 0.0),
        "relu at 0, convention 0" => one(name, Neither, |x| x.max(0.0), |_| 0.0, 0.0),
        "log(-1): NaN value, NaN gradient" => one(name, Wrong, f64::ln, |_| f64::NAN, -1.0),
        "NaN gradient, finite value" => one(name, Wrong, f64::sin, |_| f64::NAN, 0.7),
        "step function, claims 0 near jump" => {
            one(name, Neither, |x| if x < 0.5 { 0.0 } else { 1.0 }, |_| 0.0, 0.5 + 3e-7)
        }
        "n=500 weighted sum of squares, one component +20%" => one_of_many(name, 1.2),
        "n=500, one component +1%" => one_of_many(name, 1.01),
        "non-deterministic backward (1e-7..1e-6)" => one(name, Wrong, f64::sin, move |x| x.cos() + jitter(1e-7), 0.7),
        "non-deterministic forward (1e-9)" => one(name, Wrong, move |x| x.sin() + jitter(1e-9), f64::cos, 0.7),
        "wrong only for x<0, tested at x>0" => {
            one(name, HiddenWrong, f64::sin, |x| if x < 0.0 { -x.cos() } else { x.cos() }, 0.7)
        }
        "high curvature sin(1e4 x) correct" => one(name, Right, |x| (1e4 * x).sin(), |x| 1e4 * (1e4 * x).cos(), 0.7),
        "wrong shape: extra term 1e-3*x in derivative at x=0.001" => {
            one(name, Wrong, f64::sin, |x| x.cos() + 1e-3 * x, 1e-3)
        }
        _ => panic!("no trap for {name}"),
    }
}
