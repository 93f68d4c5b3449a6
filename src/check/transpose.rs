//! Forward against reverse: the two ways through the chain rule have to be transposes of each other.

use super::row::TRUST;
use super::verdict::{Reason, Verdict};
use crate::error::Result;
use crate::tape::Var;
use std::fmt;

/// How far both may differ, relative to the sizes of what is summed: rounding along a long computation.
const ROUNDING: f64 = 1e-9;

/// Factors that round a direction anew.
const OTHERWISE: [f64; 4] = [1.0 / 3.0, 0.7, 1.1, 1.9];

/// The outcome of comparing `⟨v, J u⟩` by forward mode with `⟨Jᵀ v, u⟩` by reverse mode.
#[derive(Debug, Clone, PartialEq)]
pub struct TransposeReport {
    /// The direction of the inputs, `u`.
    pub inputs: Vec<f64>,
    /// The weights of the outputs, `v`.
    pub outputs: Vec<f64>,
    /// `⟨v, J u⟩`, by duals.
    pub forward: f64,
    /// `⟨Jᵀ v, u⟩`, by the reverse sweep.
    pub reverse: f64,
    /// `|forward - reverse|`, relative to the sizes of the terms of both.
    pub relative_error: f64,
    /// What follows.
    pub verdict: Verdict,
}

impl TransposeReport {
    /// Whether both modes agree.
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Pass
    }
}

impl fmt::Display for TransposeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inputs, outputs) = (self.inputs.len(), self.outputs.len());
        writeln!(f, "⟨v, J u⟩ forward: {}", self.forward)?;
        writeln!(f, "⟨Jᵀ v, u⟩ reverse: {}", self.reverse)?;
        write!(f, "{inputs} inputs, {outputs} outputs, relative error {:.2e}: {}", self.relative_error, self.verdict)
    }
}

/// Compares forward and reverse mode of `f` at `x` by a dot product, along random directions.
///
/// It needs no step and no smoothness, sees every entry of the Jacobian at once, and costs one sweep each way. What it does not see
/// is a partial that is wrong in both modes alike: differences and [`taylor`](super::taylor) do. `random` gives numbers in [0, 1).
///
/// # Errors
/// As [`gradus::jvp`](crate::jvp) and [`gradus::vjp`](crate::vjp).
///
/// ```
/// let f = |x: &[gradus::Var]| vec![x[0] * x[1].sin(), x[0].exp() / x[1]];
/// let mut numbers = [0.3, 0.8, 0.1, 0.6].into_iter().cycle();
/// let report = gradus::check::forward_against_reverse(f, &[0.7, 2.0], || numbers.next().unwrap_or(0.5))?;
/// assert!(report.passed(), "{report}");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn forward_against_reverse(
    f: impl Fn(&[Var]) -> Vec<Var>,
    x: &[f64],
    mut random: impl FnMut() -> f64,
) -> Result<TransposeReport> {
    // Away from 0, so that no entry is left out.
    let mut signed = || {
        let size = 0.5 + random();
        if random() < 0.5 { -size } else { size }
    };
    let inputs: Vec<f64> = x.iter().map(|_| signed()).collect();
    let (values, along) = crate::jvp(&f, x, &inputs)?;
    let outputs: Vec<f64> = values.iter().map(|_| signed()).collect();
    let (_, adjoints) = crate::vjp(&f, x, &outputs)?;
    let dot = |a: &[f64], b: &[f64]| -> (f64, f64) {
        let terms = a.iter().zip(b).map(|(a, b)| a * b);
        (terms.clone().sum(), terms.map(f64::abs).sum())
    };
    let ((forward, size), (reverse, other)) = (dot(&outputs, &along), dot(&adjoints, &inputs));
    let apart = (forward - reverse).abs();
    let relative_error = if apart == 0.0 { 0.0 } else { apart / size.max(other) };
    let is_steep = |slopes: &[f64]| slopes.iter().any(|slope| slope.is_infinite());
    let verdict = match values.iter().find(|value| !value.is_finite()) {
        _ if values.is_empty() => Verdict::Invalid(Reason::Nothing),
        Some(&value) => Verdict::Invalid(Reason::OutsideDomain { value }),
        None if relative_error <= ROUNDING => Verdict::Pass,
        None if along.iter().chain(&adjoints).any(|slope| slope.is_nan()) => Verdict::Mismatch,
        None if is_steep(&along) && is_steep(&adjoints) => Verdict::Unchecked(Reason::Steep),
        None => {
            if crate::jvp(&f, x, &inputs)?.1 != along || crate::vjp(&f, x, &outputs)?.1 != adjoints {
                let verdict = Verdict::Invalid(Reason::DerivativeChanges);
                return Ok(TransposeReport { inputs, outputs, forward, reverse, relative_error, verdict });
            }
            // Where terms cancel inside, as much changes when the same directions are rounded otherwise.
            let mut error = 0.0_f64;
            for factor in OTHERWISE {
                let scaled = |direction: &[f64]| -> Vec<f64> { direction.iter().map(|part| part * factor).collect() };
                let (_, along) = crate::jvp(&f, x, &scaled(&inputs))?;
                let (_, adjoints) = crate::vjp(&f, x, &scaled(&outputs))?;
                error = error.max((dot(&outputs, &along).0 / factor - forward).abs());
                error = error.max((dot(&adjoints, &inputs).0 / factor - reverse).abs());
            }
            if apart <= TRUST * error { Verdict::Unchecked(Reason::Cancelled { error }) } else { Verdict::Mismatch }
        }
    };
    Ok(TransposeReport { inputs, outputs, forward, reverse, relative_error, verdict })
}
