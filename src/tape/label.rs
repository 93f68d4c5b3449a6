//! Labels: what a variable is called in pictures, explanations and messages.

use super::var::fail;
use super::{Var, arena};
use crate::error::Error;

impl Var {
    /// Calls this variable `label` from here on, and returns it.
    ///
    /// # Panics
    /// If the variable is stale, or its tape is being swept. A number that was never recorded has nowhere to keep a label, and is returned as it is.
    ///
    /// ```
    /// let tape = gradus::Tape::new();
    /// let w = tape.var(0.5).named("w1");
    /// assert_eq!(w.label().as_deref(), Some("w1"));
    /// ```
    #[track_caller]
    pub fn named(self, label: impl Into<String>) -> Var {
        if let Some(tape) = self.tape() {
            let label = label.into();
            let kept = arena::read(tape, |recording, _| recording.labels.insert(self.index(), label));
            match kept {
                Ok(_) => {}
                Err(Error::StaleVariable { .. }) => fail(Error::StaleVariable { tape, index: self.index() }),
                Err(error) => fail(error),
            }
        }
        self
    }

    /// What this variable is called, if it was given a name.
    pub fn label(self) -> Option<String> {
        let labels = arena::read(self.tape()?, |recording, _| recording.labels.get(&self.index()).cloned());
        labels.ok().flatten()
    }
}
