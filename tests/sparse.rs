//! Sparse Jacobians and Hessians beside dense ones, beside closed forms, and beside the second derivatives of every op.

use gradus::op::{self, Visitor};
use gradus::program::{Lowering, Recorder, SparseHessian, SparseJacobian, SparseMatrix};
use gradus::rule::{ListRule, Rule};
use gradus::{Error, Program, Scalar, Var};

#[track_caller]
fn same(what: &str, sparse: &SparseMatrix, dense: &[Vec<f64>]) {
    assert_eq!((sparse.rows(), sparse.columns()), (dense.len(), dense[0].len()), "{what}");
    for (row, (found, expected)) in sparse.to_dense().iter().zip(dense).enumerate() {
        for (column, (a, b)) in found.iter().zip(expected).enumerate() {
            assert!((a - b).abs() <= 1e-11 * (1.0 + b.abs()), "{what}: {a} instead of {b} in {row}, {column}");
        }
    }
}

fn point(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.3 + 0.6 * (1.7 * i as f64).sin().abs()).collect()
}

fn broyden(x: &[Var]) -> Vec<Var> {
    let at = |i: Option<usize>| i.and_then(|i| x.get(i).copied()).unwrap_or(Var::lit(0.0));
    let row = |i: usize| (3.0 - 2.0 * x[i]) * x[i] - at(i.checked_sub(1)) - 2.0 * at(Some(i + 1)) + 1.0;
    (0..x.len()).map(row).collect()
}

fn rosenbrock(x: &[Var]) -> Var {
    x.windows(2).map(|x| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)).sum()
}

#[test]
fn a_band_of_ten_thousand_takes_one_sweep() {
    let n = 10_000;
    let x = point(n);
    let program = Program::record(&x, broyden).unwrap();
    let mut jacobian = SparseJacobian::new(&program);
    // Three colours, and four directions to a sweep.
    assert_eq!((jacobian.entries(), jacobian.colours()), (3 * n - 2, 3));
    let matrix = jacobian.at(&x).unwrap();
    for (row, column, value) in matrix.iter() {
        let expected = match column.cmp(&row) {
            std::cmp::Ordering::Less => -1.0,
            std::cmp::Ordering::Equal => 3.0 - 4.0 * x[row],
            std::cmp::Ordering::Greater => -2.0,
        };
        assert!((value - expected).abs() < 1e-14 && row.abs_diff(column) <= 1, "{row}, {column}: {value}");
    }

    let program = Program::record(&x, rosenbrock).unwrap();
    let mut hessian = SparseHessian::new(&program).unwrap();
    assert_eq!((hessian.entries(), hessian.colours()), (3 * n - 2, 3));
    let matrix = hessian.at(&x).unwrap();
    for i in 0..n {
        let inner = if i + 1 < n { 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0 } else { 0.0 };
        let expected = inner + if i > 0 { 200.0 } else { 0.0 };
        assert!((matrix.get(i, i) - expected).abs() < 1e-9, "{i}: {} instead of {expected}", matrix.get(i, i));
        if i + 1 < n {
            assert!((matrix.get(i, i + 1) + 400.0 * x[i]).abs() < 1e-11);
            assert_eq!(matrix.get(i, i + 1), matrix.get(i + 1, i));
        }
    }
}

#[test]
fn an_arrow_takes_two_colours_for_its_hessian_and_rows_or_columns_for_its_jacobian() {
    let n = 2_000;
    let x = point(n);
    // A hub and its spokes: every term has the first variable in it.
    let f = |x: &[Var]| x[1..].iter().map(|&each| (x[0] * each).sin() + each.exp()).sum::<Var>();
    let program = Program::record(&x, f).unwrap();
    let mut hessian = SparseHessian::new(&program).unwrap();
    assert_eq!((hessian.entries(), hessian.colours()), (1 + 3 * (n - 1), 2));
    let matrix = hessian.at(&x).unwrap();
    let hub: f64 = x[1..].iter().map(|each| -each * each * (x[0] * each).sin()).sum();
    assert!((matrix.get(0, 0) - hub).abs() < 1e-10);
    for i in 1..n {
        let angle = x[0] * x[i];
        assert!((matrix.get(0, i) - (angle.cos() - angle * angle.sin())).abs() < 1e-13);
        assert!((matrix.get(i, i) - (x[i].exp() - x[0] * x[0] * angle.sin())).abs() < 1e-13);
    }

    // One full row and a diagonal: few rows meet in a column, so that rows are added up. And the other way round.
    let rows = Program::record(&x[..50], |x| {
        let all = x.iter().copied().product::<Var>();
        x.iter().map(|&x| x.sin()).chain([all]).collect::<Vec<_>>()
    });
    let columns = Program::record(&x[..50], |x| x.iter().map(|&each| each * x[0]).collect::<Vec<_>>());
    for program in [rows.unwrap(), columns.unwrap()] {
        let mut jacobian = SparseJacobian::new(&program);
        assert_eq!(jacobian.colours(), 2);
        same("arrow", jacobian.at(&x[..50]).unwrap(), &program.jacobian(&x[..50]).unwrap());
    }
}

