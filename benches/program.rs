//! The compiled program: batches beside a plain forward pass, training steps, and replays of a single point beside recording
//! afresh. The crate in `benches/peers` measures others on the same.

#[allow(dead_code)]
#[macro_use]
mod workloads;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gradus::program::{CpuLevel, Element, Reduction, SparseHessian, SparseJacobian};
use gradus::{Program, Var};
use std::hint::black_box;
use std::time::Duration;
use workloads::net::{Net, rounded};
use workloads::*;

fn settings(
    criterion: &mut Criterion,
    name: String,
) -> criterion::BenchmarkGroup<'_, criterion::measurement::WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(30).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(800));
    group
}

/// The full gradient of a batch, beside the plain forward pass of the same net, sample by sample.
fn batches(criterion: &mut Criterion) {
    for (name, net) in [("tanh", Net::moons(Activation::Tanh)), ("relu", Net::moons(Activation::Relu))] {
        let (program, parameters) = (net.program(), net.parameters());
        for count in [96, 1000] {
            let samples = net.samples(count);
            let mut group = settings(criterion, format!("moons {name}, {count} samples"));
            group.throughput(Throughput::Elements(count as u64));
            let sample = net.inputs() + net.outputs();
            let (mut now, mut next) = (Vec::new(), Vec::new());
            group.bench_function("plain forward f64", |b| {
                b.iter(|| {
                    let parameters = black_box(&parameters[..]);
                    let each = samples.chunks_exact(sample).map(|sample| {
                        net.forward(parameters, &sample[..net.inputs()], &mut now, &mut next);
                        now[0]
                    });
                    each.sum::<f64>()
                });
            });
            for level in [CpuLevel::Baseline, CpuLevel::Avx2, CpuLevel::Avx512] {
                if level.is_available() {
                    batch::<f64>(
                        &mut group,
                        &format!("gradient f64 {level:?}"),
                        &program,
                        level,
                        &parameters,
                        &samples,
                    );
                    batch::<f32>(
                        &mut group,
                        &format!("gradient f32 {level:?}"),
                        &program,
                        level,
                        &parameters,
                        &samples,
                    );
                }
            }
            group.finish();
        }
    }
}

fn batch<N: Element>(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    program: &Program,
    level: CpuLevel,
    parameters: &[f64],
    samples: &[f64],
) {
    let (parameters, samples) = (rounded::<N>(parameters), rounded::<N>(samples));
    let mut batches = program.batches::<N>().level(level);
    group.bench_function(name, |b| {
        b.iter(|| batches.gradient(black_box(&parameters), black_box(&samples)).expect("a batch has a gradient"));
    });
}

/// Panics unless ten steps of training end where they do in Python: nobody is to be measured on another problem.
fn check_training() {
    const EXPECTED: &str = include_str!("workloads/expected.json");
    let expected: serde_json::Value = serde_json::from_str(EXPECTED).expect("the file holds JSON");
    let learning_rate = expected["learning_rate"].as_f64().expect("a number");
    let cases = expected["cases"].as_array().expect("a list");
    assert!(cases.len() >= 10, "{} cases", cases.len());
    for case in cases {
        let net = match (case["net"].as_str(), case["activation"].as_str()) {
            (Some("64-64-10"), _) => Net::classifier(),
            (_, Some("tanh")) => Net::moons(Activation::Tanh),
            _ => Net::moons(Activation::Relu),
        };
        let samples = net.samples(case["batch"].as_u64().expect("a number") as usize);
        let (program, mut parameters) = (net.program(), net.parameters());
        let mut batches = program.batches::<f64>().reduction(Reduction::Mean);
        let mut step = |parameters: &mut Vec<f64>| {
            let batch = batches.gradient(parameters, &samples).expect("a batch has a gradient");
            parameters.iter_mut().zip(&batch.gradient).for_each(|(value, partial)| *value -= learning_rate * partial);
            batch.values.iter().sum::<f64>() / batch.values.len() as f64
        };
        let first = step(&mut parameters);
        for _ in 1..10 {
            step(&mut parameters);
        }
        let last = step(&mut parameters);
        for (loss, name) in [(first, "loss_at_start"), (last, "loss_after_10_steps")] {
            let expected = case[name].as_f64().expect("a number");
            assert!((loss - expected).abs() <= 1e-12 * expected, "{name} of {case}: {loss}");
        }
    }
}

