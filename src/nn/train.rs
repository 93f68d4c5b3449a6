//! Training: mini-batches of a compiled loss, epoch by epoch, to be watched, stopped, saved and gone on with.

mod bar;
mod checkpoint;
mod communicator;
mod failure;
#[cfg(feature = "safetensors")]
mod file;
#[cfg(feature = "mpi")]
mod mpi;
mod run;

pub use bar::progress_bar;
pub use checkpoint::{Best, Checkpoint, Epoch};
pub use communicator::Communicator;
#[cfg(feature = "safetensors")]
pub use file::Every;
#[cfg(feature = "mpi")]
pub use mpi::Mpi;

use super::data::Dataset;
use super::optim::{Optimizer, check_rate};
use super::{Layout, Model};
use crate::error::{Error, Result, check_length};
use crate::program::Program;
use crate::tape::Var;
use communicator::Ranks;
use std::ops::ControlFlow;

/// A formula for the loss of one sample: from parameters, inputs and targets.
type Loss<'a> = Box<dyn Fn(&[Var], &[Var], &[Var]) -> Var + 'a>;

/// What is added to the loss, of the parameters alone.
type Penalty<'a> = Box<dyn Fn(&[Var]) -> Var + 'a>;

/// How many outputs the model has for parameters and inputs of one sample, or why they do not fit.
type Probe<'a> = Box<dyn Fn(&[f64], &[f64]) -> Result<usize> + 'a>;

/// Who watches a training: called after each step.
type Observer<'a> = Box<dyn FnMut(&Progress<'_>) -> ControlFlow<()> + 'a>;

/// Trains a model: the loss of one sample is compiled once and run over mini-batches; an optimiser takes the mean gradient of each.
///
/// A run that is broken off goes on from a checkpoint to the same bits, given the same data, settings and generator, seeded alike:
///
/// ```
/// use gradus::nn::optim::Adam;
/// use gradus::nn::{Activation, Checkpoint, Mlp, Model, Trainer, data, loss};
/// use std::ops::ControlFlow;
///
/// let net = Mlp::new(&[2, 8, 1], Activation::Tanh)?;
/// let mut random = fastrand::Rng::with_seed(1);
/// let moons = data::make_moons(40, 0.1, || random.f64())?;
/// let start = net.initial_parameters(|| random.f64());
/// let trainer = || Trainer::new(&net, loss::hinge_loss, Adam::new(0.01)).epochs(5).batch_size(8);
///
/// let order = || {
///     let mut random = fastrand::Rng::with_seed(2);
///     move || random.f64()
/// };
/// let whole = trainer().fit(start.clone(), &moons, order())?;
///
/// let mut saved = Checkpoint::default();
/// trainer()
///     .observer(|progress| {
///         saved = progress.checkpoint.clone(); // or written to a file
///         if progress.step == 12 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
///     })
///     .fit(start, &moons, order())?;
/// assert_eq!(trainer().resume(saved, &moons, order())?, whole);
/// # Ok::<(), gradus::Error>(())
/// ```
pub struct Trainer<'a> {
    loss: Loss<'a>,
    /// Of a trainer that knows its model.
    probe: Option<Probe<'a>>,
    penalty: Option<Penalty<'a>>,
    layout: Layout,
    optimizer: Box<dyn Optimizer + 'a>,
    schedule: Box<dyn Fn(usize) -> f64 + 'a>,
    epochs: usize,
    batch_size: usize,
    clip_norm: Option<f64>,
    clip_value: Option<f64>,
    validation: Option<&'a Dataset>,
    early_stopping: Option<EarlyStopping>,
    observer: Option<Observer<'a>>,
    #[cfg(feature = "safetensors")]
    file: Option<file::CheckpointFile>,
    ranks: Ranks<'a>,
}

/// When to stop because nothing gets better: the loss of the validation data, or of the training if there are none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarlyStopping {
    /// After how many epochs without a gain.
    pub patience: usize,
    /// By how much the loss has to fall to be a gain.
    pub least_gain: f64,
}

/// What an observer sees after a step.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// How many steps are done.
    pub step: u64,
    /// The mean loss of the batch, before the step.
    pub batch_loss: f64,
    /// The epoch that this step ended, if it did.
    pub epoch: Option<Epoch>,
    /// How many epochs are done.
    pub epochs_done: usize,
    /// How many epochs there are to be.
    pub epochs: usize,
    /// The whole state: clone it to go on from here another time.
    pub checkpoint: &'a Checkpoint,
}

/// Steps are counted exactly up to here, also where they are a power of a beta.
const MOST_STEPS: u64 = 1 << 53;

