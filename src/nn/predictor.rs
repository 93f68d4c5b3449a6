//! A compiled model: the outputs of many samples at once.

use super::Model;
use super::data::Dataset;
use super::metrics::{ConfusionMatrix, class_of};
use crate::error::{Result, check_length};
use crate::program::Program;

/// A model, compiled to give the outputs of many samples at once.
///
/// ```
/// use gradus::nn::data::Dataset;
/// use gradus::nn::{Linear, Predictor};
/// let data = Dataset::new(&[[1.0, 2.0], [3.0, 4.0]], &[[1.0], [1.0]])?;
/// let predictor = Predictor::new(&Linear::new(2, 1)?, &data)?;
/// assert_eq!(predictor.outputs(&[1.0, -1.0, 0.5], &data)?, [[-0.5], [-0.5]]);
/// assert_eq!(predictor.accuracy(&[1.0, -1.0, 0.5], &data)?, 0.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Clone)]
pub struct Predictor {
    program: Program,
}

impl Predictor {
    /// Compiles `model` for data of the form of `data`.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) if the data have not as many inputs as the model takes; as [`Program::record_shared`].
    pub fn new(model: &impl Model, data: &Dataset) -> Result<Predictor> {
        let sample = vec![0.5; data.inputs() + data.targets()];
        let parameters = vec![0.5; model.parameter_count()];
        let inputs = data.inputs();
        model.try_forward(&parameters, &sample[..inputs])?;
        let forward = |p: &[crate::Var], sample: &[crate::Var]| model.forward(p, &sample[..inputs]);
        Ok(Predictor { program: Program::record_shared(&parameters, &sample, forward)? })
    }

    /// The outputs of each sample.
    ///
    /// # Errors
    /// [`Error::Length`](crate::Error::Length) if the parameters or the data are of another form; [`Error::BranchChanged`](crate::Error::BranchChanged).
    pub fn outputs(&self, parameters: &[f64], data: &Dataset) -> Result<Vec<Vec<f64>>> {
        let expected = self.program.sample_inputs();
        let found = data.inputs() + data.targets();
        let hint = "as many inputs and targets as the data that the predictor was made for";
        check_length("a sample", found, expected, hint)?;
        let outputs = self.program.batches().values(parameters, data.samples())?;
        Ok(outputs.chunks_exact(self.program.outputs()).map(<[f64]>::to_vec).collect())
    }

    /// The share of samples of which the class is found.
    ///
    /// # Errors
    /// As [`outputs`](Predictor::outputs).
    pub fn accuracy(&self, parameters: &[f64], data: &Dataset) -> Result<f64> {
        let outputs = self.outputs(parameters, data)?;
        let right =
            outputs.iter().enumerate().filter(|(sample, output)| class_of(output) == data.class(*sample)).count();
        Ok(right as f64 / data.len() as f64)
    }

    /// How often which class was taken for which.
    ///
    /// # Errors
    /// As [`outputs`](Predictor::outputs).
    pub fn confusion(&self, parameters: &[f64], data: &Dataset) -> Result<ConfusionMatrix> {
        let classes = data.classes().max(self.program.outputs());
        let mut matrix = ConfusionMatrix { names: data.class_names.clone(), ..ConfusionMatrix::new(classes) };
        for (sample, output) in self.outputs(parameters, data)?.iter().enumerate() {
            matrix.count(data.class(sample), class_of(output));
        }
        Ok(matrix)
    }
}
