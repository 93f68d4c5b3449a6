//! What goes wrong, goes wrong with a sentence, at the caller's line, and leaves everything else
//! usable: stale and foreign variables, full and busy tapes, panics in a user's code, bad data.

mod caught;
mod data;
mod limits;
#[cfg(feature = "batch")]
mod nets;
mod non_finite;
mod programs;
mod reentrancy;
mod tables;
mod users_code;
mod variables;
