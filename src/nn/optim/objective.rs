//! Programs as problems of the crate `argmin`, whose optimisers then minimise them: L-BFGS, trust regions, conjugate gradients and others.

use crate::error::{Error, Result};
use crate::program::{Function, Program};
use argmin::core::{CostFunction, Gradient, Hessian, Jacobian, Operator};

/// What `argmin` returns.
type Answer<T> = std::result::Result<T, argmin::core::Error>;

/// The program that holds at a point.
type AtPoint<'f> = Box<dyn Fn(&[f64]) -> Result<Program> + Send + Sync + 'f>;

/// A compiled function as a problem of `argmin` 0.11, with parameters of `Vec<f64>`. Beside gradus with its feature `argmin`, a program of
/// one's own needs `argmin = "0.11"` alone.
///
/// With one output it is a cost with its exact gradient and Hessian; with several, an operator with its exact Jacobian. Solvers that
/// invert matrices (`Newton`, `GaussNewton`) do not take a `Vec`: use [`Newton`](super::Newton) and
/// [`LevenbergMarquardt`](super::LevenbergMarquardt) instead.
///
/// An error of the program is argmin's error, `error.downcast_ref::<gradus::Error>()` in its own form. In the midst of a line search,
/// L-BFGS returns the best point so far instead, and the message as the reason why the run ended: whether it converged stands in
/// `run.state().get_termination_status()`.
///
/// L-BFGS asks for gradients only, trust regions for the Hessian too:
///
/// ```
/// use argmin::core::{Executor, State};
/// use argmin::solver::linesearch::MoreThuenteLineSearch;
/// use argmin::solver::quasinewton::LBFGS;
/// use argmin::solver::trustregion::{Steihaug, TrustRegion};
/// use gradus::Program;
/// use gradus::nn::optim::Objective;
///
/// let start = vec![-1.2, 1.0];
/// let rosenbrock = Program::record(&start, |x| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2))?;
///
/// let lbfgs = LBFGS::new(MoreThuenteLineSearch::new(), 7);
/// let run = Executor::new(Objective::new(&rosenbrock), lbfgs)
///     .configure(|state| state.param(start.clone()).max_iters(100))
///     .run()?;
/// let best = run.state().get_best_param().ok_or("no point was reached")?;
/// assert!(best.iter().all(|x| (x - 1.0).abs() < 1e-7), "{best:?}");
///
/// let trust_region = TrustRegion::new(Steihaug::new().with_max_iters(20));
/// let run = Executor::new(Objective::new(&rosenbrock), trust_region)
///     .configure(|state| state.param(start).max_iters(100).target_cost(1e-16))
///     .run()?;
/// let best = run.state().get_best_param().ok_or("no point was reached")?;
/// assert!(best.iter().all(|x| (x - 1.0).abs() < 1e-7), "{best:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Objective<'f> {
    at: AtPoint<'f>,
}

impl<'f> Objective<'f> {
    /// Of a program. A point where one of its comparisons goes another way is an error.
    pub fn new(program: &Program) -> Objective<'f> {
        let program = program.clone();
        Objective { at: Box::new(move |_| Ok(program.clone())) }
    }

    /// Of a function that branches, and records a program for each way through its comparisons.
    ///
    /// ```
    /// use argmin::core::{Executor, State};
    /// use argmin::solver::linesearch::MoreThuenteLineSearch;
    /// use argmin::solver::quasinewton::LBFGS;
    /// use gradus::Function;
    /// use gradus::nn::optim::Objective;
    ///
    /// let f = Function::new(|x| if x[0] > 1.0 { (x[0] - 1.0).powi(2) } else { 3.0 * (x[0] - 1.0).powi(2) });
    /// let run = Executor::new(Objective::branching(&f), LBFGS::new(MoreThuenteLineSearch::new(), 7))
    ///     .configure(|state| state.param(vec![4.0]).max_iters(20))
    ///     .run()?;
    /// let best = run.state().get_best_param().ok_or("no point was reached")?;
    /// assert!((best[0] - 1.0).abs() < 1e-8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn branching(function: &'f Function<'f>) -> Objective<'f> {
        Objective { at: Box::new(|x| function.program(x)) }
    }
}

