//! Programs that are used wrongly: with lists of another shape, by many threads, watched by those who break off or panic.

use gradus::program::Workspace;
use gradus::{Error, Program, Var};
use std::sync::Arc;

fn two_by_two() -> Program {
    Program::record_shared(&[1.0, 2.0], &[3.0], |w, x| [w[0] * x[0], w[1] + x[0]]).unwrap()
}

#[test]
fn lists_of_another_shape_name_both_lengths() {
    #[track_caller]
    fn check<T>(result: gradus::Result<T>, lengths: (usize, usize)) {
        let Err(error) = result else { panic!("it was taken") };
        let Error::Length { found, expected, .. } = error else { panic!("{error}") };
        assert_eq!((found, expected), lengths);
        let text = error.to_string();
        assert!(
            text.contains(&format!("length {found}")) && text.contains(&format!("{expected} was expected")),
            "{text}"
        );
    }
    let program = two_by_two();
    let x = [1.0, 2.0, 3.0];
    for short in [&x[..0], &x[..2], &[1.0; 4]] {
        check(program.values(short), (short.len(), 3));
        check(program.vjp(short, &[1.0; 2]), (short.len(), 3));
        check(program.jacobian(short), (short.len(), 3));
        check(program.jvp(short, &x), (short.len(), 3));
        check(program.jvp(&x, short), (short.len(), 3));
        check(program.workspace::<f64>().values(short), (short.len(), 3));
        let single: Vec<f32> = short.iter().map(|&x| x as f32).collect();
        check(program.workspace::<f32>().values(&single), (short.len(), 3));
    }
    check(program.vjp(&x, &[1.0; 3]), (3, 2));
    assert_eq!(program.gradient(&x).unwrap_err(), Error::OutputCount { found: 2 });
    let one = Program::record(&x, |x| x[0] * x[1] * x[2]).unwrap();
    check(one.gradient(&x[..1]), (1, 3));
    check(one.hessian(&x[..1]), (1, 3));
    check(one.hvp(&x, &x[..1]), (1, 3));
}

/// What an error leaves behind is as good as new.
#[test]
fn a_workspace_goes_on_after_errors() {
    let f = |x: &[Var]| if x[0] > 0.0 { x[0] * x[1] } else { x[1] };
    let program = Program::record(&[1.0, 2.0], f).unwrap();
    let mut workspace: Workspace<'_, f64> = program.workspace();
    for _ in 0..3 {
        assert!(matches!(workspace.gradient(&[-1.0, 2.0]), Err(Error::BranchChanged { .. })));
        assert!(matches!(workspace.gradient(&[f64::NAN, 2.0]), Err(Error::NonFinitePoint { index: 0, .. })));
        assert!(matches!(workspace.vjp(&[1.0, 2.0], &[f64::NAN]), Err(Error::NonFinitePoint { what: "seed", .. })));
        assert_eq!(workspace.gradient(&[3.0, 4.0]).unwrap(), (12.0, [4.0, 3.0].as_slice()));
    }
}

#[test]
fn threads_share_a_program_and_drop_it_in_any_order() {
    let program = Arc::new(two_by_two());
    let threads: Vec<_> = (0..16)
        .map(|k| {
            let program = program.clone();
            std::thread::spawn(move || {
                let x = [f64::from(k), 2.0, 3.0];
                for _ in 0..200 {
                    assert_eq!(program.values(&x).unwrap(), [3.0 * f64::from(k), 5.0]);
                    assert_eq!(program.jacobian(&x).unwrap(), [[3.0, 0.0, f64::from(k)], [0.0, 1.0, 1.0]]);
                }
            })
        })
        .collect();
    drop(program);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// Recorded in a thread that has ended, and in one with hardly any stack.
#[test]
fn a_program_outlives_the_thread_that_recorded_it() {
    let record = || Program::record(&[1.0], |x| (0..1000).fold(x[0], |y, _| y * 1.0 + 0.001)).unwrap();
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(record).unwrap();
    let program = thread.join().unwrap();
    let (value, gradient) = program.gradient(&[2.0]).unwrap();
    assert!((value - 3.0).abs() < 1e-12);
    assert_eq!(gradient, [1.0]);
}

#[cfg(feature = "batch")]
#[test]
fn an_observer_may_break_off_at_once_or_panic() {
    use std::ops::ControlFlow;
    let program = Program::record_shared(&[2.0], &[1.0], |w, x| w[0] * x[0]).unwrap();
    let samples: Vec<f64> = (0..50_000).map(f64::from).collect();
    let expected = program.batch(&[2.0], &samples).unwrap();
    let at_once = |_: usize, _: usize| ControlFlow::Break(());
    let error = program.batches::<f64>().observer(at_once).gradient(&[2.0], &samples).unwrap_err();
    assert!(matches!(error, Error::Interrupted { of: 50_000, .. }), "{error}");
    let angry = |_: usize, _: usize| panic!("in an observer");
    let mut batches = program.batches::<f64>().observer(angry);
    // On a thread of the pool the panic is caught there and raised here.
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| batches.gradient(&[2.0], &samples)));
    assert!(panic.is_err());
    assert_eq!(program.batch(&[2.0], &samples).unwrap(), expected, "the program is as good as before");
}
