//! The code of the chapter "Introduction".
#![doc = include_str!("../../docs/book/src/introduction.md")]
