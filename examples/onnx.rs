//! Nets that are used elsewhere: as ONNX for ONNX Runtime and other tools, as safetensors for Python.
//!
//! It trains a net on Fisher's flowers, and makes one of each activation; it writes them to `target/onnx`, and beside each a CSV of
//! inputs and of the outputs that it has here. Then see whether Python comes to the same:
//!
//! ```sh
//! cargo run --release --example onnx --features onnx,safetensors
//! pip install -r examples/onnx/requirements.txt
//! python examples/onnx/check.py target/onnx
//! ```

use gradus::Error;
use gradus::nn::data::{Dataset, Standardizer, Table};
use gradus::nn::onnx::{Element, Export, Output};
use gradus::nn::optim::Adam;
use gradus::nn::{Activation, Mlp, Model, TrainedMlp, Trainer, loss};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Error> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/onnx"));
    std::fs::create_dir_all(&folder)
        .map_err(|error| Error::File { path: folder.display().to_string(), message: error.to_string() })?;
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/iris.csv"))?;
    let data = Dataset::classes_from(&table, "label")?;
    let standardizer = Standardizer::fit(&data);
    let samples: Vec<&[f64]> = (0..data.len()).map(|sample| data.input(sample)).collect();

    let flowers = flowers(&data, &standardizer)?;
    let softmax = |logits: Vec<f64>| gradus::softmax(&logits);
    write(&folder, "flowers", &flowers, Output::Softmax, &samples, softmax)?;
    flowers.save_file(folder.join("flowers.safetensors"))?;

    // Samples far outside, too, where something could overflow.
    let far: Vec<[f64; 4]> = [-3.0, -0.1, 10.0, 300.0].map(|x| [x, -x, 2.0 * x, 0.5]).to_vec();
    let samples: Vec<&[f64]> = samples.into_iter().chain(far.iter().map(<[f64; 4]>::as_slice)).collect();
    let constants = [Activation::LeakyRelu(-0.3), Activation::Elu(0.7)];
    for (number, activation) in Activation::ALL.into_iter().chain(constants).enumerate() {
        let net = Mlp::new(&[4, 9, 6, 3], activation)?;
        let mut random = fastrand::Rng::with_seed(number as u64);
        let parameters = net.initial_parameters(|| random.f64()).iter().map(|p| p + random.f64() - 0.5).collect();
        let net = TrainedMlp::new(net, parameters)?.standardizer(standardizer.clone())?;
        let name = match activation.constant() {
            Some(constant) => format!("{} {constant}", activation.name()),
            None => activation.name().to_owned(),
        };
        write(&folder, &name, &net, Output::Plain, &samples, |outputs| outputs)?;
        net.save_file(folder.join(format!("{name}.safetensors")))?;
    }
    let sigmoid = |logits: Vec<f64>| logits.into_iter().map(gradus::Scalar::sigmoid).collect();
    write(&folder, "probabilities", &flowers, Output::Sigmoid, &samples, sigmoid)?;
    println!("written to {}", folder.display());
    Ok(())
}

/// A net that tells flowers by lengths in cm.
fn flowers(data: &Dataset, standardizer: &Standardizer) -> Result<TrainedMlp, Error> {
    let mut standard = data.clone();
    standardizer.apply(&mut standard);
    let net = Mlp::new(&[4, 8, 3], Activation::Gelu)?;
    let mut random = fastrand::Rng::with_seed(1);
    let start = net.initial_parameters(|| random.f64());
    let mut trainer = Trainer::new(&net, loss::cross_entropy, Adam::new(0.02)).batch_size(16).epochs(60);
    let trained = trainer.fit(start, &standard, || random.f64())?;
    TrainedMlp::new(net.clone(), trained.parameters)?.standardizer(standardizer.clone())?.class_names([
        "setosa",
        "versicolor",
        "virginica",
    ])
}

/// The net in double and in single precision, and its samples with their outputs here.
fn write(
    folder: &Path,
    name: &str,
    net: &TrainedMlp,
    output: Output,
    samples: &[&[f64]],
    finish: impl Fn(Vec<f64>) -> Vec<f64>,
) -> Result<(), Error> {
    for (element, ending) in [(Element::F64, "f64"), (Element::F32, "f32")] {
        Export { element, output }.save_file(net, folder.join(format!("{name}.{ending}.onnx")))?;
    }
    let rows = samples.iter().map(|sample| Ok([sample.to_vec(), finish(net.outputs(sample)?)].concat()));
    let rows: Vec<Vec<f64>> = rows.collect::<Result<_, Error>>()?;
    Table::write(folder.join(format!("{name}.csv")), &["x1", "x2", "x3", "x4", "y1", "y2", "y3"], &rows)
}