/// Random formulas that each read a few of many inputs.
fn scattered(x: &[Var], seed: u64) -> Vec<Var> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut outputs = Vec::new();
    for _ in 0..rng.usize(1..12) {
        let mut pool: Vec<Var> = (0..rng.usize(1..4)).map(|_| x[rng.usize(..x.len())]).collect();
        for _ in 0..rng.usize(0..6) {
            let (a, b, c) = (pool[rng.usize(..pool.len())], pool[rng.usize(..pool.len())], x[rng.usize(..x.len())]);
            pool.push(match rng.u32(0..14) {
                0 => a * b,
                1 => a + b * c,
                2 => a / (b * b + 1.0),
                3 => a.sin() - b,
                4 => gradus::dot(&[a, b, c], &[c, a, a]),
                5 => gradus::sum(&[a, b, c]).tanh(),
                6 => a.max(b) * 0.5,
                7 => (a - b).relu() + c,
                8 => a.detach() * b,
                9 => gradus::log_sum_exp(&[a, b]),
                10 => a.mul_add(b, c),
                11 => a.powi(3) - c.abs(),
                12 => gradus::product(&[a, b, c]),
                _ => (a - b).select(a * c, b),
            });
        }
        outputs.push(pool[pool.len() - 1]);
    }
    outputs
}

#[test]
fn random_functions_have_the_entries_of_the_dense_ones() {
    for seed in 0..150 {
        let n = 3 + seed as usize % 13;
        let x = point(n);
        for lowering in [Lowering::Full, Lowering::None] {
            let recorder = Recorder::new().lowering(lowering);
            let program = recorder.record(&x, |x| scattered(x, seed)).unwrap();
            let what = format!("jacobian of seed {seed}, {lowering:?}");
            same(&what, &program.sparse_jacobian(&x).unwrap(), &program.jacobian(&x).unwrap());
            let on_tape = gradus::jacobian(|x: &[Var]| scattered(x, seed), &x).unwrap();
            same(&what, &program.sparse_jacobian(&x).unwrap(), &on_tape);
            let program =
                recorder.record(&x, |x| scattered(x, seed).into_iter().map(|y| y.sin()).sum::<Var>()).unwrap();
            let dense = program.hessian(&x).unwrap();
            same(&format!("hessian of seed {seed}, {lowering:?}"), &program.sparse_hessian(&x).unwrap(), &dense);
        }
    }
}

/// The second derivatives of every op, in its domain.
struct SecondDerivatives(usize);

impl SecondDerivatives {
    fn check(&mut self, name: &str, intervals: &[(f64, f64)], f: impl Fn(&[Var]) -> Var) {
        for step in 0..5 {
            let within =
                |(i, &(low, high)): (usize, &(f64, f64))| low + (high - low) * (0.1 + 0.17 * ((step + i) % 5) as f64);
            let x: Vec<f64> = intervals.iter().enumerate().map(within).collect();
            let program = Program::record(&x, &f).unwrap();
            let dense = gradus::hessian(&f, &x).unwrap();
            same(name, &program.sparse_hessian(&x).unwrap(), &dense);
            self.0 += dense.concat().iter().filter(|entry| **entry != 0.0).count();
        }
    }
}

