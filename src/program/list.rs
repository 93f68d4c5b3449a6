//! The kernels of list ops and of ops that are not in the table: `T` lanes at a time where an op is spelt out here, and lane by
//! lane as its row in the table says where it is not.

use super::code::{Code, RowList, Stretch};
use super::compute::{Compute, Scratch, Shape, gathered};
use super::record::Lowering;
use crate::op::{self, Op};
use crate::rule::ListRule;

macro_rules! value_match {
    ($op:ident, $x:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $op {
            $(Op::$List => C::apply_list::<op::$List>($x),)*
            Op::Input | Op::Literal | Op::Custom $(| Op::$Name)* => C::lit(f64::NAN),
        }
    };
}

/// Computes a list op in each lane.
#[inline(always)]
pub(crate) fn forward<C: Compute, const T: usize>(
    code: &Code,
    list: &RowList,
    shape: Shape,
    values: &mut [C::Stored],
    scratch: &mut Scratch<C>,
) {
    let rows = code.list(list);
    let (before, out) = values.split_at_mut(list.out as usize * shape.stride);
    let spelt_out = C::PLAIN && code.lowering == Lowering::Full && !rows.is_empty();
    for lane in (0..shape.width).step_by(T) {
        let at = Lanes { shape, lane };
        let out = &mut out[lane..][..T];
        if T == 1 && list.stretch_count > 0 {
            out[0] = sum_of_stretches::<C>(code, list, before).store();
            continue;
        }
        match list.op {
            Op::Sum if spelt_out => {
                let sum = sum::<C, T>(
                    rows.len(),
                    #[inline(always)]
                    |i| at.load(before, rows[i]),
                );
                store(sum, out);
            }
            Op::Dot if spelt_out => {
                let (left, right) = rows.split_at(rows.len() / 2);
                let sum = sum::<C, T>(
                    left.len(),
                    #[inline(always)]
                    |i| product(at.load(before, left[i]), at.load(before, right[i])),
                );
                store(sum, out);
            }
            Op::Product if spelt_out => {
                let mut all = [C::lit(1.0); T];
                for &row in rows {
                    all = product(all, at.load(before, row));
                }
                store(all, out);
            }
            Op::LogSumExp if spelt_out => store(log_sum_exp::<C, T>(rows, before, at), out),
            op => {
                for (i, out) in out.iter_mut().enumerate() {
                    gathered(scratch, rows, lane + i, shape, before);
                    let x = scratch.as_slice();
                    let y = match op {
                        Op::Custom => C::custom_value(code.customs[list.custom as usize], x),
                        _ => for_each_op!(value_match op, x,),
                    };
                    *out = y.store();
                }
            }
        }
    }
}

/// Which lanes of a row.
#[derive(Clone, Copy)]
struct Lanes {
    shape: Shape,
    lane: usize,
}

impl Lanes {
    fn first(self, row: u32) -> usize {
        row as usize * self.shape.stride + self.lane
    }

    #[inline(always)]
    fn load<C: Compute, const T: usize>(self, values: &[C::Stored], row: u32) -> [C; T] {
        let stored = &values[self.first(row)..][..T];
        let mut numbers = [C::lit(0.0); T];
        for i in 0..T {
            numbers[i] = C::load(stored[i]);
        }
        numbers
    }

    #[inline(always)]
    fn add<C: Compute, const T: usize>(self, adjoints: &mut [C::Stored], row: u32, parts: [C; T]) {
        let stored = &mut adjoints[self.first(row)..][..T];
        for i in 0..T {
            stored[i] = (C::load(stored[i]) + parts[i]).store();
        }
    }
}

#[inline(always)]
fn store<C: Compute, const T: usize>(numbers: [C; T], stored: &mut [C::Stored]) {
    for i in 0..T {
        stored[i] = numbers[i].store();
    }
}

#[inline(always)]
fn product<C: Compute, const T: usize>(mut left: [C; T], right: [C; T]) -> [C; T] {
    for i in 0..T {
        left[i] *= right[i];
    }
    left
}

