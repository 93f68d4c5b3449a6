//! An exported file, decoded again and computed with, operator by operator after ONNX's definitions of them.

use super::proto::{GraphProto, TensorProto};
use super::*;
use crate::nn::data::Standardizer;
use crate::nn::{Activation, Mlp};
use std::collections::HashMap;

fn trained(activation: Activation) -> TrainedMlp {
    let mut random = fastrand::Rng::with_seed(5);
    let net = Mlp::new(&[3, 7, 5, 2], activation).unwrap();
    let parameters = net.initial_parameters(|| random.f64()).iter().map(|parameter| 2.0 * parameter + 0.1).collect();
    let standardizer = Standardizer { means: vec![0.1, -0.2, 3.0], deviations: vec![1.0, 0.5, 3.0] };
    TrainedMlp::new(net, parameters).unwrap().standardizer(standardizer).unwrap()
}

fn numbers(tensor: &TensorProto) -> Vec<f64> {
    let data = &tensor.raw_data;
    match tensor.data_type {
        proto::DOUBLE => data.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
        proto::FLOAT => data.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect(),
        other => panic!("data type {other}"),
    }
}

/// The outputs of a graph for one sample, in f64, after the definitions in ONNX's `Operators.md`.
fn run(graph: &GraphProto, input: &[f64]) -> Vec<f64> {
    let mut values: HashMap<&str, Vec<f64>> = HashMap::from([("input", input.to_vec())]);
    for tensor in &graph.initializer {
        assert!(values.insert(&tensor.name, numbers(tensor)).is_none(), "two values `{}`", tensor.name);
    }
    for node in &graph.node {
        let operands: Vec<&Vec<f64>> = node.input.iter().map(|name| &values[name.as_str()]).collect();
        let attribute = node.attribute.first();
        let alpha = attribute.and_then(|attribute| attribute.f).map_or(f64::NAN, f64::from);
        let map = |f: &dyn Fn(f64) -> f64| operands[0].iter().map(|&x| f(x)).collect::<Vec<f64>>();
        let zip = |f: &dyn Fn(f64, f64) -> f64| {
            let (a, b) = (operands[0], operands[1]);
            // Scalars are broadcast.
            (0..a.len().max(b.len())).map(|i| f(a[i % a.len()], b[i % b.len()])).collect::<Vec<f64>>()
        };
        let output = match node.op_type.as_str() {
            "Gemm" => {
                assert_eq!((attribute.unwrap().name.as_str(), attribute.unwrap().i), ("transB", Some(1)));
                let rows = operands[1].chunks_exact(operands[0].len());
                let sums = rows.map(|row| row.iter().zip(operands[0]).map(|(w, x)| w * x).sum::<f64>());
                sums.zip(operands[2]).map(|(sum, bias)| sum + bias).collect()
            }
            "Identity" => operands[0].clone(),
            "Relu" => map(&|x| x.max(0.0)),
            "LeakyRelu" => map(&|x| if x < 0.0 { alpha * x } else { x }),
            "Elu" => map(&|x| if x < 0.0 { alpha * (x.exp() - 1.0) } else { x }),
            "Tanh" => map(&f64::tanh),
            "Sigmoid" => map(&|x| 1.0 / (1.0 + (-x).exp())),
            // ONNX says `ln(exp(x) + 1)`; no runtime overflows where it would.
            "Softplus" => map(&|x| x.max(0.0) + (-x.abs()).exp().ln_1p()),
            "Softsign" => map(&|x| x / (1.0 + x.abs())),
            "Erf" => map(&libm::erf),
            "Exp" => map(&f64::exp),
            "Log" => map(&f64::ln),
            "Abs" => map(&f64::abs),
            "Neg" => map(&|x| -x),
            "Min" => zip(&f64::min),
            "Add" => zip(&|a, b| a + b),
            "Sub" => zip(&|a, b| a - b),
            "Mul" => zip(&|a, b| a * b),
            "Div" => zip(&|a, b| a / b),
            "Softmax" => {
                assert_eq!((attribute.unwrap().name.as_str(), attribute.unwrap().i), ("axis", Some(-1)));
                let sum: f64 = operands[0].iter().map(|x| x.exp()).sum();
                map(&|x| x.exp() / sum)
            }
            other => panic!("operator {other}"),
        };
        assert!(values.insert(&node.output[0], output).is_none(), "two values `{}`", node.output[0]);
    }
    values[graph.output[0].name.as_str()].clone()
}

fn exported(export: Export, trained: &TrainedMlp) -> GraphProto {
    let model = ModelProto::decode(export.save(trained).unwrap().as_slice()).unwrap();
    assert_eq!((model.ir_version, model.opset_import[0].version), (FORMAT, OPERATOR_SET));
    model.graph.unwrap()
}

#[test]
fn the_initialisers_are_the_parameters_to_the_bit() {
    let trained = trained(Activation::Tanh);
    let graph = exported(Export::default(), &trained);
    let layout = trained.net().layout();
    for entry in layout.entries() {
        let tensor = graph.initializer.iter().find(|tensor| tensor.name == entry.name).unwrap();
        assert_eq!(tensor.dims, entry.shape.iter().map(|&size| size as i64).collect::<Vec<_>>());
        assert_eq!(numbers(tensor), trained.parameters()[entry.range.clone()]);
    }
    assert_eq!(graph.initializer.len(), layout.entries().len() + 2);
}

#[test]
fn the_graph_computes_what_the_net_does() {
    let samples = [[0.3, -1.0, 2.0], [20.0, -40.0, 9.0], [-3.0, 0.0, 500.0], [0.0, 0.0, 0.0]];
    let others = [Activation::LeakyRelu(-0.3), Activation::LeakyRelu(0.0), Activation::Elu(0.7), Activation::Elu(-1.0)];
    for activation in Activation::ALL.into_iter().chain(others) {
        let trained = trained(activation);
        for (element, tolerance) in [(Element::F64, 4e-15), (Element::F32, 1e-6)] {
            let graph = exported(Export { element, ..Export::default() }, &trained);
            for sample in &samples {
                let (found, expected) = (run(&graph, sample), trained.outputs(sample).unwrap());
                let size = expected.iter().fold(1.0, |size: f64, x| size.max(x.abs()));
                for (found, expected) in found.iter().zip(&expected) {
                    let error = (found - expected).abs() / size;
                    assert!(error <= tolerance, "{activation:?} {element:?}: {found}, not {expected}");
                }
            }
        }
    }
}

#[test]
fn outputs_can_be_probabilities() {
    let trained = trained(Activation::Silu);
    let sample = [0.3, -1.0, 2.0];
    let logits = trained.outputs(&sample).unwrap();
    let softmax = run(&exported(Export { output: Output::Softmax, ..Export::default() }, &trained), &sample);
    let sigmoid = run(&exported(Export { output: Output::Sigmoid, ..Export::default() }, &trained), &sample);
    for (place, expected) in crate::softmax(&logits).into_iter().enumerate() {
        assert!((softmax[place] - expected).abs() < 1e-15);
        assert!((sigmoid[place] - crate::Scalar::sigmoid(logits[place])).abs() < 1e-15);
    }
}

#[test]
fn a_parameter_that_is_no_number_is_not_exported() {
    let net = TrainedMlp::new(Mlp::new(&[1, 1], Activation::Tanh).unwrap(), vec![1.0, f64::NAN]).unwrap();
    let error = Export::default().save(&net).unwrap_err();
    assert!(error.to_string().starts_with("a number of the exported net is NaN, but must be finite"), "{error}");
}
