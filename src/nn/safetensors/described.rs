//! Nets that are saved with their description.

use super::tensors::{self, Tensors};
use super::{BYTES, atomic};
use crate::error::{Error, Result};
use crate::nn::trained::Description;
use crate::nn::{Mlp, Model, TrainedMlp};
use std::path::Path;

/// With the feature `safetensors`.
impl TrainedMlp {
    /// The net as the bytes of a safetensors file: its parameters under PyTorch's names, and what else there is to know as JSON under the
    /// key `gradus` of the file's metadata.
    ///
    /// In Python, `safe_open(path, "numpy").metadata()["gradus"]` is
    /// `{"version": 1, "model": "mlp", "sizes": [4, 8, 3], "activation": "leaky_relu", "constant": 0.01, "standardizer": {"means": […],
    /// "deviations": […]}, "class_names": […]}`; `constant` stands there if the activation has one, the last two if the net has them.
    ///
    /// # Errors
    /// [`Error::File`] if the format refuses it.
    pub fn save(&self) -> Result<Vec<u8>> {
        let description = Description::of(self).to_json();
        let description = description
            .map_err(|error| Error::File { path: BYTES.to_owned(), message: format!("not written: {error}") })?;
        tensors::bytes(&self.net().layout(), self.parameters(), Some(description))
    }

    /// Writes the net to a file, as a whole or not at all: see [`save`](TrainedMlp::save).
    ///
    /// # Errors
    /// As `save`, and if the file cannot be written.
    ///
    /// ```
    /// use gradus::nn::{Activation, Mlp, TrainedMlp};
    /// let net = Mlp::new(&[1, 2], Activation::LeakyRelu(0.1))?;
    /// let trained = TrainedMlp::new(net, vec![1.0, -1.0, 0.0, 0.5])?.class_names(["cold", "warm"])?;
    /// let path = std::env::temp_dir().join("gradus-net.safetensors");
    /// trained.save_file(&path)?;
    /// assert_eq!(TrainedMlp::load_file(&path)?, trained);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn save_file(&self, path: impl AsRef<Path>) -> Result<()> {
        atomic::write(path.as_ref(), &self.save()?)
    }

    /// A net from the bytes of a file.
    ///
    /// # Errors
    /// [`Error::File`] for bytes that are no safetensors file; [`Error::Mismatch`] if there is no description in it, or one that says
    /// something else than its tensors.
    pub fn load(bytes: &[u8]) -> Result<TrainedMlp> {
        load(bytes, BYTES)
    }

    /// A net from a file.
    ///
    /// # Errors
    /// As [`load`](TrainedMlp::load), and if the file cannot be read.
    pub fn load_file(path: impl AsRef<Path>) -> Result<TrainedMlp> {
        let path = path.as_ref();
        load(&atomic::read(path)?, &path.display().to_string())
    }

    /// A net from a file, which has to be of the shape of `net`.
    ///
    /// # Errors
    /// As [`load_file`](TrainedMlp::load_file); [`Error::Mismatch`] for other layer sizes or another activation.
    ///
    /// ```
    /// use gradus::nn::{Activation, Mlp, TrainedMlp};
    /// let net = |activation| Mlp::new(&[1, 2], activation);
    /// let path = std::env::temp_dir().join("gradus-tanh.safetensors");
    /// TrainedMlp::new(net(Activation::Tanh)?, vec![0.0; 4])?.save_file(&path)?;
    /// let error = TrainedMlp::load_file_of(&net(Activation::Relu)?, &path).unwrap_err();
    /// assert!(error.to_string().ends_with("does not fit: the activation is Tanh, expected Relu"));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn load_file_of(net: &Mlp, path: impl AsRef<Path>) -> Result<TrainedMlp> {
        let path = path.as_ref();
        let trained = TrainedMlp::load_file(path)?;
        let found = trained.net();
        let mut differences = Vec::new();
        if found.sizes() != net.sizes() {
            differences.push(format!("the layer sizes are {:?}, expected {:?}", found.sizes(), net.sizes()));
        }
        if found.activation() != net.activation() {
            differences.push(format!("the activation is {:?}, expected {:?}", found.activation(), net.activation()));
        }
        if differences.is_empty() {
            return Ok(trained);
        }
        Err(Error::Mismatch { path: path.display().to_string(), differences })
    }
}

fn load(bytes: &[u8], path: &str) -> Result<TrainedMlp> {
    let tensors = Tensors::open(bytes, path)?;
    let Some(text) = tensors.description() else {
        let missing = "it has no description of a net, expected under the key `gradus` of its metadata: read its parameters \
                       with `gradus::nn::safetensors::load_file` and the layout of the net that they belong to";
        return Err(tensors.mismatch(vec![missing.to_owned()]));
    };
    let described = |error: Error| tensors.mismatch(vec![format!("its description is wrong: {error}")]);
    let description = Description::from_json(text).map_err(|difference| tensors.mismatch(vec![difference]))?;
    let net = description.net().map_err(described)?;
    // A parameter takes four bytes at least. Only what passes here is worth a layout, whose counts could overflow.
    if description.parameter_count().is_none_or(|count| count > tensors.size() / 4) {
        let sizes = net.sizes();
        let difference = format!("its description says that the layer sizes are {sizes:?}, but it holds fewer numbers");
        return Err(tensors.mismatch(vec![difference]));
    }
    let parameters = tensors.parameters(&net.layout())?;
    description.trained(net, parameters).map_err(described)
}
