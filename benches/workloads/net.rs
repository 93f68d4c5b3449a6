//! A multi-layer perceptron as the benchmarks of programs train it, written once for every kind of number.

use super::{Activation, Number};
use gradus::{Scalar, Var};

/// What is learnt: a number, with the squared error, or a class, with softmax cross-entropy.
#[derive(Clone, Copy, PartialEq)]
pub enum Task {
    Number,
    Class,
}

/// A net, its parameters and samples: the same to the bit as in `benches/peers/python/problem.py`.
pub struct Net {
    pub sizes: &'static [usize],
    pub activation: Activation,
    pub task: Task,
}

impl Net {
    pub const fn moons(activation: Activation) -> Net {
        Net { sizes: &[2, 16, 16, 1], activation, task: Task::Number }
    }

    pub const fn classifier() -> Net {
        Net { sizes: &[64, 64, 10], activation: Activation::Relu, task: Task::Class }
    }

    pub fn inputs(&self) -> usize {
        self.sizes[0]
    }

    pub fn outputs(&self) -> usize {
        self.sizes[self.sizes.len() - 1]
    }

    /// Of each layer the weights, row by row, and then the biases.
    pub fn parameters(&self) -> Vec<f64> {
        let mut draws = draws(1);
        let layer = |pair: &[usize]| {
            let scale = (pair[0] as f64).sqrt();
            let values = draws.by_ref().take(pair[1] * (pair[0] + 1));
            values.map(|draw| (2.0 * draw - 1.0) / scale).collect::<Vec<f64>>()
        };
        self.sizes.windows(2).flat_map(layer).collect()
    }

    /// The inputs of each sample, then its targets.
    pub fn samples(&self, count: usize) -> Vec<f64> {
        let mut draws = draws(2);
        let mut samples = Vec::with_capacity(count * (self.inputs() + self.outputs()));
        for _ in 0..count {
            let inputs: Vec<f64> = draws.by_ref().take(self.inputs()).map(|draw| 2.0 * draw - 1.0).collect();
            samples.extend(&inputs);
            match self.task {
                Task::Number => samples.push(if inputs[0] * inputs[1] > 0.0 { 1.0 } else { -1.0 }),
                Task::Class => {
                    let class = draws.next().map_or(0, |draw| (10.0 * draw) as usize);
                    samples.extend((0..self.outputs()).map(|output| f64::from(output == class)));
                }
            }
        }
        samples
    }

    fn activate<N: Number>(&self, x: N) -> N {
        match self.activation {
            Activation::Tanh => x.tanh(),
            Activation::Relu => x.relu(),
        }
    }

    /// The outputs of the net, which it leaves in `now`. Both buffers are the caller's: a plain forward pass allocates nothing.
    pub fn forward<N: Number>(&self, parameters: &[N], inputs: &[N], now: &mut Vec<N>, next: &mut Vec<N>) {
        now.clear();
        now.extend_from_slice(inputs);
        let mut rest = parameters;
        for (layer, pair) in self.sizes.windows(2).enumerate() {
            let (weights, behind) = rest.split_at(pair[0] * pair[1]);
            let (biases, behind) = behind.split_at(pair[1]);
            rest = behind;
            next.clear();
            for (row, &bias) in weights.chunks_exact(pair[0]).zip(biases) {
                let mut sum = bias;
                for (&weight, &input) in row.iter().zip(now.iter()) {
                    sum = sum + weight * input;
                }
                next.push(if layer + 2 == self.sizes.len() { sum } else { self.activate(sum) });
            }
            std::mem::swap(now, next);
        }
    }

    /// The loss of one sample.
    pub fn loss(&self, parameters: &[Var], sample: &[Var]) -> Var {
        let (inputs, targets) = sample.split_at(self.inputs());
        let (mut outputs, mut room) = (Vec::new(), Vec::new());
        self.forward(parameters, inputs, &mut outputs, &mut room);
        match self.task {
            Task::Number => (outputs[0] - targets[0]).powi(2),
            Task::Class => gradus::log_sum_exp(&outputs) - gradus::dot(&outputs, targets),
        }
    }

    /// The net compiled: parameters shared, inputs and targets for each sample.
    pub fn program(&self) -> gradus::Program {
        let record = |parameters: &[Var], sample: &[Var]| self.loss(parameters, sample);
        gradus::Program::record_shared(&self.parameters(), &self.samples(1), record).expect("the loss can be recorded")
    }
}

/// Numbers in [0, 1), from a linear congruential generator on 64 bits.
fn draws(mut state: u64) -> impl Iterator<Item = f64> {
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / 2_f64.powi(53)
    })
}

/// A list on another kind of plain number.
pub fn rounded<S: Scalar>(list: &[f64]) -> Vec<S> {
    list.iter().map(|&value| S::lit(value)).collect()
}
