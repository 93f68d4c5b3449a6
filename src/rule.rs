//! The contract between operations and numbers: [`Rule`] says what an op is, for any number;
//! [`Scalar`] says how a number undergoes any rule. N ops and M kinds of number cost N + M.

use crate::custom::Opaque;
use crate::error::Result;
use crate::op::Op;
use smallvec::SmallVec;
use std::fmt::{Debug, Display};
use std::iter::{Product, Sum};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

/// The partials of a list op, one per operand; short lists stay off the heap.
pub type Partials<S> = SmallVec<[S; 8]>;

/// What is known of an op apart from its arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// Its name, as in `sin`.
    pub name: &'static str,
    /// How it is written, with `{}` for each operand: `{} / {}`, `sin({})`. A list op has one `{}`
    /// for all of its operands.
    pub written: &'static str,
    /// What it computes and how it behaves at its edges.
    pub doc: &'static str,
}

/// An operation of `N` operands, written once for every kind of number.
///
/// A row of the table in `src/op/table.rs` expands to exactly this, and so does an op of your own.
/// A parameter (the exponent of `powi`, the slope of `leaky_relu`) is an operand that happens to be a literal.
///
/// ```
/// use gradus::prelude::*;
/// use gradus::rule::{Info, Rule};
///
/// /// Cube, as an op of one's own.
/// struct Cube;
/// impl Rule<1> for Cube {
///     const INFO: Info = Info { name: "cube", written: "{}³", doc: "Third power." };
///     const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-2.0, 2.0)]];
///     fn value([x]: [f64; 1]) -> f64 { x * x * x }
///     fn partials<S: Scalar>([x]: [S; 1], _y: S) -> [S; 1] { [S::lit(3.0) * x * x] }
/// }
///
/// let tape = Tape::new();
/// let x = tape.var(2.0);
/// let y = Var::apply::<Cube, 1>([x]);
/// assert_eq!(y.value(), 8.0);
/// assert_eq!(y.backward()[x], 12.0);
/// assert!(gradus::check::op::<Cube, 1>().passed());
/// ```
pub trait Rule<const N: usize>: 'static {
    /// Name, notation and documentation.
    const INFO: Info;

    /// Boxes in which the op is smooth, an interval per operand: where tests take their points.
    /// An operand with an empty interval (`(2.0, 2.0)`) is a parameter, held at that value. An end may be infinite: then
    /// half of the points are within one unit, or the size of the other end, of that one.
    const DOMAIN: &'static [[(f64, f64); N]];

    /// The op's place in the built-in table; leave it as it is for an op of your own.
    #[doc(hidden)]
    const BUILT_IN: Option<Op> = None;

    /// A point and the value there, from a source other than [`value`](Rule::value).
    const EXAMPLE: Option<([f64; N], f64)> = None;

    /// The value, in plain `f64` code.
    fn value(x: [f64; N]) -> f64;

    /// The partial derivative with respect to each operand, from the operands `x` and the output
    /// `y`, on any number.
    fn partials<S: Scalar>(x: [S; N], y: S) -> [S; N];

    /// Which operands the output depends on at all, near `x`. One that it does not depend on
    /// receives no derivative whatever: a branch not taken cannot poison a gradient with `0 · ∞`.
    #[inline(always)]
    fn depends(_x: &[f64; N]) -> [bool; N] {
        [true; N]
    }
}

/// An operation on a list of any length: one node however long it is.
pub trait ListRule: 'static {
    /// Name, notation and documentation.
    const INFO: Info;

    /// Intervals from which tests take every element.
    const DOMAIN: &'static [(f64, f64)];

    /// The op's place in the built-in table; leave it as it is for an op of your own.
    #[doc(hidden)]
    const BUILT_IN: Option<Op> = None;

    /// A list and the value there, from a source other than [`value`](ListRule::value).
    const EXAMPLE: Option<(&'static [f64], f64)> = None;

    /// The value, in plain `f64` code.
    fn value(x: &[f64]) -> f64;

    /// The partial derivative with respect to each operand.
    fn partials<S: Scalar>(x: &[S], y: S) -> Partials<S>;
}

/// A kind of number that can undergo every rule: `f64`, `f32`, [`Dual`](crate::Dual),
/// [`Var`](crate::Var).
///
/// Write a formula over `Scalar` once, and it can be evaluated, differentiated forwards,
/// recorded, swept back.
///
/// ```
/// use gradus::prelude::*;
///
/// fn rosenbrock<S: Scalar>(x: &[S]) -> S {
///     let one = S::lit(1.0);
///     (one - x[0]).powi(2) + S::lit(100.0) * (x[1] - x[0] * x[0]).powi(2)
/// }
///
/// assert_eq!(rosenbrock(&[0.0, 1.0]), 101.0);
/// assert_eq!(gradus::gradient(rosenbrock, &[0.0, 1.0]).unwrap(), [-2.0, 200.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number that gradus can differentiate",
    label = "expected `f64`, `f32`, `Dual<_>` or `Var`",
    note = "convert integers with `S::lit(n as f64)`; pass functions that are generic over `S: Scalar`"
)]
pub trait Scalar:
    Copy
    + Debug
    + Display
    + PartialOrd
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Rem<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + RemAssign
    + Sum
    + Product
{
    /// The number `c`, of which nothing is asked to be differentiated.
    fn lit(c: f64) -> Self;

    /// The plain value underneath, without any derivative.
    fn primal(self) -> f64;

    /// Applies the rule `R`: the one hook through which every op of fixed arity goes.
    #[track_caller]
    fn apply<R: Rule<N>, const N: usize>(x: [Self; N]) -> Self;

    /// What [`Rule::depends`] says at `x`.
    #[doc(hidden)]
    #[inline(always)]
    fn dependence<R: Rule<N>, const N: usize>(x: &[Self; N]) -> [bool; N] {
        // A plain loop: `array::map` is not always inlined, and then costs more than the arithmetic.
        let mut plain = [0.0; N];
        for i in 0..N {
            plain[i] = x[i].primal();
        }
        R::depends(&plain)
    }

    /// Applies the list rule `R`.
    #[track_caller]
    fn apply_list<R: ListRule>(x: &[Self]) -> Self;

    /// Applies an opaque op, whose gradient is plain `f64` code.
    ///
    /// # Errors
    /// [`Error::FirstOrderOnly`](crate::Error::FirstOrderOnly) for a number that would need its
    /// second derivative, and what [`Opaque`] promises: arity and length of the gradient.
    #[track_caller]
    fn apply_opaque(op: &std::rc::Rc<dyn Opaque>, x: &[Self]) -> Result<Self>;

    /// Sine and cosine, as two ops.
    #[track_caller]
    fn sin_cos(self) -> (Self, Self) {
        (self.sin(), self.cos())
    }

    operations!(scalar_methods);
}
