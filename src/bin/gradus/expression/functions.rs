//! The functions that an expression may call: every op of the table, found by visiting it, so that a new row is known here at once.

use gradus::Scalar;
use gradus::op::{self, Visitor};
use gradus::rule::{Info, ListRule, Rule};

/// A function and how it is called.
#[derive(Debug, Clone)]
pub struct Function {
    pub info: Info,
    /// How many arguments it takes; `None` for any number.
    pub arity: Option<usize>,
    /// Which of them are parameters: fixed numbers, with respect to which it has no derivative.
    parameters: Vec<bool>,
}

impl Function {
    /// How it is called, as in `atan2(a, b)`.
    pub fn signature(&self) -> String {
        match self.arity {
            Some(arity) => {
                let letters: Vec<String> = (b'a'..).take(arity).map(|letter| char::from(letter).to_string()).collect();
                format!("{}({})", self.info.name, letters.join(", "))
            }
            None => format!("{}(a, b, ...)", self.info.name),
        }
    }

    pub fn doc(&self) -> &'static str {
        self.info.doc.trim()
    }

    pub fn is_parameter(&self, argument: usize) -> bool {
        self.parameters.get(argument) == Some(&true)
    }

    /// The word before the parenthesis where a list op is written: `dot` for `dot_halves`.
    fn written_name(&self) -> Option<&'static str> {
        let name = self.info.written.strip_suffix("({})")?;
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then_some(name)
    }
}

/// All functions, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct Functions(Vec<Function>);

impl Functions {
    pub fn of_table() -> Functions {
        let mut functions = Functions::default();
        op::visit(&mut functions);
        functions
    }

    pub fn iter(&self) -> impl Iterator<Item = &Function> {
        self.0.iter()
    }

    /// The number of a function in the table.
    pub fn find(&self, name: &str) -> Option<usize> {
        let named = self.0.iter().position(|function| function.info.name == name);
        named.or_else(|| self.0.iter().position(|function| function.written_name() == Some(name)))
    }

    pub fn get(&self, number: usize) -> &Function {
        &self.0[number]
    }

    /// Names that `name` may have been meant to be.
    pub fn near(&self, name: &str) -> Vec<String> {
        near(name, self.0.iter().flat_map(|function| [Some(function.info.name), function.written_name()]).flatten())
    }
}

impl Visitor for Functions {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        let fixed = |operand: usize| R::DOMAIN.iter().all(|intervals| intervals[operand].0 == intervals[operand].1);
        let parameters = (0..N).map(|operand| !R::DOMAIN.is_empty() && fixed(operand)).collect();
        self.0.push(Function { info: R::INFO, arity: Some(N), parameters });
    }

    fn list_rule<R: ListRule>(&mut self) {
        self.0.push(Function { info: R::INFO, arity: None, parameters: Vec::new() });
    }
}

/// The same functions as code for one kind of number, in the same order.
pub struct Applications<S>(Vec<fn(&[S]) -> S>);

impl<S: Scalar> Applications<S> {
    pub fn of_table() -> Applications<S> {
        let mut applications = Applications(Vec::new());
        op::visit(&mut applications);
        applications
    }

    /// Applies a function to as many arguments as it takes.
    pub fn apply(&self, number: usize, x: &[S]) -> S {
        self.0[number](x)
    }
}

impl<S: Scalar> Visitor for Applications<S> {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        self.0.push(|x| S::apply::<R, N>(std::array::from_fn(|operand| x[operand])));
    }

    fn list_rule<R: ListRule>(&mut self) {
        self.0.push(|x| S::apply_list::<R>(x));
    }
}

/// Those of `known` that are spelt much like `name`, the nearest first.
pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let lower = name.to_lowercase();
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&lower, &known.to_lowercase()), known))
        .filter(|&(distance, known)| {
            2 * distance <= known.chars().count().max(lower.chars().count()).min(5) && known != name
        })
        .collect();
    found.sort();
    found.dedup();
    let nearest = found.first().map_or(0, |&(distance, _)| distance);
    found.into_iter().filter(|&(distance, _)| distance == nearest).take(3).map(|(_, known)| known.to_owned()).collect()
}

/// "did you mean `sin`, `sinh` or `asin`?"
pub fn did_you_mean(names: &[String]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (last, others) = quoted.split_last()?;
    let before = if others.is_empty() { String::new() } else { format!("{} or ", others.join(", ")) };
    Some(format!("did you mean {before}{last}?"))
}
