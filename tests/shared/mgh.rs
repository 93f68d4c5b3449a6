//! Ten problems of Moré, Garbow and Hillstrom, *Testing Unconstrained Optimization Software*, ACM
//! TOMS 7 (1981), as formulas.

use gradus::Scalar;
use std::f64::consts::PI;

/// A problem by its number in the paper.
pub struct Problem(pub usize);

/// The data of problem 8.
const BARD: [f64; 15] = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39];

impl Problem {
    /// The residuals, whose sum of squares is to be made small.
    pub fn residuals<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        let lit = S::lit;
        match self.0 {
            1 => vec![lit(10.0) * (x[1] - x[0] * x[0]), lit(1.0) - x[0]],
            2 => vec![
                lit(-13.0) + x[0] + ((lit(5.0) - x[1]) * x[1] - lit(2.0)) * x[1],
                lit(-29.0) + x[0] + ((x[1] + lit(1.0)) * x[1] - lit(14.0)) * x[1],
            ],
            5 => (1..=3).zip([1.5, 2.25, 2.625]).map(|(i, y)| lit(y) - x[0] * (lit(1.0) - x[1].powi(i))).collect(),
            7 => {
                let turn = if x[0] < lit(0.0) { 0.5 } else { 0.0 };
                let theta = (x[1] / x[0]).atan() / lit(2.0 * PI) + lit(turn);
                vec![lit(10.0) * (x[2] - lit(10.0) * theta), lit(10.0) * (x[0].hypot(x[1]) - lit(1.0)), x[2]]
            }
            8 => (1..=15)
                .zip(BARD)
                .map(|(i, y)| {
                    let (u, v) = (f64::from(i), f64::from(16 - i));
                    lit(y) - (x[0] + lit(u) / (lit(v) * x[1] + lit(u.min(v)) * x[2]))
                })
                .collect(),
            13 => vec![
                x[0] + lit(10.0) * x[1],
                lit(5.0).sqrt() * (x[2] - x[3]),
                (x[1] - lit(2.0) * x[2]).powi(2),
                lit(10.0).sqrt() * (x[0] - x[3]).powi(2),
            ],
            14 => vec![
                lit(10.0) * (x[1] - x[0].powi(2)),
                lit(1.0) - x[0],
                lit(90.0).sqrt() * (x[3] - x[2].powi(2)),
                lit(1.0) - x[2],
                lit(10.0).sqrt() * (x[1] + x[3] - lit(2.0)),
                (x[1] - x[3]) / lit(10.0).sqrt(),
            ],
            18 => (1..=13)
                .map(|i| {
                    let t = 0.1 * f64::from(i);
                    let y = (-t).exp() - 5.0 * (-10.0 * t).exp() + 3.0 * (-4.0 * t).exp();
                    let decay = |rate: S| (lit(-t) * rate).exp();
                    x[2] * decay(x[0]) - x[3] * decay(x[1]) + x[5] * decay(x[4]) - lit(y)
                })
                .collect(),
            30 => {
                let at = |i: usize| x.get(i).copied().unwrap_or(lit(0.0));
                (0..x.len())
                    .map(|i| {
                        let before = if i == 0 { lit(0.0) } else { x[i - 1] };
                        (lit(3.0) - lit(2.0) * x[i]) * x[i] - before - lit(2.0) * at(i + 1) + lit(1.0)
                    })
                    .collect()
            }
            35 => (1..=x.len())
                .map(|i| {
                    let mean = x.iter().map(|&each| chebyshev(i, lit(2.0) * each - lit(1.0))).sum::<S>();
                    let integral = if i % 2 == 0 { -1.0 / ((i * i) as f64 - 1.0) } else { 0.0 };
                    mean / lit(x.len() as f64) - lit(integral)
                })
                .collect(),
            other => panic!("problem {other} is not written here"),
        }
    }

    /// The sum of their squares.
    pub fn sum_of_squares<S: Scalar>(&self, x: &[S]) -> S {
        self.residuals(x).iter().map(|residual| residual.powi(2)).sum()
    }
}

/// The Chebyshev polynomial of degree `n ≥ 1`.
fn chebyshev<S: Scalar>(n: usize, x: S) -> S {
    let pair = (1..n).fold((S::lit(1.0), x), |(before, latest), _| (latest, S::lit(2.0) * x * latest - before));
    pair.1
}
