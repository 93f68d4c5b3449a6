//! The main job: micrograd's demo, grown up. A 2-16-16-1 net learns to tell two moons apart, with
//! every gradient from the tape, checked before training and drawn after it.

use gradus::nn::{Activation, Mlp, Sgd, accuracy, l2_penalty, linear_decay, max_margin};
use gradus::prelude::*;
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::io::IsTerminal;

#[path = "shared/picture.rs"]
mod picture;

const EPOCHS: usize = 100;
const SEED: u64 = 4;

/// Points of the plane, and the moon of each: 1 or -1.
struct Moons {
    points: Vec<[f64; 2]>,
    targets: Vec<f64>,
}

/// micrograd's own data: `make_moons(n_samples=100, noise=0.1)` with seed 1337.
fn read_moons() -> Result<Moons, Box<dyn Error>> {
    let mut moons = Moons { points: Vec::new(), targets: Vec::new() };
    let mut reader = csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/moons.csv"))?;
    for row in reader.deserialize() {
        let (x, y, target): (f64, f64, f64) = row?;
        moons.points.push([x, y]);
        moons.targets.push(target);
    }
    Ok(moons)
}

/// The score of each point: positive for the one moon, negative for the other.
fn scores<S: Scalar>(net: &Mlp, parameters: &[S], points: &[[f64; 2]]) -> Vec<S> {
    points.iter().map(|point| net.forward(parameters, &point.map(S::lit))[0]).collect()
}

/// What training makes small, on any kind of number.
fn loss<S: Scalar>(net: &Mlp, parameters: &[S], moons: &Moons) -> S {
    max_margin(&scores(net, parameters, &moons.points), &moons.targets) + l2_penalty(parameters, 1e-4)
}

fn main() -> Result<(), Box<dyn Error>> {
    let moons = read_moons()?;
    let net = Mlp::new(&[2, 16, 16, 1], Activation::Relu)?;
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut parameters = net.initial_parameters(|| random.f64());
    println!("{net}, {} points", moons.points.len());

    let by_tape = |parameters: &[f64]| gradus::gradient(|p| loss(&net, p, &moons), parameters).unwrap_or_default();
    let report = gradus::check::function(|p| loss(&net, p, &moons), by_tape, &parameters)?;
    println!(
        "gradient check of the loss: {} derivatives, largest relative error {:.1e}: {}",
        report.rows.len(),
        report.max_relative_error(),
        report.verdict()
    );

    let progress = ProgressBar::new(EPOCHS as u64);
    progress.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
    let mut curve = Vec::new();
    for epoch in 0..EPOCHS {
        let (value, gradient) = gradus::value_and_gradient(|p| loss(&net, p, &moons), &parameters)?;
        let right = accuracy(&scores(&net, &parameters, &moons.points), &moons.targets);
        curve.push((epoch as f64, value));
        let message = format!("loss {value:.4}, accuracy {:.0} %", 100.0 * right);
        progress.set_message(message.clone());
        progress.inc(1);
        // A bar needs a terminal; a file gets lines.
        if !std::io::stderr().is_terminal() && epoch % 10 == 0 {
            println!("epoch {epoch:>3}: {message}");
        }
        Sgd { learning_rate: linear_decay(1.0, 0.1, epoch, EPOCHS) }.step(&mut parameters, &gradient);
    }
    progress.finish();

    let value = loss(&net, &parameters, &moons);
    let right = accuracy(&scores(&net, &parameters, &moons.points), &moons.targets);
    println!("after {EPOCHS} epochs: loss {value:.4}, accuracy {:.0} %", 100.0 * right);

    let score = |x: f64, y: f64| net.forward(&parameters, &[x, y])[0];
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/moons.png");
    picture::boundary_and_loss(path, &moons.points, &moons.targets, score, &curve)?;
    println!("picture: target/moons.png");
    Ok(())
}
