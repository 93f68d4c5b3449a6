//! What goes wrong, goes wrong with a sentence, at the caller's line, and leaves everything else
//! usable: stale and foreign variables, full and busy tapes, panics in a user's code, bad data.

use gradus::rule::{Info, Rule};
use gradus::{Error, Opaque, Scalar, Tape, Var, numeric, op};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Once;

// ---- catching panics -------------------------------------------------------------------------

/// A panic: what it says, and where it says it happened.
#[derive(Debug, Clone, PartialEq)]
struct Panic {
    message: String,
    file: String,
    line: u32,
}

thread_local! {
    static CAUGHT: RefCell<Option<Panic>> = const { RefCell::new(None) };
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// The panic of `act`, which must not return.
#[track_caller]
fn panic_of<T>(act: impl FnOnce() -> T) -> Panic {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !CATCHING.get() {
                return usual(info);
            }
            let payload = info.payload();
            let fixed = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let message = fixed.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap();
            let at = info.location().unwrap();
            CAUGHT.set(Some(Panic { message, file: at.file().to_owned(), line: at.line() }));
        }));
    });
    CATCHING.set(true);
    let result = catch_unwind(AssertUnwindSafe(act));
    CATCHING.set(false);
    assert!(result.is_err(), "it did not panic");
    CAUGHT.take().unwrap()
}

/// The panic of `act` says what `error` says, and happened in this file at `line`.
#[track_caller]
fn check_panic<T>(act: impl FnOnce() -> T, error: &Error, line: u32) {
    let panic = panic_of(act);
    assert_eq!(panic, Panic { message: error.to_string(), file: file!().to_owned(), line });
}

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

// ---- the first value that is not finite ------------------------------------------------------

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
