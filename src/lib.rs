#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;

#[macro_use]
pub mod op;
pub mod rule;
mod custom;
#[macro_use]
mod number;
pub mod tape;

pub use custom::{Opaque, opaque, shared_opaque};
pub use error::{Error, Result};
pub use number::Dual;
pub use op::{dot, log_sum_exp, mean, norm, product, softmax, sum, try_dot};
pub use rule::{ListRule, Rule, Scalar};
pub use tape::{Gradients, Tape, Var};
