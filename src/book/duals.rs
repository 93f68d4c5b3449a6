//! The code of the chapter "Dual numbers".
#![doc = include_str!("../../docs/book/src/duals.md")]
