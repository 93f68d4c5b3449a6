//! The result of a reverse sweep: a gradient to be indexed with any variable of the tape.

use super::node::AsRecorded;
use super::sweep::{Adjoints, reverse};
use super::{TapeId, Var, arena, guard};
use crate::error::{Error, Result};
use std::ops::Index;

/// What a reverse sweep found: the derivative of the output with respect to every variable of the
/// tape, inputs and intermediate results alike.
///
/// It is a value of its own: several sweeps over one recording do not disturb each other, nothing
/// accumulates between them, and it outlives the tape.
///
/// ```
/// let tape = gradus::Tape::new();
/// let (x, y) = (tape.var(2.0), tape.var(3.0));
/// let product = x * y;
/// let gradients = (product * product).backward();
/// assert_eq!(gradients[x], 2.0 * 6.0 * 3.0);
/// assert_eq!(gradients[product], 12.0);
/// ```
#[derive(Debug, Clone)]
pub struct Gradients {
    tape: TapeId,
    adjoints: Adjoints<f64>,
}

impl Gradients {
    /// The derivative with respect to `var`: 0 if the output does not depend on it.
    ///
    /// # Errors
    /// If `var` was never recorded, or belongs to another recording.
    pub fn get(&self, var: Var) -> Result<f64> {
        self.place(var).map(|place| *self.adjoints.get_ref(place))
    }

    /// The derivatives with respect to `vars`.
    ///
    /// # Errors
    /// As [`get`](Gradients::get).
    pub fn wrt(&self, vars: &[Var]) -> Result<Vec<f64>> {
        vars.iter().map(|&var| self.get(var)).collect()
    }

    /// Whether the output depends on `var` at all. A derivative can be 0 although it does.
    ///
    /// # Errors
    /// As [`get`](Gradients::get).
    pub fn depends_on(&self, var: Var) -> Result<bool> {
        self.place(var).map(|place| self.adjoints.get(place).is_some())
    }

    fn place(&self, var: Var) -> Result<usize> {
        match var.tape() {
            None => Err(Error::NotRecorded { value: var.value() }),
            Some(tape) if tape != self.tape => Err(Error::MixedTapes { left: self.tape, right: tape }),
            Some(_) => Ok(var.index() as usize),
        }
    }
}

impl Index<Var> for Gradients {
    type Output = f64;

    /// The derivative with respect to `var`: 0 if the output does not depend on it.
    ///
    /// # Panics
    /// Where [`get`](Gradients::get) returns an error.
    #[track_caller]
    fn index(&self, var: Var) -> &f64 {
        match self.place(var) {
            Ok(place) => self.adjoints.get_ref(place),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Sweeps back from `seeds`, which are variables of the recording `tape` and their adjoints.
#[track_caller]
pub(super) fn sweep_back(tape: TapeId, seeds: &[(Var, f64)]) -> Result<Gradients> {
    for (var, _) in seeds {
        // What comes out are plain numbers, which a program would keep as they are.
        guard::note_read(*var);
        var.belongs_to(tape)?;
    }
    let last = seeds.iter().map(|(var, _)| var.index()).max();
    let adjoints = arena::borrow(tape, last.unwrap_or(0), |recording| {
        let mut adjoints = Adjoints::new(last.map_or(0, |last| last as usize + 1));
        for &(var, seed) in seeds {
            // Of whatever bits a NaN consists, it is one, and not the mark of an adjoint that is missing.
            adjoints.add(var.index(), if seed.is_nan() { f64::NAN } else { seed });
        }
        reverse(recording.graph(), &AsRecorded, &mut adjoints, 0).map(|()| adjoints)
    })??;
    Ok(Gradients { tape, adjoints })
}
