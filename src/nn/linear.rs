//! A layer of weighted sums.

use super::{Layout, Model};
use crate::error::{Error, Result, check_length};
use crate::rule::Scalar;

/// No list of numbers can be longer.
pub(super) const MOST_PARAMETERS: usize = isize::MAX as usize / size_of::<f64>();

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
    /// For a size of 0, or so large that its parameters could not stand in memory.
    pub fn new(inputs: usize, outputs: usize) -> Result<Linear> {
        let wrong =
            |value: usize, expected| Err(Error::Setting { what: "a layer size", value: value as f64, expected });
        if inputs == 0 || outputs == 0 {
            return wrong(0, "at least 1");
        }
        match inputs.checked_add(1).and_then(|inputs| inputs.checked_mul(outputs)) {
            Some(count) if count <= MOST_PARAMETERS => Ok(Linear { inputs, outputs }),
            _ => wrong(inputs.max(outputs), "so small that its weights can stand in memory"),
        }
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
    /// If `parameters` or `inputs` has another length than the shape asks for; [`try_forward`](Model::try_forward) returns the error
    /// instead.
    #[track_caller]
    fn forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Vec<S> {
        match self.try_forward(parameters, inputs) {
            Ok(outputs) => outputs,
            Err(error) => panic!("{error}"),
        }
    }

    #[track_caller]
    fn try_forward<S: Scalar>(&self, parameters: &[S], inputs: &[S]) -> Result<Vec<S>> {
        check_length(
            "the parameter slice",
            parameters.len(),
            self.parameter_count(),
            "as many as `parameter_count` says",
        )?;
        check_length("the input", inputs.len(), self.inputs, "as many as the layer sums")?;
        let (weight, bias) = parameters.split_at(self.inputs * self.outputs);
        let mut sums = bias.to_vec();
        for (sum, row) in sums.iter_mut().zip(weight.chunks_exact(self.inputs)) {
            for (&weight, &input) in row.iter().zip(inputs) {
                *sum += weight * input;
            }
        }
        Ok(sums)
    }
}
