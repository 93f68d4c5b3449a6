//! Code of a user's that panics, uses tapes while one is swept, or goes with its thread.

use crate::caught::{CATCHING, check_panic, panic_of};
use gradus::rule::{Info, Rule};
use gradus::{Error, Opaque, Scalar, Tape, Var, op};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

// ---- panics in a user's code -----------------------------------------------------------------

struct PanickyValue;

impl Rule<1> for PanickyValue {
    const INFO: Info = Info { name: "panicky_value", written: "panicky({})", doc: "Panics." };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(0.0, 1.0)]];
    fn value(_: [f64; 1]) -> f64 {
        panic!("in a value")
    }
    fn partials<S: Scalar>(_: [S; 1], _: S) -> [S; 1] {
        [S::lit(1.0)]
    }
}

struct PanickyPartials;

impl Rule<1> for PanickyPartials {
    const INFO: Info = Info { name: "panicky_partials", written: "panicky({})", doc: "Panics when swept." };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(0.0, 1.0)]];
    fn value([x]: [f64; 1]) -> f64 {
        x
    }
    fn partials<S: Scalar>(_: [S; 1], _: S) -> [S; 1] {
        panic!("in partials")
    }
}

struct PanickyOpaque;

impl Opaque for PanickyOpaque {
    fn name(&self) -> &str {
        "panicky_opaque"
    }
    fn value(&self, x: &[f64]) -> f64 {
        assert!(x[0] < 100.0, "in an opaque value");
        x[0]
    }
    fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
        panic!("in an opaque gradient")
    }
}

#[test]
fn a_panic_in_a_users_op_leaves_the_tape_usable() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    let good = x * x;
    assert_eq!(panic_of(|| Var::apply::<PanickyValue, 1>([x])).message, "in a value");
    let swept = Var::apply::<PanickyPartials, 1>([good]);
    assert_eq!(panic_of(|| swept.backward()).message, "in partials");
    assert_eq!(panic_of(|| swept.recorded_gradient(&[x])).message, "in partials");
    let opaque = gradus::opaque(PanickyOpaque, &[good]).unwrap();
    assert_eq!(panic_of(|| opaque.backward()).message, "in an opaque gradient");
    assert_eq!(panic_of(|| gradus::opaque(PanickyOpaque, &[x * 100.0])).message, "in an opaque value");
    // The same tape records and sweeps on.
    let y = good + swept.detach() * x;
    assert_eq!((y.value(), y.backward()[x]), (12.0, 8.0));
    assert_eq!(good.backward()[x], 4.0);
}

#[test]
fn a_panic_in_a_function_leaves_the_thread_usable() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    for _ in 0..3 {
        let panic = panic_of(|| gradus::gradient(|x| if x[0] > 0.0 { panic!("in a function") } else { x[0] }, &[1.0]));
        assert_eq!(panic.message, "in a function");
        let panic = panic_of(|| gradus::hessian(|x| Var::apply::<PanickyPartials, 1>([x[0]]), &[1.0]));
        assert_eq!(panic.message, "in partials");
    }
    assert_eq!((x * x).backward()[x], 4.0);
    assert_eq!(gradus::derivative(|x| x * x, 3.0).unwrap(), 6.0);
}

/// A label whose making panics, or uses the tape.
struct Label(Box<dyn FnOnce() -> String>);

impl From<Label> for String {
    fn from(label: Label) -> String {
        (label.0)()
    }
}

#[test]
fn a_label_may_panic_or_compute() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    let y = x * x;
    assert_eq!(panic_of(|| x.named(Label(Box::new(|| panic!("in a label"))))).message, "in a label");
    assert_eq!((tape.len(), y.backward()[x]), (2, 4.0));
    let named = x.named(Label(Box::new(move || format!("x with slope {}", y.backward()[x]))));
    assert_eq!(named.label().as_deref(), Some("x with slope 4"));
}

// ---- a tape that is being swept --------------------------------------------------------------

/// An op whose gradient does something else first.
struct Meanwhile<F>(F);

impl<F: Fn() + 'static> Opaque for Meanwhile<F> {
    fn name(&self) -> &str {
        "meanwhile"
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0] * x[0]
    }
    fn gradient(&self, x: &[f64], _: f64) -> Vec<f64> {
        (self.0)();
        vec![2.0 * x[0]]
    }
}

