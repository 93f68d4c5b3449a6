//! What the passes make of a program, as its listing shows it.

use gradus::program::{Lowering, Recorder};
use gradus::{Program, Var};

/// The lines of a listing behind its first, from which the counts before and after each pass are read.
#[track_caller]
fn check(f: impl FnOnce(&[Var]) -> Vec<Var>, expected: &[&str]) {
    let listing = Program::record(&[0.5; 4], f).unwrap().to_string();
    let found: Vec<&str> = listing.lines().skip(1).collect();
    assert_eq!(found, expected, "\n{listing}");
}

#[test]
fn a_chain_of_sums_of_products_is_a_dot_product() {
    check(
        |x| {
            let mut sum = x[3];
            for i in 0..3 {
                sum += x[i] * x[i + 1];
            }
            vec![sum]
        },
        &[
            "values: recorded 6, constants 6, common subexpressions 6, dead code 6, fusion 1",
            "r1 = x[0]",
            "r2 = x[1]",
            "r3 = x[2]",
            "r4 = x[3]",
            "r0 = 1",
            "r5 = dot_halves r0 r1 r2 r3 r4 r2 r3 r4",
            "return r5",
        ],
    );
}

#[test]
fn a_product_that_is_used_twice_is_computed_once() {
    check(
        |x| vec![x[0] * x[1] + x[2], x[3] - x[0] * x[1]],
        &[
            "values: recorded 4, constants 4, common subexpressions 3, dead code 3, fusion 3",
            "r0 = x[0]",
            "r1 = x[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4 = mul r0 r1",
            "r5 = add r4 r2",
            "r6 = sub r3 r4",
            "return r5 r6",
        ],
    );
}

#[test]
fn a_product_and_a_sum_are_one_step() {
    check(
        |x| vec![x[0] * x[1] + x[2], x[3] + x[1] * x[2]],
        &[
            "values: recorded 4, constants 4, common subexpressions 4, dead code 4, fusion 2",
            "r0 = x[0]",
            "r1 = x[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4..r5 = mul_add r0..r1 r1..r2 r2..r3",
            "return r4 r5",
        ],
    );
}

#[test]
fn a_product_beside_a_product_is_not_fused() {
    check(
        |x| vec![x[0] * x[1] + x[2] * x[3]],
        &[
            "values: recorded 3, constants 3, common subexpressions 3, dead code 3, fusion 3",
            "r0 = x[0]",
            "r1 = x[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4..r5 = mul r0..r2 by 2 r1..r3 by 2",
            "r6 = add r4 r5",
            "return r6",
        ],
    );
}

#[test]
fn signs_go_into_the_weights() {
    check(
        |x| vec![x[0] - (x[1] * x[2] - x[3]) - 2.0 * x[0] + -(x[1] * x[3])],
        &[
            "values: recorded 8, constants 8, common subexpressions 8, dead code 8, fusion 4",
            "r3 = x[0]",
            "r4 = x[1]",
            "r5 = x[2]",
            "r6 = x[3]",
            "r0 = -2",
            "r1 = 1",
            "r2 = -1",
            "r7..r8 = mul r4 r5..r6",
            "r9 = sub r7 r6",
            "r10 = dot_halves r1 r2 r0 r2 r3 r9 r3 r8",
            "return r10",
        ],
    );
}

#[test]
fn sums_of_sums_are_one_sum() {
    check(
        |x| vec![x.iter().copied().sum::<Var>() + gradus::sum(&[x[0], x[1]]) + x[2]],
        &[
            "values: recorded 6, constants 6, common subexpressions 6, dead code 6, fusion 2",
            "r0 = x[0]",
            "r1 = x[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4 = sum r0 r1",
            "r5 = sum r0 r1 r2 r3 r4 r2",
            "return r5",
        ],
    );
}

