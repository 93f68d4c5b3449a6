//! Initialisation: how large the weights are at first.

use super::{Entry, Layout};

/// How weights are drawn. `fan_in` and `fan_out` are the inputs and outputs of the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Init {
    /// Uniform within ±gain · √(6 / (fan_in + fan_out)) (Glorot & Bengio, AISTATS 2010).
    XavierUniform,
    /// Normal with deviation gain · √(2 / (fan_in + fan_out)).
    XavierNormal,
    /// Uniform within ±gain · √(3 / fan_in) (He et al., ICCV 2015).
    KaimingUniform,
    /// Normal with deviation gain / √fan_in.
    KaimingNormal,
}

impl Init {
    /// Fills a weight of the shape `[outputs, inputs]`.
    ///
    /// `gain` is [`Activation::gain`](super::Activation::gain) of what comes behind; `uniform` returns random numbers in [0, 1).
    ///
    /// ```
    /// use gradus::nn::{Activation, init::Init};
    /// let mut random = fastrand::Rng::with_seed(1);
    /// let mut weight = [0.0; 12];
    /// Init::KaimingUniform.fill(&mut weight, [4, 3], Activation::Relu.gain(), &mut || random.f64());
    /// assert!(weight.iter().all(|w| w.abs() <= 2f64.sqrt()));
    /// ```
    pub fn fill(self, weight: &mut [f64], shape: [usize; 2], gain: f64, uniform: &mut impl FnMut() -> f64) {
        let [fan_out, fan_in] = shape.map(|size| size as f64);
        let deviation = gain
            * match self {
                Init::XavierUniform | Init::XavierNormal => (2.0 / (fan_in + fan_out)).sqrt(),
                Init::KaimingUniform | Init::KaimingNormal => (1.0 / fan_in).sqrt(),
            };
        for each in weight {
            *each = deviation
                * match self {
                    Init::XavierUniform | Init::KaimingUniform => 3f64.sqrt() * (2.0 * uniform() - 1.0),
                    Init::XavierNormal | Init::KaimingNormal => normal(uniform),
                };
        }
    }

    /// Parameters of all of `layout`: those of two dimensions are weights and are drawn, the others (biases) are 0.
    pub fn parameters(
        self,
        layout: &Layout,
        gain: impl Fn(&Entry) -> f64,
        mut uniform: impl FnMut() -> f64,
    ) -> Vec<f64> {
        let mut parameters = vec![0.0; layout.count()];
        for entry in layout.entries() {
            if let &[outputs, inputs] = entry.shape.as_slice() {
                self.fill(&mut parameters[entry.range.clone()], [outputs, inputs], gain(entry), &mut uniform);
            }
        }
        parameters
    }
}

/// A number from the standard normal distribution, from two that are uniform in [0, 1) (Box & Muller, 1958).
///
/// ```
/// let mut random = fastrand::Rng::with_seed(1);
/// let noise = gradus::nn::init::normal(&mut || random.f64());
/// assert!(noise.abs() < 6.0);
/// ```
pub fn normal(uniform: &mut impl FnMut() -> f64) -> f64 {
    // In (0, 1], where the logarithm is finite.
    let radius = (-2.0 * (1.0 - uniform()).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest weight and the deviation of many.
    #[track_caller]
    fn check(init: Init, gain: f64, bound: Option<f64>, deviation: f64) {
        let mut random = fastrand::Rng::with_seed(3);
        let mut weight = vec![0.0; 300 * 100];
        init.fill(&mut weight, [300, 100], gain, &mut || random.f64());
        let largest = weight.iter().fold(0.0, |largest: f64, w| largest.max(w.abs()));
        let found = (weight.iter().map(|w| w * w).sum::<f64>() / weight.len() as f64).sqrt();
        assert!((found / deviation - 1.0).abs() < 0.02, "{init:?}: deviation {found}, not {deviation}");
        if let Some(bound) = bound {
            assert!(largest <= bound && largest > 0.99 * bound, "{init:?}: {largest} of {bound}");
        }
    }

    #[test]
    fn weights_have_the_bounds_and_deviations_of_pytorch() {
        check(
            Init::XavierUniform,
            5.0 / 3.0,
            Some(5.0 / 3.0 * (6.0f64 / 400.0).sqrt()),
            5.0 / 3.0 * (2.0f64 / 400.0).sqrt(),
        );
        check(Init::XavierNormal, 1.0, None, (2.0f64 / 400.0).sqrt());
        check(Init::KaimingUniform, 2f64.sqrt(), Some((6.0f64 / 100.0).sqrt()), (2.0f64 / 100.0).sqrt());
        check(Init::KaimingNormal, 2f64.sqrt(), None, (2.0f64 / 100.0).sqrt());
    }
}