/// A sum in four strands, so that no addition waits for the one just before.
#[inline(always)]
fn sum<C: Compute, const T: usize>(count: usize, term: impl Fn(usize) -> [C; T]) -> [C; T] {
    let mut strands = [[C::lit(0.0); T]; 4];
    for first in (0..count - count % 4).step_by(4) {
        for strand in 0..4 {
            let term = term(first + strand);
            for i in 0..T {
                strands[strand][i] += term[i];
            }
        }
    }
    let mut sum = [C::lit(0.0); T];
    for i in 0..T {
        sum[i] = (strands[0][i] + strands[1][i]) + (strands[2][i] + strands[3][i]);
    }
    for last in count - count % 4..count {
        let term = term(last);
        for i in 0..T {
            sum[i] += term[i];
        }
    }
    sum
}

/// A sum or a dot product on single numbers, slice by slice.
#[inline(always)]
fn sum_of_stretches<C: Compute>(code: &Code, list: &RowList, values: &[C::Stored]) -> C {
    let mut total = C::lit(0.0);
    for stretch in code.stretches(list) {
        let len = stretch.len as usize;
        let right = &values[stretch.right as usize..][..len];
        let [sum] = if list.op == Op::Sum || stretch.is_left_same {
            sum(
                len,
                #[inline(always)]
                |i| [C::load(right[i])],
            )
        } else {
            let left = &values[stretch.left as usize..][..len];
            sum(
                len,
                #[inline(always)]
                |i| [C::load(left[i]) * C::load(right[i])],
            )
        };
        total += if stretch.is_left_same { C::load(values[stretch.left as usize]) * sum } else { sum };
    }
    total
}

/// Hands the adjoint of a sum or a dot product of single numbers on, slice by slice.
#[inline(always)]
fn reverse_stretches<C: Compute>(code: &Code, list: &RowList, values: &[C::Stored], adjoints: &mut [C::Stored]) {
    let adjoint = C::load(adjoints[list.out as usize]);
    for &Stretch { left, is_left_same, right, len } in code.stretches(list) {
        let (left, right, len) = (left as usize, right as usize, len as usize);
        let rights = &values[right..][..len];
        let slots = &mut adjoints[right..][..len];
        if list.op == Op::Sum || is_left_same {
            let part = if is_left_same { C::load(values[left]) * adjoint } else { adjoint };
            slots.iter_mut().for_each(|slot| *slot = (C::load(*slot) + part).store());
            if is_left_same && list.left_active {
                let [sum] = sum(
                    len,
                    #[inline(always)]
                    |i| [C::load(rights[i])],
                );
                adjoints[left] = (C::load(adjoints[left]) + sum * adjoint).store();
            }
            continue;
        }
        for (slot, &left) in slots.iter_mut().zip(&values[left..][..len]) {
            *slot = (C::load(*slot) + C::load(left) * adjoint).store();
        }
        if list.left_active {
            for (slot, &right) in adjoints[left..][..len].iter_mut().zip(rights) {
                *slot = (C::load(*slot) + C::load(right) * adjoint).store();
            }
        }
    }
}

/// As the table's row: the largest counts 1, which `ln_1p` adds without rounding.
#[inline(always)]
fn log_sum_exp<C: Compute, const T: usize>(rows: &[u32], values: &[C::Stored], at: Lanes) -> [C; T] {
    let mut largest = [C::lit(f64::NEG_INFINITY); T];
    for &row in rows {
        let x: [C; T] = at.load(values, row);
        for i in 0..T {
            largest[i] = largest[i].max(x[i]);
        }
    }
    // Apart from what is as large, so that a small sum keeps its digits.
    let mut as_large = [C::lit(-1.0); T];
    let mut others = [C::lit(0.0); T];
    for &row in rows {
        let x: [C; T] = at.load(values, row);
        for i in 0..T {
            let is_largest = x[i].primal() == largest[i].primal();
            let term = (x[i] - largest[i]).exp();
            as_large[i] += if is_largest { term } else { C::lit(0.0) };
            others[i] += if is_largest { C::lit(0.0) } else { term };
        }
    }
    for i in 0..T {
        let sum = largest[i] + (others[i] + as_large[i]).ln_1p();
        largest[i] = if largest[i].primal().is_infinite() { largest[i] } else { sum };
    }
    largest
}

