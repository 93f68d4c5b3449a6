//! The code of the chapter "The compiled program".
#![doc = include_str!("../../docs/book/src/programs.md")]
