//! Random expressions over all ops of the table: every mode has to agree with the others, as far as rounding lets it.
#![no_main]

mod expression;
mod noisy;
mod ops;
mod tolerance;

use expression::Expression;
use gradus::program::{Lowering, Recorder};
use gradus::{Dual, Error, Program, Tape, Var};
use libfuzzer_sys::fuzz_target;
use noisy::Noisy;
use ops::Op;
use std::cell::OnceCell;
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
    let what = |mode: &str| format!("{mode} of\n{}", expression.listing());

    // The tape and plain numbers do the same arithmetic.
    let (values, answers) = expression.evaluate(x);
    let tape = Tape::new();
    let inputs = tape.vars(x);
    let (outputs, _) = expression.evaluate(&inputs);
    let recorded: Vec<f64> = outputs.iter().map(|output| output.value()).collect();
    assert_eq!(bits(&recorded), bits(&values), "{}", what("tape"));
    let last = outputs[outputs.len() - 1];
    let gradient = match last.tape() {
        Some(_) => last.backward().wrt(&inputs).unwrap(),
        None => vec![0.0; n],
    };

    // How far other honest computations may be off.
    let value = expected(
        4,
        |_| expression.evaluate(&x.iter().map(|&x| Noisy(x)).collect::<Vec<_>>()),
        &answers,
        |y: &Vec<Noisy>| y.iter().map(|y| y.0).collect(),
    );
    let paths = paths(last, n);
    let first: Vec<Expected> = (0..n).map(|i| slopes(expression, &answers, i).widened(1e-12 * paths[i])).collect();
    for i in 0..n {
        let along: Vec<Dual> =
            (0..n).map(|j| if i == j { Dual::variable(x[j]) } else { Dual::constant(x[j]) }).collect();
        let y = expression.evaluate(&along).0[outputs.len() - 1];
        assert_eq!(bits(&[y.value()]), bits(&values[values.len() - 1..]), "{}", what("dual"));
        first[i].check(&[gradient[i]], &[y.tangent()], || what(&format!("dual {i}")));
    }

    let f = |x: &[Var]| expression.evaluate(x).0;
    let g = |x: &[Var]| f(x)[outputs.len() - 1];
    let all = Recorder::new().lowering(Lowering::Full).record(x, f).unwrap();
    let last_only = Program::record(x, g).unwrap();
    let faithful = Recorder::new().lowering(Lowering::None).record(x, g).unwrap();
    assert_eq!(bits(&faithful.values(x).unwrap()), bits(&values[values.len() - 1..]), "{}", what("program as it is"));
    assert_eq!(bits(&faithful.gradient(x).unwrap().1), bits(&gradient), "{}", what("gradient of the program as it is"));
    match all.values(x) {
        Ok(found) => value.check(&found, &values, || what("program")),
        // Where two sides of a comparison are equal but for rounding.
        Err(Error::BranchChanged { .. }) if value.is_unknown() => {}
        Err(error) => panic!("{error}: {}", what("program")),
    }
    if let Ok((_, found)) = last_only.gradient(x) {
        for i in 0..n {
            first[i].check(&found[i..=i], &gradient[i..=i], || what(&format!("gradient {i} of the program")));
        }
    }
    // Where paths cancel in first order, they do in second.
    if paths[0] <= 1e3 * gradient[0].abs() {
        second_order(expression, &answers, &last_only, &what);
    }
    elsewhere(expression, &faithful, &answers, there, &what);
    #[cfg(feature = "batch")]
    lanes(expression, &value, &first, &values, &gradient, &what);
    numeric(expression, &gradient, &first, &what);
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
    let run = |_| {
        let constant = |j: usize| Dual::constant(Noisy(x[j]));
        let along: Vec<_> =
            (0..x.len()).map(|j| if i == j { Dual::variable(Noisy(x[j])) } else { constant(j) }).collect();
        expression.evaluate(&along)
    };
    expected(4, run, answers, |y: &Vec<Dual<Noisy>>| vec![y[y.len() - 1].tangent().0])
}

