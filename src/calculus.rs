//! Derivatives of functions, by the names that people call them: exact, to rounding.
//!
//! A function is a closure over [`Var`]s, or any function that is generic over
//! [`Scalar`](crate::Scalar) or `num_traits::Float`. It is called once; everything else is its recording, swept
//! forward or back on the kind of number that the derivative asks for.

use crate::error::{Error, Result, check_direction, check_point};
use crate::number::Dual;
use crate::tape::{AsRecorded, LANES, Operand, Run, Tape, Var};

/// From a recording of more nodes no further derivative is recorded: the next would have some three times as many.
const MOST_RECORDED: usize = 10_000_000;

/// The gradient of `f: ℝⁿ → ℝ` at `x`: its `n` partial derivatives, by one reverse sweep.
///
/// # Errors
/// For no inputs, a point that is not finite, and what an op of one's own does wrong.
///
/// ```
/// let f = |x: &[gradus::Var]| x[0] * x[0] + 3.0 * x[0] * x[1] + x[1] * x[1];
/// assert_eq!(gradus::gradient(f, &[2.0, 3.0])?, [13.0, 12.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn gradient(f: impl FnOnce(&[Var]) -> Var, x: &[f64]) -> Result<Vec<f64>> {
    value_and_gradient(f, x).map(|(_, gradient)| gradient)
}

/// The value and the gradient of `f: ℝⁿ → ℝ` at `x`.
///
/// # Errors
/// As [`gradient`].
///
/// ```
/// let (value, gradient) = gradus::value_and_gradient(|x| x[0] * x[1].sin(), &[2.0, 0.0])?;
/// assert_eq!((value, gradient), (0.0, vec![0.0, 2.0]));
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn value_and_gradient(f: impl FnOnce(&[Var]) -> Var, x: &[f64]) -> Result<(f64, Vec<f64>)> {
    record(
        |x| vec![f(x)],
        x,
        |run| {
            let gradient = run.vjp(&AsRecorded, &[1.0])?;
            Ok((run.recorded_value(0), gradient))
        },
    )
}

/// The derivative of `f: ℝ → ℝ` at `x`.
///
/// # Errors
/// As [`gradient`].
///
/// ```
/// assert_eq!(gradus::derivative(|x| x.powi(3) + 2.0 * x.powi(2) - 5.0 * x + 1.0, 3.0)?, 34.0);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn derivative(f: impl FnOnce(Var) -> Var, x: f64) -> Result<f64> {
    gradient(|x| f(x[0]), &[x]).map(|gradient| gradient[0])
}

/// The value and the first `order` derivatives of `f: ℝ → ℝ` at `x`: `order + 1` numbers.
///
/// Each order records the gradient of the one before, so that the work grows about threefold with each.
///
/// # Errors
/// As [`gradient`]; [`Error::FirstOrderOnly`](crate::Error::FirstOrderOnly) if `f` holds an opaque op and `order > 1`;
/// [`Error::Setting`](crate::Error::Setting) if the recording of a lower order has more than ten million nodes.
///
/// ```
/// assert_eq!(gradus::derivatives(|x| x.powi(4), 2.0, 4)?, [16.0, 32.0, 48.0, 48.0, 24.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn derivatives(f: impl FnOnce(Var) -> Var, x: f64, order: usize) -> Result<Vec<f64>> {
    check_point("point", &[x])?;
    let tape = Tape::new();
    let x = tape.var(x);
    let mut latest = f(x);
    let mut values = vec![latest.plain()];
    for _ in 0..order {
        if tape.len() > MOST_RECORDED {
            return Err(Error::Setting {
                what: "the order of the derivatives",
                value: order as f64,
                expected: "lower for this function: what is recorded grows about threefold with each order, and is 10000000 nodes already",
            });
        }
        latest = match latest.tape() {
            Some(_) => latest.recorded_gradient(&[x])?[0],
            None => Var::from(0.0),
        };
        values.push(latest.plain());
    }
    Ok(values)
}

/// The Jacobian of `f: ℝⁿ → ℝᵐ` at `x`: `m` rows of `n`, `J[i][j] = ∂fᵢ/∂xⱼ`.
///
/// By rows, a reverse sweep each, or by columns, several to a forward sweep, whichever is fewer.
///
/// # Errors
/// As [`gradient`].
///
/// ```
/// let f = |x: &[gradus::Var]| vec![x[0].powi(2) * x[1], x[0] + x[1].powi(3)];
/// assert_eq!(gradus::jacobian(f, &[2.0, 3.0])?, [[12.0, 4.0], [1.0, 27.0]]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn jacobian(f: impl FnOnce(&[Var]) -> Vec<Var>, x: &[f64]) -> Result<Vec<Vec<f64>>> {
    record(f, x, |run| {
        let (m, n) = (run.outputs.len(), run.inputs);
        if m <= n {
            return (0..m).map(|row| run.vjp(&AsRecorded, &unit(row, m))).collect();
        }
        let mut jacobian = vec![vec![0.0; n]; m];
        for first in (0..n).step_by(LANES) {
            let columns = run.push_forward(directions::<LANES>(first))?;
            for (row, output) in jacobian.iter_mut().zip(columns) {
                let width = LANES.min(n - first);
                row[first..first + width].copy_from_slice(&output.tangents()[..width]);
            }
        }
        Ok(jacobian)
    })
}

