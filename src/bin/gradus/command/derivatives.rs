//! Exact derivatives: `grad`, `jacobian`, `hessian`, `derivative`.

use super::{Outcome, by_name, by_variable, json_of};
use crate::arguments::{Derivative, Formula};
use crate::expression::Fault;
use crate::failure::{Failure, Result};
use crate::number::{Digits, list, table};
use crate::problem::{Problem, no_such_variable, values};
use gradus::{Dual, Var};
use serde_json::json;

pub fn gradient(formula: &Formula) -> Result<Outcome> {
    let problem = Problem::read(&formula.expressions, &formula.at)?;
    let output = problem.single_output("grad")?;
    let (value, gradient) = gradus::value_and_gradient(|x| problem.first(x), &problem.point)?;
    let digits = Digits::of(formula.decimals);
    let text = if formula.json {
        json_of(
            &problem,
            json!({ "output": output.name, "value": value, "gradient": by_variable(&problem, &gradient) }),
        )
    } else {
        let names: Vec<String> = problem.names.iter().map(|x| format!("d{}/d{x}", output.name)).collect();
        let slopes = names.iter().map(String::as_str).zip(gradient.iter().map(|&slope| digits.write(slope)));
        list([(output.name.as_str(), digits.write(value))].into_iter().chain(slopes))
    };
    Ok(with_note(text, &problem, gradient.iter().copied()))
}

pub fn jacobian(formula: &Formula) -> Result<Outcome> {
    let problem = Problem::read(&formula.expressions, &formula.at)?;
    let jacobian = gradus::jacobian(|x| problem.evaluate(x), &problem.point)?;
    let values = problem.evaluate(&problem.point);
    let digits = Digits::of(formula.decimals);
    let names = || problem.outputs.iter().map(|output| &output.name);
    let text = if formula.json {
        let rows = jacobian.iter().map(|row| by_variable(&problem, row));
        let values = by_name(names(), values.iter().map(|&value| json!(value)));
        json_of(&problem, json!({ "values": values, "jacobian": by_name(names(), rows) }))
    } else {
        let rows: Vec<(String, Vec<String>)> = names()
            .zip(&jacobian)
            .map(|(name, row)| (name.clone(), row.iter().map(|&slope| digits.write(slope)).collect()))
            .collect();
        let values = names().map(String::as_str).zip(values.iter().map(|&value| digits.write(value)));
        format!("{}\nJacobian: each row by each column\n{}", list(values), table(&problem.names, &rows))
    };
    Ok(with_note(text, &problem, jacobian.into_iter().flatten()))
}

pub fn hessian(formula: &Formula) -> Result<Outcome> {
    let problem = Problem::read(&formula.expressions, &formula.at)?;
    let output = problem.single_output("hessian")?;
    let hessian = gradus::hessian(|x| problem.first(x), &problem.point)?;
    let value: f64 = problem.first(&problem.point);
    let digits = Digits::of(formula.decimals);
    let text = if formula.json {
        let rows = hessian.iter().map(|row| by_variable(&problem, row));
        json_of(&problem, json!({ "output": output.name, "value": value, "hessian": by_name(&problem.names, rows) }))
    } else {
        let head = list([(output.name.as_str(), digits.write(value))]);
        format!("{head}\nHessian\n{}", square(&problem, &hessian, digits))
    };
    Ok(with_note(text, &problem, hessian.into_iter().flatten()))
}

/// A Hessian, with the names of the variables along both sides.
pub(super) fn square(problem: &Problem, hessian: &[Vec<f64>], digits: Digits) -> String {
    let write = |row: &Vec<f64>| row.iter().map(|&entry| digits.write(entry)).collect();
    let rows: Vec<(String, Vec<String>)> = problem.names.iter().cloned().zip(hessian.iter().map(write)).collect();
    table(&problem.names, &rows)
}

pub fn derivative(arguments: &Derivative) -> Result<Outcome> {
    let formula = &arguments.formula;
    let problem = Problem::read(&formula.expressions, &formula.at)?;
    let direction = direction(&problem, &arguments.along)?;
    let x: Vec<Dual> = problem.point.iter().zip(&direction).map(|(&x, &speed)| Dual::new(x, speed)).collect();
    let outputs = problem.evaluate(&x);
    let digits = Digits::of(formula.decimals);
    let names = || problem.outputs.iter().map(|output| &output.name);
    let text = if formula.json {
        let values = by_name(names(), outputs.iter().map(|output| json!(output.value())));
        let slopes = by_name(names(), outputs.iter().map(|output| json!(output.tangent())));
        let along = by_variable(&problem, &direction);
        json_of(&problem, json!({ "along": along, "values": values, "derivatives": slopes }))
    } else {
        let inputs = problem.names.iter().zip(&x).map(|(name, x)| (name.clone(), x.value(), x.tangent()));
        let results = names().zip(&outputs).map(|(name, y)| (name.clone(), y.value(), y.tangent()));
        let rows: Vec<(String, Vec<String>)> = inputs
            .chain(results)
            .map(|(name, value, tangent)| (name, vec![digits.write(value), digits.write(tangent)]))
            .collect();
        table(&["value".to_owned(), "derivative".to_owned()], &rows)
    };
    Ok(with_note(text, &problem, outputs.iter().map(|output| output.tangent())))
}

/// How fast each variable moves.
fn direction(problem: &Problem, along: &[String]) -> Result<Vec<f64>> {
    match (along.is_empty(), problem.names.len()) {
        (true, 1) => return Ok(vec![1.0]),
        (true, _) => {
            let example: Vec<String> = problem.names.iter().map(|name| format!("{name}=1")).collect();
            return Err(Failure::usage(
                format!("{} variables, and no direction to differentiate along", problem.names.len()),
                format!(
                    "add `--along {}` for the derivative with respect to one, or `--along {}`",
                    example[0],
                    example.join(",")
                ),
            ));
        }
        (false, _) => {}
    }
    let mut direction = vec![0.0; problem.names.len()];
    for speed in values(&problem.functions, "--along", along)? {
        match problem.names.iter().position(|name| *name == speed.name) {
            Some(variable) => direction[variable] = speed.value,
            None => return Err(Fault::into(no_such_variable(&speed.name, speed.place, &problem.names))),
        }
    }
    Ok(direction)
}

/// Says where an infinite or missing slope comes from.
fn with_note(text: String, problem: &Problem, mut slopes: impl Iterator<Item = f64>) -> Outcome {
    let mut outcome = Outcome::new(text);
    if slopes.any(|slope| !slope.is_finite()) {
        outcome.notes.extend(problem.first_infinite_slope());
    }
    outcome
}

/// The output as what is recorded.
pub(super) fn recorded(problem: &Problem) -> impl Fn(&[Var]) -> Var + '_ {
    |x| problem.first(x)
}
