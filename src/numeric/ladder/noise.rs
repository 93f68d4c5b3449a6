//! How rough the values of a function are: what its last place does not explain, and stairs.

use super::{Ladder, Rung, Shape};

/// Noise shows on so many rungs and more.
const EVERYWHERE: usize = 6;

impl Ladder {
    /// The noise that shows beyond the last place of the values, and from which step on; 0 if none does.
    pub(super) fn measured_noise(&self) -> (f64, f64) {
        let finite: Vec<Rung> = self.rungs.iter().rev().copied().filter(Rung::is_finite).collect();
        // From small steps to large ones: what two differences disagree by, as an error of the values.
        let seen: Vec<(f64, f64)> = finite
            .windows(2)
            .map(|pair| {
                let apart = (pair[0].difference() - pair[1].difference()).abs() * pair[0].h;
                (apart, self.rounding(&pair[1]))
            })
            .collect();
        let mut width = 0.0;
        let (mut noise, mut found) = (0.0_f64, Vec::new());
        for (at, &(apart, rounding)) in seen.iter().enumerate() {
            let rises = |window: &[(f64, f64)]| {
                let steps = window.windows(2);
                let steadily = steps.clone().all(|pair| pair[1].0 >= 2.5 * pair[0].0.max(0.1 * pair[0].1));
                let last = window[window.len() - 1];
                window.len() == 5 && steadily && last.0 > 30.0 * noise.max(last.1)
            };
            if rises(&seen[at..seen.len().min(at + 5)]) {
                break;
            }
            // What the last place explains is counted where it is; and steps so large that no growth can follow are no evidence.
            if apart > 4.0 * rounding && at + 4 < seen.len() {
                noise = noise.max(apart);
                width = if found.is_empty() { finite[at + 1].h } else { width };
                found.push(apart);
            }
        }
        // A few large disagreements are features of the function: noise is everywhere. Small ones are rounding inside.
        found.sort_by(|a, b| b.total_cmp(a));
        let values = || finite.iter().flat_map(|rung| [rung.above, rung.below]);
        let range = values().fold(self.here, f64::max) - values().fold(self.here, f64::min);
        let little = (1e-6 * range).max(1e4 * f64::EPSILON * self.here.abs());
        let small = found.get(2).filter(|&&apart| apart < little);
        small.or(found.get(EVERYWHERE)).map_or((0.0, 0.0), |apart| (2.0 * apart, width))
    }

    /// Noise may be a stair: between its steps, the slope is another. Or it may be what is left of a kink or a jump far beyond it.
    pub(super) fn look_between_steps(&mut self, x: f64, width: f64) {
        let inside = self.below(x, width);
        // Single precision inside has lower steps, be it of the argument or of the value; higher ones are meant.
        let values =
            self.rungs.iter().filter(|rung| rung.is_finite()).map(Rung::largest).fold(self.here.abs(), f64::max);
        let single = 2.0_f64.powi(-22) * values.max((x * self.estimate.value).abs());
        let is_meant = self.noise > single;
        let abrupt = matches!(inside.shape, Shape::Kink { .. } | Shape::Jump { .. });
        if is_meant && abrupt && inside.noise < 1e-3 * self.noise {
            *self = inside;
            return;
        }
        let apart = (inside.estimate.value - self.estimate.value).abs();
        if inside.shape != Shape::Smooth || !(inside.estimate.error < 0.05 * apart) {
            return;
        }
        self.stair = Some((inside.estimate, self.estimate));
        if is_meant {
            self.estimate = inside.estimate;
        }
    }
}
