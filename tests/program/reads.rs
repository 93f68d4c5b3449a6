//! What a closure may look at while it is recorded: a comparison leaves a guard, a plain number is refused, a line of
//! print is neither.

use approx::{AbsDiffEq, RelativeEq, UlpsEq};
use gradus::program::Recorder;
use gradus::{Error, Program, Scalar, Tape, Var};
use num_traits::{Float, NumCast, Signed, ToPrimitive, Zero};

type Closure = fn(&[Var]) -> Var;

/// `x[0]`, or something else.
fn either(x: &[Var], condition: bool) -> Var {
    if condition { x[0] * 2.0 } else { x[1] }
}

#[test]
fn whoever_reads_a_plain_number_is_refused() {
    let closures: [(&str, Closure); 18] = [
        ("value", |x| x[0] * x[0].value()),
        ("primal", |x| x[0] * Scalar::primal(x[0])),
        ("to_f64", |x| x[0] * x[0].to_f64().unwrap()),
        ("to_i64", |x| x[0] * x[0].to_i64().unwrap() as f64),
        ("to_u64", |x| x[0] * x[0].to_u64().unwrap() as f64),
        ("is_nan", |x| either(x, x[0].is_nan())),
        ("is_finite", |x| either(x, x[0].is_finite())),
        ("is_sign_negative", |x| either(x, x[0].is_sign_negative())),
        ("classify", |x| either(x, x[0].classify() == std::num::FpCategory::Normal)),
        ("integer_decode", |x| either(x, x[0].integer_decode().2 > 0)),
        ("abs_diff_eq", |x| either(x, x[0].abs_diff_eq(&x[1], 0.1))),
        ("relative_eq", |x| either(x, x[0].relative_eq(&x[1], 0.1, 0.1))),
        ("ulps_eq", |x| either(x, x[0].ulps_eq(&x[1], 0.1, 3))),
        ("cast", |x| x[0] * <Var as NumCast>::from(x[1]).unwrap()),
        ("backward", |x| x[0] * (x[0] * x[0]).backward()[x[0]]),
        ("try_backward", |x| x[0] * (x[0] * x[0]).try_backward().unwrap().get(x[0]).unwrap()),
        ("explanation", |x| x[0] * gradus::explain::backward(x[0] * x[0]).unwrap().backward[0].total),
        ("in a branch", |x| if x[0] > 0.0 { x[0] * x[1].value() } else { x[0] }),
    ];
    for (what, closure) in closures {
        let error = Program::record(&[2.0, 3.0], closure).expect_err(what);
        let Error::ValueRead { line } = &error else { panic!("{what}: {error}") };
        let is_conversion = what == "cast";
        assert!(is_conversion || line.contains("tests/program/reads.rs"), "{what}: read at {line}");
        let allowed = Recorder::new().allow_value_reads().record(&[2.0, 3.0], closure).expect(what);
        assert_eq!(allowed.values(&[2.0, 3.0]).unwrap().len(), 1, "{what}");
    }
}

#[test]
fn whoever_compares_leaves_a_guard_with_its_line() {
    let closures: [(&str, &str, Closure); 9] = [
        ("greater", "0 < x[0]", |x| either(x, x[0] > 0.0)),
        ("greater or equal", "x[1] <= x[0]", |x| either(x, x[0] >= x[1])),
        ("not equal", "x[0] != 0", |x| either(x, x[0] != 0.0)),
        ("is_zero", "x[0] != 0", |x| either(x, !x[0].is_zero())),
        ("is_positive", "0 < x[0]", |x| either(x, Signed::is_positive(&x[0]))),
        ("is_negative", "not x[0] < 0", |x| either(x, !Signed::is_negative(&x[0]))),
        ("partial_cmp", "x[0] > x[1]", |x| either(x, x[0].partial_cmp(&x[1]) == Some(std::cmp::Ordering::Greater))),
        ("a difference", "0 < x[0] - x[1]", |x| either(x, x[0] - x[1] > 0.0)),
        ("a sum", "0 < sum(…)", |x| either(x, gradus::sum(&[x[0], x[0], x[1], x[1]]) > 0.0)),
    ];
    for (what, expected, closure) in closures {
        let program = Program::record(&[2.0, 1.0], closure).expect(what);
        assert_eq!(program.guards(), 1, "{what}");
        assert_eq!(program.values(&[3.0, 2.5]).unwrap(), [6.0], "{what}");
        let error = program.values(&[if what.contains("equal") || what == "is_zero" { 0.0 } else { -3.0 }, 2.5]);
        let Err(Error::BranchChanged { comparison, line, sample: None }) = &error else { panic!("{what}: {error:?}") };
        assert_eq!(comparison, expected, "{what}");
        assert!(line.contains("tests/program/reads.rs"), "{what}: asked at {line}");
    }
}

