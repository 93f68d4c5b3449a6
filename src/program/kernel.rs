//! The two sweeps over code, and the kernels that they call: an op of the table on many rows at once.

use super::code::{Code, Instruction, Pattern, RowList, RowRun, WORTH_A_SLICE};
#[cfg(feature = "batch")]
use super::compute::Single;
use super::compute::{Compute, Layout, Level, Scratch, Shape, is_vectorised};
use super::list;
use crate::op::{self, Op};
use crate::rule::Rule;

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
                vector_forward_run::<op::$Name, $arity, C, L, T>($level, $code, $run, $shape, $values)
            } else {
                plain_forward_run::<op::$Name, $arity, C::Plain, L::Layout>($code, $run, 0, L::layout($shape), $values)
            },)*
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => {}
        }
    };
}

macro_rules! reverse_match {
    ($level:ident, $code:ident, $run:ident, $shape:ident, $values:ident, $adjoints:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $run.op {
            $(Op::$Name => if const { is_vectorised::<C>(Op::$Name) } {
                vector_reverse_run::<op::$Name, $arity, C, L, T>($level, $code, $run, $shape, $values, $adjoints)
            } else {
                plain_reverse_run::<op::$Name, $arity, C::Plain, L::Layout>($code, $run, 0, L::layout($shape), $values, $adjoints)
            },)*
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => {}
        }
    };
}

/// The same on single numbers: of a run that is long enough, as many as fill tiles go through the code for lanes.
#[cfg(feature = "batch")]
macro_rules! single_forward_match {
    ($level:ident, $code:ident, $run:ident, $values:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $run.op {
            $(Op::$Name => {
                let tiled = if const { is_vectorised::<C>(Op::$Name) } { tiled::<T>($run) } else { 0 };
                if tiled > 0 {
                    let run = RowRun { len: tiled, ..*$run };
                    vector_forward_run::<op::$Name, $arity, C, L, T>($level, $code, &run, Shape::SINGLE, $values);
                }
                plain_forward_run::<op::$Name, $arity, C::Plain, Single>($code, $run, tiled, Single, $values);
            })*
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => {}
        }
    };
}

#[cfg(feature = "batch")]
macro_rules! single_reverse_match {
    ($level:ident, $code:ident, $run:ident, $values:ident, $adjoints:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $run.op {
            $(Op::$Name => {
                let tiled = if const { is_vectorised::<C>(Op::$Name) } { tiled::<T>($run) } else { 0 };
                plain_reverse_run::<op::$Name, $arity, C::Plain, Single>($code, $run, tiled, Single, $values, $adjoints);
                if tiled > 0 {
                    let run = RowRun { len: tiled, ..*$run };
                    vector_reverse_run::<op::$Name, $arity, C, L, T>($level, $code, &run, Shape::SINGLE, $values, $adjoints);
                }
            })*
            Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => {}
        }
    };
}

/// How many rows of a run fill tiles, if they lie side by side.
#[cfg(feature = "batch")]
fn tiled<const T: usize>(run: &RowRun) -> u32 {
    if run.pattern == Pattern::Flat { run.len - run.len % T as u32 } else { 0 }
}

// Each kernel a function, and one for all who compute with the same number: all of them inlined into the sweeps take a
// compiler minutes.

#[inline(never)]
fn vector_forward_run<R: Rule<N>, const N: usize, C: Compute, L: Level, const T: usize>(
    level: L,
    code: &Code,
    run: &RowRun,
    shape: Shape,
    values: &mut [C::Stored],
) {
    level.run(
        #[inline(always)]
        || forward_run::<R, N, C, T>(code, run, shape, values),
    );
}

#[inline(never)]
fn vector_reverse_run<R: Rule<N>, const N: usize, C: Compute, L: Level, const T: usize>(
    level: L,
    code: &Code,
    run: &RowRun,
    shape: Shape,
    values: &[C::Stored],
    adjoints: &mut [C::Stored],
) {
    level.run(
        #[inline(always)]
        || reverse_run::<R, N, C, T>(code, run, shape, values, adjoints),
    );
}

/// Computes the rows of a run from the `from`-th on.
#[inline(never)]
fn plain_forward_run<R: Rule<N>, const N: usize, C: Compute, S: Layout>(
    code: &Code,
    run: &RowRun,
    from: u32,
    layout: S,
    values: &mut [C::Stored],
) {
    if const { is_arithmetic(R::BUILT_IN) } && is_flat(run, layout) {
        let (before, out) = values.split_at_mut(run.out as usize);
        let (from, len) = (from as usize, run.len as usize);
        let operands = slices(before, code.places::<N>(run, from), len - from);
        for (i, out) in out[from..len].iter_mut().enumerate() {
            *out = C::apply::<R, N>(across_slices(&operands, i)).store();
        }
        return;
    }
    for i in from as usize..run.len as usize {
        let rows = scaled(code.places::<N>(run, i), layout.stride());
        for lane in 0..layout.width() {
            let x = at_places(values, rows, lane);
            values[(run.out as usize + i) * layout.stride() + lane] = C::apply::<R, N>(x).store();
        }
    }
}

