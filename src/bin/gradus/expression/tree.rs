//! The tree of an expression, flat: each node stands behind its operands, so that whatever walks it is a loop, however deep it is.

use super::fault::Place;
use super::functions::Applications;
use gradus::Scalar;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

/// A node of a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u32);

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node{}", self.0)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    Number(f64),
    /// A variable, by its number.
    Variable(usize),
    /// A name that a statement before has given to its value.
    Defined(Id),
    /// A function, by its number in the table, and its arguments.
    Apply(usize, Vec<Id>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub form: Form,
    pub place: Place,
    /// Its value, if that is the same at every point.
    pub constant: Option<f64>,
}

/// Whether a fixed exponent makes a power an integer one.
pub fn is_integer(c: f64) -> bool {
    c.fract() == 0.0 && c.abs() <= f64::from(i32::MAX)
}

/// Expressions that share their variables and definitions.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    /// Each variable and the place where it occurs first, in the order of their occurrence.
    pub variables: Vec<(String, Place)>,
    numbers: HashMap<String, usize>,
    /// What the assignments so far have named.
    pub definitions: HashMap<String, (Id, Place)>,
}

impl Tree {
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn add(&mut self, form: Form, place: Place, constant: Option<f64>) -> Id {
        self.nodes.push(Node { form, place, constant });
        Id(self.nodes.len() as u32 - 1)
    }

    /// Gives a node a larger place: that with the parentheses around it.
    pub fn widen(&mut self, id: Id, span: Range<usize>) {
        self.nodes[id.0 as usize].place.span = span;
    }

    /// The number of the variable `name`, which occurs at `place`.
    pub fn variable(&mut self, name: &str, place: &Place) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        self.variables.push((name.to_owned(), place.clone()));
        self.numbers.insert(name.to_owned(), self.variables.len() - 1);
        self.variables.len() - 1
    }

    /// The values with a name that an expression uses.
    pub fn used_definitions(&self) -> HashSet<Id> {
        let used = |node: &Node| match node.form {
            Form::Defined(id) => Some(id),
            Form::Number(_) | Form::Variable(_) | Form::Apply(..) => None,
        };
        self.nodes.iter().filter_map(used).collect()
    }

    pub fn find_variable(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// The value of every node up to `last`, with `x` for the variables. `name` is shown each value that an assignment
    /// computes, and may hang the name on it.
    pub fn evaluate<S: Scalar>(&self, x: &[S], last: Id, mut name: impl FnMut(&str, S) -> S) -> Values<S> {
        let functions = Applications::<S>::of_table();
        let labels: HashMap<Id, &str> = self.definitions.iter().map(|(name, (id, _))| (*id, name.as_str())).collect();
        let mut values: Vec<S> = Vec::with_capacity(last.0 as usize + 1);
        let mut operands: Vec<S> = Vec::new();
        for (index, node) in (0..=last.0).zip(&self.nodes) {
            let value = match &node.form {
                Form::Number(c) => S::lit(*c),
                Form::Variable(number) => x[*number],
                Form::Defined(id) => values[id.0 as usize],
                Form::Apply(function, arguments) => {
                    operands.clear();
                    operands.extend(arguments.iter().map(|id| values[id.0 as usize]));
                    let value = functions.apply(*function, &operands);
                    labels.get(&Id(index)).map_or(value, |label| name(label, value))
                }
            };
            values.push(value);
        }
        Values(values)
    }
}

/// The value of each node.
pub struct Values<S>(Vec<S>);

impl<S> std::ops::Index<Id> for Values<S> {
    type Output = S;

    fn index(&self, id: Id) -> &S {
        &self.0[id.0 as usize]
    }
}
