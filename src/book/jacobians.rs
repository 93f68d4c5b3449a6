//! The code of the chapter "Jacobians".
#![doc = include_str!("../../docs/book/src/jacobians.md")]
