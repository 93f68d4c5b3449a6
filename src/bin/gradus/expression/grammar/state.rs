//! What is known while a text is parsed, and what its parts mean.

use super::super::fault::{Fault, Place, Source, quoted};
use super::super::functions::{Applications, Functions, did_you_mean};
use super::super::token::Token;
use super::super::tree::{Form, Id, Tree, is_integer};
use std::f64::consts::{E, PI, TAU};
use std::ops::Range;
use std::rc::Rc;

/// Names that are numbers.
pub const CONSTANTS: [(&str, f64); 5] = [("pi", PI), ("π", PI), ("e", E), ("tau", TAU), ("τ", TAU)];

/// How deep parentheses, signs and powers may be nested: the parser recurses.
pub const DEEPEST: usize = 200;

pub struct State<'t, 's> {
    pub tree: &'s mut Tree,
    pub functions: &'s Functions,
    values: Applications<f64>,
    pub source: Rc<Source>,
    /// How deep the parser is nested.
    pub depth: usize,
    /// The token consumed last.
    pub previous: Option<&'t Token>,
}

impl std::fmt::Debug for State<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "at depth {}", self.depth)
    }
}

impl<'s> State<'_, 's> {
    pub fn new(tree: &'s mut Tree, functions: &'s Functions, source: Rc<Source>) -> Self {
        State { tree, functions, values: Applications::of_table(), source, depth: 0, previous: None }
    }

    pub fn place(&self, span: Range<usize>) -> Place {
        Place { source: self.source.clone(), span }
    }

    /// The end of the text, without the white space there.
    pub fn end(&self) -> Place {
        let end = self.previous.map_or(0, |token| token.span.end);
        self.place(end..end)
    }

    /// Notes that `token` leads one level deeper.
    pub fn deeper(&mut self, token: &Token) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth <= DEEPEST {
            return Ok(());
        }
        let title = format!("the expression is nested deeper than {DEEPEST} levels");
        Err(Fault::new(title, self.place(token.span.clone()), "one level too deep")
            .help("give parts of it a name in statements before, as in `z = w*x + b; (z - y)^2`"))
    }

    /// Whether an assignment may give `name` a value here.
    pub fn may_be_defined(&self, name: &str, place: &Place) -> Result<(), Fault> {
        if let Some((_, value)) = CONSTANTS.iter().find(|(constant, _)| *constant == name) {
            let title = format!("{} is the constant {value}", quoted(name));
            return Err(Fault::new(title, place.clone(), "cannot be given another value").help("choose another name"));
        }
        if let Some((_, first)) = self.tree.definitions.get(name) {
            let fault = Fault::new(format!("{} is given twice", quoted(name)), place.clone(), "given again here");
            let fault = fault.help("a name keeps its value: choose another one");
            return Err(if first.source == place.source {
                fault.context(first.span.clone(), "first here")
            } else {
                fault
            });
        }
        if let Some(number) = self.tree.find_variable(name) {
            let (_, first) = &self.tree.variables[number];
            let title = format!("{} is used before it is computed", quoted(name));
            let fault = Fault::new(title, place.clone(), "computed only here");
            let fault = fault.help(format!("put this statement before the first use of {}", quoted(name)));
            return Err(if first.source == place.source {
                fault.context(first.span.clone(), "used here")
            } else {
                fault
            });
        }
        Ok(())
    }

    /// A name that stands for a value.
    pub fn name(&mut self, name: &str, place: Place) -> Id {
        if let Some(&(id, _)) = self.tree.definitions.get(name) {
            let constant = self.tree.node(id).constant;
            return self.tree.add(Form::Defined(id), place, constant);
        }
        if let Some(&(_, value)) = CONSTANTS.iter().find(|(constant, _)| *constant == name) {
            return self.tree.add(Form::Number(value), place, Some(value));
        }
        let number = self.tree.variable(name, &place);
        self.tree.add(Form::Variable(number), place, None)
    }

    pub fn binary(&mut self, op: &str, a: Id, b: Id) -> Id {
        let span = self.tree.node(a).place.span.start..self.tree.node(b).place.span.end;
        self.apply(op, vec![a, b], self.place(span))
    }

    /// A power: an integer one if the exponent is fixed, so that it has no logarithm in its slopes.
    pub fn power(&mut self, base: Id, exponent: Id) -> Id {
        let op = if self.tree.node(exponent).constant.is_some_and(is_integer) { "powi" } else { "powf" };
        self.binary(op, base, exponent)
    }

    /// Applies the op of an operator, which has this name in the table.
    pub fn apply(&mut self, op: &str, arguments: Vec<Id>, place: Place) -> Id {
        match self.functions.find(op) {
            Some(number) => self.apply_number(number, arguments, place),
            None => unreachable!("the table has no op `{op}`"),
        }
    }

    pub fn apply_number(&mut self, number: usize, arguments: Vec<Id>, place: Place) -> Id {
        let constants: Option<Vec<f64>> = arguments.iter().map(|&id| self.tree.node(id).constant).collect();
        let constant = constants.map(|x| self.values.apply(number, &x));
        self.tree.add(Form::Apply(number, arguments), place, constant)
    }

    /// Whether a function takes these arguments.
    pub fn check_arguments(&self, number: usize, arguments: &[Id], whole: &Place) -> Result<(), Fault> {
        let function = self.functions.get(number);
        let name = quoted(function.info.name);
        let about = || format!("{}: {}", function.signature(), function.doc());
        match function.arity {
            Some(arity) if arity != arguments.len() => {
                let plural = if arity == 1 { "" } else { "s" };
                let title = format!("{name} takes {arity} argument{plural}, but {} given", were(arguments.len()));
                return Err(Fault::new(title, whole.clone(), "").help(about()));
            }
            _ => {}
        }
        let variable =
            |&(position, id): &(usize, &Id)| function.is_parameter(position) && self.tree.node(*id).constant.is_none();
        match arguments.iter().enumerate().find(variable) {
            Some((position, &id)) => {
                let title = format!("argument {} of {name} has to be a fixed number", position + 1);
                Err(Fault::new(title, self.tree.node(id).place.clone(), "this depends on a variable").help(about()))
            }
            None => Ok(()),
        }
    }

    pub fn unknown_function(&self, name: &str, place: Place) -> Fault {
        let product = format!("to multiply, write a sign: `{name} * (...)`");
        let is_value = self.tree.find_variable(name).is_some()
            || self.tree.definitions.contains_key(name)
            || CONSTANTS.iter().any(|(constant, _)| *constant == name);
        if is_value {
            let title = format!("{} is a number here, not a function", quoted(name));
            return Fault::new(title, place, "called like a function").help(product);
        }
        let fault = Fault::new(format!("unknown function {}", quoted(name)), place, "no op of this name");
        match did_you_mean(&self.functions.near(name)) {
            Some(question) => fault.help(question),
            None => fault.help("`gradus functions` lists those that there are").help(product),
        }
    }
}

fn were(count: usize) -> String {
    match count {
        0 => "none was".to_owned(),
        1 => "1 was".to_owned(),
        _ => format!("{count} were"),
    }
}
