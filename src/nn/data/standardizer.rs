//! Standardisation: inputs with mean 0 and deviation 1.

use super::Dataset;

/// What takes the mean off each input and divides by its deviation. It is fitted to one data set, that of the training, and applied to
/// all.
///
/// ```
/// use gradus::nn::data::{Dataset, Standardizer};
/// let mut data = Dataset::new(&[[1.0, 7.0], [3.0, 7.0]], &[[0.0], [0.0]])?;
/// let standardizer = Standardizer::fit(&data);
/// standardizer.apply(&mut data);
/// assert_eq!((data.input(0), data.input(1)), ([-1.0, 0.0].as_slice(), [1.0, 0.0].as_slice()));
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Standardizer {
    /// The mean of each input.
    pub means: Vec<f64>,
    /// Its deviation, with all samples as the population; 1 for an input that is always the same.
    pub deviations: Vec<f64>,
}

impl Standardizer {
    /// The means and deviations of the inputs of `data`.
    pub fn fit(data: &Dataset) -> Standardizer {
        let mean = |each: &dyn Fn(&[f64]) -> f64| {
            (0..data.len()).map(|sample| each(data.input(sample))).sum::<f64>() / data.len() as f64
        };
        let means: Vec<f64> = (0..data.inputs()).map(|input| mean(&|x| x[input])).collect();
        let deviations =
            means.iter().enumerate().map(|(input, of)| mean(&|x| (x[input] - of) * (x[input] - of)).sqrt());
        let deviations = deviations.map(|deviation| if deviation > 0.0 { deviation } else { 1.0 }).collect();
        Standardizer { means, deviations }
    }

    /// Standardises the inputs of `data`.
    ///
    /// # Panics
    /// If it has other inputs than the data that this was fitted to.
    #[track_caller]
    pub fn apply(&self, data: &mut Dataset) {
        data.change_inputs(|input| self.apply_to(input));
    }

    /// Standardises the inputs of one sample.
    ///
    /// # Panics
    /// If they are not as many as those that this was fitted to.
    #[track_caller]
    pub fn apply_to(&self, input: &mut [f64]) {
        assert_eq!(input.len(), self.means.len(), "a standardiser takes as many inputs as it was fitted to");
        for ((x, mean), deviation) in input.iter_mut().zip(&self.means).zip(&self.deviations) {
            *x = (*x - mean) / deviation;
        }
    }
}
