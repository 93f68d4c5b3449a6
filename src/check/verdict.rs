//! What a check says: pass, mismatch, unchecked (with the reason) or invalid (with the reason).

use std::fmt;

/// What a check says of a derivative, and of all of them.
///
/// It never guesses: where numbers cannot tell a right derivative from a wrong one, the verdict is `Unchecked`, and says why.
///
/// ```
/// use gradus::check::{self, Reason, Verdict};
///
/// let right = check::function(|x| x[0].sin(), |x| vec![x[0].cos()], &[0.7])?;
/// assert_eq!(right.verdict(), Verdict::Pass);
/// let wrong = check::function(|x| x[0].sin(), |x| vec![1.0005 * x[0].cos()], &[0.7])?;
/// assert_eq!(wrong.verdict(), Verdict::Mismatch);
/// let kink = check::function(|x| x[0].abs(), |_| vec![0.0], &[0.0])?;
/// assert!(matches!(kink.verdict(), Verdict::Unchecked(Reason::Kink { .. })));
/// let outside = check::function(|x| x[0].ln(), |x| vec![1.0 / x[0]], &[-1.0])?;
/// assert!(matches!(outside.verdict(), Verdict::Invalid(Reason::OutsideDomain { .. })));
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// The derivative agrees with an independent one, to at least as many digits as [`threshold`](super::Options::threshold) asks.
    Pass,
    /// It does not agree, beyond doubt.
    Mismatch,
    /// Nothing contradicts it, and nothing confirms it.
    Unchecked(Reason),
    /// There is nothing to check.
    Invalid(Reason),
}

impl Verdict {
    /// The reason of a verdict that is neither pass nor mismatch.
    pub fn reason(&self) -> Option<Reason> {
        match *self {
            Verdict::Pass | Verdict::Mismatch => None,
            Verdict::Unchecked(reason) | Verdict::Invalid(reason) => Some(reason),
        }
    }

    /// What several verdicts come to: the worst of them, where invalid is worse than mismatch, and that than unchecked.
    pub(super) fn worst(all: impl IntoIterator<Item = Verdict>) -> Option<Verdict> {
        let rank = |verdict: &Verdict| match verdict {
            Verdict::Pass => 0,
            Verdict::Unchecked(_) => 1,
            Verdict::Mismatch => 2,
            Verdict::Invalid(_) => 3,
        };
        all.into_iter().reduce(|worst, next| if rank(&next) > rank(&worst) { next } else { worst })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Pass => f.write_str("PASS"),
            Verdict::Mismatch => f.write_str("FAIL"),
            Verdict::Unchecked(reason) => write!(f, "UNCHECKED: {reason}"),
            Verdict::Invalid(reason) => write!(f, "INVALID: {reason}"),
        }
    }
}

/// Why a derivative could not be checked.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The slopes to the left and to the right differ, and what was claimed lies between.
    Kink {
        /// The slope below the point.
        left: f64,
        /// The slope above.
        right: f64,
    },
    /// The function jumps here.
    Jump {
        /// By how much.
        size: f64,
    },
    /// The slope grows without bound towards the point.
    Steep,
    /// The point is at the end of the domain: to one side the function is not finite.
    Edge,
    /// The difference is too rough to confirm so small a derivative, or so many digits.
    Imprecise {
        /// How far the difference may be off.
        error: f64,
    },
    /// As [`Imprecise`](Reason::Imprecise), because the function's own values are rough.
    Noisy {
        /// The error of a value.
        noise: f64,
        /// How far the difference may be off.
        error: f64,
    },
    /// Terms cancel inside, and their rounding alone changes the result by as much.
    Cancelled {
        /// How far rounding moves the result.
        error: f64,
    },
    /// From near the function has one slope and from afar another, like a stair.
    Stair {
        /// The slope from near.
        near: f64,
        /// The slope from afar.
        far: f64,
    },
    /// The function is not finite at the point.
    OutsideDomain {
        /// Its value there.
        value: f64,
    },
    /// Two calls at the same point gave different values.
    ValueChanges,
    /// Two calls at the same point gave different derivatives.
    DerivativeChanges,
    /// There was nothing to compare.
    Nothing,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Reason::Kink { left, right } => write!(
                f,
                "a kink, with slope {left:.2e} below and {right:.2e} above: any slope between may be meant, so check at another point"
            ),
            Reason::Jump { size } => {
                write!(f, "the function jumps by {size:.3e} here, and has no slope: check at another point")
            }
            Reason::Steep => f.write_str("the slope grows without bound here: check at another point"),
            Reason::Edge => f.write_str(
                "the function is not finite to one side, however near: the point is at the end of its domain, so check inside",
            ),
            Reason::Imprecise { error } => write!(
                f,
                "differences know this slope only within {error:.1e}, since the change of the function is lost in the rounding of its values: \
                 check a part of the function, or forward against reverse"
            ),
            Reason::Noisy { noise, error } => write!(
                f,
                "the values of the function are off by some {noise:.1e} (single precision, an iteration, a cancellation inside?), and \
                 differences know its slope only within {error:.1e}"
            ),
            Reason::Cancelled { error } => write!(
                f,
                "terms cancel inside, and rounding alone moves the result by {error:.1e}: check a part of the function"
            ),
            Reason::Stair { near, far } => write!(
                f,
                "from near the slope is {near:.3e}, from afar {far:.3e}: a stair, or rounding inside, and nobody can tell which is meant"
            ),
            Reason::OutsideDomain { value } => {
                write!(f, "the function is {value} at the point: check inside its domain")
            }
            Reason::ValueChanges => f.write_str(
                "the function is not deterministic: it gives different values at the same point, so give it the same random numbers in \
                 every call, and no memory",
            ),
            Reason::DerivativeChanges => f.write_str(
                "the derivative is not deterministic: it differs between calls at the same point, so give it the same random numbers in \
                 every call, and no memory",
            ),
            Reason::Nothing => f.write_str("there was nothing to compare: the function has no outputs"),
        }
    }
}
