//! Formulas as people type them: text to tokens to a tree, and the tree evaluated on any kind of number.

mod fault;
mod functions;
mod grammar;
#[cfg(test)]
mod print;
#[cfg(test)]
mod tests;
mod token;
mod tree;

pub use fault::{Fault, Place, Source, quoted};
pub use functions::{Function, Functions, did_you_mean, near};
pub use grammar::{CONSTANTS, Part, Statement, parse};
pub use tree::{Form, Id, Tree};