macro_rules! partials_match {
    ($op:ident, $x:ident, $y:ident, $hand_on:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $op {
            $(Op::$List => {
                for (i, partial) in op::$List::partials($x, $y).into_iter().enumerate() {
                    $hand_on(i, partial);
                }
            })*
            Op::Input | Op::Literal | Op::Custom $(| Op::$Name)* => {}
        }
    };
}

/// Hands the adjoint of a list op on, in each lane.
#[inline(always)]
pub(crate) fn reverse<C: Compute, const T: usize>(
    code: &Code,
    list: &RowList,
    shape: Shape,
    values: &[C::Stored],
    adjoints: &mut [C::Stored],
    scratch: &mut Scratch<C>,
) {
    let rows = code.list(list);
    let lowered = code.lowering == Lowering::Full;
    if T == 1 && list.stretch_count > 0 {
        return reverse_stretches::<C>(code, list, values, adjoints);
    }
    for lane in (0..shape.width).step_by(T) {
        let at = Lanes { shape, lane };
        let (adjoint, y): ([C; T], [C; T]) = (at.load(adjoints, list.out), at.load(values, list.out));
        match list.op {
            Op::Sum => rows.iter().for_each(|&row| at.add(adjoints, row, adjoint)),
            Op::Mean => {
                let part = product(adjoint, [C::lit(1.0) / C::lit(rows.len() as f64); T]);
                rows.iter().for_each(|&row| at.add(adjoints, row, part));
            }
            Op::Dot => {
                let (left, right) = rows.split_at(rows.len() / 2);
                for (&left, &right) in left.iter().zip(right) {
                    if list.left_active {
                        at.add(adjoints, left, product(at.load(values, right), adjoint));
                    }
                    at.add(adjoints, right, product(at.load(values, left), adjoint));
                }
            }
            Op::Product => {
                // What stands before each factor, then times what stands behind it: no division, so that zeros do no harm.
                scratch.clear();
                let mut before = [C::lit(1.0); T];
                for &row in rows {
                    scratch.extend_from_slice(&before);
                    before = product(before, at.load(values, row));
                }
                let mut behind = [C::lit(1.0); T];
                for (&row, before) in rows.iter().zip(scratch.as_chunks::<T>().0).rev() {
                    at.add(adjoints, row, product(product(*before, behind), adjoint));
                    behind = product(behind, at.load(values, row));
                }
            }
            Op::LogSumExp if C::PLAIN && lowered && y.iter().all(|y| y.primal().is_finite()) => {
                // Each is exp(x - y); the division takes back what y was rounded.
                scratch.clear();
                let mut total = [C::lit(0.0); T];
                for &row in rows {
                    let mut x: [C; T] = at.load(values, row);
                    for i in 0..T {
                        x[i] = (x[i] - y[i]).exp();
                        total[i] += x[i];
                    }
                    scratch.extend_from_slice(&x);
                }
                let mut share = adjoint;
                for i in 0..T {
                    share[i] /= total[i];
                }
                for (&row, weight) in rows.iter().zip(scratch.as_chunks::<T>().0) {
                    at.add(adjoints, row, product(*weight, share));
                }
            }
            Op::Norm if C::PLAIN && lowered => {
                for &row in rows {
                    let mut x: [C; T] = at.load(values, row);
                    for i in 0..T {
                        let slope = x[i] / y[i];
                        // A slope of 0 is multiplied like any other: `0 · ∞` is what the careful sweep has to see.
                        x[i] = if y[i] == C::lit(0.0) { C::lit(0.0) } else { slope } * adjoint[i];
                    }
                    at.add(adjoints, row, x);
                }
            }
            op => {
                for i in 0..T {
                    gathered(scratch, rows, lane + i, shape, values);
                    let (x, y) = (scratch.as_slice(), y[i]);
                    let mut hand_on = |place: usize, partial: C| {
                        let slot = &mut adjoints[rows[place] as usize * shape.stride + lane + i];
                        *slot = (C::load(*slot) + partial * adjoint[i]).store();
                    };
                    if op == Op::Custom {
                        let partials = C::custom_partials(code.customs[list.custom as usize], x, y);
                        for (place, partial) in partials.into_iter().enumerate() {
                            if let Some(partial) = partial {
                                hand_on(place, partial);
                            }
                        }
                    } else {
                        for_each_op!(partials_match op, x, y, hand_on,);
                    }
                }
            }
        }
    }
}
