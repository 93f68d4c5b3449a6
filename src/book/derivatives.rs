//! The code of the chapter "What a derivative is".
#![doc = include_str!("../../docs/book/src/derivatives.md")]
