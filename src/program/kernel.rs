//! The two sweeps over code, and the kernels that they call: an op of the table on many rows at once.

mod lanes;
mod plain;
#[cfg(feature = "batch")]
pub(crate) mod single;

use super::code::{Code, Instruction, RowList};
use super::compute::{Compute, Level, Scratch, Shape, is_vectorised};
use super::list;
use crate::op::{self, Op};

/// Computes the layers of code; the code of a single point has none.
pub(crate) trait Layers<Stored> {
    /// Computes the rows of layer `number`.
    fn forward(&mut self, number: usize, shape: Shape, values: &mut [Stored]);
    /// Hands the adjoints of the rows of layer `number` on.
    fn reverse(&mut self, number: usize, shape: Shape, values: &[Stored], adjoints: &mut [Stored]);
}

/// No layers.
pub(crate) struct NoLayers;

impl<Stored> Layers<Stored> for NoLayers {
    fn forward(&mut self, _: usize, _: Shape, _: &mut [Stored]) {}
    fn reverse(&mut self, _: usize, _: Shape, _: &[Stored], _: &mut [Stored]) {}
}

/// An op on rows: a match over the table.
macro_rules! forward_match {
    ($level:ident, $code:ident, $run:ident, $shape:ident, $values:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $run.op {
            $(Op::$Name => if const { is_vectorised::<C>(Op::$Name) } {
                lanes::forward::<op::$Name, $arity, C, L, T>($level, $code, $run, $shape, $values)
            } else {
                plain::forward::<op::$Name, $arity, C::Plain, L::Layout>($code, $run, 0, L::layout($shape), $values)
            },)*
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => {}
        }
    };
}

macro_rules! reverse_match {
    ($level:ident, $code:ident, $run:ident, $shape:ident, $values:ident, $adjoints:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $run.op {
            $(Op::$Name => if const { is_vectorised::<C>(Op::$Name) } {
                lanes::reverse::<op::$Name, $arity, C, L, T>($level, $code, $run, $shape, $values, $adjoints)
            } else {
                plain::reverse::<op::$Name, $arity, C::Plain, L::Layout>($code, $run, 0, L::layout($shape), $values, $adjoints)
            },)*
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => {}
        }
    };
}

// Each kernel a function, and one for all who compute with the same number: all of them inlined into the sweeps take a
// compiler minutes.

/// The places where rows begin.
#[inline(always)]
fn scaled<const N: usize>(rows: [usize; N], stride: usize) -> [usize; N] {
    let mut starts = rows;
    for j in 0..N {
        starts[j] *= stride;
    }
    starts
}

/// Computes all rows, `T` numbers at a time.
pub(crate) fn forward<C: Compute, L: Level, const T: usize>(
    level: L,
    code: &Code,
    shape: Shape,
    values: &mut [C::Stored],
    scratch: &mut Scratch<C>,
    layers: &mut impl Layers<C::Stored>,
) {
    let mut layer = 0;
    for instruction in &code.instructions {
        match instruction {
            Instruction::Run(run) => for_each_op!(forward_match level, code, run, shape, values,),
            Instruction::List(each) => level.run(
                #[inline(always)]
                || list::forward::<C, T>(code, each, shape, values, scratch),
            ),
            Instruction::Layer(_) => {
                layers.forward(layer, shape, values);
                layer += 1;
            }
        }
    }
}

/// Hands the adjoints of all rows on to those that they were computed from, from the last row to the first.
pub(crate) fn reverse<C: Compute, L: Level, const T: usize>(
    level: L,
    code: &Code,
    shape: Shape,
    values: &[C::Stored],
    adjoints: &mut [C::Stored],
    scratch: &mut Scratch<C>,
    layers: &mut impl Layers<C::Stored>,
) {
    let is_layer = |instruction: &&Instruction| matches!(instruction, Instruction::Layer(_));
    let mut layer = code.instructions.iter().filter(is_layer).count();
    for instruction in code.instructions.iter().rev() {
        match instruction {
            Instruction::Run(run) if run.active == 0 => {}
            Instruction::Run(run) => for_each_op!(reverse_match level, code, run, shape, values, adjoints,),
            Instruction::List(RowList { active: false, .. }) => {}
            Instruction::List(each) => level.run(
                #[inline(always)]
                || list::reverse::<C, T>(code, each, shape, values, adjoints, scratch),
            ),
            Instruction::Layer(_) => {
                layer -= 1;
                layers.reverse(layer, shape, values, adjoints);
            }
        }
    }
}
