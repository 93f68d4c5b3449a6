//! The compiled program beside the tape.

#[cfg(feature = "batch")]
mod batch;
#[cfg(feature = "batch")]
mod edges;
mod graphs;
mod guards;
mod lowering;
mod modes;
mod own_ops;
mod reads;
#[cfg(feature = "batch")]
mod samples;
