//! The workloads that the benchmarks measure, written once for every kind of number, and how a
//! contender is checked and timed on them.

#[allow(dead_code)] // Not every benchmark trains a net.
pub mod net;

use criterion::{BenchmarkId, Criterion, Throughput};
use gradus::{Tape, Var};
use std::f64::consts::FRAC_PI_3;
use std::hint::black_box;
use std::ops::{Add, Mul, Sub};
use std::time::Duration;

/// What a workload asks of a number: what every contender can do.
pub trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
{
    /// `1 - self`. A method, because `f64: Sub<N>` would have to be repeated in every signature.
    fn one_minus(self) -> Self;
    fn sin(self) -> Self;
    fn tanh(self) -> Self;
    fn relu(self) -> Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
}

/// Says how a kind of number does that. Spell its functions as paths: a method call could find the
/// very function that is being defined.
macro_rules! number {
    ([$($generics:tt)*] $Number:ty, $x:ident: one_minus $one_minus:expr, sin $sin:expr, tanh $tanh:expr, relu $relu:expr, exp $exp:expr, ln $ln:expr) => {
        impl<$($generics)*> $crate::workloads::Number for $Number {
            #[inline(always)]
            fn one_minus(self) -> Self {
                let $x = self;
                $one_minus
            }
            #[inline(always)]
            fn sin(self) -> Self {
                let $x = self;
                $sin
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                let $x = self;
                $tanh
            }
            #[inline(always)]
            fn relu(self) -> Self {
                let $x = self;
                $relu
            }
            #[inline(always)]
            fn exp(self) -> Self {
                let $x = self;
                $exp
            }
            #[inline(always)]
            fn ln(self) -> Self {
                let $x = self;
                $ln
            }
        }
    };
}
number! { [] f64, x:
    one_minus 1.0 - x, sin f64::sin(x), tanh f64::tanh(x), relu f64::max(x, 0.0), exp f64::exp(x), ln f64::ln(x)
}
number! { [] Var, x:
    one_minus 1.0 - x, sin Var::sin(x), tanh Var::tanh(x), relu Var::relu(x), exp Var::exp(x), ln Var::ln(x)
}

/// A function of many inputs with one output, and how many elementary operations it takes: the
/// same count for everyone, also for those who record more nodes than that, or fewer.
pub trait Workload {
    fn name(&self) -> &'static str;
    fn ops(&self) -> usize;
    fn inputs(&self) -> Vec<f64>;
    fn value<N: Number>(&self, x: &[N]) -> N;
}

/// The Rosenbrock function of 1000 variables: a wide sum of short terms.
pub struct Rosenbrock;

impl Rosenbrock {
    const INPUTS: usize = 1000;
    const TERMS: usize = Self::INPUTS - 1;
    /// `x*x`, `-`, `t*t`, `100*`, `1-`, `u*u`, `+`.
    const OPS_PER_TERM: usize = 7;
    /// The terms, and the additions between them.
    const OPS: usize = Self::TERMS * Self::OPS_PER_TERM + (Self::TERMS - 1);
}

impl Workload for Rosenbrock {
    fn name(&self) -> &'static str {
        "rosenbrock 1000"
    }

    fn ops(&self) -> usize {
        Self::OPS
    }

    fn inputs(&self) -> Vec<f64> {
        (0..Self::INPUTS).map(|i| 0.5 + 0.4 * (i as f64).sin()).collect()
    }

    fn value<N: Number>(&self, x: &[N]) -> N {
        let term = |i: usize| {
            let t = x[i + 1] - x[i] * x[i];
            let u = x[i].one_minus();
            t * t * 100.0 + u * u
        };
        let mut sum = term(0);
        for i in 1..Self::TERMS {
            sum = sum + term(i);
        }
        sum
    }
}

/// The product of 1000 variables: one chain, in which each operation waits for the one before.
pub struct Product;

impl Product {
    const INPUTS: usize = 1000;
    const OPS: usize = Self::INPUTS - 1;
}

