//! `functions`: what an expression may call, from the table of operations.

use super::Outcome;
use crate::expression::Functions;

pub fn functions() -> Outcome {
    let functions = Functions::of_table();
    let width = functions.iter().map(|function| function.signature().len()).max().unwrap_or(0);
    let line =
        |function: &crate::expression::Function| format!("{:<width$}  {}\n", function.signature(), function.doc());
    Outcome::new(functions.iter().map(line).collect())
}
