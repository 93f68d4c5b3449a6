//! The kinds of number that the library brings, apart from the one that records
//! ([`Var`](crate::Var)): plain floats and duals. Each kind is one file.

#[macro_use]
mod operators;
mod dual;
mod float;
#[allow(dead_code)] // Until the kernels of a compiled program compute with it.
mod lane;
mod traits;

pub use dual::Dual;
