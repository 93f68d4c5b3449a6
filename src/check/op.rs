//! Checking an op of one's own over its domain: value, first and second derivatives, every mode.

use crate::custom::{Opaque, checked_gradient, shared_opaque};
use crate::error::{Error, Result};
use crate::number::Dual;
use crate::numeric::adaptive;
use crate::rule::{ListRule, Rule, Scalar};
use crate::tape::{Tape, Var};
use std::fmt;
use std::rc::Rc;

/// Something wrong with an op.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was compared: `∂/∂x[0]`, `∂²/∂x[0]∂x[1]`, `the value`.
    pub what: String,
    /// At which operands.
    pub at: Vec<f64>,
    /// What the op says.
    pub found: f64,
    /// What it should say.
    pub expected: f64,
    /// Where the expected number comes from.
    pub source: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:?} is {}, but {} says {}", self.what, self.at, self.found, self.source, self.expected)
    }
}

/// The outcome of checking an op.
#[derive(Debug, Clone, PartialEq)]
pub struct OpReport {
    /// The op's name.
    pub op: String,
    /// At how many points it was checked.
    pub points: usize,
    /// How many numbers were compared.
    pub comparisons: usize,
    /// How many of these were derivatives against finite differences.
    pub derivatives: usize,
    /// What was wrong.
    pub findings: Vec<Finding>,
}

impl OpReport {
    fn new(op: &str) -> OpReport {
        OpReport { op: op.to_owned(), points: 0, comparisons: 0, derivatives: 0, findings: Vec::new() }
    }

    /// Whether derivatives were compared and nothing was wrong.
    pub fn passed(&self) -> bool {
        self.derivatives > 0 && self.findings.is_empty()
    }

    fn compare(
        &mut self,
        what: impl Into<String>,
        at: &[f64],
        found: f64,
        expected: f64,
        allowed: f64,
        source: &'static str,
    ) {
        self.comparisons += 1;
        // Written so that NaN on either side is a finding.
        if !((found - expected).abs() <= allowed) {
            self.findings.push(Finding { what: what.into(), at: at.to_vec(), found, expected, source });
        }
    }

    /// An op is finite where it is smooth.
    fn compare_finite(&mut self, at: &[f64], y: f64) {
        let expected = if y.is_finite() { y } else { f64::NAN };
        self.compare("the value", at, y, expected, 0.0, "the domain, on which an op is finite,");
    }

    /// Compares a slope with the adaptive difference of `f` along operand `i`.
    fn compare_slope(&mut self, what: String, at: &[f64], i: usize, found: f64, f: impl Fn(&[f64]) -> f64) {
        let along = |x: f64| {
            let mut moved = at.to_vec();
            moved[i] = x;
            f(&moved)
        };
        let Ok(estimate) = adaptive::derivative(along, at[i]) else { return };
        self.derivatives += 1;
        let size = found.abs().max(estimate.value.abs());
        let blunt = !(estimate.error <= 1e-5 * size.max(1e-3));
        let allowed = if blunt { f64::NAN } else { 1e-8 * size + 50.0 * estimate.error };
        let source = if blunt {
            "no finite difference converges (is it smooth on its domain?), and the best"
        } else {
            "a finite difference"
        };
        self.compare(what, at, found, estimate.value, allowed, source);
    }
}

impl fmt::Display for OpReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (self.passed(), self.derivatives) {
            (true, _) => "PASS",
            (false, _) if self.points == 0 => "FAIL: nothing was checked, the domain is empty",
            (false, 0) => "FAIL: no derivative was checked, give the op a domain in which an operand varies",
            (false, _) => "FAIL",
        };
        write!(f, "{}: {} comparisons at {} points: {verdict}", self.op, self.comparisons, self.points)?;
        for finding in self.findings.iter().take(5) {
            write!(f, "\n  {finding}")?;
        }
        if self.findings.len() > 5 {
            write!(f, "\n  and {} more", self.findings.len() - 5)?;
        }
        if !self.findings.is_empty() {
            write!(
                f,
                "\n  A wrong partial spoils every gradient that passes through the op: derive it anew from `value`."
            )?;
        }
        Ok(())
    }
}

/// Points to a box of a domain.
const POINTS: usize = 12;

/// Checks a rule over its domain: its example, its partials against differences of its value, their
/// derivatives against differences of the partials, and that tape and dual compute the same.
///
/// ```
/// use gradus::{check, op};
/// let report = check::op::<op::Tanh, 1>();
/// assert!(report.passed(), "{report}");
/// ```
pub fn op<R: Rule<N>, const N: usize>() -> OpReport {
    let mut report = OpReport::new(R::INFO.name);
    if let Some((x, expected)) = R::EXAMPLE {
        report.compare("the value", &x, R::value(x), expected, 1e-12 * expected.abs(), "its example");
    }
    for intervals in R::DOMAIN {
        for x in points(intervals) {
            let x: [f64; N] = std::array::from_fn(|i| x[i]);
            report.points += 1;
            check_rule_at::<R, N>(&mut report, x, &intervals.map(|(low, high)| low < high));
        }
    }
    report
}

