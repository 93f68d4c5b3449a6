//! The compiled program: a function is recorded once, lowered to a flat list of instructions, and replayed at other points
//! without calling the closure again.
//!
//! What was recorded stays beside what it was lowered to: a saved program is the recording alone, and a gradient that a
//! replay cannot tell from `0 · ∞` is asked of the tape's own sweep.

#[cfg(feature = "batch")]
mod batch;
#[cfg(feature = "batch")]
mod chunk;
mod code;
mod compute;
mod dataflow;
mod derivatives;
mod function;
mod kernel;
#[cfg(feature = "batch")]
mod layer;
mod list;
mod listing;
#[cfg(feature = "batch")]
mod panel;
mod passes;
mod record;
mod replay;
#[cfg(feature = "serde")]
mod saved;
mod schedule;
#[cfg(feature = "batch")]
mod simd;
mod source;
mod sparse;
mod workspace;

#[cfg(feature = "batch")]
pub use batch::{Batch, Batches, Reduction};
pub use function::Function;
pub use record::{Lowering, Outputs, Recorder};
#[cfg(feature = "serde")]
pub use saved::Rules;
#[cfg(feature = "batch")]
pub use simd::{CpuLevel, Element};
pub use sparse::{SparseHessian, SparseJacobian, SparseMatrix};
pub use workspace::{Number, Workspace};

use crate::error::{Error, Result};
use crate::tape::Var;
use code::Code;
use dataflow::Dataflow;
use schedule::{Sharing, schedule};
use source::Source;
use std::sync::Arc;

/// A recorded function, compiled: immutable, cheap to clone, shared between threads.
///
/// ```
/// use gradus::Program;
///
/// let program = Program::record(&[2.0, 3.0], |x| x[0] * x[0] * x[1] + x[1].sin())?;
/// let (value, gradient) = program.gradient(&[1.0, 0.0])?;
/// assert_eq!((value, gradient), (0.0, vec![0.0, 2.0]));
///
/// // A comparison that went one way while recording guards the program against points where it goes the other.
/// let branchy = Program::record(&[2.0], |x| if x[0] > 0.0 { x[0] * x[0] } else { -x[0] })?;
/// assert!(matches!(branchy.gradient(&[-3.0]), Err(gradus::Error::BranchChanged { .. })));
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Clone)]
pub struct Program {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    source: Source,
    lowering: Lowering,
    /// Before and after each pass, how many values are computed.
    counts: Vec<(&'static str, usize)>,
    /// The dataflow after the passes, before fusion.
    #[cfg(feature = "batch")]
    flow: Dataflow,
    /// For batches, once there is one.
    #[cfg(feature = "batch")]
    batch: std::sync::OnceLock<chunk::BatchCode>,
    /// For a single point.
    code: Code,
}

impl Program {
    /// Records `f` at `point` and compiles it. `f` returns one output or several.
    ///
    /// # Errors
    /// For no inputs or outputs, a point that is not finite, an opaque op, and if `f` reads a plain number out of a
    /// variable ([`Recorder::allow_value_reads`]).
    pub fn record<O: Outputs>(point: &[f64], f: impl FnOnce(&[Var]) -> O) -> Result<Program> {
        Recorder::new().record(point, f)
    }

    /// Records a function of two groups of inputs: `shared` ones, equal for all samples of a batch (parameters), and those of
    /// one `sample`.
    ///
    /// # Errors
    /// As [`record`](Program::record).
    pub fn record_shared<O: Outputs>(
        shared: &[f64],
        sample: &[f64],
        f: impl FnOnce(&[Var], &[Var]) -> O,
    ) -> Result<Program> {
        Recorder::new().record_shared(shared, sample, f)
    }

    fn compile(source: Source, lowering: Lowering) -> Program {
        let mut flow = Dataflow::new(&source);
        let mut counts = vec![("recorded", flow.computed())];
        let code = if lowering == Lowering::Full {
            for pass in &passes::PASSES {
                flow = (pass.run)(&flow);
                counts.push((pass.name, flow.computed()));
            }
            let fused = passes::fuse_and_sweep(&flow, Sharing::None);
            counts.push(("fusion", fused.computed()));
            schedule(&fused, Sharing::None, lowering)
        } else {
            schedule(&flow, Sharing::None, lowering)
        };
        let inner = Inner {
            source,
            lowering,
            counts,
            #[cfg(feature = "batch")]
            flow,
            #[cfg(feature = "batch")]
            batch: std::sync::OnceLock::new(),
            code,
        };
        Program { inner: Arc::new(inner) }
    }

    /// How many inputs it has, shared ones included.
    pub fn inputs(&self) -> usize {
        self.inner.source.inputs()
    }

    /// How many of its inputs, the first ones, are shared by all samples of a batch.
    pub fn shared_inputs(&self) -> usize {
        self.inner.source.groups.shared
    }

    /// How many inputs each sample of a batch has of its own.
    pub fn sample_inputs(&self) -> usize {
        self.inner.source.groups.sample
    }

    /// How many outputs it has.
    pub fn outputs(&self) -> usize {
        self.inner.source.outputs.len()
    }

    /// How many comparisons it was recorded with, which a replay must answer in the same way.
    pub fn guards(&self) -> usize {
        self.inner.source.guards.len()
    }

    /// Memory for replays on `f64` or `f32`.
    pub fn workspace<N: Number>(&self) -> Workspace<'_, N> {
        Workspace::new(self)
    }

    fn check_inputs(&self, found: usize) -> Result<()> {
        if found == self.inputs() {
            return Ok(());
        }
        Err(Error::Length {
            what: "the point",
            found,
            expected: self.inputs(),
            hint: "a program is replayed with as many inputs as it was recorded with, the shared ones first",
        })
    }

    fn check_single_output(&self) -> Result<()> {
        match self.outputs() {
            1 => Ok(()),
            found => Err(Error::OutputCount { found }),
        }
    }
}
