//! Nets against reference numbers: gradients, Hessians and a training of a tiny net, through programs and through the tape; trainers
//! that stop, fail and go on.

#![cfg(feature = "batch")]

use gradus::nn::data::{Dataset, Standardizer, Table, make_moons, make_spirals};
use gradus::nn::optim::{Adam, AdamW, Optimizer, RmsProp, Sgd};
use gradus::nn::{
    Activation, Checkpoint, EarlyStopping, Layout, Mlp, Model, Predictor, Trainer, loss, lr_scheduler, metrics,
};
use gradus::program::Reduction;
use gradus::{Error, Program, Scalar, Var};
use serde_json::Value;
use std::ops::ControlFlow;

fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut random = fastrand::Rng::with_seed(seed);
    move || random.f64()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[track_caller]
fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let size = expected.iter().fold(0.0, |size: f64, x| size.max(x.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= 1e-10 * size, "entry {index}: {found}, not {expected}");
    }
}

fn iris() -> Dataset {
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/iris.csv")).unwrap();
    let mut data = Dataset::classes_from(&table, "label").unwrap();
    Standardizer::fit(&data).apply(&mut data);
    data
}

/// A net, its data, its parameters, and what others computed of it.
struct Reference {
    case: Value,
    net: Mlp,
    data: Dataset,
    theta: Vec<f64>,
    l2: f64,
}

impl Reference {
    fn new() -> Reference {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/datasets/net_gradients_public.json");
        let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let case = all["cases"][0].clone();
        let rows: Vec<usize> = numbers(&case["rows"]).iter().map(|row| *row as usize).collect();
        Reference {
            net: Mlp::new(&[4, 5, 3], Activation::Tanh).unwrap(),
            data: iris().select(&rows),
            theta: numbers(&case["theta"]),
            l2: case["l2"].as_f64().unwrap(),
            case,
        }
    }

    /// The loss of one sample, with the penalty.
    fn of_sample<S: Scalar>(&self, p: &[S], sample: &[S]) -> S {
        let (inputs, targets) = sample.split_at(self.data.inputs());
        loss::cross_entropy(&self.net.forward(p, inputs), targets) + loss::l2_penalty(p, 0.5 * self.l2)
    }

    /// The mean loss of all.
    fn of_all<S: Scalar>(&self, p: &[S]) -> S {
        let sample = |i: usize| self.data.sample(i).iter().map(|&x| S::lit(x)).collect::<Vec<S>>();
        let losses: Vec<S> = (0..self.data.len()).map(|i| self.of_sample(p, &sample(i))).collect();
        gradus::mean(&losses)
    }

    #[track_caller]
    fn check(&self, value: f64, gradient: &[f64]) {
        close(&[value], &[self.case["loss"].as_f64().unwrap()]);
        close(gradient, &numbers(&self.case["gradient"]));
    }
}

#[test]
fn gradients_and_hessians_of_a_net_are_those_of_the_reference() {
    let reference = Reference::new();
    let of_all = |p: &[Var]| reference.of_all(p);
    let theta = &reference.theta;
    let direction = numbers(&reference.case["hvp_v"]);
    let expected: Vec<Vec<f64>> = reference.case["hessian"].as_array().unwrap().iter().map(numbers).collect();

    let (value, gradient) = gradus::value_and_gradient(of_all, theta).unwrap();
    reference.check(value, &gradient);
    close(&gradus::hvp(of_all, theta, &direction).unwrap(), &numbers(&reference.case["hvp"]));
    close(&gradus::hessian(of_all, theta).unwrap().concat(), &expected.concat());

    let program = Program::record(theta, of_all).unwrap();
    let (value, gradient) = program.gradient(theta).unwrap();
    reference.check(value, &gradient);
    close(&program.hvp(theta, &direction).unwrap(), &numbers(&reference.case["hvp"]));
    close(&program.hessian(theta).unwrap().concat(), &expected.concat());

    let sample = reference.data.sample(0);
    let program = Program::record_shared(theta, sample, |p, s| reference.of_sample(p, s)).unwrap();
    let batch = program.batches().reduction(Reduction::Mean).gradient(theta, reference.data.samples()).unwrap();
    reference.check(batch.values.iter().sum::<f64>() / batch.values.len() as f64, &batch.gradient);
}

#[test]
fn gradient_descent_follows_the_trajectory_of_the_reference() {
    let reference = Reference::new();
    let gd = &reference.case["gd"];
    let (rate, losses) = (gd["lr"].as_f64().unwrap(), numbers(&gd["loss_trajectory"]));
    let ends = (numbers(&gd["final_theta"]), gd["final_loss"].as_f64().unwrap());

    let mut by_tape = reference.theta.clone();
    for expected in &losses {
        let (value, gradient) = gradus::value_and_gradient(|p| reference.of_all(p), &by_tape).unwrap();
        close(&[value], &[*expected]);
        Sgd::new(rate).step(&mut by_tape, &gradient);
    }
    close(&by_tape, &ends.0);

    let mut trainer = Trainer::new(&reference.net, loss::cross_entropy, Sgd::new(rate))
        .penalty(|p| loss::l2_penalty(p, 0.5 * reference.l2))
        .batch_size(reference.data.len())
        .epochs(losses.len());
    let trained = trainer.fit(reference.theta.clone(), &reference.data, random(1)).unwrap();
    close(&trained.history.iter().map(|epoch| epoch.loss).collect::<Vec<_>>(), &losses);
    close(&trained.parameters, &ends.0);
    close(&[reference.of_all(&trained.parameters)], &[ends.1]);
}

