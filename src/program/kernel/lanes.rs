//! An op of the table on the rows of a run, `T` numbers at a time, compiled for a level of the CPU.

use super::scaled;
use crate::program::code::{Code, Pattern, RowRun};
use crate::program::compute::{Compute, Level, Shape};
use crate::rule::Rule;

#[inline(never)]
pub(super) fn forward<R: Rule<N>, const N: usize, C: Compute, L: Level, const T: usize>(
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
pub(super) fn reverse<R: Rule<N>, const N: usize, C: Compute, L: Level, const T: usize>(
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
