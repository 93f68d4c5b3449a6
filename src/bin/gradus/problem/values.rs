//! The numbers that are given for variables: `--at x=2`.

use crate::expression::{
    CONSTANTS, Fault, Functions, Part, Place, Source, Statement, Tree, did_you_mean, near, parse, quoted,
};
use crate::failure::{Failure, Result};
use std::io::Read;
use std::rc::Rc;

/// The text of an argument, or the standard input for `-`.
pub fn source(name: String, text: &str) -> Result<Rc<Source>> {
    if text != "-" {
        return Ok(Rc::new(Source { name, text: text.to_owned() }));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes).map_err(|error| error.to_string());
    match read.and_then(|_| String::from_utf8(bytes).map_err(|error| error.to_string())) {
        Ok(text) => {
            // Some shells and editors begin a text with a byte order mark.
            let text = text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned);
            Ok(Rc::new(Source { name: "standard input".to_owned(), text }))
        }
        Err(message) => Err(Failure::usage(
            format!("cannot read an expression from the standard input: {message}"),
            "pass text in UTF-8, as in `echo \"x^2\" | gradus grad - --at x=3`",
        )),
    }
}

/// A number for a variable.
pub struct Value {
    pub name: String,
    pub value: f64,
    pub place: Place,
}

/// What the option `option` gives: `x=2`, `x=pi/4, y=1`.
pub fn values(functions: &Functions, option: &str, texts: &[String]) -> Result<Vec<Value>> {
    let mut tree = Tree::default();
    let mut values = Vec::new();
    for text in texts {
        for Statement { name, root } in parse(&mut tree, functions, &source(option.to_owned(), text)?, Part::Values)? {
            let Some((name, place)) = name else { unreachable!("a value has a name") };
            let node = tree.node(root);
            let Some(value) = node.constant else {
                let fault = Fault::new(
                    format!("the value of {} is not a number", quoted(&name)),
                    node.place.clone(),
                    "depends on a name",
                );
                return Err(fault.help("a value is a number, such as 2, 1e-3 or pi/4").into());
            };
            if !value.is_finite() {
                let title = format!("the value of {} is {value}", quoted(&name));
                return Err(Fault::new(title, node.place.clone(), "derivatives are taken at finite points only").into());
            }
            values.push(Value { name, value, place });
        }
    }
    Ok(values)
}

/// For each variable of the tree, which of the values it has.
pub fn order(tree: &Tree, functions: &Functions, values: &[Value]) -> Result<Vec<usize>> {
    let given: Vec<String> = values.iter().map(|value| value.name.clone()).collect();
    let known: Vec<String> = tree.variables.iter().map(|(name, _)| name.clone()).collect();
    if let Some(value) = values.iter().find(|value| !known.contains(&value.name)) {
        let unused = || known.iter().filter(|name| !given.contains(name)).map(String::as_str);
        return Err(match tree.definitions.contains_key(&value.name) {
            true => Fault::new(
                format!("{} is computed in the expression", quoted(&value.name)),
                value.place.clone(),
                "given a value here",
            )
            .help("leave this value out, or the assignment"),
            false => {
                let mut fault = no_such_variable(&value.name, value.place.clone(), &known);
                if let (true, Some(question)) = (fault.help.is_empty(), did_you_mean(&near(&value.name, unused()))) {
                    fault = fault.help(question);
                }
                fault
            }
        }
        .into());
    }
    let place = |(name, place): &(String, Place)| match given.iter().position(|given| given == name) {
        Some(number) => Ok(number),
        None => Err(Failure::from(no_value(functions, name, place.clone()))),
    };
    let order = tree.variables.iter().map(place).collect::<Result<Vec<_>>>()?;
    if order.is_empty() {
        return Err(Failure::usage(
            "the expression has no variables: there is nothing to differentiate with respect to",
            "use a name in it, and give the name a value: `gradus grad \"x^2\" --at x=3`",
        ));
    }
    Ok(order)
}

pub fn no_such_variable(name: &str, place: Place, known: &[String]) -> Fault {
    let fault = Fault::new(format!("there is no {} in the expression", quoted(name)), place, "not used");
    match did_you_mean(&near(name, known.iter().map(String::as_str))) {
        Some(question) => fault.help(question),
        None if known.is_empty() => fault.help("it has no variables"),
        None => fault.help(format!("it has {}", known.join(", "))),
    }
}

fn no_value(functions: &Functions, name: &str, place: Place) -> Fault {
    let fault = Fault::new(format!("no value for {}", quoted(name)), place, "a variable without a value");
    let fault = fault.help(format!("add `--at {name}=...`"));
    if let Some(number) = functions.find(name) {
        return fault.help(format!("as a function it needs parentheses: `{}`", functions.get(number).signature()));
    }
    match did_you_mean(&near(name, CONSTANTS.iter().map(|(constant, _)| *constant))) {
        Some(question) => fault.help(question),
        None => fault,
    }
}
