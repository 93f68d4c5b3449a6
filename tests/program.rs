//! The compiled program beside the tape, on random graphs, in every mode.

use gradus::program::{Lowering, Recorder};
use gradus::{Error, Program, Scalar, Var};

/// A formula of random ops: always smooth and finite.
fn random_formula<S: Scalar>(x: &[S], seed: u64, ops: usize) -> Vec<S> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut pool: Vec<S> = x.to_vec();
    for _ in 0..ops {
        let mut pick = || pool[rng.usize(..pool.len())];
        let (a, b, c) = (pick(), pick(), pick());
        let list: Vec<S> = (0..rng.usize(2..7)).map(|_| pool[rng.usize(..pool.len())]).collect();
        let literal = S::lit(f64::from(rng.i32(-3..4)));
        let made = match rng.u32(0..22) {
            0 => a + b,
            1 => a - b,
            2 => a * b,
            3 => a / (b * b + S::lit(1.0)),
            4 => a.sin(),
            5 => a.cos(),
            6 => a.tanh(),
            7 => (a * S::lit(0.1)).tanh().exp(),
            8 => a.sigmoid(),
            9 => a + literal,
            10 => a * literal,
            11 => literal - a,
            12 => a.tanh().powi(2),
            13 => list.iter().copied().sum::<S>(),
            14 => list.iter().map(|&each| each.tanh()).product::<S>(),
            15 => list.iter().zip(x).map(|(&a, &b)| a * b).fold(c, |sum, each| sum + each),
            16 => gradus::log_sum_exp(&list),
            17 => gradus::dot(&list, &list.iter().rev().copied().collect::<Vec<_>>()),
            18 => gradus::mean(&list),
            19 => a.mul_add(b, c),
            20 => -a,
            _ => a.relu() + b.tanh().abs(),
        };
        // Kept small, so that no rounding is magnified.
        pool.push((made * S::lit(0.25)).tanh() + literal);
    }
    pool.split_off(pool.len() - 3)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * (1.0 + a.abs().max(b.abs()))
}

fn point(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = fastrand::Rng::with_seed(seed);
    (0..n).map(|_| rng.f64() * 4.0 - 2.0).collect()
}

#[test]
fn a_program_equals_the_tape_in_every_mode_on_random_graphs() {
    for seed in 0..60 {
        let f = |x: &[Var]| random_formula(x, seed, 40);
        let one = |x: &[Var]| random_formula(x, seed, 40)[2];
        let program = Program::record(&point(seed, 4), f).unwrap();
        let single = Program::record(&point(seed, 4), one).unwrap();
        for other in 0..3 {
            let x = point(1000 + seed * 10 + other, 4);
            let direction = point(5000 + seed, 4);
            let expected = gradus::jacobian(f, &x).unwrap();
            for (row, expected) in program.jacobian(&x).unwrap().iter().zip(&expected) {
                assert!(row.iter().zip(expected).all(|(&a, &b)| close(a, b)), "seed {seed}: {row:?} {expected:?}");
            }
            let (value, gradient) = gradus::value_and_gradient(one, &x).unwrap();
            let (own_value, own_gradient) = single.gradient(&x).unwrap();
            assert!(close(value, own_value), "seed {seed}: {value} {own_value}\n{single}");
            assert!(
                gradient.iter().zip(&own_gradient).all(|(&a, &b)| close(a, b)),
                "seed {seed}: {gradient:?} {own_gradient:?}\n{single}"
            );
            for (row, expected) in single.hessian(&x).unwrap().iter().zip(gradus::hessian(one, &x).unwrap()) {
                assert!(row.iter().zip(&expected).all(|(&a, &b)| close(a, b)), "seed {seed}");
            }
            for (a, b) in single.hvp(&x, &direction).unwrap().iter().zip(gradus::hvp(one, &x, &direction).unwrap()) {
                assert!(close(*a, b), "seed {seed}");
            }
            let (_, along) = program.jvp(&x, &direction).unwrap();
            for (row, along) in expected.iter().zip(along) {
                assert!(close(row.iter().zip(&direction).map(|(a, b)| a * b).sum(), along), "seed {seed}");
            }
        }
    }
}

#[test]
fn without_lowering_a_replay_has_the_bits_of_the_tape() {
    for seed in 0..40 {
        let f = |x: &[Var]| random_formula(x, seed, 60)[2];
        let program = Recorder::new().lowering(Lowering::None).record(&point(seed, 4), f).unwrap();
        let x = point(2000 + seed, 4);
        let (value, gradient) = gradus::value_and_gradient(f, &x).unwrap();
        let (own_value, own_gradient) = program.gradient(&x).unwrap();
        assert_eq!(value.to_bits(), own_value.to_bits());
        assert!(gradient.iter().zip(&own_gradient).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

#[test]
fn a_comparison_that_would_go_the_other_way_is_an_error() {
    let program = Program::record(&[-1.3], |x| if x[0] < 0.0 { Var::from(0.0) } else { x[0] }).unwrap();
    assert_eq!(program.gradient(&[-0.2]).unwrap(), (0.0, vec![0.0]));
    let error = program.gradient(&[1.34]).unwrap_err();
    let Error::BranchChanged { comparison, line, sample: None } = &error else { panic!("{error}") };
    assert_eq!(comparison, "x[0] < 0");
    assert!(line.contains("tests/program.rs"), "{line}");
}

#[test]
fn a_plain_number_may_not_be_read_unless_allowed() {
    let f = |x: &[Var]| x[0] * x[0].value();
    assert!(matches!(Program::record(&[2.0], f), Err(Error::ValueRead { .. })));
    let program = Recorder::new().allow_value_reads().record(&[2.0], f).unwrap();
    assert_eq!(program.gradient(&[5.0]).unwrap(), (10.0, vec![2.0]));
}

#[test]
fn a_detached_value_is_replayed_and_not_differentiated() {
    let program = Program::record(&[2.0], |x| x[0] * x[0].detach()).unwrap();
    assert_eq!(program.gradient(&[5.0]).unwrap(), (25.0, vec![5.0]));
}

#[test]
fn a_branch_not_taken_does_not_poison_a_replay() {
    let f = |x: &[Var]| x[0].select(x[0].sqrt(), x[0] * 3.0);
    let program = Program::record(&[2.0], f).unwrap();
    assert_eq!(program.gradient(&[0.0]).unwrap(), (0.0, vec![3.0]));
    assert_eq!(program.gradient(&[4.0]).unwrap(), (2.0, vec![0.25]));
}
