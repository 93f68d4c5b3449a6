//! Points of a box.

/// The ends of what one operand may be.
pub(super) type Interval = (f64, f64);

fn is_box(intervals: &[Interval]) -> bool {
    intervals.iter().all(|(low, high)| low <= high && high.is_finite() && low.is_finite())
}

pub(super) fn is_inside(x: &[f64], intervals: &[Interval]) -> bool {
    x.len() == intervals.len() && x.iter().zip(intervals).all(|(x, (low, high))| low <= x && x <= high)
}

/// Points spread evenly and always the same: multiples of irrational numbers, modulo 1.
pub(super) fn spread_points(intervals: &[Interval], count: usize) -> Vec<Vec<f64>> {
    let mut along = |k: usize, i: usize| (k as f64 * ((2.0 + i as f64).sqrt() + 0.618 * i as f64)).fract();
    points(intervals, count, &mut along)
}

pub(super) fn random_points(intervals: &[Interval], count: usize, random: &mut impl FnMut() -> f64) -> Vec<Vec<f64>> {
    points(intervals, count, &mut |_, _| random())
}

fn points(intervals: &[Interval], count: usize, along: &mut impl FnMut(usize, usize) -> f64) -> Vec<Vec<f64>> {
    let count = if is_box(intervals) { count } else { 0 };
    let mut point = |k: usize| {
        let place = |(i, &(low, high)): (usize, &Interval)| {
            let share = along(k, i);
            // The length of the longest intervals is beyond the largest number.
            if (high - low).is_finite() { low + (high - low) * share } else { low * (1.0 - share) + high * share }
        };
        intervals.iter().enumerate().map(place).collect()
    };
    (1..=count).map(&mut point).collect()
}
