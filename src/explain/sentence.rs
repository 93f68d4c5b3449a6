//! Steps as sentences, to be read aloud.

use super::digits::short;
use super::steps::{BackwardStep, ForwardStep};

impl ForwardStep {
    /// The step as a sentence.
    ///
    /// ```
    /// let explanation = gradus::explain::function(|x| x[0] * x[0], &[3.0])?;
    /// assert_eq!(explanation.forward[0].sentence(), "x[0] is an input, 3.");
    /// assert_eq!(explanation.forward[1].sentence(), "v1 is x[0] * x[0], with x[0] = 3, which gives 9.");
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn sentence(&self) -> String {
        let (name, value) = (&self.name, short(self.value));
        if self.formula.is_empty() {
            return format!("{name} is an input, {value}.");
        }
        let mut operands: Vec<String> = Vec::new();
        for operand in self.operands.iter().filter(|operand| operand.node.is_some()) {
            let text = format!("{} = {}", operand.name, short(operand.value));
            if !operands.contains(&text) {
                operands.push(text);
            }
        }
        let with = if operands.is_empty() { String::new() } else { format!(", with {}", operands.join(", ")) };
        format!("{name} is {}{with}, which gives {value}.", self.formula)
    }
}

impl BackwardStep {
    /// The step as a sentence.
    ///
    /// ```
    /// let explanation = gradus::explain::function_of(|x| x[0] * x[1] + x[0], &[("a", -2.0), ("b", -3.0)])?;
    /// assert_eq!(
    ///     explanation.backward[3].sentence(),
    ///     "The adjoint of v2, 1, times the local derivative of v2 by b, which is a = -2, gives -2; \
    ///      it is the first that reaches b."
    /// );
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn sentence(&self) -> String {
        let BackwardStep { from, to, .. } = self;
        let (local, product) = (short(self.local), short(self.product));
        let formula = if self.local_formula == local { local } else { format!("{} = {local}", self.local_formula) };
        let then = match self.before {
            Some(before) => {
                format!("{to} had {} from another path, and now has {}", short(before), short(self.total))
            }
            None => format!("it is the first that reaches {to}"),
        };
        format!(
            "The adjoint of {from}, {}, times the local derivative of {from} by {to}, which is {formula}, gives {product}; {then}.",
            short(self.adjoint)
        )
    }
}
