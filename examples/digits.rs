//! Handwritten digits of 8 × 8 pixels: a 64-32-10 net on 1437 of them, tested on the other 360. `cargo run --release --example digits 5`
//! trains with five seeds and prints the median.

use gradus::nn::data::{Dataset, Table};
use gradus::nn::optim::Adam;
use gradus::nn::{Activation, Mlp, Model, Predictor, Trainer, loss, lr_scheduler};
use std::time::Instant;

#[path = "shared/progress.rs"]
mod progress;

const EPOCHS: usize = 60;

fn main() -> Result<(), gradus::Error> {
    let seeds = std::env::args().nth(1).and_then(|seeds| seeds.parse().ok()).unwrap_or(1);
    let begin = Instant::now();
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/digits.csv"))?;
    let mut data = Dataset::classes_from(&table, "label")?;
    data.change_inputs(|pixels| pixels.iter_mut().for_each(|pixel| *pixel /= 16.0));
    let (test, train) = data.partition(|row| row.is_multiple_of(5));

    let net = Mlp::new(&[64, 32, 10], Activation::Tanh)?;
    println!("{net}");
    let predictor = Predictor::new(&net, &test)?;
    let mut accuracies = Vec::new();
    for seed in 0..seeds {
        let mut random = fastrand::Rng::with_seed(seed);
        let start = net.initial_parameters(|| random.f64());
        let mut trainer = Trainer::new(&net, loss::cross_entropy, Adam::new(0.003))
            .schedule(lr_scheduler::cosine(EPOCHS, 0.1))
            .epochs(EPOCHS)
            .batch_size(32)
            .observer(progress::bar(20));
        let trained = trainer.fit(start, &train, || random.f64())?;
        let matrix = predictor.confusion(&trained.parameters, &test)?;
        if seed == 0 {
            println!("{matrix}");
        }
        println!("seed {seed}: test accuracy {:.4}", matrix.accuracy());
        accuracies.push(matrix.accuracy());
    }
    accuracies.sort_by(f64::total_cmp);
    println!("least {:.4}, median {:.4}", accuracies[0], accuracies[accuracies.len() / 2]);
    println!("{:.2} s", begin.elapsed().as_secs_f64());
    Ok(())
}
