#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;

#[macro_use]
pub mod op;
mod custom;
pub mod rule;
#[macro_use]
mod number;
pub mod tape;

pub mod program;

mod calculus;
pub mod check;
pub mod numeric;

pub mod explain;
pub mod nn;

#[cfg(doctest)]
mod book;

pub use calculus::{derivative, derivatives, gradient, hessian, hvp, jacobian, jvp, value_and_gradient, vjp};
pub use custom::{Opaque, opaque, shared_opaque};
pub use error::{Error, Result};
pub use number::Dual;
pub use op::{dot, log_sum_exp, mean, norm, product, softmax, sum, try_dot};
pub use program::{Function, Program};
pub use rule::{ListRule, Rule, Scalar};
pub use tape::{Gradients, Tape, Var};

/// What most programs need, in one `use`.
pub mod prelude {
    pub use crate::{Dual, Gradients, Scalar, Tape, Var};
}
