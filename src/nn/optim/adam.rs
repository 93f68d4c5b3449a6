//! Adam, and AdamW, which differs in how weights decay.

use super::{Optimizer, State, check_rate, check_share};
use crate::error::Result;

/// Steps scaled by running averages of the gradient and its square (Kingma & Ba, ICLR 2015): PyTorch's `Adam`.
///
/// ```
/// use gradus::nn::optim::{Adam, Optimizer};
/// let mut parameters = [1.0, -2.0];
/// let mut adam = Adam::new(0.1);
/// for _ in 0..300 {
///     let [x, y] = parameters;
///     adam.step(&mut parameters, &[2.0 * x, 20.0 * y]);
/// }
/// assert!(parameters.iter().all(|p| p.abs() < 1e-3));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Adam {
    /// About how far a parameter moves in a step.
    pub learning_rate: f64,
    /// How slowly the averages of the gradient and of its square forget.
    pub betas: [f64; 2],
    /// Added to the denominator.
    pub epsilon: f64,
    /// This times the parameter is added to its derivative.
    pub weight_decay: f64,
    /// What is remembered from step to step.
    pub state: State,
}

/// Adam whose weights shrink by themselves, apart from the gradient (Loshchilov & Hutter, ICLR 2019): PyTorch's `AdamW`.
///
/// ```
/// use gradus::nn::optim::{AdamW, Optimizer};
/// let mut parameters = [1.0];
/// AdamW { weight_decay: 0.5, ..AdamW::new(0.1) }.step(&mut parameters, &[0.0]);
/// assert_eq!(parameters, [0.95]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AdamW {
    /// About how far a parameter moves in a step.
    pub learning_rate: f64,
    /// How slowly the averages of the gradient and of its square forget.
    pub betas: [f64; 2],
    /// Added to the denominator.
    pub epsilon: f64,
    /// A parameter loses this share of it, times the learning rate, in each step.
    pub weight_decay: f64,
    /// What is remembered from step to step.
    pub state: State,
}

impl Adam {
    /// With PyTorch's settings: betas 0.9 and 0.999, epsilon 1e-8, no weight decay.
    pub fn new(learning_rate: f64) -> Adam {
        Adam { learning_rate, betas: [0.9, 0.999], epsilon: 1e-8, weight_decay: 0.0, state: State::default() }
    }
}

impl AdamW {
    /// With PyTorch's settings: betas 0.9 and 0.999, epsilon 1e-8, weight decay 0.01.
    pub fn new(learning_rate: f64) -> AdamW {
        AdamW { learning_rate, betas: [0.9, 0.999], epsilon: 1e-8, weight_decay: 0.01, state: State::default() }
    }
}

/// The settings of either are in range.
fn check(rate: f64, betas: [f64; 2], epsilon: f64, weight_decay: f64) -> Result<()> {
    check_rate("the learning rate", rate)?;
    betas.into_iter().try_for_each(|beta| check_share("a beta of Adam", beta))?;
    check_rate("the epsilon of Adam", epsilon)?;
    check_rate("the weight decay", weight_decay)
}

/// How a step follows from the two averages of a parameter, with as few divisions as PyTorch has.
struct Moments {
    betas: [f64; 2],
    epsilon: f64,
    /// The learning rate over the correction of the mean.
    rate: f64,
    /// By what the root of the square is corrected.
    scale: f64,
}

impl Moments {
    fn new(learning_rate: f64, betas: [f64; 2], epsilon: f64, step: u64) -> Moments {
        let [of_mean, of_square] = betas.map(|beta| 1.0 - beta.powf(step as f64));
        Moments { betas, epsilon, rate: learning_rate / of_mean, scale: 1.0 / of_square.sqrt() }
    }

    #[inline(always)]
    fn step(&self, parameter: &mut f64, slope: f64, mean: &mut f64, square: &mut f64) {
        let [beta, beta_square] = self.betas;
        *mean = beta * *mean + (1.0 - beta) * slope;
        *square = beta_square * *square + (1.0 - beta_square) * slope * slope;
        *parameter -= self.rate * *mean / (square.sqrt() * self.scale + self.epsilon);
    }
}

impl Optimizer for Adam {
    #[track_caller]
    fn step(&mut self, parameters: &mut [f64], gradient: &[f64]) {
        let moments = Moments::new(self.learning_rate, self.betas, self.epsilon, self.state.steps + 1);
        let [means, squares] = self.state.step(parameters, gradient);
        // Lists walked side by side become vector instructions; an index into each would be checked one by one.
        let averages = means.iter_mut().zip(squares);
        for ((parameter, &partial), (mean, square)) in parameters.iter_mut().zip(gradient).zip(averages) {
            let slope = partial + self.weight_decay * *parameter;
            moments.step(parameter, slope, mean, square);
        }
    }

    fn learning_rate(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }

    fn state(&mut self) -> &mut State {
        &mut self.state
    }

    fn check(&self) -> Result<()> {
        check(self.learning_rate, self.betas, self.epsilon, self.weight_decay)?;
        self.state.check(2)
    }
}

impl Optimizer for AdamW {
    #[track_caller]
    fn step(&mut self, parameters: &mut [f64], gradient: &[f64]) {
        let moments = Moments::new(self.learning_rate, self.betas, self.epsilon, self.state.steps + 1);
        let [means, squares] = self.state.step(parameters, gradient);
        let averages = means.iter_mut().zip(squares);
        for ((parameter, &partial), (mean, square)) in parameters.iter_mut().zip(gradient).zip(averages) {
            *parameter -= self.learning_rate * self.weight_decay * *parameter;
            moments.step(parameter, partial, mean, square);
        }
    }

    fn learning_rate(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }

    fn state(&mut self) -> &mut State {
        &mut self.state
    }

    fn check(&self) -> Result<()> {
        check(self.learning_rate, self.betas, self.epsilon, self.weight_decay)?;
        self.state.check(2)
    }
}
