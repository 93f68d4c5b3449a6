//! The training on two moons as a page: the decision boundary over time, the loss, the weights, one neuron's gradient. Open
//! `target/training.html`.

use gradus::explain::TrainingReport;
use gradus::nn::data::{Dataset, Table};
use gradus::nn::optim::Sgd;
use gradus::nn::{Activation, Mlp, Model, Trainer, loss, lr_scheduler};
use gradus::prelude::*;
use std::error::Error;

const EPOCHS: usize = 100;
const SEED: u64 = 4;

fn penalty(parameters: &[Var]) -> Var {
    loss::l2_penalty(parameters, 1e-4)
}

fn main() -> Result<(), Box<dyn Error>> {
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/moons.csv"))?;
    let moons = Dataset::from_table(&table, &["y"])?;
    let net = Mlp::new(&[2, 16, 16, 1], Activation::Relu)?;
    let mut random = fastrand::Rng::with_seed(SEED);
    let start = net.initial_parameters(|| random.f64());

    let report = TrainingReport::with_penalty(&net, loss::hinge_loss, penalty, &moons, &start)?;
    let mut report = report.titled("Two moons, told apart by a 2-16-16-1 net");
    Trainer::new(&net, loss::hinge_loss, Sgd::new(1.0))
        .penalty(penalty)
        .schedule(lr_scheduler::linear(1.0, 0.1, EPOCHS))
        .batch_size(moons.len())
        .epochs(EPOCHS)
        .observer(|progress| report.observe(progress))
        .fit(start, &moons, || random.f64())?;

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/training.html");
    report.save(path)?;
    println!("page: target/training.html, {} kB", report.html()?.len() / 1000);
    Ok(())
}
