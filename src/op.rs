//! The operations. [`table.rs`](https://docs.rs/crate/gradus/latest/source/src/op/table.rs) holds
//! a row for each; everything here and in the kinds of number is made from it.

#[macro_use]
mod expand;
#[macro_use]
mod table;
mod polygamma;
mod special;

use crate::rule::{Info, ListRule, Partials, Rule, Scalar};
use std::f64::consts::{FRAC_2_SQRT_PI, LN_2, LOG2_E, LOG10_E};

fn lit<S: Scalar>(c: f64) -> S {
    S::lit(c)
}

fn zero<S: Scalar>() -> S {
    S::lit(0.0)
}

fn one<S: Scalar>() -> S {
    S::lit(1.0)
}

operations!(expand_rules);

macro_rules! visit_each {
    ($visitor:ident fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {{
        $($visitor.rule::<$Name, $arity>();)*
        $($visitor.list_rule::<$List>();)*
    }};
}

/// Someone who wants to see every rule of the table in turn: a test, a generated page.
pub trait Visitor {
    /// Called for each op of fixed arity.
    fn rule<R: Rule<N>, const N: usize>(&mut self);
    /// Called for each op on lists.
    fn list_rule<R: ListRule>(&mut self);
}

/// Shows `visitor` every rule of the table, in its order.
///
/// ```
/// use gradus::op::{self, Visitor};
/// use gradus::rule::{ListRule, Rule};
///
/// struct Names(Vec<&'static str>);
/// impl Visitor for Names {
///     fn rule<R: Rule<N>, const N: usize>(&mut self) { self.0.push(R::INFO.name) }
///     fn list_rule<R: ListRule>(&mut self) { self.0.push(R::INFO.name) }
/// }
/// let mut names = Names(Vec::new());
/// op::visit(&mut names);
/// assert!(names.0.contains(&"tanh") && names.0.contains(&"log_sum_exp"));
/// ```
pub fn visit(visitor: &mut impl Visitor) {
    for_each_op!(visit_each visitor);
}

/// Dot product of two lists of equal length, as one op.
///
/// # Panics
/// If the lengths differ; [`try_dot`] returns the error instead.
///
/// ```
/// assert_eq!(gradus::dot(&[1.0, 2.0], &[3.0, 4.0]), 11.0);
/// ```
#[track_caller]
pub fn dot<S: Scalar>(left: &[S], right: &[S]) -> S {
    match try_dot(left, right) {
        Ok(product) => product,
        Err(error) => panic!("{error}"),
    }
}

/// Dot product of two lists, as one op.
///
/// # Errors
/// [`Error::Length`](crate::Error::Length) if the lengths differ.
#[track_caller]
pub fn try_dot<S: Scalar>(left: &[S], right: &[S]) -> crate::Result<S> {
    if left.len() != right.len() {
        return Err(crate::Error::Length {
            what: "the second list of a dot product",
            found: right.len(),
            expected: left.len(),
            hint: "both lists of a dot product are equally long",
        });
    }
    let operands: Partials<S> = left.iter().chain(right).copied().collect();
    Ok(S::apply_list::<Dot>(&operands))
}

/// `exp(xᵢ) / Σ exp(xⱼ)` for each element: positive numbers that sum to 1, without overflow.
///
/// ```
/// assert_eq!(gradus::softmax(&[1000.0, 1000.0]), [0.5, 0.5]);
/// ```
#[track_caller]
pub fn softmax<S: Scalar>(x: &[S]) -> Vec<S> {
    let logarithm = log_sum_exp(x);
    let mut shares = x.to_vec();
    for share in &mut shares {
        *share = (*share - logarithm).exp();
    }
    // The logarithm of a large sum was rounded: dividing by what it left takes that back.
    let total = sum(&shares);
    for share in &mut shares {
        *share /= total;
    }
    shares
}