fn second_order(expression: &Expression, answers: &[bool], program: &Program, what: &dyn Fn(&str) -> String) {
    let x = &expression.points[0];
    let run = |_| {
        let along: Vec<Dual<Dual<Noisy>>> = (0..x.len())
            .map(|j| match j {
                0 => Dual::variable(Dual::variable(Noisy(x[j]))),
                _ => Dual::constant(Dual::constant(Noisy(x[j]))),
            })
            .collect();
        expression.evaluate(&along)
    };
    let curvature = expected(4, run, answers, |y: &Vec<Dual<Dual<Noisy>>>| vec![y[y.len() - 1].tangent().tangent().0]);
    if curvature.is_unknown() || !curvature.is_finite() {
        return;
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
    curvature.check(&[of_tape], &[of_duals], || what("second order on the tape"));
    if let Ok(hessian) = program.hessian(x) {
        curvature.check(&[hessian[0][0]], &[of_tape], || what("second order of the program"));
    }
}

/// Another point: the same as if it were recorded there, or another branch.
fn elsewhere(
    expression: &Expression,
    program: &Program,
    answers: &[bool],
    there: &[f64],
    what: &dyn Fn(&str) -> String,
) {
    let (values, other) = expression.evaluate(there);
    match program.values(there) {
        Ok(found) => {
            let same = bits(&found) == bits(&values[values.len() - 1..]);
            // A comparison that the output does not need may go another way, and then no guard asks.
            assert!(same || other != answers, "{found:?} for {values:?} there: {}", what("replay"));
            assert!(same, "{}", what("replay on another branch"));
        }
        Err(Error::BranchChanged { .. }) => assert_ne!(other, answers, "{}", what("guard")),
        Err(error) => panic!("{error}: {}", what("replay")),
    }
}

#[cfg(feature = "batch")]
fn lanes(
    expression: &Expression,
    value: &Expected,
    first: &[Expected],
    values: &[f64],
    gradient: &[f64],
    what: &dyn Fn(&str) -> String,
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
            Err(error) => panic!("{error}: {}", what("batch")),
        };
        let last = values.len() - 1;
        for each in &batch.values {
            value.check_at(last, *each, values[last], || what("value in lanes"));
        }
        for (i, partial) in batch.gradient.iter().enumerate() {
            first[i].check(&[*partial / SAMPLES as f64], &gradient[i..=i], || what(&format!("gradient {i} in lanes")));
        }
    }
}

/// Differences, where they tell anything: the slopes on both sides and of two steps are alike.
fn numeric(expression: &Expression, gradient: &[f64], first: &[Expected], what: &dyn Fn(&str) -> String) {
    let x = &expression.points[0];
    if !expression.is_continuous() {
        return;
    }
    for i in 0..x.len() {
        // Where an infinite slope meets one of 0, NaN is the honest answer, also where the function is flat.
        if first[i].is_unknown() || !gradient[i].is_finite() || !(1e-3..1e3).contains(&x[i].abs()) {
            continue;
        }
        let at = |h: f64| {
            let mut x = x.clone();
            x[i] += h;
            let (values, _) = expression.evaluate(&x);
            values[values.len() - 1]
        };
        // At a kink a choice is made, and a sum of choices need not be the slope of the sum (`relu(x) - relu(-x)` at 0).
        let nearby = |h: f64| {
            let mut x = x.clone();
            x[i] += h * x[i];
            let f = |x: &[Var]| {
                let outputs = expression.evaluate(x).0;
                outputs[outputs.len() - 1]
            };
            gradus::gradient(f, &x).unwrap()[i]
        };
        if [1e-7, -1e-7].iter().any(|&h| !((nearby(h) - gradient[i]).abs() < 1e-3 * gradient[i].abs() + 1e-9)) {
            continue;
        }
        let step = 1e-4 * x[i].abs();
        let slopes = [step, 0.5 * step, 0.25 * step, -step, -0.5 * step, -0.25 * step].map(|h| (at(h) - at(0.0)) / h);
        let (least, most) = slopes.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &s| (a.min(s), b.max(s)));
        let size = least.abs().max(most.abs());
        let noise = 1e-9 * at(0.0).abs() / step + 1e-6;
        // A change that is lost in the values is none of the slope's.
        if size.is_finite() && size > 0.0 && most - least < 1e-3 * size + noise {
            let off = (gradient[i] - 0.5 * (least + most)).abs();
            assert!(
                off < 1e-2 * size + 10.0 * noise,
                "{} for {slopes:?}: {}",
                gradient[i],
                what(&format!("difference {i}"))
            );
        }
    }
}
