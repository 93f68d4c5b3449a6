//! The grammar: tokens to nodes of a tree.
//!
//! ```text
//! text       = [ statement ] { separator [ statement ] }
//! statement  = [ name "=" ] expression
//! expression = operand | sign expression | expression operator expression
//! operand    = number | name | name "(" [ expression { "," expression } ] ")" | "(" expression ")"
//! ```
//!
//! From loose to tight: `+ -`, then `* / %`, then the sign, then `^`, which groups to the right: `-x^2` is `-(x^2)`.

mod mistake;
mod state;

use super::fault::{Fault, Place, Source};
use super::functions::Functions;
use super::token::{Kind, Token, tokens};
use super::tree::{Form, Id, Tree};
use mistake::{after_expression, expected_operand, not_a_pair, not_closed};
pub use state::CONSTANTS;
use state::State;
use std::rc::Rc;
use winnow::combinator::{Infix, Prefix, expression};
use winnow::error::ParserError;
use winnow::prelude::*;
use winnow::stream::{Stateful, Stream, TokenSlice};

const SUM: i64 = 10;
const PRODUCT: i64 = 20;
const SIGN: i64 = 30;
const POWER: i64 = 40;

/// What a text consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Statements, some of which name their value.
    Statements,
    /// Only `name = expression`, also separated by commas. The names are defined.
    Values,
    /// As `Values`, but the names are those of variables and are not defined anew.
    Claims,
}

/// An expression, and the name that it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub name: Option<(String, Place)>,
    pub root: Id,
}

/// Adds the statements of a text to `tree`.
pub fn parse(tree: &mut Tree, functions: &Functions, source: &Rc<Source>, part: Part) -> Result<Vec<Statement>, Fault> {
    let tokens = tokens(source)?;
    let state = State::new(tree, functions, source.clone());
    let mut input = Stateful { input: TokenSlice::new(&tokens), state };
    let mut statements = Vec::new();
    loop {
        match peek(&input) {
            None => break,
            Some(token) if is_end(token, part) => input.skip(),
            Some(_) => statements.push(statement(&mut input, part).map_err(Failure::fault)?),
        }
    }
    match statements.is_empty() {
        true => Err(Fault::new("there is no expression", input.state.end(), "expected an expression")),
        false => Ok(statements),
    }
}

fn is_end(token: &Token, part: Part) -> bool {
    token.kind == Kind::Separator || part != Part::Statements && token.kind == Kind::Comma
}

type Input<'t, 's> = Stateful<TokenSlice<'t, Token>, State<'t, 's>>;

/// Why a parser returned nothing.
enum Failure {
    /// Something else may stand here.
    Elsewhere,
    Fault(Box<Fault>),
}

impl Failure {
    fn fault(self) -> Fault {
        match self {
            Failure::Fault(fault) => *fault,
            Failure::Elsewhere => unreachable!("every place where nothing fits has a message"),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::Fault(Box::new(fault))
    }
}

impl<I: Stream> ParserError<I> for Failure {
    type Inner = Failure;

    fn from_input(_: &I) -> Failure {
        Failure::Elsewhere
    }

    fn is_backtrack(&self) -> bool {
        matches!(self, Failure::Elsewhere)
    }

