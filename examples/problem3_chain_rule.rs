//! Problem 3: the chain rule through a tiny net, explained step by step from the tape.

use gradus::prelude::*;

/// The net's loss as a function of its parameters w1, b1, w2, b2.
fn loss<S: Scalar>(parameters: &[S]) -> S {
    let [w1, b1, w2, b2] = [parameters[0], parameters[1], parameters[2], parameters[3]];
    let (x, target) = (S::lit(2.0), S::lit(1.0));
    let hidden = (w1 * x + b1).relu();
    (w2 * hidden + b2 - target).powi(2)
}

fn main() -> gradus::Result<()> {
    let tape = Tape::new();
    let x = tape.var(2.0).named("x");
    let w1 = tape.var(0.5).named("w1");
    let b1 = tape.var(0.1).named("b1");
    let w2 = tape.var(-0.3).named("w2");
    let b2 = tape.var(0.2).named("b2");

    let z1 = (w1 * x + b1).named("z1");
    let a1 = z1.relu().named("a1");
    let z2 = (w2 * a1 + b2).named("z2");
    let loss_value = (z2 - 1.0).powi(2).named("loss");
    println!("Forward: z1={z1}, a1={a1}, z2={z2:.2}, loss={loss_value:.4}\n");

    let explanation = gradus::explain::backward(loss_value)?;
    println!("{explanation}\n");

    // The same as one product, right to left: each factor is a sweep of its own over the same recording.
    let factors = [loss_value.backward()[z2], z2.backward()[a1], a1.backward()[z1], z1.backward()[w1]];
    let dloss_dw1: f64 = factors.iter().product();
    println!("dloss/dw1 = dloss/dz2 * dz2/da1 * da1/dz1 * dz1/dw1");
    println!("dloss/dw1 = {:.2} * {} * {} * {}", factors[0], factors[1], factors[2], factors[3]);
    println!("dloss/dw1 = {dloss_dw1:.4}");

    let numerical = gradus::numeric::gradient_with_step(loss, &[0.5, 0.1, -0.3, 0.2], 1e-7)?;
    println!("Numerical verification: {:.4}", numerical[0]);
    println!("Match: {}", (dloss_dw1 - numerical[0]).abs() < 1e-5);

    println!("\nWhere paths meet, their products add up: y = x·x + x at 3\n");
    let x = tape.var(3.0).named("x");
    println!("{}", gradus::explain::backward((x * x + x).named("y"))?);
    Ok(())
}
