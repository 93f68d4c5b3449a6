//! Gradient clipping: what keeps a single steep place from throwing the parameters far away.

/// Shortens `gradient` to the length `most` if it is longer, as PyTorch's `clip_grad_norm_`, and returns the length that it had.
///
/// ```
/// let mut gradient = [3.0, 4.0];
/// assert_eq!(gradus::nn::optim::clip_norm(&mut gradient, 1.0), 5.0);
/// assert!((gradient[0] - 0.6).abs() < 1e-6);
/// ```
///
/// # Panics
/// If `most` is negative or NaN.
#[track_caller]
pub fn clip_norm(gradient: &mut [f64], most: f64) -> f64 {
    check(most);
    let norm = crate::norm(gradient);
    // PyTorch's 1e-6 keeps the factor finite.
    let factor = most / (norm + 1e-6);
    if factor < 1.0 {
        gradient.iter_mut().for_each(|partial| *partial *= factor);
    }
    norm
}

/// Holds each partial within ±`most`, as PyTorch's `clip_grad_value_`.
///
/// ```
/// let mut gradient = [3.0, -0.5];
/// gradus::nn::optim::clip_value(&mut gradient, 1.0);
/// assert_eq!(gradient, [1.0, -0.5]);
/// ```
///
/// # Panics
/// If `most` is negative or NaN.
#[track_caller]
pub fn clip_value(gradient: &mut [f64], most: f64) {
    check(most);
    gradient.iter_mut().for_each(|partial| *partial = partial.min(most).max(-most));
}

#[track_caller]
fn check(most: f64) {
    assert!(
        most >= 0.0,
        "a gradient is to be clipped to {most}, but no gradient is shorter than 0: give a positive number"
    );
}
