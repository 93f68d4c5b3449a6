//! Lists of the wrong length, points that are not finite, settings out of range, branches that are not taken.

use crate::caught::panic_of;
use gradus::{Error, Var, numeric};

// ---- bad data --------------------------------------------------------------------------------

fn square(x: &[Var]) -> Var {
    gradus::dot(x, x)
}

fn squares(x: &[Var]) -> Vec<Var> {
    x.iter().map(|&x| x * x).collect()
}

#[test]
fn lists_of_the_wrong_length() {
    #[track_caller]
    fn check<T: std::fmt::Debug>(result: gradus::Result<T>, lengths: (usize, usize)) {
        match result.unwrap_err() {
            ref error @ Error::Length { found, expected, .. } => {
                assert_eq!((found, expected), lengths);
                let text = error.to_string();
                assert!(text.contains(&found.to_string()) && text.contains(&expected.to_string()), "{text}");
            }
            other => panic!("{other:?}"),
        }
    }
    let x = [1.0, 2.0, 3.0];
    check(gradus::try_dot(&[1.0, 2.0, 3.0], &[1.0; 4]), (4, 3));
    check(gradus::jvp(squares, &x, &[1.0; 2]), (2, 3));
    check(gradus::vjp(squares, &x, &[1.0; 4]), (4, 3));
    check(gradus::vjp(squares, &x, &[]), (0, 3));
    check(gradus::hvp(square, &x, &[1.0; 4]), (4, 3));
    check(gradus::check::function(|x| x[0], |_| vec![1.0], &x), (1, 3));
    let panic = panic_of(|| gradus::dot(&[1.0], &[1.0, 2.0]));
    assert!(panic.message.contains("length 2, but 1 was expected"), "{}", panic.message);
    assert_eq!(panic.file, file!());
}

#[test]
fn points_that_are_not_finite() {
    #[track_caller]
    fn check<T: std::fmt::Debug>(result: gradus::Result<T>, what: &str, place: usize) {
        match result.unwrap_err() {
            Error::NonFinitePoint { what: found, index, value } => {
                assert_eq!((found, index, value.is_finite()), (what, place, false));
            }
            other => panic!("{other:?}"),
        }
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let x = [1.0, bad];
        let good = [1.0, 2.0];
        check(gradus::gradient(square, &x), "point", 1);
        check(gradus::value_and_gradient(square, &x), "point", 1);
        check(gradus::hessian(square, &x), "point", 1);
        check(gradus::hvp(square, &x, &good), "point", 1);
        check(gradus::hvp(square, &good, &x), "direction", 1);
        check(gradus::jacobian(squares, &x), "point", 1);
        check(gradus::jvp(squares, &x, &good), "point", 1);
        check(gradus::jvp(squares, &good, &x), "tangent", 1);
        check(gradus::vjp(squares, &x, &good), "point", 1);
        check(gradus::vjp(squares, &good, &x), "seed", 1);
        check(gradus::derivative(|x| x, bad), "point", 0);
        check(gradus::derivatives(|x| x, bad, 2), "point", 0);
        check(numeric::gradient(|x| x[0], &x), "point", 1);
        check(numeric::jacobian(|x| x.to_vec(), &x), "point", 1);
        check(numeric::hessian(|x| x[0], &x), "point", 1);
        check(numeric::adaptive::derivative(|x| x, bad), "point", 0);
        check(gradus::check::gradient(square, &x), "point", 1);
        check(gradus::check::function(|x| x[0], |_| vec![1.0, 0.0], &x), "point", 1);
    }
}

#[test]
fn no_inputs() {
    assert_eq!(gradus::gradient(square, &[]).unwrap_err(), Error::NoInputs);
    assert_eq!(gradus::hessian(square, &[]).unwrap_err(), Error::NoInputs);
    assert_eq!(gradus::hvp(square, &[], &[]).unwrap_err(), Error::NoInputs);
    assert_eq!(gradus::jacobian(squares, &[]).unwrap_err(), Error::NoInputs);
    assert_eq!(gradus::jvp(squares, &[], &[]).unwrap_err(), Error::NoInputs);
    assert_eq!(gradus::vjp(squares, &[], &[]).unwrap_err(), Error::NoInputs);
    assert_eq!(numeric::gradient(|_| 1.0, &[]).unwrap_err(), Error::NoInputs);
    assert_eq!(numeric::hessian(|_| 1.0, &[]).unwrap_err(), Error::NoInputs);
    assert_eq!(gradus::check::gradient(square, &[]).unwrap_err(), Error::NoInputs);
}

