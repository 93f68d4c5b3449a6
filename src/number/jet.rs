//! Duals as replays use them: a value and a tangent in each of a few directions, all always there, so that they are plain
//! arithmetic on short arrays.
//!
//! Unlike a [`Dual`](crate::Dual), a jet cannot tell a number that does not move from one that moves by 0. Where that matters (0 · ∞), a
//! tangent comes out as NaN, and whoever uses jets asks duals instead.

use crate::custom::Opaque;
use crate::error::{Error, Result};
use crate::rule::{ListRule, Partials, Rule, Scalar};
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

/// How many directions a jet has: a vector register of the common CPU levels holds as many.
pub(crate) const DIRECTIONS: usize = 4;

/// A value and its derivative in each direction.
#[derive(Debug, Clone, Copy)]
pub struct Jet {
    pub(crate) value: f64,
    pub(crate) tangents: [f64; DIRECTIONS],
}

impl Jet {
    /// A number that moves along one direction by `tangent`.
    pub(crate) fn along(value: f64, direction: usize, tangent: f64) -> Jet {
        let mut tangents = [0.0; DIRECTIONS];
        tangents[direction] = tangent;
        Jet { value, tangents }
    }
}

impl Scalar for Jet {
    #[inline(always)]
    fn lit(c: f64) -> Jet {
        Jet { value: c, tangents: [0.0; DIRECTIONS] }
    }

    #[inline(always)]
    fn primal(self) -> f64 {
        self.value
    }

    #[inline(always)]
    fn apply<R: Rule<N>, const N: usize>(x: [Jet; N]) -> Jet {
        let mut values = [0.0; N];
        for i in 0..N {
            values[i] = x[i].value;
        }
        let y = R::value(values);
        let depends = R::depends(&values);
        let partials = R::partials(values, y);
        let mut tangents = [0.0; DIRECTIONS];
        for i in 0..N {
            if depends[i] {
                for direction in 0..DIRECTIONS {
                    tangents[direction] += partials[i] * x[i].tangents[direction];
                }
            }
        }
        Jet { value: y, tangents }
    }

    fn apply_list<R: ListRule>(x: &[Jet]) -> Jet {
        let values: Partials<f64> = x.iter().map(|each| each.value).collect();
        let y = R::value(&values);
        let mut tangents = [0.0; DIRECTIONS];
        for (partial, each) in R::partials(&values, y).into_iter().zip(x) {
            for direction in 0..DIRECTIONS {
                tangents[direction] += partial * each.tangents[direction];
            }
        }
        Jet { value: y, tangents }
    }

    fn apply_opaque(op: &Rc<dyn Opaque>, _x: &[Jet]) -> Result<Jet> {
        Err(Error::FirstOrderOnly { op: op.name().to_owned() })
    }
}

operators! { [] Jet }

impl From<f64> for Jet {
    fn from(c: f64) -> Jet {
        Jet::lit(c)
    }
}

impl PartialEq for Jet {
    fn eq(&self, other: &Jet) -> bool {
        self.value == other.value
    }
}

impl PartialOrd for Jet {
    fn partial_cmp(&self, other: &Jet) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl fmt::Display for Jet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} moving by {:?}", self.value, self.tangents)
    }
}
