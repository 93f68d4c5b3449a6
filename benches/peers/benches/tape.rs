//! Record and sweep back: the time of a whole gradient with gradus and with its peers, each used
//! as its documentation recommends for gradients in a loop.

#[macro_use]
#[path = "../../workloads/mod.rs"]
mod workloads;

use criterion::{Criterion, criterion_group, criterion_main};
use num_dual::{Dual64, DualSVec64};
use workloads::*;

type AReal = xad_rs::AReal<f64>;
number! { [] AReal, x:
    one_minus 1.0 - x,
    sin xad_rs::math::ad::sin(&x),
    tanh xad_rs::math::ad::tanh(&x),
    relu xad_rs::math::ad::max(&x, &AReal::new(0.0)),
    exp xad_rs::math::ad::exp(&x),
    ln xad_rs::math::ad::ln(&x)
}

type Variable<'v> = RustQuant_autodiff::Variable<'v>;
number! { ['v] Variable<'v>, x:
    one_minus 1.0 - x,
    sin Variable::sin(x),
    tanh Variable::tanh(x),
    relu RustQuant_autodiff::Max::max(&x, 0.0),
    exp Variable::exp(x),
    ln Variable::ln(x)
}

// It has no maximum: a multiplication by 0 or 1 takes its place.
type ReverseVar<'t> = reverse::Var<'t>;
number! { ['t] ReverseVar<'t>, x:
    one_minus 1.0 - x,
    sin ReverseVar::sin(&x),
    tanh ReverseVar::tanh(&x),
    relu x * f64::from(u8::from(x > 0.0)),
    exp ReverseVar::exp(&x),
    ln ReverseVar::ln(&x)
}

type Echidna = echidna::Reverse<f64>;
number! { [] Echidna, x:
    one_minus 1.0 - x,
    sin num_traits::Float::sin(x),
    tanh num_traits::Float::tanh(x),
    relu num_traits::Float::max(x, Echidna::constant(0.0)),
    exp num_traits::Float::exp(x),
    ln num_traits::Float::ln(x)
}

number! { [] Dual64, x:
    one_minus -x + 1.0,
    sin num_dual::DualNum::sin(&x),
    tanh num_dual::DualNum::tanh(&x),
    relu if x > 0.0 { x } else { x * 0.0 },
    exp num_dual::DualNum::exp(&x),
    ln num_dual::DualNum::ln(&x)
}

number! { [const LANES: usize] DualSVec64<LANES>, x:
    one_minus -x + 1.0,
    sin num_dual::DualNum::sin(&x),
    tanh num_dual::DualNum::tanh(&x),
    relu if x > 0.0 { x } else { x * 0.0 },
    exp num_dual::DualNum::exp(&x),
    ln num_dual::DualNum::ln(&x)
}

/// Everyone, ready for one workload.
fn contenders<W: Workload>(workload: &W) -> Vec<Contender<'_>> {
    vec![
        gradus(workload),
        xad(workload),
        rust_quant(workload),
        reverse(workload),
        echidna(workload),
        num_dual(workload),
    ]
}

/// Its driver for loops: it clears a tape that the caller keeps.
fn xad(workload: &impl Workload) -> Contender<'_> {
    let mut tape = xad_rs::Tape::new(true);
    ("xad-rs", Box::new(move |x| xad_rs::compute_gradient_rev_with(&mut tape, x, |x| workload.value(x)).1))
}

/// A variable borrows its graph and a graph can be cleared: one graph for all gradients.
fn rust_quant(workload: &impl Workload) -> Contender<'_> {
    use RustQuant_autodiff::{Accumulate, Gradient, Graph};
    let graph = Graph::new();
    let gradient = move |x: &[f64]| {
        graph.clear();
        let x = graph.vars(x);
        workload.value(&x).accumulate().wrt(&x)
    };
    ("RustQuant_autodiff", Box::new(gradient))
}

/// As with RustQuant, one tape, cleared each time.
fn reverse(workload: &impl Workload) -> Contender<'_> {
    use reverse::{Gradient, Tape};
    let tape = Tape::new();
    let gradient = move |x: &[f64]| {
        tape.clear();
        let x = tape.add_vars(x);
        workload.value(&x).grad().wrt(&x)
    };
    ("reverse", Box::new(gradient))
}

/// `grad` takes its tape from a pool of the thread, so it need not be kept here. (Its bytecode tape
/// is recorded once and replayed, which is another question than the one asked here.)
fn echidna(workload: &impl Workload) -> Contender<'_> {
    ("echidna", Box::new(|x| echidna::grad(|x| workload.value(x), x)))
}

/// Forward mode, for scale. It has no tape; a gradient of many inputs takes many directions.
fn num_dual(workload: &impl Workload) -> Contender<'_> {
    let gradient = |x: &[f64]| match *x {
        [x] => vec![num_dual::first_derivative(|x| workload.value(&[x]), x).1],
        _ => lanes(workload, x),
    };
    ("num-dual", Box::new(gradient))
}

/// Its `gradient` carries all directions at once: of a thousand inputs, 8 kB a number. Sixteen at a
/// time were the fastest of 8, 16, 32 and all, and 4 to 45 times as fast as all.
fn lanes(workload: &impl Workload, x: &[f64]) -> Vec<f64> {
    const LANES: usize = 16;
    let mut x: Vec<DualSVec64<LANES>> = x.iter().map(|&x| DualSVec64::from_re(x)).collect();
    let mut gradient = vec![0.0; x.len()];
    for start in (0..x.len()).step_by(LANES) {
        let block = start..(start + LANES).min(x.len());
        for i in block.clone() {
            x[i] = x[i].derivative(i - start);
        }
        let directions = workload.value(&x).eps.0.unwrap_or_default();
        for i in block {
            gradient[i] = directions[i - start];
            x[i] = DualSVec64::from_re(x[i].re);
        }
    }
    gradient
}

fn tape(criterion: &mut Criterion) {
    for_each_workload!(|workload| {
        check_ops(workload);
        check(workload, contenders(workload));
    });
    for_each_workload!(|workload| measure(criterion, workload, contenders(workload)));
}

criterion_group!(benches, tape);
criterion_main!(benches);
