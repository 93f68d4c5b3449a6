//! Logistic regression by Newton's method: which of Fisher's flowers are virginica, by four lengths. The Hessian is exact, so that a
//! handful of steps reach the last digit, for which gradient descent takes thousands.

use gradus::Program;
use gradus::nn::data::{Dataset, Standardizer, Table};
use gradus::nn::loss;
use gradus::nn::optim::Newton;
use gradus::prelude::*;

/// The strength of the penalty: without one, classes that can be told apart have no best weights.
const PENALTY: f64 = 1e-3;

fn main() -> Result<(), gradus::Error> {
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/iris.csv"))?;
    let mut data = Dataset::classes_from(&table, "label")?;
    Standardizer::fit(&data).apply(&mut data);
    let is_virginica = |i: usize| if data.class(i) == 2 { 1.0 } else { 0.0 };

    // Four weights and a bias.
    let logit = |w: &[Var], i: usize| data.input(i).iter().zip(w).fold(w[4], |sum, (&x, &weight)| sum + weight * x);
    let program = Program::record(&[0.1; 5], |w| {
        let logits: Vec<Var> = (0..data.len()).map(|i| logit(w, i)).collect();
        let targets: Vec<Var> = (0..data.len()).map(|i| Var::from(is_virginica(i))).collect();
        loss::binary_cross_entropy_with_logits(&logits, &targets) + loss::l2_penalty(w, PENALTY)
    })?;

    let newton = Newton { tolerance: 1e-14, ..Newton::default() };
    let minimum = newton.minimize(&program, &[0.0; 5])?;
    let largest = |gradient: &[f64]| gradient.iter().fold(0.0, |most: f64, partial| most.max(partial.abs()));
    println!("Newton: loss {:.12} after {} steps", minimum.value, minimum.iterations);
    println!("        largest partial {:.1e}", largest(&minimum.gradient));

    let mut weights = vec![0.0; 5];
    let mut workspace = program.workspace::<f64>();
    for steps in 0..100_000 {
        let (value, gradient) = workspace.gradient(&weights)?;
        if largest(gradient) <= 1e-14 {
            println!("gradient descent: loss {value:.12} after {steps} steps");
            break;
        }
        weights.iter_mut().zip(gradient).for_each(|(weight, partial)| *weight -= partial);
    }

    let right = (0..data.len()).filter(|&i| {
        let score =
            data.input(i).iter().zip(&minimum.point).fold(minimum.point[4], |sum, (x, weight)| sum + weight * x);
        (score > 0.0) == (is_virginica(i) == 1.0)
    });
    println!("{} of {} flowers are told right", right.count(), data.len());
    println!("weights {:.4?}", minimum.point);
    Ok(())
}
