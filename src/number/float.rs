//! Plain floats as [`Scalar`]s. `f32` computes each op in `f64` and rounds once.

use crate::custom::Opaque;
use crate::error::Result;
use crate::rule::{ListRule, Partials, Rule, Scalar};
use std::rc::Rc;

impl Scalar for f64 {
    #[inline(always)]
    fn lit(c: f64) -> f64 {
        c
    }

    #[inline(always)]
    fn primal(self) -> f64 {
        self
    }

    #[inline(always)]
    fn apply<R: Rule<N>, const N: usize>(x: [f64; N]) -> f64 {
        R::value(x)
    }

    #[inline]
    fn apply_list<R: ListRule>(x: &[f64]) -> f64 {
        R::value(x)
    }

    fn apply_opaque(op: &Rc<dyn Opaque>, x: &[f64]) -> Result<f64> {
        Ok(op.value(x))
    }
}

impl Scalar for f32 {
    #[inline(always)]
    fn lit(c: f64) -> f32 {
        c as f32
    }

    #[inline(always)]
    fn primal(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn apply<R: Rule<N>, const N: usize>(x: [f32; N]) -> f32 {
        R::value(x.map(f64::from)) as f32
    }

    fn apply_list<R: ListRule>(x: &[f32]) -> f32 {
        R::value(&widened(x)) as f32
    }

    fn apply_opaque(op: &Rc<dyn Opaque>, x: &[f32]) -> Result<f32> {
        Ok(op.value(&widened(x)) as f32)
    }
}

fn widened(x: &[f32]) -> Partials<f64> {
    x.iter().copied().map(f64::from).collect()
}
