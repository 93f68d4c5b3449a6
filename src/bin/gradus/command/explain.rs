//! `explain`: every step of the computation and of its reverse sweep.

use super::{Outcome, json_of};
use crate::arguments::Explain;
use crate::expression::{did_you_mean, near, quoted};
use crate::failure::{Failure, Result};
use crate::problem::Problem;
use gradus::explain::Explanation;
use serde_json::json;

pub fn explain(arguments: &Explain) -> Result<Outcome> {
    let problem = Problem::read(&arguments.formula.expressions, &arguments.formula.at)?;
    let explanation = explanation(&problem, "explain")?;
    let explanation = match arguments.paths.is_empty() {
        true => explanation,
        false => explanation.between(&nodes(&explanation, &arguments.paths)?),
    };
    Ok(Outcome::new(match arguments.formula.json {
        true => json_of(&problem, json_steps(&explanation)),
        false => format!("{explanation}\n"),
    }))
}

/// The explanation of the single output.
pub(super) fn explanation(problem: &Problem, command: &str) -> Result<Explanation> {
    let output = problem.single_output(command)?;
    if let (name, None) = problem.record(output, |recorded, _| (&output.name, recorded.tape())) {
        return Err(Failure::usage(
            format!("{} depends on no variable: there is no step to explain", quoted(name)),
            "use a variable in it, and give the variable a value with `--at`",
        ));
    }
    Ok(problem.record(output, |recorded, _| gradus::explain::backward(recorded))?)
}

/// The nodes with these names.
fn nodes(explanation: &Explanation, names: &[String]) -> Result<Vec<u32>> {
    let node = |name: &String| {
        let step = explanation.forward.iter().find(|step| step.name == *name);
        step.map(|step| step.node).ok_or_else(|| {
            let known: Vec<&str> = explanation.forward.iter().map(|step| step.name.as_str()).collect();
            let help = did_you_mean(&near(name, known.iter().copied()));
            let help = help.unwrap_or_else(|| format!("the steps are called {}", known.join(", ")));
            Failure::usage(format!("there is no {} on the way to {}", quoted(name), explanation.output), help)
        })
    };
    names.iter().map(node).collect()
}

fn json_steps(explanation: &Explanation) -> serde_json::Value {
    let forward = explanation.forward.iter().map(|step| {
        json!({ "node": step.node, "name": step.name, "formula": step.formula, "value": step.value, "adjoint": step.adjoint })
    });
    let backward = explanation.backward.iter().map(|step| {
        json!({
            "from": step.from, "to": step.to, "local_formula": step.local_formula, "local": step.local,
            "adjoint": step.adjoint, "product": step.product, "before": step.before, "total": step.total,
        })
    });
    let gradient = explanation.gradient.iter().map(|input| (input.name.clone(), json!(input.derivative)));
    json!({
        "output": explanation.output,
        "forward": forward.collect::<Vec<_>>(),
        "backward": backward.collect::<Vec<_>>(),
        "gradient": gradient.collect::<serde_json::Map<_, _>>(),
    })
}
