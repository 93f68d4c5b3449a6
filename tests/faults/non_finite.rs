//! The first value that is not finite is named, with its line.

use gradus::{Opaque, Scalar, Tape, Var, op};

#[test]
fn the_first_value_that_is_not_finite_is_named() {
    let tape = Tape::traced();
    let (x, y) = (tape.var(0.0).named("x"), tape.var(2.0));
    let quotient = (y - 2.0).named("difference") / x;
    let line = line!() - 1;
    let _ = (quotient + 1.0).sin();
    let first = tape.first_non_finite().unwrap();
    assert_eq!((first.op.as_str(), first.node, first.value.is_nan()), ("div", quotient.index(), true));
    assert_eq!(first.operands, [(Some("difference".to_owned()), 0.0), (Some("x".to_owned()), 0.0)]);
    let at = first.line.unwrap();
    assert_eq!((at.file(), at.line()), (file!(), line));
    let text = first.to_string();
    for part in ["div", "difference = 0", "x = 0", "NaN", &format!("{}:{line}:", file!())] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    tape.clear();
    assert_eq!(tape.first_non_finite(), None);
    let x = tape.var(f64::INFINITY);
    let line = line!() - 1;
    let first = tape.first_non_finite().unwrap();
    assert_eq!((first.op.as_str(), first.node, first.value), ("input", x.index(), f64::INFINITY));
    assert_eq!(first.line.unwrap().line(), line);
}

/// The first value of `act(0)` that is not finite comes from `op`, at `line` of this file.
#[track_caller]
fn check_line<T>(act: impl FnOnce(Var) -> T, op: &str, line: u32) {
    let tape = Tape::traced();
    act(tape.var(0.0));
    let first = tape.first_non_finite().unwrap();
    let at = first.line.unwrap();
    assert_eq!((first.op.as_str(), at.file(), at.line()), (op, file!(), line));
}

#[test]
#[expect(clippy::op_ref, reason = "operators on references are under test, too")]
fn lines_of_every_kind_of_op() {
    check_line(|x| 1.0 / x, "div", line!());
    check_line(|x| &x / &x, "div", line!());
    check_line(|x| x.ln(), "ln", line!());
    check_line(|x| Scalar::ln(x), "ln", line!());
    check_line(|x| x.exp().mul_add(1e308, 1e308), "mul_add", line!());
    check_line(|x| gradus::product(&[x + 1e300, x + 1e300]), "product", line!());
    check_line(|x| gradus::product(&[x, Var::from(f64::NAN)]), "literal", line!());
    check_line(|x| Var::apply::<op::Recip, 1>([x]), "recip", line!());
    check_line(|x| gradus::opaque(Infinite, &[x]).unwrap(), "infinite", line!());
    let divide = |mut x: Var, by: f64| x /= by;
    let line = line!() - 1;
    check_line(|x| divide(x, 0.0), "div", line);
}

#[test]
fn lines_of_trait_methods_and_functions() {
    check_line(|x| num_traits::Float::ln(x * 2.0), "ln", line!());
    check_line(|x| gradus::softmax(&[x - f64::MAX, x + f64::MAX]), "sub", line!());
}

struct Infinite;

impl Opaque for Infinite {
    fn name(&self) -> &str {
        "infinite"
    }
    fn value(&self, _: &[f64]) -> f64 {
        f64::INFINITY
    }
    fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
        vec![0.0]
    }
}

#[test]
fn without_lines_a_plain_tape_names_the_node() {
    let tape = Tape::new();
    let x = tape.var(-1.0);
    let root = x.sqrt();
    let first = tape.first_non_finite().unwrap();
    assert_eq!((first.op.as_str(), first.node, first.line), ("sqrt", root.index(), None));
    assert_eq!(first.operands, [(None, -1.0)]);
    assert!(first.to_string().contains("Tape::traced"), "{first}");
    assert_eq!(Tape::new().first_non_finite(), None);
}
