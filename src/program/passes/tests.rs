//! Each pass by itself: what it makes of small dataflows, and that it keeps the meaning of random ones in every mode.

use super::split::split;
use super::*;
use crate::number::Jet;
use crate::op::{self, Op, Visitor};
use crate::program::compute::Compute;
use crate::program::dataflow::Detail;
use crate::program::record::Lowering;
use crate::program::replay::{Memory, Replay};
use crate::program::schedule::schedule;
use crate::program::source::{Groups, Reads, Source};
use crate::rule::{ListRule, Rule, Scalar};
use crate::tape::Var;

type PassRun = fn(&Dataflow) -> Dataflow;

fn recorded(n: usize, f: impl FnOnce(&[Var]) -> Vec<Var>) -> Dataflow {
    let groups = Groups { shared: 0, sample: n };
    Dataflow::new(&Source::record(f, &vec![0.5; n], groups, Reads::Refused).unwrap())
}

fn fused(flow: &Dataflow) -> Dataflow {
    fuse_and_sweep(flow, Sharing::None)
}

/// Fused for a batch whose first two inputs are shared.
fn fused_for_samples(flow: &Dataflow) -> Dataflow {
    fuse_and_sweep(flow, Sharing::First(2))
}

fn listed(flow: &Dataflow) -> Vec<String> {
    let named = |ids: &[u32]| ids.iter().map(|id| format!(" v{id}")).collect::<String>();
    let mut lines: Vec<String> = Vec::new();
    for (id, value) in flow.values.iter().enumerate() {
        let what = match value.detail {
            Detail::Input(ordinal) => format!("x[{ordinal}]"),
            Detail::Literal(c) => c.to_string(),
            Detail::Custom(number) => flow.customs[number as usize].info.name.to_owned() + &named(&value.operands),
            Detail::None => value.op.info().unwrap().name.to_owned() + &named(&value.operands),
        };
        lines.push(format!("v{id} = {what}"));
    }
    lines.extend(flow.guards.iter().map(|guard| format!("guard{}", named(&guard.operands))));
    lines.push(format!("return{}", named(&flow.outputs)));
    lines
}

#[track_caller]
fn check(pass: PassRun, f: impl FnOnce(&[Var]) -> Vec<Var>, expected: &[&str]) {
    assert_eq!(listed(&pass(&recorded(3, f))), expected);
}

#[test]
fn constants_alone() {
    check(
        fold::fold,
        |x| {
            let literals = op::product(&[Var::from(2.0), Var::from(3.0), x[0].detach() * 0.0]) * 0.5;
            vec![x[0] * 1.0 - 0.0, -(-x[1]), x[2].powi(2), literals, x[0] + 0.0]
        },
        &[
            "v0 = x[0]",
            "v1 = x[1]",
            "v2 = x[2]",
            "v3 = detach v0",
            "v4 = 0",
            "v5 = mul v3 v4",
            "v6 = 2",
            "v7 = 3",
            "v8 = product v6 v7 v5",
            "v9 = 0.5",
            "v10 = mul v8 v9",
            "v11 = 1",
            "v12 = neg v1",
            "v13 = mul v2 v2",
            "v14 = add v0 v4",
            "return v0 v1 v13 v10 v14",
        ],
    );
}

#[test]
fn common_subexpressions_alone() {
    check(
        common::share,
        |x| vec![x[0] * x[1] - x[1] * x[0], x[0] - x[1], x[1] - x[0], x[0] - x[1]],
        &[
            "v0 = x[0]",
            "v1 = x[1]",
            "v2 = x[2]",
            "v3 = mul v0 v1",
            "v4 = sub v3 v3",
            "v5 = sub v0 v1",
            "v6 = sub v1 v0",
            "return v4 v5 v6 v5",
        ],
    );
}

#[test]
fn dead_code_alone() {
    check(
        dead::sweep,
        |x| {
            let _ = x[0].sin() * 3.0;
            if x[1].exp() > 2.0 { vec![x[2]] } else { vec![x[2].cos()] }
        },
        &["v0 = x[0]", "v1 = x[1]", "v2 = x[2]", "v3 = exp v1", "v4 = cos v2", "v5 = 2", "guard v5 v3", "return v4"],
    );
}

