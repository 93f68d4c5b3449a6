//! Problem 6: is a gradient right? A correct one, one with a bug, one that the tape computes, and a kink.

use gradus::check;

fn f(x: &[f64]) -> f64 {
    x[0].powi(2) * x[1] + x[0].sin() + x[1].powi(3)
}

fn correct(x: &[f64]) -> Vec<f64> {
    vec![2.0 * x[0] * x[1] + x[0].cos(), x[0].powi(2) + 3.0 * x[1].powi(2)]
}

/// A common bug: the cosine was forgotten.
fn buggy(x: &[f64]) -> Vec<f64> {
    vec![2.0 * x[0] * x[1], x[0].powi(2) + 3.0 * x[1].powi(2)]
}

fn main() -> gradus::Result<()> {
    let point = [2.0, 3.0];
    println!("=== Correct gradient ===\n{}\n", check::function(f, correct, &point)?);
    println!("=== Buggy gradient ===\n{}\n", check::function(f, buggy, &point)?);

    let recorded = check::gradient(|x| x[0].powi(2) * x[1] + x[0].sin() + x[1].powi(3), &point)?;
    println!("=== What the tape computes ===\n{recorded}\n");

    let kink = check::gradient(|x| x[0].abs() + x[1], &[0.0, 3.0])?;
    println!("=== At a kink, nobody can tell ===\n{kink}");
    Ok(())
}
