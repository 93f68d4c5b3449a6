//! A text cut into tokens.

use super::fault::{Fault, Place, Source, quoted};
use std::ops::Range;
use std::rc::Rc;
use winnow::ascii::{digit0, digit1};
use winnow::combinator::{alt, opt};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location};
use winnow::token::{one_of, take_while};

#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Number(f64),
    Name(String),
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
    Power,
    Equals,
    Comma,
    Open,
    Close,
    /// A semicolon or the end of a line: here a statement ends.
    Separator,
}

/// The tokens of a text. The end of a line separates statements, unless a parenthesis is open.
pub fn tokens(source: &Rc<Source>) -> Result<Vec<Token>, Fault> {
    let mut input = LocatingSlice::new(source.text.as_str());
    let mut tokens = Vec::new();
    let mut open = 0_usize;
    loop {
        let blank: winnow::Result<()> = skip_blanks(&mut input);
        let start = input.current_token_start();
        let token: winnow::Result<(Kind, Range<usize>)> = alt((number, name, sign)).with_span().parse_next(&mut input);
        let (Ok(()), Ok((kind, span))) = (blank, token) else {
            return match source.text[start..].chars().next() {
                Some(c) => Err(unexpected(c, Place { source: source.clone(), span: start..start + c.len_utf8() })),
                None => Ok(tokens),
            };
        };
        match kind {
            Kind::Open => open += 1,
            Kind::Close => open = open.saturating_sub(1),
            Kind::Separator if open > 0 && source.text[span.clone()] != *";" => continue,
            Kind::Number(value) if !value.is_finite() => {
                let place = Place { source: source.clone(), span };
                return Err(Fault::new("this number is too large", place, "beyond 1.8e308, the largest of an f64"));
            }
            _ => {}
        }
        tokens.push(Token { kind, span });
    }
}

type Text<'s> = LocatingSlice<&'s str>;

/// White space and comments, which go from `#` to the end of the line.
fn skip_blanks(input: &mut Text<'_>) -> winnow::Result<()> {
    let blank = |c: char| c.is_whitespace() && c != '\n';
    (take_while(0.., blank), opt(('#', take_while(0.., |c| c != '\n')))).void().parse_next(input)
}

fn number(input: &mut Text<'_>) -> winnow::Result<Kind> {
    let mantissa = alt(((digit1, opt(('.', digit0))).void(), ('.', digit1).void()));
    let exponent = opt((one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1));
    (mantissa, exponent).take().parse_to().map(Kind::Number).parse_next(input)
}

fn name(input: &mut Text<'_>) -> winnow::Result<Kind> {
    let begins = |c: char| c.is_alphabetic() || c == '_';
    let continues = move |c: char| begins(c) || c.is_ascii_digit() || ('₀'..='₉').contains(&c);
    (one_of(begins), take_while(0.., continues)).take().map(|name: &str| Kind::Name(name.to_owned())).parse_next(input)
}

fn sign(input: &mut Text<'_>) -> winnow::Result<Kind> {
    let operator = alt((
        alt(("**", "^")).value(Kind::Power),
        '+'.value(Kind::Plus),
        one_of(['-', '−']).value(Kind::Minus),
        one_of(['*', '×', '·']).value(Kind::Times),
        one_of(['/', '÷']).value(Kind::Divide),
        '%'.value(Kind::Remainder),
    ));
    alt((
        operator,
        '='.value(Kind::Equals),
        ','.value(Kind::Comma),
        '('.value(Kind::Open),
        ')'.value(Kind::Close),
        one_of([';', '\n']).value(Kind::Separator),
    ))
    .parse_next(input)
}

fn unexpected(c: char, place: Place) -> Fault {
    let fault = Fault::new(
        format!("unexpected character {}", quoted(c.encode_utf8(&mut [0; 4]))),
        place,
        "expected a number, a name, an operator or a parenthesis",
    );
    match c {
        '²' => fault.help("write powers with `^`, as in `x^2`"),
        '³' => fault.help("write powers with `^`, as in `x^3`"),
        '|' => fault.help("write absolute values as `abs(x)`"),
        '√' => fault.help("write roots as `sqrt(x)`"),
        '[' | ']' | '{' | '}' => fault.help("group with parentheses `( )`, and call variables `x1`, `x2` rather than `x[1]`"),
        '<' | '>' | '!' | '&' | '?' => {
            fault.help("there are no comparisons; `select(a, b, c)` is b where a > 0, else c, and `max`, `min`, `abs`, `clamp` are ops")
        }
        '\'' => fault.help("for a derivative, use the command `gradus derivative`; a variable cannot be called `x'`"),
        _ => fault,
    }
}
