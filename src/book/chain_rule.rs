//! The code of the chapter "The chain rule on a tape".
#![doc = include_str!("../../docs/book/src/chain_rule.md")]