/// A run broken off after any step, and gone on with by another trainer, ends as one without a break, to the bit.
#[track_caller]
fn check_resuming<O: Optimizer>(optimizer: impl Fn() -> O) {
    let net = Mlp::new(&[2, 6, 1], Activation::Silu).unwrap();
    let data = make_moons(30, 0.1, random(1)).unwrap();
    let validation = make_moons(20, 0.1, random(2)).unwrap();
    let start = net.initial_parameters(random(3));
    let trainer = || {
        Trainer::new(&net, loss::hinge_loss, optimizer())
            .epochs(4)
            .batch_size(8)
            .clip_norm(0.7)
            .schedule(lr_scheduler::warm_up(2, lr_scheduler::cosine(2, 0.1)))
            .validation(&validation)
            .early_stopping(EarlyStopping { patience: 10, least_gain: 0.0 })
    };
    let whole = trainer().fit(start.clone(), &data, random(4)).unwrap();
    assert_eq!((whole.history.len(), whole.optimizer.steps), (4, 16));
    for stop in 1..=16 {
        let mut saved = Checkpoint::default();
        let watch = |progress: &gradus::nn::Progress| {
            saved = progress.checkpoint.clone();
            if progress.step == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let broken = trainer().observer(watch).fit(start.clone(), &data, random(4)).unwrap();
        assert_eq!(broken, saved, "after {stop} steps");
        assert_eq!(trainer().resume(saved, &data, random(4)).unwrap(), whole, "after {stop} steps");
    }
}

#[test]
fn a_training_goes_on_to_the_same_bits() {
    check_resuming(|| Sgd { momentum: 0.9, nesterov: true, ..Sgd::new(0.1) });
    check_resuming(|| Adam::new(0.01));
    check_resuming(|| AdamW::new(0.01));
    check_resuming(|| RmsProp { momentum: 0.5, centered: true, ..RmsProp::new(0.01) });
}

#[test]
fn a_loss_that_is_not_finite_names_op_sample_and_step() {
    let data = Dataset::new(&[[1.0], [2.0], [-3.0]], &[[0.0], [0.0], [0.0]]).unwrap();
    let layout = Layout::new().parameter("scale", &[1]);
    let of_ln = |p: &[Var], x: &[Var], _: &[Var]| (p[0] * x[0]).ln();
    let failed = Trainer::of_sample(layout.clone(), of_ln, Sgd::new(0.0)).batch_size(1).fit(vec![1.0], &data, || 0.99);
    let error = failed.unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, Error::NonFiniteTraining { step: 3, epoch: 1, sample: Some(2), .. }), "{message}");
    assert!(
        message.contains("ln(-3) = NaN, the first value that is not finite, at") && message.contains("nn.rs"),
        "{message}"
    );

    // The value is finite, the derivative is not.
    let root = |p: &[Var], x: &[Var], _: &[Var]| (p[0] * x[0] * 0.0).sqrt() * p[0];
    let error = Trainer::of_sample(layout.clone(), root, Sgd::new(0.1)).fit(vec![1.0], &data, || 0.5).unwrap_err();
    assert!(error.to_string().contains("its derivative by scale[0] is"), "{error}");

    let far = |p: &[Var], _: &[Var], _: &[Var]| p[0] * 1e300;
    let error = Trainer::of_sample(layout, far, Sgd::new(1e10)).fit(vec![1.0], &data, || 0.5).unwrap_err();
    assert!(error.to_string().contains("the optimiser moved scale[0] to -inf"), "{error}");
}

#[test]
fn early_stopping_keeps_the_best() {
    // What the training learns is wrong for the validation data, whose targets are the others: their loss grows with every step.
    let net = Mlp::new(&[2, 4, 1], Activation::Tanh).unwrap();
    let data = make_moons(20, 0.1, random(1)).unwrap();
    let inputs: Vec<&[f64]> = (0..data.len()).map(|sample| data.input(sample)).collect();
    let others: Vec<[f64; 1]> = (0..data.len()).map(|sample| [-data.target(sample)[0]]).collect();
    let validation = Dataset::new(&inputs, &others).unwrap();
    let start = net.initial_parameters(random(2));
    let mut trainer = Trainer::new(&net, loss::hinge_loss, Sgd::new(0.5))
        .validation(&validation)
        .early_stopping(EarlyStopping { patience: 3, least_gain: 0.0 });
    let trained = trainer.fit(start.clone(), &data, random(3)).unwrap();
    assert_eq!(trained.history.len(), 4);
    assert_eq!(trained.best.as_ref().unwrap().epoch, 0);
    assert_ne!(trained.best_parameters(), trained.parameters);
}

