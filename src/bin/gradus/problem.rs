//! What was typed, put together: expressions, the point, and the functions that the library is to differentiate.

mod finite;
mod values;

use crate::expression::{Fault, Form, Functions, Id, Part, Place, Statement, Tree, parse, quoted};
use crate::failure::Result;
use gradus::{Scalar, Tape, Var};
pub use values::{no_such_variable, values};
use values::{order, source};

/// An expression whose derivatives are asked for.
#[derive(Debug)]
pub struct Output {
    pub name: String,
    pub root: Id,
    pub place: Place,
}

#[derive(Debug)]
pub struct Problem {
    pub functions: Functions,
    tree: Tree,
    pub outputs: Vec<Output>,
    /// The variables, in the order in which their values were given.
    pub names: Vec<String>,
    pub point: Vec<f64>,
    /// Where in `names` each variable of the tree stands.
    order: Vec<usize>,
}

/// Formulas for single derivatives: the number of the variable, and the formula.
pub type Claims = Vec<(usize, Id)>;

impl Problem {
    /// Expressions and what `--at` says.
    pub fn read(expressions: &[String], at: &[String]) -> Result<Problem> {
        Problem::read_with_claims(expressions, at, &[]).map(|(problem, _)| problem)
    }

    pub fn read_with_claims(expressions: &[String], at: &[String], claims: &[String]) -> Result<(Problem, Claims)> {
        let functions = Functions::of_table();
        let mut tree = Tree::default();
        let mut statements = Vec::new();
        for (number, text) in expressions.iter().enumerate() {
            let name = match expressions.len() {
                1 => "expression".to_owned(),
                _ => format!("expression {}", number + 1),
            };
            statements.extend(parse(&mut tree, &functions, &source(name, text)?, Part::Statements)?);
        }
        let outputs = outputs(&tree, statements);
        let mut claimed = Vec::new();
        for text in claims {
            claimed.extend(parse(&mut tree, &functions, &source("--claim".to_owned(), text)?, Part::Claims)?);
        }
        let values = values(&functions, "--at", at)?;
        let order = order(&tree, &functions, &values)?;
        let mut problem = Problem {
            functions,
            tree,
            outputs,
            names: values.iter().map(|value| value.name.clone()).collect(),
            point: values.iter().map(|value| value.value).collect(),
            order,
        };
        let mut claims = Claims::new();
        for claim in claimed {
            let claim = problem.claim(claim, &claims)?;
            claims.push(claim);
        }
        problem.check_values()?;
        problem.name_outputs();
        Ok((problem, claims))
    }

    /// The one expression, where a command takes only one.
    pub fn single_output(&self, command: &str) -> Result<&Output> {
        match &self.outputs[..] {
            [output] => Ok(output),
            outputs => {
                let title = format!("`gradus {command}` takes one expression, but {} are given", outputs.len());
                Err(Fault::new(title, outputs[1].place.clone(), "the second one")
                    .help("`gradus jacobian` takes several; an intermediate result has a name, as in `z = w*x + b; (z - y)^2`")
                    .into())
            }
        }
    }

    /// Each output at `x`, on any kind of number.
    pub fn evaluate<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        self.evaluate_named(x, |_, value| value)
    }

    /// The single or first output at `x`.
    pub fn first<S: Scalar>(&self, x: &[S]) -> S {
        let root = self.outputs[0].root;
        self.tree.evaluate(&self.ordered(x), root, |_, value| value)[root]
    }

    fn evaluate_named<S: Scalar>(&self, x: &[S], name: impl FnMut(&str, S) -> S) -> Vec<S> {
        let last = self.outputs.iter().map(|output| output.root).max();
        match last {
            Some(last) => {
                let values = self.tree.evaluate(&self.ordered(x), last, name);
                self.outputs.iter().map(|output| values[output.root]).collect()
            }
            None => Vec::new(),
        }
    }

    /// The value of a formula at `x`.
    pub fn value_of(&self, claim: Id, x: &[f64]) -> f64 {
        self.tree.evaluate(&self.ordered(x), claim, |_, value| value)[claim]
    }

    fn ordered<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        self.order.iter().map(|&place| x[place]).collect()
    }

    /// The formula at `id`, as text.
    pub fn text(&self, id: Id) -> &str {
        self.tree.node(id).place.text()
    }

    /// Records the output on a tape where variables, intermediate results and the output bear their names.
    pub fn record<T>(&self, output: &Output, use_it: impl FnOnce(Var, &[Var]) -> T) -> T {
        let tape = Tape::new();
        let x: Vec<Var> = self.names.iter().zip(&self.point).map(|(name, &x)| tape.var(x).named(name)).collect();
        let values = self.tree.evaluate(&self.ordered(&x), output.root, |name, value| value.named(name));
        let value = values[output.root];
        let value = if value.label().is_none() { value.named(&output.name) } else { value };
        use_it(value, &x)
    }

    fn claim(&self, Statement { name, root }: Statement, before: &Claims) -> Result<(usize, Id)> {
        let Some((name, place)) = name else { unreachable!("a claim has a name") };
        match self.names.iter().position(|known| *known == name) {
            Some(variable) if before.iter().any(|&(claimed, _)| claimed == variable) => {
                let title = format!("two claims for the derivative by {}", quoted(&name));
                Err(Fault::new(title, place, "the second one").help("check one at a time").into())
            }
            Some(variable) => Ok((variable, root)),
            None => Err(no_such_variable(&name, place, &self.names).into()),
        }
    }

    /// Outputs without a name are called `f`, or `f1`, `f2`, unless something else is.
    fn name_outputs(&mut self) {
        let several = self.outputs.iter().filter(|output| output.name.is_empty()).count() > 1;
        let taken =
            |name: &str| self.names.iter().any(|known| known == name) || self.tree.definitions.contains_key(name);
        let letter = ["f", "y", "out"].into_iter().find(|letter| {
            !taken(letter) && (!several || (1..=self.outputs.len()).all(|number| !taken(&format!("{letter}{number}"))))
        });
        let letter = letter.unwrap_or("output");
        for (number, output) in (1..).zip(self.outputs.iter_mut().filter(|output| output.name.is_empty())) {
            output.name = if several { format!("{letter}{number}") } else { letter.to_owned() };
        }
    }
}

/// The expressions without a name; if all have one, those that no other uses.
fn outputs(tree: &Tree, statements: Vec<Statement>) -> Vec<Output> {
    let nameless = statements.iter().any(|statement| statement.name.is_none());
    let used = tree.used_definitions();
    let asked = |statement: &Statement| match statement.name {
        None => true,
        Some(_) => !nameless && !used.contains(&statement.root),
    };
    let output = |Statement { name, root }: Statement| {
        let node = tree.node(root);
        let name = match (name, &node.form) {
            (Some((name, _)), _) => name,
            // It has a name from before.
            (None, Form::Defined(_) | Form::Variable(_)) => node.place.text().trim_matches(['(', ')', ' ']).to_owned(),
            (None, Form::Number(_) | Form::Apply(..)) => String::new(),
        };
        Output { name, root, place: node.place.clone() }
    };
    statements.into_iter().filter(asked).map(output).collect()
}
