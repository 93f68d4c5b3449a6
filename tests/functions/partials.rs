//! Mixed partials, option prices and their sensitivities, and derivatives through integrators.

use crate::data::{file, list, matrix, number, numbers, text};
use crate::gradbench::runge_kutta;
use crate::modes::{Scalars, ToScalar, ToVector, Vectors, check_scalar, check_vector, close, close_number};
use gradus::{Scalar, Tape, Var};
use serde_json::Value;

// ---- mixed partials of any order (the example of Boost.Math) ----------------------------------

struct Mixed;

impl ToScalar for Mixed {
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        let [w, x, y, z] = [x[0], x[1], x[2], x[3]];
        (w * (x * y.ln() / z).sin() + (w * z / (x * y)).sqrt()).exp() + w * w / z.tan()
    }
}

const AT: [f64; 4] = [11.0, 12.0, 13.0, 14.0];

/// The order in each variable, and the derivative.
fn entries() -> Vec<(Vec<usize>, f64)> {
    let entry = |entry: &Value| {
        let order = entry.as_array().unwrap()[..4].iter().map(|order| order.as_u64().unwrap() as usize);
        (order.collect(), number(&entry[4]))
    };
    list(&file("boost/mixed_partials.json"), "entries").iter().map(entry).collect()
}

#[test]
fn mixed_partials_by_recording_gradients_repeatedly() {
    for (order, expected) in entries() {
        let tape = Tape::new();
        let inputs = tape.vars(&AT);
        let mut latest = Mixed.value(&inputs);
        for (&input, &times) in inputs.iter().zip(&order) {
            for _ in 0..times {
                latest = latest.recorded_gradient(&[input]).unwrap()[0];
            }
        }
        close_number(&format!("{order:?}"), latest.value(), expected, 1e-12);
    }
}

#[test]
fn mixed_partials_in_every_other_mode() {
    let entries = entries();
    let of = |order: [usize; 4]| entries.iter().find(|entry| entry.0 == order).unwrap().1;
    let unit = |i: usize, k: usize| usize::from(i == k);
    let gradient: Vec<f64> = (0..4).map(|i| of(std::array::from_fn(|k| unit(i, k)))).collect();
    let second = |i: usize, j: usize| of(std::array::from_fn(|k| unit(i, k) + unit(j, k)));
    let hessian: Vec<Vec<f64>> = (0..4).map(|i| (0..4).map(|j| second(i, j)).collect()).collect();
    check_scalar(
        &Mixed,
        &Scalars {
            name: "mixed",
            x: &AT,
            value: of([0; 4]),
            gradient: &gradient,
            hessian: Some(&hessian),
            tolerance: 1e-12,
        },
    );
}

// ---- Black-Scholes ---------------------------------------------------------------------------

#[derive(Clone, Copy)]
enum Normal {
    Erfc,
    Cdf,
}

struct European {
    call: bool,
    normal: Normal,
}

impl ToScalar for European {
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        let [spot, strike, sigma, time, rate] = [x[0], x[1], x[2], x[3], x[4]];
        let phi = |x: S| match self.normal {
            Normal::Erfc => S::lit(0.5) * (-x / S::lit(2.0).sqrt()).erfc(),
            Normal::Cdf => x.normal_cdf(),
        };
        let spread = sigma * time.sqrt();
        let d1 = ((spot / strike).ln() + (rate + sigma.powi(2) / S::lit(2.0)) * time) / spread;
        let (d2, discounted) = (d1 - spread, strike * (-rate * time).exp());
        if self.call { spot * phi(d1) - discounted * phi(d2) } else { discounted * phi(-d2) - spot * phi(-d1) }
    }
}

#[test]
fn black_scholes() {
    for case in list(&file("finance/black_scholes_public.json"), "cases") {
        let x = ["S", "K", "sigma", "T", "r"].map(|key| number(&case[key]));
        for (key, call) in [("call", true), ("put", false)] {
            for normal in [Normal::Erfc, Normal::Cdf] {
                check_scalar(
                    &European { call, normal },
                    &Scalars {
                        name: key,
                        x: &x,
                        value: number(&case[key]["price"]),
                        gradient: &numbers(&case[key]["gradient"]),
                        hessian: Some(&matrix(&case[key]["hessian"])),
                        tolerance: 1e-12,
                    },
                );
            }
        }
    }
}

