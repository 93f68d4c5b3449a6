//! Each message has an entry in the book, in these words: `docs/book/src/errors.md`, whose programs provoke it.

use gradus::nn::Layout;
use gradus::nn::data::{Dataset, Table};
use gradus::nn::optim::Newton;
use gradus::{Error, Program, Tape, Var, check, numeric};
use std::collections::HashSet;

/// An error of each kind, as the programs of the chapter provoke it. Ids of tapes are those of a new thread, lines those of a `main.rs`.
fn samples() -> Vec<Error> {
    let tapes = std::thread::spawn(|| {
        let (left, right) = (Tape::new(), Tape::new());
        (left.id(), right.id())
    });
    let (tape, other) = tapes.join().unwrap();
    let op = || "newton_root".to_owned();
    vec![
        Error::StaleVariable { tape, index: 0 },
        Error::MixedTapes { left: tape, right: other },
        Error::NotRecorded { value: 2.0 },
        Error::TapeFull { tape, limit: 3 },
        Error::TapeBusy { tape },
        Error::NoInputs,
        Error::NonFinitePoint { what: "point", index: 1, value: f64::NAN },
        gradus::jvp(|x| vec![x[0] * x[1]], &[2.0, 3.0], &[1.0]).unwrap_err(),
        numeric::gradient_with_step(|x| x[0] * x[0], &[3.0], 0.0).unwrap_err(),
        Layout::new().parameter("scale", &[1]).view("fc2.weight", &[0.5]).unwrap_err(),
        Dataset::of_classes(&[[0.5], [1.5], [2.5]], &[1, 2, 3], 3).unwrap_err(),
        Error::File {
            path: "no/such/file.csv".to_owned(),
            message: "No such file or directory (os error 2)".to_owned(),
        },
        Table::parse("x,name\n1.5,\"a, b\"\n", "points.csv").unwrap().numbers("name").unwrap_err(),
        Error::NoOutputs,
        Error::OutputCount { found: 2 },
        Error::ChangingOutputs { first: 1, then: 2 },
        Error::Arity { op: op(), expected: 1, found: 2 },
        Error::GradientLength { op: op(), expected: 1, found: 0 },
        Error::FirstOrderOnly { op: op() },
        Error::OpaqueInProgram { op: op() },
        branch_changed(),
        Error::ValueRead { line: "src/main.rs:4:49".to_owned() },
        Error::NoSampleInputs,
        Error::Interrupted { done: 2, of: 3 },
        Error::NonFiniteTraining {
            step: 3,
            epoch: 1,
            sample: Some(2),
            cause: format!("the loss of sample 2 is NaN: {}", first_non_finite(None, -3.0, "src/main.rs:9:66")),
        },
        not_converged(),
        Error::Mismatch {
            path: "the safetensors file".to_owned(),
            differences: vec!["`weight` has the shape [1, 2], expected [1, 3]".to_owned()],
        },
        Error::RankFailed { rank: 1, cause: "its own error says why".to_owned() },
    ]
}

fn branch_changed() -> Error {
    let program = Program::record(&[2.0], |x| if x[0] > 0.0 { x[0] * x[0] } else { -x[0] }).unwrap();
    match program.gradient(&[-3.0]).unwrap_err() {
        Error::BranchChanged { comparison, sample, .. } => {
            Error::BranchChanged { comparison, line: "src/main.rs:5:45".to_owned(), sample }
        }
        error => error,
    }
}

fn not_converged() -> Error {
    let rosenbrock = |x: &[Var]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
    let program = Program::record(&[-1.2, 1.0], rosenbrock).unwrap();
    let hasty = Newton { most_iterations: 1, ..Newton::default() };
    match hasty.minimize(&program, &[-1.2, 1.0]).unwrap_err() {
        // Its last digits depend on the processor.
        Error::NotConverged { method, iterations, point, value, slope } => {
            let rounded = |x: f64| (100.0 * x).round() / 100.0;
            Error::NotConverged { method, iterations, point, value: rounded(value), slope: rounded(slope) }
        }
        error => error,
    }
}

/// What a traced tape says of the logarithm of `x`, as if at `line`.
fn first_non_finite(label: Option<&str>, x: f64, line: &str) -> String {
    let tape = Tape::traced();
    let x = tape.var(x);
    let _ = label.map_or(x, |label| x.named(label)).ln();
    let first = tape.first_non_finite().unwrap();
    first.to_string().replace(&first.line.unwrap().to_string(), line)
}

/// With every run of white space as one space.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check_entry(message: &str) {
    let page = words(include_str!("../docs/book/src/errors.md"));
    assert!(!message.is_empty() && page.contains(&words(message)), "docs/book/src/errors.md lacks:\n{message}");
}

#[test]
fn every_message_has_an_entry_in_the_book() {
    let samples = samples();
    let kinds: HashSet<_> = samples.iter().map(std::mem::discriminant).collect();
    let declared = include_str!("../src/error.rs").matches("#[error(").count();
    assert_eq!(kinds.len(), declared, "a kind of error has no sample here");
    samples.iter().for_each(|error| check_entry(&error.to_string()));
}

#[test]
fn so_has_the_first_value_that_is_not_finite() {
    check_entry(&first_non_finite(Some("x"), -1.0, "src/main.rs:5:13"));
}

#[test]
fn so_has_the_advice_of_checks() {
    let f = |x: &[f64]| x[0].powi(2) * x[1] + x[0].sin() + x[1].powi(3);
    let forgetful = |x: &[f64]| vec![2.0 * x[0] * x[1], x[0].powi(2) + 3.0 * x[1].powi(2)];
    let calls = std::cell::Cell::new(0.0);
    let noisy = |x: &[f64]| {
        calls.set(calls.get() + 1.0);
        x[0] + calls.get()
    };
    for report in [
        check::function(f, forgetful, &[2.0, 3.0]),
        check::gradient(|x| x[0].abs(), &[0.0]),
        check::function(noisy, |_| vec![1.0], &[2.0]),
        check::jacobian(|_| Vec::new(), &[1.0]),
    ] {
        check_entry(&report.unwrap().advice().unwrap());
    }
}
