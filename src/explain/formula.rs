//! Formulas as text: a rule's partials are run on variables with names, and what they recorded is
//! written out.

use crate::op::Op;
use crate::rule::{Info, ListRule, Rule};
use crate::tape::{self, Graph, Recorded, Tape, Var};
use std::f64::consts;

/// The partial derivatives of a rule as formulas in its operands `a`, `b`, `c` and its output `y`.
///
/// ```
/// use gradus::{explain, op};
/// assert_eq!(explain::partials::<op::Mul, 2>(), ["b", "a"]);
/// assert_eq!(explain::partials::<op::Sin, 1>(), ["cos(a)"]);
/// assert_eq!(explain::partials::<op::Exp, 1>(), ["y"]);
/// ```
pub fn partials<R: Rule<N>, const N: usize>() -> Vec<String> {
    let x: [f64; N] = match (R::EXAMPLE, R::DOMAIN.first()) {
        (Some((x, _)), _) => x,
        (None, Some(intervals)) => intervals.map(|(low, high)| 0.5 * (low + high)),
        (None, None) => [1.0; N],
    };
    let names = letters(N);
    let operands: Vec<Operand<'_>> = names.iter().map(|name| Some(name.as_str())).zip(x).collect();
    of_rule::<R, N>(&operands, ("y", R::value(x)))
}

/// The partial derivatives of a list rule, for a list `a`, `b`, `c`. One that would be too long is written `∂y/∂a`.
pub fn list_partials<R: ListRule>() -> Vec<String> {
    let x = R::EXAMPLE.map_or(&[0.5, 1.25, -3.0][..], |(x, _)| x);
    let names = letters(x.len());
    let operands: Vec<Operand<'_>> = names.iter().map(|name| Some(name.as_str())).zip(x.iter().copied()).collect();
    of_list_rule::<R>(&operands, ("y", R::value(x)))
}

/// `a`, `b`, `c` and so on, up to `x`; then `a1`, `b1`.
fn letters(count: usize) -> Vec<String> {
    let letter = |i: usize| char::from(b'a' + (i % 24) as u8);
    (0..count).map(|i| if i < 24 { letter(i).to_string() } else { format!("{}{}", letter(i), i / 24) }).collect()
}

/// The name and the value of an operand; a literal has no name, and is computed with rather than written out.
pub(super) type Operand<'a> = (Option<&'a str>, f64);

