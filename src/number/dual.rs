//! Dual numbers: forward mode. A value and its tangent in one direction, or in several at once.

use crate::custom::{Opaque, checked_gradient};
use crate::error::{Error, Result};
use crate::rule::{ListRule, Rule, Scalar};
use std::any::TypeId;
use std::fmt;
use std::rc::Rc;

/// `a + b ε` with `ε² = 0`: a value and what it becomes per unit of change of the input, in each
/// of `K` directions.
///
/// Nest it for higher derivatives: the tangent's tangent of a `Dual<Dual<f64>>` is the second.
///
/// A number that does not depend on the direction has *no* tangent, which is not the same as a
/// tangent that happens to be 0: `x * y.sqrt()` at `y = 0` has a slope in `x`, although that of
/// the square root is infinite. The reverse sweep makes the same distinction, so that both modes
/// agree everywhere.
///
/// Comparisons look at the value alone.
///
/// ```
/// use gradus::Dual;
///
/// let x = Dual::new(3.0, 1.0);
/// let y = x.powi(3) + 2.0 * x.powi(2) - 5.0 * x + 1.0;
/// assert_eq!(y.value(), 31.0);
/// assert_eq!(y.tangent(), 34.0);
/// ```
#[derive(Clone, Copy)]
pub struct Dual<S = f64, const K: usize = 1> {
    value: S,
    tangents: [Option<S>; K],
}

impl<S: Scalar> Dual<S> {
    /// A number that moves by `tangent` per unit of the input.
    pub fn new(value: S, tangent: S) -> Self {
        Dual { value, tangents: [Some(tangent)] }
    }

    /// The input itself: it moves by 1 per unit.
    pub fn variable(value: S) -> Self {
        Dual::new(value, S::lit(1.0))
    }

    /// The derivative in the one direction; 0 for a number that does not depend on it.
    pub fn tangent(self) -> S {
        self.tangent_along(0)
    }
}

impl<S: Scalar, const K: usize> Dual<S, K> {
    /// A number that does not move.
    pub fn constant(value: S) -> Self {
        Dual { value, tangents: [None; K] }
    }

    /// A number with a tangent in each direction; `None` where it does not depend on it.
    ///
    /// ```
    /// use gradus::Dual;
    /// let x = Dual::with_tangents(2.0, [Some(1.0), None]);
    /// let y = Dual::with_tangents(3.0, [None, Some(1.0)]);
    /// assert_eq!((x * y).tangents(), [3.0, 2.0]);
    /// ```
    pub fn with_tangents(value: S, tangents: [Option<S>; K]) -> Self {
        Dual { value, tangents }
    }

    /// The number without its tangents.
    pub fn value(self) -> S {
        self.value
    }

    /// The derivative in direction `k`; 0 for a number that does not depend on it.
    ///
    /// # Panics
    /// If there is no direction `k`.
    pub fn tangent_along(self, k: usize) -> S {
        self.tangents[k].unwrap_or(S::lit(0.0))
    }

    /// The derivatives in all directions.
    pub fn tangents(self) -> [S; K] {
        self.tangents.map(|tangent| tangent.unwrap_or(S::lit(0.0)))
    }

    fn moves(&self) -> bool {
        self.tangents.iter().any(Option::is_some)
    }

    /// The chain rule: the sum of partial times tangent over the operands that move.
    fn chain<'a>(value: S, terms: impl Iterator<Item = (S, &'a Self)> + Clone) -> Self {
        let along = |k: usize| {
            let products = terms.clone().filter_map(|(partial, x)| x.tangents[k].map(|tangent| partial * tangent));
            products.reduce(|sum, product| sum + product)
        };
        Dual { value, tangents: std::array::from_fn(along) }
    }
}

impl<S: Scalar, const K: usize> Scalar for Dual<S, K> {
    #[inline]
    fn lit(c: f64) -> Self {
        Dual::constant(S::lit(c))
    }

    #[inline]
    fn primal(self) -> f64 {
        self.value.primal()
    }

    #[inline]
    fn apply<R: Rule<N>, const N: usize>(x: [Self; N]) -> Self {
        let mut values = [S::lit(0.0); N];
        for i in 0..N {
            values[i] = x[i].value;
        }
        let y = S::apply::<R, N>(values);
        if !x.iter().any(Dual::moves) {
            return Dual::constant(y);
        }
        let depends = S::dependence::<R, N>(&values);
        let partials = R::partials(values, y);
        Dual::chain(y, (0..N).filter(|&i| depends[i]).map(|i| (partials[i], &x[i])))
    }

    /// Asks the numbers inside, of which recorded ones leave a guard.
    fn dependence<R: Rule<N>, const N: usize>(x: &[Self; N]) -> [bool; N] {
        let mut values = [S::lit(0.0); N];
        for i in 0..N {
            values[i] = x[i].value;
        }
        S::dependence::<R, N>(&values)
    }

    fn apply_list<R: ListRule>(x: &[Self]) -> Self {
        let values: Vec<S> = x.iter().map(|each| each.value).collect();
        let y = S::apply_list::<R>(&values);
        if !x.iter().any(Dual::moves) {
            return Dual::constant(y);
        }
        Dual::chain(y, R::partials(&values, y).iter().copied().zip(x))
    }

    fn apply_opaque(op: &Rc<dyn Opaque>, x: &[Self]) -> Result<Self> {
        let values: Vec<S> = x.iter().map(|each| each.value).collect();
        let y = S::apply_opaque(op, &values)?;
        if !x.iter().any(Dual::moves) {
            return Ok(Dual::constant(y));
        }
        // Only where the values are plain numbers is the gradient all that is asked for.
        let plain: Vec<f64> = values.iter().map(|value| value.primal()).collect();
        let float = [TypeId::of::<f64>(), TypeId::of::<f32>()].contains(&TypeId::of::<S>());
        if !float {
            return Err(Error::FirstOrderOnly { op: op.name().to_owned() });
        }
        let gradient = checked_gradient(op.as_ref(), &plain, y.primal())?;
        Ok(Dual::chain(y, gradient.iter().map(|&partial| S::lit(partial)).zip(x)))
    }
}

impl<S: Scalar, const K: usize> Dual<S, K> {
    operations!(inherent_methods);
}

operators! { [S: Scalar, const K: usize] Dual<S, K> }

impl<S: Scalar, const K: usize> From<f64> for Dual<S, K> {
    fn from(c: f64) -> Self {
        Dual::lit(c)
    }
}

impl<S: Scalar, const K: usize> fmt::Display for Dual<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)?;
        for (k, tangent) in self.tangents().iter().enumerate() {
            f.write_str(" + ")?;
            fmt::Display::fmt(tangent, f)?;
            if K == 1 { f.write_str("ε")? } else { write!(f, "ε{k}")? }
        }
        Ok(())
    }
}

impl<S: Scalar, const K: usize> fmt::Debug for Dual<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dual({:?}; {:?})", self.value, self.tangents())
    }
}

impl<S: Scalar, const K: usize> PartialEq for Dual<S, K> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<S: Scalar, const K: usize> PartialOrd for Dual<S, K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
