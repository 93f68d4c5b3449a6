//! Whether a function is smooth at a point, by how its second difference shrinks.

use super::{Ladder, Rung, Shape};

/// Over so many rungs a slope has to grow to be without bound.
const STEEP: usize = 10;

/// A second difference shows if it is so many times larger than the noise.
const VISIBLE: f64 = 50.0;

impl Ladder {
    /// The shape, and at how large a step it shows first.
    pub(super) fn seen_shape(&self, x: f64) -> (Shape, f64) {
        let lost = |rung: &Rung| !rung.above.is_finite() || !rung.below.is_finite();
        if self.rungs.is_empty() || self.rungs.iter().rev().take(4).all(lost) {
            return (Shape::Edge, 0.0);
        }
        let finite: Vec<Rung> = self.rungs.iter().rev().copied().filter(Rung::is_finite).collect();
        if let Some((size, distance)) = self.jump(x, &finite) {
            return (Shape::Jump { size }, distance);
        }
        if let Some(shape) = self.steepness(&finite) {
            return (shape, 0.0);
        }
        // The smallest steps at which the second difference shows.
        let shows = |rung: &&Rung| self.second_difference(rung).abs() > VISIBLE * self.error_of_values(rung);
        let visible: Vec<&Rung> = finite.iter().skip_while(|rung| !shows(rung)).take(5).collect();
        if visible.len() < 5 || !visible.iter().all(shows) {
            return (Shape::Smooth, 0.0);
        }
        let (near, far) = (visible[0], visible[4]);
        let growth = (self.second_difference(far) / self.second_difference(near)).abs().log2();
        if growth / (far.h / near.h).log2() < 1.2 {
            let half = 0.5 * self.second_difference(far) / far.h;
            let middle = far.difference();
            return (Shape::Kink { left: middle - half, right: middle + half }, near.h);
        }
        (Shape::Smooth, 0.0)
    }

    /// How high a jump is, and how far: the second difference stays the same over many steps, and does not fall back.
    fn jump(&self, x: f64, finite: &[Rung]) -> Option<(f64, f64)> {
        let shows = |rung: &Rung| self.second_difference(rung).abs() > VISIBLE * self.rounding(rung);
        let start = finite.iter().position(shows)?;
        let size = self.second_difference(&finite[start]);
        let ratios = || finite[start..].iter().map(|rung| self.second_difference(rung) / size);
        let run = ratios().take_while(|ratio| (ratio - 1.0).abs() < 0.05).count();
        let holds = ratios().map(f64::abs).take_while(|&ratio| ratio < 3.0).all(|ratio| ratio > 0.6);
        if run < 8 || !holds {
            return None;
        }
        let end = &finite[start + run - 1];
        let change = (end.above - end.below).abs();
        // The last places of x change the values by as much; or they are rounded inside, and flat from near.
        let rounded = 16.0 * f64::EPSILON * x.abs() * change / (2.0 * end.h);
        let is_flat = |rung: &Rung| rung.above == self.here && rung.below == self.here;
        let stair = start >= 4 && finite[..start].iter().all(is_flat) && change > 3.0 * size.abs();
        (size.abs() > rounded && !stair).then_some((size.abs(), finite[start].h))
    }

    /// Differences that grow without end as the step shrinks: a jump whose middle is the point, or a slope without bound.
    fn steepness(&self, finite: &[Rung]) -> Option<Shape> {
        let shows = |rung: &Rung| (rung.above - rung.below).abs() > VISIBLE * self.rounding(rung);
        let nearest = finite.get(..STEEP)?;
        let grows = |pair: &[Rung]| pair[0].difference().abs() > 1.15 * pair[1].difference().abs();
        // As a logarithm does: by as much at each halving.
        let growth = |pair: &[Rung]| (pair[0].difference() - pair[1].difference()) / (pair[1].h / pair[0].h).log2();
        let least = growth(nearest);
        let is_even = |pair: &[Rung]| (growth(pair) / least - 1.0).abs() < 0.01 && pair[0].difference() / least > 1.0;
        if nearest.iter().all(shows) && nearest.windows(2).all(is_even) {
            return Some(Shape::Steep);
        }
        if !nearest.iter().all(shows) || !nearest.windows(2).all(grows) {
            return None;
        }
        let size = (nearest[0].above - nearest[0].below).abs();
        let stays = nearest.iter().all(|rung| ((rung.above - rung.below).abs() / size - 1.0).abs() < 0.05);
        Some(if stays { Shape::Jump { size } } else { Shape::Steep })
    }
}
