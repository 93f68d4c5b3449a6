//! Code of a user's that does at the wrong moment what is allowed at others: sweeps, clears, records, opens and drops tapes while
//! an op is recorded, while a program is, while a tape goes, while the thread ends.

use crate::caught::panic_of;
use gradus::program::Recorder;
use gradus::rule::{Info, Rule};
use gradus::{Error, Function, Opaque, Program, Scalar, Tape, Var, op};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

thread_local! {
    /// What [`Busy`] does before it computes its value.
    static MEANWHILE: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Square, after whatever [`MEANWHILE`] says.
struct Busy;

impl Rule<1> for Busy {
    const INFO: Info = Info { name: "busy", written: "busy({})", doc: "Square." };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-2.0, 2.0)]];
    fn value([x]: [f64; 1]) -> f64 {
        let meanwhile = MEANWHILE.take();
        if let Some(act) = &meanwhile {
            act();
        }
        MEANWHILE.set(meanwhile);
        x * x
    }
    fn partials<S: Scalar>([x]: [S; 1], _: S) -> [S; 1] {
        [x + x]
    }
}

/// Runs `act` with ops that do `meanwhile`.
fn with<T>(meanwhile: impl Fn() + 'static, act: impl FnOnce() -> T) -> T {
    MEANWHILE.set(Some(Box::new(meanwhile)));
    let result = act();
    MEANWHILE.set(None);
    result
}

#[test]
fn a_value_may_sweep_the_tape_that_records_it() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    let y = x * x;
    let sweep = move || {
        assert_eq!(y.backward()[x], 6.0);
        assert_eq!(y.recorded_gradient(&[x]).unwrap()[0].value(), 6.0);
        assert_eq!(gradus::hessian(|x| x[0].powi(3), &[2.0]).unwrap(), [[12.0]]);
    };
    let z = with(sweep, || Var::apply::<Busy, 1>([y]));
    assert_eq!((z.value(), z.backward()[x]), (81.0, 4.0 * 27.0));
}

#[test]
fn a_value_that_clears_the_tape_which_records_it_makes_its_operand_stale() {
    for traced in [false, true] {
        let tape = Rc::new(if traced { Tape::traced() } else { Tape::new() });
        let (theirs, x) = (tape.clone(), tape.var(3.0));
        let stale = Error::StaleVariable { tape: tape.id(), index: 0 };
        let clear = move || {
            theirs.clear();
            theirs.vars(&[7.0, 8.0]);
        };
        assert_eq!(with(clear, || Var::try_apply::<Busy, 1>([x])).unwrap_err(), stale);
        assert_eq!(tape.len(), 2, "and nothing was recorded");
    }
}

#[test]
fn a_value_that_drops_the_tape_which_records_it_makes_its_operand_stale() {
    let tape = Rc::new(Cell::new(Some(Tape::new())));
    let theirs = tape.clone();
    let inside = tape.take().unwrap();
    let x = inside.var(3.0);
    tape.set(Some(inside));
    let replace = move || theirs.set(Some(Tape::new()));
    let error = with(replace, || Var::try_apply::<Busy, 1>([x])).unwrap_err();
    assert!(matches!(error, Error::StaleVariable { index: 0, .. }), "{error}");
    assert!(tape.take().unwrap().is_empty(), "the new one was not written to");
}

#[test]
fn tapes_inside_of_what_is_recorded() {
    let f = |x: &[Var]| {
        let other = Tape::new();
        let t = other.var(5.0);
        let slope = (t * t * t).backward()[t];
        drop(other);
        let kept = Tape::with_node_limit(2);
        let _ = kept.var(1.0);
        x[0] * x[0] * slope
    };
    let program = Program::record(&[2.0], f).unwrap();
    assert_eq!(program.gradient(&[3.0]).unwrap(), (675.0, vec![450.0]));
    assert_eq!(gradus::hessian(f, &[2.0]).unwrap(), [[150.0]]);
    assert_eq!(Function::new(f).gradient(&[3.0]).unwrap(), (675.0, vec![450.0]));
}

#[test]
fn programs_inside_of_programs() {
    let power = |n: i32| Program::record(&[1.0], move |x| x[0].powi(n)).unwrap();
    let f = |x: &[Var]| {
        // Ten deep, each recorded within the recording of the one before.
        fn nested(depth: i32, power: &dyn Fn(i32) -> Program) -> f64 {
            let inside = |y: &[Var]| if depth > 0 { y[0] * nested(depth - 1, power) } else { y[0] };
            Program::record(&[1.0], inside).unwrap().gradient(&[2.0]).unwrap().1[0]
                * power(2).gradient(&[0.5]).unwrap().1[0]
        }
        x[0] * nested(10, &power)
    };
    assert_eq!(Program::record(&[1.0], f).unwrap().gradient(&[4.0]).unwrap(), (4.0, vec![1.0]));
    let tape = Tape::new();
    let x = tape.var(2.0);
    assert!(x.detach().tape().is_none(), "nobody watches any longer");
}

