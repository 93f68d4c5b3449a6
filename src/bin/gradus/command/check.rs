//! `check`: derivatives against finite differences, the library's own or such as the user claims.

use super::derivatives::recorded;
use super::{Outcome, json_of};
use crate::arguments::Check;
use crate::expression::Id;
use crate::failure::Result;
use crate::number::Digits;
use crate::problem::Problem;
use gradus::check::{Options, Report, Verdict};
use serde_json::{Value, json};

pub fn check(arguments: &Check) -> Result<Outcome> {
    let formula = &arguments.formula;
    let (problem, claims) = Problem::read_with_claims(&formula.expressions, &formula.at, &arguments.claim)?;
    let defaults = Options::default();
    let options = Options { threshold: arguments.threshold.unwrap_or(defaults.threshold), ..defaults };
    let mut report = report(&problem, arguments, options, &claims)?;
    for (row, &(variable, _)) in report.rows.iter_mut().zip(&claims) {
        row.name.clone_from(&problem.names[variable]);
    }
    let text = if formula.json {
        let verdict = report.verdict().to_string();
        json_of(&problem, json!({ "passed": report.passed(), "verdict": verdict, "rows": rows(&report) }))
    } else {
        let digits = Digits::of(formula.decimals);
        let missing = missing(&problem, &report, &claims, digits)?;
        let advice = if missing.is_empty() { report.advice().map(|advice| advice + "\n") } else { Some(missing) };
        format!("{report}\n{}", advice.map_or(String::new(), |advice| format!("\n{advice}")))
    };
    Ok(Outcome { text, notes: Vec::new(), passed: report.passed() })
}

/// What each claim that failed lacks, a line each.
fn missing(problem: &Problem, report: &Report, claims: &[(usize, Id)], digits: Digits) -> Result<String> {
    let mut lines = String::new();
    if !claims.is_empty() {
        let exact = gradus::gradient(recorded(problem), &problem.point)?;
        for (row, &(variable, claim)) in report.rows.iter().zip(claims) {
            let missing = exact[variable] - row.analytical;
            if row.verdict == Verdict::Mismatch && missing.is_finite() && missing != 0.0 {
                let (output, formula) = (&problem.outputs[0].name, problem.text(claim));
                let [claimed, exact, missing] = [row.analytical, exact[variable], missing].map(|x| digits.write(x));
                lines += &format!(
                    "d{output}/d{}: `{formula}` is {claimed} here, and the exact derivative {exact}: {missing} is missing.\n",
                    row.name
                );
            }
        }
    }
    Ok(lines)
}

fn report(problem: &Problem, arguments: &Check, options: Options, claims: &[(usize, Id)]) -> Result<Report> {
    let x = &problem.point;
    if !claims.is_empty() {
        problem.single_output("check --claim")?;
        // The function of the claimed variables alone, the others being held.
        let claimed: Vec<f64> = claims.iter().map(|&(variable, _)| x[variable]).collect();
        let whole = |part: &[f64]| {
            let mut whole = x.clone();
            claims.iter().zip(part).for_each(|(&(variable, _), &value)| whole[variable] = value);
            whole
        };
        let gradient = |part: &[f64]| claims.iter().map(|&(_, claim)| problem.value_of(claim, &whole(part))).collect();
        return Ok(options.function(|part| problem.first(&whole(part)), gradient, &claimed)?);
    }
    let names: Vec<&str> = problem.names.iter().map(String::as_str).collect();
    if arguments.second {
        problem.single_output("check --second")?;
        let entries = names.iter().flat_map(|first| names.iter().map(move |second| format!("{first},{second}")));
        return Ok(renamed(options.hessian(recorded(problem), x)?, entries));
    }
    match &problem.outputs[..] {
        [_] => Ok(renamed(options.gradient(recorded(problem), x)?, names.iter().map(|&name| name.to_owned()))),
        outputs => {
            let entries =
                outputs.iter().flat_map(|output| names.iter().map(move |name| format!("{}/{name}", output.name)));
            Ok(renamed(options.jacobian(|x| problem.evaluate(x), x)?, entries))
        }
    }
}

/// Rows by the names of the variables. One row more, that along a direction, stands at the end of a long report.
fn renamed(mut report: Report, names: impl Iterator<Item = String>) -> Report {
    if report.rows.len() > 1 || report.rows.first().is_some_and(|row| row.name != "along") {
        report.rows.iter_mut().zip(names).for_each(|(row, name)| row.name = name);
    }
    report
}

fn rows(report: &Report) -> Vec<Value> {
    let row = |row: &gradus::check::Row| {
        json!({
            "name": row.name,
            "analytical": row.analytical,
            "numerical": row.numerical,
            "relative_error": row.relative_error,
            "verdict": row.verdict.to_string(),
        })
    };
    report.rows.iter().map(row).collect()
}
