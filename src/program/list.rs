//! The kernels of list ops and of ops that are not in the table. Sums, products and the like are computed row by row;
//! what they compute is what their rows in the table say.

use super::code::{Code, RowList};
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
pub(crate) fn forward<C: Compute>(
    code: &Code,
    list: &RowList,
    shape: Shape,
    values: &mut [C::Stored],
    scratch: &mut Scratch<C>,
) {
    let rows = code.list(list);
    let out = list.out as usize * shape.stride;
    let as_table = !C::PLAIN || code.lowering == Lowering::None;
    let in_strands = !as_table && !rows.is_empty();
    for lane in 0..shape.width {
        let at = |row: u32| C::load(values[row as usize * shape.stride + lane]);
        let y = match list.op {
            Op::Sum if in_strands => sum(rows.iter().map(|&row| at(row))),
            Op::Dot if in_strands => {
                let (left, right) = rows.split_at(rows.len() / 2);
                sum(left.iter().zip(right).map(|(&left, &right)| at(left) * at(right)))
            }
            Op::LogSumExp if !as_table => log_sum_exp(rows.iter().map(|&row| at(row))),
            op => {
                gathered(scratch, rows, lane, shape, values);
                let x = scratch.as_slice();
                match op {
                    Op::Custom => C::custom_value(code.customs[list.custom as usize], x),
                    _ => for_each_op!(value_match op, x,),
                }
            }
        };
        values[out + lane] = y.store();
    }
}

/// A sum in four strands, so that no addition waits for the one just before.
#[inline(always)]
fn sum<C: Compute>(terms: impl ExactSizeIterator<Item = C>) -> C {
    let mut terms = terms;
    let mut strands = [C::lit(0.0); 4];
    while terms.len() >= 4 {
        for strand in &mut strands {
            if let Some(term) = terms.next() {
                *strand += term;
            }
        }
    }
    let rest = terms.reduce(|sum, term| sum + term);
    let sum = (strands[0] + strands[1]) + (strands[2] + strands[3]);
    rest.map_or(sum, |rest| sum + rest)
}

/// As the table's row: the largest counts 1, which `ln_1p` adds without rounding.
#[inline(always)]
fn log_sum_exp<C: Compute>(terms: impl Iterator<Item = C> + Clone) -> C {
    let largest = terms.clone().fold(C::lit(f64::NEG_INFINITY), |largest, each| largest.max(each));
    if largest.primal().is_infinite() {
        return largest;
    }
    let others = terms.fold(C::lit(-1.0), |sum, each| sum + (each - largest).exp());
    largest + others.ln_1p()
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
pub(crate) fn reverse<C: Compute>(
    code: &Code,
    list: &RowList,
    shape: Shape,
    values: &[C::Stored],
    adjoints: &mut [C::Stored],
    scratch: &mut Scratch<C>,
) {
    let rows = code.list(list);
    for lane in 0..shape.width {
        let place = |row: u32| row as usize * shape.stride + lane;
        let at = |row: u32| C::load(values[place(row)]);
        let (adjoint, y) = (C::load(adjoints[place(list.out)]), at(list.out));
        let mut add = |row: u32, partial: C| {
            let slot = &mut adjoints[place(row)];
            *slot = (C::load(*slot) + partial * adjoint).store();
        };
        match list.op {
            Op::Sum => rows.iter().for_each(|&row| add(row, C::lit(1.0))),
            Op::Dot => {
                let (left, right) = rows.split_at(rows.len() / 2);
                for (&left, &right) in left.iter().zip(right) {
                    add(left, at(right));
                    add(right, at(left));
                }
            }
            Op::Product => {
                // What stands before each factor, then times what stands behind it: no division, so that zeros do no harm.
                scratch.clear();
                let mut before = C::lit(1.0);
                for &row in rows {
                    scratch.push(before);
                    before *= at(row);
                }
                let mut behind = C::lit(1.0);
                for (&row, &before) in rows.iter().zip(scratch.iter()).rev() {
                    add(row, before * behind);
                    behind *= at(row);
                }
            }
            Op::LogSumExp if C::PLAIN && code.lowering == Lowering::Full && y.primal().is_finite() => {
                // Each is exp(x - y); the division takes back what y was rounded.
                scratch.clear();
                scratch.extend(rows.iter().map(|&row| (at(row) - y).exp()));
                let total = sum(scratch.iter().copied());
                for (&row, &weight) in rows.iter().zip(scratch.iter()) {
                    add(row, weight / total);
                }
            }
            Op::Mean => {
                let share = C::lit(1.0) / C::lit(rows.len() as f64);
                rows.iter().for_each(|&row| add(row, share));
            }
            Op::Norm if C::PLAIN => {
                let zero = C::lit(0.0);
                rows.iter().for_each(|&row| add(row, if y > zero { at(row) / y } else { zero }));
            }
            op => {
                gathered(scratch, rows, lane, shape, values);
                let x = scratch.as_slice();
                let mut hand_on = |i: usize, partial: C| add(rows[i], partial);
                if op == Op::Custom {
                    let partials = C::custom_partials(code.customs[list.custom as usize], x, y);
                    for (i, partial) in partials.into_iter().enumerate() {
                        if let Some(partial) = partial {
                            hand_on(i, partial);
                        }
                    }
                } else {
                    for_each_op!(partials_match op, x, y, hand_on,);
                }
            }
        }
    }
}
