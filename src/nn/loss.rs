//! Losses of one sample, or of several at once, and penalties: formulas over any number.
//!
//! All take outputs and targets of equal length. In a recorded program a target must be an input, so a class is given one-hot: 1 at its
//! place, 0 elsewhere ([`one_hot`]).

use crate::error::Error;
use crate::rule::Scalar;

/// Mean squared error: the mean of `(output - target)²`.
///
/// ```
/// assert_eq!(gradus::nn::loss::mse_loss(&[1.0, 4.0], &[0.0, 2.0]), 2.5);
/// ```
#[track_caller]
pub fn mse_loss<S: Scalar>(outputs: &[S], targets: &[S]) -> S {
    mean(outputs, targets, |output, target| (output - target) * (output - target))
}

/// Mean of the Huber losses: `d²/2` for a difference `d` within `±delta`, a straight line beyond (Huber, 1964). `delta` is 1 in
/// PyTorch unless told otherwise.
///
/// # Panics
/// Unless `delta` is positive.
///
/// ```
/// assert_eq!(gradus::nn::loss::huber_loss(&[0.5, 5.0], &[0.0, 2.0], 1.0), (0.125 + 2.5) / 2.0);
/// ```
#[track_caller]
pub fn huber_loss<S: Scalar>(outputs: &[S], targets: &[S], delta: f64) -> S {
    assert!(delta > 0.0, "the delta of a Huber loss is {delta}, but must be positive");
    mean(outputs, targets, |output, target| {
        let difference = output - target;
        let held = difference.clamp(S::lit(-delta), S::lit(delta));
        held * (difference - S::lit(0.5) * held)
    })
}

/// Mean binary cross-entropy of logits against targets in [0, 1]: `-t ln σ(x) - (1 - t) ln(1 - σ(x))`, without overflow and
/// accurate where σ rounds to 0 or 1.
///
/// ```
/// use gradus::nn::loss::binary_cross_entropy_with_logits as loss;
/// assert_eq!(loss(&[0.0], &[1.0]), 2f64.ln());
/// assert_eq!(loss(&[1000.0, 1000.0], &[1.0, 0.0]), 500.0);
/// ```
#[track_caller]
pub fn binary_cross_entropy_with_logits<S: Scalar>(logits: &[S], targets: &[S]) -> S {
    // One softplus would do, `softplus(x) - x t`, but loses all digits of a small loss.
    mean(logits, targets, |x, t| t * (-x).softplus() + (S::lit(1.0) - t) * x.softplus())
}

/// Softmax cross-entropy of one sample's logits against the probabilities of its classes, most often [`one_hot`]: `-Σ t ln softmax(x)`,
/// without overflow.
///
/// ```
/// use gradus::nn::loss::{cross_entropy, one_hot};
/// assert!((cross_entropy(&[1.0, 1.0], &one_hot(1, 2)) - 2f64.ln()).abs() < 1e-15);
/// assert_eq!(cross_entropy(&[1000.0, 0.0], &one_hot(0, 2)), 0.0);
/// ```
#[track_caller]
pub fn cross_entropy<S: Scalar>(logits: &[S], targets: &[S]) -> S {
    check(logits, targets);
    let normaliser = crate::log_sum_exp(logits);
    let mut loss = S::lit(0.0);
    for (&logit, &target) in logits.iter().zip(targets) {
        loss += target * (normaliser - logit);
    }
    loss
}

/// Softmax cross-entropy of one sample's logits, its class given by number. Not for programs, which would keep the number for all samples.
///
/// ```
/// assert!((gradus::nn::loss::cross_entropy_of_class(&[1.0, 1.0], 1) - 2f64.ln()).abs() < 1e-15);
/// ```
///
/// # Panics
/// If there is no such class.
#[track_caller]
pub fn cross_entropy_of_class<S: Scalar>(logits: &[S], class: usize) -> S {
    check_class(class, logits.len());
    crate::log_sum_exp(logits) - logits[class]
}