#[test]
fn fusion_alone() {
    check(
        fused,
        |x| vec![(x[0] * x[1] + x[2]) + x[0] * x[2] - x[1]],
        &[
            "v0 = x[0]",
            "v1 = x[1]",
            "v2 = x[2]",
            "v3 = 1",
            "v4 = -1",
            "v5 = dot_halves v0 v3 v0 v4 v1 v2 v2 v1",
            "return v5",
        ],
    );
}

#[test]
fn fusion_with_shared_values_puts_them_on_the_left() {
    // The product of what is not shared is a summand of its own.
    check(
        fused_for_samples,
        |x| vec![x[2] * x[0] + x[1] + x[2] * x[2] + x[2]],
        &[
            "v0 = x[0]",
            "v1 = x[1]",
            "v2 = x[2]",
            "v3 = 1",
            "v4 = mul v2 v2",
            "v5 = dot_halves v0 v1 v3 v3 v2 v3 v2 v4",
            "return v5",
        ],
    );
}

#[test]
fn splitting_alone() {
    let flow = recorded(3, |x| vec![(x[0] * x[1]).exp() * x[2] + x[0], x[1].sin()]);
    let parts = split(&flow, 2);
    assert_eq!(
        listed(&parts.shared),
        ["v0 = x[0]", "v1 = x[1]", "v2 = mul v0 v1", "v3 = exp v2", "v4 = sin v1", "return v0 v3 v4"]
    );
    let expected =
        ["v0 = x[0]", "v1 = x[1]", "v2 = x[2]", "v3 = x[3]", "v4 = mul v1 v3", "v5 = add v4 v0", "return v5 v2"];
    assert_eq!(listed(&parts.sample), expected);
}

/// A random formula of all sorts of ops, within their domains.
struct Growing {
    pool: Vec<Var>,
    rng: fastrand::Rng,
}

impl Growing {
    fn pick(&mut self) -> Var {
        self.pool[self.rng.usize(..self.pool.len())]
    }

    fn within(&mut self, (low, high): (f64, f64)) -> Var {
        let share = self.pick().sigmoid();
        if low == high { Var::from(low) } else { low + (high - low) * share }
    }

    fn keep(&mut self, made: Var) {
        let literal = f64::from(self.rng.i32(-1..2));
        self.pool.push((made * 0.25).tanh() + literal);
    }

    fn sum(&mut self) {
        let (a, b, c, d) = (self.pick(), self.pick(), self.pick(), self.pick());
        let x = [self.pool[0], self.pool[1]];
        let made = match self.rng.u32(0..9) {
            0 => a * b + c * d - a,
            1 => (a - b * c) - (d - a * 2.0),
            2 => x[0] * a + x[1] * b + c * d + x[0],
            3 => a * b * c * d * 0.1 + -(a * b),
            4 => [a, b, c * d, -a].into_iter().sum(),
            5 => op::sum(&[a * b, c, -d]) + op::dot(&[a, b], &[c, d]),
            6 => a.mul_add(b, c * d) - 1.0 * b.mul_add(c, -a),
            7 => {
                let sum = a * b + c + d;
                sum * 0.1 + (sum - a) * 0.1
            }
            _ => op::product(&[a.tanh(), b.tanh(), c.tanh()]) + a.powi(3) * 0.1 + (b - 0.0) * 1.0 - -(-c),
        };
        self.keep(made);
    }
}

impl Visitor for Growing {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        self.sum();
        if self.rng.f64() < 0.4 {
            let intervals = R::DOMAIN[self.rng.usize(..R::DOMAIN.len())];
            let x = std::array::from_fn(|i| self.within(intervals[i]));
            self.keep(Var::apply::<R, N>(x));
        }
    }

    fn list_rule<R: ListRule>(&mut self) {
        let interval = R::DOMAIN[0];
        let x: Vec<Var> = (0..2 * self.rng.usize(1..6)).map(|_| self.within(interval)).collect();
        self.keep(Var::apply_list::<R>(&x));
    }
}

