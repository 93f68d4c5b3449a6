//! Losses, penalties and metrics.

use crate::rule::Scalar;

/// The max-margin loss of scores against targets of ±1, as in micrograd's demo: the mean of
/// `relu(1 - target * score)`.
///
/// ```
/// assert_eq!(gradus::nn::max_margin(&[2.0, 0.5], &[1.0, -1.0]), 0.75);
/// ```
#[track_caller]
pub fn max_margin<S: Scalar>(scores: &[S], targets: &[f64]) -> S {
    let margins: Vec<S> =
        scores.iter().zip(targets).map(|(&score, &target)| (S::lit(1.0) - S::lit(target) * score).relu()).collect();
    crate::mean(&margins)
}

/// `strength` times the sum of the squares of the parameters: it keeps them small.
#[track_caller]
pub fn l2_penalty<S: Scalar>(parameters: &[S], strength: f64) -> S {
    S::lit(strength) * crate::dot(parameters, parameters)
}

/// The share of scores whose sign is that of their target.
///
/// ```
/// assert_eq!(gradus::nn::accuracy(&[2.0, 0.5], &[1.0, -1.0]), 0.5);
/// ```
pub fn accuracy(scores: &[f64], targets: &[f64]) -> f64 {
    let right = scores.iter().zip(targets).filter(|(score, target)| (**score > 0.0) == (**target > 0.0)).count();
    right as f64 / scores.len() as f64
}