impl Workload for Product {
    fn name(&self) -> &'static str {
        "product 1000"
    }

    fn ops(&self) -> usize {
        Self::OPS
    }

    fn inputs(&self) -> Vec<f64> {
        // Near 1, so that the product neither overflows nor underflows.
        (0..Self::INPUTS).map(|i| 1.0 + 0.1 * (i as f64).sin()).collect()
    }

    fn value<N: Number>(&self, x: &[N]) -> N {
        let mut product = x[0];
        for &factor in &x[1..] {
            product = product * factor;
        }
        product
    }
}

/// The activation of the hidden layers.
#[derive(Clone, Copy)]
pub enum Activation {
    Tanh,
    Relu,
}

/// The loss of a 2-16-16-1 net on the hundred points of the two moons, scalar by scalar, with
/// respect to its parameters.
pub struct Moons {
    points: Vec<([f64; 2], f64)>,
    activation: Activation,
}

impl Moons {
    const POINTS: usize = 100;
    const WIDTH: usize = 16;
    /// Each layer has a row per neuron: its weights, then its bias.
    const PARAMETERS: usize = Self::WIDTH * (2 + 1) + Self::WIDTH * (Self::WIDTH + 1) + (Self::WIDTH + 1);
    /// Two for each weight and one for each activation; the bias is where the sum begins.
    const OPS_PER_SCORE: usize = 2 * (Self::WIDTH * 2 + Self::WIDTH * Self::WIDTH + Self::WIDTH) + 2 * Self::WIDTH;
    /// The scores, `-` and the square of each, the additions between them and the division at the end.
    const OPS: usize = Self::POINTS * (Self::OPS_PER_SCORE + 2) + (Self::POINTS - 1) + 1;

    pub fn new(activation: Activation) -> Moons {
        let points: Vec<_> = include_str!("../../examples/data/moons.csv")
            .lines()
            .skip(1)
            .map(|line| {
                let mut columns = line.split(',').map(|column| column.parse().expect("a column is a number"));
                let mut next = || columns.next().expect("a line has three columns");
                ([next(), next()], next())
            })
            .collect();
        assert_eq!(points.len(), Self::POINTS);
        Moons { points, activation }
    }

    fn activate<N: Number>(&self, x: N) -> N {
        match self.activation {
            Activation::Tanh => x.tanh(),
            Activation::Relu => x.relu(),
        }
    }

    fn score<N: Number>(&self, parameters: &[N], point: &[f64; 2]) -> N {
        let (first, rest) = parameters.split_at(Self::WIDTH * (2 + 1));
        let (second, last) = rest.split_at(Self::WIDTH * (Self::WIDTH + 1));
        let hidden: [N; Self::WIDTH] = std::array::from_fn(|i| self.activate(neuron(&first[3 * i..3 * i + 3], point)));
        let row = |i: usize| &second[(Self::WIDTH + 1) * i..(Self::WIDTH + 1) * (i + 1)];
        let hidden: [N; Self::WIDTH] = std::array::from_fn(|i| self.activate(neuron(row(i), &hidden)));
        neuron(last, &hidden)
    }
}

/// Weights times inputs, added to the bias. The inputs are plain numbers in the first layer.
fn neuron<N: Number + Mul<X, Output = N>, X: Copy>(row: &[N], inputs: &[X]) -> N {
    let (weights, bias) = row.split_at(inputs.len());
    let mut sum = bias[0];
    for (&weight, &input) in weights.iter().zip(inputs) {
        sum = sum + weight * input;
    }
    sum
}

impl Workload for Moons {
    fn name(&self) -> &'static str {
        match self.activation {
            Activation::Tanh => "moons tanh",
            Activation::Relu => "moons relu",
        }
    }

    fn ops(&self) -> usize {
        Self::OPS
    }

    fn inputs(&self) -> Vec<f64> {
        (0..Self::PARAMETERS).map(|i| 0.5 * (1.7 * i as f64 + FRAC_PI_3).sin()).collect()
    }

    fn value<N: Number>(&self, x: &[N]) -> N {
        let loss = |(point, label): &([f64; 2], f64)| {
            let error = self.score(x, point) - *label;
            error * error
        };
        let mut sum = loss(&self.points[0]);
        for point in &self.points[1..] {
            sum = sum + loss(point);
        }
        sum * (1.0 / Self::POINTS as f64)
    }
}

const STEPS: usize = 1_000_000;
const OPS_PER_STEP: usize = 3;

