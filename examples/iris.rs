//! Fisher's flowers: three kinds told apart by four lengths. A 4-8-3 net on 120 of them, tested on the other 30; and a net that sees
//! the petals alone, so that what it decides can be drawn.

use gradus::nn::data::{Dataset, Standardizer, Table};
use gradus::nn::optim::Sgd;
use gradus::nn::{Activation, Checkpoint, Mlp, Model, Predictor, Trainer, loss, lr_scheduler, progress_bar};
use picture::{boundary, confusion, curves};
use std::error::Error;

#[path = "shared/picture.rs"]
mod picture;

fn main() -> Result<(), Box<dyn Error>> {
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/iris.csv"))?;
    let mut data = Dataset::classes_from(&table, "label")?;
    data.class_names = ["setosa", "versicolor", "virginica"].map(String::from).to_vec();

    // The drawing is in centimetres: what was seen is kept.
    let petals = |row: usize| [data.input(row)[2], data.input(row)[3]];
    let (rows, labels): (Vec<_>, Vec<_>) = (0..data.len()).map(|row| (petals(row), data.class(row))).unzip();
    let mut of_petals = Dataset::of_classes(&rows, &labels, 3)?;
    let standardizer = Standardizer::fit(&of_petals);
    standardizer.apply(&mut of_petals);
    Standardizer::fit(&data).apply(&mut data);

    println!("All four lengths");
    let net = Mlp::new(&[4, 8, 3], Activation::Tanh)?;
    let (test, train) = data.partition(|row| row.is_multiple_of(5));
    let trained = train_and_tell(&net, &train, &test)?;
    let matrix = Predictor::new(&net, &test)?.confusion(&trained.parameters, &test)?;
    println!("{matrix}");
    picture::save_scene("iris_confusion", &confusion::of_matrix(&matrix, "30 flowers"))?;

    println!("\nPetals alone");
    let net = Mlp::new(&[2, 8, 3], Activation::Tanh)?;
    let (test, train) = of_petals.partition(|row| row.is_multiple_of(5));
    let trained = train_and_tell(&net, &train, &test)?;
    let scores = |length: f64, width: f64| {
        let mut input = [length, width];
        standardizer.apply_to(&mut input);
        net.forward(&trained.parameters, &input)
    };
    let classes: Vec<boundary::Class<'_>> = (0..3)
        .map(|class| {
            let own = rows.iter().zip(&labels).filter(|(_, label)| **label == class);
            boundary::Class { name: &data.class_names[class], points: own.map(|(row, _)| (row[0], row[1])).collect() }
        })
        .collect();
    let regions = boundary::of_classes(&classes, ["petal length, cm", "petal width, cm"], scores);
    let losses = curves::of_losses(&trained.history, "cross-entropy", "held out");
    picture::save("iris", vec![regions, losses])
}

fn train_and_tell(net: &Mlp, train: &Dataset, test: &Dataset) -> Result<Checkpoint, gradus::Error> {
    println!("{net}");
    let mut random = fastrand::Rng::with_seed(1);
    let start = net.initial_parameters(|| random.f64());
    let sgd = Sgd { momentum: 0.9, weight_decay: 1e-4, ..Sgd::new(0.05) };
    let mut trainer = Trainer::new(net, loss::cross_entropy, sgd)
        .batch_size(16)
        .epochs(100)
        .schedule(lr_scheduler::cosine(100, 0.01))
        .validation(test)
        .observer(progress_bar());
    let trained = trainer.fit(start, train, || random.f64())?;
    let accuracy = |data| Predictor::new(net, data)?.accuracy(&trained.parameters, data);
    println!("training accuracy {:.4}", accuracy(train)?);
    println!("test accuracy {:.4}", accuracy(test)?);
    Ok(trained)
}
