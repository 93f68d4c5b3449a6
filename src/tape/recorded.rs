//! A gradient that is itself recorded, so that a formula may contain derivatives.

use super::sweep::{Adjoints, reverse_recorded};
use super::{Graph, Var, arena};
use crate::error::{Error, Result};

impl Var {
    /// The derivatives of this variable with respect to `inputs`, recorded on the same tape: they
    /// can be computed with and differentiated again.
    ///
    /// The derivative with respect to an input that this variable does not depend on is a 0 that is not recorded.
    ///
    /// # Errors
    /// If this or an input was never recorded, or belongs to another recording, or for an opaque op on the way.
    ///
    /// # Panics
    /// If the tape is full: the operations of the gradient are recorded on it like any others.
    ///
    /// ```
    /// let tape = gradus::Tape::new();
    /// let x = tape.var(2.0);
    /// let slope = x.powi(3).recorded_gradient(&[x])?[0];      // 3 x²
    /// let curvature = slope.recorded_gradient(&[x])?[0];      // 6 x
    /// assert_eq!((slope.value(), curvature.value()), (12.0, 12.0));
    /// let loss = slope * slope + x;                           // a loss that contains a derivative
    /// assert_eq!(loss.backward()[x], 2.0 * 12.0 * 12.0 + 1.0);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn recorded_gradient(self, inputs: &[Var]) -> Result<Vec<Var>> {
        let tape = self.tape().ok_or(Error::NotRecorded { value: self.plain() })?;
        for input in inputs {
            input.belongs_to(tape)?;
        }
        let len = self.index() as usize + 1;
        // The sweep records on the tape that it walks over: it walks over a copy.
        let (nodes, lists, customs) = arena::borrow(tape, self.index(), |recording| {
            let graph = recording.graph();
            (graph.nodes[..len].to_vec(), graph.lists.to_vec(), graph.customs.to_vec())
        })?;
        let mut adjoints = Adjoints::new(len);
        adjoints.add(self.index(), Var::from(1.0));
        // What lies before the first input cannot matter, and would be recorded for nothing.
        let end = inputs.iter().map(|input| input.index() as usize + 1).min().unwrap_or(len);
        reverse_recorded(Graph { nodes: &nodes, lists: &lists, customs: &customs }, tape, &mut adjoints, end)?;
        let zero = Var::from(0.0);
        Ok(inputs.iter().map(|input| adjoints.get(input.index() as usize).unwrap_or(zero)).collect())
    }
}