impl CostFunction for Objective<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Answer<f64> {
        match (self.at)(x)?.values(x)?[..] {
            [value] => Ok(value),
            ref values => Err(Error::OutputCount { found: values.len() }.into()),
        }
    }
}

impl Gradient for Objective<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Answer<Vec<f64>> {
        Ok((self.at)(x)?.gradient(x)?.1)
    }
}

impl Hessian for Objective<'_> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;

    fn hessian(&self, x: &Vec<f64>) -> Answer<Vec<Vec<f64>>> {
        Ok((self.at)(x)?.hessian(x)?)
    }
}

impl Operator for Objective<'_> {
    type Param = Vec<f64>;
    type Output = Vec<f64>;

    fn apply(&self, x: &Vec<f64>) -> Answer<Vec<f64>> {
        Ok((self.at)(x)?.values(x)?)
    }
}

impl Jacobian for Objective<'_> {
    type Param = Vec<f64>;
    type Jacobian = Vec<Vec<f64>>;

    fn jacobian(&self, x: &Vec<f64>) -> Answer<Vec<Vec<f64>>> {
        Ok((self.at)(x)?.jacobian(x)?)
    }
}

/// The mean of a program's output over many samples, as a function of its shared inputs: a problem of `argmin` 0.11 by which all samples
/// together train a net. It runs as [`Batches`](crate::program::Batches) do, in SIMD lanes and on all cores.
///
/// ```
/// use argmin::core::{Executor, State};
/// use argmin::solver::linesearch::MoreThuenteLineSearch;
/// use argmin::solver::quasinewton::LBFGS;
/// use gradus::Program;
/// use gradus::nn::optim::MeanLoss;
/// use gradus::nn::{Activation, Mlp, Model, Predictor, data, loss};
///
/// let mut random = fastrand::Rng::with_seed(1);
/// let moons = data::make_moons(100, 0.1, || random.f64())?;
/// let net = Mlp::new(&[2, 8, 1], Activation::Tanh)?;
/// let start = net.initial_parameters(|| random.f64());
/// let of_sample = Program::record_shared(&start, moons.sample(0), |parameters, sample| {
///     let (inputs, targets) = sample.split_at(moons.inputs());
///     loss::hinge_loss(&net.forward(parameters, inputs), targets) + loss::l2_penalty(parameters, 1e-4)
/// })?;
///
/// let lbfgs = LBFGS::new(MoreThuenteLineSearch::new(), 7).with_tolerance_cost(1e-9)?;
/// let run = Executor::new(MeanLoss::new(&of_sample, moons.samples()), lbfgs)
///     .configure(|state| state.param(start).max_iters(200))
///     .run()?;
/// let trained = run.state().get_best_param().ok_or("no point was reached")?;
/// assert!(run.state().get_best_cost() < 0.05);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "batch")]
pub struct MeanLoss<'a> {
    program: Program,
    samples: &'a [f64],
}

#[cfg(feature = "batch")]
impl<'a> MeanLoss<'a> {
    /// Of a program that [`Program::record_shared`] made, over `samples`, one after the other: see
    /// [`Dataset::samples`](crate::nn::data::Dataset::samples).
    pub fn new(program: &Program, samples: &'a [f64]) -> MeanLoss<'a> {
        MeanLoss { program: program.clone(), samples }
    }
}

#[cfg(feature = "batch")]
impl CostFunction for MeanLoss<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, parameters: &Vec<f64>) -> Answer<f64> {
        let losses = self.program.batches().values(parameters, self.samples)?;
        match self.program.outputs() {
            1 => Ok(losses.iter().sum::<f64>() / losses.len() as f64),
            found => Err(Error::OutputCount { found }.into()),
        }
    }
}

#[cfg(feature = "batch")]
impl Gradient for MeanLoss<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, parameters: &Vec<f64>) -> Answer<Vec<f64>> {
        let mut batches = self.program.batches().reduction(crate::program::Reduction::Mean);
        Ok(batches.gradient(parameters, self.samples)?.gradient)
    }
}