impl<'a> Trainer<'a> {
    /// A trainer that makes `loss(outputs, targets)` of the model small, in 100 epochs of batches of 32.
    ///
    /// `loss` is one of [`loss`](super::loss), or any function of as many targets as outputs: one of another form is given to
    /// [`of_sample`](Trainer::of_sample).
    pub fn new(
        model: &'a impl Model,
        loss: impl Fn(&[Var], &[Var]) -> Var + 'a,
        optimizer: impl Optimizer + 'a,
    ) -> Trainer<'a> {
        let of_sample = move |p: &[Var], x: &[Var], t: &[Var]| loss(&model.forward(p, x), t);
        let probe = move |p: &[f64], x: &[f64]| model.try_forward(p, x).map(|outputs| outputs.len());
        Trainer { probe: Some(Box::new(probe)), ..Trainer::of_sample(model.layout(), of_sample, optimizer) }
    }

    /// A trainer of any loss of parameters, inputs and targets of one sample.
    pub fn of_sample(
        layout: Layout,
        loss: impl Fn(&[Var], &[Var], &[Var]) -> Var + 'a,
        optimizer: impl Optimizer + 'a,
    ) -> Trainer<'a> {
        Trainer {
            loss: Box::new(loss),
            probe: None,
            penalty: None,
            layout,
            optimizer: Box::new(optimizer),
            schedule: Box::new(|_| 1.0),
            epochs: 100,
            batch_size: 32,
            clip_norm: None,
            clip_value: None,
            validation: None,
            early_stopping: None,
            observer: None,
            #[cfg(feature = "safetensors")]
            file: None,
            ranks: Ranks::one(),
        }
    }

    /// How many times all samples are taken.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Self {
        Trainer { epochs, ..self }
    }

    /// How many samples a step takes; the last one of an epoch takes the rest.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Trainer { batch_size, ..self }
    }

    /// What is added to the loss, of the parameters alone: see [`l2_penalty`](super::loss::l2_penalty).
    #[must_use]
    pub fn penalty(self, penalty: impl Fn(&[Var]) -> Var + 'a) -> Self {
        Trainer { penalty: Some(Box::new(penalty)), ..self }
    }

    /// By what the learning rate is multiplied in each epoch: see [`lr_scheduler`](super::lr_scheduler).
    #[must_use]
    pub fn schedule(self, schedule: impl Fn(usize) -> f64 + 'a) -> Self {
        Trainer { schedule: Box::new(schedule), ..self }
    }

    /// Shortens gradients that are longer than `most`.
    #[must_use]
    pub fn clip_norm(self, most: f64) -> Self {
        Trainer { clip_norm: Some(most), ..self }
    }

    /// Holds each partial derivative within ±`most`.
    #[must_use]
    pub fn clip_value(self, most: f64) -> Self {
        Trainer { clip_value: Some(most), ..self }
    }

    /// Data whose loss is computed after each epoch, and not trained on.
    #[must_use]
    pub fn validation(self, data: &'a Dataset) -> Self {
        Trainer { validation: Some(data), ..self }
    }

    /// Stops when nothing gets better, and keeps the best parameters: see [`Checkpoint::best_parameters`].
    #[must_use]
    pub fn early_stopping(self, early_stopping: EarlyStopping) -> Self {
        Trainer { early_stopping: Some(early_stopping), ..self }
    }

    /// Calls `observer` after each step. Breaking off ends the training; what was reached is returned.
    #[must_use]
    pub fn observer(self, observer: impl FnMut(&Progress<'_>) -> ControlFlow<()> + 'a) -> Self {
        Trainer { observer: Some(Box::new(observer)), ..self }
    }

    /// Trains together with other ranks, each of which runs a trainer like this one: of every batch a rank takes its share, and the
    /// gradients are summed over all, so that the steps are those of a single rank but for rounding. The batch size is that of the
    /// whole batch.
    ///
    /// All ranks are given the same data, parameters and settings, and generators seeded alike; where they are seen to differ, all return
    /// [`Error::RankFailed`]. Only observers are each rank's own: if one breaks off, all end there. A rank that fails returns its
    /// error, the others [`Error::RankFailed`], which names it. What is returned is the same on all ranks.
    #[must_use]
    pub fn distributed(self, communicator: impl Communicator + 'a) -> Self {
        Trainer { ranks: Ranks::of(communicator), ..self }
    }

    /// Trains from `parameters` on. The order of the samples is drawn anew in each epoch, from `uniform`, which returns random numbers
    /// in [0, 1).
    ///
    /// # Errors
    /// [`Error::Length`] for data or parameters of another form than the model's; [`Error::Setting`] for a setting out of range, of the
    /// trainer, the optimiser or the schedule; [`Error::NonFiniteTraining`] if the loss, its gradient or a parameter becomes
    /// NaN or infinite; what [`Program::record_shared`] and [`Batches::gradient`](crate::program::Batches::gradient) return; on several
    /// ranks [`Error::RankFailed`], if it is another that failed.
    pub fn fit(&mut self, parameters: Vec<f64>, data: &Dataset, uniform: impl FnMut() -> f64) -> Result<Checkpoint> {
        *self.optimizer.state() = Default::default();
        self.resume(Checkpoint::new(parameters), data, uniform)
    }

    /// Goes on from a checkpoint. The result is that of a run without a break, to the bit, if the data, the settings and the generator, as it
    /// was when [`fit`](Trainer::fit) was called, are the same.
    ///
    /// # Errors
    /// As [`fit`](Trainer::fit); [`Error::Length`] for the checkpoint of an optimiser of another kind, or of other data.
    pub fn resume(
        &mut self,
        mut at: Checkpoint,
        data: &Dataset,
        mut uniform: impl FnMut() -> f64,
    ) -> Result<Checkpoint> {
        let base = *self.optimizer.learning_rate();
        self.optimizer.state().clone_from(&at.optimizer);
        let program = self.check(&at, data, base).and_then(|()| self.compile(&at.parameters, data));
        (at.samples, at.batch_size) = (data.len(), self.batch_size);
        let program = self.agree(program, &at, data)?;
        let mut batches = program.batches();
        // The orders of the epochs that are done were drawn once already.
        (0..at.history.len() * (data.len() - 1)).for_each(|_| {
            uniform();
        });
        let mut run = || -> Result<()> {
            while at.history.len() < self.epochs && !self.is_out_of_patience(&at) {
                *self.optimizer.learning_rate() = base * (self.schedule)(at.history.len());
                if self.epoch(&mut at, data, &mut batches, &mut uniform)?.is_break() {
                    break;
                }
            }
            Ok(())
        };
        let result = run();
        *self.optimizer.learning_rate() = base;
        at.optimizer = self.optimizer.state().clone();
        result?;
        self.write_end(&at)?;
        Ok(at)
    }

    /// The loss of one sample with its penalty, as a formula.
    fn sample_loss(&self, parameters: &[Var], sample: &[Var], inputs: usize) -> Var {
        let (inputs, targets) = sample.split_at(inputs);
        let loss = (self.loss)(parameters, inputs, targets);
        self.penalty.as_ref().map_or(loss, |penalty| loss + penalty(parameters))
    }

    fn compile(&self, parameters: &[f64], data: &Dataset) -> Result<Program> {
        Program::record_shared(parameters, data.sample(0), |p, sample| self.sample_loss(p, sample, data.inputs()))
    }

    fn check(&self, at: &Checkpoint, data: &Dataset, rate: f64) -> Result<()> {
        at.check(&self.layout)?;
        #[cfg(feature = "safetensors")]
        self.file.as_ref().map_or(Ok(()), file::CheckpointFile::check)?;
        let setting = |what, value, is_right, expected| {
            if is_right { Ok(()) } else { Err(Error::Setting { what, value, expected }) }
        };
        setting("the number of samples", data.len() as f64, !data.is_empty(), "at least 1")?;
        setting("the batch size", self.batch_size as f64, self.batch_size > 0, "at least 1")?;
        if at.samples > 0 {
            let hint = "as many samples as the data of the checkpoint; set its `samples` to 0 to go on with other data";
            check_length("the training data", data.len(), at.samples, hint)?;
        }
        if at.samples > 0 && at.batch > 0 {
            let hint = "a checkpoint within an epoch goes on with the batch size that it had";
            check_length("a batch", self.batch_size, at.batch_size, hint)?;
        }
        let batches = data.len().div_ceil(self.batch_size);
        let expected = "within an epoch: resume with the data and the batch size of the checkpoint";
        setting("the batch of the checkpoint", at.batch as f64, at.batch < batches, expected)?;
        check_rate("the learning rate", rate)?;
        self.optimizer.check()?;
        for (what, most) in
            [("the longest gradient", self.clip_norm), ("the largest partial derivative", self.clip_value)]
        {
            setting(
                what,
                most.unwrap_or(1.0),
                most.is_none_or(|most| most > 0.0),
                "positive: leave it out not to clip",
            )?;
        }
        let least_gain = self.early_stopping.map_or(0.0, |stopping| stopping.least_gain);
        setting("the least gain of early stopping", least_gain, least_gain.is_finite(), "finite")?;
        setting("the sum of losses of the checkpoint", at.loss_sum, at.loss_sum.is_finite(), "finite")?;
        let steps = at.optimizer.steps;
        setting("the number of steps of the checkpoint", steps as f64, steps < MOST_STEPS, "below 2^53")?;
        if let Some(&wrong) = at.optimizer.averages.iter().flatten().find(|average| !average.is_finite()) {
            setting("an average in the optimiser's state", wrong, false, "finite")?;
        }
        let hint = "as many inputs and targets as a sample of the training data";
        if let Some(validation) = self.validation {
            setting("the number of samples of the validation data", 0.0, !validation.is_empty(), "at least 1")?;
            check_length("the inputs of the validation data", validation.inputs(), data.inputs(), hint)?;
            check_length("the targets of the validation data", validation.targets(), data.targets(), hint)?;
        }
        let Some(probe) = &self.probe else { return Ok(()) };
        let hint = "the model's last layer is as wide as a sample has targets (one of one-hot targets has a place for each class). A \
                    loss that takes another number of targets is given to `Trainer::of_sample`";
        check_length("the output of the model", probe(&at.parameters, data.input(0))?, data.targets(), hint)
    }
}
