//! Where a value or a slope that is not finite comes from.

use super::Problem;
use crate::expression::{Fault, Form, Id};
use crate::failure::Result;
use gradus::explain;

/// A longer list of operands is not written out.
const MOST_WRITTEN: usize = 20;

/// With as many digits as it takes, but not with hundreds of zeros.
fn written(x: f64) -> String {
    if x == 0.0 || !x.is_finite() || (1e-5..1e16).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}

impl Problem {
    /// Why a derivative of the first output is not finite, though its value is.
    pub fn first_infinite_slope(&self) -> Option<String> {
        let explanation = self.record(&self.outputs[0], |output, _| explain::backward(output)).ok()?;
        let step = explanation.backward.iter().find(|step| !step.total.is_finite())?;
        let explained = explanation.step(step.from_node)?;
        let doc = self.functions.find(&step.op).map_or("", |number| self.functions.get(number).doc());
        Some(format!(
            "the derivative of {} by {}, which is {}, is {}, here where {} is {}\n      {}: {doc}",
            explained.formula,
            step.to,
            step.local_formula,
            step.local,
            step.to,
            explained.operands.get(step.operand).map_or(f64::NAN, |operand| operand.value),
            step.op
        ))
    }

    /// Every output has a value, or whoever takes it away is named.
    pub(super) fn check_values(&self) -> Result<()> {
        for output in &self.outputs {
            let values = self.tree.evaluate(&self.ordered(&self.point), output.root, |_, value: f64| value);
            if !values[output.root].is_finite() {
                return Err(self.not_finite(output.root, |id| values[id]).into());
            }
        }
        Ok(())
    }

    /// The op that made the first value that is not finite, among those that `id` got it from.
    fn not_finite(&self, mut id: Id, value: impl Fn(Id) -> f64) -> Fault {
        loop {
            let node = self.tree.node(id);
            let operands: &[Id] = match &node.form {
                Form::Defined(of) => std::slice::from_ref(of),
                Form::Apply(_, operands) => operands,
                Form::Number(_) | Form::Variable(_) => &[],
            };
            if let Some(&operand) = operands.iter().find(|&&operand| !value(operand).is_finite()) {
                id = operand;
                continue;
            }
            let Form::Apply(function, operands) = &node.form else {
                return Fault::new("the value is not finite", node.place.clone(), format!("this is {}", value(id)));
            };
            let function = self.functions.get(*function);
            let numbers: Vec<String> =
                operands.iter().take(MOST_WRITTEN + 1).map(|&operand| written(value(operand))).collect();
            let numbers = if numbers.len() > MOST_WRITTEN { vec!["…".to_owned()] } else { numbers };
            let call = explain::written(function.info, &numbers.iter().map(String::as_str).collect::<Vec<_>>());
            let title = format!("{call} is {}: there is no derivative here", value(id));
            let fault = Fault::new(title, node.place.clone(), "the first value that is not finite");
            return fault.help(format!("{}: {}", function.info.name, function.doc()));
        }
    }
}
