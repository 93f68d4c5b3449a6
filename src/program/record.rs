//! How a program is recorded.

use super::Program;
use super::source::{Groups, Reads, Source};
use crate::error::Result;
use crate::tape::Var;

/// What a recorded closure may return: one output, or several.
pub trait Outputs {
    /// The outputs in a list.
    fn into_vec(self) -> Vec<Var>;
}

impl Outputs for Var {
    fn into_vec(self) -> Vec<Var> {
        vec![self]
    }
}

impl Outputs for Vec<Var> {
    fn into_vec(self) -> Vec<Var> {
        self
    }
}

impl<const N: usize> Outputs for [Var; N] {
    fn into_vec(self) -> Vec<Var> {
        self.to_vec()
    }
}

/// How much is done to a recording.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lowering {
    /// All passes: constants, common subexpressions, dead code, fusion. Sums of products are then added up in another way than on the
    /// tape, and functions like `exp` of many values at once are computed in lanes (to 4 units of the last place): a replay agrees with
    /// the tape to rounding.
    #[default]
    Full,
    /// None: a replay does what the tape did, in the same order, and gives the same bits. So do the values of a batch where the
    /// ops are `+ - * / sqrt`; others agree to a few units of the last place.
    None,
}

/// Settings for recording a program.
///
/// ```
/// use gradus::program::{Lowering, Recorder};
/// let program = Recorder::new().lowering(Lowering::None).record(&[0.5], |x| x[0].sin() * 3.0)?;
/// assert_eq!(program.gradient(&[0.0])?.1, [3.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Recorder {
    pub(super) lowering: Lowering,
    reads: Reads,
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder::new()
    }
}

impl Recorder {
    /// All passes; plain numbers may not be read.
    pub fn new() -> Recorder {
        Recorder { lowering: Lowering::Full, reads: Reads::Refused }
    }

    /// How much is done to the recording.
    #[must_use]
    pub fn lowering(self, lowering: Lowering) -> Recorder {
        Recorder { lowering, ..self }
    }

    /// Lets the closure read plain numbers out of variables ([`Var::value`] and the like), for printing, say. What it decides or
    /// computes from them becomes part of the program, and is not checked when it is replayed.
    #[must_use]
    pub fn allow_value_reads(self) -> Recorder {
        Recorder { reads: Reads::Allowed, ..self }
    }

    /// Records `f` at `point`: see [`Program::record`].
    ///
    /// # Errors
    /// As [`Program::record`].
    pub fn record<O: Outputs>(self, point: &[f64], f: impl FnOnce(&[Var]) -> O) -> Result<Program> {
        let groups = Groups { shared: 0, sample: point.len() };
        self.record_groups(point, groups, |x| f(x).into_vec())
    }

    /// Records a function of shared inputs and those of one sample: see [`Program::record_shared`].
    ///
    /// # Errors
    /// As [`Program::record`].
    pub fn record_shared<O: Outputs>(
        self,
        shared: &[f64],
        sample: &[f64],
        f: impl FnOnce(&[Var], &[Var]) -> O,
    ) -> Result<Program> {
        let groups = Groups { shared: shared.len(), sample: sample.len() };
        self.record_groups(&[shared, sample].concat(), groups, |x| {
            let (shared, sample) = x.split_at(groups.shared);
            f(shared, sample).into_vec()
        })
    }

    /// Records a function of all inputs, the shared ones first.
    pub(super) fn record_groups(
        self,
        point: &[f64],
        groups: Groups,
        f: impl FnOnce(&[Var]) -> Vec<Var>,
    ) -> Result<Program> {
        Ok(Program::compile(Source::record(f, point, groups, self.reads)?, self.lowering))
    }
}
