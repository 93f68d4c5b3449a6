//! Optimisers. For nets: [`Sgd`], [`Adam`], [`AdamW`], [`RmsProp`], defined as PyTorch defines them, and gradient clipping. For small
//! problems, with exact Hessians and Jacobians of a [`Program`](crate::Program): [`Newton`] and [`LevenbergMarquardt`]. With the
//! feature `argmin`, `Objective` and `MeanLoss` hand a program to the optimisers of that crate, L-BFGS among them.

mod adam;
mod clip;
mod levenberg_marquardt;
mod newton;
#[cfg(feature = "argmin")]
mod objective;
mod rms_prop;
mod sgd;
mod solve;

pub use adam::{Adam, AdamW};
pub use clip::{clip_norm, clip_value};
pub use levenberg_marquardt::{LeastSquares, LevenbergMarquardt};
pub use newton::{Minimum, Newton};
#[cfg(all(feature = "argmin", feature = "batch"))]
pub use objective::MeanLoss;
#[cfg(feature = "argmin")]
pub use objective::Objective;
pub use rms_prop::RmsProp;
pub use sgd::Sgd;

use crate::error::{Error, Result};

/// Moves parameters against their gradient, step by step.
pub trait Optimizer {
    /// Moves `parameters` one step.
    ///
    /// # Panics
    /// If `gradient`, or the state from earlier steps, is not as long as `parameters`.
    #[track_caller]
    fn step(&mut self, parameters: &mut [f64], gradient: &[f64]);

    /// How far a step goes: a schedule changes it.
    fn learning_rate(&mut self) -> &mut f64;

    /// What is remembered from step to step: with it, and the same settings, another optimiser goes on to the same bits.
    fn state(&mut self) -> &mut State;

    /// Whether the settings are in range, and the state is one of this optimiser: [`Trainer`](super::Trainer) asks before the first step.
    /// An optimiser that does not say finds nothing wrong.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting out of range; [`Error::Length`] for a state with another number of averages.
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// A rate is a number that is not negative.
pub(super) fn check_rate(what: &'static str, rate: f64) -> Result<()> {
    match rate.is_finite() && rate >= 0.0 {
        true => Ok(()),
        false => Err(Error::Setting { what, value: rate, expected: "finite and not negative" }),
    }
}

/// What a running average keeps in each step is a share below 1: with 1, nothing new would ever enter.
fn check_share(what: &'static str, share: f64) -> Result<()> {
    match (0.0..1.0).contains(&share) {
        true => Ok(()),
        false => Err(Error::Setting { what, value: share, expected: "at least 0 and below 1" }),
    }
}

/// What an optimiser remembers from step to step, as plain data.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct State {
    /// How many steps were done.
    pub steps: u64,
    /// Running averages, each with a number for each parameter: which ones is the optimiser's own affair. Empty before the first step.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::exact"))]
    pub averages: Vec<Vec<f64>>,
}

impl State {
    /// Counts a step and returns its `N` averages, which begin as zeros.
    ///
    /// # Panics
    /// If there are not as many numbers as parameters, or the averages are those of an optimiser that keeps more or fewer.
    #[track_caller]
    pub fn step<const N: usize>(&mut self, parameters: &[f64], gradient: &[f64]) -> [&mut [f64]; N] {
        let (found, expected) = (gradient.len(), parameters.len());
        assert!(
            found == expected,
            "the gradient has {found} entries, but a gradient has an entry for each parameter: {expected}"
        );
        assert!(
            self.averages.is_empty() || self.averages.len() == N,
            "the state is that of another optimiser: it has {} averages, and this one keeps {N}",
            self.averages.len()
        );
        self.steps += 1;
        self.averages.resize_with(N, || vec![0.0; parameters.len()]);
        let mut averages = self.averages.iter_mut().map(Vec::as_mut_slice);
        std::array::from_fn(|_| {
            let average = averages.next().unwrap_or_default();
            assert!(
                average.len() == expected,
                "an optimiser keeps to the parameters of its first step: it has averages of {}, and was given {expected}. Make another \
                 optimiser, or empty its state",
                average.len()
            );
            average
        })
    }

    /// Whether it is empty, or that of an optimiser that keeps `averages` many.
    ///
    /// # Errors
    /// [`Error::Length`].
    pub fn check(&self, averages: usize) -> Result<()> {
        match self.averages.len() {
            0 => Ok(()),
            found if found == averages => Ok(()),
            found => Err(Error::Length {
                what: "the list of averages in the optimiser's state",
                found,
                expected: averages,
                hint: "a state belongs to optimisers of one kind: go on with the kind that it came from, or start anew with `fit`",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three steps from (1, -2) against the gradient (2x + y, x + y²/2), compared with numbers worked out in Python after the
    /// definitions in PyTorch's documentation.
    #[track_caller]
    fn check(mut optimizer: impl Optimizer, expected: [f64; 2]) {
        let mut parameters = [1.0, -2.0];
        for _ in 0..3 {
            let [x, y] = parameters;
            optimizer.step(&mut parameters, &[2.0 * x + y, x + 0.5 * y * y]);
        }
        for (found, expected) in parameters.iter().zip(expected) {
            assert!((found - expected).abs() <= 4e-15, "{parameters:?}, not {expected}");
        }
    }

    #[test]
    fn the_optimisers_are_those_of_pytorch() {
        check(Sgd::new(0.1), [1.09045, -3.1224780125]);
        check(Sgd { momentum: 0.9, weight_decay: 0.01, ..Sgd::new(0.1) }, [1.138728819, -4.023095435205042]);
        check(Sgd { momentum: 0.9, nesterov: true, ..Sgd::new(0.1) }, [1.4231044450000003, -5.660367525935575]);
        check(Adam::new(0.1), [1.1547560622719513, -2.3004529804847995]);
        let adam = Adam { betas: [0.8, 0.99], epsilon: 1e-6, weight_decay: 0.1, ..Adam::new(0.1) };
        check(adam, [1.0154182244134806, -2.3008771204605503]);
        check(AdamW { weight_decay: 0.1, ..AdamW::new(0.1) }, [1.1240605877765144, -2.2380038811936362]);
        check(RmsProp::new(0.01), [1.0739721441386954, -2.2353746848245044]);
        let all = RmsProp {
            alpha: 0.9,
            epsilon: 1e-6,
            weight_decay: 0.1,
            momentum: 0.9,
            centered: true,
            ..RmsProp::new(0.01)
        };
        check(all, [0.9372246246864243, -2.161979114804527]);
    }

    #[test]
    #[should_panic(expected = "an entry for each parameter")]
    fn a_gradient_of_another_length_is_refused() {
        Sgd::new(0.1).step(&mut [1.0], &[1.0, 2.0]);
    }
}
