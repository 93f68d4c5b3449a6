//! Fusion: sums of products, however they were written, become one dot product each (or a multiply-add, or a plain
//! sum), and long products one product. `acc += w * x` in a loop, `iter().sum()` and `dot` all end up here.

use crate::op::Op;
use crate::program::dataflow::{Dataflow, Id, Value};
use smallvec::SmallVec;

/// A summand.
#[derive(Debug, Clone, Copy)]
enum Term {
    Plain(Id),
    Negative(Id),
    Product(Id, Id),
}

/// Fuses. Values of which `is_shared` holds are the same for every sample of a batch: a sum that has products with them
/// keeps these together, with the shared factor on the left, so that a whole layer can be found later.
pub(crate) fn fuse(flow: &Dataflow, is_shared: &dyn Fn(&Value) -> bool) -> Dataflow {
    let absorbed = absorbed(flow);
    // The new name of each value, for terms, which are found in the old dataflow.
    let mut names: Vec<Id> = Vec::with_capacity(flow.values.len());
    flow.rebuilt(|built, id, value| {
        let fused = if absorbed[id as usize] { None } else { fused(flow, built, id, &absorbed, &names, is_shared) };
        let name = match (fused, value.literal()) {
            (Some(name), _) => name,
            (None, Some(c)) => built.literal(c),
            (None, None) => built.push(value),
        };
        names.push(name);
        Some(name)
    })
}

fn is_sum(op: Op) -> bool {
    matches!(op, Op::Add | Op::Sub | Op::MulAdd | Op::Sum | Op::Dot)
}

/// Which values vanish into the one that uses them: a sum in the sum that goes on from it, a product in a product that
/// goes on from it or in a sum. Only where the order of the operations stays as it was, so that no intermediate result
/// can overflow that did not before.
fn absorbed(flow: &Dataflow) -> Vec<bool> {
    let uses = flow.uses();
    let mut absorbed = vec![false; flow.values.len()];
    for value in &flow.values {
        let begins = beginning(flow, value);
        for (place, &operand) in value.operands.iter().enumerate() {
            let inner = flow.at(operand).op;
            let fits = match value.op {
                Op::Add | Op::Sum => (is_sum(inner) && begins == Some(place)) || matches!(inner, Op::Neg | Op::Mul),
                Op::Sub => (is_sum(inner) && place == 0) || inner == Op::Neg || inner == Op::Mul,
                // The factors of a multiply-add are no summands.
                Op::MulAdd => place == 2 && (is_sum(inner) || matches!(inner, Op::Neg | Op::Mul)),
                Op::Mul => inner == Op::Mul && place == 0,
                _ => false,
            };
            absorbed[operand as usize] |= fits && uses[operand as usize] == 1;
        }
    }
    absorbed
}

/// Which operand a sum goes on from: the first that is a sum itself. (The two of an addition commute.)
fn beginning(flow: &Dataflow, value: &Value) -> Option<usize> {
    let sums = |place: usize| value.operands.get(place).is_some_and(|&id| is_sum(flow.at(id).op));
    if sums(0) {
        Some(0)
    } else if value.op == Op::Add && sums(1) {
        Some(1)
    } else {
        None
    }
}

/// The fused form of the value `id`, if there is one.
fn fused(
    flow: &Dataflow,
    built: &mut Dataflow,
    id: Id,
    absorbed: &[bool],
    names: &[Id],
    is_shared: &dyn Fn(&Value) -> bool,
) -> Option<Id> {
    let op = flow.at(id).op;
    if op == Op::Mul {
        let factors = factors(flow, id, absorbed);
        let names: SmallVec<[Id; 8]> = factors.iter().map(|&factor| names[factor as usize]).collect();
        return (factors.len() > 2).then(|| product(built, &names));
    }
    if !is_sum(op) {
        return None;
    }
    let terms = terms(flow, built, id, absorbed, names);
    match terms[..] {
        [Term::Product(a, b), Term::Plain(c)] | [Term::Plain(c), Term::Product(a, b)]
            if !any_shared(built, &[a, b], is_shared) =>
        {
            Some(built.push(Value::new(Op::MulAdd, &[a, b, c])))
        }
        // Two summands are cheapest as they are, unless a layer may come of them.
        [_] | [_, _] if !has_weights(built, &terms, is_shared) => None,
        _ => Some(sum(built, &terms, is_shared)),
    }
}

/// The factors of a product, from left to right.
fn factors(flow: &Dataflow, id: Id, absorbed: &[bool]) -> Vec<Id> {
    let mut factors = Vec::new();
    let mut pending: Vec<Id> = flow.at(id).operands.iter().rev().copied().collect();
    while let Some(id) = pending.pop() {
        let value = flow.at(id);
        if value.op == Op::Mul && absorbed[id as usize] {
            pending.extend(value.operands.iter().rev());
        } else {
            factors.push(id);
        }
    }
    factors
}

fn product(built: &mut Dataflow, factors: &[Id]) -> Id {
    match *factors {
        [a] => a,
        [a, b] => built.push(Value::new(Op::Mul, &[a, b])),
        // A list pays from four on.
        [a, b, c] => {
            let first = product(built, &[a, b]);
            product(built, &[first, c])
        }
        _ => built.push(Value::new(Op::Product, factors)),
    }
}

