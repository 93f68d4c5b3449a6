//! A training as a page: the decision boundary, the loss, the weights and one neuron's gradient, epoch by epoch.

use super::page::asset;
use crate::error::{Error, Result, check_length};
use crate::nn::data::Dataset;
use crate::nn::metrics::class_of;
use crate::nn::{Layout, Model, Progress};
use crate::program::{Program, Reduction};
use crate::tape::Var;
use base64::Engine;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::Path;

/// Cells of the plane along each axis.
const CELLS: usize = 48;
/// A score of this size is as sure as any, to the eye.
const SURE: f64 = 2.0;
/// How many epochs are kept, the start not counted.
const KEPT: usize = 50;

/// Watches the training of a classifier of two inputs and one score, and makes a self-contained HTML page of it: where the score is
/// positive, the loss, the weights as heat maps, and the gradient of each neuron, with a slider over the epochs.
///
/// At some fifty epochs it takes the loss, its gradient and the scores over the plane, on the compiled program. The page keeps parameters
/// and partial derivatives in single precision, and scores as what colours can show.
///
/// ```
/// use gradus::explain::TrainingReport;
/// use gradus::nn::optim::Sgd;
/// use gradus::nn::{Activation, Mlp, Model, Trainer, data, loss};
///
/// let net = Mlp::new(&[2, 4, 1], Activation::Tanh)?;
/// let mut random = fastrand::Rng::with_seed(1);
/// let moons = data::make_moons(20, 0.1, || random.f64())?;
/// let start = net.initial_parameters(|| random.f64());
/// let mut report = TrainingReport::new(&net, loss::hinge_loss, &moons, &start)?;
/// Trainer::new(&net, loss::hinge_loss, Sgd::new(0.5))
///     .epochs(5)
///     .observer(|progress| report.observe(progress))
///     .fit(start, &moons, || random.f64())?;
/// assert!(report.html()?.starts_with("<!doctype html>"));
/// # Ok::<(), gradus::Error>(())
/// ```
pub struct TrainingReport<'a> {
    title: String,
    layout: Layout,
    data: &'a Dataset,
    /// The mean loss of the data.
    loss: Program,
    /// The score of a point of the plane.
    score: Program,
    bounds: [(f64, f64); 2],
    snapshots: Vec<Snapshot>,
    /// What went wrong while nobody could be told.
    failure: Option<Error>,
}

/// The training after some epochs.
struct Snapshot {
    epoch: usize,
    loss: f64,
    accuracy: f64,
    /// Scores over the plane, row by row.
    field: Vec<f64>,
    parameters: Vec<f64>,
    gradient: Vec<f64>,
}

