//! The values of a function on both sides of a point, at steps from large to small, and what can be read off them: how noisy
//! the values are, whether there is a kink, a jump or an end of the domain, and the best derivative.
//!
//! # How it is done
//! 1. **Steps** halve from a quarter of the scale of `x` (or of 1) down to a few units of the last place of `x`, so that
//!    whatever scale the function has of its own lies between.
//! 2. **Noise.** Going up from the smallest step, central differences differ by rounding at first, then by what the difference
//!    cuts off, which grows eightfold a step. What is seen below that growth is the noise of the function, be it
//!    its last place, a cancellation or single precision inside (the idea: Moré & Wild, *Estimating computational noise*,
//!    SIAM J. Sci. Comput. 33, 2011).
//! 3. **Shape.** The second difference `f(x + h) - 2 f(x) + f(x - h)` shrinks as `h²` where `f` is smooth, as `h` at a kink, and
//!    stays at a jump.
//! 4. **Value.** Richardson's extrapolation in every row (Ridders, *Accurate computation of F'(x) and F'(x)F''(x)*, Advances in
//!    Engineering Software 4, 1982), with the spread of the row and the noise as its error. Going up again,
//!    the surest row is kept until two rows contradict it beyond doubt: large steps can agree by chance.

mod noise;
mod shape;

use super::adaptive::Estimate;

/// The function on both sides, at one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rung {
    pub(crate) h: f64,
    pub(crate) above: f64,
    pub(crate) below: f64,
}

impl Rung {
    pub(super) fn is_finite(&self) -> bool {
        (self.above - self.below).is_finite()
    }

    pub(super) fn difference(&self) -> f64 {
        (self.above - self.below) / (2.0 * self.h)
    }

    pub(super) fn largest(&self) -> f64 {
        self.above.abs().max(self.below.abs())
    }
}

/// What a function does at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Smooth,
    /// The slopes to the left and to the right, which differ.
    Kink {
        left: f64,
        right: f64,
    },
    /// By how much it jumps.
    Jump {
        size: f64,
    },
    /// Its slope grows without bound.
    Steep,
    /// It is not finite to one side, however near.
    Edge,
    /// It is not finite at the point.
    Outside,
}

/// All that is known of a function around a point.
#[derive(Debug, Clone)]
pub(crate) struct Ladder {
    pub(crate) here: f64,
    /// From large steps to small ones.
    pub(crate) rungs: Vec<Rung>,
    pub(crate) shape: Shape,
    pub(crate) estimate: Estimate,
    /// The error of a value of `f`.
    pub(crate) noise: f64,
    /// The part of the estimate's error that is the last place of the argument, were it lost inside the function: what is known of the
    /// function as it is has none of it.
    pub(crate) blur: f64,
    /// The second derivative, roughly; 0 if it does not show.
    pub(crate) curvature: f64,
    /// Where the function is a stair, which is what noise looks like from near: the slope on its treads and the one across them, of which
    /// one is the estimate.
    pub(crate) stair: Option<(Estimate, Estimate)>,
}

/// Neither a power of two, whose multiples would all be rounded alike, nor a quarter.
const FIRST: f64 = 0.182_764_646_493_821;

/// So many columns of a row are used.
const COLUMNS: usize = 7;

/// A kink no further than so many times the size of `x` is taken for one at `x`, and so is a jump within the second.
const NEAR_KINK: f64 = 1e-7;
const NEAR_JUMP: f64 = 1e-4;

impl Ladder {
    pub(crate) fn new(f: impl FnMut(f64) -> f64, x: f64) -> Ladder {
        Ladder::down_to(0.0, f, x)
    }

