//! Random expressions at random scales, with their exact slopes by dual numbers, and with slopes that are wrong: how often a right
//! one is refused, a wrong one let through, and how much is left unchecked.

use gradus::check::{self, Verdict};
use gradus::{Dual, Scalar};

enum Expression {
    X,
    Number(f64),
    Of(usize, Box<Expression>),
    Both(usize, Box<[Expression; 2]>),
}

use Expression::*;

impl Expression {
    /// An expression of so many levels, with numbers of all sizes inside.
    fn random(random: &mut fastrand::Rng, levels: usize) -> Expression {
        if levels == 0 {
            return if random.f64() < 0.75 { X } else { Number(size(random, 3.0)) };
        }
        let mut next = || Expression::random(random, levels - 1);
        let (left, right) = (next(), next());
        match random.usize(0..20) {
            kind @ 0..=11 => Of(kind, Box::new(left)),
            kind => Both(kind % 4, Box::new([left, right])),
        }
    }

    fn at<S: Scalar>(&self, x: S) -> S {
        match self {
            X => x,
            Number(c) => S::lit(*c),
            Of(kind, inner) => {
                let inner = inner.at(x);
                match kind {
                    0 => inner.sin(),
                    1 => inner.exp(),
                    2 => inner.ln(),
                    3 => inner.sqrt(),
                    4 => inner.tanh(),
                    5 => inner.recip(),
                    6 => inner.atan(),
                    7 => inner * inner,
                    8 => inner.cbrt(),
                    9 => inner.cos(),
                    10 => inner.erf(),
                    _ => inner.softplus(),
                }
            }
            Both(kind, inner) => {
                let (left, right) = (inner[0].at(x), inner[1].at(x));
                match kind {
                    0 => left + right,
                    1 => left - right,
                    2 => left * right,
                    _ => left / right,
                }
            }
        }
    }

    /// The value, and how far rounding may have moved it; `None` where numbers are so large or small that partials overflow.
    fn with_error(&self, x: f64) -> Option<(f64, f64)> {
        let (y, error) = match self {
            X => (x, 0.0),
            Number(c) => (*c, 0.0),
            Of(kind, inner) => {
                let (value, error) = inner.with_error(x)?;
                let y = Of(*kind, Box::new(X)).at(Dual::variable(value));
                (y.value(), y.tangent().abs() * error)
            }
            Both(kind, inner) => {
                let (left, right) = (inner[0].with_error(x)?, inner[1].with_error(x)?);
                let of = |left: Dual, right: Dual| match kind {
                    0 => left + right,
                    1 => left - right,
                    2 => left * right,
                    _ => left / right,
                };
                let (a, b) = (Dual::constant(left.0), Dual::constant(right.0));
                let slopes = [of(Dual::variable(left.0), b), of(a, Dual::variable(right.0))].map(Dual::tangent);
                (of(a, b).value(), slopes[0].abs() * left.1 + slopes[1].abs() * right.1)
            }
        };
        (y.abs() < 1e75 && (y == 0.0 || y.abs() > 1e-75)).then_some((y, error + f64::EPSILON * y.abs()))
    }

    fn text(&self) -> String {
        const NAMES: [&str; 12] =
            ["sin", "exp", "ln", "sqrt", "tanh", "recip", "atan", "square", "cbrt", "cos", "erf", "softplus"];
        match self {
            X => "x".to_owned(),
            Number(c) => format!("{c:e}"),
            Of(kind, inner) => format!("{}({})", NAMES[*kind], inner.text()),
            Both(kind, inner) => format!("({} {} {})", inner[0].text(), ["+", "-", "*", "/"][*kind], inner[1].text()),
        }
    }
}

/// A number of either sign, of a size between `10^-decades` and `10^decades`.
fn size(random: &mut fastrand::Rng, decades: f64) -> f64 {
    let size = 10.0_f64.powf(decades * (2.0 * random.f64() - 1.0));
    if random.bool() { size } else { -size }
}

/// What became of claims.
#[derive(Default, Debug)]
pub struct Tally {
    pub functions: usize,
    /// Functions that were left out, since rounding takes more than a thousandth of what `x` could change.
    pub lost: usize,
    pub right_passed: usize,
    pub right_unchecked: usize,
    pub right_refused: Vec<String>,
    pub wrong_refused: usize,
    pub wrong_unchecked: usize,
    pub wrong_passed: Vec<String>,
}

/// Judges the exact slope and a wrong one of so many random functions.
pub fn storm(seed: u64, functions: usize) -> Tally {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut tally = Tally::default();
    while tally.functions < functions {
        let levels = random.usize(1..4);
        let (expression, x) = (Expression::random(&mut random, levels), size(&mut random, 4.0));
        let scale = size(&mut random, 20.0);
        let f = |x: f64| scale * expression.at(x);
        let dual = expression.at(Dual::variable(x));
        let (y, slope) = (f(x), scale * dual.tangent());
        let Some((_, error)) = expression.with_error(x).filter(|_| y.is_finite() && slope.is_normal()) else {
            continue;
        };
        // As values, such a function is another: what should move it is rounded away.
        if error > 1e-3 * (dual.tangent() * x).abs() {
            tally.lost += 1;
            continue;
        }
        tally.functions += 1;
        // A pass is to be believed to 1e-5.
        let wrong = slope * (1.0 + size(&mut random, 4.5).clamp(3e-5, 1.0));
        let judge = |slope: f64| check::function(|x| f(x[0]), |_| vec![slope], &[x]).unwrap();
        let say = |report: &check::Report| format!("{scale:e} * {} at {x:e}:\n{report:#}", expression.text());
        let report = judge(slope);
        match report.verdict() {
            Verdict::Pass => tally.right_passed += 1,
            Verdict::Unchecked(_) => tally.right_unchecked += 1,
            _ => tally.right_refused.push(say(&report)),
        }
        let report = judge(wrong);
        match report.verdict() {
            Verdict::Mismatch => tally.wrong_refused += 1,
            Verdict::Unchecked(_) => tally.wrong_unchecked += 1,
            _ => tally.wrong_passed.push(say(&report)),
        }
    }
    tally
}
