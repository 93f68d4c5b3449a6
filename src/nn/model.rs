//! What a model is: something that turns parameters and inputs into outputs, on any kind of number.

use super::Layout;
use super::init::Init;
use crate::error::Result;
use crate::rule::Scalar;

/// Something that turns parameters and inputs into outputs, on any kind of number. It holds its shape; its parameters are a flat
/// slice.
///
/// A model of one's own, made of two layers and a shortcut around the second:
///
/// ```
/// use gradus::Scalar;
/// use gradus::nn::{Layout, Linear, Model};
///
/// struct Residual { first: Linear, second: Linear }
///
/// impl Model for Residual {
///     fn layout(&self) -> Layout {
///         Layout::new().part("first", &self.first).part("second", &self.second)
///     }
///     fn forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Vec<S> {
///         let (first, second) = parameters.split_at(self.first.parameter_count());
///         let hidden: Vec<S> = self.first.forward(first, inputs).into_iter().map(S::tanh).collect();
///         self.second.forward(second, &hidden).iter().zip(&hidden).map(|(&a, &b)| a + b).collect()
///     }
/// }
///
/// let net = Residual { first: Linear::new(2, 4)?, second: Linear::new(4, 4)? };
/// let mut random = fastrand::Rng::with_seed(1);
/// let parameters = net.initial_parameters(|| random.f64());
/// assert_eq!(net.forward(&parameters, &[0.5, -1.0]).len(), 4);
/// println!("{}", net.layout());
/// # Ok::<(), gradus::Error>(())
/// ```
pub trait Model {
    /// The named parameters, in the order in which they stand in the flat slice.
    fn layout(&self) -> Layout;

    /// The outputs for the inputs of one sample.
    #[track_caller]
    fn forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Vec<S>;

    /// The outputs for the inputs of one sample, or what is wrong with the lengths: what [`Trainer`](super::Trainer) and
    /// [`Predictor`](super::Predictor) ask first. A model that has no check of its own panics as [`forward`](Model::forward) does.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) if `parameters` or `inputs` has another length than the model takes.
    #[track_caller]
    fn try_forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Result<Vec<S>> {
        self.layout().check(parameters.len())?;
        Ok(self.forward(parameters, inputs))
    }

    /// How many numbers the parameters are.
    fn parameter_count(&self) -> usize {
        self.layout().count()
    }

    /// Parameters to start training from; `uniform` returns random numbers in [0, 1).
    ///
    /// Unless a model says otherwise: weights as [`Init::KaimingUniform`] has them with a gain of 1, which keeps the variance of
    /// the inputs (LeCun et al., *Efficient BackProp*, 1998, section 4.6); biases 0.
    fn initial_parameters(&self, uniform: impl FnMut() -> f64) -> Vec<f64>
    where
        Self: Sized,
    {
        Init::KaimingUniform.parameters(&self.layout(), |_| 1.0, uniform)
    }
}
