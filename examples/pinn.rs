//! A differential equation solved by a net: `u'' = -u` with `u(0) = 0` and `u'(0) = 1`, whose solution is the sine. The loss contains
//! second derivatives of the net in its input, and its derivatives in the parameters are exact all the same: dual numbers of dual
//! numbers of recorded variables.

use gradus::Program;
use gradus::nn::optim::LevenbergMarquardt;
use gradus::nn::{Activation, Mlp, Model};
use gradus::prelude::*;
use picture::curves::{Curve, of_functions};
use std::error::Error;

#[path = "shared/picture.rs"]
mod picture;

const END: f64 = 6.0;
const POINTS: usize = 40;

/// The net at `x`, its slope and its curvature.
fn with_derivatives<S: Scalar>(net: &Mlp, parameters: &[S], x: f64) -> [S; 3] {
    type Twice<S> = Dual<Dual<S>>;
    let parameters: Vec<Twice<S>> = parameters.iter().map(|&p| Dual::constant(Dual::constant(p))).collect();
    let x = Dual::variable(Dual::variable(S::lit(x)));
    let u = net.forward(&parameters, &[x])[0];
    [u.value().value(), u.value().tangent(), u.tangent().tangent()]
}

fn main() -> Result<(), Box<dyn Error>> {
    let net = Mlp::new(&[1, 8, 1], Activation::Tanh)?;
    println!("{net}");
    let mut random = fastrand::Rng::with_seed(2);
    let start = net.initial_parameters(|| random.f64());

    // What is to be 0: the equation at some points, and the two conditions at the beginning.
    let residuals = Program::record(&start, |parameters| {
        let equation = (0..POINTS).map(|i| {
            let [u, _, curvature] = with_derivatives(&net, parameters, END * i as f64 / (POINTS - 1) as f64);
            curvature + u
        });
        let [u, slope, _] = with_derivatives(&net, parameters, 0.0);
        let beginning = [u * 10.0, (slope - 1.0) * 10.0];
        // Many nets are nearly as good: one whose parameters are small is asked for.
        let small = parameters.iter().map(|&parameter| 1e-3 * parameter);
        equation.chain(beginning).chain(small).collect::<Vec<_>>()
    })?;
    println!(
        "residuals: {} of {} parameters, a program of {} guards",
        residuals.outputs(),
        residuals.inputs(),
        residuals.guards()
    );

    let method = LevenbergMarquardt { tolerance: 1e-6, most_iterations: 1_000, ..LevenbergMarquardt::default() };
    let fit = method.fit(&residuals, &start)?;
    println!("sum of squares {:.1e} after {} steps", fit.sum_of_squares(), fit.iterations);

    let solution = |x: f64| net.forward(&fit.parameters, &[x])[0];
    let grid: Vec<f64> = (0..=300).map(|i| END * f64::from(i) / 300.0).collect();
    let off = grid.iter().map(|&x| (solution(x) - x.sin()).abs()).fold(0.0, f64::max);
    println!("the solution is off the sine by {off:.1e} at most");

    let net = Curve { name: "net", points: grid.iter().map(|&x| (x, solution(x))).collect() };
    let sine = Curve { name: "sine", points: grid.iter().step_by(10).map(|&x| (x, x.sin())).collect() };
    picture::save("pinn", vec![of_functions("u'' = -u, solved by a net", &[net], &sine)])?;
    Ok(())
}
