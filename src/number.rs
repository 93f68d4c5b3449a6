//! The kinds of number that the library brings, apart from the one that records
//! ([`Var`](crate::Var)): plain floats and duals. Each kind is one file.

#[macro_use]
mod operators;
mod dual;
mod float;
mod jet;
mod traits;

pub use dual::Dual;
pub(crate) use jet::{DIRECTIONS, Jet};