#[test]
fn what_is_used_twice_stays() {
    check(
        |x| {
            let sum = x[0] * x[1] + x[2] + x[3];
            vec![sum + x[0], sum]
        },
        &[
            "values: recorded 4, constants 4, common subexpressions 4, dead code 4, fusion 2",
            "r1 = x[0]",
            "r2 = x[1]",
            "r3 = x[2]",
            "r4 = x[3]",
            "r0 = 1",
            "r5 = dot_halves r1 r0 r0 r2 r3 r4",
            "r6 = add r5 r1",
            "return r6 r5",
        ],
    );
}

#[test]
fn a_guard_and_an_output_keep_their_values() {
    check(
        |x| {
            let product = x[0] * x[1];
            let kept = product + x[2] + x[3];
            if kept > 0.0 { vec![kept + product + x[0], product] } else { vec![x[0]] }
        },
        &[
            "values: recorded 5, constants 5, common subexpressions 5, dead code 5, fusion 3",
            "r1 = x[0]",
            "r2 = x[1]",
            "r3 = x[2]",
            "r4 = x[3]",
            "r0 = 0",
            "r5 = mul r1 r2",
            "r6 = sum r5 r3 r4",
            "r7 = sum r6 r5 r1",
            "guard 0 on r0 r6",
            "return r7 r5",
        ],
    );
}

#[test]
fn long_products_are_one() {
    check(
        |x| vec![x[0] * x[1] * x[2] * x[3] * x[0], x[0] * x[1] * x[3], x[2] * (x[1] * x[3])],
        &[
            "values: recorded 8, constants 8, common subexpressions 7, dead code 7, fusion 5",
            "r0 = x[0]",
            "r1 = x[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4..r5 = mul r0..r1 r1..r3 by 2",
            "r6..r7 = mul [r2 r4] [r5 r3]",
            "r8 = product r4 r2 r3 r0",
            "return r8 r7 r6",
        ],
    );
}

#[test]
fn constants_are_computed_and_factors_of_one_vanish() {
    check(
        |x| {
            let two = Var::from(1.0) + 1.0;
            let literals = gradus::sum(&[Var::from(0.5), Var::from(0.25)]);
            vec![(x[0] * 1.0 / 1.0 - 0.0).powi(1) * two, -(-x[1]) * literals, 1.0 * x[2].powi(3)]
        },
        &[
            "values: recorded 10, constants 5, common subexpressions 5, dead code 4, fusion 4",
            "r2 = x[0]",
            "r3 = x[1]",
            "r4 = x[2]",
            "r0 = 2",
            "r1 = 0.75",
            "r5..r6 = mul r2..r3 r0..r1",
            "r7 = mul r4 r4",
            "r8 = mul r7 r4",
            "return r5 r6 r8",
        ],
    );
}

#[test]
fn common_subexpressions_are_computed_once() {
    check(
        |x| vec![(x[0] * x[1]).sin() + x[2], (x[1] * x[0]).sin() * x[3], (x[0] / x[1]).sin(), (x[1] / x[0]).sin()],
        &[
            "values: recorded 10, constants 10, common subexpressions 8, dead code 8, fusion 8",
            "r0 = x[0]",
            "r1 = x[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4 = mul r0 r1",
            "r5..r6 = div [r0 r1] [r1 r0]",
            "r7..r9 = sin r4..r6",
            "r10 = add r7 r2",
            "r11 = mul r7 r3",
            "return r10 r11 r8 r9",
        ],
    );
}

#[test]
fn dead_code_is_left_out() {
    check(
        |x| {
            let _ = (x[0] * x[3]).exp();
            vec![x[1] * x[2]]
        },
        &[
            "values: recorded 3, constants 3, common subexpressions 3, dead code 1, fusion 1",
            "r0 = x[1]",
            "r1 = x[2]",
            "r2 = mul r0 r1",
            "return r2",
        ],
    );
}

#[test]
fn rows_of_one_op_lie_side_by_side() {
    check(
        |x| {
            let a: Vec<Var> = x.iter().map(|&x| x.sin()).collect();
            let b: Vec<Var> = a.iter().map(|&a| a * x[0]).collect();
            vec![b[0] * b[3], b[1] * b[2], b[2] * b[1], b[3].exp()]
        },
        &[
            "values: recorded 12, constants 12, common subexpressions 11, dead code 11, fusion 11",
            "r0 = x[0]",
            "r1 = x[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4..r7 = sin r0..r3",
            "r8..r11 = mul r4..r7 r0",
            "r12..r13 = mul [r8 r9] [r11 r10]",
            "r14 = exp r11",
            "return r12 r13 r13 r14",
        ],
    );
}