#[test]
fn an_opaque_gradient_may_use_other_tapes() {
    let other = Rc::new(Tape::new());
    let before = other.var(5.0);
    let theirs = other.clone();
    let meanwhile = Meanwhile(move || {
        assert_eq!(gradus::derivative(|x| x.powi(3), 2.0).unwrap(), 12.0);
        assert_eq!(gradus::hessian(|x| x[0].powi(3), &[2.0]).unwrap(), [[12.0]]);
        let x = theirs.var(3.0);
        assert_eq!((x * before).backward()[x], 5.0);
    });
    let tape = Tape::new();
    let x = tape.var(4.0);
    let y = gradus::opaque(meanwhile, &[x]).unwrap() * 2.0;
    assert_eq!(y.backward()[x], 16.0);
    assert_eq!(y.backward()[x], 16.0);
    assert_eq!((y + x).backward()[x], 17.0);
    assert_eq!(other.len(), 1 + 3 * 2);
}

#[test]
fn an_opaque_gradient_that_uses_the_tape_being_swept_gets_an_error() {
    let tape = Rc::new(Tape::new());
    let x = tape.var(4.0);
    let (theirs, seen) = (tape.clone(), Rc::new(Cell::new(0)));
    let count = seen.clone();
    let busy = Error::TapeBusy { tape: tape.id() };
    let meanwhile = Meanwhile(move || {
        assert_eq!(Var::try_apply::<op::Add, 2>([x, x]).unwrap_err(), busy);
        assert_eq!(Var::try_apply::<op::Add, 2>([x, Var::from(1.0)]).unwrap_err(), busy);
        assert_eq!(x.try_backward().unwrap_err(), busy);
        assert_eq!(x.recorded_gradient(&[x]).unwrap_err(), busy);
        assert_eq!(theirs.backward_from(&[(x, 1.0)]).unwrap_err(), busy);
        let messages = [
            panic_of(|| x * 2.0),
            panic_of(|| theirs.var(1.0)),
            panic_of(|| gradus::sum(&[x])),
            panic_of(|| theirs.vars(&[1.0])),
        ];
        assert!(messages.iter().all(|panic| panic.message == busy.to_string()), "{messages:?}");
        assert_eq!((x.value(), x.label()), (4.0, None));
        count.set(count.get() + 1);
    });
    let y = gradus::opaque(meanwhile, &[x]).unwrap();
    assert_eq!(y.try_backward().unwrap()[x], 8.0);
    assert_eq!(seen.get(), 1);
    // Afterwards it is free again.
    assert_eq!((y + x * 2.0).backward()[x], 10.0);
}

#[test]
fn a_tape_that_is_being_swept_is_not_called_stale() {
    let (tape, other) = (Tape::new(), Rc::new(Tape::new()));
    let (x, theirs) = (tape.var(4.0), other.var(5.0));
    let (own, foreign) = (tape.id(), other.id());
    let meanwhile = Meanwhile(move || {
        let mixed = |left, right| Error::MixedTapes { left, right };
        assert_eq!(Var::try_apply::<op::Add, 2>([x, theirs]).unwrap_err(), mixed(own, foreign));
        assert_eq!(Var::try_apply::<op::Add, 2>([theirs, x]).unwrap_err(), mixed(foreign, own));
        assert_eq!(other.backward_from(&[(x, 1.0)]).unwrap_err(), mixed(foreign, own));
        check_panic(|| x.named("x"), &Error::TapeBusy { tape: own }, line!());
    });
    let y = gradus::opaque(meanwhile, &[x]).unwrap();
    assert_eq!(y.backward()[x], 8.0);
}

/// An op that computes its name.
struct Namesake(fn());

impl Opaque for Namesake {
    fn name(&self) -> &str {
        (self.0)();
        "namesake"
    }
    fn value(&self, _: &[f64]) -> f64 {
        f64::NAN
    }
    fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
        vec![0.0]
    }
}

#[test]
fn a_name_may_compute_or_panic() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    let _ = gradus::opaque(Namesake(|| assert_eq!(gradus::derivative(|x| x * x, 3.0), Ok(6.0))), &[x]).unwrap();
    assert_eq!(tape.first_non_finite().unwrap().op, "namesake");
    assert_eq!((x * x).backward()[x], 6.0);
    tape.clear();
    let x = tape.var(3.0);
    let _ = gradus::opaque(Namesake(|| panic!("in a name")), &[x]).unwrap();
    assert_eq!(panic_of(|| tape.first_non_finite()).message, "in a name");
    assert_eq!((tape.len(), (x * x).backward()[x]), (2, 6.0));
}

#[test]
fn a_tape_that_is_cleared_while_it_is_swept_records_again() {
    let tape = Rc::new(Tape::new());
    let theirs = tape.clone();
    let x = tape.var(4.0);
    let y = gradus::opaque(Meanwhile(move || theirs.clear()), &[x]).unwrap();
    assert_eq!(y.try_backward().unwrap().get(x), Ok(8.0));
    assert!(matches!(y.try_backward(), Err(Error::StaleVariable { .. })));
    let x = tape.var(3.0);
    assert_eq!((x * x).backward()[x], 6.0);
}