/// A step of training: forward, back, and the update of the parameters.
fn training(criterion: &mut Criterion) {
    check_training();
    let nets: [(&str, Net, &[usize]); 3] = [
        ("2-16-16-1 tanh", Net::moons(Activation::Tanh), &[1, 32, 100, 1000]),
        ("2-16-16-1 relu", Net::moons(Activation::Relu), &[1, 32, 100, 1000]),
        ("64-64-10", Net::classifier(), &[32, 100]),
    ];
    for (name, net, sizes) in nets {
        let program = net.program();
        let mut group = settings(criterion, format!("training step {name}"));
        for &count in sizes {
            step::<f64>(&mut group, "f64", count, &net, &program);
            step::<f32>(&mut group, "f32", count, &net, &program);
        }
        group.finish();
    }
}

fn step<N: Element>(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    count: usize,
    net: &Net,
    program: &Program,
) {
    let mut parameters = rounded::<N>(&net.parameters());
    let samples = rounded::<N>(&net.samples(count));
    let mut batches = program.batches::<N>().reduction(Reduction::Mean);
    // Small enough that the net goes on learning for all the steps that are measured.
    let learning_rate = N::lit(1e-4);
    group.bench_function(BenchmarkId::new(name, count), |b| {
        b.iter(|| {
            let batch = batches.gradient(&parameters, black_box(&samples)).expect("a batch has a gradient");
            for (parameter, partial) in parameters.iter_mut().zip(&batch.gradient) {
                *parameter -= learning_rate * *partial;
            }
        });
    });
}

/// Replays a program at new points.
fn replay(workload: &impl Workload) -> Contender<'_> {
    let program =
        Program::record(&workload.inputs(), |x: &[Var]| workload.value(x)).expect("a workload can be recorded");
    let gradient = move |x: &[f64]| {
        let mut workspace = program.workspace();
        workspace.gradient(x).expect("a workload has a gradient").1.to_vec()
    };
    ("replay", Box::new(gradient))
}

/// One point: a replay in a workspace that is kept, beside recording afresh.
fn singles(criterion: &mut Criterion) {
    for_each_workload!(|workload| {
        check(workload, vec![gradus(workload), replay(workload)]);
    });
    for_each_workload!(|workload| {
        let program =
            Program::record(&workload.inputs(), |x: &[Var]| workload.value(x)).expect("a workload can be recorded");
        let mut workspace = program.workspace::<f64>();
        let x = workload.inputs();
        let mut group = settings(criterion, format!("single {}", workload.name()));
        group.throughput(Throughput::Elements(workload.ops() as u64));
        let (_, mut record) = gradus(workload);
        group.bench_function("record and sweep", |b| b.iter(|| record(black_box(&x))));
        group.bench_function("replay", |b| b.iter(|| workspace.gradient(black_box(&x)).map(|(value, _)| value)));
        group.finish();
    });
}

/// A band of 10,000 variables: its sparse Jacobian and Hessian beside one gradient.
fn sparse(criterion: &mut Criterion) {
    const N: usize = 10_000;
    let x: Vec<f64> = (0..N).map(|i| 0.5 + 0.4 * (i as f64).sin()).collect();
    // The chained function of Rosenbrock; its gradient is a function whose Jacobian is the band.
    let function =
        |x: &[Var]| -> Var { x.windows(2).map(|x| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)).sum() };
    let slopes = |x: &[Var]| -> Vec<Var> {
        let inner = |i: usize| -400.0 * x[i] * (x[i + 1] - x[i] * x[i]) - 2.0 * (1.0 - x[i]);
        (1..N - 1).map(|i| inner(i) + 200.0 * (x[i] - x[i - 1] * x[i - 1])).collect()
    };
    let (one, many) = (Program::record(&x, function), Program::record(&x, slopes));
    let (one, many) = (one.expect("it can be recorded"), many.expect("it can be recorded"));
    let mut workspace = one.workspace::<f64>();
    let mut jacobian = SparseJacobian::new(&many);
    let mut hessian = SparseHessian::new(&one).expect("it has one output");
    let mut group = settings(criterion, "band of 10000".to_owned());
    group.bench_function("gradient", |b| b.iter(|| workspace.gradient(black_box(&x)).map(|(value, _)| value)));
    let mut values = many.workspace::<f64>();
    group.bench_function("values of the gradient", |b| b.iter(|| values.values(black_box(&x)).map(|all| all[0])));
    group.bench_function("jacobian of the gradient", |b| {
        b.iter(|| jacobian.at(black_box(&x)).map(|matrix| matrix.values()[0]))
    });
    group.bench_function("hessian", |b| b.iter(|| hessian.at(black_box(&x)).map(|matrix| matrix.values()[0])));
    group.bench_function("pattern and colours of the hessian", |b| b.iter(|| SparseHessian::new(&one)));
    group.finish();
}

