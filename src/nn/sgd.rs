//! Gradient descent.

/// Gradient descent: each parameter moves against its partial derivative.
///
/// ```
/// let mut parameters = [1.0, -2.0];
/// gradus::nn::Sgd { learning_rate: 0.1 }.step(&mut parameters, &[2.0, -4.0]);
/// assert_eq!(parameters, [0.8, -1.6]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// How far, per unit of the derivative.
    pub learning_rate: f64,
}

impl Sgd {
    /// Moves `parameters` one step.
    ///
    /// # Panics
    /// If there is not a partial derivative for each parameter.
    #[track_caller]
    pub fn step(&self, parameters: &mut [f64], gradient: &[f64]) {
        assert_eq!(parameters.len(), gradient.len(), "a gradient has an entry for each parameter");
        for (parameter, partial) in parameters.iter_mut().zip(gradient) {
            *parameter -= self.learning_rate * partial;
        }
    }
}

/// A learning rate that falls in a straight line from `first` at epoch 0 towards `last` at epoch `epochs`.
pub fn linear_decay(first: f64, last: f64, epoch: usize, epochs: usize) -> f64 {
    first + (last - first) * epoch as f64 / epochs as f64
}
