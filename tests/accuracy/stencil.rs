//! Derivatives in many digits, by differences of values alone: independent of whatever formula the crate has for them.

use super::big::{Big, set_precision};
use super::oracle::{self, Shape};

/// The step is the scale of the operand times 2^-`STEP`: what a difference leaves out is 2^-200 of it.
const STEP: i32 = 100;
/// Two precisions have to agree to so many bits.
const AGREED_BITS: i32 = 75;
/// Beyond this even numbers of `f64` need no more digits.
const MOST_BITS: usize = 3000;
/// Below 2^`NOTHING` a number is 0 for `f64`.
const NOTHING: i32 = -1200;

/// Value, slopes, and second derivatives for `i ≤ j`, row by row.
#[derive(Clone, Debug)]
pub struct Reference {
    pub value: Big,
    pub slopes: Vec<Option<Big>>,
    pub seconds: Vec<Option<Big>>,
    /// Whether the precision was enough to see that a derivative is not 0, or none for `f64`.
    resolved: bool,
}

/// The derivatives of `op` at `x` in the operands that `varies` names; `None` outside its domain, at a kink or too near to one, or where
/// even `MOST_BITS` bits do not decide.
pub fn reference(op: &str, x: &[f64], varies: &[bool]) -> Option<Reference> {
    let shape = oracle::shape(op)?;
    if shape == Shape::Defined {
        set_precision(384);
        let operands: Vec<Big> = x.iter().map(|&x| Big::from(x)).collect();
        let [value, slope, second] = oracle::jet(op, &operands)?;
        let padded = |first: Big| -> Vec<Option<Big>> {
            let count = x.len() * (x.len() + 1) / 2;
            std::iter::once(Some(first)).chain((1..count).map(|_| None)).collect()
        };
        let mut slopes = padded(slope);
        slopes.truncate(x.len());
        return Some(Reference { value, slopes, seconds: padded(second), resolved: true });
    }
    let at_kink = match shape {
        // A kink in one operand may show only where another moves as well.
        Shape::Pieces => x.contains(&0.0),
        Shape::SingularAtZero => x[0] == 0.0,
        _ => false,
    };
    if at_kink {
        return None;
    }
    // The operands' own digits, the digits that a second difference cancels, and those that are asked for.
    let exponents = x.iter().filter(|x| **x != 0.0).map(|x| x.abs().log2() as i32);
    let spread = exponents.clone().max().unwrap_or(0).max(0) - exponents.min().unwrap_or(0).min(0);
    let spread = if matches!(shape, Shape::Smooth | Shape::Periodic | Shape::Pieces) { spread } else { 0 };
    let mut bits = 64 * ((2 * STEP + 120 + spread) as usize / 64 + 1);
    let mut rough = at_precision(op, x, varies, shape, bits)?;
    loop {
        bits += bits / 2;
        let fine = at_precision(op, x, varies, shape, bits)?;
        if rough.resolved && agree(&rough, &fine) {
            break Some(fine);
        }
        if bits > MOST_BITS {
            break None;
        }
        rough = fine;
    }
}

fn agree(a: &Reference, b: &Reference) -> bool {
    let close = |a: &Big, b: &Big| match ((a - b).exponent(), b.exponent()) {
        (None, _) => true,
        (Some(difference), _) if difference < NOTHING => true,
        (Some(difference), Some(size)) => difference < size - AGREED_BITS,
        (Some(_), None) => false,
    };
    let all = |a: &[Option<Big>], b: &[Option<Big>]| {
        a.iter().zip(b).all(|pair| match pair {
            (Some(a), Some(b)) => close(a, b),
            (a, b) => a.is_none() && b.is_none(),
        })
    };
    close(&a.value, &b.value) && all(&a.slopes, &b.slopes) && all(&a.seconds, &b.seconds)
}

