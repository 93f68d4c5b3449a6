//! The number that records.

use super::arena::{self, Recording};
use super::comparison::Detach;
use super::custom::{CustomOp, Fixed, List};
use super::guard::{self, Relation};
use super::node::{Form, Node};
use super::{Gradients, TapeId, gradients};
use crate::custom::Opaque;
use crate::error::{Error, Result};
use crate::op::Op;
use crate::rule::{ListRule, Partials, Rule, Scalar};
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

/// A number that records what is done with it on its [`Tape`](super::Tape).
///
/// It is a `Copy` handle: keep it in structs and arrays, pass it by value. A plain number becomes
/// one with `Var::from(2.0)`; until it meets a recorded one it records nothing.
///
/// An operation on variables of two tapes, or of a tape that was cleared or dropped, panics with a
/// message that names them and the caller's line; [`Var::try_apply`] returns the error instead.
///
/// Comparisons look at the values alone.
///
/// It stays in the thread of its tape, which the compiler sees to. Send values, gradients or a [`Program`](crate::Program) instead.
///
/// ```compile_fail,E0277
/// let tape = gradus::Tape::new();
/// let x = tape.var(3.0);
/// std::thread::spawn(move || x + 1.0);
/// ```
#[derive(Clone, Copy)]
pub struct Var {
    tape: TapeId,
    /// A `u32` in the breadth of a word: a copy that reads more than was just written has to wait for it.
    wide_index: u64,
    value: f64,
    // A variable belongs to its thread's arena.
    not_send: PhantomData<*const ()>,
}

impl Var {
    #[inline(always)]
    pub(crate) fn at(tape: TapeId, index: u32, value: f64) -> Var {
        Var { tape, wide_index: u64::from(index), value, not_send: PhantomData }
    }

    /// The value.
    #[inline]
    #[track_caller]
    pub fn value(self) -> f64 {
        guard::note_read(self);
        self.value
    }

    /// The value, for those who do not decide anything by it.
    #[inline(always)]
    pub(crate) fn plain(self) -> f64 {
        self.value
    }

    /// The recording that this number belongs to; `None` if it was never recorded.
    pub fn tape(self) -> Option<TapeId> {
        (self.tape != TapeId::NONE).then_some(self.tape)
    }

    /// The index of its node on the tape.
    #[inline(always)]
    pub fn index(self) -> u32 {
        self.wide_index as u32
    }

    /// The same value, cut off from what it was computed from: a constant to every derivative.
    #[must_use]
    #[track_caller]
    pub fn detach(self) -> Var {
        // A program replays it: the value may change there, and still is a constant to every derivative.
        if guard::is_anyone_watching() && self.tape().is_some() {
            return Var::apply::<Detach, 1>([self]);
        }
        Var::from(self.value)
    }

    /// Sweeps back from this variable: its derivative with respect to all that it was computed from.
    ///
    /// # Panics
    /// If it was never recorded or is stale, or an op of one's own on the way is faulty;
    /// [`try_backward`](Var::try_backward) returns the error instead.
    ///
    /// ```
    /// let tape = gradus::Tape::new();
    /// let x = tape.var(3.0);
    /// assert_eq!((x * x).backward()[x], 6.0);
    /// ```
    #[track_caller]
    pub fn backward(self) -> Gradients {
        match self.try_backward() {
            Ok(gradients) => gradients,
            Err(error) => fail(error),
        }
    }

    /// As [`backward`](Var::backward), with a result.
    ///
    /// # Errors
    /// [`Error::NotRecorded`], [`Error::StaleVariable`], or what an op of one's own did wrong.
    #[track_caller]
    pub fn try_backward(self) -> Result<Gradients> {
        // A gradient is made of plain numbers, which a program could not replay.
        guard::note_read(self);
        let tape = self.tape().ok_or(Error::NotRecorded { value: self.value })?;
        gradients::sweep_back(tape, &[(self, 1.0)])
    }

    /// Applies any rule, as the operators and methods do, with a result instead of a panic.
    ///
    /// # Errors
    /// [`Error::StaleVariable`], [`Error::MixedTapes`], [`Error::TapeFull`].
    ///
    /// ```
    /// use gradus::{Error, Tape, Var, op};
    /// let (here, there) = (Tape::new(), Tape::new());
    /// let sum = Var::try_apply::<op::Add, 2>([here.var(1.0), there.var(2.0)]);
    /// assert!(matches!(sum, Err(Error::MixedTapes { .. })));
    /// ```
    #[track_caller]
    pub fn try_apply<R: Rule<N>, const N: usize>(x: [Var; N]) -> Result<Var> {
        let value = R::value(plain(x));
        match Var::record_fast(R::BUILT_IN, x, value) {
            Some(y) => Ok(y),
            None => record(&x, value, R::BUILT_IN, Fixed::<R, N>::remembered),
        }
    }