const INPUTS: usize = 5;

fn random(seed: u64) -> Dataflow {
    recorded(INPUTS, |x| {
        let mut growing = Growing { pool: x.to_vec(), rng: fastrand::Rng::with_seed(seed) };
        op::visit(&mut growing);
        let pool = growing.pool;
        vec![pool[20], pool[pool.len() - 1], pool.iter().copied().sum::<Var>() * 0.01]
    })
}

/// The outputs of a dataflow and its gradient along seeds.
fn replayed<C: Replay + Compute<Stored = C>>(flow: &Dataflow, input: impl Fn(usize) -> C) -> Vec<C> {
    let code = schedule(flow, Sharing::None, Lowering::Full);
    let mut memory = Memory::<C>::new(&code);
    memory.forward(&code, input);
    memory.reverse(&code, |output| C::lit(1.0 - 0.75 * output as f64));
    let outputs = (0..code.outputs.len()).map(|output| memory.output(&code, output));
    outputs.chain((0..code.inputs.len()).map(|input| memory.adjoint(&code, input))).collect()
}

/// Values, gradient, and from jets the Jacobian along four directions and the Hessian times each.
fn modes(flow: &Dataflow) -> Vec<f64> {
    let at = |input: usize| 0.3 * input as f64 - 0.5;
    let moving = |input: usize| Jet { value: at(input), tangents: [1.0, 0.5, -2.0, 0.0].map(|t| t + input as f64) };
    let jets = replayed(flow, moving).into_iter().flat_map(|jet| [&[jet.value][..], &jet.tangents].concat());
    replayed(flow, at).into_iter().chain(jets).collect()
}

#[track_caller]
fn same(what: &str, flow: &Dataflow, expected: &[f64]) {
    let found = modes(flow);
    assert_eq!(found.len(), expected.len());
    for (place, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= 1e-10 * (1.0 + b.abs()), "{what}, entry {place}: {a} and not {b}");
    }
}

#[test]
fn every_pass_keeps_what_random_dataflows_compute() {
    let passes = PASSES.iter().map(|pass| (pass.name, pass.run));
    let passes: Vec<(&str, PassRun)> =
        passes.chain([("fusion", fused as PassRun), ("fusion for samples", fused_for_samples)]).collect();
    for seed in 0..20 {
        let flow = random(seed);
        let expected = modes(&flow);
        let mut lowered = flow.clone();
        for &(name, pass) in &passes {
            same(&format!("{name} alone, seed {seed}"), &pass(&flow), &expected);
            let next = pass(&lowered);
            same(&format!("{name} after the others, seed {seed}"), &next, &expected);
            // Small powers become products; fusion may name a factor that nobody named before.
            assert!(name != "dead code" || next.computed() <= lowered.computed());
            lowered = next;
        }
        // Nothing computed is left that nothing needs.
        let uses = lowered.uses();
        let idle = |(value, uses): (&super::super::dataflow::Value, &u32)| *uses == 0 && value.op != Op::Input;
        assert!(!lowered.values.iter().zip(&uses).any(idle), "seed {seed}");
    }
}

#[test]
fn the_two_parts_of_a_split_compute_what_the_whole_did() {
    for seed in 0..20 {
        for count in 0..=INPUTS {
            let flow = random(seed);
            let parts = split(&flow, count);
            let exports = parts.shared.outputs.len();
            let at = |input: usize| 0.3 * input as f64 - 0.5;
            let shared = replayed::<f64>(&parts.shared, at);
            let whole = replayed::<f64>(&flow, at);
            let own = |input: usize| if input < exports { shared[input] } else { at(input - exports + count) };
            let found = replayed::<f64>(&parts.sample, own);
            let outputs = flow.outputs.len();
            let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-12 * (1.0 + b.abs()));
            assert!(close(&found[..outputs], &whole[..outputs]), "seed {seed}, {count} shared");
            assert!(close(&found[outputs + exports..], &whole[outputs + count..]), "seed {seed}, {count} shared");
            assert_eq!(found.len() - outputs - exports, INPUTS - count);
        }
    }
}
