//! The commands: each computes a result and says how it reads as text and as JSON.

mod check;
mod derivatives;
mod draw;
mod explain;
mod functions;
mod numeric;

use crate::arguments::Command;
use crate::failure::Result;
use crate::problem::Problem;
use serde_json::{Map, Value, json};

/// What a command has to say.
pub struct Outcome {
    /// The result.
    pub text: String,
    /// Remarks that are no part of it.
    pub notes: Vec<String>,
    /// Whether nothing that was to be checked is wrong.
    pub passed: bool,
}

impl Outcome {
    fn new(text: String) -> Outcome {
        Outcome { text, notes: Vec::new(), passed: true }
    }
}

pub fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Grad(formula) => derivatives::gradient(&formula),
        Command::Jacobian(formula) => derivatives::jacobian(&formula),
        Command::Hessian(formula) => derivatives::hessian(&formula),
        Command::Derivative(arguments) => derivatives::derivative(&arguments),
        Command::Numeric(arguments) => numeric::numeric(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Draw(arguments) => draw::draw(&arguments),
        Command::Functions => Ok(functions::functions()),
    }
}

/// JSON with the point and `more`.
fn json_of(problem: &Problem, more: Value) -> String {
    let mut object = Map::new();
    let point = problem.names.iter().zip(&problem.point).map(|(name, &x)| (name.clone(), json!(x)));
    object.insert("at".to_owned(), Value::Object(point.collect()));
    if let Value::Object(more) = more {
        object.extend(more);
    }
    format!("{:#}\n", Value::Object(object))
}

/// Numbers by the names of the variables.
fn by_variable(problem: &Problem, numbers: &[f64]) -> Value {
    Value::Object(problem.names.iter().cloned().zip(numbers.iter().map(|&x| json!(x))).collect())
}

/// Rows by the names of the outputs, or of the variables.
fn by_name<'a>(names: impl IntoIterator<Item = &'a String>, rows: impl IntoIterator<Item = Value>) -> Value {
    Value::Object(names.into_iter().cloned().zip(rows).collect())
}
