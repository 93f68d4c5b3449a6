//! The code of the chapter "Gradient checking".
#![doc = include_str!("../../docs/book/src/checking.md")]