    /// Records an op of one or two operands on the active tape; `None` for all that is less usual.
    #[inline(always)]
    fn record_fast<const N: usize>(op: Option<Op>, x: [Var; N], value: f64) -> Option<Var> {
        let op = op?;
        if N == 0 || N > 2 {
            return None;
        }
        let (a, b) = (x[0], x[N - 1]);
        let (tape, form, first, rest) = if N == 1 {
            (a.tape, Form::Nodes, a.index(), 0)
        } else if a.tape == b.tape {
            // Two literals pass here too, and find that their tape is not the active one.
            (a.tape, Form::Nodes, a.index(), u64::from(b.index()))
        } else if b.is_literal() {
            (a.tape, Form::LiteralRight, a.index(), b.value.to_bits())
        } else if a.is_literal() {
            (b.tape, Form::LiteralLeft, b.index(), a.value.to_bits())
        } else {
            return None;
        };
        let index = arena::push_fast(tape, Node::new(op, form, first, rest, value))?;
        Some(Var::at(tape, index, value))
    }

    #[inline(always)]
    fn is_literal(self) -> bool {
        self.tape == TapeId::NONE
    }

    pub(crate) fn belongs_to(self, tape: TapeId) -> Result<()> {
        match self.tape() {
            None => Err(Error::NotRecorded { value: self.value }),
            Some(own) if own != tape => {
                // The older of two recordings of one tape is stale rather than foreign.
                let stale = arena::is_stale(own);
                Err(if stale {
                    Error::StaleVariable { tape: own, index: self.index() }
                } else {
                    Error::MixedTapes { left: tape, right: own }
                })
            }
            Some(_) => Ok(()),
        }
    }
}

/// The values of a few variables. (A loop, because `array::map` is not always inlined.)
#[inline(always)]
fn plain<const N: usize>(x: [Var; N]) -> [f64; N] {
    let mut values = [0.0; N];
    for i in 0..N {
        values[i] = x[i].value;
    }
    values
}

/// Records any op whatever, on any tape.
#[cold]
#[inline(never)]
#[track_caller]
fn record(x: &[Var], value: f64, op: Option<Op>, custom: impl FnOnce() -> CustomOp) -> Result<Var> {
    let Some(recorded) = x.iter().find(|each| !each.is_literal()) else { return Ok(Var::lit(value)) };
    let tape = recorded.tape;
    for each in x {
        if !each.is_literal() && each.tape != tape {
            return Err(mixed(*recorded, *each));
        }
    }
    let index = match (op, x) {
        (Some(op), [a]) if op.arity().is_some() => arena::push(tape, Node::unary(op, a.index(), value))?,
        (Some(op), [a, b]) if op.arity().is_some() => {
            let node = match (a.is_literal(), b.is_literal()) {
                (_, true) => Node::new(op, Form::LiteralRight, a.index(), b.value.to_bits(), value),
                (true, false) => Node::new(op, Form::LiteralLeft, b.index(), a.value.to_bits(), value),
                (false, false) => Node::new(op, Form::Nodes, a.index(), u64::from(b.index()), value),
            };
            arena::push(tape, node)?
        }
        _ => {
            let operands = x.iter().map(|each| if each.is_literal() { Err(each.value) } else { Ok(each.index()) });
            let node = |start, len, recording: &mut Recording| match op {
                Some(op) => Node::list(op, start, len, 0, value),
                None => Node::list(Op::Custom, start, len, number_of(custom(), &mut recording.customs), value),
            };
            arena::push_list(tape, operands, node)?
        }
    };
    Ok(Var::at(tape, index, value))
}

/// As [`record_or_panic`], for one or two operands, which come field by field: were their address
/// taken on the usual path, they would live on the stack there, and every op would wait for the
/// stores of the one before.
#[cold]
#[inline(never)]
#[track_caller]
#[allow(clippy::too_many_arguments)]
fn record_pair<const N: usize>(
    op: Op,
    value: f64,
    left: TapeId,
    left_index: u32,
    left_value: f64,
    right: TapeId,
    right_index: u32,
    right_value: f64,
) -> Var {
    let x = [Var::at(left, left_index, left_value), Var::at(right, right_index, right_value)];
    record_or_panic(&x[..N], value, Some(op), || unreachable!("an op of the table is not custom"))
}

/// As [`record`], for operators, which cannot return a result.
#[cold]
#[inline(never)]
#[track_caller]
fn record_or_panic(x: &[Var], value: f64, op: Option<Op>, custom: fn() -> CustomOp) -> Var {
    match record(x, value, op, custom) {
        Ok(y) => y,
        Err(error) => fail(error),
    }
}

