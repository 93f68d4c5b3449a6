//! Recorded once, replayed at a point: gradus' program beside echidna's bytecode tape, each in memory that is kept, as their
//! documentation recommends for gradients in a loop.

#[macro_use]
#[path = "../../workloads/mod.rs"]
mod workloads;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use echidna::BReverse;
use gradus::{Program, Var};
use std::hint::black_box;
use std::time::Duration;
use workloads::net::Net;
use workloads::*;

type Bytecode = BReverse<f64>;
number! { [] Bytecode, x:
    one_minus 1.0 - x,
    sin num_traits::Float::sin(x),
    tanh num_traits::Float::tanh(x),
    relu num_traits::Float::max(x, Bytecode::constant(0.0)),
    exp num_traits::Float::exp(x),
    ln num_traits::Float::ln(x)
}

/// Gradus' replay.
fn program(workload: &impl Workload) -> Contender<'_> {
    let program = Program::record(&workload.inputs(), |x: &[Var]| workload.value(x)).expect("it can be recorded");
    let mut scratch: Option<gradus::program::Workspace<f64>> = None;
    // The workspace borrows the program, and both live as long as the process.
    let program: &'static Program = Box::leak(Box::new(program));
    let gradient = move |x: &[f64]| {
        let workspace = scratch.get_or_insert_with(|| program.workspace());
        workspace.gradient(x).expect("it has a gradient").1.to_vec()
    };
    ("gradus", Box::new(gradient))
}

/// Echidna's, with the buffer that it lets the caller keep.
fn bytecode(workload: &impl Workload) -> Contender<'_> {
    let (mut tape, _) = echidna::record(|x: &[Bytecode]| workload.value(x), &workload.inputs());
    let mut buffer = Vec::new();
    ("echidna", Box::new(move |x| tape.gradient_with_buf(x, &mut buffer)))
}

fn replays(criterion: &mut Criterion) {
    for_each_workload!(|workload| {
        check_ops(workload);
        check(workload, vec![gradus(workload), program(workload), bytecode(workload)]);
    });
    for_each_workload!(|workload| measure(criterion, workload, vec![program(workload), bytecode(workload)]));
}

/// The gradient of a net over a hundred samples: a batch beside as many replays, both of a loss recorded once.
fn batches(criterion: &mut Criterion) {
    const SAMPLES: usize = 100;
    for (name, net) in [("tanh", Net::moons(Activation::Tanh)), ("relu", Net::moons(Activation::Relu))] {
        let (parameters, samples) = (net.parameters(), net.samples(SAMPLES));
        let sample = net.inputs() + net.outputs();
        let point = [&parameters[..], &samples[..sample]].concat();
        let program = net.program();
        let mut batches = program.batches::<f64>();
        let (mut tape, _) = echidna::record(
            |x: &[Bytecode]| {
                let (parameters, sample) = x.split_at(parameters.len());
                let (mut outputs, mut room) = (Vec::new(), Vec::new());
                net.forward(parameters, &sample[..net.inputs()], &mut outputs, &mut room);
                let error = outputs[0] - sample[net.inputs()];
                error * error
            },
            &point,
        );
        let mut buffer = Vec::new();
        let mut by_replays = |point: &mut Vec<f64>| {
            let mut sum = vec![0.0; parameters.len()];
            for sample in samples.chunks_exact(sample) {
                point[parameters.len()..].copy_from_slice(sample);
                let gradient = tape.gradient_with_buf(point, &mut buffer);
                sum.iter_mut().zip(&gradient).for_each(|(sum, partial)| *sum += partial);
            }
            sum
        };
        let mut point = point.clone();
        let found = batches.gradient(&parameters, &samples).expect("a batch has a gradient").gradient;
        for (a, b) in found.iter().zip(by_replays(&mut point)) {
            assert!((a - b).abs() <= 1e-10 * (1.0 + b.abs()), "{a} and not {b}");
        }
        let mut group = criterion.benchmark_group(format!("net {name}, {SAMPLES} samples"));
        group
            .throughput(Throughput::Elements(SAMPLES as u64))
            .sample_size(20)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_millis(1500));
        group.bench_function("gradus, a batch", |b| b.iter(|| batches.gradient(&parameters, black_box(&samples))));
        group.bench_function("echidna, replays", |b| b.iter(|| by_replays(black_box(&mut point))));
        group.finish();
    }
}

criterion_group!(benches, replays, batches);
criterion_main!(benches);
