//! Parameters in [safetensors](https://github.com/huggingface/safetensors) files, under the names and in the shapes of a model's [`Layout`]:
//! those of PyTorch, so that `model.load_state_dict(load_file("net.safetensors"))` reads them there, and a file that was written there is
//! read here.
//!
//! Numbers are written as F64, to the bit; F64 and F32 are read. A file is written beside its name and renamed, so that an interruption
//! leaves the old file or the new one. A file that is cut off, damaged, or of another model is an error that says what differs: it cannot
//! make the reader panic, nor take more memory than a multiple of its own length.
//!
//! ```
//! use gradus::nn::{Activation, Mlp, Model, safetensors};
//!
//! let net = Mlp::new(&[2, 3, 1], Activation::Tanh)?;
//! let mut random = fastrand::Rng::with_seed(1);
//! let parameters = net.initial_parameters(|| random.f64());
//! let path = std::env::temp_dir().join("gradus-parameters.safetensors");
//! safetensors::save_file(&net.layout(), &parameters, &path)?;
//! assert_eq!(safetensors::load_file(&net.layout(), &path)?, parameters);
//!
//! let other = Mlp::new(&[2, 4, 1], Activation::Tanh)?;
//! let error = safetensors::load_file(&other.layout(), &path).unwrap_err();
//! assert!(error.to_string().contains("`fc1.weight` has the shape [3, 2], expected [4, 2]"));
//! # Ok::<(), gradus::Error>(())
//! ```
//!
//! A [`TrainedMlp`](super::TrainedMlp) is saved [with its description](super::TrainedMlp::save_file), so that its file alone is enough.

mod described;
mod tensors;

use super::{Layout, atomic};
use crate::error::Result;
use std::path::Path;
use tensors::Tensors;

/// What the errors call a file that is given as bytes.
const BYTES: &str = "the safetensors file";

/// The parameters as the bytes of a file.
///
/// # Errors
/// [`Error::Length`](crate::Error::Length) if they are not as many as the layout says; [`Error::Mismatch`](crate::Error::Mismatch) for a
/// layout that cannot be saved, because two of its parameters have the same name.
pub fn save(layout: &Layout, parameters: &[f64]) -> Result<Vec<u8>> {
    tensors::bytes(layout, parameters, None)
}

/// Writes the parameters to a file, as a whole or not at all.
///
/// # Errors
/// As [`save`]; [`Error::File`](crate::Error::File) if the file cannot be written.
pub fn save_file(layout: &Layout, parameters: &[f64], path: impl AsRef<Path>) -> Result<()> {
    atomic::write(path.as_ref(), &save(layout, parameters)?)
}

/// Parameters from the bytes of a file, in the order of the layout.
///
/// # Errors
/// [`Error::File`](crate::Error::File) for bytes that are no safetensors file; [`Error::Mismatch`](crate::Error::Mismatch) for names that are
/// missing or were not expected, another shape, another type of number than F64 and F32.
///
/// ```
/// use gradus::nn::{Linear, Model, safetensors};
/// let layout = Linear::new(1, 1)?.layout();
/// let mut bytes = safetensors::save(&layout, &[0.1, -0.0])?;
/// assert_eq!(safetensors::load(&layout, &bytes)?, [0.1, -0.0]);
/// bytes.pop();
/// println!("{}", safetensors::load(&layout, &bytes).unwrap_err());
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn load(layout: &Layout, bytes: &[u8]) -> Result<Vec<f64>> {
    Tensors::open(bytes, BYTES)?.parameters(layout)
}

/// Parameters from a file, in the order of the layout.
///
/// # Errors
/// As [`load`], and if the file cannot be read.
pub fn load_file(layout: &Layout, path: impl AsRef<Path>) -> Result<Vec<f64>> {
    let path = path.as_ref();
    Tensors::open(&atomic::read(path)?, &path.display().to_string())?.parameters(layout)
}
