//! Comparisons of variables. They look at the values alone, and leave a guard on a guarded tape.

use super::Var;
use super::custom::{Erased, Fixed};
use super::guard::{Relation, note};
use crate::rule::{Info, Rule, Scalar};
use std::cmp::Ordering;

macro_rules! comparisons {
    ($($Other:ty, $other:ident => $var:expr;)*) => {
        $(
            impl PartialEq<$Other> for Var {
                #[inline]
                #[track_caller]
                fn eq(&self, $other: &$Other) -> bool {
                    note(Relation::Equal, &[*self, $var]);
                    self.plain() == $var.plain()
                }

                // The provided method would name its own line in the guard instead of the caller's.
                #[allow(clippy::partialeq_ne_impl)]
                #[inline]
                #[track_caller]
                fn ne(&self, $other: &$Other) -> bool {
                    note(Relation::Equal, &[*self, $var]);
                    self.plain() != $var.plain()
                }
            }

            impl PartialOrd<$Other> for Var {
                #[inline]
                #[track_caller]
                fn partial_cmp(&self, $other: &$Other) -> Option<Ordering> {
                    note(Relation::Order, &[*self, $var]);
                    self.plain().partial_cmp(&$var.plain())
                }

                #[inline]
                #[track_caller]
                fn lt(&self, $other: &$Other) -> bool {
                    note(Relation::Less, &[*self, $var]);
                    self.plain() < $var.plain()
                }

                #[inline]
                #[track_caller]
                fn le(&self, $other: &$Other) -> bool {
                    note(Relation::LessOrEqual, &[*self, $var]);
                    self.plain() <= $var.plain()
                }

                #[inline]
                #[track_caller]
                fn gt(&self, $other: &$Other) -> bool {
                    note(Relation::Less, &[$var, *self]);
                    self.plain() > $var.plain()
                }

                #[inline]
                #[track_caller]
                fn ge(&self, $other: &$Other) -> bool {
                    note(Relation::LessOrEqual, &[$var, *self]);
                    self.plain() >= $var.plain()
                }
            }
        )*
    };
}

comparisons! {
    Var, other => *other;
    f64, other => Var::from(*other);
}

// A plain number on the left is compared as a variable that nobody recorded.
impl PartialEq<Var> for f64 {
    #[inline]
    #[track_caller]
    fn eq(&self, other: &Var) -> bool {
        Var::from(*self) == *other
    }

    #[allow(clippy::partialeq_ne_impl)]
    #[inline]
    #[track_caller]
    fn ne(&self, other: &Var) -> bool {
        Var::from(*self) != *other
    }
}

impl PartialOrd<Var> for f64 {
    #[inline]
    #[track_caller]
    fn partial_cmp(&self, other: &Var) -> Option<Ordering> {
        Var::from(*self).partial_cmp(other)
    }

    #[inline]
    #[track_caller]
    fn lt(&self, other: &Var) -> bool {
        Var::from(*self) < *other
    }

    #[inline]
    #[track_caller]
    fn le(&self, other: &Var) -> bool {
        Var::from(*self) <= *other
    }

    #[inline]
    #[track_caller]
    fn gt(&self, other: &Var) -> bool {
        Var::from(*self) > *other
    }

    #[inline]
    #[track_caller]
    fn ge(&self, other: &Var) -> bool {
        Var::from(*self) >= *other
    }
}

/// A constant to every derivative, but not to a replay.
pub(crate) struct Detach;

/// As a node remembers it.
pub(crate) const DETACH: &Erased = Fixed::<Detach, 1>::ERASED;

impl Rule<1> for Detach {
    const INFO: Info =
        Info { name: "detach", written: "detach({})", doc: "The value, cut off from what it was computed from." };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-2.0, 2.0)]];

    fn value([x]: [f64; 1]) -> f64 {
        x
    }

    fn partials<S: Scalar>(_x: [S; 1], _y: S) -> [S; 1] {
        [S::lit(0.0)]
    }

    fn depends(_x: &[f64; 1]) -> [bool; 1] {
        [false]
    }
}
