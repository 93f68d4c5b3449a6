//! An op of the table on the rows of a run, number by number.

use super::scaled;
use crate::op::Op;
use crate::program::code::{Code, Pattern, RowRun, WORTH_A_SLICE};
use crate::program::compute::{Compute, Layout};
use crate::rule::Rule;

/// Computes the rows of a run from the `from`-th on.
#[inline(never)]
pub(super) fn forward<R: Rule<N>, const N: usize, C: Compute, S: Layout>(
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
pub(super) fn reverse<R: Rule<N>, const N: usize, C: Compute, S: Layout>(
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
