//! The book in `docs/book`: its code is compiled and run by `cargo test`, a module for each chapter.

mod chain_rule;
mod checking;
mod derivatives;
mod duals;
mod edges;
#[cfg(all(feature = "batch", feature = "safetensors"))]
mod errors;
mod hessians;
mod introduction;
mod jacobians;
mod micrograd;
#[cfg(feature = "batch")]
mod nets;
mod own_ops;
#[cfg(feature = "batch")]
mod programs;