/// Perturbation confusion: a derivative inside of a function must not see the outer variable as its own.
#[test]
fn an_outer_variable_in_an_inner_derivative_is_an_error_and_no_number() {
    let outer = |x: &[Var]| x[0] * gradus::derivative(|t| t * x[0], 1.0).map_or(f64::NAN, |slope| slope);
    let panic = panic_of(|| gradus::gradient(outer, &[2.0]));
    assert!(panic.message.contains("two tapes in one expression"), "{}", panic.message);
    assert_eq!(panic.file, file!());
    // The derivative of x · d(t·x)/dt = x² by a tape of its own.
    let tape = Tape::new();
    let x = tape.var(2.0);
    let t = tape.var(1.0);
    let y = x * (t * x).recorded_gradient(&[t]).unwrap()[0];
    assert_eq!(y.backward()[x], 4.0);
    assert_eq!(gradus::derivative(|x| x, 1.0).unwrap(), 1.0);
}

/// An op that does something when it goes.
struct LastWords<F: Fn() + 'static>(F);

impl<F: Fn() + 'static> Opaque for LastWords<F> {
    fn name(&self) -> &str {
        "last_words"
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0]
    }
    fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
        vec![1.0]
    }
}

impl<F: Fn() + 'static> Drop for LastWords<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn an_op_that_goes_with_its_tape_may_compute_or_panic() {
    let said = Rc::new(Cell::new(0));
    for clears in [true, false] {
        let tape = Tape::new();
        let (x, heard) = (tape.var(3.0), said.clone());
        let id = tape.id();
        let words = LastWords(move || {
            assert_eq!(gradus::derivative(|t| t * t, 3.0).unwrap(), 6.0);
            let stale = Error::StaleVariable { tape: id, index: 0 };
            assert_eq!(Var::try_apply::<op::Sin, 1>([x]).unwrap_err(), stale);
            heard.set(heard.get() + 1);
        });
        assert_eq!(gradus::opaque(words, &[x]).unwrap().backward()[x], 1.0);
        let angry = LastWords(|| panic!("at the end"));
        let _ = gradus::opaque(angry, &[x]).unwrap();
        let go = move || if clears { tape.clear() } else { drop(tape) };
        assert_eq!(panic_of(go).message, "at the end");
        assert_eq!(gradus::derivative(|t| t * t, 3.0).unwrap(), 6.0);
    }
    assert_eq!(said.get(), 2);
}

#[test]
fn a_program_and_a_function_outlive_closures_that_panic() {
    let f = Function::new(|x: &[Var]| {
        assert!(x[0] < 5.0, "too large");
        x[0] * x[0]
    });
    assert_eq!(f.gradient(&[3.0]).unwrap(), (9.0, vec![6.0]));
    for _ in 0..3 {
        let panic = panic_of(|| f.gradient(&[7.0]));
        assert_eq!(panic.message, "too large");
        let panic = panic_of(|| Recorder::new().record(&[7.0], |x| if x[0] > 1.0 { panic!("in it") } else { x[0] }));
        assert_eq!(panic.message, "in it");
    }
    assert_eq!(f.gradient(&[4.0]).unwrap(), (16.0, vec![8.0]));
    let tape = Tape::new();
    assert!(tape.var(1.0).detach().tape().is_none(), "nobody watches any longer");
}

// ---- a thread that ends ----------------------------------------------------------------------

/// Computes when its thread ends, after the thread's arena of tapes has gone.
struct Late {
    var: Var,
    tape: Tape,
    heard: std::sync::mpsc::Sender<String>,
}

impl Drop for Late {
    fn drop(&mut self) {
        let text = format!(
            "{:?} {:?} {:?} {:?} {} {:?}",
            self.var.value(),
            Var::try_apply::<op::Add, 2>([self.var, Var::from(1.0)]),
            Var::try_apply::<op::MulAdd, 3>([self.var; 3]),
            self.var.try_backward().map(|gradients| gradients[self.var]),
            self.tape.len(),
            self.var.label(),
        );
        self.tape.clear();
        let _ = self.heard.send(text);
    }
}

#[test]
fn a_variable_used_when_its_thread_ends_is_stale() {
    thread_local! {
        static LATE: RefCell<Option<Late>> = const { RefCell::new(None) };
    }
    let (heard, hears) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        // Its destructor is registered before that of the arena, and runs after it.
        LATE.with(|late| drop(late.borrow_mut()));
        let tape = Tape::new();
        let var = tape.var(3.0);
        let stale = Error::StaleVariable { tape: tape.id(), index: 0 };
        LATE.set(Some(Late { var, tape, heard }));
        stale
    });
    let stale = format!("Err({:?})", thread.join().unwrap());
    let text = hears.recv().expect("it got to its end");
    assert_eq!(text, format!("3.0 {stale} {stale} {stale} 0 None"));
}