/// The max-margin loss of scores against targets of ±1, as in micrograd's demo: the mean of `relu(1 - target · score)`.
///
/// ```
/// assert_eq!(gradus::nn::loss::hinge_loss(&[2.0, 0.5], &[1.0, -1.0]), 0.75);
/// ```
#[track_caller]
pub fn hinge_loss<S: Scalar>(scores: &[S], targets: &[S]) -> S {
    mean(scores, targets, |score, target| (S::lit(1.0) - target * score).relu())
}

/// `strength` times the sum of the absolute values of the parameters: it makes many of them small.
///
/// ```
/// assert_eq!(gradus::nn::loss::l1_penalty(&[3.0, -4.0], 0.5), 3.5);
/// ```
#[track_caller]
pub fn l1_penalty<S: Scalar>(parameters: &[S], strength: f64) -> S {
    let sizes: Vec<S> = parameters.iter().map(|parameter| parameter.abs()).collect();
    S::lit(strength) * crate::sum(&sizes)
}

/// `strength` times the sum of the squares of the parameters: it keeps them small.
///
/// ```
/// assert_eq!(gradus::nn::loss::l2_penalty(&[3.0, -4.0], 0.5), 12.5);
/// ```
#[track_caller]
pub fn l2_penalty<S: Scalar>(parameters: &[S], strength: f64) -> S {
    S::lit(strength) * crate::dot(parameters, parameters)
}

/// 1 at the place of `class`, 0 elsewhere.
///
/// ```
/// assert_eq!(gradus::nn::loss::one_hot(1, 3), [0.0, 1.0, 0.0]);
/// ```
///
/// # Panics
/// If `class` is not below `classes`.
#[track_caller]
pub fn one_hot(class: usize, classes: usize) -> Vec<f64> {
    check_class(class, classes);
    let mut targets = vec![0.0; classes];
    targets[class] = 1.0;
    targets
}

/// There is such a class.
#[track_caller]
pub(super) fn check_class(class: usize, classes: usize) {
    assert!(class < classes, "{}", Error::Label { what: "a class", label: class, classes });
}

/// The mean over all outputs of the loss of each.
#[track_caller]
fn mean<S: Scalar>(outputs: &[S], targets: &[S], each: impl Fn(S, S) -> S) -> S {
    check(outputs, targets);
    let losses: Vec<S> = outputs.iter().zip(targets).map(|(&output, &target)| each(output, target)).collect();
    if let [loss] = losses[..] { loss } else { crate::mean(&losses) }
}

#[track_caller]
fn check<S>(outputs: &[S], targets: &[S]) {
    let (found, expected) = (outputs.len(), targets.len());
    assert!(
        found == expected,
        "a loss takes a target for each output, but there are {found} outputs and {expected} targets: make the last layer as wide as the targets"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_cross_entropy_keeps_its_digits() {
        assert_eq!(binary_cross_entropy_with_logits(&[40.0], &[1.0]), 4.248354255291589e-18);
        let slope = crate::derivative(|x| binary_cross_entropy_with_logits(&[x], &[1.0.into()]), 40.0).unwrap();
        assert_eq!(slope, -4.248354255291589e-18);
    }

    #[test]
    fn classes_by_number_and_one_hot_agree() {
        let logits = [0.3, -1.2, 2.0];
        assert_eq!(cross_entropy_of_class(&logits, 2), cross_entropy(&logits, &one_hot(2, 3)));
        // ln(e^0.3 + e^-1.2 + e^2) - 2 = 0.20162..., by hand.
        let expected = (0.3f64.exp() + (-1.2f64).exp() + 2f64.exp()).ln() - 2.0;
        assert!((cross_entropy_of_class(&logits, 2) - expected).abs() < 1e-15);
    }

    #[test]
    fn huber_is_smooth_at_its_joints_and_curved_at_0() {
        let loss = |x: &[crate::Var]| huber_loss(x, &[0.0.into()], 1.0);
        for (x, slope, curvature) in
            [(0.0, 0.0, 1.0), (0.5, 0.5, 1.0), (1.0, 1.0, 1.0), (3.0, 1.0, 0.0), (-3.0, -1.0, 0.0)]
        {
            assert_eq!(crate::gradient(loss, &[x]).unwrap(), [slope], "at {x}");
            if x != 1.0 {
                assert_eq!(crate::hessian(loss, &[x]).unwrap(), [[curvature]], "at {x}");
            }
        }
    }
}
