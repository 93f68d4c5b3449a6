//! Ops that are not in the table: how a node remembers them, and how a sweep reaches their code on
//! its own kind of number.

use super::Var;
use super::sweep::LANES;
use crate::custom::Opaque;
use crate::number::{Dual, Jet};
use crate::rule::{Info, ListRule, Rule, Scalar};
use smallvec::SmallVec;
use std::any::TypeId;
use std::marker::PhantomData;
use std::rc::Rc;

/// An op of a user's.
#[derive(Clone)]
pub(crate) enum CustomOp {
    Rule(&'static Erased),
    Opaque(Rc<dyn Opaque>),
}

impl CustomOp {
    pub(crate) fn name(&self) -> &str {
        match self {
            CustomOp::Rule(erased) => erased.info.name,
            CustomOp::Opaque(op) => op.name(),
        }
    }

    pub(crate) fn is(&self, other: &CustomOp) -> bool {
        match (self, other) {
            (CustomOp::Rule(a), CustomOp::Rule(b)) => a.is(b),
            (CustomOp::Opaque(a), CustomOp::Opaque(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// A rule whose type was forgotten, on every kind of number that goes over a tape.
pub struct Erased {
    pub(crate) info: Info,
    /// How many operands it takes; `None` for a list rule.
    pub(crate) arity: Option<usize>,
    /// The type that was forgotten.
    pub(crate) rule: fn() -> TypeId,
    pub(crate) float: On<f64>,
    pub(crate) single: On<f32>,
    pub(crate) jet: On<Jet>,
    pub(crate) var: On<Var>,
    pub(crate) dual: On<Dual>,
    pub(crate) duals: On<Dual<f64, LANES>>,
}

impl Erased {
    /// Whether both are the same rule. (Their addresses may differ nevertheless.)
    pub(crate) fn is(&self, other: &Erased) -> bool {
        (self.rule)() == (other.rule)() && self.arity == other.arity
    }
}

/// The partials of an op, one per operand; `None` where the output does not depend on it.
pub type LocalDerivatives<S> = SmallVec<[Option<S>; 8]>;

/// A rule on one kind of number.
pub struct On<S> {
    pub(crate) value: fn(&[S]) -> S,
    pub(crate) partials: fn(&[S], S) -> LocalDerivatives<S>,
}

/// Forgets the type of a rule of fixed arity.
pub(crate) struct Fixed<R, const N: usize>(PhantomData<R>);

impl<R: Rule<N>, const N: usize> Fixed<R, N> {
    pub(crate) const ERASED: &'static Erased = &Erased {
        info: R::INFO,
        arity: Some(N),
        rule: TypeId::of::<R>,
        float: Self::on(),
        single: Self::on(),
        jet: Self::on(),
        var: Self::on(),
        dual: Self::on(),
        duals: Self::on(),
    };

    const fn on<S: Scalar>() -> On<S> {
        On { value: Self::value, partials: Self::partials }
    }

    fn operands<S: Scalar>(x: &[S]) -> [S; N] {
        let mut operands = [S::lit(0.0); N];
        operands.copy_from_slice(x);
        operands
    }

    /// How a node remembers a rule that is not in the table. Asked in a constant, so that the rows of the table are not
    /// compiled once more.
    pub(super) fn remembered() -> CustomOp {
        if const { R::BUILT_IN.is_some() } {
            unreachable!("a node remembers a row of the table by its op")
        }
        CustomOp::Rule(Self::ERASED)
    }

    fn value<S: Scalar>(x: &[S]) -> S {
        S::apply::<R, N>(Self::operands(x))
    }

    pub(crate) fn partials<S: Scalar>(x: &[S], y: S) -> LocalDerivatives<S> {
        let x = Self::operands(x);
        let depends = S::dependence::<R, N>(&x);
        let partials = R::partials(x, y);
        partials.iter().zip(depends).map(|(&partial, depends)| depends.then_some(partial)).collect()
    }
}

/// Forgets the type of a list rule.
pub(crate) struct List<R>(PhantomData<R>);

impl<R: ListRule> List<R> {
    pub(crate) const ERASED: &'static Erased = &Erased {
        info: R::INFO,
        arity: None,
        rule: TypeId::of::<R>,
        float: Self::on(),
        single: Self::on(),
        jet: Self::on(),
        var: Self::on(),
        dual: Self::on(),
        duals: Self::on(),
    };

    /// As [`Fixed::remembered`].
    pub(super) fn remembered() -> CustomOp {
        if const { R::BUILT_IN.is_some() } {
            unreachable!("a node remembers a row of the table by its op")
        }
        CustomOp::Rule(Self::ERASED)
    }

    const fn on<S: Scalar>() -> On<S> {
        On { value: |x| S::apply_list::<R>(x), partials: |x, y| R::partials(x, y).into_iter().map(Some).collect() }
    }
}
