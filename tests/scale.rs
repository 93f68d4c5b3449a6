//! Recordings that are long, deep, wide or many: nothing recurses, nothing grows that should not,
//! and the answers are exact.

use gradus::{Tape, Var};

/// The chain `y = x + 1e-9 + 1e-9 + …`: its slope is 1, however long it is.
fn check_chain(length: usize) {
    let tape = Tape::new();
    let x = tape.var(1.0);
    let mut y = x;
    for _ in 0..length {
        y += 1e-9;
    }
    assert_eq!(tape.len(), length + 1);
    let gradients = y.backward();
    assert_eq!(gradients[x], 1.0);
    let copy = gradients.clone();
    drop(gradients);
    assert_eq!(copy[x], 1.0);
    assert!(format!("{tape:?} {y:?} {y}").contains(&format!("with {} nodes", length + 1)));
}

/// As [`check_chain`], in a thread with a stack of 256 KiB.
fn check_chain_in_a_small_thread(length: usize) {
    let thread = std::thread::Builder::new().stack_size(256 * 1024);
    thread.spawn(move || check_chain(length)).unwrap().join().unwrap();
}

#[test]
fn chains_do_not_use_the_stack() {
    for length in [100_000, 1_000_000, 10_000_000] {
        check_chain(length);
        check_chain_in_a_small_thread(length);
    }
}

#[test]
fn second_order_on_a_chain_in_a_small_thread() {
    let thread = std::thread::Builder::new().stack_size(256 * 1024);
    let run = || {
        let chain = |x: &[Var]| (0..200_000).fold(x[0] * x[0], |y, _| y + 1e-9);
        assert_eq!(gradus::hessian(chain, &[3.0]).unwrap(), [[2.0]]);
        assert_eq!(gradus::hvp(chain, &[3.0], &[0.5]).unwrap(), [1.0]);
        let tape = Tape::new();
        let x = tape.var(3.0);
        let slope = chain(&[x]).recorded_gradient(&[x]).unwrap()[0];
        assert_eq!((slope.value(), slope.backward()[x]), (6.0, 2.0));
    };
    thread.spawn(run).unwrap().join().unwrap();
}

#[test]
fn two_to_the_thousandth_paths() {
    for (doublings, expected) in [(60, 1_152_921_504_606_846_976.0), (1000, 2.0_f64.powi(1000)), (1024, f64::INFINITY)]
    {
        let double = |x: Var| (0..doublings).fold(x, |y, _| y + y);
        let tape = Tape::new();
        let x = tape.var(1.0);
        let y = double(x);
        assert_eq!(tape.len(), doublings + 1);
        assert_eq!(y.backward()[x], expected);
        assert_eq!(x.index(), 0);
        assert_eq!(gradus::derivative(double, 1.0).unwrap(), expected);
    }
    assert_eq!(2.0_f64.powi(1000), 1.071_508_607_186_267_3e301);
}

#[test]
fn one_variable_used_a_million_times() {
    for (uses, expected) in [(1000, 499_500.0), (1_000_000, 499_999_500_000.0)] {
        let f = |x: Var| (0..uses).fold(Var::from(0.0), |y, k| y + f64::from(k) * x);
        assert_eq!(gradus::derivative(f, 1.0).unwrap(), expected);
        let g = |x: Var| gradus::sum(&(0..uses).map(|k| f64::from(k) * x).collect::<Vec<_>>());
        assert_eq!(gradus::derivative(g, 1.0).unwrap(), expected);
    }
}

#[test]
fn a_million_live_variables() {
    let point: Vec<f64> = (0..1_000_000).map(f64::from).collect();
    let expected: Vec<f64> = point.iter().map(|x| 2.0 * x).collect();
    let squares = |x: &[Var]| x.iter().map(|&x| x * x).sum::<Var>();
    assert!(gradus::gradient(squares, &point).unwrap() == expected);
    let squares = |x: &[Var]| gradus::dot(x, x);
    assert!(gradus::gradient(squares, &point).unwrap() == expected);
    let ones = vec![1.0; point.len()];
    assert!(gradus::hvp(squares, &point, &ones).unwrap().iter().all(|&second| second == 2.0));

    // One by one, and each used after all of them are there.
    let tape = Tape::new();
    let variables: Vec<Var> = point.iter().map(|&x| tape.var(x)).collect();
    let total: Var = variables.iter().copied().sum();
    let gradients = total.backward();
    assert!(variables.iter().all(|&variable| gradients[variable] == 1.0));
}

/// The slot of the arena that a recording lies in: `tape 3.17` is the seventeenth in slot 3.
fn slot(tape: &Tape) -> u32 {
    let id = tape.id().to_string();
    let slot = id.strip_prefix("tape ").and_then(|id| id.split('.').next()).unwrap();
    slot.parse().unwrap()
}

/// The memory of this process in bytes, where the system tells.
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/statm").ok()?;
    status.split(' ').nth(1)?.parse::<usize>().ok().map(|pages| pages * 4096)
}

