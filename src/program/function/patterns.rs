//! The patterns that a function knows: programs, the one used last first.

use super::super::workspace::{Scratch, Workspace};
use super::super::{Inner, Program};
use crate::error::Result;
use std::sync::Arc;

/// A program, and memory to replay it with.
pub(super) struct Pattern {
    pub(super) program: Program,
    scratch: Option<Scratch<f64>>,
}

/// A program that did not fit, and which of its guards said so.
pub(super) struct Miss {
    pub(super) program: Program,
    pub(super) guard: u32,
}

impl Pattern {
    pub(super) fn new(program: Program) -> Pattern {
        Pattern { program, scratch: None }
    }

    /// Replays at `x` and hands the workspace to `use_it`, or says which comparison goes another way.
    pub(super) fn replay<T>(
        &mut self,
        x: &[f64],
        use_it: impl FnOnce(&mut Workspace<'_>) -> Result<T>,
    ) -> std::result::Result<Result<T>, u32> {
        let scratch = self.scratch.take().unwrap_or_else(|| Scratch::new(&self.program));
        let mut workspace = Workspace { program: &self.program, scratch };
        let result = match workspace.try_forward(x) {
            Ok(Some(guard)) => Err(guard),
            Ok(None) => Ok(use_it(&mut workspace)),
            Err(error) => Ok(Err(error)),
        };
        self.scratch = Some(workspace.scratch);
        result
    }

    fn is(&self, program: &Program) -> bool {
        Arc::ptr_eq(&self.program.inner, &program.inner)
    }
}

/// Programs, the one used last first, and at most as many as the limit says.
pub(super) struct Patterns {
    list: Vec<Pattern>,
    limit: usize,
    pub(super) recordings: usize,
}

impl Patterns {
    pub(super) fn new(limit: usize) -> Patterns {
        Patterns { list: Vec::new(), limit, recordings: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.list.truncate(limit);
    }

    #[cfg(feature = "batch")]
    pub(super) fn programs(&self) -> Vec<Program> {
        self.list.iter().map(|pattern| pattern.program.clone()).collect()
    }

    /// The first program of so many inputs that may fit where those in `misses` did not. Its memory comes with it; whoever asks
    /// meanwhile makes some.
    pub(super) fn candidate(&mut self, inputs: usize, misses: &[Miss]) -> Option<Pattern> {
        let may_fit = |pattern: &&mut Pattern| {
            pattern.program.inputs() == inputs && !misses.iter().any(|miss| is_excluded(&pattern.program.inner, miss))
        };
        let pattern = self.list.iter_mut().find(may_fit)?;
        Some(Pattern { program: pattern.program.clone(), scratch: pattern.scratch.take() })
    }

    /// Takes the memory of a pattern back that did not fit.
    pub(super) fn put_back(&mut self, pattern: Pattern) {
        if let Some(known) = self.list.iter_mut().find(|known| known.is(&pattern.program)) {
            known.scratch = pattern.scratch;
        }
    }

    /// Takes a pattern back that was used: it is the first from now on.
    pub(super) fn used(&mut self, pattern: Pattern) {
        self.prefer(&pattern.program);
        self.put_back(pattern);
    }

    /// Makes a program the first, if it is still known.
    pub(super) fn prefer(&mut self, program: &Program) {
        if let Some(place) = self.list.iter().position(|known| known.is(program)) {
            self.list[..=place].rotate_right(1);
        }
    }

    /// Adds a pattern that was recorded just now.
    pub(super) fn add(&mut self, pattern: Pattern) {
        // Two threads may have recorded the same.
        self.list.retain(|known| !is_same(&known.program.inner, &pattern.program.inner));
        self.list.insert(0, pattern);
        self.list.truncate(self.limit);
    }
}

/// Whether a pattern cannot fit where `miss` did not: it asks the same questions up to the one that was answered otherwise
/// there, and needs another answer to one of them.
///
/// Up to that question the program in `miss` was on the closure's own way, so that its answers are right. (Where two programs
/// differ in what they ask, nothing is concluded.)
fn is_excluded(inner: &Inner, miss: &Miss) -> bool {
    let own = &inner.source.guards;
    let others = &miss.program.inner.source.guards[..=miss.guard as usize];
    for (place, other) in others.iter().enumerate() {
        let Some(own) = own.get(place).filter(|own| own.asks_as(other)) else { return false };
        let must_differ = place == miss.guard as usize;
        if (own.answer == other.answer) == must_differ {
            return true;
        }
    }
    false
}

/// Whether two programs are good for the same inputs.
fn is_same(a: &Inner, b: &Inner) -> bool {
    let (a, b) = (&a.source, &b.source);
    a.groups == b.groups
        && a.nodes.len() == b.nodes.len()
        && a.guards.len() == b.guards.len()
        && a.guards.iter().zip(&b.guards).all(|(a, b)| a.asks_as(b) && a.answer == b.answer)
}
