//! The state of a training, as plain data.

use crate::error::{Error, Result};
use crate::nn::Layout;
use crate::nn::optim::State;

/// The state of a training, as plain data: what is needed to go on, to the same bits.
///
/// With the feature `serde` it can be written and read in any format; with `safetensors`, to and from files of its own
/// (`Checkpoint::save_file`, `Trainer::checkpoints`).
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Checkpoint {
    /// The parameters as they are now.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::exact"))]
    pub parameters: Vec<f64>,
    /// What the optimiser remembers.
    pub optimizer: State,
    /// How many samples the data have that it was trained on; 0 before the training. Set it to 0 to train on with other data.
    pub samples: usize,
    /// How many samples a batch takes; 0 before the training.
    pub batch_size: usize,
    /// How many batches of the running epoch are done.
    pub batch: usize,
    /// The sum of the losses of these.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::exact"))]
    pub loss_sum: f64,
    /// The epochs that are done.
    pub history: Vec<Epoch>,
    /// The epoch of the least loss so far, with its parameters, if early stopping is on.
    pub best: Option<Best>,
}

/// An epoch that is done.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Epoch {
    /// The mean of the losses of its samples, each as it was when its turn came.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::exact"))]
    pub loss: f64,
    /// The mean loss of the validation data after it.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::exact"))]
    pub validation_loss: Option<f64>,
    /// Its learning rate.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::exact"))]
    pub learning_rate: f64,
}

/// The epoch of the least loss.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Best {
    /// Its number, counted from 0.
    pub epoch: usize,
    /// Its loss: that of the validation data, if there are any.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::exact"))]
    pub loss: f64,
    /// The parameters after it.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::exact"))]
    pub parameters: Vec<f64>,
}

impl Checkpoint {
    /// The state of a training that has not begun.
    pub fn new(parameters: Vec<f64>) -> Checkpoint {
        Checkpoint { parameters, ..Checkpoint::default() }
    }

    /// The parameters of the best epoch, where early stopping kept them; else those as they are now.
    pub fn best_parameters(&self) -> &[f64] {
        self.best.as_ref().map_or(&self.parameters, |best| &best.parameters)
    }

    /// It is the state of a training of the parameters of `layout`.
    pub(super) fn check(&self, layout: &Layout) -> Result<()> {
        layout.check(self.parameters.len())?;
        for average in &self.optimizer.averages {
            layout.check(average.len())?;
        }
        let Some(best) = &self.best else { return Ok(()) };
        if best.epoch >= self.history.len() {
            let expected = "one of the epochs that are done, counted from 0";
            return Err(Error::Setting {
                what: "the best epoch of the checkpoint",
                value: best.epoch as f64,
                expected,
            });
        }
        layout.check(best.parameters.len())
    }

    /// Closes the running epoch.
    pub(super) fn close(&mut self, epoch: Epoch, patience: Option<f64>) {
        let loss = epoch.validation_loss.unwrap_or(epoch.loss);
        if let Some(least_gain) = patience
            && self.best.as_ref().is_none_or(|best| loss < best.loss - least_gain)
        {
            self.best = Some(Best { epoch: self.history.len(), loss, parameters: self.parameters.clone() });
        }
        self.history.push(epoch);
        (self.batch, self.loss_sum) = (0, 0.0);
    }
}