/// Runs `once` many times, and asserts that memory does not grow by as much as each run would
/// leave behind.
fn assert_no_growth(runs: usize, least_leak: usize, mut once: impl FnMut(usize)) {
    (0..100).for_each(&mut once);
    let before = memory();
    (0..runs).for_each(&mut once);
    if let (Some(before), Some(after)) = (before, memory()) {
        let grown = after.saturating_sub(before);
        assert!(grown < runs * least_leak / 2, "{runs} runs left {grown} bytes");
    }
}

/// Tests that measure memory run in a process of their own, one after the other.
fn alone(name: &str, test: impl FnOnce()) {
    const MARK: &str = "GRADUS_SCALE_ALONE";
    if std::env::var_os(MARK).is_some() {
        return test();
    }
    let this = std::env::current_exe().unwrap();
    let output = std::process::Command::new(this).args(["--exact", name]).env(MARK, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn a_thousand_recordings_on_one_tape() {
    alone("a_thousand_recordings_on_one_tape", || {
        let tape = Tape::new();
        let first = slot(&tape);
        assert_no_growth(1000, 10_000 * 24, |k| {
            tape.clear();
            assert!(tape.is_empty());
            let x = tape.var(k as f64);
            let y = (0..5_000).fold(x, |y, _| (y * 0.5).named("half") + 1.0);
            assert_eq!(tape.len(), 10_001);
            assert!(y.backward()[x] < 1e-300);
        });
        assert_eq!(slot(&tape), first);
    });
}

#[test]
fn a_million_tapes() {
    alone("a_million_tapes", || {
        let slots = slot(&Tape::new());
        assert_no_growth(1_000_000, 100, |k| {
            let tape = Tape::new();
            let x = tape.var(k as f64);
            let y = gradus::sum(&[x * x, x, 2.0 * x]);
            assert_eq!(y.backward()[x], 2.0 * k as f64 + 3.0);
            assert_eq!(slot(&tape), slots, "the slot is used again");
        });
        assert_no_growth(100_000, 100, |k| {
            assert!(gradus::derivative(|x| x.sin() * x, k as f64).unwrap().is_finite());
        });
    });
}

#[test]
fn a_thousand_tapes_at_once() {
    let tapes: Vec<Tape> = (0..1000).map(|_| Tape::new()).collect();
    let inputs: Vec<Var> = tapes.iter().zip(0..).map(|(tape, k)| tape.var(f64::from(k))).collect();
    let mut outputs = inputs.clone();
    for _ in 0..20 {
        // Each tape in turn, so that every operation changes the one that is recorded.
        outputs.iter_mut().zip(&inputs).for_each(|(y, &x)| *y += x);
    }
    for (k, (y, x)) in outputs.iter().zip(&inputs).enumerate() {
        assert_eq!((y.value(), y.backward()[*x]), (21.0 * k as f64, 21.0));
    }
}

// ---- long programs and explanations in a small thread ----------------------------------------

/// Does `work` in a thread with a stack of 256 KiB.
fn in_a_small_thread(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn ten_million_side_by_side() {
    let wide = || {
        const COUNT: usize = 5_000_000;
        let tape = Tape::new();
        let x = tape.vars(&vec![1.0; COUNT]);
        let doubled: Vec<Var> = x.iter().map(|&x| x + x).collect();
        assert_eq!(tape.len(), 2 * COUNT);
        let total = gradus::sum(&doubled);
        assert_eq!(total.value(), 2.0 * COUNT as f64);
        let gradients = total.backward();
        assert!(x.iter().all(|&x| gradients[x] == 2.0));
        assert!(format!("{tape:?} {total:?}").len() < 200);
    };
    in_a_small_thread(wide);
}

#[test]
fn a_long_program_does_not_use_the_stack() {
    in_a_small_thread(|| {
        const LENGTH: usize = 300_000;
        let chain = |x: &[Var]| (0..LENGTH).fold(x[0], |y, k| if k % 3 == 0 { y * 1.0 } else { y + 1e-9 });
        for lowering in [gradus::program::Lowering::Full, gradus::program::Lowering::None] {
            let program = gradus::program::Recorder::new().lowering(lowering).record(&[1.0], chain).unwrap();
            let (value, gradient) = program.gradient(&[2.0]).unwrap();
            assert!((value - 2.0 - 2e-9 * LENGTH as f64 / 3.0).abs() < 1e-9, "{value}");
            assert_eq!(gradient, [1.0]);
            assert_eq!(program.jvp(&[2.0], &[3.0]).unwrap().1, [3.0]);
            assert_eq!(program.hessian(&[2.0]).unwrap(), [[0.0]]);
            let copy = program.clone();
            drop(program);
            assert!(format!("{copy}").lines().count() > 1);
        }
    });
}

#[cfg(feature = "serde")]
#[test]
fn a_long_program_is_saved_and_read_in_a_small_thread() {
    in_a_small_thread(|| {
        let chain = |x: &[Var]| (0..300_000).fold(x[0], |y, _| (y + 1e-9).max(0.5));
        let program = gradus::Program::record(&[1.0], chain).unwrap();
        let text = serde_json::to_string(&program).unwrap();
        let read: gradus::Program = serde_json::from_str(&text).unwrap();
        assert_eq!(read.gradient(&[2.0]).unwrap(), program.gradient(&[2.0]).unwrap());
        let bytes = postcard::to_allocvec(&program).unwrap();
        let read: gradus::Program = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(read.gradient(&[2.0]).unwrap(), program.gradient(&[2.0]).unwrap());
    });
}

/// A search from each op through all that is before it would be quadratic.
#[test]
fn sparse_derivatives_of_a_long_chain_take_no_longer_than_dense_ones() {
    in_a_small_thread(|| {
        let chain = |x: &[Var]| {
            let steps = (0..200_000).scan(x[2], |y, k| {
                *y = if k % 2 == 0 { (*y * x[0]).sin() } else { *y + x[1] };
                Some(*y)
            });
            steps.collect::<Vec<_>>()
        };
        let at = [0.9, 0.3, 0.5];
        let last = |x: &[Var]| chain(x)[199_999];
        let program = gradus::Program::record(&at, last).unwrap();
        assert_eq!(program.sparse_hessian(&at).unwrap().to_dense(), program.hessian(&at).unwrap());
        let program = gradus::Program::record(&at, |x| chain(x).into_iter().step_by(1000).collect::<Vec<_>>()).unwrap();
        assert_eq!(program.sparse_jacobian(&at).unwrap().to_dense(), program.jacobian(&at).unwrap());
    });
}

/// Recorded gradients of gradients grow threefold with each order: a thousand orders would not fit into any memory.
#[test]
fn derivatives_of_an_order_that_cannot_be_recorded_are_refused() {
    let error = gradus::derivatives(|x| x.sin().exp(), 0.5, 1000).unwrap_err();
    let gradus::Error::Setting { what, value, .. } = error else { panic!("{error}") };
    assert_eq!((what, value), ("the order of the derivatives", 1000.0));
    // A function whose derivatives end has as many as anyone asks for.
    let all = gradus::derivatives(|x| x.powi(3), 2.0, 1000).unwrap();
    assert_eq!((all.len(), &all[..5]), (1001, [8.0, 12.0, 12.0, 6.0, 0.0].as_slice()));
}

/// Ten million steps would be gigabytes of text: that is said at once, and the tape is as good as before.
#[test]
fn an_explanation_that_would_be_too_long_is_refused() {
    in_a_small_thread(|| {
        let tape = Tape::new();
        let x = tape.var(1.0);
        let y = (0..10_000_000).fold(x, |y, _| y + 1e-9);
        let error = gradus::explain::backward(y).unwrap_err();
        let gradus::Error::Setting { what, value, .. } = error.clone() else { panic!("{error}") };
        assert_eq!((what, value), ("the number of steps of an explanation", 20_000_001.0));
        assert_eq!(gradus::explain::between(y, &[x]).unwrap_err(), error);
        // Edges count as well: one variable may be used many times.
        let wide = gradus::sum(&vec![x; 5_000_000]);
        assert!(matches!(gradus::explain::backward(wide), Err(gradus::Error::Setting { .. })));
        assert_eq!(y.backward()[x], 1.0);
    });
}

#[test]
fn an_explanation_of_a_long_chain_does_not_use_the_stack() {
    in_a_small_thread(|| {
        const LENGTH: usize = 100_000;
        let explanation = gradus::explain::function(|x| (0..LENGTH).fold(x[0], |y, _| y + 1e-9), &[1.0]).unwrap();
        assert_eq!((explanation.backward.len(), explanation.gradient[0].derivative), (LENGTH, 1.0));
        assert!(format!("{explanation}").lines().count() > LENGTH);
        assert!(explanation.picture().dot().len() > 100, "what is large is grouped");
        let copy = explanation.clone();
        drop(explanation);
        assert_eq!(copy.between(&[0]).backward.len(), LENGTH);
    });
}

/// The formula of a long list is wider than the formatter allows a column to be, and as a column would be a table of gigabytes.
#[test]
fn an_explanation_of_a_long_list_is_a_table() {
    let explanation = gradus::explain::function(gradus::sum, &vec![1.0; 100_000]).unwrap();
    let table = explanation.to_string();
    assert!(table.lines().count() > 200_000 && table.len() < 100_000_000, "{}", table.len());
    let named = gradus::explain::function_of(|x| x[0] * x[0], &[("n".repeat(100_000).as_str(), 3.0)]).unwrap();
    assert!(named.to_string().ends_with(" = 6"));
    let picture = named.picture().decimals(usize::MAX);
    assert!([picture.svg(), picture.dot(), picture.mermaid()].iter().all(|picture| picture.len() > 300));
}
