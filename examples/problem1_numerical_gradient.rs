//! Problem 1: the gradient of a function by finite differences, beside the exact one.

use gradus::prelude::*;
use std::f64::consts::PI;

fn square_form<S: Scalar>(x: &[S]) -> S {
    x[0].powi(2) + S::lit(3.0) * x[0] * x[1] + x[1].powi(2)
}

fn waves<S: Scalar>(x: &[S]) -> S {
    x[0].sin() * x[1].cos()
}

fn main() -> gradus::Result<()> {
    let point = [2.0, 3.0];
    let numerical = gradus::numeric::gradient(square_form, &point)?;
    println!("f(x, y) = x² + 3xy + y² at (2, 3)");
    println!("Numerical: [{:.6}, {:.6}]", numerical[0], numerical[1]);
    println!("Exact:     {:?}", gradus::gradient(square_form, &point)?);

    let point = [PI / 4.0, PI / 3.0];
    let numerical = gradus::numeric::gradient(waves, &point)?;
    let exact = gradus::gradient(waves, &point)?;
    println!("\nf(x, y) = sin(x) cos(y) at (π/4, π/3)");
    println!("Numerical: [{:.6}, {:.6}]", numerical[0], numerical[1]);
    println!("Exact:     [{:.6}, {:.6}]", exact[0], exact[1]);

    println!("\nThe step decides: d/dx sin at 1, absolute error of the central difference");
    for exponent in [1, 3, 5, 7, 9, 11] {
        let step = 10.0_f64.powi(-exponent);
        let slope = gradus::numeric::gradient_with_step(|x| x[0].sin(), &[1.0], step)?[0];
        println!("  h = 1e-{exponent:<2}  {:.1e}", (slope - 1.0_f64.cos()).abs());
    }
    let adaptive = gradus::numeric::adaptive::derivative(f64::sin, 1.0)?;
    let error = (adaptive.value - 1.0_f64.cos()).abs();
    println!("  adaptive    {error:.1e} (its own estimate: {:.1e})", adaptive.error);
    Ok(())
}
