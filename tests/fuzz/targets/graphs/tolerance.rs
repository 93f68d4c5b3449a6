//! How far apart two honest computations may be: from how far runs on noisy numbers are.

use crate::noisy;

/// What several noisy runs found, for each number; nothing if they cannot tell.
pub struct Expected(Option<Vec<Range>>);

#[derive(Debug)]
struct Range {
    middle: f64,
    /// How far off a number may be; `None` if the runs disagree about whether there is one.
    radius: Option<f64>,
}

/// Runs `run` a few times, each with other noise. Nothing is known if a comparison goes another way than in `answers`, or a number comes
/// near the ends of the exponent's range.
pub fn expected<Y>(
    runs: u64,
    run: impl Fn(u64) -> (Y, Vec<bool>),
    answers: &[bool],
    numbers: impl Fn(&Y) -> Vec<f64>,
) -> Expected {
    let mut found: Vec<Vec<f64>> = Vec::new();
    for number in 0..runs {
        noisy::seed(number * 1_000_003 + 7);
        let (y, own) = run(number);
        if own != answers || noisy::was_extreme() {
            return Expected(None);
        }
        found.push(numbers(&y));
    }
    let range = |place: usize| {
        let each = || found.iter().map(|run| run[place]);
        let middle = found[0][place];
        let (least, most) = (each().fold(f64::INFINITY, f64::min), each().fold(f64::NEG_INFINITY, f64::max));
        let radius = if each().all(f64::is_finite) {
            Some(10.0 * (most - least) + 1e-11 * most.abs().max(least.abs()) + 1e-140)
        } else if each().all(|x| x.is_nan()) || each().all(|x| x == middle) {
            Some(0.0)
        } else {
            None
        };
        Range { middle, radius }
    };
    Expected(Some((0..found[0].len()).map(range).collect()))
}

impl Expected {
    /// Whether the runs could not tell.
    pub fn is_unknown(&self) -> bool {
        self.0.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.radius.is_none()))
    }

    /// Whether the runs found numbers.
    pub fn is_finite(&self) -> bool {
        self.0.as_ref().is_some_and(|ranges| ranges.iter().all(|range| range.middle.is_finite()))
    }

    /// The same, with numbers that may be off by `more` besides.
    pub fn widened(mut self, more: f64) -> Expected {
        for range in self.0.iter_mut().flatten() {
            range.radius = range.radius.map(|radius| radius + more);
        }
        self
    }

    /// `found` is what `other` is, as far as can be told.
    pub fn check(&self, found: &[f64], other: &[f64], what: impl Fn() -> String) {
        assert_eq!(found.len(), other.len());
        for (place, (&found, &other)) in found.iter().zip(other).enumerate() {
            self.check_at(place, found, other, &what);
        }
    }

    pub fn check_at(&self, place: usize, found: f64, other: f64, what: impl Fn() -> String) {
        let Some(Range { radius: Some(radius), middle }) = self.0.as_ref().map(|ranges| &ranges[place]) else { return };
        // The noise alone made it infinite.
        if !middle.is_finite() && found.is_finite() && other.is_finite() {
            return;
        }
        // All digits are lost: noise hides a singularity, or is multiplied beyond the number itself.
        if middle.is_finite() && *middle != 0.0 && (middle.abs() <= *radius || radius.is_nan()) {
            return;
        }
        // Infinite factors meet in another order there: an infinity may be a NaN.
        let near = !found.is_finite() && !other.is_finite()
            || (found.is_nan() && other.is_nan())
            || found == other
            || (found - other).abs() <= *radius;
        assert!(near, "{found:?} and {other:?} are more than {radius:?} apart (around {middle:?}): {}", what());
    }
}
