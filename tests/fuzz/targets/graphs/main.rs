//! Random expressions over all ops of the table: every mode has to agree with the others, as far as rounding lets it.
#![no_main]

mod differences;
mod expression;
mod noisy;
mod ops;
mod tally;
mod tolerance;

use expression::Expression;
use gradus::program::{Lowering, Recorder};
use gradus::{Dual, Error, Program, Tape, Var};
use libfuzzer_sys::fuzz_target;
use noisy::Noisy;
use ops::Op;
use std::cell::OnceCell;
use tally::{Outcome, count};
use tolerance::{Expected, expected};

thread_local! {
    static OPS: OnceCell<Vec<Op>> = const { OnceCell::new() };
}

fuzz_target!(|data: &[u8]| {
    OPS.with(|ops| {
        if let Some(expression) = Expression::read(data, ops.get_or_init(ops::table)) {
            check(&expression);
        }
    })
});

fn bits(x: &[f64]) -> Vec<u64> {
    x.iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() }).collect()
}

/// The derivatives of the last output.
fn check(expression: &Expression) {
    let [x, there] = &expression.points;
    let n = x.len();
    let listing = || format!("\n{}", expression.listing());

    // The tape and plain numbers do the same arithmetic.
    let (values, answers) = expression.evaluate(x);
    let tape = Tape::new();
    let inputs = tape.vars(x);
    let (outputs, _) = expression.evaluate(&inputs);
    let recorded: Vec<f64> = outputs.iter().map(|output| output.value()).collect();
    assert_eq!(bits(&recorded), bits(&values), "tape of {}", listing());
    let last = outputs[outputs.len() - 1];
    let gradient = match last.tape() {
        Some(_) => last.backward().wrt(&inputs).unwrap(),
        None => vec![0.0; n],
    };

    // How far other honest computations may be off.
    let value = expected(
        || expression.evaluate(&x.iter().map(|&x| Noisy::exact(x)).collect::<Vec<_>>()),
        &answers,
        |y: &Vec<Noisy>| y.iter().map(|y| y.value).collect(),
    );
    let paths = paths(last, n);
    let first: Vec<Expected> = (0..n).map(|i| slopes(expression, &answers, i).widened(1e-12 * paths[i])).collect();
    for i in 0..n {
        let along: Vec<Dual> =
            (0..n).map(|j| if i == j { Dual::variable(x[j]) } else { Dual::constant(x[j]) }).collect();
        let y = expression.evaluate(&along).0[outputs.len() - 1];
        assert_eq!(bits(&[y.value()]), bits(&values[values.len() - 1..]), "dual of {}", listing());
        first[i].check("slopes of duals", &[gradient[i]], &[y.tangent()], listing);
    }

    let f = |x: &[Var]| expression.evaluate(x).0;
    let g = |x: &[Var]| f(x)[outputs.len() - 1];
    let all = Recorder::new().lowering(Lowering::Full).record(x, f).unwrap();
    let last_only = Program::record(x, g).unwrap();
    let faithful = Recorder::new().lowering(Lowering::None).record(x, g).unwrap();
    assert_eq!(
        bits(&faithful.values(x).unwrap()),
        bits(&values[values.len() - 1..]),
        "program as it is of {}",
        listing()
    );
    assert_eq!(
        bits(&faithful.gradient(x).unwrap().1),
        bits(&gradient),
        "gradient of the program as it is of {}",
        listing()
    );
    match all.values(x) {
        Ok(found) => value.check("program", &found, &values, listing),
        // Where two sides of a comparison are equal but for rounding.
        Err(Error::BranchChanged { .. }) if value.is_unknown() => {}
        Err(error) => panic!("{error}: program of {}", listing()),
    }
    match last_only.gradient(x) {
        Ok((_, found)) => {
            for i in 0..n {
                first[i].check("program's gradient", &found[i..=i], &gradient[i..=i], listing);
            }
        }
        Err(Error::BranchChanged { .. }) if value.is_unknown() => {}
        Err(error) => panic!("{error}: gradient of the program of {}", listing()),
    }
    // Where paths cancel in first order, they do in second.
    if paths[0] <= 1e3 * gradient[0].abs() {
        second_order(expression, &answers, &last_only, &listing);
    } else {
        count("second order", Outcome::Skipped);
    }
    elsewhere(expression, &faithful, &answers, there, &listing);
    #[cfg(feature = "batch")]
    lanes(expression, &value, &first, &values, &gradient, &listing);
    differences::check(expression, &gradient, &first, &listing);
}