#[test]
fn outputs_of_changing_number() {
    let growing = |x: &[f64]| vec![0.0; if x[0] > 1.0 { 3 } else { 2 }];
    let changing = Error::ChangingOutputs { first: 2, then: 3 };
    assert_eq!(numeric::jacobian(growing, &[1.0]).unwrap_err(), changing);
    assert_eq!(numeric::adaptive::jacobian(growing, &[1.0]).unwrap_err(), changing);
    assert_eq!(gradus::jacobian(|_| Vec::new(), &[1.0]).unwrap(), Vec::<Vec<f64>>::new());
}

#[test]
fn steps_out_of_range() {
    for step in [0.0, -1e-5, f64::NAN, f64::INFINITY] {
        assert!(matches!(numeric::gradient_with_step(|x| x[0], &[1.0], step), Err(Error::Setting { .. })));
        assert!(matches!(numeric::hessian_with_step(|x| x[0], &[1.0], step), Err(Error::Setting { .. })));
        assert!(matches!(numeric::jacobian_with_step(|x| x.to_vec(), &[1.0], step), Err(Error::Setting { .. })));
    }
}

/// What is checked along nothing, or on nothing, would pass whatever it is.
#[test]
fn a_check_of_nothing_is_no_pass() {
    use gradus::check::{self, Options};
    let still = |result: gradus::Result<bool>| {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Setting { what: "the largest entry of the direction", .. }), "{error}");
    };
    let x = [1.0, 2.0, 3.0];
    still(Options::default().along(square, &x, &[0.0; 3]).map(|report| report.passed()));
    still(check::taylor(square, &x, &[0.0, -0.0, 0.0]).map(|report| report.passed()));
    let empty = check::list_op_at::<gradus::op::Sum>(&[]);
    assert!(!empty.passed() && empty.to_string().contains("nothing was checked"), "{empty}");
    assert!(!check::op_at_random::<gradus::op::Sin, 1>(0, || 0.5).passed());
    assert!(!check::op_at_random::<gradus::op::Sin, 1>(3, || f64::NAN).passed());
    // An interval that is longer than the largest number has points in it all the same.
    let wide = check::opaque_op(Half, &[(-1e308, 1e308)]).unwrap();
    assert!(wide.findings.iter().all(|finding| finding.at.iter().all(|x| x.is_finite())), "{wide}");
}

struct Half;

impl gradus::Opaque for Half {
    fn name(&self) -> &str {
        "half"
    }
    fn value(&self, x: &[f64]) -> f64 {
        0.5 * x[0]
    }
    fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
        vec![0.5]
    }
}

#[test]
fn huge_numbers_in_messages_are_short() {
    let error = numeric::gradient_with_step(|x| x[0], &[1.0], -1e300).unwrap_err();
    assert_eq!(error.to_string(), "the step is -1e300, but must be positive and finite");
}

#[test]
fn a_matrix_names_the_row_that_is_not_there() {
    let program = gradus::Program::record(&[1.0, 2.0], |x| [x[0] * x[1], x[0]]).unwrap();
    let matrix = program.sparse_jacobian(&[1.0, 2.0]).unwrap();
    assert_eq!(panic_of(|| matrix.get(9, 0)).message, "there is no row 9: the matrix has 2 rows");
    assert_eq!(panic_of(|| matrix.get(0, 9)).message, "there is no column 9: the matrix has 2 columns");
    let message = panic_of(|| matrix.multiply(&[1.0])).message;
    assert_eq!(message, "a matrix of 2 columns is multiplied with 1 numbers: give one for each column");
}

#[test]
fn groups_that_cannot_be_counted() {
    let function = gradus::Function::shared(usize::MAX, 2, |w, _| w[0]);
    assert!(matches!(function.value(&[1.0]), Err(Error::Length { found: 1, .. })));
}

// ---- branches that are not taken -------------------------------------------------------------

#[test]
fn a_dead_branch_with_an_infinite_slope_does_no_harm() {
    let dead = |x: Var| {
        let branches = [x.sqrt(), x.ln(), 1.0 / x];
        branches.iter().fold(x * 3.0, |y, &branch| (x - 1.0).select(branch, y))
    };
    assert_eq!(gradus::derivative(dead, 0.0).unwrap(), 3.0);
    assert_eq!(gradus::hessian(|x| dead(x[0]), &[0.0]).unwrap(), [[0.0]]);
    assert_eq!(gradus::hvp(|x| dead(x[0]), &[0.0], &[1.0]).unwrap(), [0.0]);
    assert_eq!(gradus::jvp(|x| vec![dead(x[0])], &[0.0], &[1.0]).unwrap().1, [3.0]);
    assert_eq!(gradus::derivatives(dead, 0.0, 2).unwrap(), [0.0, 3.0, 0.0]);
    let unused = |x: Var| {
        let _ = (x.sqrt(), x.ln(), x.recip());
        x * 3.0
    };
    assert_eq!(gradus::derivative(unused, 0.0).unwrap(), 3.0);
}
