//! How far apart two honest computations may be: from how far runs on noisy numbers are.

use crate::noisy;
use crate::tally::{Outcome, count};

/// What several noisy runs found, for each number; or why they cannot tell.
pub struct Expected(Result<Vec<Range>, Outcome>);

#[derive(Debug)]
struct Range {
    /// What is computed without noise.
    middle: f64,
    /// How far off a number may be; `None` if the runs disagree about whether there is one.
    radius: Option<f64>,
}

/// Runs `run` without noise and `RUNS` times with it. Nothing is known if a choice goes another way, or might, or a number comes near the ends
/// of the exponent's range.
pub fn expected<Y>(run: impl Fn() -> (Y, Vec<bool>), answers: &[bool], numbers: impl Fn(&Y) -> Vec<f64>) -> Expected {
    const RUNS: u64 = 4;
    noisy::start(None);
    let (y, own) = run();
    let without = noisy::met();
    if own != answers || without.near_choice {
        return Expected(Err(Outcome::Choice));
    }
    if without.extreme {
        return Expected(Err(Outcome::Extreme));
    }
    // What is computed without noise is not far from the others, unless these cannot tell: beside a singularity, or at an exact tie.
    let mut found = vec![numbers(&y)];
    for number in 0..RUNS {
        noisy::start(Some(number * 1_000_003 + 7));
        let (y, own) = run();
        if noisy::met().extreme {
            return Expected(Err(Outcome::Extreme));
        }
        if own != answers || noisy::met() != without {
            return Expected(Err(Outcome::Choice));
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
    Expected(Ok((0..found[0].len()).map(range).collect()))
}

impl Expected {
    /// Whether the runs could not tell.
    pub fn is_unknown(&self) -> bool {
        self.0.as_ref().map_or(true, |ranges| ranges.iter().any(|range| range.radius.is_none()))
    }

    /// Whether all numbers are known to within this share of themselves.
    pub fn knows(&self, share: f64) -> bool {
        let known = |range: &Range| range.radius.is_some_and(|radius| radius <= share * range.middle.abs() + 1e-9);
        self.0.as_ref().is_ok_and(|ranges| ranges.iter().all(known))
    }

    /// Why it says nothing of a number, if so.
    pub fn says_nothing(&self) -> Option<Outcome> {
        match &self.0 {
            Err(outcome) => Some(*outcome),
            Ok(ranges) if ranges.iter().any(|range| !range.middle.is_finite()) => Some(Outcome::NotFinite),
            Ok(ranges) => ranges.iter().any(|range| range.radius.is_none()).then_some(Outcome::Lost),
        }
    }

    /// The same, with numbers that may be off by `more` besides.
    pub fn widened(mut self, more: f64) -> Expected {
        for range in self.0.iter_mut().flatten() {
            range.radius = range.radius.map(|radius| radius + more);
        }
        self
    }

    /// `found` is what `other` is, as far as can be told.
    pub fn check(&self, comparison: &'static str, found: &[f64], other: &[f64], listing: impl Fn() -> String) {
        assert_eq!(found.len(), other.len());
        for (place, (&found, &other)) in found.iter().zip(other).enumerate() {
            self.check_at(comparison, place, found, other, &listing);
        }
    }

    pub fn check_at(
        &self,
        comparison: &'static str,
        place: usize,
        found: f64,
        other: f64,
        listing: impl Fn() -> String,
    ) {
        let outcome = self.outcome(place, found, other).unwrap_or_else(|range| {
            panic!("{comparison}: {found:?} is not {other:?} as far as {range:?} tells: {}", listing())
        });
        count(comparison, outcome);
    }

    /// What became of the comparison; the range that both should be in, where they are too far apart.
    fn outcome(&self, place: usize, found: f64, other: f64) -> Result<Outcome, &Range> {
        let range = match &self.0 {
            Ok(ranges) => &ranges[place],
            Err(outcome) => return Ok(*outcome),
        };
        let Range { radius: Some(radius), middle } = *range else { return Ok(Outcome::Lost) };
        // Infinite factors meet in another order there: an infinity may be a NaN.
        if !found.is_finite() && !other.is_finite() {
            return Ok(Outcome::NotFinite);
        }
        // The noise alone made it infinite; or all digits are lost: noise hides a singularity, or is multiplied beyond the number itself.
        if !middle.is_finite() || radius.is_nan() || middle != 0.0 && middle.abs() <= radius {
            return if middle.is_finite() || found.is_finite() && other.is_finite() {
                Ok(Outcome::Lost)
            } else {
                Err(range)
            };
        }
        if !(found == other || (found - other).abs() <= radius) {
            return Err(range);
        }
        let close = radius <= 1e-6 * middle.abs() || middle == 0.0 && radius <= 1e-6;
        Ok(if close { Outcome::Close } else { Outcome::Coarse })
    }
}
