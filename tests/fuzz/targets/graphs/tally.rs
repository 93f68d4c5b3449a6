//! How often each comparison was really made, printed at the end of a run: a comparison that is always skipped proves nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// What became of one comparison of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// To six digits at least, or both 0.
    Close,
    /// To fewer digits.
    Coarse,
    /// Both NaN or infinite.
    NotFinite,
    /// Not made: a choice might go another way, or goes another way on noisy numbers.
    Choice,
    /// Not made: numbers near the ends of the exponent's range, or digits that all cancelled.
    Extreme,
    /// Not made: noise leaves no digit.
    Lost,
    /// Not made for another reason.
    Skipped,
}

impl Outcome {
    const ALL: [Outcome; 7] = [
        Outcome::Close,
        Outcome::Coarse,
        Outcome::NotFinite,
        Outcome::Choice,
        Outcome::Extreme,
        Outcome::Lost,
        Outcome::Skipped,
    ];
}

#[derive(Default)]
struct Tally(BTreeMap<&'static str, [u64; Outcome::ALL.len()]>);

thread_local! {
    static TALLY: RefCell<Tally> = RefCell::default();
}

pub fn count(comparison: &'static str, outcome: Outcome) {
    TALLY.with_borrow_mut(|tally| tally.0.entry(comparison).or_default()[outcome as usize] += 1);
}

impl Drop for Tally {
    fn drop(&mut self) {
        eprintln!("comparisons: count, and of each hundred {:?}", Outcome::ALL);
        for (comparison, counts) in &self.0 {
            let all: u64 = counts.iter().sum();
            let shares: Vec<String> =
                counts.iter().map(|&count| format!("{:6.2}", 100.0 * count as f64 / all as f64)).collect();
            eprintln!("{comparison:>22} {all:>12} {}", shares.join(" "));
        }
    }
}
