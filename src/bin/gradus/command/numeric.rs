//! `numeric`: central differences, beside the exact derivatives.

use super::derivatives::square;
use super::{Outcome, by_name, by_variable, json_of};
use crate::arguments::Numeric;
use crate::failure::Result;
use crate::number::{Digits, table};
use crate::problem::Problem;
use gradus::numeric;
use serde_json::json;

pub fn numeric(arguments: &Numeric) -> Result<Outcome> {
    let problem = Problem::read(&arguments.formula.expressions, &arguments.formula.at)?;
    match arguments.second {
        true => second(&problem, arguments),
        false => first(&problem, arguments),
    }
}

fn first(problem: &Problem, arguments: &Numeric) -> Result<Outcome> {
    let (x, h) = (&problem.point, arguments.step.unwrap_or(numeric::STEP));
    let differences = numeric::jacobian_with_step(|x| problem.evaluate(x), x, h)?;
    let exact = gradus::jacobian(|x| problem.evaluate(x), x)?;
    let names = || problem.outputs.iter().map(|output| &output.name);
    if arguments.formula.json {
        let rows = |matrix: &[Vec<f64>]| by_name(names(), matrix.iter().map(|row| by_variable(problem, row)));
        let more = json!({ "step": h, "numerical": rows(&differences), "exact": rows(&exact) });
        return Ok(Outcome::new(json_of(problem, more)));
    }
    let digits = Digits::of(arguments.formula.decimals);
    let mut rows = Vec::new();
    for ((output, differences), exact) in names().zip(&differences).zip(&exact) {
        for ((x, &difference), &exact) in problem.names.iter().zip(differences).zip(exact) {
            let error = format!("{:.1e}", (difference - exact).abs());
            rows.push((format!("d{output}/d{x}"), vec![digits.write(difference), digits.write(exact), error]));
        }
    }
    let columns = ["numerical", "exact", "error"].map(str::to_owned);
    Ok(Outcome::new(format!("(f(x + h) - f(x - h)) / 2h with h = {h:e}\n\n{}", table(&columns, &rows))))
}

fn second(problem: &Problem, arguments: &Numeric) -> Result<Outcome> {
    let output = problem.single_output("numeric --second")?;
    let (x, h) = (&problem.point, arguments.step.unwrap_or(numeric::SECOND_STEP));
    let differences = numeric::hessian_with_step(|x| problem.first(x), x, h)?;
    let exact = gradus::hessian(|x| problem.first(x), x)?;
    if arguments.formula.json {
        let rows = |matrix: &[Vec<f64>]| by_name(&problem.names, matrix.iter().map(|row| by_variable(problem, row)));
        let more = json!({ "output": output.name, "step": h, "numerical": rows(&differences), "exact": rows(&exact) });
        return Ok(Outcome::new(json_of(problem, more)));
    }
    let digits = Digits::of(arguments.formula.decimals);
    let (differences, exact) = (square(problem, &differences, digits), square(problem, &exact, digits));
    Ok(Outcome::new(format!("second differences with h = {h:e}\n{differences}\nexact\n{exact}")))
}
