//! Batches beside single replays, on random graphs, at every level of the CPU.

use crate::graphs::{Ops, formula, point};
use gradus::program::{CpuLevel, Element, Lowering, Recorder, Reduction};
use gradus::{Program, Var};

const SHARED: usize = 5;
const SAMPLE: usize = 3;
const COUNTS: [usize; 9] = [0, 1, 15, 16, 17, 31, 32, 33, 70];

pub fn levels() -> impl Iterator<Item = CpuLevel> {
    [CpuLevel::Baseline, CpuLevel::Avx2, CpuLevel::Avx512].into_iter().filter(|level| level.is_available())
}

fn recorded(seed: u64, ops: Ops, lowering: Lowering) -> Program {
    let f = |w: &[Var], x: &[Var]| formula(&[w, x].concat(), seed, ops)[2];
    Recorder::new().lowering(lowering).record_shared(&point(seed, SHARED), &point(seed + 1, SAMPLE), f).unwrap()
}

fn narrowed<N: Element>(x: &[f64]) -> Vec<N> {
    x.iter().map(|&each| N::lit(each)).collect()
}

/// The value of each sample, and the sum of the gradients, by single replays.
fn by_singles<N: Element>(program: &Program, shared: &[N], samples: &[N]) -> (Vec<N>, Vec<f64>) {
    let mut workspace = program.workspace::<N>();
    let (mut values, mut sum) = (Vec::new(), vec![0.0; shared.len()]);
    for sample in samples.chunks(program.sample_inputs()) {
        let (value, gradient) = workspace.gradient(&[shared, sample].concat()).unwrap();
        values.push(value);
        sum.iter_mut().zip(gradient).for_each(|(sum, partial)| *sum += partial.primal());
    }
    (values, sum)
}

#[track_caller]
fn all_close<N: Element>(what: &str, found: &[N], expected: &[f64], bound: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (a, b)) in found.iter().map(|each| each.primal()).zip(expected).enumerate() {
        assert!((a - b).abs() <= bound * (1.0 + b.abs()), "{what}, entry {place}: {a} instead of {b}");
    }
}

/// Values and gradients are within `bound` of single replays.
fn compare<N: Element>(seed: u64, ops: Ops, lowering: Lowering, bound: f64) {
    let program = recorded(seed, ops, lowering);
    let shared: Vec<N> = narrowed(&point(300 + seed, SHARED));
    for level in levels() {
        // One memory for all, so that nothing of one batch may be seen in the next.
        let mut batches = program.batches::<N>().level(level);
        for count in COUNTS {
            let samples: Vec<N> = narrowed(&point(400 + seed, SAMPLE * count));
            let (values, sum) = by_singles(&program, &shared, &samples);
            let what = format!("{count} samples of seed {seed}, {lowering:?}, {level:?}");
            let expected: Vec<f64> = values.iter().map(|value| value.primal()).collect();
            all_close(&what, &batches.values(&shared, &samples).unwrap(), &expected, bound);
            let batch = batches.gradient(&shared, &samples).unwrap();
            all_close(&what, &batch.values, &expected, bound);
            all_close(&what, &batch.gradient, &sum, bound * (1 + count) as f64);
        }
    }
}

#[test]
fn batches_agree_with_single_replays_on_random_graphs() {
    for seed in 0..24 {
        let ops = [Ops::Sums, Ops::Table(0.3), Ops::Table(1.0)][seed as usize % 3];
        compare::<f64>(seed, ops, Lowering::Full, 1e-12);
        compare::<f64>(seed, ops, Lowering::None, 1e-12);
    }
}

#[test]
fn batches_in_single_precision_agree_to_its_rounding() {
    for seed in 0..12 {
        let ops = [Ops::Sums, Ops::Table(0.3), Ops::Table(1.0)][seed as usize % 3];
        compare::<f32>(seed, ops, Lowering::Full, 2e-5);
    }
}

