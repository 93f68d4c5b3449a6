//! What a closure decided by looking at values while it was recorded. On a *guarded* tape, the one
//! that a program is made from, each comparison leaves a guard, and each plain number read a note.

use super::node::Operand;
use super::{Var, arena};
use crate::op::Op;
use smallvec::SmallVec;
use std::cell::Cell;
use std::panic::Location;

/// What was asked of the operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Less,
    LessOrEqual,
    Equal,
    /// How two numbers are ordered, if they are.
    Order,
    /// Which operands this op depends on there: a recorded gradient leaves out the others.
    Depends(Op),
}

/// The answer to a [`Relation`]: 0 or 1, an ordering, or a bit for each operand.
pub(crate) type Answer = u8;

/// A question about recorded numbers, and the answer that the recording is good for.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    pub(crate) relation: Relation,
    pub(crate) operands: SmallVec<[Operand; 2]>,
    pub(crate) answer: Answer,
    pub(crate) line: &'static Location<'static>,
}

macro_rules! depends_match {
    ($op:ident, $x:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $op {
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => 0,
            $(Op::$Name => bits(&<crate::op::$Name as crate::rule::Rule<$arity>>::depends(
                &std::array::from_fn(|i| $x[i]),
            )),)*
        }
    };
}

impl Relation {
    pub(crate) fn answer(self, x: &[f64]) -> Answer {
        match self {
            Relation::Less => (x[0] < x[1]).into(),
            Relation::LessOrEqual => (x[0] <= x[1]).into(),
            Relation::Equal => (x[0] == x[1]).into(),
            Relation::Order => x[0].partial_cmp(&x[1]).map_or(3, |order| order as i8 + 1) as Answer,
            Relation::Depends(op) => for_each_op!(depends_match op, x,),
        }
    }
}

/// A bit for each operand that is depended on.
pub(crate) fn bits(depends: &[bool]) -> Answer {
    depends.iter().rev().fold(0, |bits, &each| bits << 1 | Answer::from(each))
}

thread_local! {
    /// How many guarded tapes are open on this thread: while none is, nobody need be told of anything.
    static GUARDED: Cell<u32> = const { Cell::new(0) };
}

pub(super) fn opened() {
    GUARDED.with(|count| count.set(count.get() + 1));
}

pub(super) fn closed() {
    GUARDED.with(|count| count.set(count.get() - 1));
}

#[inline(always)]
pub(super) fn is_anyone_watching() -> bool {
    GUARDED.with(|count| count.get() != 0)
}

/// Notes that `relation` was asked of `operands`.
#[inline(always)]
#[track_caller]
pub(super) fn note(relation: Relation, operands: &[Var]) {
    if is_anyone_watching() {
        note_guard(relation, operands);
    }
}

#[cold]
#[track_caller]
fn note_guard(relation: Relation, operands: &[Var]) {
    let line = Location::caller();
    let values: SmallVec<[f64; 2]> = operands.iter().map(|operand| operand.plain()).collect();
    let asked = |var: &Var| var.tape();
    for (place, tape) in operands.iter().map(asked).enumerate() {
        // Each recording that is asked is told once. To it, the variables of others are plain numbers.
        let Some(tape) = tape.filter(|_| !operands[..place].iter().map(asked).any(|known| known == tape)) else {
            continue;
        };
        // Whoever compares a stale variable hears of it where it is next used.
        let _ = arena::read(tape, |recording, _| {
            if let Some(decisions) = &mut recording.decisions {
                let operand = |var: &Var| match var.tape() {
                    Some(own) if own == tape => Operand::Node(var.index()),
                    _ => Operand::Literal(var.plain()),
                };
                let operands = operands.iter().map(operand).collect();
                decisions.guards.push(Guard { relation, operands, answer: relation.answer(&values), line });
            }
        });
    }
}

/// Notes that the plain number underneath `var` was read.
#[inline(always)]
#[track_caller]
pub(super) fn note_read(var: Var) {
    if is_anyone_watching() {
        note_value_read(var);
    }
}

#[cold]
#[track_caller]
fn note_value_read(var: Var) {
    let line = Location::caller();
    let Some(tape) = var.tape() else { return };
    let _ = arena::read(tape, |recording, _| {
        if let Some(decisions) = &mut recording.decisions {
            decisions.first_read.get_or_insert(line);
        }
    });
}

/// What a closure decided while a guarded tape recorded it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decisions {
    pub(crate) guards: Vec<Guard>,
    /// Where a plain number was first read.
    pub(crate) first_read: Option<&'static Location<'static>>,
}