    fn into_inner(self) -> Result<Failure, Failure> {
        Ok(self)
    }
}

type Parsed<T> = Result<T, Failure>;

fn statement(input: &mut Input<'_, '_>, part: Part) -> Parsed<Statement> {
    let name = match input.input.get(..2) {
        Some([Token { kind: Kind::Name(name), span }, Token { kind: Kind::Equals, .. }]) => {
            let name = (name.clone(), input.state.place(span.clone()));
            input.skip();
            input.skip();
            Some(name)
        }
        _ => None,
    };
    match &name {
        Some((name, place)) if part != Part::Claims => input.state.may_be_defined(name, place)?,
        None if part != Part::Statements => return Err(not_a_pair(input).into()),
        _ => {}
    }
    let root = nested(input)?;
    match peek(input) {
        Some(token) if !is_end(token, part) => Err(after_expression(input, token).into()),
        _ => {
            if let (Some((name, place)), true) = (&name, part != Part::Claims) {
                // The expression itself may have used it.
                input.state.may_be_defined(name, place)?;
                input.state.tree.definitions.insert(name.clone(), (root, place.clone()));
            }
            Ok(Statement { name, root })
        }
    }
}

fn nested(input: &mut Input<'_, '_>) -> Parsed<Id> {
    expression(operand).prefix(prefix).infix(infix).parse_next(input)
}

fn prefix<'t, 's>(input: &mut Input<'t, 's>) -> Parsed<Prefix<Input<'t, 's>, Id, Failure>> {
    let Some(token @ Token { kind: Kind::Plus | Kind::Minus, .. }) = peek(input) else {
        return Err(expected_operand(input).into());
    };
    input.state.deeper(token)?;
    input.skip();
    Ok(match token.kind {
        Kind::Minus => Prefix(SIGN, |input, operand| {
            input.state.depth -= 1;
            let place = input.state.tree.node(operand).place.clone();
            let start = sign_before(&place);
            Ok(input.state.apply("neg", vec![operand], Place { span: start..place.span.end, ..place }))
        }),
        _ => Prefix(SIGN, |input, operand| {
            input.state.depth -= 1;
            Ok(operand)
        }),
    })
}

/// Where the sign before an operand begins.
fn sign_before(operand: &Place) -> usize {
    let before = &operand.source.text[..operand.span.start];
    before.rfind(['-', '−']).unwrap_or(operand.span.start)
}

fn infix<'t, 's>(input: &mut Input<'t, 's>) -> Parsed<Infix<Input<'t, 's>, Id, Failure>> {
    let token = peek(input).ok_or(Failure::Elsewhere)?;
    let infix = match token.kind {
        Kind::Plus => Infix::Left(SUM, |input: &mut Input<'t, 's>, a, b| Ok(input.state.binary("add", a, b))),
        Kind::Minus => Infix::Left(SUM, |input: &mut Input<'t, 's>, a, b| Ok(input.state.binary("sub", a, b))),
        Kind::Times => Infix::Left(PRODUCT, |input: &mut Input<'t, 's>, a, b| Ok(input.state.binary("mul", a, b))),
        Kind::Divide => Infix::Left(PRODUCT, |input: &mut Input<'t, 's>, a, b| Ok(input.state.binary("div", a, b))),
        Kind::Remainder => Infix::Left(PRODUCT, |input: &mut Input<'t, 's>, a, b| Ok(input.state.binary("rem", a, b))),
        Kind::Power => {
            // No operator binds more tightly, so that this one is not put back.
            input.state.deeper(token)?;
            Infix::Right(POWER, |input: &mut Input<'t, 's>, a, b| {
                input.state.depth -= 1;
                Ok(input.state.power(a, b))
            })
        }
        Kind::Number(_) | Kind::Name(_) | Kind::Equals | Kind::Comma | Kind::Open | Kind::Close | Kind::Separator => {
            return Err(Failure::Elsewhere);
        }
    };
    input.skip();
    Ok(infix)
}

fn operand(input: &mut Input<'_, '_>) -> Parsed<Id> {
    let token = peek(input).ok_or(Failure::Elsewhere)?;
    let place = input.state.place(token.span.clone());
    match &token.kind {
        Kind::Number(value) => {
            input.skip();
            Ok(input.state.tree.add(Form::Number(*value), place, Some(*value)))
        }
        Kind::Name(name) => {
            input.skip();
            match peek(input) {
                Some(open @ Token { kind: Kind::Open, .. }) => call(input, name, place, open),
                _ => Ok(input.state.name(name, place)),
            }
        }
        Kind::Open => {
            input.state.deeper(token)?;
            input.skip();
            let inside = nested(input)?;
            if peek(input).is_none_or(|token| token.kind != Kind::Close) {
                return Err(not_closed(input, token, "`)` or an operator").into());
            }
            let end = peek(input).map_or(token.span.end, |close| close.span.end);
            input.skip();
            input.state.depth -= 1;
            input.state.tree.widen(inside, token.span.start..end);
            Ok(inside)
        }
        Kind::Plus
        | Kind::Minus
        | Kind::Times
        | Kind::Divide
        | Kind::Remainder
        | Kind::Power
        | Kind::Equals
        | Kind::Comma
        | Kind::Close
        | Kind::Separator => Err(Failure::Elsewhere),
    }
}

fn call(input: &mut Input<'_, '_>, name: &str, place: Place, open: &Token) -> Parsed<Id> {
    let Some(number) = input.state.functions.find(name) else {
        return Err(input.state.unknown_function(name, place).into());
    };
    input.state.deeper(open)?;
    input.skip();
    let mut arguments = Vec::new();
    if peek(input).is_none_or(|token| token.kind != Kind::Close) {
        loop {
            arguments.push(nested(input)?);
            match peek(input).map(|token| &token.kind) {
                Some(Kind::Comma) => input.skip(),
                Some(Kind::Close) => break,
                _ => return Err(not_closed(input, open, "`,`, `)` or an operator").into()),
            }
        }
    }
    let end = peek(input).map_or(place.span.end, |close| close.span.end);
    input.skip();
    input.state.depth -= 1;
    let whole = input.state.place(place.span.start..end);
    input.state.check_arguments(number, &arguments, &whole)?;
    Ok(input.state.apply_number(number, arguments, whole))
}

fn peek<'t>(input: &Input<'t, '_>) -> Option<&'t Token> {
    input.input.peek_token()
}

trait Skip {
    /// Consumes a token.
    fn skip(&mut self);
}

impl Skip for Input<'_, '_> {
    fn skip(&mut self) {
        self.state.previous = self.input.next_token();
    }
}