/// For each input, the sum over all paths of the absolute product of their local derivatives: a reverse sweep rounds by a share of it, though
/// paths may cancel before a forward sweep multiplies them.
fn paths(output: Var, inputs: usize) -> Vec<f64> {
    let mut sums = vec![0.0; inputs.max(output.index() as usize + 1)];
    if output.tape().is_some() {
        sums[output.index() as usize] = 1.0;
        for step in gradus::explain::backward(output).unwrap().backward {
            sums[step.to_node as usize] += step.local.abs() * sums[step.from_node as usize];
        }
    }
    sums
}

/// The slope along input `i`.
fn slopes(expression: &Expression, answers: &[bool], i: usize) -> Expected {
    let x = &expression.points[0];
    let run = || {
        let constant = |j: usize| Dual::constant(Noisy::exact(x[j]));
        let along: Vec<_> =
            (0..x.len()).map(|j| if i == j { Dual::variable(Noisy::exact(x[j])) } else { constant(j) }).collect();
        expression.evaluate(&along)
    };
    expected(run, answers, |y: &Vec<Dual<Noisy>>| vec![y[y.len() - 1].tangent().value])
}

fn second_order(expression: &Expression, answers: &[bool], program: &Program, listing: &dyn Fn() -> String) {
    let x = &expression.points[0];
    let run = || {
        let along: Vec<Dual<Dual<Noisy>>> = (0..x.len())
            .map(|j| match j {
                0 => Dual::variable(Dual::variable(Noisy::exact(x[j]))),
                _ => Dual::constant(Dual::constant(Noisy::exact(x[j]))),
            })
            .collect();
        expression.evaluate(&along)
    };
    let curvature = expected(run, answers, |y: &Vec<Dual<Dual<Noisy>>>| vec![y[y.len() - 1].tangent().tangent().value]);
    if let Some(outcome) = curvature.says_nothing() {
        return count("second order", outcome);
    }
    let g = |x: &[Var]| {
        let outputs = expression.evaluate(x).0;
        outputs[outputs.len() - 1]
    };
    let of_tape = gradus::hessian(g, x).unwrap()[0][0];
    let along: Vec<Dual<Dual>> = (0..x.len())
        .map(|j| match j {
            0 => Dual::variable(Dual::variable(x[j])),
            _ => Dual::constant(Dual::constant(x[j])),
        })
        .collect();
    let outputs = expression.evaluate(&along).0;
    let of_duals = outputs[outputs.len() - 1].tangent().tangent();
    curvature.check("second order", &[of_tape], &[of_duals], listing);
    match program.hessian(x) {
        Ok(hessian) => curvature.check("program's hessian", &[hessian[0][0]], &[of_tape], listing),
        Err(error) => panic!("{error}: hessian of the program of {}", listing()),
    }
}

/// Another point: the same as if it were recorded there, or another branch.
fn elsewhere(
    expression: &Expression,
    program: &Program,
    answers: &[bool],
    there: &[f64],
    listing: &dyn Fn() -> String,
) {
    let (values, other) = expression.evaluate(there);
    match program.values(there) {
        Ok(found) => {
            let same = bits(&found) == bits(&values[values.len() - 1..]);
            // A comparison that the output does not need may go another way, and then no guard asks.
            assert!(same || other != answers, "replay: {found:?} for {values:?} there of {}", listing());
            assert!(same, "replay on another branch of {}", listing());
        }
        Err(Error::BranchChanged { .. }) => assert_ne!(other, answers, "guard of {}", listing()),
        Err(error) => panic!("{error}: replay of {}", listing()),
    }
}

#[cfg(feature = "batch")]
fn lanes(
    expression: &Expression,
    value: &Expected,
    first: &[Expected],
    values: &[f64],
    gradient: &[f64],
    listing: &dyn Fn() -> String,
) {
    const SAMPLES: usize = 17;
    let (shared, sample) = expression.points[0].split_at(expression.shared);
    let g = |w: &[Var], x: &[Var]| {
        let outputs = expression.evaluate(&[w, x].concat()).0;
        outputs[outputs.len() - 1]
    };
    for lowering in [Lowering::Full, Lowering::None] {
        let program = Recorder::new().lowering(lowering).record_shared(shared, sample, g).unwrap();
        let batch = match program.batch(shared, &sample.repeat(SAMPLES)) {
            Ok(batch) => batch,
            Err(Error::BranchChanged { .. }) if value.is_unknown() => return,
            Err(error) => panic!("{error}: batch of {}", listing()),
        };
        let last = values.len() - 1;
        for each in &batch.values {
            value.check_at("lanes", last, *each, values[last], listing);
        }
        for (i, partial) in batch.gradient.iter().enumerate() {
            first[i].check("gradient in lanes", &[*partial / SAMPLES as f64], &gradient[i..=i], listing);
        }
    }
}
