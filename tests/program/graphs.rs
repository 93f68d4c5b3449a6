//! Random formulas, smooth and finite: all ops of the table, and sums and products however people write them.

use gradus::Scalar;
use gradus::op::{self, Visitor};
use gradus::rule::{ListRule, Rule};

/// What a formula is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ops {
    /// Sums and products in many forms, and a few functions.
    Sums,
    /// Also this share of the table's ops.
    Table(f64),
    /// `+ - * /` and square roots alone, which are rounded correctly everywhere.
    Exact,
}

/// A formula of three outputs of `x`, always the same for one `seed`.
pub fn formula<S: Scalar>(x: &[S], seed: u64, ops: Ops) -> Vec<S> {
    let mut growing = Growing { inputs: x.to_vec(), pool: x.to_vec(), rng: fastrand::Rng::with_seed(seed), share: 0.0 };
    if ops == Ops::Exact {
        (0..60).for_each(|_| growing.exact());
    } else {
        (0..15).for_each(|_| growing.sums());
        if let Ops::Table(share) = ops {
            growing.share = share;
            op::visit(&mut growing);
        }
        (0..15).for_each(|_| growing.sums());
    }
    let pool = growing.pool;
    let last = pool[pool.len() - 1];
    vec![pool[pool.len() / 2], last, pool.iter().copied().sum::<S>() / S::lit(pool.len() as f64)]
}

/// A point for a formula of `n` inputs.
pub fn point(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = fastrand::Rng::with_seed(seed);
    (0..n).map(|_| rng.f64() * 4.0 - 2.0).collect()
}

/// Values so far.
struct Growing<S> {
    inputs: Vec<S>,
    pool: Vec<S>,
    rng: fastrand::Rng,
    share: f64,
}

impl<S: Scalar> Growing<S> {
    fn pick(&mut self) -> S {
        self.pool[self.rng.usize(..self.pool.len())]
    }

    fn list(&mut self, longest: usize) -> Vec<S> {
        (0..self.rng.usize(1..=longest)).map(|_| self.pick()).collect()
    }

    /// A value within an interval, smoothly.
    fn within(&mut self, (low, high): (f64, f64)) -> S {
        if low == high {
            return S::lit(low);
        }
        let share = self.pick().sigmoid();
        S::lit(low) + S::lit(high - low) * share
    }

    /// Kept small, so that no rounding is magnified.
    fn keep(&mut self, made: S) {
        let literal = S::lit(f64::from(self.rng.i32(-1..2)));
        self.pool.push((made * S::lit(0.25)).tanh() + literal);
    }

    fn sums(&mut self) {
        let (a, b, c) = (self.pick(), self.pick(), self.pick());
        let list = self.list(12);
        let literal = S::lit(f64::from(self.rng.i32(-3..4)));
        let weighted = |start: S| list.iter().zip(&self.inputs).fold(start, |sum, (&a, &w)| sum + w * a);
        let made = match self.rng.u32(0..26) {
            0 => a + b,
            1 => a - b,
            2 => a * b * c,
            3 => a / (b * b + S::lit(1.0)),
            4 => -(a * b) - c,
            5 => (a + literal) * (b * literal) - (literal - c),
            6 => (a * b + c) - (c * a - b * literal),
            7 => (a * S::lit(0.1)).tanh().exp(),
            8 => -(-a) - -b,
            9 => a * b * c * list[0] * S::lit(0.1),
            10 => (a * b * c * list[0] * S::lit(0.1)) - a * b * c + -(b * a) - S::lit(2.0) * c * a,
            11 => S::lit(1.0) * a - S::lit(0.0) + b / S::lit(1.0),
            12 => a.powi(1) + b.powi(2) + (c * S::lit(0.5)).powi(3) + (a * a + S::lit(0.5)).powf(S::lit(2.0)),
            13 => list.iter().copied().sum::<S>(),
            14 => list.iter().map(|&each| each.tanh()).product::<S>(),
            15 => weighted(c),
            16 => gradus::log_sum_exp(&list) + weighted(a * b),
            17 => gradus::dot(&list, &list.iter().rev().copied().collect::<Vec<_>>()),
            18 => gradus::mean(&list) - gradus::sum(&list) - gradus::sum(&[a * b]) + gradus::sum::<S>(&[]),
            19 => a.mul_add(b, c) + b.mul_add(c, a * literal) - c.mul_add(a, b.mul_add(c, -a)),
            20 => gradus::dot(&list, &list) + gradus::dot(&[a], &[b]) - (a + a) - (b * b + b * b),
            21 => a.select(b, c * a) + a.max(b) - a.min(c),
            22 => gradus::product(&[a.tanh(), b.tanh(), literal, c.tanh()]),
            23 => {
                // A sum that is used twice, and one that goes on from it.
                let sum = a * b + c * literal + a;
                sum * S::lit(0.1) + (sum - b * c) * sum * S::lit(0.1)
            }
            24 => (self.inputs[0] + a) - (self.inputs[0] * self.inputs[1] + self.inputs[1] * b),
            _ => a.relu() + b.tanh().abs(),
        };
        self.keep(made);
    }

    fn exact(&mut self) {
        let (a, b, c) = (self.pick(), self.pick(), self.pick());
        let list = self.list(12);
        let one = S::lit(1.0);
        let made = match self.rng.u32(0..8) {
            0 => a + b - c,
            1 => a * b - c / (one + a * a),
            2 => (a * a + one).sqrt(),
            3 => list.iter().copied().sum::<S>(),
            4 => gradus::sum(&list),
            5 => gradus::dot(&list, &list.iter().rev().copied().collect::<Vec<_>>()),
            6 => list.iter().zip(&self.inputs).fold(c, |sum, (&a, &w)| sum + w * a),
            _ => gradus::product(&[a, b, c]) + gradus::mean(&list),
        };
        // Within (-1, 1), by exact ops.
        self.pool.push(made / (made * made + one).sqrt());
    }
}

impl<S: Scalar> Visitor for Growing<S> {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        if self.rng.f64() < self.share {
            let intervals = R::DOMAIN[self.rng.usize(..R::DOMAIN.len())];
            let x = std::array::from_fn(|i| self.within(intervals[i]));
            self.keep(S::apply::<R, N>(x));
        }
    }

    fn list_rule<R: ListRule>(&mut self) {
        if self.rng.f64() < self.share {
            let interval = R::DOMAIN[self.rng.usize(..R::DOMAIN.len())];
            // An even number, for those who take halves.
            let x: Vec<S> = (0..2 * self.rng.usize(1..7)).map(|_| self.within(interval)).collect();
            self.keep(S::apply_list::<R>(&x));
        }
    }
}
