//! The code of the chapter "Hessians and Newton's method".
#![doc = include_str!("../../docs/book/src/hessians.md")]
