//! The scratch memory of whoever replays a program: sized once, so that a replay allocates nothing.

use super::replay::{Memory, Replay};
use super::{Lowering, Program};
use crate::error::{Error, Result};
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
    program: &'p Program,
    memory: Memory<N>,
    outputs: Vec<N>,
    gradient: Vec<N>,
}

impl<'p, N: Number> Workspace<'p, N> {
    pub(crate) fn new(program: &'p Program) -> Workspace<'p, N> {
        let outputs = vec![N::lit(0.0); program.outputs()];
        let gradient = vec![N::lit(0.0); program.inputs()];
        Workspace { program, memory: Memory::new(&program.inner.code), outputs, gradient }
    }

    /// The outputs at `x`.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::NonFinitePoint`], [`Error::BranchChanged`].
    pub fn values(&mut self, x: &[N]) -> Result<&[N]> {
        self.forward(x)?;
        Ok(&self.outputs)
    }

    /// The output of a program that has one.
    ///
    /// # Errors
    /// As [`values`](Workspace::values); [`Error::OutputCount`] for a program of several outputs.
    pub fn value(&mut self, x: &[N]) -> Result<N> {
        self.program.check_single_output()?;
        self.forward(x)?;
        Ok(self.outputs[0])
    }

    /// The output of a program that has one, and its gradient.
    ///
    /// # Errors
    /// As [`value`](Workspace::value).
    pub fn gradient(&mut self, x: &[N]) -> Result<(N, &[N])> {
        self.program.check_single_output()?;
        self.forward(x)?;
        self.reverse(x, &[N::lit(1.0)])?;
        Ok((self.outputs[0], &self.gradient))
    }

    /// The outputs, and the sum over them of seed times gradient: a vector-Jacobian product.
    ///
    /// # Errors
    /// As [`values`](Workspace::values); if there is not a finite seed for each output.
    pub fn vjp(&mut self, x: &[N], seed: &[N]) -> Result<(&[N], &[N])> {
        if seed.len() != self.outputs.len() {
            return Err(Error::Length {
                what: "the seed",
                found: seed.len(),
                expected: self.outputs.len(),
                hint: "a seed has an entry for each output",
            });
        }
        self.forward(x)?;
        self.reverse(x, seed)?;
        Ok((&self.outputs, &self.gradient))
    }

    fn forward(&mut self, x: &[N]) -> Result<()> {
        let inner = &self.program.inner;
        self.program.check_inputs(x.len())?;
        if let Some(index) = x.iter().position(|value| !value.primal().is_finite()) {
            return Err(Error::NonFinitePoint { what: "point", index, value: x[index].primal() });
        }
        self.memory.forward(&inner.code, |input| x[input]);
        self.memory.check_guards(&inner.code, &inner.source)?;
        for (output, value) in self.outputs.iter_mut().enumerate() {
            *value = self.memory.output(&inner.code, output);
        }
        Ok(())
    }

    fn reverse(&mut self, x: &[N], seed: &[N]) -> Result<()> {
        let inner = &self.program.inner;
        if inner.lowering == Lowering::Full {
            self.memory.reverse(&inner.code, |output| seed[output]);
            for (input, partial) in self.gradient.iter_mut().enumerate() {
                *partial = self.memory.adjoint(&inner.code, input);
            }
            if self.gradient.iter().all(Replay::is_number) {
                return Ok(());
            }
        }
        // A replay multiplies also what reached nothing, and 0 · ∞ is NaN: the tape's own sweep knows the difference.
        self.gradient = inner.source.careful_vjp(x, seed)?;
        Ok(())
    }
}