/// Hands on the adjoints of the rows of a run from the `from`-th on.
#[inline(never)]
fn plain_reverse_run<R: Rule<N>, const N: usize, C: Compute, S: Layout>(
    code: &Code,
    run: &RowRun,
    from: u32,
    layout: S,
    values: &[C::Stored],
    adjoints: &mut [C::Stored],
) {
    if const { is_arithmetic(R::BUILT_IN) } && is_flat(run, layout) {
        let (len, starts) = ((run.len - from) as usize, code.places::<N>(run, from as usize));
        let operands = slices(values, starts, len);
        let out = (run.out + from) as usize;
        let results = &values[out..][..len];
        let (before, own) = adjoints.split_at_mut(out);
        let own = &own[..len];
        for place in (0..N).filter(|place| run.active >> place & 1 == 1) {
            let parts = (0..len).map(
                #[inline(always)]
                |i| R::partials(across_slices(&operands, i), C::load(results[i]))[place] * C::load(own[i]),
            );
            let slots = before[starts[place]..][..len].iter_mut().zip(parts);
            if run.writes {
                slots.for_each(|(slot, part)| *slot = part.store());
            } else {
                slots.for_each(|(slot, part)| *slot = (C::load(*slot) + part).store());
            }
        }
        return;
    }
    for i in (from as usize..run.len as usize).rev() {
        let rows = scaled(code.places::<N>(run, i), layout.stride());
        let out = (run.out as usize + i) * layout.stride();
        for lane in 0..layout.width() {
            let x = at_places(values, rows, lane);
            let adjoint = C::load(adjoints[out + lane]);
            let depends = C::dependence::<R, N>(&x);
            let partials = R::partials(x, C::load(values[out + lane]));
            for j in 0..N {
                if run.active >> j & 1 == 1 {
                    let slot = &mut adjoints[rows[j] + lane];
                    let part = if depends[j] { partials[j] * adjoint } else { C::lit(0.0) };
                    *slot = if run.writes { part.store() } else { (C::load(*slot) + part).store() };
                }
            }
        }
    }
}

/// Ops on slices of which the compiler makes vectors, and that always depend on all their operands.
const fn is_arithmetic(op: Option<Op>) -> bool {
    matches!(op, Some(Op::Add | Op::Sub | Op::Neg | Op::Mul | Op::Div | Op::MulAdd))
}

/// Whether a run is swept as slices of single numbers. Few of them are not worth the cutting.
#[inline(always)]
fn is_flat<S: Layout>(run: &RowRun, layout: S) -> bool {
    layout.stride() == 1 && run.pattern == Pattern::Flat && run.len >= WORTH_A_SLICE
}

#[inline(always)]
fn slices<T, const N: usize>(values: &[T], starts: [usize; N], len: usize) -> [&[T]; N] {
    let mut slices = [values; N];
    for j in 0..N {
        slices[j] = &values[starts[j]..][..len];
    }
    slices
}

/// The operands of the `i`-th op.
#[inline(always)]
fn across_slices<C: Compute, const N: usize>(operands: &[&[C::Stored]; N], i: usize) -> [C; N] {
    let mut x = [C::load(operands[0][i]); N];
    for j in 1..N {
        x[j] = C::load(operands[j][i]);
    }
    x
}

/// The operands of an op in a lane.
#[inline(always)]
fn at_places<C: Compute, const N: usize>(values: &[C::Stored], places: [usize; N], lane: usize) -> [C; N] {
    let mut x = [C::load(values[places[0] + lane]); N];
    for j in 1..N {
        x[j] = C::load(values[places[j] + lane]);
    }
    x
}

