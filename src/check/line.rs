//! The line through a point along a direction, as the one number that differences move: its scale and its last place are those of the point.

/// Where one is on the line, is `origin` at the point.
pub(super) struct Line<'a> {
    x: &'a [f64],
    direction: &'a [f64],
    /// As large in units of the direction as the point is.
    pub(super) origin: f64,
    /// A step that moves every coordinate by some last places, if the direction moves it at all.
    pub(super) smallest: f64,
}

impl<'a> Line<'a> {
    pub(super) fn new(x: &'a [f64], direction: &'a [f64]) -> Line<'a> {
        let size = |x: &[f64]| x.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let origin = if size(direction) > 0.0 { (size(x) / size(direction)).min(f64::MAX / 8.0) } else { 0.0 };
        let moved = x.iter().zip(direction).filter(|(_, along)| **along != 0.0);
        let smallest = moved.map(|(x, along)| 4.0 * f64::EPSILON * (x / along).abs()).fold(0.0, f64::max);
        Line { x, direction, origin, smallest }
    }

    pub(super) fn at(&self, place: f64) -> Vec<f64> {
        let step = place - self.origin;
        self.x.iter().zip(self.direction).map(|(x, along)| x + step * along).collect()
    }
}
