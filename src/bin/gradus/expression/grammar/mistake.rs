//! What a token that does not fit is called, and what was probably meant.

use super::super::fault::{Fault, Place, quoted};
use super::super::token::{Kind, Token};
use super::{Input, peek};

/// The next token, or the end, in a message.
fn found(input: &Input<'_, '_>) -> (Place, String) {
    match peek(input) {
        None => (input.state.end(), "the end".to_owned()),
        Some(token) => {
            let place = input.state.place(token.span.clone());
            match place.text() {
                "\n" => (input.state.end(), "the end of the line".to_owned()),
                text => (place.clone(), quoted(text)),
            }
        }
    }
}

/// There is no operand where one has to be.
pub fn expected_operand(input: &Input<'_, '_>) -> Fault {
    let (place, found) = found(input);
    let title = format!("expected a number, a name or `(`, found {found}");
    let fault = match input.state.previous {
        Some(before) if is_operator(&before.kind) => {
            let text = &input.state.source.text[before.span.clone()];
            Fault::new(title, place, "an operand is missing")
                .context(before.span.clone(), "for this")
                .help(format!("{} stands between two operands, as in `x {text} 2`", quoted(text)))
        }
        _ if peek(input).is_none() => Fault::new(title, place, "an expression is missing"),
        _ => Fault::new(title, place, "not expected here"),
    };
    match peek(input).map(|token| &token.kind) {
        Some(Kind::Comma) => fault.help("commas separate the arguments of a function; a decimal point is written `.`"),
        _ => fault,
    }
}

fn is_operator(kind: &Kind) -> bool {
    matches!(kind, Kind::Plus | Kind::Minus | Kind::Times | Kind::Divide | Kind::Remainder | Kind::Power)
}

/// An expression is complete, and `token` neither goes on with it nor ends it.
pub fn after_expression(input: &Input<'_, '_>, token: &Token) -> Fault {
    let (place, found) = found(input);
    let expected = |what: &str| format!("expected {what}, found {found}");
    match token.kind {
        Kind::Number(_) | Kind::Name(_) | Kind::Open => {
            let fault = Fault::new(expected("an operator"), place, "an operator is missing before this");
            match missing_sign(input, token) {
                Some(help) => fault.help(help),
                None => fault,
            }
        }
        Kind::Close => Fault::new("this `)` closes nothing", place, "no `(` belongs to it"),
        Kind::Equals => Fault::new(expected("an operator or the end"), place, "a value is given to single names only")
            .help("write `name = expression`, and start a new statement with `;`"),
        Kind::Comma => Fault::new(expected("an operator or the end"), place, "not inside a call").help(
            "commas separate the arguments of a function; a decimal point is written `.`, and statements end with `;`",
        ),
        Kind::Plus | Kind::Minus | Kind::Times | Kind::Divide | Kind::Remainder | Kind::Power | Kind::Separator => {
            Fault::new(expected("an operator or the end"), place, "not expected here")
        }
    }
}

/// What to write where two operands stand side by side.
fn missing_sign(input: &Input<'_, '_>, token: &Token) -> Option<String> {
    let before = input.state.previous?;
    let text = |token: &Token| &input.state.source.text[token.span.clone()];
    let (left, right) = (text(before), text(token));
    match (&before.kind, &token.kind) {
        (Kind::Name(name), _) if input.state.functions.find(name).is_some() => {
            Some(format!("a function needs parentheses: write `{left}({})`", if right == "(" { "..." } else { right }))
        }
        (Kind::Number(_), Kind::Number(_)) => None,
        (Kind::Number(_) | Kind::Name(_) | Kind::Close, _) => Some(format!("to multiply, write `{left}*{right}`")),
        _ => None,
    }
}

/// The parenthesis `open` is not closed where it should be.
pub fn not_closed(input: &Input<'_, '_>, open: &Token, expected: &str) -> Fault {
    let (place, found) = found(input);
    let fault = Fault::new(format!("expected {expected}, found {found}"), place, "not expected here")
        .context(open.span.clone(), "this parenthesis is open");
    match peek(input).and_then(|token| missing_sign(input, token)) {
        Some(help) if matches!(peek(input), Some(Token { kind: Kind::Number(_) | Kind::Name(_) | Kind::Open, .. })) => {
            fault.help(help)
        }
        _ => fault,
    }
}

/// A value has no name.
pub fn not_a_pair(input: &Input<'_, '_>) -> Fault {
    let (place, found) = found(input);
    Fault::new(format!("expected `name=value`, found {found}"), place, "a name and `=` have to stand here")
}
