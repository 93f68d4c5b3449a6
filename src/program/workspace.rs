//! The scratch memory of whoever replays a program: sized once, so that a replay allocates nothing.

use super::replay::{Memory, Replay};
use super::{Lowering, Program};
use crate::error::{Error, Result, check_length};
use crate::rule::Scalar;

/// A plain number that a program is replayed on: `f64` or `f32`.
pub trait Number: Scalar + sealed::Plain {}

impl Number for f64 {}
impl Number for f32 {}

mod sealed {
    use crate::program::compute::Compute;
    use crate::program::replay::Replay;
    use crate::tape::Sweep;

    /// Nobody else can be a [`Number`](super::Number).
    pub trait Plain: Replay + Sweep + Compute<Stored = Self> {}
    impl Plain for f64 {}
    impl Plain for f32 {}
}

/// Memory for replays of one [`Program`], for one thread at a time.
///
/// ```
/// use gradus::Program;
/// let program = Program::record(&[1.0, 2.0], |x| x[0] * x[1].exp())?;
/// let mut workspace = program.workspace::<f64>();
/// for step in 0..10 {
///     let (value, gradient) = workspace.gradient(&[step as f64, 0.0])?;
///     assert_eq!((value, gradient), (step as f64, [1.0, step as f64].as_slice()));
/// }
/// # Ok::<(), gradus::Error>(())
/// ```
pub struct Workspace<'p, N: Number = f64> {
    pub(super) program: &'p Program,
    pub(super) scratch: Scratch<N>,
}

/// The memory itself, whose program whoever keeps it has to know.
pub(super) struct Scratch<N: Number> {
    memory: Memory<N>,
    pub(super) outputs: Vec<N>,
    gradient: Vec<N>,
}

impl<N: Number> Scratch<N> {
    pub(super) fn new(program: &Program) -> Scratch<N> {
        let outputs = vec![N::lit(0.0); program.outputs()];
        let gradient = vec![N::lit(0.0); program.inputs()];
        Scratch { memory: Memory::new(&program.inner.code), outputs, gradient }
    }
}

impl<'p, N: Number> Workspace<'p, N> {
    pub(crate) fn new(program: &'p Program) -> Workspace<'p, N> {
        Workspace { program, scratch: Scratch::new(program) }
    }

    /// The outputs at `x`.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NonFinitePoint`], [`Error::BranchChanged`].
    pub fn values(&mut self, x: &[N]) -> Result<&[N]> {
        self.forward(x)?;
        Ok(&self.scratch.outputs)
    }

    /// The output of a program that has one.
    ///
    /// # Errors
    /// As [`values`](Workspace::values); [`Error::OutputCount`] for a program of several outputs.
    pub fn value(&mut self, x: &[N]) -> Result<N> {
        self.program.check_single_output()?;
        self.forward(x)?;
        Ok(self.scratch.outputs[0])
    }

    /// The output of a program that has one, and its gradient.
    ///
    /// # Errors
    /// As [`value`](Workspace::value).
    pub fn gradient(&mut self, x: &[N]) -> Result<(N, &[N])> {
        self.program.check_single_output()?;
        self.forward(x)?;
        self.reverse(x, &[N::lit(1.0)])?;
        Ok((self.scratch.outputs[0], &self.scratch.gradient))
    }

    /// The outputs, and the sum over them of seed times gradient: a vector-Jacobian product.
    ///
    /// # Errors
    /// As [`values`](Workspace::values); if there is not a finite seed for each output.
    pub fn vjp(&mut self, x: &[N], seed: &[N]) -> Result<(&[N], &[N])> {
        check_length("the seed", seed.len(), self.scratch.outputs.len(), "a seed has an entry for each output")?;
        if let Some(index) = seed.iter().position(|value| !value.primal().is_finite()) {
            return Err(Error::NonFinitePoint { what: "seed", index, value: seed[index].primal() });
        }
        self.forward(x)?;
        self.reverse(x, seed)?;
        Ok((&self.scratch.outputs, &self.scratch.gradient))
    }

    fn forward(&mut self, x: &[N]) -> Result<()> {
        match self.try_forward(x)? {
            Some(guard) => Err(self.program.inner.source.branch_changed(guard, None)),
            None => Ok(()),
        }
    }

    /// Computes the outputs, unless a comparison goes another way: then it says which.
    pub(super) fn try_forward(&mut self, x: &[N]) -> Result<Option<u32>> {
        let inner = &self.program.inner;
        self.program.check_inputs(x.len())?;
        if let Some(index) = x.iter().position(|value| !value.primal().is_finite()) {
            return Err(Error::NonFinitePoint { what: "point", index, value: x[index].primal() });
        }
        let Scratch { memory, outputs, .. } = &mut self.scratch;
        memory.forward(&inner.code, |input| x[input]);
        let changed = memory.changed_guard(&inner.code, &inner.source);
        if changed.is_none() {
            for (output, value) in outputs.iter_mut().enumerate() {
                *value = memory.output(&inner.code, output);
            }
        }
        Ok(changed)
    }

    /// The gradient of the outputs weighted by `seed` at `x`, where the sweep forward has just been.
    pub(super) fn reverse(&mut self, x: &[N], seed: &[N]) -> Result<&[N]> {
        let inner = &self.program.inner;
        let Scratch { memory, gradient, .. } = &mut self.scratch;
        if inner.lowering == Lowering::Full {
            memory.reverse(&inner.code, |output| seed[output]);
            for (input, partial) in gradient.iter_mut().enumerate() {
                *partial = memory.adjoint(&inner.code, input);
            }
            if gradient.iter().all(Replay::is_number) {
                return Ok(gradient);
            }
        }
        // A replay multiplies also what reached nothing, and 0 · ∞ is NaN: the tape's own sweep knows the difference.
        *gradient = inner.source.careful_vjp(x, seed)?;
        Ok(gradient)
    }
}
