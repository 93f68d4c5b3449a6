//! Variables that are stale, foreign or were never recorded, and tapes that are full.

use crate::caught::{check_panic, panic_of};
use gradus::{Error, Scalar, Tape, Var, op};
use std::panic::{AssertUnwindSafe, catch_unwind};

// ---- stale variables -------------------------------------------------------------------------

#[test]
fn a_variable_of_a_cleared_tape_is_stale() {
    let tape = Tape::new();
    let a = tape.var(3.0);
    let y = a * a;
    let before = tape.id();
    let gradients = y.backward();
    tape.clear();
    let z = tape.var(7.0);
    let w = z * 2.0;
    assert_ne!(tape.id(), before);
    assert_eq!((y.value(), a.value()), (9.0, 3.0), "a handle holds its own value");

    let stale = |index| Error::StaleVariable { tape: before, index };
    assert_eq!(Var::try_apply::<op::Sin, 1>([y]).unwrap_err(), stale(1));
    assert_eq!(Var::try_apply::<op::Mul, 2>([w, y]).unwrap_err(), stale(1));
    assert_eq!(Var::try_apply::<op::Mul, 2>([y, w]).unwrap_err(), stale(1));
    assert_eq!(y.try_backward().unwrap_err(), stale(1));
    assert_eq!(y.recorded_gradient(&[a]).unwrap_err(), stale(1));
    assert_eq!(w.recorded_gradient(&[a]).unwrap_err(), stale(0));
    assert_eq!(tape.backward_from(&[(w, 1.0), (y, 1.0)]).unwrap_err(), stale(1));
    check_panic(|| y + 1.0, &stale(1), line!());
    check_panic(|| 1.0 - a, &stale(0), line!());
    check_panic(|| w + y, &stale(1), line!());
    check_panic(|| a.sin(), &stale(0), line!());
    check_panic(|| y.backward(), &stale(1), line!());
    check_panic(|| y.named("y"), &stale(1), line!());
    check_panic(|| gradus::sum(&[a, a]), &stale(0), line!());
    assert_eq!(a.label(), None);

    // The old gradients are those of the old variables still, and know the new ones for foreign.
    assert_eq!(gradients[a], 6.0);
    assert_eq!(gradients.get(z).unwrap_err(), Error::MixedTapes { left: before, right: tape.id() });
    // The new recording is untouched by all this.
    assert_eq!(tape.len(), 2);
    assert_eq!(w.backward()[z], 2.0);
}

#[test]
fn a_variable_of_a_dropped_tape_is_stale() {
    let tape = Tape::new();
    let (a, id) = (tape.var(3.0), tape.id());
    let gradients = (a * a).backward();
    drop(tape);
    let stale = Error::StaleVariable { tape: id, index: 0 };
    check_panic(|| a * a, &stale, line!());
    assert_eq!(Var::try_apply::<op::Neg, 1>([a]).unwrap_err(), stale);
    // Also when another tape has taken its place, or is the one that is being recorded.
    let other = Tape::new();
    let b = other.var(1.0);
    check_panic(|| a + 1.0, &stale, line!());
    check_panic(|| a + b, &stale, line!());
    check_panic(|| b + a, &stale, line!());
    assert_eq!(gradients[a], 6.0, "gradients outlive the tape");
    assert_eq!((b * b).backward()[b], 2.0);
}

#[test]
fn an_input_that_escapes_its_function_is_stale() {
    let mut escaped = None;
    let slope = gradus::derivative(
        |x| {
            escaped = Some(x);
            x * x
        },
        3.0,
    );
    assert_eq!(slope.unwrap(), 6.0);
    let escaped: Var = escaped.unwrap();
    assert!(matches!(Var::try_apply::<op::Sin, 1>([escaped]), Err(Error::StaleVariable { .. })));
    assert!(matches!(gradus::gradient(|_| escaped, &[1.0]), Err(Error::StaleVariable { .. })));
}

// ---- foreign variables -----------------------------------------------------------------------

#[test]
#[expect(clippy::op_ref, reason = "operators on references are under test, too")]
fn variables_of_two_tapes_do_not_mix() {
    let (here, there) = (Tape::new(), Tape::new());
    let (a, b) = (here.var(1.0), there.var(2.0));
    let mixed = |left: &Tape, right: &Tape| Error::MixedTapes { left: left.id(), right: right.id() };
    let ab = mixed(&here, &there);
    check_panic(|| a + b, &ab, line!());
    check_panic(|| &a * &b, &ab, line!());
    check_panic(|| b / a, &mixed(&there, &here), line!());
    check_panic(|| a.atan2(b), &ab, line!());
    check_panic(|| a.mul_add(2.0, b), &ab, line!());
    check_panic(|| gradus::sum(&[a, b]), &ab, line!());
    check_panic(|| gradus::dot(&[a, a], &[a, b]), &ab, line!());
    let mut sum = a;
    check_panic(|| sum += b, &ab, line!());
    assert_eq!(Var::try_apply::<op::Add, 2>([a, b]).unwrap_err(), ab);
    assert_eq!(Var::try_apply::<op::MulAdd, 3>([Var::from(1.0), a, b]).unwrap_err(), ab);

    let text = ab.to_string();
    assert!(text.contains(&here.id().to_string()) && text.contains(&there.id().to_string()), "{text}");
    assert_ne!(here.id().to_string(), there.id().to_string());

    assert_eq!(here.backward_from(&[(a, 1.0), (b, 1.0)]).unwrap_err(), ab);
    assert_eq!((a * a).recorded_gradient(&[b]).unwrap_err(), ab);
    assert_eq!((a * a).backward().get(b).unwrap_err(), ab);
    check_panic(|| (a * a).backward()[b], &ab, line!());
    assert!(matches!(gradus::gradient(|_| a, &[1.0]), Err(Error::MixedTapes { .. })));
    assert!(matches!(gradus::jacobian(|x| vec![x[0], a], &[1.0]), Err(Error::MixedTapes { .. })));
    // Both are as good as before.
    assert_eq!(((a + 1.0).backward()[a], (b * b).backward()[b]), (1.0, 4.0));
}