pub(super) fn of_rule<R: Rule<N>, const N: usize>(operands: &[Operand<'_>], output: (&str, f64)) -> Vec<String> {
    on_named_variables(operands, output, |x, y| {
        let partials = R::partials(std::array::from_fn(|i| x[i]), y);
        partials.to_vec()
    })
}

pub(super) fn of_list_rule<R: ListRule>(operands: &[Operand<'_>], output: (&str, f64)) -> Vec<String> {
    on_named_variables(operands, output, |x, y| R::partials(x, y).to_vec())
}

/// Records `compute` on variables with names, and on literals, and writes out its results.
pub(super) fn on_named_variables(
    operands: &[Operand<'_>],
    output: (&str, f64),
    compute: impl FnOnce(&[Var], Var) -> Vec<Var>,
) -> Vec<String> {
    let tape = Tape::new();
    let var = |&(name, value): &Operand<'_>| match name {
        Some(name) => tape.var(value).named(name),
        None => Var::from(value),
    };
    let x: Vec<Var> = operands.iter().map(var).collect();
    let results = compute(&x, tape.var(output.1).named(output.0));
    let write = |recorded: &Recorded| {
        let written = |(place, result): (usize, &Var)| match result.tape() {
            Some(_) => match expression(recorded, result.index(), &mut MOST_OPS.clone()) {
                Some(formula) if formula.text.chars().count() <= LONGEST => formula.text,
                _ => format!("∂{}/∂{}", output.0, operands[place].0.unwrap_or_default()),
            },
            None => number(result.value()),
        };
        results.iter().enumerate().map(written).collect()
    };
    tape.recorded(write).unwrap_or_default()
}

/// A formula, and how tightly its outermost operation binds.
struct Written {
    text: String,
    binds: u8,
}

/// A formula of more ops or characters is read by nobody. (Written out, a graph is a tree, and can be far larger.)
const MOST_OPS: usize = 40;
const LONGEST: usize = 120;

/// The formula of a node, down to what has a name; `None` if it has more than `room` ops.
fn expression(recorded: &Recorded, index: u32, room: &mut usize) -> Option<Written> {
    if let Some(name) = recorded.labels.get(&index) {
        return Some(Written { text: name.clone(), binds: ATOM });
    }
    *room = room.checked_sub(1)?;
    let graph = recorded.graph();
    let node = &graph.nodes[index as usize];
    let operands: Option<Vec<Written>> = graph
        .operands(node)
        .iter()
        .map(|operand| match *operand {
            tape::Operand::Node(index) => expression(recorded, index, room),
            tape::Operand::Literal(c) => Some(literal(c)),
        })
        .collect();
    let mut operands = operands?;
    Some(match (node.op(), info(graph, index)) {
        // What the slope of a square is: `2 * x`.
        (_, Some(info)) if info.written == "{}^{}" && operands[1].text == "1" => operands.swap_remove(0),
        (Op::Literal, _) => literal(node.value),
        (_, None) => Written { text: format!("v{index}"), binds: ATOM },
        (_, Some(info)) => Written { text: fill(info.written, &operands), binds: binds(info.written) },
    })
}

/// How an op is written with these operands.
///
/// ```
/// use gradus::rule::Rule;
/// use gradus::{explain, op};
/// let info = <op::Div as Rule<2>>::INFO;
/// assert_eq!(explain::written(info, &["x", "y"]), "x / y");
/// ```
pub fn written(info: Info, operands: &[&str]) -> String {
    let negative = |name: &str| if name.starts_with('-') { NEGATION } else { ATOM };
    let operands: Vec<Written> =
        operands.iter().map(|&name| Written { text: name.to_owned(), binds: negative(name) }).collect();
    fill(info.written, &operands)
}

fn info(graph: Graph<'_>, index: u32) -> Option<Info> {
    graph.nodes[index as usize].op().info()
}

/// Constants that are better known by a name.
const NAMED: [(f64, &str); 6] = [
    (consts::LN_2, "ln 2"),
    (consts::LOG2_E, "1/ln 2"),
    (consts::LOG10_E, "1/ln 10"),
    (consts::FRAC_2_SQRT_PI, "2/√π"),
    (0.398_942_280_401_432_7, "1/√(2π)"),
    (consts::PI, "π"),
];

pub(super) fn number(c: f64) -> String {
    if let Some((_, name)) = NAMED.iter().find(|(constant, _)| *constant == c.abs()) {
        let sign = if c < 0.0 { "-" } else { "" };
        return format!("{sign}({name})");
    }
    let short = format!("{c}");
    if short.len() > 12 { format!("{c:.6e}") } else { short }
}

fn literal(c: f64) -> Written {
    Written { text: number(c), binds: if c < 0.0 { NEGATION } else { ATOM } }
}

const SUM: u8 = 1;
const PRODUCT: u8 = 2;
const NEGATION: u8 = 3;
const POWER: u8 = 4;
const ATOM: u8 = 5;

/// How tightly the operation that is written so binds.
fn binds(template: &str) -> u8 {
    // Functions and bars enclose their operands themselves.
    if template.ends_with(')') && !template.contains("^(") && !template.contains(" / ") || template.starts_with('|') {
        ATOM
    } else if template.contains(" + ") || template.contains(" - ") && !template.contains('^') {
        SUM
    } else if template.contains(" * ") || template.contains(" / ") || template.contains(" % ") {
        PRODUCT
    } else if template.starts_with('-') {
        NEGATION
    } else if template.contains('^') {
        POWER
    } else {
        ATOM
    }
}

/// Fills the gaps of a template, with parentheses around what binds less tightly.
fn fill(template: &str, operands: &[Written]) -> String {
    // A list op has one gap for all of its operands.
    if operands.len() != 1 && template.matches('{').count() == 1 {
        let all: Vec<&str> = operands.iter().map(|operand| operand.text.as_str()).collect();
        return template.replace("{}", &all.join(", "));
    }
    let mut filled = String::new();
    let mut next = 0;
    let mut rest = template;
    // A brace that nothing closes is a letter like any other.
    while let Some((open, length)) = rest.find('{').and_then(|open| Some((open, rest[open..].find('}')?))) {
        let close = open + length;
        filled.push_str(&rest[..open]);
        let place = rest[open + 1..close].parse().unwrap_or(next);
        next += 1;
        rest = &rest[close + 1..];
        if let Some(operand) = operands.get(place) {
            let inside = operand.binds < tightness(&filled, rest);
            if inside { filled.push_str(&format!("({})", operand.text)) } else { filled.push_str(&operand.text) }
        }
    }
    filled + rest
}

/// How tightly an operand has to bind between what stands before it and behind it.
fn tightness(before: &str, behind: &str) -> u8 {
    let ends = |signs: &[&str]| signs.iter().any(|sign| before.ends_with(sign));
    let begins = |signs: &[&str]| signs.iter().any(|sign| behind.starts_with(sign));
    // The right side of `a - (b - c)`, `a / (b * c)`, and both of `a ^ (b ^ c)`, bind more tightly than the sign.
    if ends(&["^"]) || begins(&["^"]) {
        POWER + 1
    } else if ends(&[" * ", " / ", " % "]) {
        PRODUCT + 1
    } else if ends(&["-"]) {
        NEGATION + 1
    } else if begins(&[" * ", " / ", " % "]) {
        PRODUCT
    } else if ends(&[" + ", " - "]) {
        SUM + 1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op;

    #[track_caller]
    fn check<R: Rule<N>, const N: usize>(expected: &[&str]) {
        assert_eq!(partials::<R, N>(), expected);
    }

    #[test]
    fn partials_are_written_as_formulas() {
        check::<op::Add, 2>(&["1", "1"]);
        check::<op::Div, 2>(&["1 / b", "-(y / b)"]);
        check::<op::Tan, 1>(&["1 + y * y"]);
        check::<op::Cbrt, 1>(&["1 / (3 * y * y)"]);
        check::<op::Hypot, 2>(&["a / hypot(a, b)", "b / hypot(b, a)"]);
        assert_eq!(list_partials::<op::Dot>(), ["c", "d", "a", "b"]);
    }
}
