//! Ops of one's own whose gradient is plain `f64` code, written by hand.
//!
//! An op that can be written over [`Scalar`] should implement [`Rule`](crate::rule::Rule) instead:
//! it then works in every mode. An opaque op is for what cannot: a table look-up, a solver, a call
//! into another language. It works in first order.

use crate::error::{Error, Result};
use crate::rule::Scalar;
use std::rc::Rc;

/// An op of any number of operands, in plain `f64` code.
///
/// ```
/// use gradus::prelude::*;
/// use gradus::{Error, Opaque};
///
/// /// Square root by Newton's method; its derivative follows from the answer.
/// struct NewtonRoot;
/// impl Opaque for NewtonRoot {
///     fn name(&self) -> &str { "newton_root" }
///     fn arity(&self) -> Option<usize> { Some(1) }
///     fn value(&self, x: &[f64]) -> f64 {
///         (0..60).fold(x[0].max(1.0), |root, _| 0.5 * (root + x[0] / root))
///     }
///     fn gradient(&self, _x: &[f64], y: f64) -> Vec<f64> { vec![0.5 / y] }
/// }
///
/// let tape = Tape::new();
/// let x = tape.var(4.0);
/// let y = gradus::opaque(NewtonRoot, &[x])?;
/// assert_eq!(y.backward()[x], 0.25);
///
/// // A second derivative would need the derivative of `gradient`.
/// assert!(matches!(y.recorded_gradient(&[x]), Err(Error::FirstOrderOnly { .. })));
/// # Ok::<(), Error>(())
/// ```
pub trait Opaque: 'static {
    /// What messages and pictures call it.
    fn name(&self) -> &str;

    /// How many operands it takes; `None` for any number.
    fn arity(&self) -> Option<usize> {
        None
    }

    /// The value.
    fn value(&self, x: &[f64]) -> f64;

    /// The partial with respect to each operand, from the operands `x` and the value `y`.
    fn gradient(&self, x: &[f64], y: f64) -> Vec<f64>;
}

/// Applies an opaque op to numbers of any kind.
///
/// # Errors
/// [`Error::Arity`] for a wrong number of operands, and on a [`Dual`](crate::Dual)
/// [`Error::GradientLength`] and, where it would need a second derivative,
/// [`Error::FirstOrderOnly`]. On a [`Var`](crate::Var) these two arise when it is swept.
#[track_caller]
pub fn opaque<S: Scalar>(op: impl Opaque, x: &[S]) -> Result<S> {
    shared_opaque(&(Rc::new(op) as Rc<dyn Opaque>), x)
}

/// As [`opaque`](fn@opaque), for an op that is used many times and kept once.
///
/// # Errors
/// As [`opaque`](fn@opaque).
#[track_caller]
pub fn shared_opaque<S: Scalar>(op: &Rc<dyn Opaque>, x: &[S]) -> Result<S> {
    match op.arity() {
        Some(expected) if expected != x.len() => {
            Err(Error::Arity { op: op.name().to_owned(), expected, found: x.len() })
        }
        _ => S::apply_opaque(op, x),
    }
}

/// The gradient of `op`, checked to have an entry per operand.
pub(crate) fn checked_gradient(op: &dyn Opaque, x: &[f64], y: f64) -> Result<Vec<f64>> {
    let gradient = op.gradient(x, y);
    if gradient.len() != x.len() {
        return Err(Error::GradientLength { op: op.name().to_owned(), expected: x.len(), found: gradient.len() });
    }
    Ok(gradient)
}
