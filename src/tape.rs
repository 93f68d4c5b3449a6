//! The tape: recording ([`Tape`], [`Var`]), the reverse sweep, [`Gradients`].
//!
//! The thread keeps an arena of tapes. A [`Tape`] owns one of them; a [`Var`] is a `Copy` handle:
//! the tape's id, the node's index and the value. A node stores *what was done*; the partials come
//! from the table of operations when the tape is swept.

mod arena;
mod comparison;
mod custom;
mod gradients;
mod guard;
mod label;
mod node;
mod recorded;
mod run;
mod sweep;
mod trace;
mod var;

use crate::error::Result;
use std::fmt;
use std::marker::PhantomData;

pub(crate) use arena::Recording as Recorded;
pub(crate) use arena::borrow as recorded;
pub(crate) use comparison::DETACH;
pub(crate) use custom::{CustomOp, Erased, LocalDerivatives};
#[cfg(feature = "serde")]
pub(crate) use custom::{Fixed, List};
pub use gradients::Gradients;
pub(crate) use guard::{Answer, Relation};
#[cfg(feature = "draw")]
pub(crate) use guard::{Decisions, Guard};
#[cfg(feature = "serde")]
pub(crate) use node::Form;
pub(crate) use node::{AsRecorded, Graph, Node, Operand};
pub(crate) use run::Run;
pub(crate) use sweep::{LANES, Sweep, local_derivatives};
pub use trace::NonFinite;
pub(crate) use trace::name as op_name;
pub use var::Var;

/// The most nodes that any tape can hold: a node's index is a `u32`.
pub const MAX_NODES: usize = u32::MAX as usize;

/// Which recording a variable belongs to. Clearing a tape gives it a new one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TapeId(u64);

impl TapeId {
    /// The id of no tape: that of numbers that were never recorded.
    pub(crate) const NONE: TapeId = TapeId(u64::MAX);
}

impl fmt::Debug for TapeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            TapeId::NONE => f.write_str("no tape"),
            // The slot in the arena, and how many recordings it has seen.
            TapeId(id) => write!(f, "tape {}.{}", id as u32, (id >> 33) + 1),
        }
    }
}

impl fmt::Display for TapeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A recording of what is computed from its variables.
///
/// Recording happens by itself: an operation on a [`Var`] is added to the tape of that variable.
/// Dropping the tape ends it; a variable that is used afterwards panics with a message that says so.
///
/// ```
/// use gradus::Tape;
///
/// let tape = Tape::new();
/// let a = tape.var(-4.0);
/// let b = tape.var(2.0);
/// let c = (a * b + b.powi(3)).relu() + 2.0 * a.tanh();
/// let gradients = c.backward();
/// assert_eq!(gradients[b], 0.0); // the rectifier is at its kink, where its slope is 0
/// ```
pub struct Tape {
    id: std::cell::Cell<TapeId>,
    // The arena belongs to the thread.
    not_send: PhantomData<*const ()>,
}

impl Tape {
    /// A new, empty tape.
    pub fn new() -> Tape {
        Tape::with(arena::Settings { node_limit: MAX_NODES, traced: false, guarded: false })
    }

    /// A tape that also keeps the source line of each operation, for
    /// [`first_non_finite`](Tape::first_non_finite) and explanations. It records more slowly.
    pub fn traced() -> Tape {
        Tape::with(arena::Settings { node_limit: MAX_NODES, traced: true, guarded: false })
    }

    /// A tape that notes what is decided by looking at values: the one that a program is made from.
    pub(crate) fn guarded() -> Tape {
        Tape::with(arena::Settings { node_limit: MAX_NODES, traced: false, guarded: true })
    }

    /// The same, which keeps source lines too: the one that a page is made from.
    #[cfg(feature = "draw")]
    pub(crate) fn watched() -> Tape {
        Tape::with(arena::Settings { node_limit: MAX_NODES, traced: true, guarded: true })
    }

    /// A tape that holds at most `limit` nodes (of 24 bytes each) and says so when it is full,
    /// instead of taking all the memory.
    ///
    /// ```should_panic
    /// let tape = gradus::Tape::with_node_limit(3);
    /// let x = tape.var(1.0);
    /// let _ = x + 1.0 + 1.0 + 1.0; // panics: the tape is full
    /// ```
    pub fn with_node_limit(limit: usize) -> Tape {
        Tape::with(arena::Settings { node_limit: limit.min(MAX_NODES), traced: false, guarded: false })
    }

    fn with(settings: arena::Settings) -> Tape {
        Tape { id: std::cell::Cell::new(arena::open(settings)), not_send: PhantomData }
    }

    /// The id of the present recording.
    pub fn id(&self) -> TapeId {
        self.id.get()
    }

    /// A new variable: something to differentiate with respect to.
    ///
    /// # Panics
    /// If the tape is full.
    #[track_caller]
    pub fn var(&self, value: f64) -> Var {
        var::input(self.id.get(), value)
    }

    /// A new variable for each value.
    ///
    /// # Panics
    /// If the tape is full.
    #[track_caller]
    pub fn vars(&self, values: &[f64]) -> Vec<Var> {
        var::inputs(self.id.get(), values)
    }

    /// How many nodes are recorded.
    pub fn len(&self) -> usize {
        arena::read(self.id.get(), |recording, nodes| (recording.is_open(), nodes.len())).map_or(0, |(_, len)| len)
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all that was recorded and keeps the memory for the next recording.
    ///
    /// Variables from before are stale: using one panics with a message that says so.
    pub fn clear(&self) {
        self.id.set(arena::reopen(self.id.get()));
    }

    /// The gradients of several outputs at once: the sum over them of seed times gradient, which
    /// is a vector-Jacobian product.
    ///
    /// # Errors
    /// If an output is not a variable of this tape as it is now.
    ///
    /// ```
    /// let tape = gradus::Tape::new();
    /// let x = tape.var(3.0);
    /// let gradients = tape.backward_from(&[(x * x, 1.0), (5.0 * x, 2.0)])?;
    /// assert_eq!(gradients[x], 6.0 + 2.0 * 5.0);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn backward_from(&self, seeds: &[(Var, f64)]) -> Result<Gradients> {
        gradients::sweep_back(self.id.get(), seeds)
    }

    /// The place of `var` in this recording; a number that was never recorded is a literal.
    pub(crate) fn operand(&self, var: Var) -> Result<Operand> {
        if var.tape().is_none() {
            return Ok(Operand::Literal(var.plain()));
        }
        var.belongs_to(self.id())?;
        Ok(Operand::Node(var.index()))
    }

    /// Shows `visit` what was recorded. Meanwhile the tape can not record.
    pub(crate) fn recorded<T>(&self, visit: impl FnOnce(&Recorded) -> T) -> Result<T> {
        arena::borrow(self.id.get(), 0, visit)
    }

    /// The first recorded value that is NaN or infinite: which op made it from which operands, and
    /// at which line if the tape is [`traced`](Tape::traced).
    ///
    /// ```
    /// let tape = gradus::Tape::traced();
    /// let x = tape.var(0.0).named("x");
    /// let y = (x - 1.0).ln() + 1.0;
    /// let first = tape.first_non_finite().unwrap();
    /// assert_eq!(first.op, "ln");
    /// assert!(first.to_string().contains("ln(-1) = NaN"));
    /// ```
    pub fn first_non_finite(&self) -> Option<NonFinite> {
        trace::first_non_finite(self.id.get())
    }
}

impl Default for Tape {
    fn default() -> Tape {
        Tape::new()
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} nodes", self.id.get(), self.len())
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        arena::close(self.id.get());
    }
}
