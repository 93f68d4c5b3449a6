//! Programs minimised by argmin's solvers: published minima, the same minimum as Newton's method, a net trained to the accuracy of
//! another implementation, and errors that keep their words.

use argmin::core::{CostFunction, Executor, Gradient, Hessian, Jacobian, State};
use argmin::solver::conjugategradient::ConjugateGradient;
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use argmin::solver::trustregion::{Steihaug, TrustRegion};
use gradus::nn::loss;
use gradus::nn::optim::{Newton, Objective};
use gradus::{Error, Function, Program, Var};
use serde_json::Value;

#[path = "shared/mgh.rs"]
mod mgh;

type Lbfgs = LBFGS<MoreThuenteLineSearch<Vec<f64>, Vec<f64>, f64>, Vec<f64>, Vec<f64>, f64>;

fn lbfgs(least_slope: f64) -> Lbfgs {
    LBFGS::new(MoreThuenteLineSearch::new(), 10).with_tolerance_grad(least_slope).unwrap()
}

/// The best point and the value there, by L-BFGS.
#[track_caller]
fn minimum<O>(problem: O, start: &[f64], least_slope: f64, iterations: u64) -> (Vec<f64>, f64)
where
    O: CostFunction<Param = Vec<f64>, Output = f64> + Gradient<Param = Vec<f64>, Gradient = Vec<f64>>,
{
    let run = Executor::new(problem, lbfgs(least_slope))
        .configure(|state| state.param(start.to_vec()).max_iters(iterations))
        .run()
        .unwrap();
    (run.state().get_best_param().unwrap().clone(), run.state().get_best_cost())
}

/// The best value, by a trust region and the exact Hessian.
#[track_caller]
fn by_trust_region(problem: Objective<'_>, start: &[f64]) -> f64 {
    let solver = TrustRegion::new(Steihaug::new().with_max_iters(50));
    let run = Executor::new(problem, solver)
        .configure(|state| state.param(start.to_vec()).max_iters(500).target_cost(1e-20))
        .run()
        .unwrap();
    run.state().get_best_cost()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn published_minima_are_reached() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/mgh/mgh_public.json");
    let data: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut reached = 0;
    for case in data["cases"].as_array().unwrap() {
        let number = case["problem"].as_u64().unwrap() as usize;
        let start = numbers(&case["points"][0]["x"]);
        let published = numbers(&case["f_star_published"]);
        // The paper has six digits, cut off.
        let is_published = |value: f64| published.iter().any(|least| (value - least).abs() <= 1e-9 + 2e-6 * least);
        let problem = mgh::Problem(number);
        let function = Function::new(|x| problem.sum_of_squares(x));
        let (_, value) = minimum(Objective::branching(&function), &start, 1e-8, 1000);
        println!("problem {number}: {value:e} by L-BFGS");
        assert!(is_published(value), "problem {number}: {value:e}, not one of {published:?}");
        // A program would not do for problem 7, which has a branch. Problem 18 leads a trust region into a valley of value 0.2427, which
        // the paper does not list.
        if number != 7 && number != 18 {
            let program = Program::record(&start, |x| problem.sum_of_squares(x)).unwrap();
            let value = by_trust_region(Objective::new(&program), &start);
            println!("problem {number}: {value:e} by a trust region");
            assert!(is_published(value), "problem {number}: {value:e} by a trust region, not one of {published:?}");
        }
        reached += 1;
    }
    assert_eq!(reached, 10);
}

#[test]
fn logistic_regression_has_the_minimum_that_newton_finds() {
    let logit = |w: &[Var], i: usize| w[0] + w[1] * (i as f64).sin() + w[2] * (0.7 * i as f64).cos();
    let program = Program::record(&[0.1; 3], |w| {
        let logits: Vec<Var> = (0..40).map(|i| logit(w, i)).collect();
        let targets: Vec<Var> = (0..40).map(|i| Var::from(f64::from(i % 3 == 0 || i % 7 == 1))).collect();
        loss::binary_cross_entropy_with_logits(&logits, &targets) + loss::l2_penalty(w, 1e-3)
    })
    .unwrap();
    let newton = Newton { tolerance: 1e-14, ..Newton::default() }.minimize(&program, &[0.0; 3]).unwrap();
    let (point, value) = minimum(Objective::new(&program), &[0.0; 3], 1e-9, 200);
    assert!((value - newton.value).abs() < 1e-15, "{value} and {}", newton.value);
    for (found, expected) in point.iter().zip(&newton.point) {
        assert!((found - expected).abs() < 1e-7, "{point:?} and {:?}", newton.point);
    }
}

#[test]
fn several_outputs_are_an_operator() {
    let program = Program::record(&[1.0, 1.0], |x| [4.0 * x[0] + x[1], x[0] + 3.0 * x[1]]).unwrap();
    let solver: ConjugateGradient<_, f64> = ConjugateGradient::new(vec![1.0, 2.0]);
    let run = Executor::new(Objective::new(&program), solver)
        .configure(|state| state.param(vec![2.0, 1.0]).max_iters(2))
        .run()
        .unwrap();
    let solution = run.state().get_best_param().unwrap();
    assert!((solution[0] - 1.0 / 11.0).abs() < 1e-14 && (solution[1] - 7.0 / 11.0).abs() < 1e-14, "{solution:?}");
    let jacobian = Objective::new(&program).jacobian(&vec![0.3, 0.4]).unwrap();
    assert_eq!(jacobian, [[4.0, 1.0], [1.0, 3.0]]);
}

