//! Why a training failed: which op, of which sample, made the first value that is not finite.

use super::Trainer;
use crate::error::Error;
use crate::nn::data::Dataset;
use crate::tape::Tape;

/// A step, to be looked at.
pub(super) struct Step<'a> {
    pub(super) number: u64,
    pub(super) epoch: usize,
    pub(super) data: &'a Dataset,
}

impl Step<'_> {
    fn error(&self, sample: Option<usize>, cause: String) -> Error {
        Error::NonFiniteTraining { step: self.number, epoch: self.epoch + 1, sample, cause }
    }

    /// The losses of `samples`, as far as they are given, or their gradient are not all finite.
    pub(super) fn of_loss(
        &self,
        trainer: &Trainer<'_>,
        parameters: &[f64],
        samples: &[usize],
        losses: &[f64],
        gradient: &[f64],
    ) -> Error {
        let place = losses.iter().position(|loss| !loss.is_finite());
        let suspects = place.map_or(0..samples.len(), |place| place..place + 1);
        for &sample in &samples[suspects] {
            let tape = Tape::traced();
            let parameters = tape.vars(parameters);
            let loss = trainer.sample_loss(&parameters, &tape.vars(self.data.sample(sample)), self.data.inputs());
            if let Some(first) = tape.first_non_finite() {
                return self.error(Some(sample), format!("the loss of sample {sample} is {loss}: {first}"));
            }
            if !loss.value().is_finite() {
                let cause = format!(
                    "the loss of sample {sample} is {loss}, though no op made it so: the formula of the loss returns such a number by itself"
                );
                return self.error(Some(sample), cause);
            }
            let slopes = loss.tape().map(|_| loss.backward());
            let slope = |parameter: &crate::Var| slopes.as_ref().map_or(0.0, |slopes| slopes[*parameter]);
            if let Some(index) = parameters.iter().position(|parameter| !slope(parameter).is_finite()) {
                let (name, slope) = (trainer.layout.name_of(index), slope(&parameters[index]));
                let cause = format!("the loss of sample {sample} is {loss}, but its derivative by {name} is {slope}");
                return self.error(Some(sample), cause);
            }
        }
        let index = gradient.iter().position(|partial| !partial.is_finite()).unwrap_or(0);
        let (name, sum) = (trainer.layout.name_of(index), gradient.get(index).copied().unwrap_or(f64::NAN));
        self.error(None, format!("each sample is finite, but the sum of their derivatives by {name} is {sum}"))
    }

    /// A parameter is not finite after the step, though the gradient is.
    pub(super) fn of_parameter(&self, trainer: &Trainer<'_>, index: usize, parameter: f64) -> Error {
        let name = trainer.layout.name_of(index);
        self.error(None, format!("the optimiser moved {name} to {parameter}, from a finite gradient"))
    }
}