impl<'a> TrainingReport<'a> {
    /// A report of the training of `model` on `data`, from the parameters `start` on. `loss` is that of the trainer.
    ///
    /// # Errors
    /// [`Error::Length`] if the data have not two inputs or the model has not one output; what [`Program::record_shared`] returns.
    pub fn new(
        model: &impl Model,
        loss: impl Fn(&[Var], &[Var]) -> Var,
        data: &'a Dataset,
        start: &[f64],
    ) -> Result<TrainingReport<'a>> {
        TrainingReport::with_penalty(model, loss, |_| Var::from(0.0), data, start)
    }

    /// As [`new`](TrainingReport::new), with what the trainer adds to the loss.
    ///
    /// # Errors
    /// As [`new`](TrainingReport::new).
    pub fn with_penalty(
        model: &impl Model,
        loss: impl Fn(&[Var], &[Var]) -> Var,
        penalty: impl Fn(&[Var]) -> Var,
        data: &'a Dataset,
        start: &[f64],
    ) -> Result<TrainingReport<'a>> {
        let hint = "a page of a training shows a plane: it takes two inputs and one score";
        check_length("the input", data.inputs(), 2, hint)?;
        let of_sample = |p: &[Var], sample: &[Var]| loss(&model.forward(p, &sample[..2]), &sample[2..]) + penalty(p);
        let score = Program::record_shared(start, &[0.5, 0.5], |p, x| model.forward(p, x))?;
        check_length("the output", score.outputs(), 1, hint)?;
        let loss = Program::record_shared(start, data.sample(0), of_sample)?;
        let bounds = [0, 1].map(|axis| {
            let of = |sample: usize| data.input(sample)[axis];
            let (low, high) = (0..data.len())
                .map(of)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
            let margin = 0.15 * (high - low).max(1e-9);
            (low - margin, high + margin)
        });
        let title = "A training, epoch by epoch".to_owned();
        let snapshots = Vec::new();
        let mut report =
            TrainingReport { title, layout: model.layout(), data, loss, score, bounds, snapshots, failure: None };
        report.take(0, start)?;
        Ok(report)
    }

    /// With a title of its own.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> TrainingReport<'a> {
        TrainingReport { title: title.into(), ..self }
    }

    /// For [`Trainer::observer`](crate::nn::Trainer::observer): takes what is to be kept of an epoch that ended. An error here does not
    /// break off the training; [`html`](TrainingReport::html) returns it.
    pub fn observe(&mut self, progress: &Progress<'_>) -> ControlFlow<()> {
        let every = progress.epochs.div_ceil(KEPT).max(1);
        let is_kept = progress.epochs_done.is_multiple_of(every) || progress.epochs_done == progress.epochs;
        if progress.epoch.is_some() && is_kept && self.failure.is_none() {
            self.failure = self.take(progress.epochs_done, &progress.checkpoint.parameters).err();
        }
        ControlFlow::Continue(())
    }

    fn take(&mut self, epoch: usize, parameters: &[f64]) -> Result<()> {
        let (width, height) = (self.bounds[0].1 - self.bounds[0].0, self.bounds[1].1 - self.bounds[1].0);
        // The middles of the cells, from the top row down, as pictures have them.
        let middle = |cell: usize| (cell as f64 + 0.5) / CELLS as f64;
        let point = |cell: usize| {
            let (row, column) = (cell / CELLS, cell % CELLS);
            [self.bounds[0].0 + width * middle(column), self.bounds[1].1 - height * middle(row)]
        };
        let plane: Vec<f64> = (0..CELLS * CELLS).flat_map(point).collect();
        let field = self.score.batches().values(parameters, &plane)?;
        let inputs: Vec<f64> = (0..self.data.len()).flat_map(|sample| self.data.input(sample)).copied().collect();
        let scores = self.score.batches().values(parameters, &inputs)?;
        let is_right = |(sample, score): (usize, &f64)| class_of(&[*score]) == self.data.class(sample);
        let right = scores.iter().enumerate().filter(|&each| is_right(each)).count();
        let batch = self.loss.batches().reduction(Reduction::Mean).gradient(parameters, self.data.samples())?;
        let count = self.data.len() as f64;
        self.snapshots.push(Snapshot {
            epoch,
            loss: batch.values.iter().sum::<f64>() / count,
            accuracy: right as f64 / count,
            field,
            parameters: parameters.to_vec(),
            gradient: batch.gradient,
        });
        Ok(())
    }

    /// The page as HTML.
    ///
    /// # Errors
    /// What [`observe`](TrainingReport::observe) met with.
    pub fn html(&self) -> Result<String> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        Ok(asset::fill(
            asset::TRAINING,
            &[
                ("what", "a training, epoch by epoch"),
                ("title", &asset::escaped(&self.title)),
                ("style", asset::TRAINING_STYLE),
                ("data", &asset::json(&self.data())),
                ("script", asset::TRAINING_SCRIPT),
                ("script-hash", &asset::hash(asset::TRAINING_SCRIPT)),
            ],
        ))
    }

    /// Writes the page to a file.
    ///
    /// # Errors
    /// As [`html`](TrainingReport::html); [`Error::File`] if it cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        asset::save(path.as_ref(), &self.html()?)
    }

    fn data(&self) -> Value {
        let snapshot = |snapshot: &Snapshot| {
            json!({
                "epoch": snapshot.epoch,
                "loss": snapshot.loss,
                "accuracy": snapshot.accuracy,
                "field": bytes(&snapshot.field, SURE),
                "parameters": floats(&snapshot.parameters),
                "gradient": floats(&snapshot.gradient),
            })
        };
        let point = |sample: usize| {
            let x = self.data.input(sample);
            json!([x[0], x[1], self.data.class(sample)])
        };
        let entry =
            |entry: &crate::nn::Entry| json!({ "name": entry.name, "shape": entry.shape, "start": entry.range.start });
        json!({
            "cells": CELLS,
            "sure": SURE,
            "bounds": self.bounds,
            "entries": self.layout.entries().iter().map(entry).collect::<Vec<_>>(),
            "points": (0..self.data.len()).map(point).collect::<Vec<_>>(),
            "snapshots": self.snapshots.iter().map(snapshot).collect::<Vec<_>>(),
        })
    }
}

/// Numbers as bytes, ±127 for ±`largest` and beyond, in base 64.
fn bytes(numbers: &[f64], largest: f64) -> String {
    let byte = |x: &f64| (127.0 * (x / largest).clamp(-1.0, 1.0)).round() as i8 as u8;
    base64::engine::general_purpose::STANDARD.encode(numbers.iter().map(byte).collect::<Vec<u8>>())
}

/// Numbers in single precision, the lower bytes first, in base 64.
fn floats(numbers: &[f64]) -> String {
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| (*x as f32).to_le_bytes()).collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_bytes_and_single_precision() {
        // 127 and 129 (which is -127), then 0 and 64.
        assert_eq!(bytes(&[5.0, -2.0, 0.0, 1.0], 2.0), "f4EAQA==");
        // 1 is 3f800000 and -2 is c0000000, from the lowest byte up.
        assert_eq!(floats(&[1.0, -2.0]), "AACAPwAAAMA=");
    }
}
