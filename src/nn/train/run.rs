//! The run of a training: its epochs, step by step, on one rank or several.

use super::{Checkpoint, Epoch, Progress, Trainer, failure};
use crate::error::Result;
use crate::nn::data::{Dataset, shuffle};
use crate::nn::optim::{check_rate, clip_norm, clip_value};
use crate::program::{Batch, Batches, Program};
use std::ops::ControlFlow;

impl Trainer<'_> {
    /// One epoch, or what is left of it.
    pub(super) fn epoch(
        &mut self,
        at: &mut Checkpoint,
        data: &Dataset,
        batches: &mut Batches<'_>,
        uniform: &mut impl FnMut() -> f64,
    ) -> Result<ControlFlow<()>> {
        let number = at.history.len();
        let mut order: Vec<usize> = (0..data.len()).collect();
        shuffle(&mut order, uniform);
        let all = at.parameters.iter().copied().chain([*self.optimizer.learning_rate()]);
        let all = all.chain(order.iter().map(|&sample| sample as f64));
        let cause =
            "its parameters, learning rate or order of samples are not those of rank 0: seed the generators alike";
        let rate = check_rate("the learning rate that the schedule gives", *self.optimizer.learning_rate());
        self.ranks.agree(rate, all, cause)?;
        let count = data.len().div_ceil(self.batch_size);
        let mut samples = Vec::new();
        for chosen in order.chunks(self.batch_size).skip(at.batch) {
            let own = &chosen[self.ranks.share(chosen.len())];
            samples.clear();
            own.iter().for_each(|&sample| samples.extend(data.sample(sample)));
            let step = self.optimizer.state().steps + 1;
            let look = failure::Step { number: step, epoch: number, data };
            let sums = batches.gradient(&at.parameters, &samples).and_then(|Batch { values, mut gradient }| {
                if !are_finite(&values) || !are_finite(&gradient) {
                    return Err(look.of_loss(self, &at.parameters, own, &values, &gradient));
                }
                gradient.push(values.iter().sum());
                Ok(gradient)
            });
            let mut gradient = self.ranks.sum(sums, at.parameters.len() + 1)?;
            let batch_sum = gradient.pop().unwrap_or(0.0);
            let share = 1.0 / chosen.len() as f64;
            gradient.iter_mut().for_each(|partial| *partial *= share);
            if !are_finite(&gradient) {
                return Err(look.of_loss(self, &at.parameters, chosen, &[], &gradient));
            }
            if let Some(most) = self.clip_norm {
                clip_norm(&mut gradient, most);
            }
            if let Some(most) = self.clip_value {
                clip_value(&mut gradient, most);
            }
            self.optimizer.step(&mut at.parameters, &gradient);
            if !are_finite(&at.parameters) {
                let index = at.parameters.iter().position(|parameter| !parameter.is_finite()).unwrap_or(0);
                return Err(look.of_parameter(self, index, at.parameters[index]));
            }
            at.loss_sum += batch_sum;
            at.batch += 1;
            let ended = at.batch == count;
            if ended {
                let validation_loss = self.validation_loss(batches, &at.parameters)?;
                let loss = at.loss_sum / data.len() as f64;
                let epoch = Epoch { loss, validation_loss, learning_rate: *self.optimizer.learning_rate() };
                at.close(epoch, self.early_stopping.map(|stopping| stopping.least_gain));
            }
            let written = self.write_due(at, step, ended);
            let mut flow = ControlFlow::Continue(());
            if let Some(observer) = &mut self.observer {
                // Lent for as long as it is looked at: a copy for each step would cost as much as the optimiser itself.
                std::mem::swap(&mut at.optimizer, self.optimizer.state());
                let progress = Progress {
                    step,
                    batch_loss: batch_sum / chosen.len() as f64,
                    epoch: if ended { at.history.last().copied() } else { None },
                    epochs_done: at.history.len(),
                    epochs: self.epochs,
                    checkpoint: at,
                };
                flow = observer(&progress);
                std::mem::swap(&mut at.optimizer, self.optimizer.state());
            }
            if self.ranks.decide(written.map(|()| flow))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The mean loss of the validation data, of which each rank takes its share.
    fn validation_loss(&mut self, batches: &mut Batches<'_>, parameters: &[f64]) -> Result<Option<f64>> {
        let Some(data) = self.validation else { return Ok(None) };
        let (own, width) = (self.ranks.share(data.len()), data.inputs() + data.targets());
        let losses = batches.values(parameters, &data.samples()[own.start * width..own.end * width]);
        let sum = self.ranks.sum(losses.map(|losses| vec![losses.iter().sum()]), 1)?;
        Ok(Some(sum[0] / data.len() as f64))
    }

    /// All ranks could begin, and begin from the same.
    pub(super) fn agree(&mut self, program: Result<Program>, at: &Checkpoint, data: &Dataset) -> Result<Program> {
        let counts = [data.inputs(), data.len(), self.epochs, self.batch_size, at.batch, at.history.len()];
        let clips = [self.clip_norm, self.clip_value].map(|most| most.unwrap_or(f64::NAN));
        let patience = self.early_stopping.map(|stopping| [stopping.patience as f64, stopping.least_gain]);
        let best = at.best.as_ref().map(|best| [best.epoch as f64, best.loss]);
        let all = counts.into_iter().map(|count| count as f64).chain(clips).chain([at.loss_sum]);
        let all = all.chain(patience.into_iter().chain(best).flatten()).chain([at.optimizer.steps as f64]);
        let all = all.chain(at.optimizer.averages.iter().flatten().copied()).chain(data.samples().iter().copied());
        let all = all.chain(self.validation.into_iter().flat_map(|data| data.samples().iter().copied()));
        let cause = "its data, settings or checkpoint are not those of rank 0";
        let program = self.ranks.agree(program, all, cause)?;
        self.ranks.begin(usize::from(self.observer.is_some() || self.writes()))?;
        Ok(program)
    }

    /// Whether this rank keeps a file of checkpoints.
    fn writes(&self) -> bool {
        #[cfg(feature = "safetensors")]
        return self.file.is_some();
        #[cfg(not(feature = "safetensors"))]
        false
    }

    /// Writes the checkpoint, if it is time to; one rank does it for all.
    #[cfg_attr(not(feature = "safetensors"), allow(unused_variables, clippy::unused_self))]
    fn write_due(&mut self, at: &mut Checkpoint, step: u64, epoch_ended: bool) -> Result<()> {
        #[cfg(feature = "safetensors")]
        if let Some(file) = &self.file
            && self.ranks.is_first()
            && file.is_due(step, epoch_ended.then_some(at.history.len()))
        {
            at.optimizer.clone_from(self.optimizer.state());
            file.write(at, &self.layout)?;
        }
        Ok(())
    }

    /// Writes the last checkpoint.
    #[cfg_attr(not(feature = "safetensors"), allow(unused_variables, clippy::unused_self))]
    pub(super) fn write_end(&self, at: &Checkpoint) -> Result<()> {
        #[cfg(feature = "safetensors")]
        if let Some(file) = self.file.as_ref().filter(|_| self.ranks.is_first()) {
            file.write(at, &self.layout)?;
        }
        Ok(())
    }

    pub(super) fn is_out_of_patience(&self, at: &Checkpoint) -> bool {
        match (self.early_stopping, &at.best) {
            (Some(stopping), Some(best)) => at.history.len() > best.epoch + stopping.patience,
            _ => false,
        }
    }
}

/// Without an early end the compiler makes vectors of it.
fn are_finite(numbers: &[f64]) -> bool {
    numbers.iter().fold(true, |finite, number| finite & number.is_finite())
}
