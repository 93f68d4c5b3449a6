//! Handwritten digits of 8 × 8 pixels: a 64-32-10 net on 1437 of them, tested on the other 360. `cargo run --release --example digits 5`
//! trains with five seeds and prints the median; a second number is the first seed.

use gradus::nn::data::{Dataset, Table};
use gradus::nn::metrics::class_of;
use gradus::nn::optim::Adam;
use gradus::nn::{Activation, Mlp, Model, Predictor, Trainer, loss, progress_bar};
use picture::{confusion, curves, images};
use std::error::Error;
use std::time::Instant;

#[path = "shared/picture.rs"]
mod picture;

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u64>());
    let seeds = numbers.next().transpose()?.unwrap_or(1);
    let first = numbers.next().transpose()?.unwrap_or(0);

    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/digits.csv"))?;
    let mut data = Dataset::classes_from(&table, "label")?;
    data.change_inputs(|pixels| pixels.iter_mut().for_each(|pixel| *pixel /= 16.0));
    let (test, train) = data.partition(|row| row.is_multiple_of(5));

    let net = Mlp::new(&[64, 32, 10], Activation::Tanh)?;
    println!("{net}");
    let predictor = Predictor::new(&net, &test)?;
    let mut accuracies = Vec::new();
    for seed in first..first + seeds {
        let mut random = fastrand::Rng::with_seed(seed);
        let start = net.initial_parameters(|| random.f64());
        let mut trainer = Trainer::new(&net, loss::cross_entropy, Adam::new(0.003))
            .epochs(60)
            .batch_size(32)
            .validation(&test)
            .observer(progress_bar());
        let begin = Instant::now();
        let trained = trainer.fit(start, &train, || random.f64())?;
        let seconds = begin.elapsed().as_secs_f64();
        let matrix = predictor.confusion(&trained.parameters, &test)?;
        accuracies.push(matrix.accuracy());
        println!("seed {seed}");
        println!("training took {seconds:.3} s");
        println!("test accuracy {:.4}", matrix.accuracy());
        if seed == first {
            println!("{matrix}");
            let title = format!("{} digits that it did not learn from", test.len());
            picture::save_scene("digits_confusion", &confusion::of_matrix(&matrix, &title))?;
            picture::save("digits_loss", vec![curves::of_losses(&trained.history, "cross-entropy", "held out")])?;

            // Those that it gets wrong come last.
            let outputs = predictor.outputs(&trained.parameters, &test)?;
            let image = |i: usize| images::Image {
                pixels: test.input(i),
                truth: test.class(i),
                predicted: class_of(&outputs[i]),
            };
            let (right, wrong): (Vec<_>, Vec<_>) =
                (0..test.len()).map(image).partition(|image| image.truth == image.predicted);
            let wrong: Vec<_> = wrong.into_iter().take(10).collect();
            let shown: Vec<_> = right.into_iter().take(40 - wrong.len()).chain(wrong).collect();
            picture::save_scene("digits", &images::of_images(&shown, 10, "Digits, and what the net takes them for"))?;
        }
    }
    accuracies.sort_by(f64::total_cmp);
    println!("least {:.4}, median {:.4}", accuracies[0], accuracies[accuracies.len() / 2]);
    Ok(())
}