#[test]
fn errors_of_a_program_keep_their_words() {
    let branchy = Program::record(&[2.0], |x| if x[0] > 1.0 { x[0] * x[0] } else { -x[0] }).unwrap();
    // At the start it is an error of the run; in the midst of a line search, L-BFGS makes it the reason why the run ended.
    let run = |start: f64| {
        Executor::new(Objective::new(&branchy), lbfgs(1e-8)).configure(|state| state.param(vec![start])).run()
    };
    let error = run(-2.0).err().unwrap();
    assert!(matches!(error.downcast_ref(), Some(Error::BranchChanged { .. })), "{error}");
    assert!(error.to_string().contains("wrap the closure in a `Function`"), "{error}");
    let ended = run(2.0).unwrap();
    let reason = ended.state().get_termination_reason().unwrap().text().to_owned();
    assert!(reason.contains("wrap the closure in a `Function`"), "{reason}");

    let two = Program::record(&[2.0], |x| [x[0], x[0]]).unwrap();
    let objective = Objective::new(&two);
    let expected = Some(&Error::OutputCount { found: 2 });
    assert_eq!(objective.cost(&vec![1.0]).unwrap_err().downcast_ref(), expected);
    assert_eq!(objective.gradient(&vec![1.0]).unwrap_err().downcast_ref(), expected);
    assert_eq!(objective.hessian(&vec![1.0]).unwrap_err().downcast_ref(), expected);
    let too_long = objective.cost(&vec![1.0, 2.0]).unwrap_err();
    assert!(too_long.to_string().contains("has length 2, but 1 was expected"), "{too_long}");
}

#[cfg(feature = "batch")]
mod nets {
    use super::*;
    use gradus::nn::data::{Dataset, Standardizer, Table};
    use gradus::nn::optim::MeanLoss;
    use gradus::nn::{Activation, Mlp, Model, Predictor};

    fn of_sample(net: &Mlp, data: &Dataset, start: &[f64], penalty: f64) -> Program {
        Program::record_shared(start, data.sample(0), |parameters, sample| {
            let (inputs, targets) = sample.split_at(data.inputs());
            loss::cross_entropy(&net.forward(parameters, inputs), targets) + loss::l2_penalty(parameters, penalty)
        })
        .unwrap()
    }

    /// The test accuracy that scikit-learn's `MLPClassifier` reaches by L-BFGS with the same net, penalty and split, for all of its ten
    /// seeds, is 0.9667.
    #[test]
    fn flowers_are_learnt_by_lbfgs() {
        let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/iris.csv")).unwrap();
        let mut data = Dataset::classes_from(&table, "label").unwrap();
        Standardizer::fit(&data).apply(&mut data);
        let (test, train) = data.partition(|row| row.is_multiple_of(5));
        let net = Mlp::new(&[4, 8, 3], Activation::Tanh).unwrap();
        let predictor = Predictor::new(&net, &test).unwrap();
        for seed in 0..5 {
            let mut random = fastrand::Rng::with_seed(seed);
            let start = net.initial_parameters(|| random.f64());
            let program = of_sample(&net, &train, &start, 0.5e-4 / train.len() as f64);
            let (trained, value) = minimum(MeanLoss::new(&program, train.samples()), &start, 1e-4, 500);
            let accuracy = predictor.accuracy(&trained, &test).unwrap();
            println!("seed {seed}: loss {value:.2e}, test accuracy {accuracy:.4}");
            assert!(accuracy >= 0.9666, "seed {seed}: {accuracy}");
            assert_eq!(predictor.accuracy(&trained, &train).unwrap(), 1.0);
        }
    }

    #[test]
    fn the_mean_loss_is_that_of_the_samples_one_by_one() {
        let data = Dataset::new(&[[0.5, 1.0], [-1.0, 2.0], [0.2, 0.1]], &[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]).unwrap();
        let net = Mlp::new(&[2, 3, 2], Activation::Tanh).unwrap();
        let mut random = fastrand::Rng::with_seed(1);
        let start = net.initial_parameters(|| random.f64());
        let program = of_sample(&net, &data, &start, 0.0);
        let mean = MeanLoss::new(&program, data.samples());
        let of_all = |p: &[Var]| {
            let each = |i: usize| {
                let lit = |list: &[f64]| list.iter().map(|&x| Var::from(x)).collect::<Vec<Var>>();
                loss::cross_entropy(&net.forward(p, &lit(data.input(i))), &lit(data.target(i)))
            };
            gradus::mean(&(0..3).map(each).collect::<Vec<Var>>())
        };
        let (value, gradient) = gradus::value_and_gradient(of_all, &start).unwrap();
        assert!((mean.cost(&start).unwrap() - value).abs() < 1e-14);
        for (found, expected) in mean.gradient(&start).unwrap().iter().zip(&gradient) {
            assert!((found - expected).abs() < 1e-14, "{found}, not {expected}");
        }
    }
}