fn at_precision(op: &str, x: &[f64], varies: &[bool], shape: Shape, bits: usize) -> Option<Reference> {
    set_precision(bits);
    let largest = x.iter().map(|x| x.abs()).fold(0.0, f64::max);
    let exponent_of = |x: f64| Big::from(x).exponent().unwrap_or(0);
    let smallest = x.iter().filter(|x| **x != 0.0).map(|&x| exponent_of(x)).min().unwrap_or(0);
    // Powers of two, so that a step is exact.
    let steps: Vec<i32> = x
        .iter()
        .map(|&x| match shape {
            Shape::Smooth => exponent_of(x).max(0),
            Shape::Periodic => 0,
            Shape::SingularAtZero if x == 0.0 => exponent_of(largest).min(0),
            Shape::SingularAtZero => exponent_of(x),
            // Of a remainder, pieces are as long as its smallest operand.
            Shape::Pieces => smallest.min(0),
            Shape::SingularAtOrigin => exponent_of(largest),
            Shape::Defined => 0,
        })
        .map(|exponent| exponent - STEP)
        .collect();
    let moved = |moves: &[(usize, f64)]| {
        let mut point: Vec<Big> = x.iter().map(|&x| Big::from(x)).collect();
        for &(operand, by) in moves {
            point[operand] = &point[operand] + &Big::from(by).scaled(steps[operand]);
        }
        oracle::value(op, &point)
    };
    let value = moved(&[])?;
    let mut slopes = vec![None; x.len()];
    let mut seconds = Vec::new();
    for i in 0..x.len() {
        for j in i..x.len() {
            if !varies[i] || !varies[j] {
                seconds.push(None);
            } else if i == j {
                let (above, below) = (moved(&[(i, 1.0)])?, moved(&[(i, -1.0)])?);
                let bend = &(&above - &value) - &(&value - &below);
                let rounding = value.exponent().unwrap_or(0).max(steps[i]) - bits as i32 + 8;
                if shape == Shape::Pieces && bend.exponent().is_some_and(|bend| bend > rounding) {
                    return None;
                }
                slopes[i] = Some((&above - &below).scaled(-1 - steps[i]));
                let second = if shape == Shape::Pieces { Big::from(0.0) } else { bend.scaled(-2 * steps[i]) };
                seconds.push(Some(second));
            } else {
                let corner = |a: f64, c: f64| moved(&[(i, a), (j, c)]);
                let difference = corner(1.0, 1.0)? - corner(1.0, -1.0)? - corner(-1.0, 1.0)? + corner(-1.0, -1.0)?;
                let mixed = difference.scaled(-2 - steps[i] - steps[j]);
                seconds.push(Some(mixed));
            }
        }
    }
    let size = value.exponent().unwrap_or(0) - bits as i32;
    let seen = |derivative: &Option<Big>, unit: i32| match derivative {
        Some(derivative) => {
            derivative.exponent().is_some_and(|exponent| unit < exponent - AGREED_BITS) || unit < NOTHING
        }
        None => true,
    };
    let pairs = (0..x.len()).flat_map(|i| (i..x.len()).map(move |j| (i, j)));
    let resolved = shape == Shape::Pieces
        || slopes.iter().zip(&steps).all(|(slope, step)| seen(slope, size - step))
            && seconds.iter().zip(pairs).all(|(second, (i, j))| seen(second, size - steps[i] - steps[j]));
    Some(Reference { value, slopes, seconds, resolved })
}

impl Reference {
    /// By how much the value moves when each operand moves by half a unit of its last place, of `digits` digits.
    pub fn value_slack(&self, x: &[f64], digits: i32) -> Big {
        slack(x, digits, self.slopes.iter().map(Option::as_ref))
    }

    /// The same of the slope in operand `i`.
    pub fn slope_slack(&self, x: &[f64], i: usize, digits: i32) -> Big {
        let n = x.len();
        // Rows of a triangle.
        let place = |i: usize, j: usize| i * n - i * (i + 1) / 2 + j;
        slack(x, digits, (0..n).map(|j| self.seconds[place(i.min(j), i.max(j))].as_ref()))
    }
}

fn slack<'a>(x: &[f64], digits: i32, partials: impl Iterator<Item = Option<&'a Big>>) -> Big {
    let moves = x.iter().zip(partials).filter_map(|(&x, partial)| Some((&Big::from(x) * partial?).abs()));
    moves.fold(Big::from(0.0), |sum, by| sum + by).scaled(-digits)
}
