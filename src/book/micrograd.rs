//! The code of the chapter "micrograd in a hundred lines".
#![doc = include_str!("../../docs/book/src/micrograd.md")]
