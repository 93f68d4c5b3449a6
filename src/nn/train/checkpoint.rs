//! The state of a training, as plain data.

use crate::nn::optim::State;

/// The state of a training, as plain data: what is needed to go on, to the same bits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Checkpoint {
    /// The parameters as they are now.
    pub parameters: Vec<f64>,
    /// What the optimiser remembers.
    pub optimizer: State,
    /// How many batches of the running epoch are done.
    pub batch: usize,
    /// The sum of the losses of these.
    pub loss_sum: f64,
    /// The epochs that are done.
    pub history: Vec<Epoch>,
    /// The epoch of the least loss so far, with its parameters, if early stopping is on.
    pub best: Option<Best>,
}

/// An epoch that is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// The mean of the losses of its samples, each as it was when its turn came.
    pub loss: f64,
    /// The mean loss of the validation data after it.
    pub validation_loss: Option<f64>,
    /// Its learning rate.
    pub learning_rate: f64,
}

/// The epoch of the least loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// Its number, counted from 0.
    pub epoch: usize,
    /// Its loss: that of the validation data, if there are any.
    pub loss: f64,
    /// The parameters after it.
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
