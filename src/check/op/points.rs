//! Points of a box.

/// The ends of what one operand may be.
pub(super) type Interval = (f64, f64);

/// The first interval that has no points, and which operand it is of.
pub(super) fn unusable(intervals: &[Interval]) -> Option<(usize, Interval)> {
    let has_points = |(low, high): Interval| low <= high && low < f64::INFINITY && high > f64::NEG_INFINITY;
    intervals.iter().copied().enumerate().find(|&(_, interval)| !has_points(interval))
}

/// A point of an interval at `share` of the way from its lower end to its upper one. Where an end is infinite, half of the way is one unit, or the size of
/// the other end.
pub(super) fn place((low, high): Interval, share: f64) -> f64 {
    let unit = |end: f64| end.abs().max(1.0);
    match (low.is_finite(), high.is_finite()) {
        (true, true) => low * (1.0 - share) + high * share,
        (true, false) => low + unit(low) * share / (1.0 - share),
        (false, true) => high - unit(high) * (1.0 - share) / share.max(f64::EPSILON),
        (false, false) => (2.0 * share - 1.0) / (share * (1.0 - share)).max(f64::EPSILON),
    }
}

pub(super) fn is_inside(x: &[f64], intervals: &[Interval]) -> bool {
    x.len() == intervals.len() && x.iter().zip(intervals).all(|(x, (low, high))| low <= x && x <= high)
}

/// Points spread evenly and always the same: multiples of irrational numbers, modulo 1.
pub(super) fn spread_points(intervals: &[Interval], count: usize) -> Vec<Vec<f64>> {
    let mut along = |k: usize, i: usize| (k as f64 * ((2.0 + i as f64).sqrt() + 0.618 * i as f64)).fract();
    points(intervals, count, &mut along)
}

/// A point near the lower ends, no two operands as near: there may be ties.
pub(super) fn near_lower_ends(intervals: &[Interval]) -> Vec<f64> {
    intervals.iter().enumerate().map(|(i, &interval)| place(interval, near_end(i))).collect()
}

pub(super) fn near_upper_ends(intervals: &[Interval]) -> Vec<f64> {
    intervals.iter().enumerate().map(|(i, &interval)| place(interval, 1.0 - near_end(i))).collect()
}

/// Which share of its interval operand `i` is away from an end.
fn near_end(i: usize) -> f64 {
    (1.0 + (0.618 * i as f64).fract()) / 256.0
}

pub(super) fn random_points(intervals: &[Interval], count: usize, random: &mut impl FnMut() -> f64) -> Vec<Vec<f64>> {
    points(intervals, count, &mut |_, _| random())
}

fn points(intervals: &[Interval], count: usize, along: &mut impl FnMut(usize, usize) -> f64) -> Vec<Vec<f64>> {
    let count = if unusable(intervals).is_none() { count } else { 0 };
    let mut point =
        |k: usize| intervals.iter().enumerate().map(|(i, &interval)| place(interval, along(k, i))).collect();
    (1..=count).map(&mut point).collect()
}