/// Third derivatives that a textbook names, against published ones.
#[test]
fn greeks_of_third_order() {
    let file = file("finance/black_scholes_public.json");
    let case = list(&file, "cases").iter().find(|case| case["published_boost"].is_object()).unwrap();
    let published = &case["published_boost"];
    let x = ["S", "K", "sigma", "T", "r"].map(|key| number(&case[key]));
    let (spot, sigma, time) = (0, 2, 3);
    let tape = Tape::new();
    let inputs = tape.vars(&x);
    let price = European { call: true, normal: Normal::Erfc }.value(&inputs);
    let of = |variables: &[usize]| {
        let partial = |y: Var, &variable: &usize| y.recorded_gradient(&[inputs[variable]]).unwrap()[0];
        variables.iter().fold(price, partial).value()
    };
    // Theta and its kin are derivatives in time passing, not in time left.
    for (key, found) in [
        ("call_delta", of(&[spot])),
        ("call_vega", of(&[sigma])),
        ("call_theta", -of(&[time])),
        ("gamma", of(&[spot, spot])),
        ("vanna", of(&[spot, sigma])),
        ("charm", -of(&[spot, time])),
        ("vomma", of(&[sigma, sigma])),
        ("veta", of(&[sigma, time])),
        ("speed", of(&[spot, spot, spot])),
        ("zomma", of(&[spot, spot, sigma])),
        ("color", of(&[spot, spot, time])),
        ("ultima", of(&[sigma, sigma, sigma])),
    ] {
        close_number(key, found, number(&published[key]), 1e-12);
    }
}

// ---- sensitivities of integrators ------------------------------------------------------------

struct Kepler;

impl ToVector for Kepler {
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        let mu = x[4];
        let slope = |y: &[S]| {
            let cube = (y[0] * y[0] + y[1] * y[1]).powf(S::lit(1.5));
            vec![y[2], y[3], -mu * y[0] / cube, -mu * y[1] / cube]
        };
        (0..100).fold(x[..4].to_vec(), |y, _| runge_kutta(&y, 0.02, slope))
    }
}

struct Harmonic;

impl ToVector for Harmonic {
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        let slope = |y: &[S]| vec![y[1], -x[2] * x[2] * y[0]];
        (0..50).fold(x[..2].to_vec(), |y, _| runge_kutta(&y, 0.02, slope))
    }
}

/// Newton's method for `E - e sin E = M`: its steps are recorded, and differentiated.
struct KeplerEquation;

impl ToVector for KeplerEquation {
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        let (anomaly, eccentricity) = (x[0], x[1]);
        let newton = |e: S, _| {
            let (sin, cos) = e.sin_cos();
            e - (e - eccentricity * sin - anomaly) / (S::lit(1.0) - eccentricity * cos)
        };
        vec![(0..8).fold(anomaly, newton)]
    }
}

#[test]
fn sensitivities_of_integrators() {
    for case in list(&file("ode/ode_public.json"), "cases") {
        let x = numbers(&case["x"]);
        let (values, jacobian) = (numbers(&case["final_state"]), matrix(&case["jacobian"]));
        let name = text(case, "id");
        let expected = Vectors { name, x: &x, values: &values, jacobian: &jacobian, tolerance: 1e-12 };
        match name {
            "kepler_e0.2_n100" => check_vector(&Kepler, &expected),
            "harmonic_n50" => check_vector(&Harmonic, &expected),
            "kepler_equation_newton" => check_vector(&KeplerEquation, &expected),
            other => panic!("{other} is not written here"),
        }
    }
}

#[test]
fn the_exact_flow_is_near() {
    let exact = [2.0_f64.cos(), -2.0 * 2.0_f64.sin()];
    close("the oscillator after half a turn or so", &Harmonic.values(&[1.0, 0.0, 2.0]), &exact, 1e-7);
}