    /// With no step below `smallest`, where `x` moves a point that has last places of its own.
    pub(crate) fn down_to(smallest: f64, mut f: impl FnMut(f64) -> f64, x: f64) -> Ladder {
        let here = f(x);
        let mut rungs = Vec::new();
        let mut climb = |top: f64, bottom: f64| {
            let mut h = top;
            while h >= bottom.max(smallest) && h > 0.0 {
                rungs.extend(rung(&mut f, x, h));
                h *= 0.5;
            }
        };
        if here.is_finite() && x.is_finite() {
            let last_place = f64::EPSILON * x.abs();
            let unit = FIRST * x.abs().max(1.0);
            let least = if x == 0.0 { unit * 2.0_f64.powi(-80) } else { unit * 2.0_f64.powi(-46) };
            let own = FIRST * x.abs();
            // A tiny number has two scales with nothing between.
            if x != 0.0 && own < least {
                climb(unit, least);
                climb(own, 4.0 * last_place);
            } else {
                climb(unit, if x == 0.0 { least } else { 4.0 * last_place });
            }
        }
        Ladder::read(x, here, rungs)
    }

    /// With steps far beyond the scale of `x`, for functions that change slowly.
    pub(crate) fn extended(mut f: impl FnMut(f64) -> f64, x: f64, near: &Ladder) -> Option<Ladder> {
        let top = near.rungs.first()?.h;
        let far: Vec<Rung> = (1..=24).rev().filter_map(|k| rung(&mut f, x, top * 2.0_f64.powi(k))).collect();
        let rungs: Vec<Rung> = far.into_iter().chain(near.rungs.iter().copied()).collect();
        let ladder = Ladder::read(x, near.here, rungs);
        // Far away there may be nothing of what is here: the slope has to show from near as well.
        let (seen, found) = (near.estimate, ladder.estimate);
        let agrees =
            (seen.value - found.value).abs() <= 0.3 * found.value.abs() && seen.error <= 0.3 * found.value.abs();
        (agrees && found.error < seen.error && ladder.shape == Shape::Smooth).then_some(ladder)
    }

    fn read(x: f64, here: f64, rungs: Vec<Rung>) -> Ladder {
        let mut ladder = Ladder {
            here,
            rungs,
            shape: Shape::Smooth,
            estimate: Estimate::NONE,
            noise: 0.0,
            blur: 0.0,
            curvature: 0.0,
            stair: None,
        };
        if !here.is_finite() {
            return Ladder { shape: Shape::Outside, ..ladder };
        }
        let (noise, width) = ladder.measured_noise();
        ladder.noise = noise;
        let (shape, distance) = ladder.seen_shape(x);
        let near = match shape {
            Shape::Kink { .. } => NEAR_KINK,
            Shape::Jump { .. } => NEAR_JUMP,
            Shape::Smooth | Shape::Steep | Shape::Edge | Shape::Outside => f64::INFINITY,
        };
        if distance > near * if x == 0.0 { 1.0 } else { x.abs() } {
            // It is not here but beside: smaller steps do not reach it.
            let change = match shape {
                Shape::Kink { left, right } => (right - left).abs(),
                Shape::Jump { size } => size / distance,
                Shape::Smooth | Shape::Steep | Shape::Edge | Shape::Outside => 0.0,
            };
            let inside = ladder.below(x, distance);
            if inside.estimate.error < 0.05 * change {
                return inside;
            }
            // Or it is here and blurred by noise, or beside and hides the slope here.
            let estimate = Estimate { error: f64::INFINITY, ..inside.estimate };
            return Ladder {
                estimate,
                shape: if distance < NEAR_KINK * x.abs().max(1.0) { shape } else { Shape::Smooth },
                ..ladder
            };
        }
        ladder.shape = shape;
        ladder.curvature = ladder.seen_curvature();
        (ladder.estimate, ladder.blur) = ladder.best(x);
        ladder.noise = ladder.noise.max(f64::EPSILON * here.abs());
        match ladder.shape {
            Shape::Kink { left, right } => {
                let (middle, half) = (0.5 * (left + right), 0.5 * (right - left));
                let sure = ladder.estimate.error < 0.1 * half.abs();
                let value = if sure { ladder.estimate.value } else { middle };
                ladder.shape = Shape::Kink { left: value - half, right: value + half };
                ladder.estimate = Estimate { value, error: half.abs() };
            }
            Shape::Jump { .. } | Shape::Steep | Shape::Edge | Shape::Outside => ladder.estimate.error = f64::INFINITY,
            Shape::Smooth if noise > 0.0 => ladder.look_between_steps(x, width),
            Shape::Smooth => {}
        }
        ladder
    }

