//! The code of the chapter "When something goes wrong".
#![doc = include_str!("../../docs/book/src/errors.md")]