#[test]
fn sorting_leaves_a_guard_for_each_comparison() {
    let middle = |x: &[Var]| {
        let mut sorted = x.to_vec();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
        sorted[1]
    };
    let program = Program::record(&[3.0, 1.0, 2.0], middle).unwrap();
    assert!(program.guards() >= 2);
    assert_eq!(program.gradient(&[30.0, -1.0, 7.0]).unwrap(), (7.0, vec![0.0, 0.0, 1.0]));
    assert!(matches!(program.gradient(&[1.0, 2.0, 3.0]), Err(Error::BranchChanged { .. })));
}

#[test]
fn ops_that_know_both_sides_need_no_guard() {
    let closures: [(&str, Closure); 6] = [
        ("max", |x| Float::max(x[0], x[1])),
        ("min", |x| Float::min(x[0], x[1])),
        ("abs", |x| Signed::abs(&x[0])),
        ("signum", |x| Signed::signum(&x[0]) * x[1]),
        ("abs_sub", |x| Float::abs_sub(x[0], x[1])),
        ("select", |x| x[0].select(x[1], x[0])),
    ];
    for (what, closure) in closures {
        let program = Program::record(&[2.0, 1.0], closure).expect(what);
        assert_eq!(program.guards(), 0, "{what}");
        for x in [[2.0, 1.0], [-2.0, 1.0], [1.0, 1.0], [-3.0, -4.0]] {
            assert_eq!(program.gradient(&x).unwrap(), gradus::value_and_gradient(closure, &x).unwrap(), "{what}");
        }
    }
}

/// Printing is for whoever looks on. The number in the text is not noted.
#[test]
fn a_closure_may_print() {
    let program = Program::record(&[2.0], |x| {
        let _ = format!("{} {:?}", x[0], x[0]);
        x[0] * x[0]
    });
    assert_eq!(program.unwrap().values(&[3.0]).unwrap(), [9.0]);
}

#[test]
fn a_variable_of_another_tape_is_a_plain_number_to_a_guard() {
    let elsewhere = Tape::new();
    let others = elsewhere.vars(&[9.0, 9.0, 9.0, 1.0]);
    let limit = others[3];
    for above in [true, false] {
        // Not the same: one asks the tape of the limit, the other that of x.
        #[allow(clippy::if_same_then_else)]
        let is_above = |x: Var| if above { limit < x } else { x > limit };
        let program = Program::record(&[2.0], |x| if is_above(x[0]) { x[0] * 2.0 } else { x[0] }).unwrap();
        assert_eq!(program.guards(), 1);
        assert_eq!(program.values(&[3.0]).unwrap(), [6.0]);
        let error = program.values(&[0.5]).unwrap_err();
        let Error::BranchChanged { comparison, .. } = &error else { panic!("{error}") };
        assert_eq!(comparison, "1 < x[0]");
    }
}

#[test]
fn a_recording_within_a_recording_tells_both() {
    let outer = Program::record(&[2.0], |x| {
        let inner = Program::record(&[1.0], |y| if y[0] < x[0] { y[0] } else { -y[0] }).unwrap();
        assert_eq!(inner.guards(), 1);
        assert!(matches!(inner.values(&[3.0]), Err(Error::BranchChanged { .. })));
        x[0] * 3.0
    });
    let outer = outer.unwrap();
    assert_eq!(outer.guards(), 1);
    assert!(matches!(outer.values(&[0.0]), Err(Error::BranchChanged { .. })));
}

#[test]
fn a_closure_that_panics_leaves_nothing_behind() {
    let panics = || Program::record(&[2.0], |x| if x[0] > 1.0 { panic!("on purpose") } else { x[0] });
    assert!(std::panic::catch_unwind(panics).is_err());
    // Nobody watches any longer: outside of a recording a detached number is a literal.
    let tape = Tape::new();
    assert!(tape.var(2.0).detach().tape().is_none());
    assert_eq!(Program::record(&[2.0], |x| x[0] * x[0]).unwrap().values(&[3.0]).unwrap(), [9.0]);
}
