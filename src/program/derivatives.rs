//! The derivatives of a program at a point, by the names that people call them.

use super::replay::{Memory, Replay};
use super::{Lowering, Program};
use crate::error::{Result, check_direction, check_point};
use crate::number::{DIRECTIONS, Dual, Jet};
use crate::rule::Scalar;

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
        let outputs = self.push_forward(&mut self.memory(), x, |input| Jet::along(x[input], 0, tangent[input]))?;
        Ok(outputs.iter().map(|output| (output.value, output.tangents[0])).unzip())
    }

    /// The Jacobian at `x`: a row for each output, a column for each input. By rows or by columns, whichever are fewer.
    ///
    /// # Errors
    /// As [`values`](Program::values).
    pub fn jacobian(&self, x: &[f64]) -> Result<Vec<Vec<f64>>> {
        let (m, n) = (self.outputs(), self.inputs());
        let mut jacobian = vec![vec![0.0; n]; m];
        let code = &self.inner.code;
        // Where long runs go through lanes, plain sweeps are so fast that four at once on jets, which do not, are slower.
        if m == 1 || m <= n && (code.has_tiles || code.lowering == Lowering::None) {
            let mut workspace = self.workspace();
            let mut seed = vec![0.0; m];
            for (row, entries) in jacobian.iter_mut().enumerate() {
                seed[row] = 1.0;
                entries.copy_from_slice(workspace.vjp(x, &seed)?.1);
                seed[row] = 0.0;
            }
            return Ok(jacobian);
        }
        let mut memory = self.memory();
        if m <= n {
            for first in (0..m).step_by(DIRECTIONS) {
                let gradients = self.pull_back(&mut memory, x, |output| axis(0.0, output, first).tangents)?;
                for (direction, row) in jacobian[first..].iter_mut().take(DIRECTIONS).enumerate() {
                    row.iter_mut().zip(&gradients).for_each(|(entry, gradient)| *entry = gradient.tangents[direction]);
                }
            }
            return Ok(jacobian);
        }
        for first in (0..n).step_by(DIRECTIONS) {
            let outputs = self.push_forward(&mut memory, x, |input| axis(x[input], input, first))?;
            for (row, output) in jacobian.iter_mut().zip(outputs) {
                let width = DIRECTIONS.min(n - first);
                row[first..first + width].copy_from_slice(&output.tangents[..width]);
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
        for first in (0..n).step_by(DIRECTIONS) {
            let gradient = self.jet_gradient(&mut memory, x, |input| axis(x[input], input, first))?;
            for (row, partial) in hessian.iter_mut().zip(gradient) {
                let width = DIRECTIONS.min(n - first);
                row[first..first + width].copy_from_slice(&partial.tangents[..width]);
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
        let gradient = self.jet_gradient(&mut self.memory(), x, |input| Jet::along(x[input], 0, direction[input]))?;
        Ok(gradient.iter().map(|partial| partial.tangents[0]).collect())
    }

    pub(super) fn memory(&self) -> Memory<Jet> {
        Memory::new(&self.inner.code)
    }

    fn forward(&self, memory: &mut Memory<Jet>, x: &[f64], input: impl Fn(usize) -> Jet) -> Result<()> {
        self.check_inputs(x.len())?;
        check_point("point", x)?;
        memory.forward(&self.inner.code, input);
        memory.check_guards(&self.inner.code, &self.inner.source)
    }

    /// The outputs on jets.
    pub(super) fn push_forward(
        &self,
        memory: &mut Memory<Jet>,
        x: &[f64],
        input: impl Fn(usize) -> Jet,
    ) -> Result<Vec<Jet>> {
        self.forward(memory, x, &input)?;
        let outputs: Vec<Jet> = (0..self.outputs()).map(|output| memory.output(&self.inner.code, output)).collect();
        if outputs.iter().all(Replay::is_number) {
            return Ok(outputs);
        }
        self.inner
            .source
            .carefully(|run| Ok(run.push_forward(|index, _| dual(input(index)))?.into_iter().map(jet).collect()))
    }

    /// The sums over the outputs of seed times gradient, for several seeds at once.
    ///
    /// On jets that do not move, a partial has tangents of 0; a seed whose value is 0 then hands on nothing but its tangents, each
    /// times the partials.
    pub(super) fn pull_back(
        &self,
        memory: &mut Memory<Jet>,
        x: &[f64],
        seed: impl Fn(usize) -> [f64; DIRECTIONS],
    ) -> Result<Vec<Jet>> {
        self.forward(memory, x, |input| Jet::lit(x[input]))?;
        let inner = &self.inner;
        if inner.lowering == Lowering::Full {
            memory.reverse(&inner.code, |output| Jet { value: 0.0, tangents: seed(output) });
            let gradient: Vec<Jet> = (0..self.inputs()).map(|input| memory.adjoint(&inner.code, input)).collect();
            if gradient.iter().all(Replay::is_number) {
                return Ok(gradient);
            }
        }
        let mut gradients = vec![Jet::lit(0.0); self.inputs()];
        for direction in 0..DIRECTIONS {
            let seeds: Vec<f64> = (0..self.outputs()).map(|output| seed(output)[direction]).collect();
            if seeds.iter().any(|&seed| seed != 0.0) {
                let gradient = inner.source.careful_vjp(x, &seeds)?;
                gradients.iter_mut().zip(gradient).for_each(|(jet, partial)| jet.tangents[direction] = partial);
            }
        }
        Ok(gradients)
    }

    /// The gradient of a program with one output, on jets.
    pub(super) fn jet_gradient(
        &self,
        memory: &mut Memory<Jet>,
        x: &[f64],
        input: impl Fn(usize) -> Jet,
    ) -> Result<Vec<Jet>> {
        self.check_single_output()?;
        self.forward(memory, x, &input)?;
        let inner = &self.inner;
        if inner.lowering == Lowering::Full {
            memory.reverse(&inner.code, |_| Jet::lit(1.0));
            let gradient: Vec<Jet> = (0..self.inputs()).map(|input| memory.adjoint(&inner.code, input)).collect();
            if gradient.iter().all(Replay::is_number) {
                return Ok(gradient);
            }
        }
        let moving: Vec<Dual<f64, DIRECTIONS>> = (0..self.inputs()).map(|index| dual(input(index))).collect();
        Ok(inner.source.careful_vjp(&moving, &[Dual::from(1.0)])?.into_iter().map(jet).collect())
    }
}

/// An input that moves along one of the axes from `first` on, if it is among them.
fn axis(value: f64, input: usize, first: usize) -> Jet {
    match input.checked_sub(first).filter(|&direction| direction < DIRECTIONS) {
        Some(direction) => Jet::along(value, direction, 1.0),
        None => Jet::lit(value),
    }
}

/// The dual of an input; one that moves by 0 does not move.
fn dual(jet: Jet) -> Dual<f64, DIRECTIONS> {
    Dual::with_tangents(jet.value, jet.tangents.map(|tangent| (tangent != 0.0).then_some(tangent)))
}

fn jet(dual: Dual<f64, DIRECTIONS>) -> Jet {
    Jet { value: dual.value(), tangents: dual.tangents() }
}
