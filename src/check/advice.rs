//! What a report that did not pass means, and what to do about it.

use super::report::{Report, Row, decimal};
use super::verdict::{Reason, Verdict};

/// How many derivatives are spoken of.
const SHOWN: usize = 3;

impl Report {
    /// What is wrong, why it matters and what to do, in sentences; `None` if everything passed.
    ///
    /// The numbers often tell the mistake: a derivative with the wrong sign, one that is twice what it should be, one
    /// that lacks a term.
    ///
    /// ```
    /// let squared = |x: &[f64]| x[0] * x[0];
    /// let halved = |x: &[f64]| vec![x[0]]; // the factor 2 is missing
    /// let report = gradus::check::function(squared, halved, &[3.0])?;
    /// assert!(report.advice().unwrap().starts_with("x[0]: the derivative is 3.000000, half of the slope of the function"));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn advice(&self) -> Option<String> {
        match self.verdict() {
            Verdict::Pass => None,
            Verdict::Mismatch => {
                let mut wrong = self.rows.iter().filter(|row| row.verdict == Verdict::Mismatch);
                let mut clues: Vec<String> = wrong.by_ref().take(SHOWN).map(clue).collect();
                let more = wrong.count();
                if more > 0 {
                    clues.push(format!("And {more} more."));
                }
                clues.push(
                    "A wrong derivative seldom stops a training: it makes it slow, or lead elsewhere. Correct the formula, take the \
                     gradient from `gradus::gradient`, or find the op at fault with `check::op`."
                        .to_owned(),
                );
                Some(clues.join("\n"))
            }
            Verdict::Unchecked(_) => Some(
                self.reasons(|row| matches!(row.verdict, Verdict::Unchecked(_)))
                    + "Nothing contradicts these derivatives, and nothing confirms them: they may be right or wrong.",
            ),
            Verdict::Invalid(Reason::ValueChanges | Reason::DerivativeChanges) => Some(
                "Two calls at the same point gave different numbers, so that a difference between two points says nothing. Draw random \
                 numbers once, before the check, and keep nothing from call to call."
                    .to_owned(),
            ),
            Verdict::Invalid(Reason::Nothing) => Some(
                "The function returned no outputs, so that nothing was compared, and a check of nothing proves nothing. Return at \
                 least one value."
                    .to_owned(),
            ),
            Verdict::Invalid(_) => Some(
                self.reasons(|row| matches!(row.verdict, Verdict::Invalid(_)))
                    + "There is no derivative to check where there is no value.",
            ),
        }
    }

    /// Why rows have neither passed nor failed, a line each.
    fn reasons(&self, is_meant: impl Fn(&Row) -> bool) -> String {
        let meant = self.rows.iter().filter(|row| is_meant(row));
        let lines = meant.filter_map(|row| Some(format!("{}: {}.\n", row.name, row.verdict.reason()?)));
        lines.take(SHOWN).collect()
    }
}

/// What the numbers say about the mistake.
fn clue(Row { name, analytical: a, numerical: n, .. }: &Row) -> String {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-4 * a.abs().max(b.abs());
    let head = format!("{name}: the derivative is {}", decimal(*a));
    let slope = decimal(*n);
    if !a.is_finite() {
        format!(
            "{head}: find the op that made it with `Tape::first_non_finite`, at a point where the function is finite."
        )
    } else if !n.is_finite() {
        format!(
            "{head}, and no slope of the function can be found, which is not finite nearby. Check at another point."
        )
    } else if *a == 0.0 {
        format!(
            "{head}, but the slope of the function is {slope}: a term is missing, or a plain number stands for a variable."
        )
    } else if near(*a, -n) {
        format!("{head}, minus the slope of the function, {slope}: a sign is wrong.")
    } else if near(*a, 2.0 * n) {
        format!("{head}, twice the slope of the function, {slope}: a factor 2 is too much.")
    } else if near(2.0 * a, *n) {
        format!("{head}, half of the slope of the function, {slope}: a factor 2 is missing.")
    } else {
        format!("{head}, but the slope of the function is {slope}: {} is missing.", decimal(n - a))
    }
}

#[cfg(test)]
mod tests {
    use crate::check;
    use crate::error::Result;

    /// The first line of the advice on a gradient of `sin(x) * 3` at 1.
    fn advice(gradient: f64) -> Result<String> {
        let report = check::function(|x| 3.0 * x[0].sin(), |_| vec![gradient], &[1.0])?;
        Ok(report.advice().unwrap_or_default().lines().next().unwrap_or_default().to_owned())
    }

    #[test]
    fn the_numbers_tell_the_mistake() -> Result<()> {
        let right = 3.0 * 1f64.cos();
        assert_eq!(advice(right)?, "");
        for (wrong, clue) in [
            (-right, "a sign is wrong"),
            (2.0 * right, "a factor 2 is too much"),
            (right / 2.0, "a factor 2 is missing"),
            (right - 0.25, ": 0.250000 is missing"),
            (0.0, "a term is missing"),
            (f64::NAN, "first_non_finite"),
        ] {
            let line = advice(wrong)?;
            assert!(line.contains(clue), "{wrong}: {line}");
        }
        Ok(())
    }

    #[test]
    fn what_is_no_mistake_of_the_gradient_is_told_apart() -> Result<()> {
        let kink = check::gradient(|x| x[0].abs(), &[0.0])?;
        assert!(kink.advice().is_some_and(|advice| advice.contains("kink") && advice.contains("another point")));
        let empty = check::jacobian(|_| Vec::new(), &[1.0])?;
        assert!(empty.advice().is_some_and(|advice| advice.contains("no outputs")));
        let calls = std::cell::Cell::new(0.0);
        let restless = |x: &[f64]| {
            calls.set(calls.get() + 1.0);
            x[0] * calls.get()
        };
        let restless = check::function(restless, |_| vec![1.0], &[1.0])?;
        assert!(restless.advice().is_some_and(|advice| advice.contains("different numbers")));
        Ok(())
    }

    #[test]
    fn long_lists_are_cut() -> Result<()> {
        let report = check::function(|x| x.iter().sum(), |x| vec![0.5; x.len()], &[1.0; 5])?;
        assert!(report.advice().is_some_and(|advice| advice.lines().count() == 5 && advice.contains("And 2 more.")));
        Ok(())
    }
}
