//! What a hidden layer does to each of its sums: an op of the table, by its name there.

use crate::rule::Scalar;

/// What a hidden layer does to each of its sums.
///
/// ```
/// use gradus::nn::Activation;
/// assert_eq!(Activation::LeakyRelu(0.1).apply(-2.0), -0.2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// Nothing: a linear layer.
    Identity,
    /// Rectifier.
    Relu,
    /// Rectifier that leaks with the slope given (0.01 in PyTorch).
    LeakyRelu(f64),
    /// Exponential linear unit with the factor given (1 in PyTorch).
    Elu(f64),
    /// Hyperbolic tangent.
    Tanh,
    /// Logistic function.
    Sigmoid,
    /// Smooth rectifier.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// Sigmoid linear unit.
    Silu,
    /// Gaussian error linear unit, exact.
    Gelu,
    /// `x tanh(softplus(x))`.
    Mish,
}

impl Activation {
    /// Applies it to a number of any kind.
    #[inline]
    #[track_caller]
    pub fn apply<S: Scalar>(self, x: S) -> S {
        match self {
            Activation::Identity => x,
            Activation::Relu => x.relu(),
            Activation::LeakyRelu(slope) => x.leaky_relu(S::lit(slope)),
            Activation::Elu(factor) => x.elu(S::lit(factor)),
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => x.sigmoid(),
            Activation::Softplus => x.softplus(),
            Activation::Softsign => x.softsign(),
            Activation::Silu => x.silu(),
            Activation::Gelu => x.gelu(),
            Activation::Mish => x.mish(),
        }
    }

    /// By how much the weights before it are to be larger, so that a signal keeps its size through many layers: PyTorch's
    /// `calculate_gain`. It has none for the smooth rectifiers; they get that of the rectifier, √2.
    ///
    /// ```
    /// assert_eq!(gradus::nn::Activation::Tanh.gain(), 5.0 / 3.0);
    /// ```
    pub fn gain(self) -> f64 {
        match self {
            Activation::Identity | Activation::Sigmoid | Activation::Softsign => 1.0,
            Activation::Tanh => 5.0 / 3.0,
            Activation::LeakyRelu(slope) => (2.0 / (1.0 + slope * slope)).sqrt(),
            Activation::Relu
            | Activation::Elu(_)
            | Activation::Softplus
            | Activation::Silu
            | Activation::Gelu
            | Activation::Mish => 2f64.sqrt(),
        }
    }
}