/// A million steps of `x = sin(x)*1.0001 + 0.1`: a tape that does not fit into any cache. Its
/// derivative underflows to 0 after some 1,800 steps, so who skips adjoints that are 0 skips the
/// sweep; therefore there is also [`SteadyChain`].
pub struct Chain;

impl Workload for Chain {
    fn name(&self) -> &'static str {
        "chain sin"
    }

    fn ops(&self) -> usize {
        STEPS * OPS_PER_STEP
    }

    fn inputs(&self) -> Vec<f64> {
        vec![1.0]
    }

    fn value<N: Number>(&self, x: &[N]) -> N {
        let mut x = x[0];
        for _ in 0..STEPS {
            x = x.sin() * 1.0001 + 0.1;
        }
        x
    }
}

/// A million steps of `x = x + 1e-6*sin(x)`, whose derivative stays near 1.
pub struct SteadyChain;

impl Workload for SteadyChain {
    fn name(&self) -> &'static str {
        "chain x+sin"
    }

    fn ops(&self) -> usize {
        STEPS * OPS_PER_STEP
    }

    fn inputs(&self) -> Vec<f64> {
        vec![1.0]
    }

    fn value<N: Number>(&self, x: &[N]) -> N {
        let mut x = x[0];
        for _ in 0..STEPS {
            x = x + x.sin() * 1e-6;
        }
        x
    }
}

/// The objective of a mixture of Gaussians, as in ADBench (Srajer, Kukelova & Fitzgibbon 2018) but for its constants: 100 points
/// in ten dimensions, five components with a triangular factor of the inverse covariance each. The data are such that the
/// exponentials neither overflow nor underflow, so that they are added up as they are.
pub struct GaussianMixture;

impl GaussianMixture {
    const POINTS: usize = 100;
    const DIMENSIONS: usize = 10;
    const COMPONENTS: usize = 5;
    const TRIANGLE: usize = Self::DIMENSIONS * (Self::DIMENSIONS - 1) / 2;
    /// Of each component the weight, the mean, the logarithms of the diagonal, the triangle.
    const PARAMETERS: usize = 1 + 2 * Self::DIMENSIONS + Self::TRIANGLE;
    /// The exponentials of the diagonal; its sum; the two squared norms and what is made of them.
    const OPS_PER_COMPONENT: usize = 3 * Self::DIMENSIONS - 1 + 2 * Self::DIMENSIONS - 1 + 2 * Self::TRIANGLE + 1 + 1;
    /// The difference; its products with the triangle; the squared norm and what is made of it; the exponential.
    const OPS_PER_DISTANCE: usize = 2 * Self::DIMENSIONS + 2 * Self::TRIANGLE + 2 * Self::DIMENSIONS - 1 + 3;
}

impl Workload for GaussianMixture {
    fn name(&self) -> &'static str {
        "gaussian mixture"
    }

    fn ops(&self) -> usize {
        let components = Self::COMPONENTS * (Self::OPS_PER_COMPONENT - Self::DIMENSIONS) + Self::COMPONENTS - 1;
        let points = Self::POINTS * (Self::COMPONENTS * Self::OPS_PER_DISTANCE + Self::COMPONENTS - 1 + 1 + 1);
        let weights = Self::COMPONENTS + Self::COMPONENTS - 1 + 2;
        components + points + weights + 1
    }

    fn inputs(&self) -> Vec<f64> {
        (0..Self::COMPONENTS * Self::PARAMETERS).map(|i| 0.3 * (1.3 * i as f64 + 0.5).sin()).collect()
    }

    fn value<N: Number>(&self, x: &[N]) -> N {
        let sum = |terms: &[N]| terms[1..].iter().fold(terms[0], |sum, &term| sum + term);
        let squares = |terms: &[N]| terms[1..].iter().fold(terms[0] * terms[0], |sum, &term| sum + term * term);
        let mut components = Vec::new();
        let mut prior = Vec::new();
        for own in x.chunks_exact(Self::PARAMETERS) {
            let (weight, own) = (own[0], &own[1..]);
            let (mean, own) = own.split_at(Self::DIMENSIONS);
            let (logarithms, triangle) = own.split_at(Self::DIMENSIONS);
            let diagonal: Vec<N> = logarithms.iter().map(|each| each.exp()).collect();
            prior.push((squares(&diagonal) + squares(triangle)) * 0.5);
            components.push((weight + sum(logarithms), mean, diagonal, triangle));
        }
        let mut objective = sum(&prior);
        for point in 0..Self::POINTS {
            let mut terms = Vec::new();
            for (weight, mean, diagonal, triangle) in &components {
                let apart: Vec<N> =
                    mean.iter().enumerate().map(|(i, &mean)| mean - (0.7 * (point * 10 + i) as f64).sin()).collect();
                let mut turned: Vec<N> = apart.iter().zip(diagonal).map(|(&apart, &factor)| apart * factor).collect();
                let mut rest = triangle.iter();
                for column in 0..Self::DIMENSIONS {
                    for row in column + 1..Self::DIMENSIONS {
                        if let Some(&factor) = rest.next() {
                            turned[row] = turned[row] + apart[column] * factor;
                        }
                    }
                }
                terms.push((*weight - squares(&turned) * 0.5).exp());
            }
            objective = objective + sum(&terms).ln();
        }
        let weights: Vec<N> = x.chunks_exact(Self::PARAMETERS).map(|own| own[0].exp()).collect();
        objective - sum(&weights).ln() * Self::POINTS as f64
    }
}

