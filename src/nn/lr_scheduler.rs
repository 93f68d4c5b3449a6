//! Learning-rate schedules: functions from the number of an epoch, counted from 0, to the factor by which the optimiser's learning rate is
//! multiplied. Any closure of this form is one, as for PyTorch's `LambdaLR`.

/// Always the same.
pub fn constant() -> impl Fn(usize) -> f64 {
    |_| 1.0
}

/// Times `gamma` every `size` epochs: PyTorch's `StepLR`.
///
/// ```
/// let factor = gradus::nn::lr_scheduler::step(10, 0.5);
/// assert_eq!([factor(9), factor(10), factor(25)], [1.0, 0.5, 0.25]);
/// ```
pub fn step(size: usize, gamma: f64) -> impl Fn(usize) -> f64 {
    move |epoch| gamma.powi(i32::try_from(epoch / size.max(1)).unwrap_or(i32::MAX))
}

/// Half a cosine, from 1 at epoch 0 to `floor` at epoch `epochs`, and `floor` after it: PyTorch's `CosineAnnealingLR`.
///
/// ```
/// let factor = gradus::nn::lr_scheduler::cosine(10, 0.0);
/// assert_eq!((factor(0), factor(10)), (1.0, 0.0));
/// assert!((factor(5) - 0.5).abs() < 1e-15);
/// ```
pub fn cosine(epochs: usize, floor: f64) -> impl Fn(usize) -> f64 {
    let share = linear(0.0, 1.0, epochs);
    move |epoch| floor + (1.0 - floor) * 0.5 * (1.0 + (std::f64::consts::PI * share(epoch)).cos())
}

/// In a straight line from `first` at epoch 0 to `last` at epoch `epochs`, and `last` after it: PyTorch's `LinearLR`. micrograd's demo is
/// `linear(1.0, 0.1, 100)`.
///
/// ```
/// let factor = gradus::nn::lr_scheduler::linear(1.0, 0.1, 100);
/// assert_eq!((factor(0), factor(50), factor(200)), (1.0, 0.55, 0.1));
/// ```
pub fn linear(first: f64, last: f64, epochs: usize) -> impl Fn(usize) -> f64 {
    move |epoch| if epoch >= epochs { last } else { first + (last - first) * epoch as f64 / epochs as f64 }
}

/// Up to `after` in a straight line: epoch 0 has a share of 1 / `epochs` of it. Then `after`, whose epochs are counted from there.
///
/// ```
/// use gradus::nn::lr_scheduler::{cosine, warm_up};
/// let factor = warm_up(4, cosine(96, 0.0));
/// assert_eq!([factor(0), factor(3), factor(4), factor(100)], [0.25, 1.0, 1.0, 0.0]);
/// ```
pub fn warm_up(epochs: usize, after: impl Fn(usize) -> f64) -> impl Fn(usize) -> f64 {
    move |epoch| {
        if epoch < epochs { after(0) * (epoch + 1) as f64 / epochs as f64 } else { after(epoch - epochs) }
    }
}
