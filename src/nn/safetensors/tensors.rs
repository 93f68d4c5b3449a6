//! From flat parameters to named tensors and back.

use crate::error::{Error, Result};
use crate::nn::{Entry, Layout};
use ::safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::{BTreeSet, HashMap};

/// The key of the file's metadata under which the description of a net stands.
const DESCRIPTION: &str = "gradus";

/// The name under which the format keeps its metadata.
const RESERVED: &str = "__metadata__";

/// So many differences are told one by one.
const MOST_DIFFERENCES: usize = 8;

/// The bytes of a file with these parameters and this description.
pub(super) fn bytes(layout: &Layout, parameters: &[f64], description: Option<String>) -> Result<Vec<u8>> {
    layout.check(parameters.len())?;
    check_names(layout)?;
    let data: Vec<Vec<u8>> = layout
        .entries()
        .iter()
        .map(|entry| parameters[entry.range.clone()].iter().flat_map(|number| number.to_le_bytes()).collect())
        .collect();
    let unsaved = |error| Error::File { path: super::BYTES.to_owned(), message: format!("not written: {error}") };
    let mut tensors = Vec::new();
    for (Entry { name, shape, .. }, data) in layout.entries().iter().zip(&data) {
        tensors.push((name, TensorView::new(Dtype::F64, shape.clone(), data).map_err(unsaved)?));
    }
    let metadata = description.map(|text| HashMap::from([(DESCRIPTION.to_owned(), text)]));
    ::safetensors::serialize(tensors, metadata).map_err(unsaved)
}

/// A file that was opened: its structure is sound, what is in it is not known yet.
pub(super) struct Tensors<'a> {
    path: &'a str,
    tensors: SafeTensors<'a>,
    description: Option<String>,
}

impl<'a> Tensors<'a> {
    pub(super) fn open(bytes: &'a [u8], path: &'a str) -> Result<Tensors<'a>> {
        let open = || {
            let (_, header) = SafeTensors::read_metadata(bytes)?;
            let description = header.metadata().as_ref().and_then(|metadata| metadata.get(DESCRIPTION).cloned());
            Ok(Tensors { path, tensors: SafeTensors::deserialize(bytes)?, description })
        };
        open().map_err(|error: ::safetensors::SafeTensorError| Error::File {
            path: path.to_owned(),
            message: format!(
                "not a whole safetensors file ({error}): it was cut off or damaged, or is of another format. Save it anew, or \
                 take an older copy"
            ),
        })
    }

    /// The description of the net, as it stands in the file.
    pub(super) fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// How many bytes its numbers take.
    pub(super) fn size(&self) -> usize {
        self.tensors.iter().map(|(_, tensor)| tensor.data().len()).sum()
    }

    pub(super) fn mismatch(&self, mut differences: Vec<String>) -> Error {
        let more = differences.len().saturating_sub(MOST_DIFFERENCES);
        if more > 0 {
            differences.truncate(MOST_DIFFERENCES);
            differences.push(format!("and {more} more"));
        }
        Error::Mismatch { path: self.path.to_owned(), differences }
    }

    /// The parameters, if they are those of the layout.
    pub(super) fn parameters(&self, layout: &Layout) -> Result<Vec<f64>> {
        let tensors: Vec<(&str, TensorView<'_>)> = self.tensors.iter().collect();
        let found: Vec<(&str, &[usize])> = tensors.iter().map(|(name, tensor)| (*name, tensor.shape())).collect();
        let mut differences = layout.differences(&found);
        let by_name: HashMap<&str, &TensorView<'_>> = tensors.iter().map(|(name, tensor)| (*name, tensor)).collect();
        let mut parameters = Vec::new();
        for Entry { name, .. } in layout.entries() {
            let Some(tensor) = by_name.get(name.as_str()) else { continue };
            match numbers(tensor) {
                Some(numbers) => parameters.extend(numbers),
                None => differences.push(format!("`{name}` holds {:?}, expected F64 or F32", tensor.dtype())),
            }
        }
        if differences.is_empty() { Ok(parameters) } else { Err(self.mismatch(differences)) }
    }
}

fn numbers(tensor: &TensorView<'_>) -> Option<Vec<f64>> {
    let data = tensor.data();
    match tensor.dtype() {
        Dtype::F64 => Some(data.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()),
        Dtype::F32 => Some(data.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect()),
        _ => None,
    }
}

/// Names are keys in a file.
fn check_names(layout: &Layout) -> Result<()> {
    let mut names = BTreeSet::new();
    let mut differences = Vec::new();
    for Entry { name, .. } in layout.entries() {
        if !names.insert(name) {
            differences
                .push(format!("two parameters are called `{name}`: give each part of the model a name of its own"));
        } else if name == RESERVED {
            differences.push(format!("a parameter is called `{name}`, which the format keeps for itself: rename it"));
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(Error::Mismatch { path: "the layout".to_owned(), differences }) }
}
