//! How often a replay asks for memory: never, once its workspace is there.

use allocation_counter::measure;
use gradus::program::{Lowering, Recorder};
use gradus::{Program, Var};

/// Allocations of `work`.
fn count(work: impl FnOnce()) -> u64 {
    measure(work).count_total
}

/// Nothing more is asked of a result than that it is one.
fn ignore<T>(result: gradus::Result<T>) {
    assert!(result.is_ok());
}

fn point(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.3 + 0.4 * ((i * 7 % 11) as f64 / 11.0)).collect()
}

/// A net of 2-16-16-1, its 337 weights the first inputs.
fn net(x: &[Var]) -> Var {
    let (weights, mut layer) = (&x[..337], x[337..].to_vec());
    let mut weight = weights.iter().copied();
    for outs in [16, 16, 1] {
        let sums = (0..outs).map(|_| {
            let start: Var = weight.next().unwrap();
            layer.iter().fold(start, |sum, &each| sum + weight.next().unwrap() * each)
        });
        layer = sums.collect::<Vec<Var>>().into_iter().map(|sum| sum.tanh()).collect();
    }
    layer[0]
}

fn rosenbrock(x: &[Var]) -> Var {
    x.windows(2).map(|x| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2)).sum()
}

/// Lists of 20.
fn lists(x: &[Var]) -> Var {
    let (left, right) = x.split_at(20);
    let sums = gradus::sum(left) * gradus::product(left) + gradus::mean(right) * gradus::norm(right);
    sums + gradus::dot(left, right) * gradus::log_sum_exp(left)
}

type OfVars = fn(&[Var]) -> Var;

const FUNCTIONS: [(&str, usize, OfVars); 3] =
    [("net", 339, net), ("rosenbrock", 1000, rosenbrock), ("lists", 40, lists)];

#[test]
fn a_replay_allocates_nothing() {
    for (name, n, f) in FUNCTIONS {
        let x = point(n);
        let program = Program::record(&x, f).unwrap();
        let mut workspace = program.workspace::<f64>();
        let once = count(|| {
            workspace.gradient(&x).unwrap();
        });
        assert!(once <= 1, "{name}: the first takes {once}");
        let found = [
            count(|| ignore(workspace.values(&x))),
            count(|| ignore(workspace.gradient(&x))),
            count(|| ignore(workspace.vjp(&x, &[2.0]))),
        ];
        assert_eq!(found, [0; 3], "values, gradient, vjp of {name}");
    }
}

#[test]
fn a_replay_in_single_precision_allocates_nothing_but_for_long_lists() {
    for (name, n, f) in FUNCTIONS {
        let x = point(n);
        let program = Program::record(&x, f).unwrap();
        let narrow: Vec<f32> = x.iter().map(|&each| each as f32).collect();
        let mut workspace = program.workspace::<f32>();
        workspace.gradient(&narrow).unwrap();
        let found = count(|| ignore(workspace.gradient(&narrow)));
        // Products, means, norms and log_sum_exp of more than 8 numbers are computed from a copy in `f64`.
        assert!(found <= if name == "lists" { 4 } else { 0 }, "{name}: {found}");
    }
}

#[test]
fn without_lowering_the_values_allocate_nothing() {
    for (name, n, f) in FUNCTIONS {
        let x = point(n);
        let program = Recorder::new().lowering(Lowering::None).record(&x, f).unwrap();
        let mut workspace = program.workspace::<f64>();
        workspace.values(&x).unwrap();
        assert_eq!(count(|| ignore(workspace.values(&x))), 0, "{name}");
    }
}

/// Does `work` on one thread, whose allocations are all that is counted.
#[cfg(feature = "batch")]
fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    #[cfg(feature = "parallel")]
    return rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(work);
    #[cfg(not(feature = "parallel"))]
    work()
}

/// The results, and what a round over the chunks needs: nothing for each sample.
#[cfg(feature = "batch")]
fn batch_of(what: &str, program: &Program, most: u64) {
    let (shared, inputs) = (point(program.shared_inputs()), program.sample_inputs());
    let found = on_one_thread(|| {
        let mut batches = program.batches::<f64>();
        [32, 1000, 10_000].map(|samples| {
            let samples = point(inputs * samples);
            ignore(batches.gradient(&shared, &samples));
            count(|| ignore(batches.gradient(&shared, &samples)))
        })
    });
    println!("{what}: {found:?} allocations for 32, 1000 and 10000 samples");
    assert!(found.iter().all(|&count| count <= most), "{what}: {found:?}");
}

#[cfg(feature = "batch")]
#[test]
fn a_batch_allocates_a_few_times_however_long_it_is() {
    let f = |w: &[Var], x: &[Var]| net(&[w, x].concat());
    batch_of("net", &Program::record_shared(&point(337), &point(2), f).unwrap(), 4);
}

/// As long as the lists are short.
#[cfg(feature = "batch")]
#[test]
fn lists_and_ops_of_ones_own_in_a_batch_allocate_once_a_chunk() {
    let f = |w: &[Var], x: &[Var]| {
        let list = [w[0] * x[0], x[1], w[1], x[0], w[0]];
        let sums = gradus::sum(&list) * gradus::product(&list) + gradus::mean(&list) * gradus::norm(&list);
        sums + gradus::log_sum_exp(&list) * (w[1] * x[1]).detach()
    };
    batch_of("lists", &Program::record_shared(&point(2), &point(2), f).unwrap(), 60);
}