/// A part of a sum that is yet to be taken apart, or is so already.
enum Part {
    Value(Id, Sign),
    Done(Term),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Sign {
    Plus,
    Minus,
}

impl Sign {
    fn flipped(self) -> Sign {
        if self == Sign::Plus { Sign::Minus } else { Sign::Plus }
    }
}

/// The summands of a sum, in the order in which they are added, in new names.
fn terms(flow: &Dataflow, built: &mut Dataflow, id: Id, absorbed: &[bool], names: &[Id]) -> Vec<Term> {
    let mut terms = Vec::new();
    // The last part is the first of what remains.
    let mut pending: Vec<Part> = vec![Part::Value(id, Sign::Plus)];
    while let Some(part) = pending.pop() {
        let (next, sign) = match part {
            Part::Done(term) => {
                terms.push(term);
                continue;
            }
            Part::Value(next, sign) => (next, sign),
        };
        let value = flow.at(next);
        let name = |place: usize| names[value.operands[place] as usize];
        if next != id && !absorbed[next as usize] {
            let name = names[next as usize];
            terms.push(if sign == Sign::Minus { Term::Negative(name) } else { Term::Plain(name) });
            continue;
        }
        match value.op {
            Op::Add if beginning(flow, value) == Some(1) && absorbed[value.operands[1] as usize] => {
                pending.extend(value.operands.iter().map(|&operand| Part::Value(operand, sign)));
            }
            Op::Add | Op::Sum => pending.extend(value.operands.iter().rev().map(|&operand| Part::Value(operand, sign))),
            Op::Sub => {
                pending.extend([Part::Value(value.operands[1], sign.flipped()), Part::Value(value.operands[0], sign)]);
            }
            Op::Neg => pending.push(Part::Value(value.operands[0], sign.flipped())),
            Op::MulAdd => {
                let product = signed_product(built, name(0), name(1), sign);
                pending.extend([Part::Done(product), Part::Value(value.operands[2], sign)]);
            }
            Op::Dot => {
                let half = value.operands.len() / 2;
                terms.extend((0..half).map(|pair| signed_product(built, name(pair), name(half + pair), sign)));
            }
            // A product of two; of a longer one, all but the last factor are multiplied first.
            _ => {
                let factors = factors(flow, next, absorbed);
                let factors: SmallVec<[Id; 8]> = factors.iter().map(|&factor| names[factor as usize]).collect();
                let Some((&last, others)) = factors.split_last() else { continue };
                let first = product(built, others);
                terms.push(signed_product(built, first, last, sign));
            }
        }
    }
    terms
}

fn signed_product(built: &mut Dataflow, a: Id, b: Id, sign: Sign) -> Term {
    if sign == Sign::Plus {
        return Term::Product(a, b);
    }
    match (built.at(a).literal(), built.at(b).literal()) {
        (Some(c), _) => Term::Product(built.literal(-c), b),
        (_, Some(c)) => Term::Product(a, built.literal(-c)),
        _ => Term::Negative(built.push(Value::new(Op::Mul, &[a, b]))),
    }
}

fn any_shared(built: &Dataflow, ids: &[Id], is_shared: &dyn Fn(&Value) -> bool) -> bool {
    ids.iter().any(|&id| is_shared(built.at(id)))
}

/// Whether a shared value weighs another.
fn has_weights(built: &Dataflow, terms: &[Term], is_shared: &dyn Fn(&Value) -> bool) -> bool {
    terms.iter().any(|term| matches!(*term, Term::Product(a, b) if any_shared(built, &[a, b], is_shared)))
}

fn sum(built: &mut Dataflow, terms: &[Term], is_shared: &dyn Fn(&Value) -> bool) -> Id {
    if let Some(plain) = all_plain(terms) {
        return built.push(Value::new(Op::Sum, &plain));
    }
    let (one, minus_one) = (built.literal(1.0), built.literal(-1.0));
    let weighted = has_weights(built, terms, is_shared);
    let mut pairs: Vec<(Id, Id)> = Vec::new();
    let mut rest: Vec<(Id, Id)> = Vec::new();
    for &term in terms {
        match term {
            // Of a shared summand, the one is what varies.
            Term::Plain(a) if weighted && is_shared(built.at(a)) => pairs.push((a, one)),
            Term::Plain(a) => pairs.push((one, a)),
            Term::Negative(a) => pairs.push((minus_one, a)),
            Term::Product(a, b) if is_shared(built.at(a)) || built.at(a).literal().is_some() => pairs.push((a, b)),
            Term::Product(a, b) if is_shared(built.at(b)) || built.at(b).literal().is_some() => pairs.push((b, a)),
            Term::Product(a, b) if weighted => rest.push((a, b)),
            Term::Product(a, b) => pairs.push((a, b)),
        }
    }
    if let Some(others) = dot(built, &rest) {
        pairs.push((one, others));
    }
    match dot(built, &pairs) {
        Some(sum) => sum,
        None => built.literal(0.0),
    }
}

fn all_plain(terms: &[Term]) -> Option<Vec<Id>> {
    terms.iter().map(|term| if let Term::Plain(id) = *term { Some(id) } else { None }).collect()
}

fn dot(built: &mut Dataflow, pairs: &[(Id, Id)]) -> Option<Id> {
    match pairs {
        [] => None,
        &[(a, b)] => Some(built.push(Value::new(Op::Mul, &[a, b]))),
        _ => {
            let halves: Vec<Id> = pairs.iter().map(|pair| pair.0).chain(pairs.iter().map(|pair| pair.1)).collect();
            Some(built.push(Value::new(Op::Dot, &halves)))
        }
    }
}