/// The `sum` of an iterator belongs to std, which does not pass on its caller's line; `gradus::sum` does.
#[test]
fn a_sum_of_mixed_tapes_names_the_tapes() {
    let (here, there) = (Tape::new(), Tape::new());
    let (a, b) = (here.var(1.0), there.var(2.0));
    let ab = Error::MixedTapes { left: here.id(), right: there.id() };
    assert_eq!(panic_of(|| [a, b].iter().sum::<Var>()).message, ab.to_string());
    assert_eq!(panic_of(|| [a, b].into_iter().sum::<Var>()).message, ab.to_string());
    assert_eq!(panic_of(|| [a, b].iter().product::<Var>()).message, ab.to_string());
    assert_eq!(panic_of(|| [a, b].into_iter().product::<Var>()).message, ab.to_string());
    check_panic(|| gradus::sum(&[a, b]), &ab, line!());
}

#[test]
fn functions_and_trait_methods_on_mixed_tapes_name_the_callers_line() {
    let (here, there) = (Tape::new(), Tape::new());
    let (a, b) = (here.var(1.0), there.var(2.0));
    let ab = Error::MixedTapes { left: here.id(), right: there.id() };
    check_panic(|| gradus::softmax(&[a, b]), &ab, line!());
    check_panic(|| gradus::norm(&[a, b]), &ab, line!());
    check_panic(|| Scalar::max(a, b), &ab, line!());
    check_panic(|| num_traits::Float::hypot(a, b), &ab, line!());
    check_panic(|| num_traits::Float::mul_add(a, a, b), &ab, line!());
    check_panic(|| num_traits::Float::abs_sub(a, b), &ab, line!());
}

#[test]
fn numbers_that_were_never_recorded_have_no_gradient() {
    let c = Var::from(3.0);
    let not_recorded = Error::NotRecorded { value: 9.0 };
    assert_eq!((c * c).try_backward().unwrap_err(), not_recorded);
    assert_eq!((c * c).recorded_gradient(&[c]).unwrap_err(), not_recorded);
    check_panic(|| (c * c).backward(), &not_recorded, line!());
    let tape = Tape::new();
    let x = tape.var(1.0);
    let constant = Error::NotRecorded { value: 3.0 };
    assert_eq!((x * c).backward().get(c).unwrap_err(), constant);
    assert_eq!((x * c).recorded_gradient(&[c]).unwrap_err(), constant);
    assert_eq!(tape.backward_from(&[(c, 1.0)]).unwrap_err(), constant);
    check_panic(|| (x * c).backward()[c], &constant, line!());
    // A function that is constant has a gradient: 0.
    assert_eq!(gradus::gradient(|_| Var::from(4.0), &[1.0, 2.0]).unwrap(), [0.0, 0.0]);
    assert_eq!(gradus::hessian(|_| Var::from(4.0), &[1.0]).unwrap(), [[0.0]]);
}

// ---- full tapes ------------------------------------------------------------------------------

#[test]
fn a_full_tape_says_so_and_stays_usable() {
    let tape = Tape::with_node_limit(4);
    let x = tape.var(2.0);
    let y = x * x + 1.0;
    let full = Error::TapeFull { tape: tape.id(), limit: 4 };
    assert_eq!(tape.len(), 3);
    check_panic(|| tape.vars(&[1.0, 2.0]), &full, line!());
    let z = y * 3.0;
    assert_eq!(Var::try_apply::<op::Add, 2>([z, x]).unwrap_err(), full);
    check_panic(|| z + 1.0, &full, line!());
    check_panic(|| gradus::sum(&[x, y, z]), &full, line!());
    check_panic(|| x.mul_add(y, z), &full, line!());
    check_panic(|| tape.var(1.0), &full, line!());
    assert_eq!((tape.len(), z.backward()[x]), (4, 12.0));
    // The limit stays when the tape is cleared, and counts anew.
    tape.clear();
    let x = tape.var(2.0);
    let _ = x + 1.0 + 1.0 + 1.0;
    assert!(matches!(Var::try_apply::<op::Sin, 1>([x]), Err(Error::TapeFull { limit: 4, .. })));

    // A list op whose literals do not fit leaves a tape that can be swept.
    let tape = Tape::with_node_limit(3);
    let x = tape.var(2.0);
    let _ = panic_of(|| gradus::sum(&[x, Var::from(1.0), Var::from(2.0), Var::from(3.0)]));
    assert_eq!(x.backward()[x], 1.0);

    let none = Tape::with_node_limit(0);
    check_panic(|| none.var(1.0), &Error::TapeFull { tape: none.id(), limit: 0 }, line!());
}

#[test]
fn a_recorded_gradient_that_does_not_fit_says_that_the_tape_is_full() {
    let tape = Tape::with_node_limit(5);
    let x = tape.var(2.0);
    let y = x.powi(3).sin();
    // Its operations are recorded like any others, and panic like any others.
    let panic = catch_unwind(AssertUnwindSafe(|| y.recorded_gradient(&[x]))).unwrap_err();
    let message = panic.downcast_ref::<String>().expect("a panic with a message");
    assert_eq!(*message, Error::TapeFull { tape: tape.id(), limit: 5 }.to_string());
    assert!(y.backward()[x] < 0.0);
}
