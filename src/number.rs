//! The kinds of number that the library brings, apart from the one that records
//! ([`Var`](crate::Var)): plain floats and duals. Each kind is one file.

#[macro_use]
mod operators;
mod dual;
#[cfg(feature = "serde")]
pub(crate) mod exact;
mod float;
mod jet;
#[allow(dead_code)] // Until the kernels of a compiled program compute with it.
#[cfg(feature = "batch")]
mod lane;
mod traits;

pub use dual::Dual;
#[cfg(feature = "serde")]
pub(crate) use exact::Exact;
pub(crate) use jet::{DIRECTIONS, Jet};
#[cfg(feature = "batch")]
pub(crate) use lane::Lane;