/// Does something with each workload. A macro, because a closure cannot be generic.
macro_rules! for_each_workload {
    (|$workload:ident| $body:expr) => {
        for_each_workload! { |$workload| $body;
            Rosenbrock, Product, GaussianMixture, Moons::new(Activation::Tanh), Moons::new(Activation::Relu), Chain, SteadyChain
        }
    };
    (|$workload:ident| $body:expr; $($each:expr),*) => {
        $({
            let $workload = &$each;
            $body;
        })*
    };
}

/// Someone who computes gradients of one workload: a name, and from the inputs to the gradient.
pub type Contender<'w> = (&'static str, Box<dyn FnMut(&[f64]) -> Vec<f64> + 'w>);

/// Records on one tape, which is cleared each time and keeps its memory.
pub fn gradus(workload: &impl Workload) -> Contender<'_> {
    let tape = Tape::new();
    let gradient = move |x: &[f64]| {
        tape.clear();
        let x = tape.vars(x);
        workload.value(&x).backward().wrt(&x).expect("the inputs are on the tape")
    };
    ("gradus", Box::new(gradient))
}

/// Panics if the workload does not take as many operations as it says. Gradus records a node for each.
pub fn check_ops(workload: &impl Workload) {
    let tape = Tape::new();
    let x = tape.vars(&workload.inputs());
    workload.value(&x);
    assert_eq!(tape.len() - x.len(), workload.ops(), "operations of {}", workload.name());
}

/// Panics unless all contenders find the same finite gradient, twice in a row: nobody is to be
/// measured on wrong results.
pub fn check(workload: &impl Workload, contenders: Vec<Contender>) {
    const TOLERANCE: f64 = 1e-9;
    let x = workload.inputs();
    let mut reference: Option<Vec<f64>> = None;
    for (name, mut gradient) in contenders {
        for _ in 0..2 {
            let found = gradient(&x);
            let expected = reference.get_or_insert_with(|| found.clone());
            assert_eq!(found.len(), expected.len(), "{name} on {}: length of the gradient", workload.name());
            for (i, (&found, &expected)) in found.iter().zip(expected.iter()).enumerate() {
                let close = (found - expected).abs() <= TOLERANCE * expected.abs().max(found.abs());
                assert!(close, "{name} on {}: partial {i} is {found}, not {expected}", workload.name());
            }
        }
    }
}

/// Times the plain evaluation and then each contender's whole gradient.
///
/// The throughput counts elementary operations: the inverse of "Gelem/s" is ns per operation.
pub fn measure(criterion: &mut Criterion, workload: &impl Workload, contenders: Vec<Contender>) {
    let x = workload.inputs();
    let mut group = criterion.benchmark_group(workload.name());
    group
        .throughput(Throughput::Elements(workload.ops() as u64))
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500));
    group.bench_function(BenchmarkId::from_parameter("f64"), |b| b.iter(|| workload.value(black_box(&x))));
    for (name, mut gradient) in contenders {
        group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| gradient(black_box(&x))));
    }
    group.finish();
}
