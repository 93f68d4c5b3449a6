//! The decision rules of three other checkers, as they are published, with their default settings. What they were seen to say is in
//! `tests/data/gradcheck/traps.json`, against which these are tested.

use crate::trap::{Says, Trap};

/// The random directions are those of one seed.
const SEED: u64 = 3;

fn moved(x: &[f64], direction: &[f64], h: f64) -> Vec<f64> {
    x.iter().zip(direction).map(|(x, along)| x + h * along).collect()
}

fn says(passes: bool) -> Says {
    if passes { Says::Pass } else { Says::Fail }
}

/// `torch.autograd.gradcheck`, slow mode: each entry by a central difference with step 1e-6; `allclose` with atol 1e-5 and
/// rtol 1e-3; two backward passes have to be the same. (torch/autograd/gradcheck.py)
pub fn torch(trap: &Trap) -> Says {
    let (first, again) = ((trap.gradient)(&trap.x), (trap.gradient)(&trap.x));
    let entries = (0..trap.x.len()).all(|i| {
        let mut unit = vec![0.0; trap.x.len()];
        unit[i] = 1.0;
        let numerical = ((trap.f)(&moved(&trap.x, &unit, 1e-6)) - (trap.f)(&moved(&trap.x, &unit, -1e-6))) / 2e-6;
        (first[i] - numerical).abs() <= 1e-5 + 1e-3 * numerical.abs()
    });
    says(entries && first == again)
}

/// `jax.test_util.check_grads`: one random direction with step 1e-4, `allclose` with atol and rtol 1e-5 in double precision, NaN equal to
/// NaN. (jax/_src/public_test_util.py)
pub fn jax(trap: &Trap) -> Says {
    let mut random = fastrand::Rng::with_seed(SEED);
    let direction: Vec<f64> = trap.x.iter().map(|_| normal(&mut random)).collect();
    let at = |h: f64| (trap.f)(&moved(&trap.x, &direction, h));
    let numerical = (at(1e-4) - at(-1e-4)) * 0.5 / 1e-4;
    let exact: f64 = (trap.gradient)(&trap.x).iter().zip(&direction).map(|(g, v)| g * v).sum();
    let close = (exact - numerical).abs() <= 1e-5 + 1e-5 * numerical.abs();
    says(close || exact.is_nan() && numerical.is_nan())
}

/// HIPS autograd's `check_grads`, first order: one random direction, step 1e-6 in all, and either an absolute error below 1e-6 or
/// `|a - b| / |a + b|` below 1e-6. (autograd/test_util.py)
pub fn hips(trap: &Trap) -> Says {
    let mut random = fastrand::Rng::with_seed(SEED);
    let direction: Vec<f64> = trap.x.iter().map(|_| normal(&mut random)).collect();
    let weight = normal(&mut random);
    let at = |h: f64| (trap.f)(&moved(&trap.x, &direction, h));
    let numerical = weight * (at(0.5e-6) - at(-0.5e-6)) / 1e-6;
    let exact: f64 = (trap.gradient)(&trap.x).iter().zip(&direction).map(|(g, v)| weight * g * v).sum();
    let apart = (exact - numerical).abs();
    says(apart < 1e-6 || apart / (exact + numerical).abs() < 1e-6)
}

/// Box and Muller.
fn normal(random: &mut fastrand::Rng) -> f64 {
    let (u, v) = (1.0 - random.f64(), random.f64());
    (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
}
