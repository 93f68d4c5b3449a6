//! Made-up problems in the plane: two classes that no straight line parts. The target is 1 for the first class and -1 for the second.

use super::Dataset;
use crate::error::Result;
use crate::nn::init::normal;
use std::f64::consts::{PI, TAU};

/// Two half circles that reach into each other, as scikit-learn's `make_moons`.
///
/// `noise` is the deviation of what is added to each coordinate; `uniform` returns random numbers in [0, 1).
///
/// # Errors
/// For no samples.
///
/// ```
/// let mut random = fastrand::Rng::with_seed(1);
/// let moons = gradus::nn::data::make_moons(100, 0.1, || random.f64())?;
/// assert_eq!((moons.len(), moons.inputs(), moons.target(0)), (100, 2, [1.0].as_slice()));
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn make_moons(samples: usize, noise: f64, uniform: impl FnMut() -> f64) -> Result<Dataset> {
    two_classes(samples, noise, uniform, |share, is_first| {
        let (sin, cos) = (PI * share).sin_cos();
        if is_first { [cos, sin] } else { [1.0 - cos, 0.5 - sin] }
    })
}

/// A circle around another, of `factor` times its size, as scikit-learn's `make_circles`; the outer one is the first class.
///
/// # Errors
/// For no samples.
pub fn make_circles(samples: usize, noise: f64, factor: f64, uniform: impl FnMut() -> f64) -> Result<Dataset> {
    two_classes(samples, noise, uniform, |share, is_first| {
        let (sin, cos) = (TAU * share).sin_cos();
        let radius = if is_first { 1.0 } else { factor };
        [radius * cos, radius * sin]
    })
}

/// Two spirals of `turns` turns, wound around each other, from near the origin to a radius of 1.
///
/// # Errors
/// For no samples.
pub fn make_spirals(samples: usize, noise: f64, turns: f64, uniform: impl FnMut() -> f64) -> Result<Dataset> {
    two_classes(samples, noise, uniform, |share, is_first| {
        let radius = 0.1 + 0.9 * share;
        let (sin, cos) = (TAU * turns * share).sin_cos();
        let side = if is_first { radius } else { -radius };
        [side * cos, side * sin]
    })
}

/// Every other sample is of the first class. `point` is asked with a share from 0 to 1 of the way along its curve.
fn two_classes(
    samples: usize,
    noise: f64,
    mut uniform: impl FnMut() -> f64,
    point: impl Fn(f64, bool) -> [f64; 2],
) -> Result<Dataset> {
    let of_class = samples.div_ceil(2);
    let is_first = |sample: usize| sample.is_multiple_of(2);
    let noisy = |sample: usize| {
        let share = (sample / 2) as f64 / (of_class.max(2) - 1) as f64;
        point(share, is_first(sample)).map(|x| x + noise * normal(&mut uniform))
    };
    let inputs: Vec<[f64; 2]> = (0..samples).map(noisy).collect();
    let targets: Vec<[f64; 1]> = (0..samples).map(|sample| [if is_first(sample) { 1.0 } else { -1.0 }]).collect();
    Dataset::new(&inputs, &targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_noise_points_lie_on_their_curves() {
        let radius = |point: &[f64], x: f64, y: f64| (point[0] - x).hypot(point[1] - y);
        let moons = make_moons(10, 0.0, || 0.5).unwrap();
        let circles = make_circles(10, 0.0, 0.5, || 0.5).unwrap();
        let spirals = make_spirals(10, 0.0, 1.5, || 0.5).unwrap();
        for sample in 0..10usize {
            let is_first = sample.is_multiple_of(2);
            assert_eq!(moons.target(sample), [if is_first { 1.0 } else { -1.0 }]);
            let [x, y] = if is_first { [0.0, 0.0] } else { [1.0, 0.5] };
            assert!((radius(moons.input(sample), x, y) - 1.0).abs() < 1e-15);
            assert!((radius(circles.input(sample), 0.0, 0.0) - if is_first { 1.0 } else { 0.5 }).abs() < 1e-15);
            assert!((radius(spirals.input(sample), 0.0, 0.0) - (0.1 + 0.9 * (sample / 2) as f64 / 4.0)).abs() < 1e-15);
        }
    }
}