#[test]
fn data_of_another_form_is_refused() {
    let net = Mlp::new(&[2, 4, 1], Activation::Tanh).unwrap();
    let data = make_moons(20, 0.1, random(1)).unwrap();
    let mut trainer = Trainer::new(&net, loss::hinge_loss, Sgd::new(0.1)).batch_size(7);
    assert!(matches!(trainer.fit(vec![0.0; 3], &data, random(1)), Err(Error::Length { found: 3, expected: 17, .. })));
    let late = Checkpoint { batch: 3, ..Checkpoint::new(vec![0.0; 17]) };
    assert!(matches!(trainer.resume(late, &data, random(1)), Err(Error::Setting { .. })));
    let predictor = Predictor::new(&net, &data).unwrap();
    assert!(predictor.outputs(&[0.0; 17], &iris()).is_err());
}

#[test]
fn spirals_are_learnt() {
    let net = Mlp::new(&[2, 24, 24, 1], Activation::Tanh).unwrap();
    let data = make_spirals(200, 0.01, 1.25, random(1)).unwrap();
    let mut trainer = Trainer::new(&net, loss::binary_cross_entropy_with_logits, AdamW::new(0.02));
    // Targets of ±1 as 0 and 1.
    let targets: Vec<[f64; 1]> = (0..data.len()).map(|i| [data.class(i) as f64]).collect();
    let inputs: Vec<&[f64]> = (0..data.len()).map(|i| data.input(i)).collect();
    let data = Dataset::new(&inputs, &targets).unwrap();
    let trained = trainer.fit(net.initial_parameters(random(2)), &data, random(3)).unwrap();
    let outputs = Predictor::new(&net, &data).unwrap().outputs(&trained.parameters, &data).unwrap();
    assert!(metrics::accuracy(&outputs, &targets) >= 0.99);
}

/// The share of the held-out fifth that a net gets right, trained on the rest as its example does.
fn held_out_accuracy(
    data: &Dataset,
    sizes: &[usize],
    optimizer: impl Optimizer,
    settings: impl Fn(Trainer<'_>) -> Trainer<'_>,
    seed: u64,
) -> f64 {
    let (test, train) = data.partition(|row| row.is_multiple_of(5));
    let net = Mlp::new(sizes, Activation::Tanh).unwrap();
    let mut random = random(seed);
    let start = net.initial_parameters(&mut random);
    let mut trainer = settings(Trainer::new(&net, loss::cross_entropy, optimizer));
    let trained = trainer.fit(start, &train, &mut random).unwrap();
    Predictor::new(&net, &test).unwrap().accuracy(&trained.parameters, &test).unwrap()
}

#[test]
fn flowers_are_told_apart() {
    let sgd = Sgd { momentum: 0.9, weight_decay: 1e-4, ..Sgd::new(0.05) };
    // One of the thirty is wrong, as with scikit-learn's `MLPClassifier` for each of ten seeds.
    fn settings(trainer: Trainer<'_>) -> Trainer<'_> {
        trainer.epochs(100).batch_size(16).schedule(lr_scheduler::cosine(100, 0.01))
    }
    assert!(held_out_accuracy(&iris(), &[4, 8, 3], sgd, settings, 1) >= 29.0 / 30.0);
}

#[test]
fn digits_are_read() {
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/digits.csv")).unwrap();
    let mut data = Dataset::classes_from(&table, "label").unwrap();
    data.change_inputs(|pixels| pixels.iter_mut().for_each(|pixel| *pixel /= 16.0));
    let of_seed = |seed| {
        held_out_accuracy(&data, &[64, 32, 10], Adam::new(0.003), |trainer| trainer.epochs(60).batch_size(32), seed)
    };
    let mut accuracies: Vec<f64> = (0..5).map(of_seed).collect();
    println!("{accuracies:?}");
    assert!(accuracies[0] >= 0.955, "{accuracies:?}");
    accuracies.sort_by(f64::total_cmp);
    assert!(accuracies[2] >= 0.965, "{accuracies:?}");
}

#[test]
fn moons_are_told_apart() {
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/moons.csv")).unwrap();
    let moons = Dataset::from_table(&table, &["y"]).unwrap();
    let net = Mlp::new(&[2, 16, 16, 1], Activation::Relu).unwrap();
    let mut random = random(4);
    let start = net.initial_parameters(&mut random);
    let mut trainer = Trainer::new(&net, loss::hinge_loss, Sgd::new(1.0))
        .penalty(|p| loss::l2_penalty(p, 1e-4))
        .schedule(lr_scheduler::linear(1.0, 0.1, 100))
        .batch_size(moons.len());
    let trained = trainer.fit(start, &moons, &mut random).unwrap();
    assert_eq!(Predictor::new(&net, &moons).unwrap().accuracy(&trained.parameters, &moons).unwrap(), 1.0);
}
