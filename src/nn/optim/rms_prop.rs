//! RMSprop.

use super::{Optimizer, State, check_rate, check_share};
use crate::error::Result;

/// Steps divided by the running root mean square of the gradient (Hinton, 2012): PyTorch's `RMSprop`.
///
/// ```
/// use gradus::nn::optim::{Optimizer, RmsProp};
/// let mut parameters = [1.0];
/// RmsProp::new(0.01).step(&mut parameters, &[5.0]);
/// assert!((parameters[0] - 0.9).abs() < 1e-8);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RmsProp {
    /// About how far a parameter moves in a step.
    pub learning_rate: f64,
    /// How slowly the average forgets.
    pub alpha: f64,
    /// Added to the denominator.
    pub epsilon: f64,
    /// This times the parameter is added to its derivative.
    pub weight_decay: f64,
    /// How much of the last step is added to the next; 0 for none.
    pub momentum: f64,
    /// Whether to divide by the deviation instead: the mean of the gradient is taken off.
    pub centered: bool,
    /// What is remembered from step to step.
    pub state: State,
}

impl RmsProp {
    /// With PyTorch's settings: alpha 0.99, epsilon 1e-8, and nothing else.
    pub fn new(learning_rate: f64) -> RmsProp {
        RmsProp {
            learning_rate,
            alpha: 0.99,
            epsilon: 1e-8,
            weight_decay: 0.0,
            momentum: 0.0,
            centered: false,
            state: State::default(),
        }
    }
}

impl Optimizer for RmsProp {
    #[track_caller]
    fn step(&mut self, parameters: &mut [f64], gradient: &[f64]) {
        let [squares, means, velocities] = self.state.step(parameters, gradient);
        for (index, parameter) in parameters.iter_mut().enumerate() {
            let slope = gradient[index] + self.weight_decay * *parameter;
            let (square, mean, velocity) = (&mut squares[index], &mut means[index], &mut velocities[index]);
            *square = self.alpha * *square + (1.0 - self.alpha) * slope * slope;
            *mean = self.alpha * *mean + (1.0 - self.alpha) * slope;
            let variance = if self.centered { *square - *mean * *mean } else { *square };
            // Of a gradient that stays the same it is 0, which rounding may miss on either side.
            let variance = if variance < 0.0 { 0.0 } else { variance };
            *velocity = self.momentum * *velocity + slope / (variance.sqrt() + self.epsilon);
            *parameter -= self.learning_rate * *velocity;
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
        check_share("the alpha of RMSprop", self.alpha)?;
        check_rate("the epsilon of RMSprop", self.epsilon)?;
        check_rate("the momentum", self.momentum)?;
        check_rate("the weight decay", self.weight_decay)?;
        self.state.check(3)
    }
}
