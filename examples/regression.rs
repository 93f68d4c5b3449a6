//! A curve through noisy points: a 1-16-16-1 net learns a sine from eighty measurements of it. A fifth of them are kept back, to
//! see whether it learnt the sine or the noise.

use gradus::nn::data::Dataset;
use gradus::nn::optim::Adam;
use gradus::nn::{Activation, Mlp, Model, Trainer, loss, lr_scheduler, progress_bar};
use picture::curves::{Curve, of_functions};
use std::error::Error;

#[path = "shared/picture.rs"]
mod picture;

const POINTS: usize = 80;
const NOISE: f64 = 0.15;
const EPOCHS: usize = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut random = fastrand::Rng::with_seed(3);
    let mut measured = |x: f64| {
        // Twelve uniform numbers make a normal one, near enough.
        let normal = (0..12).map(|_| random.f64()).sum::<f64>() - 6.0;
        x.sin() + NOISE * normal
    };
    let xs: Vec<[f64; 1]> = (0..POINTS).map(|i| [6.0 * i as f64 / (POINTS - 1) as f64 - 3.0]).collect();
    let ys: Vec<[f64; 1]> = xs.iter().map(|x| [measured(x[0])]).collect();
    let (test, train) = Dataset::new(&xs, &ys)?.partition(|row| row % 5 == 2);

    let net = Mlp::new(&[1, 16, 16, 1], Activation::Tanh)?;
    println!("{net}");
    let start = net.initial_parameters(|| random.f64());
    let mut trainer = Trainer::new(&net, loss::mse_loss, Adam::new(0.01))
        .schedule(lr_scheduler::cosine(EPOCHS, 0.01))
        .penalty(|parameters| loss::l2_penalty(parameters, 1e-4))
        .epochs(EPOCHS)
        .batch_size(16)
        .observer(progress_bar());
    let trained = trainer.fit(start, &train, || random.f64())?;

    let fitted = |x: f64| net.forward(&trained.parameters, &[x])[0];
    let error = |data: &Dataset| {
        let squares = (0..data.len()).map(|i| (fitted(data.input(i)[0]) - data.target(i)[0]).powi(2));
        (squares.sum::<f64>() / data.len() as f64).sqrt()
    };
    let grid: Vec<f64> = (0..=300).map(|i| f64::from(i) / 50.0 - 3.0).collect();
    let off = grid.iter().map(|&x| (fitted(x) - x.sin()).abs()).fold(0.0, f64::max);
    println!(
        "root mean square error: {:.3} on what it learnt from, {:.3} on what it did not see",
        error(&train),
        error(&test)
    );
    println!("the noise is {NOISE}; the curve is off the sine by {off:.3} at most");

    let lines = [
        Curve { name: "net", points: grid.iter().map(|&x| (x, fitted(x))).collect() },
        Curve { name: "sine", points: grid.iter().map(|&x| (x, x.sin())).collect() },
    ];
    let dots = Curve { name: "data", points: xs.iter().zip(&ys).map(|(x, y)| (x[0], y[0])).collect() };
    picture::save("regression", vec![of_functions("A net fitted to a noisy sine", &lines, &dots)])?;
    Ok(())
}
