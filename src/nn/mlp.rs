//! A multi-layer perceptron.

use super::init::Init;
use super::{Activation, Layout, Linear, Model, linear};
use crate::error::{Error, Result, check_length};
use crate::rule::Scalar;
use std::fmt;

/// A multi-layer perceptron: linear layers `fc1`, `fc2`, … with an activation between them and none after the last.
///
/// It holds its shape; the parameters are a flat slice of any kind of number, layer by layer, the weights row by row and then the
/// biases, as PyTorch has them. So the same net is evaluated on `f64`, recorded on [`Var`](crate::Var), differentiated on
/// [`Dual`](crate::Dual). It prints as a table of its parameters.
///
/// ```
/// use gradus::nn::{Activation, Mlp, Model};
///
/// let net = Mlp::new(&[2, 16, 16, 1], Activation::Tanh)?;
/// assert_eq!(net.parameter_count(), 337);
/// let mut random = fastrand::Rng::with_seed(1);
/// let parameters = net.initial_parameters(|| random.f64());
/// let score = net.forward(&parameters, &[0.5, -1.0])[0];
/// let gradient = gradus::gradient(|p| net.forward(p, &[0.5.into(), (-1.0).into()])[0], &parameters)?;
/// assert!(score.is_finite() && gradient.len() == 337);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Mlp {
    layers: Vec<Linear>,
    activation: Activation,
}

impl Mlp {
    /// A net with the layer sizes `sizes`: inputs first, outputs last.
    ///
    /// # Errors
    /// For fewer than two sizes, a size of 0, or sizes so large that the parameters could not stand in memory.
    pub fn new(sizes: &[usize], activation: Activation) -> Result<Mlp> {
        if sizes.len() < 2 {
            return Err(Error::Length {
                what: "the list of layer sizes",
                found: sizes.len(),
                expected: 2,
                hint: "a net has at least inputs and outputs",
            });
        }
        let layers = sizes.windows(2).map(|pair| Linear::new(pair[0], pair[1])).collect::<Result<Vec<_>>>()?;
        let count = layers.iter().try_fold(0usize, |sum, layer| sum.checked_add(layer.parameter_count()));
        if count.is_none_or(|count| count > linear::MOST_PARAMETERS) {
            let value = sizes.iter().copied().max().unwrap_or(0) as f64;
            return Err(Error::Setting {
                what: "a layer size",
                value,
                expected: "so small that the weights of all layers together can stand in memory",
            });
        }
        Ok(Mlp { layers, activation })
    }

    /// Its layer sizes: inputs first, outputs last.
    pub fn sizes(&self) -> Vec<usize> {
        let outputs = self.layers.iter().map(Linear::outputs);
        std::iter::once(self.inputs()).chain(outputs).collect()
    }

    /// How many inputs it takes.
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    /// How many outputs it gives.
    pub fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs()
    }

    /// Its linear layers.
    pub fn layers(&self) -> &[Linear] {
        &self.layers
    }

    /// What is between them.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Parameters to start training from, drawn as `init` says, with the gain of the activation for all layers but the last.
    ///
    /// `uniform` returns random numbers in [0, 1).
    pub fn initial_parameters_with(&self, init: Init, uniform: impl FnMut() -> f64) -> Vec<f64> {
        let last = format!("fc{}.weight", self.layers.len());
        let gain = |name: &str| if name == last { 1.0 } else { self.activation.gain() };
        init.parameters(&self.layout(), |entry| gain(&entry.name), uniform)
    }

    /// The outputs for the inputs of one sample.
    ///
    /// # Errors
    /// [`Error::Length`] if `parameters` or `inputs` has another length than the net's shape asks for.
    #[track_caller]
    pub fn try_forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Result<Vec<S>> {
        let hint = "as many as `parameter_count` says";
        check_length("the parameter slice", parameters.len(), self.parameter_count(), hint)?;
        check_length("the input", inputs.len(), self.inputs(), "as many as the first layer size")?;
        let mut values = inputs.to_vec();
        let mut rest = parameters;
        for (number, layer) in self.layers.iter().enumerate() {
            if number > 0 {
                for value in &mut values {
                    *value = self.activation.apply(*value);
                }
            }
            let (own, behind) = rest.split_at(layer.parameter_count());
            values = layer.forward(own, &values);
            rest = behind;
        }
        Ok(values)
    }
}

impl Model for Mlp {
    fn layout(&self) -> Layout {
        let layers = self.layers.iter().enumerate();
        layers.fold(Layout::new(), |layout, (number, layer)| layout.part(&format!("fc{}", number + 1), layer))
    }

    fn parameter_count(&self) -> usize {
        self.layers.iter().map(Linear::parameter_count).sum()
    }

    /// # Panics
    /// If `parameters` or `inputs` has another length than the net's shape asks for;
    /// [`try_forward`](Mlp::try_forward) returns the error instead.
    #[track_caller]
    fn forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Vec<S> {
        match self.try_forward(parameters, inputs) {
            Ok(outputs) => outputs,
            Err(error) => panic!("{error}"),
        }
    }

    #[track_caller]
    fn try_forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Result<Vec<S>> {
        Mlp::try_forward(self, parameters, inputs)
    }

    /// As He et al. for rectifiers, as Glorot and Bengio for what saturates, uniform, with the gain of the activation.
    fn initial_parameters(&self, uniform: impl FnMut() -> f64) -> Vec<f64> {
        let init = match self.activation {
            Activation::Identity | Activation::Tanh | Activation::Sigmoid | Activation::Softsign => Init::XavierUniform,
            Activation::Relu
            | Activation::LeakyRelu(_)
            | Activation::Elu(_)
            | Activation::Softplus
            | Activation::Silu
            | Activation::Gelu
            | Activation::Mish => Init::KaimingUniform,
        };
        self.initial_parameters_with(init, uniform)
    }
}

impl fmt::Display for Mlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes().iter().map(usize::to_string).collect();
        writeln!(f, "Mlp {}, {:?}", sizes.join("-"), self.activation)?;
        write!(f, "{}", self.layout())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_net_prints_as_a_table_of_its_parameters() {
        let net = Mlp::new(&[2, 16, 1], Activation::Relu).unwrap();
        let lines = [
            "Mlp 2-16-1, Relu",
            "parameter   shape    numbers",
            "fc1.weight  16 × 2        32",
            "fc1.bias    16            16",
            "fc2.weight  1 × 16        16",
            "fc2.bias    1              1",
            "all                       65",
        ];
        assert_eq!(net.to_string(), lines.join("\n"));
    }

    #[test]
    fn wrong_lengths_are_errors() {
        let net = Mlp::new(&[2, 1], Activation::Tanh).unwrap();
        let error = net.try_forward(&[0.0; 3], &[1.0]).unwrap_err();
        assert!(matches!(error, Error::Length { what: "the input", found: 1, expected: 2, .. }), "{error}");
        assert!(net.try_forward(&[0.0; 2], &[1.0, 2.0]).is_err());
        assert!(Mlp::new(&[2], Activation::Tanh).is_err() && Mlp::new(&[2, 0], Activation::Tanh).is_err());
        let error = net.layout().view("fc2.bias", &[0.0; 3]).unwrap_err();
        assert!(error.to_string().contains("fc1.weight"), "{error}");
    }
}