fn check_rule_at<R: Rule<N>, const N: usize>(report: &mut OpReport, x: [f64; N], varies: &[bool; N]) {
    let y = R::value(x);
    report.compare_finite(&x, y);
    let (depends, partials) = (R::depends(&x), R::partials(x, y));
    let slope = |i: usize| if depends[i] { partials[i] } else { 0.0 };

    let tape = Tape::new();
    let vars: [Var; N] = x.map(|x| tape.var(x));
    let gradients = Var::apply::<R, N>(vars).backward();
    for i in (0..N).filter(|&i| varies[i]) {
        report.compare_slope(format!("∂/∂x[{i}]"), &x, i, slope(i), |x| R::value(std::array::from_fn(|i| x[i])));
        let dual =
            Dual::apply::<R, N>(std::array::from_fn(
                |j| if i == j { Dual::variable(x[j]) } else { Dual::constant(x[j]) },
            ));
        report.compare(format!("∂/∂x[{i}] on the tape"), &x, gradients[vars[i]], slope(i), 0.0, "the rule");
        report.compare(format!("∂/∂x[{i}] of a dual"), &x, dual.tangent(), slope(i), 0.0, "the rule");

        // The partials on duals that move along i, against differences of the partials.
        let moving: [Dual; N] =
            std::array::from_fn(|j| if i == j { Dual::variable(x[j]) } else { Dual::constant(x[j]) });
        let second = R::partials(moving, Dual::apply::<R, N>(moving));
        for j in (0..N).filter(|&j| varies[j] && depends[j]) {
            let partial = |x: &[f64]| {
                let x: [f64; N] = std::array::from_fn(|i| x[i]);
                R::partials(x, R::value(x))[j]
            };
            report.compare_slope(format!("∂²/∂x[{j}]∂x[{i}]"), &x, i, second[j].tangent(), partial);
        }
    }
}

/// Checks a list rule as [`op`] does, on lists of several lengths.
///
/// ```
/// use gradus::{check, op};
/// assert!(check::list_op::<op::LogSumExp>().passed());
/// ```
pub fn list_op<R: ListRule>() -> OpReport {
    let mut report = OpReport::new(R::INFO.name);
    if let Some((x, expected)) = R::EXAMPLE {
        report.compare("the value", x, R::value(x), expected, 1e-12 * expected.abs(), "its example");
    }
    for &interval in R::DOMAIN {
        for len in [2, 4, 6] {
            for x in points(&vec![interval; len]).take(4) {
                report.points += 1;
                check_list_rule_at::<R>(&mut report, &x);
            }
        }
    }
    report
}

fn check_list_rule_at<R: ListRule>(report: &mut OpReport, x: &[f64]) {
    let partials = R::partials(x, R::value(x));
    if partials.len() != x.len() {
        report.compare(
            "the number of partials",
            x,
            partials.len() as f64,
            x.len() as f64,
            0.0,
            "the number of operands",
        );
        return;
    }
    let tape = Tape::new();
    let vars = tape.vars(x);
    let gradients = Var::apply_list::<R>(&vars).backward();
    for (i, &slope) in partials.iter().enumerate() {
        report.compare_slope(format!("∂/∂x[{i}]"), x, i, slope, R::value);
        report.compare(format!("∂/∂x[{i}] on the tape"), x, gradients[vars[i]], slope, 0.0, "the rule");
        let moving: Vec<Dual> =
            x.iter().enumerate().map(|(j, &x)| if i == j { Dual::variable(x) } else { Dual::constant(x) }).collect();
        let dual = Dual::apply_list::<R>(&moving);
        report.compare(format!("∂/∂x[{i}] of a dual"), x, dual.tangent(), slope, 0.0, "the rule");
        for (j, second) in R::partials(&moving, dual).iter().enumerate() {
            let partial = |x: &[f64]| R::partials(x, R::value(x))[j];
            report.compare_slope(format!("∂²/∂x[{j}]∂x[{i}]"), x, i, second.tangent(), partial);
        }
    }
}

/// Checks an opaque op at points of `domain`, an interval for each operand: its gradient against
/// differences of its value, and that tape and dual compute the same.
///
/// # Errors
/// For a domain of no operands or of another arity than the op's, and a gradient of the wrong length.
pub fn opaque_op(op: impl Opaque, domain: &[(f64, f64)]) -> Result<OpReport> {
    if domain.is_empty() {
        return Err(Error::NoInputs);
    }
    let op: Rc<dyn Opaque> = Rc::new(op);
    if let Some(expected) = op.arity().filter(|&arity| arity != domain.len()) {
        return Err(Error::Arity { op: op.name().to_owned(), expected, found: domain.len() });
    }
    let mut report = OpReport::new(op.name());
    for x in points(domain) {
        report.points += 1;
        let y = op.value(&x);
        report.compare_finite(&x, y);
        let gradient = checked_gradient(op.as_ref(), &x, y)?;
        let tape = Tape::new();
        let vars = tape.vars(&x);
        let gradients = shared_opaque(&op, &vars)?.try_backward()?;
        for (i, &slope) in gradient.iter().enumerate() {
            report.compare_slope(format!("∂/∂x[{i}]"), &x, i, slope, |x| op.value(x));
            report.compare(format!("∂/∂x[{i}] on the tape"), &x, gradients[vars[i]], slope, 0.0, "the op");
        }
    }
    Ok(report)
}

/// Points of a box, spread evenly and always the same: multiples of irrational numbers, modulo 1.
fn points(intervals: &[(f64, f64)]) -> impl Iterator<Item = Vec<f64>> + '_ {
    let count =
        if intervals.iter().all(|(low, high)| low <= high && high.is_finite() && low.is_finite()) { POINTS } else { 0 };
    (1..=count).map(|k| {
        let along = |(i, &(low, high)): (usize, &(f64, f64))| {
            let stride = (2.0 + i as f64).sqrt() + 0.618 * i as f64;
            low + (high - low) * (k as f64 * stride).fract()
        };
        intervals.iter().enumerate().map(along).collect()
    })
}
