//! The code of the chapter "Tiny nets".
#![doc = include_str!("../../docs/book/src/nets.md")]
