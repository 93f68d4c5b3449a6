//! From point to point the value of an op changes by the integral of its partials: a comparison without a step,
//! which sees what no difference at a point does, namely jumps, and constants that hold only in part of the domain.
//!
//! Where the two disagree, or the integral is not sure of itself, the way is halved, until either a narrow feature of the partials is found
//! or the disagreement has nowhere to hide: then the value jumps, or a partial is wrong.

use super::finding::OpReport;
use super::subject::Subject;

/// Nodes and weights of Gauss and Legendre on [-1, 1], the positive half of eight.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// What is allowed beyond the error of the integral, relative to the sizes of the values.
const ROUNDING: f64 = 1e-9;

/// The way begins with so many pieces.
const PIECES: usize = 4;

/// So often a piece is halved at most, on the whole way.
const HALVINGS: usize = 250;

pub(super) fn compare_along(report: &mut OpReport, subject: &impl Subject, from: &[f64], to: &[f64]) {
    let end = subject.value(to);
    let scale = subject.value(from).abs().max(end.abs());
    let mut way = Way { subject, from, to, settled: 0.1 * ROUNDING * scale, halvings: HALVINGS };
    let (mut change, mut unsure) = (0.0, 0.0);
    for piece in 0..PIECES {
        let share = |pieces: usize| pieces as f64 / PIECES as f64;
        let (of_piece, error) = way.excess(share(piece), share(piece + 1), 0);
        change += of_piece;
        unsure += error;
    }
    // Too steep to be integrated: nothing follows.
    if unsure > 1e-7 * scale {
        return;
    }
    let source = format!("the integral of its partials from {from:?}");
    report.compare("the value", to, [end, end - change], ROUNDING * scale + 10.0 * unsure, source);
}

/// The straight way between two points, of which a share from 0 to 1 is covered.
struct Way<'a, T> {
    subject: &'a T,
    from: &'a [f64],
    to: &'a [f64],
    settled: f64,
    halvings: usize,
}

impl<T: Subject> Way<'_, T> {
    fn at(&self, share: f64) -> Vec<f64> {
        self.from.iter().zip(self.to).map(|(from, to)| from * (1.0 - share) + to * share).collect()
    }

    fn slope(&self, share: f64) -> f64 {
        let partials = self.subject.partials(&self.at(share));
        let along = self.from.iter().zip(self.to).map(|(from, to)| to - from);
        partials.iter().zip(along).filter(|(_, along)| *along != 0.0).map(|(partial, along)| partial * along).sum()
    }

    /// By how much the value changes beyond the integral of the partials, and how far that integral may be off. `even` counts how often
    /// both halves had the same share of the excess: a partial that is wrong everywhere makes it so, and need not be searched.
    fn excess(&mut self, start: f64, end: f64, even: usize) -> (f64, f64) {
        let middle = 0.5 * (start + end);
        let (left, right) = (self.integral(start, middle), self.integral(middle, end));
        let unsure = (left + right - self.integral(start, end)).abs();
        let [first, second, third] = [start, middle, end].map(|share| self.subject.value(&self.at(share)));
        let halves = [second - first - left, third - second - right];
        let excess = halves[0] + halves[1];
        let is_sure = unsure <= self.settled;
        let even = if is_sure && (halves[0] - halves[1]).abs() <= 0.3 * excess.abs() { even + 1 } else { 0 };
        let is_settled = is_sure && (excess.abs() <= self.settled || even == 3);
        if is_settled || self.halvings == 0 || middle <= start || end <= middle {
            return (excess, unsure);
        }
        self.halvings -= 1;
        let (left, right) = (self.excess(start, middle, even), self.excess(middle, end, even));
        (left.0 + right.0, left.1 + right.1)
    }

    fn integral(&self, start: f64, end: f64) -> f64 {
        let (middle, half) = (0.5 * (start + end), 0.5 * (end - start));
        let pair = |(node, weight): &(f64, f64)| {
            weight * half * (self.slope(middle - node * half) + self.slope(middle + node * half))
        };
        GAUSS.iter().map(pair).sum()
    }
}
