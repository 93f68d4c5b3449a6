//! A tree as text again, with no parentheses but those that it needs.

use super::functions::Functions;
use super::tree::{Form, Id, Tree, is_integer};

const SUM: u8 = 1;
const PRODUCT: u8 = 2;
const SIGN: u8 = 3;
const POWER: u8 = 4;
const ATOM: u8 = 5;

impl Tree {
    /// The expression at `id`, definitions by their names. It recurses: for trees as deep as the parser makes them from
    /// parentheses.
    pub fn text(&self, functions: &Functions, id: Id) -> String {
        self.written(functions, id).0
    }

    fn written(&self, functions: &Functions, id: Id) -> (String, u8) {
        let (function, arguments) = match &self.node(id).form {
            Form::Number(c) => return (format!("{c:?}"), ATOM),
            Form::Variable(number) => return (self.variables[*number].0.clone(), ATOM),
            Form::Defined(of) => {
                let name = self.definitions.iter().find(|(_, (id, _))| id == of).map(|(name, _)| name.clone());
                return name.map_or_else(|| self.written(functions, *of), |name| (name, ATOM));
            }
            Form::Apply(function, arguments) => (functions.get(*function).info.name, arguments),
        };
        let at_least = |id: Id, least: u8| {
            let (text, binds) = self.written(functions, id);
            if binds < least { format!("({text})") } else { text }
        };
        match (function, &arguments[..]) {
            ("add", &[a, b]) => (format!("{} + {}", at_least(a, SUM), at_least(b, SUM + 1)), SUM),
            ("sub", &[a, b]) => (format!("{} - {}", at_least(a, SUM), at_least(b, SUM + 1)), SUM),
            ("mul", &[a, b]) => (format!("{} * {}", at_least(a, PRODUCT), at_least(b, PRODUCT + 1)), PRODUCT),
            ("div", &[a, b]) => (format!("{} / {}", at_least(a, PRODUCT), at_least(b, PRODUCT + 1)), PRODUCT),
            ("rem", &[a, b]) => (format!("{} % {}", at_least(a, PRODUCT), at_least(b, PRODUCT + 1)), PRODUCT),
            ("neg", &[a]) => (format!("-{}", at_least(a, SIGN)), SIGN),
            // An exponent may have a sign without parentheses.
            ("powi" | "powf", &[a, b]) if self.node(b).constant.is_some_and(is_integer) == (function == "powi") => {
                (format!("{}^{}", at_least(a, POWER + 1), at_least(b, SIGN)), POWER)
            }
            (name, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(|&id| self.text(functions, id)).collect();
                (format!("{name}({})", arguments.join(", ")), ATOM)
            }
        }
    }
}
