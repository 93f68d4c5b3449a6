//! A program beside the tape, on random graphs, in every mode.

use crate::graphs::{Ops, formula, point};
use gradus::program::{Lowering, Recorder};
use gradus::{Dual, Program, Scalar, Var};

const INPUTS: usize = 6;
const KINDS: [Ops; 3] = [Ops::Sums, Ops::Table(0.2), Ops::Table(1.0)];

fn close(a: f64, b: f64, bound: f64) -> bool {
    (a - b).abs() <= bound * (1.0 + a.abs().max(b.abs()))
}

#[track_caller]
fn all_close(what: &str, found: &[f64], expected: &[f64], bound: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (&a, &b)) in found.iter().zip(expected).enumerate() {
        assert!(close(a, b, bound), "{what}, entry {place}: {a} instead of {b}");
    }
}

#[test]
fn a_program_equals_the_tape_in_every_mode_on_random_graphs() {
    for seed in 0..45 {
        let kind = KINDS[seed as usize % 3];
        let f = |x: &[Var]| formula(x, seed, kind);
        let one = |x: &[Var]| formula(x, seed, kind)[2];
        for lowering in [Lowering::Full, Lowering::None] {
            let recorder = Recorder::new().lowering(lowering);
            let program = recorder.record(&point(seed, INPUTS), f).unwrap();
            let single = recorder.record(&point(seed, INPUTS), one).unwrap();
            assert_eq!(program.guards(), 0);
            let x = point(1000 + seed, INPUTS);
            let direction = point(5000 + seed, INPUTS);
            let what = |mode: &str| format!("{mode} of seed {seed}, {lowering:?}");
            let bound = 1e-10;

            let jacobian = gradus::jacobian(f, &x).unwrap();
            let found = program.jacobian(&x).unwrap();
            all_close(&what("jacobian"), &found.concat(), &jacobian.concat(), bound);
            let (value, gradient) = gradus::value_and_gradient(one, &x).unwrap();
            let (own_value, own_gradient) = single.gradient(&x).unwrap();
            all_close(&what("value"), &[own_value], &[value], bound);
            all_close(&what("gradient"), &own_gradient, &gradient, bound);
            let expected = gradus::hessian(one, &x).unwrap().concat();
            all_close(&what("hessian"), &single.hessian(&x).unwrap().concat(), &expected, bound);
            let expected = gradus::hvp(one, &x, &direction).unwrap();
            all_close(&what("hvp"), &single.hvp(&x, &direction).unwrap(), &expected, bound);

            let values = program.values(&x).unwrap();
            let expected: Vec<f64> = jacobian.iter().map(|row| dot(row, &direction)).collect();
            let (along, tangents) = program.jvp(&x, &direction).unwrap();
            all_close(&what("values"), &along, &values, bound);
            all_close(&what("jvp"), &tangents, &expected, bound);
            let seeds = point(7000 + seed, 3);
            let columns = (0..INPUTS).map(|i| (0..3).map(|row| seeds[row] * jacobian[row][i]).sum());
            let (replayed, back) = program.vjp(&x, &seeds).unwrap();
            all_close(&what("values"), &replayed, &values, bound);
            all_close(&what("vjp"), &back, &columns.collect::<Vec<f64>>(), bound);
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// More outputs than inputs: the Jacobian comes by columns.
#[test]
fn a_tall_jacobian_equals_the_wide_one() {
    for seed in 0..10 {
        let f = |x: &[Var]| formula(x, seed, Ops::Table(0.3));
        let twice = |x: &[Var]| [f(x), f(x), f(x)].concat();
        let x = point(100 + seed, 6);
        let wide = Program::record(&x, f).unwrap().jacobian(&x).unwrap();
        let tall = Program::record(&x, twice).unwrap().jacobian(&x).unwrap();
        assert_eq!(tall.len(), 9);
        for (row, found) in tall.iter().enumerate() {
            all_close(&format!("row {row} of seed {seed}"), found, &wide[row % 3], 1e-12);
        }
    }
}

#[test]
fn without_lowering_a_replay_has_the_bits_of_the_tape() {
    for seed in 0..60 {
        let kind = [Ops::Sums, Ops::Exact, Ops::Table(1.0)][seed as usize % 3];
        let f = |x: &[Var]| formula(x, seed, kind)[2];
        let program = Recorder::new().lowering(Lowering::None).record(&point(seed, INPUTS), f).unwrap();
        let x = point(2000 + seed, INPUTS);
        let (value, gradient) = gradus::value_and_gradient(f, &x).unwrap();
        let (own_value, own_gradient) = program.gradient(&x).unwrap();
        assert_eq!(value.to_bits(), own_value.to_bits(), "seed {seed}: {value} {own_value}");
        assert!(gradient.iter().zip(&own_gradient).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

/// A sum of few terms, where nothing hides in which order they were added.
#[test]
fn without_lowering_sums_are_added_in_order() {
    let terms = [1e16, 1.0, -1e16, 1.0, 0.25, 1e-3, 1e16, 3.0, -1e16];
    for len in 1..=terms.len() {
        let x = &terms[..len];
        for (name, f) in [
            ("sum", (|x: &[Var]| gradus::sum(x)) as fn(&[Var]) -> Var),
            ("dot", |x| gradus::dot(x, &vec![Var::from(1.0); x.len()])),
            ("loop", |x| x.iter().copied().sum()),
            ("mean", |x| gradus::mean(x)),
        ] {
            let program = Recorder::new().lowering(Lowering::None).record(x, f).unwrap();
            let (expected, _) = gradus::value_and_gradient(f, x).unwrap();
            assert_eq!(program.values(x).unwrap(), [expected], "{name} of {len}");
            let narrow: Vec<f32> = x.iter().map(|&each| each as f32).collect();
            let plain = match name {
                "loop" => narrow.iter().copied().sum::<f32>(),
                "mean" => gradus::mean(&narrow),
                "sum" => gradus::sum(&narrow),
                _ => gradus::dot(&narrow, &vec![1.0; narrow.len()]),
            };
            assert_eq!(program.workspace::<f32>().values(&narrow).unwrap(), [plain], "{name} of {len} in f32");
        }
    }
}

#[test]
fn single_precision_agrees_to_its_own_rounding() {
    for seed in 0..45 {
        let kind = KINDS[seed as usize % 3];
        let f = |x: &[Var]| formula(x, seed, kind)[2];
        for lowering in [Lowering::Full, Lowering::None] {
            let program = Recorder::new().lowering(lowering).record(&point(seed, INPUTS), f).unwrap();
            let narrow: Vec<f32> = point(1000 + seed, INPUTS).iter().map(|&each| each as f32).collect();
            let x: Vec<f64> = narrow.iter().copied().map(f64::from).collect();
            let (value, gradient) = program.gradient(&x).unwrap();
            let mut workspace = program.workspace::<f32>();
            let (own_value, own_gradient) = workspace.gradient(&narrow).unwrap();
            let own: Vec<f64> = own_gradient.iter().copied().map(f64::from).collect();
            all_close(&format!("value of seed {seed}"), &[own_value.into()], &[value], 2e-5);
            all_close(&format!("gradient of seed {seed}"), &own, &gradient, 2e-5);
        }
    }
}

#[test]
fn programs_are_shared_between_threads_and_their_memory_moves() {
    fn shared<T: Send + Sync>() {}
    fn moved<T: Send>() {}
    shared::<Program>();
    moved::<gradus::program::Workspace<'static>>();
    #[cfg(feature = "batch")]
    moved::<gradus::program::Batches<'static>>();
}

/// Sums and runs that are long enough for the sweeps to go slice by slice.
#[test]
fn a_program_equals_the_tape_where_rows_lie_side_by_side() {
    type OfVars = fn(&[Var]) -> Var;
    let functions: [(&str, OfVars); 11] = [
        ("sum", |x| gradus::sum(x) * gradus::sum(&x[3..])),
        ("sum of some twice", |x| gradus::sum(&[x, &x[2..15]].concat()).sin()),
        ("dot", |x| gradus::dot(&x[..10], &x[10..20]).cos()),
        ("dot with itself", |x| gradus::dot(x, x).sqrt()),
        ("dot of overlapping halves", |x| gradus::dot(&x[1..], &x[..19]).exp()),
        ("weights that are literals", |x| {
            x[4..].iter().zip(1..).fold(x[0], |sum, (&x, w)| sum + f64::from(w) * x).sin()
        }),
        ("one weight for all", |x| x[5..].iter().fold(x[3].tanh(), |sum, &each| sum + x[2] * each).exp()),
        ("one literal for all", |x| x.iter().fold(x[1] * x[1], |sum, &each| sum - each * 0.25).exp()),
        ("runs with literals", |x| x.iter().map(|&x| (1.0 - x) / (3.0 + x) * 2.0 - (x * x).exp()).sum()),
        ("neighbours", |x| {
            let steps = x.windows(2).map(|pair| pair[1] - pair[0] * pair[0] / (2.0 - pair[1]));
            steps.map(|step| step * step * 100.0 + (-step).exp()).sum()
        }),
        ("layers", |x| {
            let layer = |x: &[Var]| -> Vec<Var> {
                (0..5).map(|i| x.iter().fold(x[i], |sum, &each| sum + each * x[i])).map(Var::tanh).collect()
            };
            gradus::norm(&layer(&layer(x)))
        }),
    ];
    for (name, f) in functions {
        let program = Program::record(&point(1, 20), f).unwrap();
        for seed in 2..5 {
            let x = point(seed, 20);
            let direction = point(seed + 10, 20);
            let (value, gradient) = gradus::value_and_gradient(f, &x).unwrap();
            let (own_value, own_gradient) = program.gradient(&x).unwrap();
            all_close(name, &[own_value], &[value], 1e-13);
            all_close(name, &own_gradient, &gradient, 1e-12);
            let hessian = gradus::hessian(f, &x).unwrap().concat();
            all_close(name, &program.hessian(&x).unwrap().concat(), &hessian, 1e-11);
            let slope = dot(&gradient, &direction);
            all_close(name, &program.jvp(&x, &direction).unwrap().1, &[slope], 1e-12);
            let single: Vec<f32> = x.iter().map(|&each| each as f32).collect();
            let mut workspace = program.workspace::<f32>();
            let (_, in_single) = workspace.gradient(&single).unwrap();
            let widened: Vec<f64> = in_single.iter().map(|&each| each.into()).collect();
            all_close(name, &widened, &gradient, 1e-3);
        }
    }
}

/// A loss that contains derivatives: duals of duals of variables are recorded, and nothing is read from them.
#[test]
fn derivatives_inside_a_function_are_recorded() {
    fn curvature<S: Scalar>(w: &[S]) -> S {
        let x = Dual::variable(Dual::variable(w[0]));
        let weight = Dual::constant(Dual::constant(w[1]));
        let y = (x * weight).tanh() * x.relu() + x.powi(3) / weight;
        y.tangent().tangent()
    }
    let program = Program::record(&[0.5, 2.0], curvature).unwrap();
    // On the other side of the kink, too: the slope of `relu` was recorded, and not its value.
    for w in [[0.5, 2.0], [1.5, -0.7], [-0.5, 2.0]] {
        let (value, gradient) = gradus::value_and_gradient(curvature::<Var>, &w).unwrap();
        let (own_value, own_gradient) = program.gradient(&w).unwrap();
        all_close("value", &[own_value], &[value], 1e-13);
        all_close("gradient", &own_gradient, &gradient, 1e-13);
    }
}

/// Found by the fuzzer of graphs: the slope 0 of a norm at the origin was not multiplied by the infinite one behind it.
#[test]
fn an_infinite_slope_behind_a_norm_at_the_origin_is_no_number_in_any_mode() {
    let functions: [fn(&[Var]) -> Var; 3] =
        [|x| gradus::norm(x).cbrt(), |x| gradus::norm(x).sqrt(), |x| x[0].hypot(x[1]).ln()];
    for f in functions {
        let origin = [0.0; 3];
        let tape = gradus::gradient(f, &origin).unwrap();
        assert!(tape[0].is_nan() && tape[1].is_nan());
        for lowering in [Lowering::Full, Lowering::None] {
            let program = Recorder::new().lowering(lowering).record(&origin, f).unwrap();
            let gradient = program.gradient(&origin).unwrap().1;
            assert!(gradient[0].is_nan() && gradient[1].is_nan(), "{gradient:?}");
            #[cfg(feature = "batch")]
            {
                let program =
                    Recorder::new().lowering(lowering).record_shared(&[0.0; 2], &[0.0], |w, x| f(&[w, x].concat()));
                let gradient = program.unwrap().batch(&[0.0; 2], &[0.0; 40]).unwrap().gradient;
                assert!(gradient.iter().all(|partial| partial.is_nan()), "{gradient:?} in a batch");
            }
        }
    }
}
