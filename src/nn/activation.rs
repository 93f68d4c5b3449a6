//! What a hidden layer does to each of its sums: an op of the table, by its name there.

use crate::error::{Error, Result};
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
    /// One of each, those with a constant with PyTorch's.
    pub const ALL: [Activation; 11] = [
        Activation::Identity,
        Activation::Relu,
        Activation::LeakyRelu(0.01),
        Activation::Elu(1.0),
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Softplus,
        Activation::Softsign,
        Activation::Silu,
        Activation::Gelu,
        Activation::Mish,
    ];

    /// What it is called in files: its name in the table of operations and in `torch.nn.functional`.
    pub fn name(self) -> &'static str {
        match self {
            Activation::Identity => "identity",
            Activation::Relu => "relu",
            Activation::LeakyRelu(_) => "leaky_relu",
            Activation::Elu(_) => "elu",
            Activation::Tanh => "tanh",
            Activation::Sigmoid => "sigmoid",
            Activation::Softplus => "softplus",
            Activation::Softsign => "softsign",
            Activation::Silu => "silu",
            Activation::Gelu => "gelu",
            Activation::Mish => "mish",
        }
    }

    /// Its constant, if it has one.
    pub fn constant(self) -> Option<f64> {
        match self {
            Activation::LeakyRelu(constant) | Activation::Elu(constant) => Some(constant),
            Activation::Identity
            | Activation::Relu
            | Activation::Tanh
            | Activation::Sigmoid
            | Activation::Softplus
            | Activation::Softsign
            | Activation::Silu
            | Activation::Gelu
            | Activation::Mish => None,
        }
    }

    /// The activation of this name, with this constant or PyTorch's.
    ///
    /// # Errors
    /// [`Error::UnknownName`]; [`Error::Setting`] for a constant where there is none.
    ///
    /// ```
    /// use gradus::nn::Activation;
    /// assert_eq!(Activation::named("leaky_relu", Some(0.2))?, Activation::LeakyRelu(0.2));
    /// assert!(Activation::named("tanh", Some(0.2)).is_err());
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn named(name: &str, constant: Option<f64>) -> Result<Activation> {
        let Some(found) = Activation::ALL.into_iter().find(|activation| activation.name() == name) else {
            let known = Activation::ALL.map(|activation| activation.name().to_owned()).to_vec();
            return Err(Error::UnknownName { what: "activation", found: name.to_owned(), known });
        };
        match (found, constant) {
            (_, None) => Ok(found),
            (Activation::LeakyRelu(_), Some(slope)) => Ok(Activation::LeakyRelu(slope)),
            (Activation::Elu(_), Some(factor)) => Ok(Activation::Elu(factor)),
            (_, Some(value)) => Err(Error::Setting {
                what: "the constant of an activation",
                value,
                expected: "left out for one that has none",
            }),
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_all_and_are_those_of_the_table() {
        for (place, activation) in Activation::ALL.into_iter().enumerate() {
            assert_eq!(Activation::named(activation.name(), activation.constant()).unwrap(), activation);
            assert!(Activation::ALL[..place].iter().all(|other| other.name() != activation.name()));
            let is_op = |op: &crate::op::Op| op.info().is_some_and(|info| info.name == activation.name());
            assert!(activation == Activation::Identity || crate::op::Op::ALL.iter().any(is_op), "{activation:?}");
        }
        let error = Activation::named("swish", None).unwrap_err();
        assert!(error.to_string().contains("silu"), "{error}");
    }
}
