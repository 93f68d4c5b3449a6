//! A multi-layer perceptron.

use crate::error::{Error, Result};
use crate::rule::Scalar;
use std::fmt;

/// What a hidden layer does to each of its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Rectifier.
    Relu,
    /// Hyperbolic tangent.
    Tanh,
    /// Logistic function.
    Sigmoid,
    /// Smooth rectifier.
    Softplus,
    /// Sigmoid linear unit.
    Silu,
    /// Gaussian error linear unit.
    Gelu,
}

impl Activation {
    /// Applies it to a number of any kind.
    #[inline]
    pub fn apply<S: Scalar>(self, x: S) -> S {
        match self {
            Activation::Relu => x.relu(),
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => x.sigmoid(),
            Activation::Softplus => x.softplus(),
            Activation::Silu => x.silu(),
            Activation::Gelu => x.gelu(),
        }
    }
}

/// A multi-layer perceptron: layers of weighted sums, with an activation between them and none
/// after the last.
///
/// It holds its shape; the parameters are a flat slice of any kind of number, layer by layer, neuron by
/// neuron, the weights of a neuron and then its bias. So the same net is evaluated on `f64`,
/// recorded on [`Var`](crate::Var), differentiated on [`Dual`](crate::Dual).
///
/// ```
/// use gradus::nn::{Activation, Mlp};
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mlp {
    sizes: Vec<usize>,
    activation: Activation,
}

impl Mlp {
    /// A net with the layer sizes `sizes`: inputs first, outputs last.
    ///
    /// # Errors
    /// For fewer than two sizes, or a size of 0.
    pub fn new(sizes: &[usize], activation: Activation) -> Result<Mlp> {
        if sizes.len() < 2 {
            return Err(Error::Length {
                what: "the list of layer sizes",
                found: sizes.len(),
                expected: 2,
                hint: "a net has at least inputs and outputs",
            });
        }
        if sizes.contains(&0) {
            return Err(Error::Setting { what: "a layer size", value: 0.0, expected: "at least 1" });
        }
        Ok(Mlp { sizes: sizes.to_vec(), activation })
    }

    /// How many parameters the net has.
    pub fn parameter_count(&self) -> usize {
        self.layers().map(|(inputs, outputs)| (inputs + 1) * outputs).sum()
    }

    /// Parameters to start training from: weights uniform within ±√(3 / inputs) of the layer, so that sums keep
    /// the variance of their inputs (LeCun et al., *Efficient BackProp*, 1998, section 4.6); biases 0.
    ///
    /// `uniform` returns random numbers in [0, 1).
    pub fn initial_parameters(&self, mut uniform: impl FnMut() -> f64) -> Vec<f64> {
        let mut parameters = Vec::with_capacity(self.parameter_count());
        for (inputs, outputs) in self.layers() {
            let bound = (3.0 / inputs as f64).sqrt();
            for _ in 0..outputs {
                parameters.extend((0..inputs).map(|_| bound * (2.0 * uniform() - 1.0)));
                parameters.push(0.0);
            }
        }
        parameters
    }

    /// The outputs for the inputs `x`.
    ///
    /// # Panics
    /// If `parameters` or `x` has another length than the net's shape asks for;
    /// [`try_forward`](Mlp::try_forward) returns the error instead.
    #[track_caller]
    pub fn forward<S: Scalar>(&self, parameters: &[S], x: &[S]) -> Vec<S> {
        match self.try_forward(parameters, x) {
            Ok(outputs) => outputs,
            Err(error) => panic!("{error}"),
        }
    }

    /// The outputs for the inputs `x`.
    ///
    /// # Errors
    /// [`Error::Length`] if `parameters` or `x` has another length than the net's shape asks for.
    pub fn try_forward<S: Scalar>(&self, parameters: &[S], x: &[S]) -> Result<Vec<S>> {
        let check = |what, found, expected, hint| {
            if found == expected { Ok(()) } else { Err(Error::Length { what, found, expected, hint }) }
        };
        check("the parameter slice", parameters.len(), self.parameter_count(), "as many as `parameter_count` says")?;
        check("the input", x.len(), self.sizes[0], "as many as the first layer size")?;
        let mut values = x.to_vec();
        let mut rest = parameters;
        let last = self.sizes.len() - 2;
        for (layer, (inputs, outputs)) in self.layers().enumerate() {
            let (own, behind) = rest.split_at((inputs + 1) * outputs);
            let neuron = |parameters: &[S]| {
                let (weights, bias) = parameters.split_at(inputs);
                let mut sum = bias[0];
                for (&weight, &value) in weights.iter().zip(&values) {
                    sum += weight * value;
                }
                if layer < last { self.activation.apply(sum) } else { sum }
            };
            values = own.chunks_exact(inputs + 1).map(neuron).collect();
            rest = behind;
        }
        Ok(values)
    }

    /// Inputs and outputs of each layer.
    fn layers(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.sizes.windows(2).map(|pair| (pair[0], pair[1]))
    }
}

impl fmt::Display for Mlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes.iter().map(usize::to_string).collect();
        write!(f, "Mlp {} ({:?}, {} parameters)", sizes.join("-"), self.activation, self.parameter_count())
    }
}
