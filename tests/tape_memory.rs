//! What tapes leave behind: nothing, to the byte.

use gradus::rule::{Info, Rule};
use gradus::{Opaque, Program, Scalar, Tape, Var};
use peak_alloc::PeakAlloc;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

/// How much more memory is in use after `once` has been done `runs` times than after it has been done for a while.
fn growth(runs: usize, mut once: impl FnMut(usize)) -> i64 {
    (0..100).for_each(&mut once);
    let before = PEAK.current_usage();
    (0..runs).for_each(&mut once);
    PEAK.current_usage() as i64 - before as i64
}

struct Panics;

impl Rule<1> for Panics {
    const INFO: Info = Info { name: "panics", written: "panics({})", doc: "Panics when it is swept." };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(0.0, 1.0)]];
    fn value([x]: [f64; 1]) -> f64 {
        x
    }
    fn partials<S: Scalar>(_: [S; 1], _: S) -> [S; 1] {
        std::panic::resume_unwind(Box::new(()))
    }
}

/// An op that owns memory.
struct Table(Vec<f64>);

impl Opaque for Table {
    fn name(&self) -> &str {
        "table"
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0] * self.0[0]
    }
    fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
        vec![self.0[0]]
    }
}

// One test, because the memory of all threads is counted together.
#[test]
fn tapes_leave_nothing_behind() {
    let tapes = growth(1_000_000, |k| {
        let tape = if k % 2 == 0 { Tape::new() } else { Tape::with_node_limit(100) };
        let x = tape.var(k as f64);
        assert_eq!(gradus::sum(&[x * x, x, 2.0 * x]).backward()[x], 2.0 * k as f64 + 3.0);
    });
    assert_eq!(tapes, 0, "a million tapes");

    let tape = Tape::new();
    let cleared = growth(100_000, |_| {
        tape.clear();
        let x = tape.var(1.0).named("a name that needs memory of its own");
        let _ = gradus::opaque(Table(vec![2.0; 100]), &[x]).unwrap().backward();
        let _ = (x * x).recorded_gradient(&[x]).unwrap();
    });
    assert_eq!(cleared, 0, "a tape cleared 100,000 times");

    let panics = growth(10_000, |_| {
        let tape = Tape::traced();
        let x = tape.var(0.5);
        let opaque = gradus::opaque(Table(vec![1.0; 100]), &[x]).unwrap();
        let y = Var::apply::<Panics, 1>([opaque]);
        assert!(catch_unwind(AssertUnwindSafe(|| y.backward())).is_err());
        let f = |x: &[Var]| if x[0] > 0.0 { std::panic::resume_unwind(Box::new(())) } else { x[0] };
        assert!(catch_unwind(|| gradus::gradient(f, &[1.0])).is_err());
        assert!(catch_unwind(|| Program::record(&[1.0], f).map(|_| ())).is_err());
    });
    assert_eq!(panics, 0, "30,000 panics");

    let errors = growth(10_000, |_| {
        let (here, there) = (Tape::new(), Tape::new());
        let (a, b) = (here.var(1.0), there.var(2.0));
        assert!(Var::try_apply::<gradus::op::Add, 2>([a, b]).is_err());
        drop(here);
        assert!(a.try_backward().is_err());
        assert!(Program::record(&[1.0], |x| x[0] * x[0].value()).is_err());
    });
    assert_eq!(errors, 0, "errors");

    let programs = growth(2_000, |k| {
        let program = Program::record(&[1.0, 2.0], |x| x[0].sin() * x[1] + k as f64).unwrap();
        assert!(program.gradient(&[0.5, 3.0]).is_ok() && program.hessian(&[0.5, 3.0]).is_ok());
    });
    assert_eq!(programs, 0, "2,000 programs");

    // What a thread keeps goes with it.
    let threads = growth(200, |_| {
        let work = || {
            let tape = Tape::new();
            let x = tape.var(1.0);
            assert_eq!((0..10_000).fold(x, |y, _| y + 1.0).backward()[x], 1.0);
        };
        std::thread::spawn(work).join().unwrap();
    });
    assert!(threads < 200 * 1000, "200 threads left {threads} bytes");

    // Ten million nodes take their 24 bytes, at most twice that while the tape grows, and 8 a node for the gradient.
    PEAK.reset_peak_usage();
    let before = PEAK.current_usage();
    let tape = Tape::new();
    let x = tape.var(1.0);
    let y = (0..10_000_000).fold(x, |y, _| y + 1e-9);
    assert_eq!(y.backward()[x], 1.0);
    let peak = PEAK.peak_usage() - before;
    println!("ten million nodes: {peak} bytes at most");
    assert!(peak < 10_000_000 * 24 * 3, "{peak} bytes");
    drop(tape);
    let kept = PEAK.current_usage().saturating_sub(before);
    assert!(kept <= 48_000_000, "{kept} bytes are kept for the next tape");
}
