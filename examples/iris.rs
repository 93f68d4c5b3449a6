//! Fisher's flowers: three kinds told apart by four lengths. A 4-8-3 net on 120 of them, tested on the other 30.

use gradus::nn::data::{Dataset, Standardizer, Table};
use gradus::nn::optim::Sgd;
use gradus::nn::{Activation, Mlp, Model, Predictor, Trainer, loss};

#[path = "shared/progress.rs"]
mod progress;

fn main() -> Result<(), gradus::Error> {
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/iris.csv"))?;
    let mut data = Dataset::classes_from(&table, "label")?;
    data.class_names = ["setosa", "versicolor", "virginica"].map(String::from).to_vec();
    Standardizer::fit(&data).apply(&mut data);
    let (test, train) = data.partition(|row| row.is_multiple_of(5));

    let net = Mlp::new(&[4, 8, 3], Activation::Tanh)?;
    println!("{net}");
    let mut random = fastrand::Rng::with_seed(1);
    let start = net.initial_parameters(|| random.f64());
    let sgd = Sgd { momentum: 0.9, weight_decay: 1e-4, ..Sgd::new(0.05) };
    let mut trainer = Trainer::new(&net, loss::cross_entropy, sgd)
        .batch_size(16)
        .epochs(200)
        .validation(&test)
        .observer(progress::bar(20));
    let trained = trainer.fit(start, &train, || random.f64())?;

    let predictor = Predictor::new(&net, &test)?;
    println!("{}", predictor.confusion(&trained.parameters, &test)?);
    println!("training accuracy {:.4}", predictor.accuracy(&trained.parameters, &train)?);
    println!("test accuracy {:.4}", predictor.accuracy(&trained.parameters, &test)?);
    Ok(())
}
