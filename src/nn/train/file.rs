//! Checkpoints on disk: a training that can be killed at any moment.
//!
//! They are JSON, which the traits of serde give for nothing, and which shows the history of a training to anyone who opens it. The
//! numbers of a tiny net fill some hundred kilobytes.

use super::{Checkpoint, Trainer};
use crate::error::{Error, Result};
use crate::nn::{Entry, Layout, atomic};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The version of the format. One more whenever an older reader would misunderstand a newer file.
const VERSION: u32 = 1;

/// How often a training writes its checkpoint to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// After each so many steps.
    Steps(u64),
    /// After each so many epochs.
    Epochs(usize),
}

/// Where a training writes its checkpoint, and how often.
#[derive(Debug)]
pub(super) struct CheckpointFile {
    path: PathBuf,
    every: Every,
}

/// A file: what its numbers belong to stands before them.
#[derive(Serialize, Deserialize)]
struct Saved<C> {
    version: u32,
    parameters: Vec<(String, Vec<usize>)>,
    checkpoint: C,
}

/// What any version of a file begins with.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl CheckpointFile {
    pub(super) fn check(&self) -> Result<()> {
        match self.every {
            Every::Steps(0) | Every::Epochs(0) => Err(Error::Setting {
                what: "the count of steps or epochs from one checkpoint to the next",
                value: 0.0,
                expected: "at least 1",
            }),
            Every::Steps(_) | Every::Epochs(_) => Ok(()),
        }
    }

    /// Whether it is to be written after this step.
    pub(super) fn is_due(&self, step: u64, ended_epochs: Option<usize>) -> bool {
        match self.every {
            Every::Steps(count) => step.is_multiple_of(count),
            Every::Epochs(count) => ended_epochs.is_some_and(|epochs| epochs.is_multiple_of(count)),
        }
    }

    pub(super) fn write(&self, checkpoint: &Checkpoint, layout: &Layout) -> Result<()> {
        checkpoint.save_file(layout, &self.path)
    }
}

/// With the feature `safetensors`.
impl Checkpoint {
    /// Writes the state to a file of JSON, as a whole or not at all, with the names and shapes of the parameters.
    ///
    /// # Errors
    /// [`Error::Length`] if it belongs to another model; [`Error::File`] if the file cannot be written.
    pub fn save_file(&self, layout: &Layout, path: impl AsRef<Path>) -> Result<()> {
        self.check(layout)?;
        let path = path.as_ref();
        let names = layout.entries().iter().map(|Entry { name, shape, .. }| (name.clone(), shape.clone()));
        let saved = Saved { version: VERSION, parameters: names.collect(), checkpoint: self };
        let bytes = serde_json::to_vec(&saved)
            .map_err(|error| file_error(path, format!("the checkpoint was not written: {error}")))?;
        atomic::write(path, &bytes)
    }

    /// Reads the state of a training of the parameters of `layout`, to go on with [`Trainer::resume`].
    ///
    /// # Errors
    /// [`Error::File`] if the file cannot be read, is cut off or damaged; [`Error::Mismatch`] if it belongs to a model whose parameters
    /// have other names or shapes.
    pub fn load_file(layout: &Layout, path: impl AsRef<Path>) -> Result<Checkpoint> {
        let path = path.as_ref();
        let mismatch = |differences| Error::Mismatch { path: path.display().to_string(), differences };
        let damaged = |error| {
            let advice = "it was cut off or damaged, or is no checkpoint. Take an older copy, or train anew";
            file_error(path, format!("not a whole checkpoint ({error}): {advice}"))
        };
        let bytes = atomic::read(path)?;
        let Head { version } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if version != VERSION {
            let difference = format!("it is of version {version}, and this version of gradus reads version {VERSION}");
            return Err(mismatch(vec![difference]));
        }
        let saved: Saved<Checkpoint> = serde_json::from_slice(&bytes).map_err(damaged)?;
        let found: Vec<(&str, &[usize])> =
            saved.parameters.iter().map(|(name, shape)| (name.as_str(), shape.as_slice())).collect();
        let differences = layout.differences(&found);
        if !differences.is_empty() {
            return Err(mismatch(differences));
        }
        saved.checkpoint.check(layout).map_err(|error| mismatch(vec![error.to_string()]))?;
        Ok(saved.checkpoint)
    }
}

/// With the feature `safetensors`.
impl<'a> Trainer<'a> {
    /// Writes the state of the training to a file now and then, before the observer is called, and when it ends: whatever happens, the
    /// file is that of some step as a whole. A file that cannot be written is an error of [`fit`](Trainer::fit).
    ///
    /// A training that may be killed at any moment, and started again in the same way:
    ///
    /// ```
    /// use gradus::nn::optim::Adam;
    /// use gradus::nn::{Activation, Checkpoint, Every, Mlp, Model, Trainer, data, loss};
    ///
    /// let net = Mlp::new(&[2, 8, 1], Activation::Tanh)?;
    /// let mut random = fastrand::Rng::with_seed(1);
    /// let moons = data::make_moons(40, 0.1, || random.f64())?;
    /// let start = net.initial_parameters(|| random.f64());
    /// let path = std::env::temp_dir().join("gradus-moons.checkpoint");
    /// # let _ = std::fs::remove_file(&path);
    ///
    /// let mut trainer =
    ///     Trainer::new(&net, loss::hinge_loss, Adam::new(0.01)).epochs(5).checkpoints(&path, Every::Epochs(1));
    /// let trained = if path.exists() {
    ///     trainer.resume(Checkpoint::load_file(&net.layout(), &path)?, &moons, || random.f64())?
    /// } else {
    ///     trainer.fit(start, &moons, || random.f64())?
    /// };
    /// assert_eq!(Checkpoint::load_file(&net.layout(), &path)?, trained);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[must_use]
    pub fn checkpoints(self, path: impl Into<PathBuf>, every: Every) -> Self {
        Trainer { file: Some(CheckpointFile { path: path.into(), every }), ..self }
    }
}

fn file_error(path: &Path, message: String) -> Error {
    Error::File { path: path.display().to_string(), message }
}
