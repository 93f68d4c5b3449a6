//! A layer of weighted sums.

use super::{Layout, Model};
use crate::error::{Error, Result};
use crate::rule::Scalar;

/// A layer of weighted sums, `y = W x + b`: `weight` of shape `[outputs, inputs]`, row by row, then `bias`.
///
/// ```
/// use gradus::nn::{Linear, Model};
/// let layer = Linear::new(2, 1)?;
/// assert_eq!(layer.forward(&[3.0, 4.0, 0.5], &[1.0, 10.0]), [43.5]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linear {
    inputs: usize,
    outputs: usize,
}

impl Linear {
    /// A layer of `outputs` sums of `inputs` numbers.
    ///
    /// # Errors
    /// For a size of 0.
    pub fn new(inputs: usize, outputs: usize) -> Result<Linear> {
        if inputs == 0 || outputs == 0 {
            return Err(Error::Setting { what: "a layer size", value: 0.0, expected: "at least 1" });
        }
        Ok(Linear { inputs, outputs })
    }

    /// How many numbers it sums.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many sums it gives.
    pub fn outputs(&self) -> usize {
        self.outputs
    }
}

impl Model for Linear {
    fn layout(&self) -> Layout {
        Layout::new().parameter("weight", &[self.outputs, self.inputs]).parameter("bias", &[self.outputs])
    }

    fn parameter_count(&self) -> usize {
        (self.inputs + 1) * self.outputs
    }

    /// # Panics
    /// If `parameters` or `inputs` has another length than the shape asks for.
    #[track_caller]
    fn forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Vec<S> {
        assert_eq!(parameters.len(), self.parameter_count(), "as many parameters as a layer has");
        assert_eq!(inputs.len(), self.inputs, "as many inputs as a layer has");
        let (weight, bias) = parameters.split_at(self.inputs * self.outputs);
        let mut sums = bias.to_vec();
        for (sum, row) in sums.iter_mut().zip(weight.chunks_exact(self.inputs)) {
            for (&weight, &input) in row.iter().zip(inputs) {
                *sum += weight * input;
            }
        }
        sums
    }
}