#[test]
fn a_tape_that_is_dropped_while_it_is_swept_is_gone() {
    let tape = Rc::new(RefCell::new(Some(Tape::new())));
    let theirs = tape.clone();
    let x = tape.borrow().as_ref().unwrap().var(4.0);
    let y = gradus::opaque(Meanwhile(move || drop(theirs.take())), &[x]).unwrap();
    assert_eq!(y.try_backward().unwrap().get(x), Ok(8.0));
    assert!(matches!(y.try_backward(), Err(Error::StaleVariable { .. })));
    assert_eq!(gradus::derivative(|x| x * x, 3.0).unwrap(), 6.0);
}

/// An op that keeps a tape of its own for its gradient.
struct WithItsOwnTape(Tape);

impl Opaque for WithItsOwnTape {
    fn name(&self) -> &str {
        "with_its_own_tape"
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0].sin()
    }
    fn gradient(&self, x: &[f64], _: f64) -> Vec<f64> {
        self.0.clear();
        let x = self.0.var(x[0]);
        vec![x.sin().backward()[x]]
    }
}

#[test]
fn an_op_may_own_a_tape_and_go_with_the_recording() {
    let tape = Tape::new();
    let x = tape.var(0.5);
    let y = gradus::opaque(WithItsOwnTape(Tape::new()), &[x]).unwrap();
    assert_eq!(y.backward()[x], 0.5_f64.cos());
    tape.clear();
    let x = tape.var(0.25);
    let y = gradus::opaque(WithItsOwnTape(Tape::new()), &[x]).unwrap();
    assert_eq!(y.backward()[x], 0.25_f64.cos());
    drop(tape);
    let slope = gradus::derivative(|x| gradus::opaque(WithItsOwnTape(Tape::new()), &[x]).unwrap(), 0.5);
    assert_eq!(slope.unwrap(), 0.5_f64.cos());
}

#[test]
fn an_opaque_gradient_of_the_wrong_length() {
    struct Short;
    impl Opaque for Short {
        fn name(&self) -> &str {
            "short"
        }
        fn value(&self, x: &[f64]) -> f64 {
            x[0] + x[1]
        }
        fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
            vec![1.0]
        }
    }
    let wrong = Error::GradientLength { op: "short".to_owned(), expected: 2, found: 1 };
    let f = |x: &[Var]| gradus::opaque(Short, x).unwrap();
    assert_eq!(gradus::gradient(f, &[1.0, 2.0]).unwrap_err(), wrong);
    assert_eq!(gradus::jvp(|x| vec![f(x)], &[1.0, 2.0], &[1.0, 0.0]).unwrap_err(), wrong);
    let tape = Tape::new();
    let x = tape.vars(&[1.0, 2.0]);
    let y = f(&x);
    assert_eq!(y.try_backward().unwrap_err(), wrong);
    check_panic(|| y.backward(), &wrong, line!());
    assert_eq!((x[0] * x[1]).backward().wrt(&x).unwrap(), [2.0, 1.0]);
}

// ---- threads ---------------------------------------------------------------------------------

#[test]
fn tapes_in_threads_that_end() {
    thread_local! {
        static EARLY: RefCell<Vec<Tape>> = const { RefCell::new(Vec::new()) };
        static LATE: RefCell<Vec<Tape>> = const { RefCell::new(Vec::new()) };
    }
    let threads: Vec<_> = (0..20)
        .map(|k| {
            std::thread::spawn(move || {
                // Kept by the thread itself, and dropped before or after the thread's arena.
                EARLY.with(|early| early.borrow_mut().reserve(1));
                let tape = Tape::new();
                let x = tape.var(f64::from(k));
                let slope = (x * x).backward()[x];
                EARLY.with(|early| early.borrow_mut().push(Tape::new()));
                LATE.with(|late| late.borrow_mut().push(tape));
                std::mem::forget(Tape::new());
                slope
            })
        })
        .collect();
    for (k, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().unwrap(), 2.0 * k as f64);
    }
}

#[test]
fn a_thread_that_panics_does_not_touch_the_others() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    let failed = std::thread::spawn(|| {
        let tape = Tape::new();
        let x = tape.var(1.0);
        CATCHING.set(true);
        Var::apply::<PanickyPartials, 1>([x]).backward();
    });
    let _ = panic_of(|| panic!("installs the hook"));
    assert!(failed.join().is_err());
    assert_eq!((x * x).backward()[x], 6.0);
}
