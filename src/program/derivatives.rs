//! The derivatives of a program at a point, by the names that people call them.

use super::replay::{Memory, Replay};
use super::{Lowering, Program};
use crate::error::{Result, check_direction, check_point};
use crate::number::Dual;
use crate::tape::{LANES, Sweep};

impl Program {
    /// The outputs at `x`.
    ///
    /// # Errors
    /// If `x` has not the length of the inputs or is not finite; [`Error::BranchChanged`](crate::Error::BranchChanged).
    pub fn values(&self, x: &[f64]) -> Result<Vec<f64>> {
        self.workspace().values(x).map(<[f64]>::to_vec)
    }

    /// The value and the gradient of a program with one output.
    ///
    /// # Errors
    /// As [`values`](Program::values); for a program of several outputs.
    pub fn gradient(&self, x: &[f64]) -> Result<(f64, Vec<f64>)> {
        let mut workspace = self.workspace();
        let (value, gradient) = workspace.gradient(x)?;
        Ok((value, gradient.to_vec()))
    }

    /// The outputs, and the sum over them of seed times gradient.
    ///
    /// # Errors
    /// As [`values`](Program::values); if there is not a finite seed for each output.
    pub fn vjp(&self, x: &[f64], seed: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        check_direction("seed", seed, self.outputs(), "a seed has an entry for each output")?;
        let mut workspace = self.workspace();
        let (values, gradient) = workspace.vjp(x, seed)?;
        Ok((values.to_vec(), gradient.to_vec()))
    }

    /// The outputs, and how each changes along `tangent`.
    ///
    /// # Errors
    /// As [`values`](Program::values); if `tangent` is not as long as `x` or not finite.
    pub fn jvp(&self, x: &[f64], tangent: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        check_direction("tangent", tangent, self.inputs(), "a tangent has an entry for each input")?;
        let outputs = self.push_forward(&mut self.memory(), x, |input| along(x[input], tangent[input]))?;
        Ok(outputs.iter().map(|output| (output.value(), output.tangent())).unzip())
    }

    /// The Jacobian at `x`: a row for each output, a column for each input. By rows or by columns, whichever are fewer.
    ///
    /// # Errors
    /// As [`values`](Program::values).
    pub fn jacobian(&self, x: &[f64]) -> Result<Vec<Vec<f64>>> {
        let (m, n) = (self.outputs(), self.inputs());
        if m <= n {
            let mut workspace = self.workspace();
            let row = |row: usize| {
                let seed: Vec<f64> = (0..m).map(|output| f64::from(output == row)).collect();
                workspace.vjp(x, &seed).map(|(_, gradient)| gradient.to_vec())
            };
            return (0..m).map(row).collect();
        }
        let mut jacobian = vec![vec![0.0; n]; m];
        let mut memory = self.memory();
        for first in (0..n).step_by(LANES) {
            let outputs = self.push_forward(&mut memory, x, |input| direction(x[input], input, first))?;
            for (row, output) in jacobian.iter_mut().zip(outputs) {
                let width = LANES.min(n - first);
                row[first..first + width].copy_from_slice(&output.tangents()[..width]);
            }
        }
        Ok(jacobian)
    }

    /// The Hessian of a program with one output, by sweeps back over duals of several directions.
    ///
    /// # Errors
    /// As [`gradient`](Program::gradient).
    pub fn hessian(&self, x: &[f64]) -> Result<Vec<Vec<f64>>> {
        let n = self.inputs();
        let mut hessian = vec![vec![0.0; n]; n];
        let mut memory = self.memory();
        for first in (0..n).step_by(LANES) {
            let gradient = self.dual_gradient(&mut memory, x, |input| direction(x[input], input, first))?;
            for (row, partial) in hessian.iter_mut().zip(gradient) {
                let width = LANES.min(n - first);
                row[first..first + width].copy_from_slice(&partial.tangents()[..width]);
            }
        }
        Ok(hessian)
    }

    /// The Hessian of a program with one output times `direction`.
    ///
    /// # Errors
    /// As [`gradient`](Program::gradient); if `direction` is not as long as `x` or not finite.
    pub fn hvp(&self, x: &[f64], direction: &[f64]) -> Result<Vec<f64>> {
        check_direction("direction", direction, self.inputs(), "a direction has an entry for each input")?;
        let gradient = self.dual_gradient(&mut self.memory(), x, |input| along(x[input], direction[input]))?;
        Ok(gradient.iter().map(|partial| partial.tangent()).collect())
    }

    pub(crate) fn memory<C: Replay + Sweep + Send + Sync>(&self) -> Memory<C> {
        Memory::new(&self.inner.code)
    }

    fn forward<C: Replay + Sweep + Send + Sync>(
        &self,
        memory: &mut Memory<C>,
        x: &[f64],
        input: impl Fn(usize) -> C,
    ) -> Result<()> {
        self.check_inputs(x.len())?;
        check_point("point", x)?;
        memory.forward(&self.inner.code, input);
        memory.check_guards(&self.inner.code, &self.inner.source)
    }

    /// The outputs on another kind of number.
    pub(crate) fn push_forward<C: Replay + Sweep + Send + Sync>(
        &self,
        memory: &mut Memory<C>,
        x: &[f64],
        input: impl Fn(usize) -> C,
    ) -> Result<Vec<C>> {
        self.forward(memory, x, input)?;
        Ok((0..self.outputs()).map(|output| memory.output(&self.inner.code, output)).collect())
    }

    /// The gradient of a program with one output, on another kind of number.
    pub(crate) fn dual_gradient<C: Replay + Sweep + Send + Sync>(
        &self,
        memory: &mut Memory<C>,
        x: &[f64],
        input: impl Fn(usize) -> C,
    ) -> Result<Vec<C>> {
        self.check_single_output()?;
        self.forward(memory, x, &input)?;
        let inner = &self.inner;
        if inner.lowering == Lowering::Full {
            memory.reverse(&inner.code, |_| C::lit(1.0));
            let gradient: Vec<C> = (0..self.inputs()).map(|input| memory.adjoint(&inner.code, input)).collect();
            if gradient.iter().all(Replay::is_number) {
                return Ok(gradient);
            }
        }
        let moving: Vec<C> = (0..self.inputs()).map(input).collect();
        inner.source.careful_vjp(&moving, &[C::lit(1.0)])
    }
}

/// A dual that moves by `tangent`; 0 is no movement at all.
fn along(value: f64, tangent: f64) -> Dual {
    if tangent == 0.0 { Dual::constant(value) } else { Dual::new(value, tangent) }
}

/// A dual that moves along one of the axes from `first` on, if `input` is among them.
fn direction(value: f64, input: usize, first: usize) -> Dual<f64, LANES> {
    let mut tangents = [None; LANES];
    if let Some(lane) = input.checked_sub(first).filter(|&lane| lane < LANES) {
        tangents[lane] = Some(1.0);
    }
    Dual::with_tangents(value, tangents)
}
