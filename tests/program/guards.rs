//! Comparisons, values that were cut off, branches that were not taken.

use gradus::program::Recorder;
use gradus::{Error, Program, Var};

#[test]
fn a_comparison_that_would_go_the_other_way_is_an_error() {
    let program = Program::record(&[-1.3], |x| if x[0] < 0.0 { Var::from(0.0) } else { x[0] }).unwrap();
    assert_eq!(program.gradient(&[-0.2]).unwrap(), (0.0, vec![0.0]));
    let error = program.gradient(&[1.34]).unwrap_err();
    let Error::BranchChanged { comparison, line, sample: None } = &error else { panic!("{error}") };
    assert_eq!(comparison, "x[0] < 0");
    assert!(line.contains("tests/program/guards.rs"), "{line}");
}

#[test]
fn a_plain_number_may_not_be_read_unless_allowed() {
    let f = |x: &[Var]| x[0] * x[0].value();
    assert!(matches!(Program::record(&[2.0], f), Err(Error::ValueRead { .. })));
    let program = Recorder::new().allow_value_reads().record(&[2.0], f).unwrap();
    assert_eq!(program.gradient(&[5.0]).unwrap(), (10.0, vec![2.0]));
}

#[test]
fn a_detached_value_is_replayed_and_not_differentiated() {
    let program = Program::record(&[2.0], |x| x[0] * x[0].detach()).unwrap();
    assert_eq!(program.gradient(&[5.0]).unwrap(), (25.0, vec![5.0]));
}

#[test]
fn a_branch_not_taken_does_not_poison_a_replay() {
    let f = |x: &[Var]| x[0].select(x[0].sqrt(), x[0] * 3.0);
    let program = Program::record(&[2.0], f).unwrap();
    assert_eq!(program.gradient(&[0.0]).unwrap(), (0.0, vec![3.0]));
    assert_eq!(program.gradient(&[4.0]).unwrap(), (2.0, vec![0.25]));
}

#[test]
fn a_guard_keeps_what_it_looks_at() {
    // What is compared is needed for nothing else, and is part of a sum that is fused otherwise.
    let f = |x: &[Var]| {
        let product = x[0] * x[1];
        let sum = product + x[2] + x[0];
        if sum > 1.0 && product > 0.0 { (sum + product * x[2]) - 3.0 } else { x[0] }
    };
    let program = Program::record(&[1.0, 2.0, 3.0], f).unwrap();
    assert_eq!(program.guards(), 2);
    let x = [0.5, 0.25, 4.0];
    assert_eq!(program.gradient(&x).unwrap(), gradus::value_and_gradient(f, &x).unwrap());
    let error = program.values(&[0.5, 0.25, 0.0]).unwrap_err().to_string();
    assert!(error.contains("1 < "), "{error}");
    assert!(matches!(program.values(&[0.5, -0.25, 4.0]), Err(Error::BranchChanged { .. })));
}

#[test]
fn what_a_recorded_gradient_left_out_is_guarded() {
    let f = |x: &[Var]| (x[0].relu() * x[1]).recorded_gradient(x).unwrap()[0];
    let program = Program::record(&[-1.0, 2.0], f).unwrap();
    assert_eq!(program.values(&[-3.0, 5.0]).unwrap(), [0.0]);
    let error = program.values(&[3.0, 5.0]).unwrap_err();
    let Error::BranchChanged { comparison, .. } = &error else { panic!("{error}") };
    assert_eq!(comparison, "relu at x[0] on the same side of its kink");
}

/// One of the seven comparisons, by number, and its answer as a number.
macro_rules! compare {
    ($which:expr, $left:expr, $right:expr) => {
        match $which {
            0 => u8::from($left == $right),
            1 => u8::from($left != $right),
            2 => u8::from($left < $right),
            3 => u8::from($left <= $right),
            4 => u8::from($left > $right),
            5 => u8::from($left >= $right),
            _ => $left.partial_cmp(&$right).map_or(3, |order| order as u8),
        }
    };
}

#[test]
fn every_comparison_is_guarded_with_a_variable_or_a_number_on_either_side() {
    // Of the square roots 1, 2, 3 and NaN with 2.
    let points = [1.0, 4.0, 9.0, -1.0];
    let (mut same, mut changed) = (0, 0);
    for which in 0..7 {
        for form in 0..3 {
            let plain = |x: f64| match form {
                0 | 1 => compare!(which, x.sqrt(), 2.0),
                _ => compare!(which, 2.0, x.sqrt()),
            };
            let f = |x: &[Var]| {
                let answer = match form {
                    0 => compare!(which, x[0].sqrt(), x[1].sqrt()),
                    1 => compare!(which, x[0].sqrt(), 2.0),
                    _ => compare!(which, 2.0, x[0].sqrt()),
                };
                x[1] + f64::from(answer)
            };
            for recorded in points {
                let program = Program::record(&[recorded, 4.0], f).unwrap();
                for replayed in points {
                    let answer = program.values(&[replayed, 4.0]);
                    if plain(replayed) == plain(recorded) {
                        assert_eq!(answer.unwrap(), [4.0 + f64::from(plain(replayed))], "{which} {form}");
                        same += 1;
                    } else {
                        let Err(Error::BranchChanged { line, .. }) = answer else {
                            panic!("{which} {form}: {answer:?}")
                        };
                        assert!(line.contains("guards.rs"), "{line}");
                        changed += 1;
                    }
                }
            }
        }
    }
    // `==`, `!=`, `<` and `>` answer alike at one point against three, `<=` and `>=` at two against two, an order at none.
    assert_eq!((same, changed), (3 * (4 * 10 + 2 * 8 + 4), 3 * (4 * 6 + 2 * 8 + 12)));
}
