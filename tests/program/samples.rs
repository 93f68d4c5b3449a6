//! How many samples there are and who sweeps them: borders of chunks, threads, failures, observers.

use crate::batch::levels;
use gradus::program::{Batch, Lowering, Recorder, Reduction};
use gradus::{Error, Program, Var};
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A program so long that a few dozen samples are a chunk, with a comparison at its end.
fn long() -> Program {
    let f = |w: &[Var], x: &[Var]| {
        let mut sum = x[0];
        for i in 0..600 {
            sum = sum * w[i % 3] / (x[1] * sum + 4.0) + x[0] * w[(i + 1) % 3];
        }
        if x[1] < 2.0 { sum } else { w[0] }
    };
    Program::record_shared(&[0.5, 0.25, 0.75], &[1.0, 0.5], f).unwrap()
}

type OfSamples = fn(&[Var], &[Var]) -> Var;

const SHARED: [f64; 3] = [0.5, 0.25, 0.75];

fn samples(count: usize) -> Vec<f64> {
    (0..2 * count).map(|i| (i * 37 % 101) as f64 / 128.0).collect()
}

/// Does `work` on `count` threads.
fn on_threads<T: Send>(count: usize, work: impl FnOnce() -> T + Send) -> T {
    #[cfg(feature = "parallel")]
    return rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap().install(work);
    #[cfg(not(feature = "parallel"))]
    {
        let _ = count;
        work()
    }
}

