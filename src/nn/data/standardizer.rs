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
    ///
    /// # Panics
    /// For no samples, which have no mean.
    #[track_caller]
    pub fn fit(data: &Dataset) -> Standardizer {
        assert!(!data.is_empty(), "there are no samples to fit a standardiser to: give it the training data");
        let mean = |each: &dyn Fn(&[f64]) -> f64| {
            (0..data.len()).map(|sample| each(data.input(sample))).sum::<f64>() / data.len() as f64
        };
        let means: Vec<f64> = (0..data.inputs()).map(|input| mean(&|x| x[input])).collect();
        let deviations =
            means.iter().enumerate().map(|(input, of)| mean(&|x| (x[input] - of) * (x[input] - of)).sqrt());
        let deviations: Vec<f64> = deviations.map(|deviation| if deviation > 0.0 { deviation } else { 1.0 }).collect();
        if means.iter().chain(&deviations).all(|number| number.is_finite()) {
            return Standardizer { means, deviations };
        }
        // Squares, or even sums, of numbers near the largest overflow: those of 2⁻⁶⁰⁰ times each do not.
        const SMALL: f64 = f64::from_bits((1023 - 600) << 52);
        let mut small = data.clone();
        small.change_inputs(|input| input.iter_mut().for_each(|x| *x *= SMALL));
        let of_small = Standardizer::fit(&small);
        let choose = |number: f64, of_small: f64| if number.is_finite() { number } else { of_small / SMALL };
        let chosen = |own: Vec<f64>, small: Vec<f64>| own.into_iter().zip(small).map(|(a, b)| choose(a, b)).collect();
        // A mean that overflowed has spoilt its deviation.
        let spoilt = means.iter().zip(deviations).map(|(mean, d)| if mean.is_finite() { d } else { f64::INFINITY });
        let deviations = chosen(spoilt.collect(), of_small.deviations);
        Standardizer { means: chosen(means, of_small.means), deviations }
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
        let (found, expected) = (input.len(), self.means.len());
        assert!(
            found == expected && expected == self.deviations.len(),
            "a standardiser of {expected} inputs was given {found}: apply it to data of the form that it was fitted to"
        );
        for ((x, mean), deviation) in input.iter_mut().zip(&self.means).zip(&self.deviations) {
            *x = (*x - mean) / deviation;
        }
    }
}