    /// What is seen at steps smaller than `distance`.
    pub(super) fn below(&self, x: f64, distance: f64) -> Ladder {
        Ladder::read(x, self.here, self.rungs.iter().copied().filter(|rung| rung.h < distance).collect())
    }

    /// The error that the last place of the values on a rung makes.
    pub(super) fn rounding(&self, rung: &Rung) -> f64 {
        (f64::EPSILON * rung.largest().max(self.here.abs())).max(f64::from_bits(1))
    }

    pub(super) fn error_of_values(&self, rung: &Rung) -> f64 {
        self.noise.max(self.rounding(rung))
    }

    pub(super) fn second_difference(&self, rung: &Rung) -> f64 {
        (rung.above - self.here) - (self.here - rung.below)
    }

    fn seen_curvature(&self) -> f64 {
        let shows = |rung: &&Rung| self.second_difference(rung).abs() > 20.0 * self.error_of_values(rung);
        let rungs = self.rungs.iter().rev().filter(|rung| rung.is_finite());
        let visible = rungs.skip_while(|rung| !shows(rung)).nth(2);
        visible.map_or(0.0, |rung| self.second_difference(rung) / (rung.h * rung.h))
    }

    /// The surest row, from small steps to large ones, until two rows contradict it.
    fn best(&self, x: f64) -> (Estimate, f64) {
        let rows = self.rows(x);
        let (mut best, mut blur) = (Estimate::NONE, 0.0);
        let mut contradictions = 0;
        for (at, (row, moved)) in rows.iter().enumerate().rev() {
            // A row that agrees within itself by chance does not agree with the next.
            let apart = rows.get(at + 1).map_or(0.0, |(finer, _)| 0.3 * (finer.value - row.value).abs());
            let row = Estimate { error: row.error.max(apart), ..*row };
            if !(row.error < f64::INFINITY) {
                continue;
            }
            // A few last places of sums inside are not measured as noise, but may make twice the error.
            if best.error < f64::INFINITY && (row.value - best.value).abs() > 2.0 * (row.error + best.error) {
                contradictions += 1;
                if contradictions == 2 {
                    break;
                }
            } else if row.error < best.error {
                (best, blur) = (row, moved.min(row.error - apart));
            }
        }
        (best, blur)
    }

    /// The best extrapolation of each rung, and how much of its error is the last place of the argument.
    fn rows(&self, x: f64) -> Vec<(Estimate, f64)> {
        let mut rows = Vec::new();
        let mut before: Vec<f64> = Vec::new();
        let mut step = f64::INFINITY;
        for rung in &self.rungs {
            if !rung.is_finite() {
                before.clear();
                continue;
            }
            if !(0.4..0.6).contains(&(rung.h / step)) {
                before.clear();
            }
            step = rung.h;
            let noise = self.error_of_values(rung);
            // The last place of the argument, and rounding inside, move the slope by as much.
            let last_place = 4.0 * f64::EPSILON * (x.abs() + rung.h) / rung.h;
            let moved = last_place * ((self.second_difference(rung).abs() + 2.0 * noise) / rung.h);
            let mut row = vec![rung.difference()];
            let mut best = Estimate::NONE;
            let mut factor = 1.0;
            for (column, &above) in before.iter().take(COLUMNS).enumerate() {
                factor *= 4.0;
                let left = row[column];
                let refined = left + (left - above) / (factor - 1.0);
                let spread = (refined - left).abs().max((refined - above).abs());
                let error = spread + 2.0 * noise / rung.h + moved + f64::EPSILON * refined.abs();
                if error < best.error {
                    best = Estimate { value: refined, error };
                }
                row.push(refined);
            }
            before = row;
            rows.push((best, moved));
        }
        rows
    }
}

/// The values at `x ± h`, where `h` is rounded so that both are as far from `x`.
fn rung(f: &mut impl FnMut(f64) -> f64, x: f64, h: f64) -> Option<Rung> {
    let h = (x.abs() + h) - x.abs();
    let (above, below) = (x + h, x - h);
    (h > 0.0 && above.is_finite() && below.is_finite() && above > x && below < x).then(|| Rung {
        h,
        above: f(above),
        below: f(below),
    })
}