impl Visitor for SecondDerivatives {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        for intervals in R::DOMAIN {
            self.check(R::INFO.name, intervals, |x| Var::apply::<R, N>(std::array::from_fn(|i| x[i])));
        }
    }

    fn list_rule<R: ListRule>(&mut self) {
        for &interval in R::DOMAIN {
            self.check(R::INFO.name, &[interval; 4], |x| Var::apply_list::<R>(x));
        }
    }
}

#[test]
fn no_op_has_a_second_derivative_that_is_left_out() {
    let mut all = SecondDerivatives(0);
    op::visit(&mut all);
    assert!(all.0 > 300, "{} second derivatives", all.0);
}

#[test]
fn what_does_not_depend_has_no_entry() {
    let program = Program::record(&[1.0, 2.0, 3.0], |x| [x[0].detach() * x[1], Var::lit(4.0), x[2] + 1.0]).unwrap();
    let jacobian = program.sparse_jacobian(&[5.0, 6.0, 7.0]).unwrap();
    assert_eq!(jacobian.iter().collect::<Vec<_>>(), [(0, 1, 5.0), (2, 2, 1.0)]);
    assert_eq!(jacobian.multiply(&[1.0, 2.0, 3.0]), [10.0, 0.0, 3.0]);
    // Linear, and constant: nothing to be found, and no sweep but the one that looks at the comparisons.
    for f in [|x: &[Var]| x[0] * 2.0 - x[1], |_: &[Var]| Var::lit(1.0)] {
        let program = Program::record(&[1.0, 2.0], f).unwrap();
        let mut hessian = SparseHessian::new(&program).unwrap();
        assert_eq!((hessian.entries(), hessian.colours()), (0, 0));
        assert_eq!(hessian.at(&[3.0, 4.0]).unwrap().to_dense(), [[0.0; 2]; 2]);
    }
    // What only a comparison reads has no part in it.
    let program = Program::record(&[1.0, 2.0], |x| if x[0] * x[1] > 0.0 { x[0] * x[0] } else { x[1] }).unwrap();
    assert_eq!(SparseHessian::new(&program).unwrap().entries(), 1);
}

#[test]
fn errors_are_those_of_the_dense_ones() {
    let program = Program::record(&[1.0, 2.0], |x| [x[0], x[1]]).unwrap();
    assert_eq!(program.sparse_hessian(&[1.0, 2.0]).unwrap_err(), Error::OutputCount { found: 2 });
    assert!(matches!(program.sparse_jacobian(&[1.0]), Err(Error::Length { .. })));
    assert!(matches!(program.sparse_jacobian(&[1.0, f64::NAN]), Err(Error::NonFinitePoint { .. })));
    let branchy = |x: &[Var]| if x[0] > 0.0 { x[0] * 2.0 } else { x[0] };
    let program = Program::record(&[1.0], branchy).unwrap();
    assert!(matches!(program.sparse_jacobian(&[-1.0]), Err(Error::BranchChanged { .. })));
    // Also where there is nothing to be found.
    assert!(matches!(program.sparse_hessian(&[-1.0]), Err(Error::BranchChanged { .. })));
}

#[test]
fn a_branch_not_taken_poisons_nothing() {
    let f = |x: &[Var]| [x[0].select(x[0].ln(), x[1]), x[1].sqrt() * x[2]];
    let program = Program::record(&[1.0, 2.0, 3.0], f).unwrap();
    let x = [-1.0, 4.0, 5.0];
    assert_eq!(
        program.sparse_jacobian(&x).unwrap().to_dense(),
        gradus::jacobian(|x: &[Var]| f(x).to_vec(), &x).unwrap()
    );
}

#[test]
fn several_rows_of_a_dense_jacobian_are_found_at_once() {
    for outputs in [2, 3, 4, 5, 9] {
        let f = |x: &[Var]| -> Vec<Var> {
            (0..outputs).map(|i| x.iter().map(|&each| (each * x[i]).sin() / (1.0 + i as f64)).product()).collect()
        };
        let x = point(10);
        let program = Program::record(&x, f).unwrap();
        let (found, expected) = (program.jacobian(&x).unwrap(), gradus::jacobian(f, &x).unwrap());
        for (a, b) in found.concat().iter().zip(expected.concat()) {
            assert!((a - b).abs() <= 1e-13 * (1.0 + b.abs()), "{outputs} outputs: {a} instead of {b}");
        }
    }
}