#[test]
fn outputs_may_be_inputs_and_literals() {
    check(
        |x| vec![x[3], Var::from(2.5), x[3], x[1] + 1.0],
        &[
            "values: recorded 1, constants 1, common subexpressions 1, dead code 1, fusion 1",
            "r2 = x[1]",
            "r3 = x[3]",
            "r0 = 1",
            "r1 = 2.5",
            "r4 = add r2 r0",
            "return r3 r1 r3 r4",
        ],
    );
}

#[test]
fn without_lowering_the_listing_is_the_recording() {
    let f = |x: &[Var]| (x[0] * 1.0 + x[1] * x[0]) - (x[0] * 1.0).sin();
    let program = Recorder::new().lowering(Lowering::None).record(&[0.5; 2], f).unwrap();
    let found: Vec<String> = program.to_string().lines().map(str::to_owned).collect();
    assert_eq!(
        found,
        [
            "program of 2 inputs, 1 outputs, 0 guards",
            "values: recorded 6",
            "r1 = x[0]",
            "r2 = x[1]",
            "r0 = 1",
            "r3..r4 = mul r1 r0",
            "r5 = mul r2 r1",
            "r6 = add r3 r5",
            "r7 = sin r4",
            "r8 = sub r6 r7",
            "return r8"
        ]
    );
}

#[cfg(feature = "batch")]
#[test]
fn a_batch_has_a_shared_part_and_layers() {
    let f = |w: &[Var], x: &[Var]| {
        let hidden: Vec<Var> = (0..2).map(|i| (w[2 * i] * x[0] + w[2 * i + 1] * x[1] + w[4 + i]).tanh()).collect();
        let scale = w[6].exp();
        if hidden[0] < 2.0 { scale * (hidden[0] + hidden[1]) + x[0] * x[1] } else { scale }
    };
    let program = Program::record_shared(&[0.5; 7], &[0.25; 2], f).unwrap();
    let listing = program.batch_listing();
    assert_eq!(
        listing.lines().collect::<Vec<_>>(),
        [
            "once for a batch:",
            "r0 = x[0]",
            "r1 = x[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4 = x[4]",
            "r5 = x[5]",
            "r6 = x[6]",
            "r7 = exp r6",
            "return r0 r1 r2 r3 r4 r5 r7",
            "for each sample:",
            "r2 = x[7]",
            "r3 = x[8]",
            "r0 = 1",
            "r1 = 2",
            "r4 = mul r2 r3",
            "r5..r6 = layer of 6 shared weights on r0 r2 r3",
            "r7..r8 = tanh r5..r6",
            "r9 = add r7 r8",
            "r10 = layer of 1 shared weights on r4 r9",
            "guard 0 on r7 r1",
            "return r10"
        ],
        "\n{listing}"
    );
}

#[cfg(feature = "batch")]
#[test]
fn a_batch_without_lowering_has_no_layers() {
    let f = |w: &[Var], x: &[Var]| gradus::dot(w, x) + (w[0] * x[0] + w[1] * x[1]);
    let program = Recorder::new().lowering(Lowering::None).record_shared(&[0.5; 2], &[0.25; 2], f).unwrap();
    let listing = program.batch_listing();
    assert_eq!(
        listing.lines().collect::<Vec<_>>(),
        [
            "once for a batch:",
            "r0 = x[0]",
            "r1 = x[1]",
            "return r0 r1",
            "for each sample:",
            "r0 = s[0]",
            "r1 = s[1]",
            "r2 = x[2]",
            "r3 = x[3]",
            "r4..r5 = mul r0..r1 r2..r3",
            "r6 = dot_halves r0 r1 r2 r3",
            "r7 = add r4 r5",
            "r8 = add r6 r7",
            "return r8"
        ],
        "\n{listing}"
    );
}
