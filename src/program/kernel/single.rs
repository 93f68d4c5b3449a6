//! The two sweeps over the code of a single point, where long runs go through the code for lanes.

use super::super::code::{Code, Instruction, Pattern, RowList, RowRun};
use super::super::compute::{Compute, Level, Scratch, Shape, Single, is_vectorised};
use super::super::list;
use super::{lanes, plain};
use crate::op::{self, Op};

/// An op on single numbers: of a run that is long enough, as many as fill tiles go through the code for lanes.
macro_rules! single_forward_match {
    ($level:ident, $code:ident, $run:ident, $values:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $run.op {
            $(Op::$Name => {
                let tiled = if const { is_vectorised::<C>(Op::$Name) } { tiled::<T>($run) } else { 0 };
                if tiled > 0 {
                    let run = RowRun { len: tiled, ..*$run };
                    lanes::forward::<op::$Name, $arity, C, L, T>($level, $code, &run, Shape::SINGLE, $values);
                }
                plain::forward::<op::$Name, $arity, C::Plain, Single>($code, $run, tiled, Single, $values);
            })*
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => {}
        }
    };
}

macro_rules! single_reverse_match {
    ($level:ident, $code:ident, $run:ident, $values:ident, $adjoints:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $run.op {
            $(Op::$Name => {
                let tiled = if const { is_vectorised::<C>(Op::$Name) } { tiled::<T>($run) } else { 0 };
                plain::reverse::<op::$Name, $arity, C::Plain, Single>($code, $run, tiled, Single, $values, $adjoints);
                if tiled > 0 {
                    let run = RowRun { len: tiled, ..*$run };
                    lanes::reverse::<op::$Name, $arity, C, L, T>($level, $code, &run, Shape::SINGLE, $values, $adjoints);
                }
            })*
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => {}
        }
    };
}

/// How many rows of a run fill tiles, if they lie side by side.
fn tiled<const T: usize>(run: &RowRun) -> u32 {
    if run.pattern == Pattern::Flat { run.len - run.len % T as u32 } else { 0 }
}

/// Computes all rows of single numbers.
pub(crate) fn forward<C: Compute, L: Level, const T: usize>(
    level: L,
    code: &Code,
    values: &mut [C::Stored],
    scratch: &mut Scratch<C::Plain>,
) {
    for instruction in &code.instructions {
        match instruction {
            Instruction::Run(run) => for_each_op!(single_forward_match level, code, run, values,),
            Instruction::List(each) => list::forward::<C::Plain, 1>(code, each, Shape::SINGLE, values, scratch),
            Instruction::Layer(_) => {}
        }
    }
}

/// Hands the adjoints of all rows of single numbers on.
pub(crate) fn reverse<C: Compute, L: Level, const T: usize>(
    level: L,
    code: &Code,
    values: &[C::Stored],
    adjoints: &mut [C::Stored],
    scratch: &mut Scratch<C::Plain>,
) {
    for instruction in code.instructions.iter().rev() {
        match instruction {
            Instruction::Run(run) if run.active == 0 => {}
            Instruction::Run(run) => for_each_op!(single_reverse_match level, code, run, values, adjoints,),
            Instruction::List(RowList { active: false, .. }) => {}
            Instruction::List(each) => {
                list::reverse::<C::Plain, 1>(code, each, Shape::SINGLE, values, adjoints, scratch)
            }
            Instruction::Layer(_) => {}
        }
    }
}
