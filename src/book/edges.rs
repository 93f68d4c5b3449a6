//! The code of the chapter "Edge cases".
#![doc = include_str!("../../docs/book/src/edges.md")]