/// The Jacobian-vector product of `f: ℝⁿ → ℝᵐ` at `x` in the direction `tangent`: the outputs and
/// how each changes along it, by one forward sweep.
///
/// # Errors
/// As [`gradient`]; if `tangent` is not as long as `x` or not finite.
///
/// ```
/// let f = |x: &[gradus::Var]| vec![x[0] * x[1], x[0] + x[1]];
/// let (y, tangent) = gradus::jvp(f, &[2.0, 3.0], &[1.0, 10.0])?;
/// assert_eq!((y, tangent), (vec![6.0, 5.0], vec![23.0, 11.0]));
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn jvp(f: impl FnOnce(&[Var]) -> Vec<Var>, x: &[f64], tangent: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
    check_direction("tangent", tangent, x.len(), "a tangent has an entry for each input")?;
    record(f, x, |run| {
        let outputs = run.push_forward(along(tangent))?;
        Ok(outputs.iter().map(|output| (output.value(), output.tangent())).unzip())
    })
}

/// The vector-Jacobian product of `f: ℝⁿ → ℝᵐ` at `x`: the outputs, and the gradient of their
/// sum weighted by `seed`, by one reverse sweep.
///
/// # Errors
/// As [`gradient`]; if `seed` is not as long as the outputs or not finite.
///
/// ```
/// let f = |x: &[gradus::Var]| vec![x[0] * x[1], x[0] + x[1]];
/// let (y, gradient) = gradus::vjp(f, &[2.0, 3.0], &[1.0, 10.0])?;
/// assert_eq!((y, gradient), (vec![6.0, 5.0], vec![13.0, 12.0]));
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn vjp(f: impl FnOnce(&[Var]) -> Vec<Var>, x: &[f64], seed: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
    record(f, x, |run| {
        check_direction("seed", seed, run.outputs.len(), "a seed has an entry for each output")?;
        let gradient = run.vjp(&AsRecorded, seed)?;
        Ok(((0..run.outputs.len()).map(|output| run.recorded_value(output)).collect(), gradient))
    })
}

/// The Hessian of `f: ℝⁿ → ℝ` at `x`: `n` rows of `n` second derivatives, by reverse sweeps over
/// duals that carry several directions each.
///
/// # Errors
/// As [`gradient`]; [`Error::FirstOrderOnly`](crate::Error::FirstOrderOnly) if `f` holds an opaque op.
///
/// ```
/// let f = |x: &[gradus::Var]| x[0].powi(3) + 2.0 * x[0] * x[1].powi(2) + x[1].powi(4);
/// assert_eq!(gradus::hessian(f, &[1.0, 2.0])?, [[6.0, 8.0], [8.0, 52.0]]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn hessian(f: impl FnOnce(&[Var]) -> Var, x: &[f64]) -> Result<Vec<Vec<f64>>> {
    record(
        |x| vec![f(x)],
        x,
        |run| {
            let n = run.inputs;
            let mut hessian = vec![vec![0.0; n]; n];
            for first in (0..n).step_by(LANES) {
                let primals = run.forward(directions::<LANES>(first))?;
                let gradient: Vec<Dual<f64, LANES>> = run.vjp(primals.as_slice(), &[Dual::from(1.0)])?;
                for (row, partial) in hessian.iter_mut().zip(gradient) {
                    let width = LANES.min(n - first);
                    row[first..first + width].copy_from_slice(&partial.tangents()[..width]);
                }
            }
            Ok(hessian)
        },
    )
}

/// The Hessian of `f: ℝⁿ → ℝ` at `x` times `direction`, by one reverse sweep over duals: the cost
/// of a few gradients, however large `n` is.
///
/// # Errors
/// As [`hessian`]; if `direction` is not as long as `x` or not finite.
///
/// ```
/// let f = |x: &[gradus::Var]| x[0].powi(3) + 2.0 * x[0] * x[1].powi(2) + x[1].powi(4);
/// assert_eq!(gradus::hvp(f, &[1.0, 2.0], &[1.0, 0.5])?, [10.0, 34.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn hvp(f: impl FnOnce(&[Var]) -> Var, x: &[f64], direction: &[f64]) -> Result<Vec<f64>> {
    check_direction("direction", direction, x.len(), "a direction has an entry for each input")?;
    record(
        |x| vec![f(x)],
        x,
        |run| {
            let primals = run.forward(along(direction))?;
            let gradient: Vec<Dual> = run.vjp(primals.as_slice(), &[Dual::from(1.0)])?;
            Ok(gradient.iter().map(|partial| partial.tangent()).collect())
        },
    )
}

/// Records `f` at `x` on a tape of its own and hands the recording to `use_it`.
fn record<T>(f: impl FnOnce(&[Var]) -> Vec<Var>, x: &[f64], use_it: impl FnOnce(&Run<'_>) -> Result<T>) -> Result<T> {
    check_point("point", x)?;
    let tape = Tape::new();
    let inputs = tape.vars(x);
    let outputs = f(&inputs).into_iter().map(|output| tape.operand(output)).collect::<Result<Vec<Operand>>>()?;
    tape.recorded(|recorded| use_it(&Run { graph: recorded.graph(), inputs: x.len(), outputs: &outputs }))?
}

/// Duals that move along the axes `first`, `first + 1`, …
fn directions<const K: usize>(first: usize) -> impl Fn(usize, f64) -> Dual<f64, K> {
    move |index, value| {
        let mut tangents = [None; K];
        if let Some(lane) = index.checked_sub(first).filter(|&lane| lane < K) {
            tangents[lane] = Some(1.0);
        }
        Dual::with_tangents(value, tangents)
    }
}

/// Duals that move along `direction`; an entry of 0 is no movement at all.
fn along(direction: &[f64]) -> impl Fn(usize, f64) -> Dual {
    |index, value| match direction[index] {
        0.0 => Dual::constant(value),
        tangent => Dual::new(value, tangent),
    }
}

fn unit(at: usize, len: usize) -> Vec<f64> {
    let mut unit = vec![0.0; len];
    unit[at] = 1.0;
    unit
}
