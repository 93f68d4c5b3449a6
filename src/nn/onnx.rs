//! The way out: a trained net as an [ONNX](https://onnx.ai) file, which ONNX Runtime and most other tools for nets read.
//!
//! The graph takes `input`, of shape `[N, inputs]` with any N, standardises it if the net says so, and gives `output`, of shape
//! `[N, outputs]`. Its numbers are those of the net to the bit, under PyTorch's names; layers are `Gemm`s. What else there is to know of
//! the net stands in the file's metadata under the key `gradus`, as JSON: see [`TrainedMlp::save`](super::TrainedMlp#method.save).
//!
//! ```
//! use gradus::nn::onnx::{Export, Output};
//! use gradus::nn::{Activation, Mlp, Model, TrainedMlp};
//!
//! let net = Mlp::new(&[4, 8, 3], Activation::Gelu)?;
//! let mut random = fastrand::Rng::with_seed(1);
//! let parameters = net.initial_parameters(|| random.f64());
//! let trained = TrainedMlp::new(net, parameters)?.class_names(["setosa", "versicolor", "virginica"])?;
//! let path = std::env::temp_dir().join("gradus-flowers.onnx");
//! Export { output: Output::Softmax, ..Export::default() }.save_file(&trained, &path)?;
//! # Ok::<(), gradus::Error>(())
//! ```
//!
//! In Python:
//!
//! ```python
//! session = onnxruntime.InferenceSession("flowers.onnx")
//! probabilities = session.run(["output"], {"input": samples})[0]   # samples: float64, [N, 4]
//! ```

mod activation;
mod graph;
mod proto;

use super::trained::Description;
use super::{Model, TrainedMlp, atomic};
use crate::error::{Error, Result};
use graph::Graph;
use prost::Message;
use proto::{ModelProto, OperatorSetIdProto, StringStringEntryProto};
use std::path::Path;

/// The set of operators that the graph uses, and the version of the file format that belongs to it: ONNX 1.12 of 2022.
const OPERATOR_SET: i64 = 17;
const FORMAT: i64 = 8;

/// How a net is exported. As it is by default, the outputs are those of the net, in F64.
///
/// ```
/// use gradus::nn::onnx::{Element, Export};
/// use gradus::nn::{Activation, Mlp, TrainedMlp};
/// let net = TrainedMlp::new(Mlp::new(&[1, 1], Activation::Tanh)?, vec![2.0, 1e300])?;
/// assert!(Export::default().save(&net).is_ok());
/// let error = Export { element: Element::F32, ..Export::default() }.save(&net).unwrap_err();
/// assert!(error.to_string().contains("must be finite in the type of number"));
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Export {
    /// The type of its numbers, inputs and outputs.
    pub element: Element,
    /// What is done to the outputs of the net.
    pub output: Output,
}

/// The type of the numbers of an exported net.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Element {
    /// Double precision: the numbers of the net to the bit. ONNX Runtime gives the net's outputs to some units in their last place.
    #[default]
    F64,
    /// Single precision, as most other tools have it: the numbers of the net are rounded, and ONNX's own operators stand for activations.
    F32,
}

/// What is done to the outputs of an exported net.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Output {
    /// Nothing: they are those of the net, such as logits.
    #[default]
    Plain,
    /// The logistic function of each: probabilities, for a net that was trained with
    /// [`binary_cross_entropy_with_logits`](super::loss::binary_cross_entropy_with_logits).
    Sigmoid,
    /// The softmax of all: probabilities, for a net that was trained with [`cross_entropy`](super::loss::cross_entropy).
    Softmax,
}

impl Export {
    /// The net as the bytes of a file.
    ///
    /// # Errors
    /// [`Error::Setting`] for a parameter that is not finite in the type of number chosen.
    pub fn save(&self, trained: &TrainedMlp) -> Result<Vec<u8>> {
        Ok(self.model(trained)?.encode_to_vec())
    }

    /// Writes the net to a file, as a whole or not at all.
    ///
    /// # Errors
    /// As [`save`](Export::save); [`Error::File`] if the file cannot be written.
    pub fn save_file(&self, trained: &TrainedMlp, path: impl AsRef<Path>) -> Result<()> {
        atomic::write(path.as_ref(), &self.save(trained)?)
    }

    fn model(&self, trained: &TrainedMlp) -> Result<ModelProto> {
        let description = Description::of(trained).to_json();
        let description = description.map_err(|error| Error::File {
            path: "the ONNX file".to_owned(),
            message: format!("not written: {error}"),
        })?;
        let net = trained.net();
        let mut graph = Graph::new(self.element, "mlp");
        let mut values = graph.input("input", net.inputs());
        if let Some(standardizer) = trained.standardization() {
            graph.begin("standardizer");
            let means = graph.tensor("standardizer.means", &[net.inputs()], &standardizer.means)?;
            let deviations = graph.tensor("standardizer.deviations", &[net.inputs()], &standardizer.deviations)?;
            let centred = graph.op("Sub", &[&values, &means]);
            values = graph.op("Div", &[&centred, &deviations]);
        }
        let layout = net.layout();
        for (number, parts) in layout.entries().chunks_exact(2).enumerate() {
            if number > 0 {
                graph.begin(&format!("act{number}"));
                values = activation::applied(&mut graph, net.activation(), values)?;
            }
            graph.begin(&format!("fc{}", number + 1));
            let mut operands = vec![values];
            for entry in parts {
                let numbers = &trained.parameters()[entry.range.clone()];
                operands.push(graph.tensor(&entry.name, &entry.shape, numbers)?);
            }
            // A weight has a row for each output, as PyTorch's, and is multiplied from the right.
            values = graph.op_with_int("Gemm", &operands.iter().collect::<Vec<_>>(), "transB", 1);
        }
        graph.begin("output");
        values = match self.output {
            Output::Plain => values,
            Output::Sigmoid => graph.op("Sigmoid", &[&values]),
            Output::Softmax => graph.op_with_int("Softmax", &[&values], "axis", -1),
        };
        Ok(ModelProto {
            ir_version: FORMAT,
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPERATOR_SET }],
            producer_name: "gradus".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            graph: Some(graph.output(values, "output", net.outputs())),
            metadata_props: vec![StringStringEntryProto { key: "gradus".to_owned(), value: description }],
        })
    }
}

impl Element {
    fn data_type(self) -> i32 {
        match self {
            Element::F64 => proto::DOUBLE,
            Element::F32 => proto::FLOAT,
        }
    }

    fn holds(self, number: f64) -> bool {
        match self {
            Element::F64 => number.is_finite(),
            Element::F32 => (number as f32).is_finite(),
        }
    }

    fn bytes(self, number: f64) -> Vec<u8> {
        match self {
            Element::F64 => number.to_le_bytes().to_vec(),
            Element::F32 => (number as f32).to_le_bytes().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests;
