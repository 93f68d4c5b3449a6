//! The code of the chapter "Ops of one's own".
#![doc = include_str!("../../docs/book/src/own_ops.md")]
