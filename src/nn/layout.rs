//! Where each named parameter stands in the flat slice of all.

use super::Model;
use crate::error::{Error, Result};
use crate::explain::WIDEST;
#[cfg(feature = "safetensors")]
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

/// A named parameter: its shape, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, such as `fc1.weight`.
    pub name: String,
    /// Its shape; a weight has outputs, then inputs, and stands row by row.
    pub shape: Vec<usize>,
    /// Which of all parameters are its own.
    pub range: Range<usize>,
}

/// The named parameters of a model, in the order in which they stand in the flat slice. It prints as a table.
///
/// ```
/// use gradus::nn::{Activation, Mlp, Model};
///
/// let net = Mlp::new(&[2, 3, 1], Activation::Tanh)?;
/// let layout = net.layout();
/// let mut parameters = vec![0.0; layout.count()];
/// layout.view_mut("fc1.bias", &mut parameters)?.fill(0.5);
/// assert_eq!(layout.view("fc1.bias", &parameters)?, [0.5; 3]);
/// assert_eq!(layout.name_of(3), "fc1.weight[1, 1]");
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    entries: Vec<Entry>,
}

impl Layout {
    /// No parameters.
    pub fn new() -> Layout {
        Layout::default()
    }

    /// With one more parameter, behind the others.
    ///
    /// # Panics
    /// For so many numbers that they cannot be counted.
    #[must_use]
    #[track_caller]
    pub fn parameter(mut self, name: &str, shape: &[usize]) -> Layout {
        let start = self.count();
        let size = shape.iter().try_fold(1usize, |size, &side| size.checked_mul(side));
        let Some(end) = size.and_then(|size| start.checked_add(size)) else {
            panic!(
                "the parameter `{name}` of shape {shape:?} has more numbers than can be counted: give it a smaller shape"
            )
        };
        let range = start..end;
        self.entries.push(Entry { name: name.to_owned(), shape: shape.to_vec(), range });
        self
    }

    /// With the parameters of a part of the model, behind the others; `name.` is put before their names.
    #[must_use]
    pub fn part(mut self, name: &str, part: &impl Model) -> Layout {
        for entry in part.layout().entries {
            self = self.parameter(&format!("{name}.{}", entry.name), &entry.shape);
        }
        self
    }

    /// How many numbers the parameters are.
    pub fn count(&self) -> usize {
        self.entries.last().map_or(0, |entry| entry.range.end)
    }

    /// The named parameters.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The parameter `name`, within all of them.
    ///
    /// # Errors
    /// [`Error::UnknownName`] if there is none of this name; [`Error::Length`] if `parameters` has another length than
    /// [`count`](Layout::count).
    pub fn view<'a, T>(&self, name: &str, parameters: &'a [T]) -> Result<&'a [T]> {
        Ok(&parameters[self.find(name, parameters.len())?])
    }

    /// As [`view`](Layout::view), to be written to.
    ///
    /// # Errors
    /// As [`view`](Layout::view).
    pub fn view_mut<'a, T>(&self, name: &str, parameters: &'a mut [T]) -> Result<&'a mut [T]> {
        let range = self.find(name, parameters.len())?;
        Ok(&mut parameters[range])
    }

    /// What the number at `index` is called: its parameter, and its place there.
    pub fn name_of(&self, index: usize) -> String {
        let Some(entry) = self.entries.iter().find(|entry| entry.range.contains(&index)) else {
            return format!("parameter {index}");
        };
        let mut rest = index - entry.range.start;
        let mut place = Vec::new();
        for &size in entry.shape.iter().rev() {
            place.push((rest % size).to_string());
            rest /= size;
        }
        place.reverse();
        format!("{}[{}]", entry.name, place.join(", "))
    }

    /// There are as many parameters as the layout says.
    pub(crate) fn check(&self, found: usize) -> Result<()> {
        let hint = "as many as the model's `parameter_count` says";
        match self.count() {
            expected if expected == found => Ok(()),
            expected => Err(Error::Length { what: "the list of parameters", found, expected, hint }),
        }
    }

    /// What differs in parameters of these names and shapes, as sentences: each names what was expected.
    #[cfg(feature = "safetensors")]
    pub(crate) fn differences<'a>(&self, found: &[(&'a str, &'a [usize])]) -> Vec<String> {
        let found: BTreeMap<&str, &[usize]> = found.iter().copied().collect();
        let mut differences = Vec::new();
        for Entry { name, shape, .. } in &self.entries {
            match found.get(name.as_str()) {
                None => differences.push(format!("`{name}` is missing, expected with the shape {shape:?}")),
                Some(other) if other != shape => {
                    differences.push(format!("`{name}` has the shape {other:?}, expected {shape:?}"));
                }
                Some(_) => {}
            }
        }
        let known: BTreeSet<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
        for (name, shape) in found {
            if !known.contains(name) {
                differences.push(format!("`{name}` of the shape {shape:?} was not expected"));
            }
        }
        differences
    }

    fn find(&self, name: &str, found: usize) -> Result<Range<usize>> {
        self.check(found)?;
        match self.entries.iter().find(|entry| entry.name == name) {
            Some(entry) => Ok(entry.range.clone()),
            None => Err(Error::UnknownName {
                what: "parameter",
                found: name.to_owned(),
                known: self.entries.iter().map(|entry| entry.name.clone()).collect(),
            }),
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = |entry: &Entry| entry.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ");
        let width = |longest: Option<usize>, title: &str| longest.unwrap_or(0).min(WIDEST).max(title.len());
        let names = width(self.entries.iter().map(|entry| entry.name.chars().count()).max(), "parameter");
        let shapes = width(self.entries.iter().map(|entry| shape(entry).chars().count()).max(), "shape");
        writeln!(f, "{:names$}  {:shapes$}  {:>8}", "parameter", "shape", "numbers")?;
        for entry in &self.entries {
            writeln!(f, "{:names$}  {:shapes$}  {:>8}", entry.name, shape(entry), entry.range.len())?;
        }
        write!(f, "{:names$}  {:shapes$}  {:>8}", "all", "", self.count())
    }
}
