//! Gradient descent.

use super::{Optimizer, State, check_rate};
use crate::error::Result;

/// Gradient descent, with momentum if wanted: PyTorch's `SGD`.
///
/// ```
/// use gradus::nn::optim::{Optimizer, Sgd};
/// let mut parameters = [1.0, -2.0];
/// Sgd::new(0.1).step(&mut parameters, &[2.0, -4.0]);
/// assert_eq!(parameters, [0.8, -1.6]);
/// let mut heavy = Sgd { momentum: 0.9, nesterov: true, ..Sgd::new(0.1) };
/// heavy.step(&mut parameters, &[1.0, 1.0]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sgd {
    /// How far, per unit of the derivative.
    pub learning_rate: f64,
    /// How much of the last step is added to the next; 0 for none.
    pub momentum: f64,
    /// Whether to look ahead along the momentum (Nesterov, 1983).
    pub nesterov: bool,
    /// This times the parameter is added to its derivative.
    pub weight_decay: f64,
    /// What is remembered from step to step.
    pub state: State,
}

impl Sgd {
    /// Without momentum and weight decay.
    pub fn new(learning_rate: f64) -> Sgd {
        Sgd { learning_rate, momentum: 0.0, nesterov: false, weight_decay: 0.0, state: State::default() }
    }
}

impl Optimizer for Sgd {
    #[track_caller]
    fn step(&mut self, parameters: &mut [f64], gradient: &[f64]) {
        let [velocity] = self.state.step(parameters, gradient);
        for ((parameter, partial), velocity) in parameters.iter_mut().zip(gradient).zip(velocity) {
            let slope = partial + self.weight_decay * *parameter;
            *velocity = self.momentum * *velocity + slope;
            let direction = if self.nesterov { slope + self.momentum * *velocity } else { *velocity };
            *parameter -= self.learning_rate * direction;
        }
    }

    fn learning_rate(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }

    fn state(&mut self) -> &mut State {
        &mut self.state
    }

    fn check(&self) -> Result<()> {
        check_rate("the learning rate", self.learning_rate)?;
        check_rate("the momentum", self.momentum)?;
        check_rate("the weight decay", self.weight_decay)?;
        self.state.check(1)
    }
}
