//! Handwritten digits, learnt by several processes together over MPI: each takes its share of every batch, and the gradients are summed.
//! How to build and start it stands in `examples/mpi/README.md`.

use gradus::nn::data::{Dataset, Table};
use gradus::nn::optim::Adam;
use gradus::nn::{Activation, Mlp, Model, Mpi, Predictor, Trainer, loss, lr_scheduler};
use mpi::traits::Communicator;
use std::error::Error;
use std::time::Instant;

const EPOCHS: usize = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let universe = mpi::initialize().ok_or("MPI was started before")?;
    let world = universe.world();
    let is_first = world.rank() == 0;

    // Every rank reads the same data, and seeds its generator alike.
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/digits.csv"))?;
    let mut data = Dataset::classes_from(&table, "label")?;
    data.change_inputs(|pixels| pixels.iter_mut().for_each(|pixel| *pixel /= 16.0));
    let (test, train) = data.partition(|row| row.is_multiple_of(5));
    let net = Mlp::new(&[64, 32, 10], Activation::Tanh)?;
    let mut random = fastrand::Rng::with_seed(0);
    let start = net.initial_parameters(|| random.f64());

    let begin = Instant::now();
    let trained = Trainer::new(&net, loss::cross_entropy, Adam::new(0.003))
        .schedule(lr_scheduler::cosine(EPOCHS, 0.1))
        .epochs(EPOCHS)
        .batch_size(64)
        .validation(&test)
        .distributed(Mpi::new(universe.world()))
        .fit(start, &train, || random.f64())?;

    // All ranks have the same result; one tells it.
    if is_first {
        for (number, epoch) in (1..).zip(&trained.history) {
            let validation = epoch.validation_loss.unwrap_or(f64::NAN);
            println!("epoch {number:>2}: loss {:.17} validation {validation:.17}", epoch.loss);
        }
        let accuracy = Predictor::new(&net, &test)?.accuracy(&trained.parameters, &test)?;
        println!("test accuracy {accuracy:.4}");
        println!("{} ranks, {:.2} s", world.size(), begin.elapsed().as_secs_f64());
    }
    Ok(())
}