/// All rows of a Jacobian of few outputs, beside a gradient of each.
fn rows(criterion: &mut Criterion) {
    let x: Vec<f64> = (0..100).map(|i| 0.5 + 0.4 * (i as f64).sin()).collect();
    for outputs in [2_usize, 4, 16] {
        // A chain each, of which nothing lies side by side.
        let f = |x: &[Var]| -> Vec<Var> {
            (0..outputs).map(|i| x.iter().fold(x[i], |sum, &each| (sum * each + x[i]) / (1.0 + sum * sum))).collect()
        };
        let program = Program::record(&x, f).expect("it can be recorded");
        let mut workspace = program.workspace::<f64>();
        let mut group = settings(criterion, format!("jacobian of {outputs} rows"));
        group.bench_function("a sweep a row", |b| {
            b.iter(|| {
                let seed = |row: usize| (0..outputs).map(|output| f64::from(output == row)).collect::<Vec<_>>();
                let row = |row: usize| workspace.vjp(black_box(&x), &seed(row)).map(|(_, row)| row.to_vec());
                (0..outputs).map(row).collect::<Result<Vec<_>, _>>()
            });
        });
        group.bench_function("four rows a sweep", |b| b.iter(|| program.jacobian(black_box(&x))));
        group.finish();
    }
}

/// How the cost grows: with the width of a net, with its samples, with the threads, with the length of a program.
fn growth(criterion: &mut Criterion) {
    let widths: [&'static [usize]; 5] =
        [&[2, 8, 8, 1], &[2, 16, 16, 1], &[2, 32, 32, 1], &[2, 64, 64, 1], &[2, 128, 128, 1]];
    let mut group = settings(criterion, "growth with the width, 256 samples".to_owned());
    for sizes in widths {
        let net = Net { sizes, ..Net::moons(Activation::Tanh) };
        let (program, parameters, samples) = (net.program(), net.parameters(), net.samples(256));
        let mut batches = program.batches::<f64>();
        group.bench_function(BenchmarkId::from_parameter(parameters.len()), |b| {
            b.iter(|| batches.gradient(black_box(&parameters), &samples));
        });
    }
    group.finish();

    let net = Net::moons(Activation::Tanh);
    let (program, parameters) = (net.program(), net.parameters());
    let mut group = settings(criterion, "growth with the samples".to_owned());
    for count in [1, 10, 100, 1_000, 10_000, 100_000] {
        let samples = net.samples(count);
        let mut batches = program.batches::<f64>();
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| batches.gradient(black_box(&parameters), &samples));
        });
    }
    group.finish();

    #[cfg(feature = "parallel")]
    {
        let mut group = settings(criterion, "growth with the threads, 10000 samples".to_owned());
        let samples = net.samples(10_000);
        for threads in [1, 2, 4] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
            let mut batches = program.batches::<f64>();
            group.bench_function(BenchmarkId::from_parameter(threads), |b| {
                pool.install(|| b.iter(|| batches.gradient(black_box(&parameters), &samples)));
            });
        }
        group.finish();
    }

    let mut group = settings(criterion, "growth with the operations of a chain".to_owned());
    for steps in [100, 1_000, 10_000, 100_000, 1_000_000] {
        let chain = |x: &[Var]| (0..steps).fold(x[0], |y, _| y * 0.999 + x[1]);
        let program = Program::record(&[1.0, 0.1], chain).expect("it can be recorded");
        let mut workspace = program.workspace::<f64>();
        group.bench_function(BenchmarkId::from_parameter(2 * steps), |b| {
            b.iter(|| workspace.gradient(black_box(&[1.0, 0.1])).map(|(value, _)| value));
        });
    }
    group.finish();
}

criterion_group!(benches, batches, training, singles, sparse, rows, growth);
criterion_main!(benches);
