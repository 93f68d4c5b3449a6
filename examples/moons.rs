//! The main job: micrograd's demo, grown up. A 2-16-16-1 net learns to tell two moons apart. Its gradient is checked before training; the
//! training runs on the compiled program, is compared with the tape, and is drawn.

use gradus::check::Verdict;
use gradus::nn::data::{Dataset, Table};
use gradus::nn::optim::{Optimizer, Sgd};
use gradus::nn::{Activation, Mlp, Model, Predictor, Trainer, loss, lr_scheduler, progress_bar};
use gradus::prelude::*;
use picture::{boundary, curves};
use std::error::Error;
use std::time::Instant;

#[path = "shared/picture.rs"]
mod picture;

const EPOCHS: usize = 100;
const SEED: u64 = 4;

/// What training makes small: the mean loss of all points, on any kind of number.
fn mean_loss<S: Scalar>(net: &Mlp, parameters: &[S], moons: &Dataset) -> S {
    let score = |i: usize| {
        let point: Vec<S> = moons.input(i).iter().map(|&x| S::lit(x)).collect();
        net.forward(parameters, &point)[0]
    };
    let scores: Vec<S> = (0..moons.len()).map(score).collect();
    let targets: Vec<S> = (0..moons.len()).map(|i| S::lit(moons.target(i)[0])).collect();
    loss::hinge_loss(&scores, &targets) + penalty(parameters)
}

fn penalty<S: Scalar>(parameters: &[S]) -> S {
    loss::l2_penalty(parameters, 1e-4)
}

fn main() -> Result<(), Box<dyn Error>> {
    // micrograd's own data: `make_moons(n_samples=100, noise=0.1)` with seed 1337.
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/moons.csv"))?;
    let moons = Dataset::from_table(&table, &["y"])?;
    let net = Mlp::new(&[2, 16, 16, 1], Activation::Relu)?;
    let mut random = fastrand::Rng::with_seed(SEED);
    let start = net.initial_parameters(|| random.f64());
    println!("{net}");

    let by_tape = |p: &[f64]| gradus::gradient(|p| mean_loss(&net, p, &moons), p).unwrap_or_default();
    // The rounding of a loss near 1 leaves 1e-11 of a derivative that is 0.
    let options = gradus::check::Options { negligible: 1e-9, ..Default::default() };
    let report = options.function(|p| mean_loss(&net, p, &moons), by_tape, &start)?;
    let count = |verdict| report.rows.iter().filter(|row| row.verdict == verdict).count();
    println!(
        "gradient check of the loss: of {} derivatives {} pass and {} are wrong; the rest are too near to a kink of relu to tell",
        report.rows.len(),
        count(Verdict::Pass),
        count(Verdict::Mismatch)
    );

    // All points are one batch, so that an epoch is a step.
    let schedule = lr_scheduler::linear(1.0, 0.1, EPOCHS);
    let begin = Instant::now();
    let mut trainer = Trainer::new(&net, loss::hinge_loss, Sgd::new(1.0))
        .penalty(penalty)
        .schedule(&schedule)
        .batch_size(moons.len())
        .epochs(EPOCHS)
        .observer(progress_bar());
    let trained = trainer.fit(start.clone(), &moons, || random.f64())?;
    let by_program = begin.elapsed();

    let begin = Instant::now();
    let mut parameters = start;
    for epoch in 0..EPOCHS {
        let gradient = gradus::gradient(|p| mean_loss(&net, p, &moons), &parameters)?;
        Sgd::new(schedule(epoch)).step(&mut parameters, &gradient);
    }
    let difference = parameters.iter().zip(&trained.parameters).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    println!(
        "{EPOCHS} steps on the compiled program took {:.1} ms, on the tape {:.1} ms; the parameters differ by {difference:.1e}",
        1e3 * by_program.as_secs_f64(),
        1e3 * begin.elapsed().as_secs_f64()
    );

    let value = mean_loss(&net, &trained.parameters, &moons);
    let right = Predictor::new(&net, &moons)?.accuracy(&trained.parameters, &moons)?;
    println!("after {EPOCHS} epochs: loss {value:.4}, accuracy {:.0} %", 100.0 * right);

    let score = |x: f64, y: f64| net.forward(&trained.parameters, &[x, y])[0];
    let of_sign = |name, sign: f64| {
        let own = (0..moons.len()).filter(|&i| moons.target(i)[0] == sign);
        boundary::Class { name, points: own.map(|i| (moons.input(i)[0], moons.input(i)[1])).collect() }
    };
    let classes = [of_sign("target -1", -1.0), of_sign("target 1", 1.0)];
    let losses = curves::of_losses(&trained.history, "max-margin loss", "");
    picture::save("moons", vec![boundary::of_score(&classes, ["x", "y"], score), losses])?;
    Ok(())
}