/// Computes all rows of single numbers.
#[cfg(feature = "batch")]
pub(crate) fn forward_single<C: Compute, L: Level, const T: usize>(
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
#[cfg(feature = "batch")]
pub(crate) fn reverse_single<C: Compute, L: Level, const T: usize>(
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

#[inline(always)]
fn forward_run<R: Rule<N>, const N: usize, C: Compute, const T: usize>(
    code: &Code,
    run: &RowRun,
    shape: Shape,
    values: &mut [C::Stored],
) {
    let Shape { stride, width } = shape;
    let (before, out) = values.split_at_mut(run.out as usize * stride);
    if run.pattern == Pattern::Flat && width == stride {
        let starts = scaled(code.places(run, 0), stride);
        forward_piece::<R, N, C, T>(before, starts, &mut out[..run.len as usize * stride]);
        return;
    }
    for i in 0..run.len as usize {
        let starts = scaled(code.places(run, i), stride);
        forward_piece::<R, N, C, T>(before, starts, &mut out[i * stride..][..width]);
    }
}

#[inline(always)]
fn scaled<const N: usize>(rows: [usize; N], stride: usize) -> [usize; N] {
    let mut starts = rows;
    for j in 0..N {
        starts[j] *= stride;
    }
    starts
}

/// The op on numbers that lie side by side.
#[inline(always)]
fn forward_piece<R: Rule<N>, const N: usize, C: Compute, const T: usize>(
    before: &[C::Stored],
    starts: [usize; N],
    out: &mut [C::Stored],
) {
    let mut operands = [before; N];
    for j in 0..N {
        operands[j] = &before[starts[j]..][..out.len()];
    }
    for (tile, out) in out.as_chunks_mut::<T>().0.iter_mut().enumerate() {
        let x = tiles::<C, N, T>(&operands, tile);
        let mut exceptional = false;
        for lane in 0..T {
            let x = across(&x, lane);
            exceptional |= C::is_exceptional::<R, N>(&x);
            out[lane] = C::apply::<R, N>(x).store();
        }
        if exceptional {
            for lane in 0..T {
                let x = across(&x, lane);
                if C::is_exceptional::<R, N>(&x) {
                    out[lane] = C::careful_value::<R, N>(x).store();
                }
            }
        }
    }
}

/// A tile of each operand.
#[inline(always)]
fn tiles<C: Compute, const N: usize, const T: usize>(operands: &[&[C::Stored]; N], tile: usize) -> [[C; T]; N] {
    let mut x = [[C::lit(0.0); T]; N];
    for j in 0..N {
        let operand = &operands[j][tile * T..][..T];
        for lane in 0..T {
            x[j][lane] = C::load(operand[lane]);
        }
    }
    x
}

/// The operands of one lane.
#[inline(always)]
fn across<C: Copy, const N: usize, const T: usize>(x: &[[C; T]; N], lane: usize) -> [C; N] {
    let mut across = [x[0][lane]; N];
    for j in 1..N {
        across[j] = x[j][lane];
    }
    across
}

#[inline(always)]
fn reverse_run<R: Rule<N>, const N: usize, C: Compute, const T: usize>(
    code: &Code,
    run: &RowRun,
    shape: Shape,
    values: &[C::Stored],
    adjoints: &mut [C::Stored],
) {
    let Shape { stride, width } = shape;
    let out = run.out as usize * stride;
    if run.pattern == Pattern::Flat && width == stride {
        let starts = scaled(code.places(run, 0), stride);
        reverse_piece::<R, N, C, T>(values, adjoints, starts, run, out, run.len as usize * stride);
        return;
    }
    for i in (0..run.len as usize).rev() {
        let starts = scaled(code.places(run, i), stride);
        reverse_piece::<R, N, C, T>(values, adjoints, starts, run, out + i * stride, width);
    }
}

/// The chain rule for numbers that lie side by side, `len` of them.
#[inline(always)]
fn reverse_piece<R: Rule<N>, const N: usize, C: Compute, const T: usize>(
    values: &[C::Stored],
    adjoints: &mut [C::Stored],
    starts: [usize; N],
    run: &RowRun,
    out: usize,
    len: usize,
) {
    let mut operands = [values; N];
    for j in 0..N {
        operands[j] = &values[starts[j]..][..len];
    }
    let results = &values[out..][..len];
    let (adjoints, own) = adjoints.split_at_mut(out);
    for (tile, (own, results)) in own[..len].as_chunks::<T>().0.iter().zip(results.as_chunks::<T>().0).enumerate() {
        let x = tiles::<C, N, T>(&operands, tile);
        let mut handed = [[C::lit(0.0); T]; N];
        let mut exceptional = false;
        for lane in 0..T {
            let x = across(&x, lane);
            exceptional |= C::is_exceptional::<R, N>(&x);
            let depends = C::dependence::<R, N>(&x);
            let partials = R::partials(x, C::load(results[lane]));
            let adjoint = C::load(own[lane]);
            for j in 0..N {
                // The product comes first, so that there is nothing to branch for.
                let product = partials[j] * adjoint;
                handed[j][lane] = if depends[j] { product } else { C::lit(0.0) };
            }
        }
        if exceptional {
            for lane in 0..T {
                let x = across(&x, lane);
                if C::is_exceptional::<R, N>(&x) {
                    let partials = C::careful_partials::<R, N>(x, C::load(results[lane]));
                    for j in 0..N {
                        handed[j][lane] = partials[j] * C::load(own[lane]);
                    }
                }
            }
        }
        for j in 0..N {
            if run.active >> j & 1 == 1 {
                let adjoint = &mut adjoints[starts[j] + tile * T..][..T];
                if run.writes {
                    for lane in 0..T {
                        adjoint[lane] = handed[j][lane].store();
                    }
                } else {
                    for lane in 0..T {
                        adjoint[lane] = (C::load(adjoint[lane]) + handed[j][lane]).store();
                    }
                }
            }
        }
    }
}