/// The place of `op` among the custom ops of a recording. It is looked for among the latest only: where every op is new,
/// a look at all of them takes the longer the more there are.
fn number_of(op: CustomOp, customs: &mut Vec<CustomOp>) -> u32 {
    let from = customs.len().saturating_sub(32);
    let number =
        customs[from..].iter().position(|known| known.is(&op)).map(|place| from + place).unwrap_or_else(|| {
            customs.push(op);
            customs.len() - 1
        });
    number as u32
}

/// Why two variables cannot meet: one is stale, or they belong to different tapes.
#[cold]
fn mixed(left: Var, right: Var) -> Error {
    for var in [left, right] {
        if arena::is_stale(var.tape) {
            return Error::StaleVariable { tape: var.tape, index: var.index() };
        }
    }
    Error::MixedTapes { left: left.tape, right: right.tape }
}

#[inline]
#[track_caller]
pub(super) fn input(tape: TapeId, value: f64) -> Var {
    match arena::push_fast(tape, Node::input(value)) {
        Some(index) => Var::at(tape, index, value),
        None => input_slowly(tape, value),
    }
}

/// Many inputs in one go.
#[track_caller]
pub(super) fn inputs(tape: TapeId, values: &[f64]) -> Vec<Var> {
    match arena::push_inputs(tape, values) {
        Ok(first) => (first..).zip(values).map(|(index, &value)| Var::at(tape, index, value)).collect(),
        Err(error) => fail(error),
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn input_slowly(tape: TapeId, value: f64) -> Var {
    match arena::push(tape, Node::input(value)) {
        Ok(index) => Var::at(tape, index, value),
        Err(error) => fail(error),
    }
}

/// An operator cannot return a result: it panics with the sentence of the error.
#[cold]
#[track_caller]
pub(super) fn fail(error: Error) -> ! {
    panic!("{error}")
}

impl Scalar for Var {
    #[inline(always)]
    fn lit(c: f64) -> Var {
        Var::at(TapeId::NONE, 0, c)
    }

    #[inline(always)]
    #[track_caller]
    fn primal(self) -> f64 {
        guard::note_read(self);
        self.value
    }

    #[inline(always)]
    #[track_caller]
    fn apply<R: Rule<N>, const N: usize>(x: [Var; N]) -> Var {
        let value = R::value(plain(x));
        match Var::record_fast(R::BUILT_IN, x, value) {
            Some(y) => y,
            None => match (R::BUILT_IN, N) {
                (Some(op), 1 | 2) => {
                    let (a, b) = (x[0], x[N - 1]);
                    record_pair::<N>(op, value, a.tape, a.index(), a.value, b.tape, b.index(), b.value)
                }
                _ => record_or_panic(&x, value, R::BUILT_IN, Fixed::<R, N>::remembered),
            },
        }
    }

    fn dependence<R: Rule<N>, const N: usize>(x: &[Var; N]) -> [bool; N] {
        let depends = R::depends(&plain(*x));
        // A derivative that is being recorded leaves these operands out, which holds only as long as this answer does.
        if guard::is_anyone_watching() && depends.contains(&false) {
            match R::BUILT_IN {
                Some(op) => guard::note(Relation::Depends(op), x),
                None => x.iter().for_each(|&each| guard::note_read(each)),
            }
        }
        depends
    }

    #[track_caller]
    fn apply_list<R: ListRule>(x: &[Var]) -> Var {
        let values: Partials<f64> = x.iter().map(|each| each.value).collect();
        let value = R::value(&values);
        record_or_panic(x, value, R::BUILT_IN, List::<R>::remembered)
    }

    #[track_caller]
    fn apply_opaque(op: &Rc<dyn Opaque>, x: &[Var]) -> Result<Var> {
        let values: Partials<f64> = x.iter().map(|each| each.value).collect();
        let value = op.value(&values);
        record(x, value, None, || CustomOp::Opaque(op.clone()))
    }
}

impl Var {
    operations!(inherent_methods);
}

operators! { [] Var }

impl From<f64> for Var {
    /// A number that is not recorded: a constant to every derivative.
    #[inline(always)]
    fn from(value: f64) -> Var {
        Var::lit(value)
    }
}

impl Default for Var {
    /// Zero, not recorded.
    fn default() -> Var {
        Var::lit(0.0)
    }
}

impl fmt::Display for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl fmt::Debug for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tape() {
            Some(tape) => write!(f, "Var({:?}, node {} of {tape})", self.value, self.index()),
            None => write!(f, "Var({:?})", self.value),
        }
    }
}