#[test]
fn without_lowering_exact_ops_have_the_bits_of_a_single_replay() {
    fn check<N: Element>(seed: u64) {
        let program = recorded(seed, Ops::Exact, Lowering::None);
        let (shared, samples) = (narrowed::<N>(&point(300 + seed, SHARED)), narrowed::<N>(&point(seed, 37 * SAMPLE)));
        let (values, _) = by_singles(&program, &shared, &samples);
        for level in levels() {
            let found = program.batches::<N>().level(level).values(&shared, &samples).unwrap();
            let same = found.iter().zip(&values).all(|(a, b)| a.primal().to_bits() == b.primal().to_bits());
            assert!(same, "seed {seed} at {level:?}: {found:?} instead of {values:?}");
        }
    }
    for seed in 0..20 {
        check::<f64>(seed);
        check::<f32>(seed);
    }
}

#[test]
fn several_outputs_stand_sample_by_sample() {
    let f = |w: &[Var], x: &[Var]| formula(&[w, x].concat(), 5, Ops::Sums);
    let program = Program::record_shared(&point(5, SHARED), &point(6, SAMPLE), f).unwrap();
    let (shared, samples) = (point(7, SHARED), point(8, SAMPLE * 35));
    let values = program.batches::<f64>().values(&shared, &samples).unwrap();
    assert_eq!(values.len(), 3 * 35);
    for (sample, found) in samples.chunks(SAMPLE).zip(values.chunks(3)) {
        let expected = program.values(&[shared.as_slice(), sample].concat()).unwrap();
        all_close("outputs", found, &expected, 1e-12);
    }
    assert!(matches!(program.batch(&shared, &samples), Err(gradus::Error::OutputCount { found: 3 })));
}

#[test]
fn a_mean_is_the_sum_divided_by_the_count() {
    let program = recorded(3, Ops::Table(0.5), Lowering::Full);
    let (shared, samples) = (point(1, SHARED), point(2, SAMPLE * 33));
    let sum = program.batch(&shared, &samples).unwrap();
    let mean = program.batches().reduction(Reduction::Mean).gradient(&shared, &samples).unwrap();
    let expected: Vec<f64> = sum.gradient.iter().map(|each| each / 33.0).collect();
    all_close("mean", &mean.gradient, &expected, 1e-14);
    assert_eq!(mean.values, sum.values);
}

#[test]
fn the_gradient_of_each_sample_is_that_of_a_single_replay() {
    let program = recorded(9, Ops::Sums, Lowering::Full);
    let (shared, samples) = (point(1, SHARED), point(2, SAMPLE * 5));
    let each = program.batches::<f64>().sample_gradients(&shared, &samples).unwrap();
    for (sample, gradient) in samples.chunks(SAMPLE).zip(&each) {
        assert_eq!(&program.gradient(&[shared.as_slice(), sample].concat()).unwrap().1, gradient);
    }
    assert_eq!(each.len(), 5);
}

/// The bits do not depend on whether there are threads: this file is compiled with and without the feature.
#[test]
fn the_bits_of_a_batch_are_the_same_in_every_build() {
    let f = |w: &[Var], x: &[Var]| {
        let mut sum = x[0];
        for i in 0..600 {
            sum = sum * w[i % 3] / (x[1] * sum + 4.0) + x[0] * w[(i + 1) % 3];
        }
        sum
    };
    let program = Program::record_shared(&[0.5, 0.25, 0.75], &[1.0, 0.5], f).unwrap();
    let samples: Vec<f64> = (0..2000).map(|i| f64::from(i * 37 % 101) / 128.0).collect();
    let batch = program.batches().level(CpuLevel::Baseline).gradient(&[0.5, 0.25, 0.75], &samples).unwrap();
    let bits: Vec<u64> = batch.gradient.iter().map(|each| each.to_bits()).collect();
    assert_eq!(bits, BITS, "{:?}", batch.gradient);
}

const BITS: [u64; 3] = [4645603559038748887, 4621739951378973748, 4639222235976940759];