#[test]
fn every_border_of_blocks_and_chunks_is_crossed() {
    let program = long();
    let all = samples(1000);
    let values: Vec<f64> = all.chunks(2).map(|x| program.values(&[&SHARED, x].concat()).unwrap()[0]).collect();
    for level in levels() {
        let mut batches = program.batches::<f64>().level(level);
        for count in [1, 31, 32, 33, 63, 64, 65, 95, 96, 97, 128, 129, 1000] {
            let batch = batches.gradient(&SHARED, &all[..2 * count]).unwrap();
            assert_eq!(batch.values.len(), count);
            let off = batch.values.iter().zip(&values).position(|(a, b)| (a - b).abs() > 1e-13);
            assert_eq!(off, None, "of {count} samples at {level:?}");
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let program = long();
    let samples = samples(1000);
    let run = |threads| -> Batch { on_threads(threads, || program.batch(&SHARED, &samples).unwrap()) };
    let one = run(1);
    assert_eq!(one.values.len(), 1000);
    assert!(one.gradient.iter().all(|partial| *partial != 0.0));
    for threads in [2, 3, 5, 16] {
        let other = run(threads);
        let bits = |batch: &Batch| batch.gradient.iter().chain(&batch.values).map(|each| each.to_bits()).collect();
        let (one, other): (Vec<u64>, Vec<u64>) = (bits(&one), bits(&other));
        assert_eq!(one, other, "{threads} threads");
    }
}

#[test]
fn the_first_sample_that_fails_is_named_for_any_number_of_threads() {
    let program = long();
    for failing in [vec![999], vec![0, 1], vec![31, 32, 700], vec![500, 131, 900, 132], vec![97, 96], vec![300, 64]] {
        let mut samples = samples(1000);
        failing.iter().for_each(|&sample| samples[2 * sample + 1] = 3.0);
        for threads in [1, 2, 3, 7] {
            let mut batches = program.batches::<f64>();
            let error = on_threads(threads, || batches.gradient(&SHARED, &samples).unwrap_err());
            let Error::BranchChanged { sample, comparison, .. } = &error else { panic!("{error}") };
            assert_eq!(*sample, failing.iter().copied().min(), "{threads} threads");
            assert_eq!(comparison, "x[4] < 2");
            // The memory is as good as new.
            let fitting = self::samples(40);
            assert_eq!(batches.gradient(&SHARED, &fitting).unwrap(), program.batch(&SHARED, &fitting).unwrap());
        }
    }
}

#[test]
fn the_first_sample_that_fails_is_named_among_gradients_of_each() {
    let f = |w: &[Var], x: &[Var]| if x[0] > 0.0 { w[0] * x[0] } else { w[0] };
    let program = Program::record_shared(&[1.0], &[1.0], f).unwrap();
    let error = program.batches::<f64>().sample_gradients(&[1.0], &[1.0, 2.0, -1.0, 3.0, -2.0]).unwrap_err();
    assert!(matches!(error, Error::BranchChanged { sample: Some(2), .. }), "{error}");
    assert!(error.to_string().contains("for sample 2"), "{error}");
}

#[test]
fn an_observer_hears_how_many_samples_are_done() {
    let program = long();
    let samples = samples(1000);
    for threads in [1, 2, 3] {
        let heard = Mutex::new(Vec::new());
        let observer = |done: usize, of: usize| {
            heard.lock().unwrap().push((done, of));
            ControlFlow::Continue(())
        };
        on_threads(threads, || program.batches::<f64>().observer(observer).gradient(&SHARED, &samples).unwrap());
        let mut heard = heard.into_inner().unwrap();
        let calls = heard.len();
        heard.sort_unstable();
        heard.dedup();
        assert!(calls > 5 && heard.len() == calls, "{heard:?}");
        assert_eq!(heard.last(), Some(&(1000, 1000)));
        // Not the place of a chunk, but what was done before it was: the first to be heard of is a single chunk.
        assert!(heard[0].0 <= 2 * 1000 / calls, "{heard:?}");
    }
}

#[test]
fn breaking_off_ends_the_batch_on_all_threads() {
    let program = long();
    let samples = samples(3000);
    for threads in [1, 2, 3] {
        let calls = AtomicUsize::new(0);
        let error = on_threads(threads, || {
            let observer = |_: usize, _: usize| match calls.fetch_add(1, Ordering::SeqCst) {
                2 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            };
            program.batches::<f64>().observer(observer).gradient(&SHARED, &samples).unwrap_err()
        });
        let Error::Interrupted { done, of } = error else { panic!("{error}") };
        assert!(done < of && of == 3000, "{done} of {of}");
        // Whoever was in the middle of a chunk finishes it.
        assert!(calls.load(Ordering::SeqCst) <= 3 + 2 * threads, "{calls:?} calls on {threads} threads");
    }
}

#[test]
fn programs_without_shared_inputs_and_with_nothing_else() {
    // Nothing shared: values, and a gradient with no entries.
    let program = Program::record(&[1.0, 2.0], |x| x[0] * x[1] + 3.0).unwrap();
    let batch = program.batch(&[], &[1.0, 2.0, 3.0, 4.0]).unwrap();
    assert_eq!(batch, Batch { values: vec![5.0, 15.0], gradient: vec![] });
    // The sample is not looked at: what is shared is the output.
    for lowering in [Lowering::Full, Lowering::None] {
        let recorder = Recorder::new().lowering(lowering);
        let cases: [(OfSamples, f64, [f64; 2]); 7] = [
            (|w, _| w[0] * w[0] * w[1], 12.0, [12.0, 4.0]),
            (|w, _| w[0], 2.0, [1.0, 0.0]),
            (|_, x| x[0], 7.0, [0.0, 0.0]),
            (|_, _| Var::from(4.0), 4.0, [0.0, 0.0]),
            (|w, x| w[0] * x[0], 14.0, [7.0, 0.0]),
            (|w, x| w[0] * x[0] + w[0] * x[0] + w[1] + w[1], 34.0, [14.0, 2.0]),
            (|w, x| (w[0] + w[1]) * x[0] + w[0] * 2.0 + (w[0] + w[1]), 44.0, [10.0, 8.0]),
        ];
        for (number, (f, value, gradient)) in cases.into_iter().enumerate() {
            let program = recorder.record_shared(&[1.0, 1.0], &[1.0], f).unwrap();
            for count in [0, 1, 16, 17, 40] {
                let batch = program.batch(&[2.0, 3.0], &vec![7.0; count]).unwrap();
                assert_eq!(batch.values, vec![value; count], "case {number}, {lowering:?}");
                assert_eq!(batch.gradient, gradient.map(|each| each * count as f64), "case {number}, {lowering:?}");
                let mut batches = program.batches().reduction(Reduction::Mean);
                let mean = batches.gradient(&[2.0, 3.0], &vec![7.0; count]).unwrap().gradient;
                let expected = if count == 0 { [0.0; 2] } else { gradient };
                assert!(mean.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "case {number}");
            }
        }
    }
}

#[test]
fn lists_that_do_not_fit_are_errors() {
    let program = Program::record_shared(&[1.0, 1.0], &[1.0, 2.0], |w, x| w[0] * x[0] + w[1] * x[1]).unwrap();
    let error = |shared: &[f64], samples: &[f64]| program.batch(shared, samples).unwrap_err().to_string();
    assert!(error(&[1.0], &[1.0, 2.0]).contains("list of shared inputs has length 1, but 2"));
    assert!(error(&[1.0; 2], &[1.0; 3]).contains("list of samples has length 3, but 4"));
    assert!(error(&[1.0, f64::NAN], &[1.0; 2]).contains("coordinate 1 of the list of shared inputs is NaN"));
    assert!(error(&[1.0; 2], &[1.0, f64::INFINITY]).contains("coordinate 1 of the list of samples is inf"));
    let all_shared = Program::record_shared(&[1.0, 1.0], &[], |w, _| w[0] * w[1]).unwrap();
    for samples in [&[][..], &[1.0]] {
        let error = all_shared.batch(&[1.0; 2], samples).unwrap_err();
        assert_eq!(error, Error::NoSampleInputs);
        assert_eq!(all_shared.batches::<f64>().sample_gradients(&[1.0; 2], samples).unwrap_err(), error);
    }
}
