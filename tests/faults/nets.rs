//! Nets: sizes and lengths that do not fit, labels that are no class, settings out of range, states of others.

use crate::caught::panic_of;
use gradus::nn::data::{Dataset, Standardizer};
use gradus::nn::optim::{
    Adam, AdamW, LevenbergMarquardt, Newton, Optimizer, RmsProp, Sgd, State, clip_norm, clip_value,
};
use gradus::nn::{
    Activation, Checkpoint, EarlyStopping, Layout, Linear, Mlp, Model, Predictor, Trainer, loss, lr_scheduler, metrics,
};
use gradus::{Error, Program, Result};
use std::ops::ControlFlow;

fn random() -> impl FnMut() -> f64 {
    let mut random = fastrand::Rng::with_seed(1);
    move || random.f64()
}

/// Three samples of two inputs and one target.
fn data() -> Dataset {
    Dataset::new(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], &[[1.0], [-1.0], [1.0]]).unwrap()
}

fn net(sizes: &[usize]) -> Mlp {
    Mlp::new(sizes, Activation::Tanh).unwrap()
}

#[track_caller]
fn check_length<T>(result: Result<T>, lengths: (usize, usize), words: &str) {
    match result.err().expect("it has to fail") {
        ref error @ Error::Length { found, expected, .. } => {
            assert_eq!((found, expected), lengths);
            assert!(error.to_string().contains(words), "{error}");
        }
        error => panic!("{error}"),
    }
}

#[track_caller]
fn check_setting<T>(result: Result<T>, setting: &str) {
    match result.err().expect("it has to fail") {
        Error::Setting { what, .. } => assert_eq!(what, setting),
        error => panic!("{error}"),
    }
}

// ---- sizes -----------------------------------------------------------------------------------

#[test]
fn layers_that_do_not_fit_the_data_are_named_before_anything_is_trained() {
    let fit = |sizes: &[usize]| {
        let net = net(sizes);
        let start = net.initial_parameters(random());
        Trainer::new(&net, loss::mse_loss, Sgd::new(0.1)).epochs(1).fit(start, &data(), random())
    };
    check_length(
        fit(&[3, 2, 1]),
        (2, 3),
        "the input has length 2, but 3 was expected: as many as the first layer size",
    );
    check_length(fit(&[2, 2, 2]), (2, 1), "the model's last layer is as wide as a sample has targets");
    assert!(fit(&[2, 2, 1]).is_ok());
    let linear = Linear::new(3, 1).unwrap();
    let mut trainer = Trainer::new(&linear, loss::mse_loss, Sgd::new(0.1));
    check_length(trainer.fit(vec![0.0; 4], &data(), random()), (2, 3), "the input");
    check_length(Predictor::new(&net(&[3, 1]), &data()), (2, 3), "the input");
    // A loss of another form has its own way in.
    let pair = net(&[2, 2]);
    let of_one = |p: &[gradus::Var], x: &[gradus::Var], t: &[gradus::Var]| {
        let outputs = pair.forward(p, x);
        (outputs[0] - t[0]).powi(2) + outputs[1].powi(2)
    };
    let start = pair.initial_parameters(random());
    let mut trainer = Trainer::of_sample(pair.layout(), of_one, Sgd::new(0.01)).epochs(1);
    assert!(trainer.fit(start, &data(), random()).is_ok());
}

/// A user's model that is made of layers, and has no check of its own.
struct Stack(Linear, Linear);

impl Model for Stack {
    fn layout(&self) -> Layout {
        Layout::new().part("first", &self.0).part("second", &self.1)
    }
    fn forward<S: gradus::Scalar>(&self, parameters: &[S], inputs: &[S]) -> Vec<S> {
        let (first, second) = parameters.split_at(self.0.parameter_count());
        self.1.forward(second, &self.0.forward(first, inputs))
    }
}

#[test]
fn a_model_of_ones_own_says_what_its_layers_say() {
    let stack = Stack(Linear::new(2, 3).unwrap(), Linear::new(4, 1).unwrap());
    let parameters = stack.initial_parameters(random());
    check_length(stack.try_forward(&parameters[1..], &[1.0, 2.0]), (13, 14), "the list of parameters");
    let panic = panic_of(|| stack.forward(&parameters, &[1.0, 2.0]));
    assert_eq!(panic.message, "the input has length 3, but 4 was expected: as many as the layer sums");
    let panic =
        panic_of(|| Trainer::new(&stack, loss::mse_loss, Sgd::new(0.1)).fit(parameters.clone(), &data(), random()));
    assert_eq!(panic.message, "the input has length 3, but 4 was expected: as many as the layer sums");
}

#[test]
fn sizes_that_cannot_be_counted_are_refused() {
    for sizes in [[usize::MAX, 2], [2, usize::MAX], [1 << 32, 1 << 32], [1 << 31, 1 << 31]] {
        let error = Mlp::new(&sizes, Activation::Relu).unwrap_err();
        assert!(error.to_string().contains("so small that its weights can stand in memory"), "{error}");
        check_setting(Linear::new(sizes[0], sizes[1]), "a layer size");
    }
    // Each layer alone would do.
    let error = Mlp::new(&[1 << 29, (1 << 30) - 1, 1 << 29], Activation::Relu).unwrap_err();
    assert!(error.to_string().contains("the weights of all layers together"), "{error}");
    let panic = panic_of(|| Layout::new().parameter("a", &[usize::MAX, 3]));
    assert!(panic.message.contains("the parameter `a` of shape"), "{}", panic.message);
    let panic = panic_of(|| Layout::new().parameter("a", &[usize::MAX]).parameter("b", &[1]));
    assert!(panic.message.contains("the parameter `b` of shape [1]"), "{}", panic.message);
}

#[test]
fn a_name_of_any_length_prints() {
    let long = "n".repeat(100_000);
    let layout = Layout::new().parameter(&long, &[2]).parameter("short", &[1]);
    assert!(layout.to_string().len() < 101_000);
    let mut matrix = metrics::ConfusionMatrix::new(2);
    matrix.names = vec![long, "short".to_owned()];
    matrix.count(1, 1);
    assert!(matrix.to_string().contains("short"));
}

// ---- labels ----------------------------------------------------------------------------------

#[test]
fn labels_that_are_no_class_are_named() {
    let label = |label, classes| Error::Label { what: "a class", label, classes }.to_string();
    let error = Dataset::of_classes(&[[1.0], [2.0]], &[0, 7], 3).unwrap_err();
    assert_eq!(error, Error::Label { what: "the class of a sample", label: 7, classes: 3 });
    assert!(error.to_string().starts_with("the class of a sample is 7, but there are 3 classes"), "{error}");
    assert_eq!(panic_of(|| loss::one_hot(3, 3)).message, label(3, 3));
    assert_eq!(panic_of(|| loss::cross_entropy_of_class(&[1.0, 2.0], 5)).message, label(5, 2));
    let mut matrix = metrics::ConfusionMatrix::new(2);
    assert_eq!(panic_of(|| matrix.count(2, 0)).message, label(2, 2));
    assert_eq!(panic_of(|| matrix.count(0, 9)).message, label(9, 2));
    assert_eq!(panic_of(|| matrix.precision(4)).message, label(4, 2));
    assert_eq!(panic_of(|| matrix.recall(4)).message, label(4, 2));
    assert_eq!(matrix, metrics::ConfusionMatrix::new(2), "nothing was counted");
    check_length(Dataset::of_classes(&[[1.0], [2.0]], &[0], 3), (1, 2), "the list of targets");
}

#[test]
fn lists_that_do_not_belong_together_panic_with_both_lengths() {
    let data = data();
    let none: [f64; 0] = [];
    let message = panic_of(|| loss::mse_loss(&[1.0, 2.0], &[1.0])).message;
    assert!(message.contains("there are 2 outputs and 1 targets"), "{message}");
    let message = panic_of(|| metrics::accuracy(&[[1.0]], &[[1.0], [2.0]])).message;
    assert!(message.contains("2 targets for 1 outputs"), "{message}");
    let message = panic_of(|| Adam::new(0.1).step(&mut [1.0], &none)).message;
    assert!(message.contains("the gradient has 0 entries") && message.ends_with("each parameter: 1"), "{message}");
    let message = panic_of(|| data.sample(3).len()).message;
    assert_eq!(message, "there is no sample 3: there are 3, counted from 0");
    let message = panic_of(|| Standardizer::fit(&data).apply_to(&mut [1.0])).message;
    assert!(message.contains("a standardiser of 2 inputs was given 1"), "{message}");
    let message = panic_of(|| Standardizer::fit(&data.select(&[]))).message;
    assert!(message.contains("no samples to fit a standardiser to"), "{message}");
    let mut sgd = Sgd::new(0.1);
    sgd.step(&mut [1.0], &[1.0]);
    let message = panic_of(|| sgd.step(&mut [1.0, 2.0], &[1.0, 2.0])).message;
    assert!(message.contains("it has averages of 1, and was given 2"), "{message}");
}

// ---- settings --------------------------------------------------------------------------------

/// Neither steps back nor a NaN in every parameter: what is out of range is named before the first step.
#[test]
fn settings_out_of_range_are_named_before_the_first_step() {
    let (net, data) = (net(&[2, 3, 1]), data());
    let start = net.initial_parameters(random());
    let check = |setting: &str, trainer: Trainer<'_>| {
        let mut steps = 0;
        let mut trainer = trainer.epochs(2).observer(|_| {
            steps += 1;
            ControlFlow::Continue(())
        });
        check_setting(trainer.fit(start.clone(), &data, random()), setting);
        drop(trainer);
        assert_eq!(steps, 0, "{setting}");
    };
    fn with(net: &Mlp, optimizer: impl Optimizer + 'static) -> Trainer<'_> {
        Trainer::new(net, loss::mse_loss, optimizer)
    }
    let plain = || with(&net, Sgd::new(0.1));
    check("the batch size", plain().batch_size(0));
    for bad in [-0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        check("the learning rate", with(&net, Sgd::new(bad)));
        check("the learning rate", with(&net, AdamW::new(bad)));
        check("the learning rate that the schedule gives", plain().schedule(move |_| bad));
        check("the momentum", with(&net, Sgd { momentum: bad, ..Sgd::new(0.1) }));
        check("the momentum", with(&net, RmsProp { momentum: bad, ..RmsProp::new(0.1) }));
        check("the weight decay", with(&net, Sgd { weight_decay: bad, ..Sgd::new(0.1) }));
        check("the weight decay", with(&net, AdamW { weight_decay: bad, ..AdamW::new(0.1) }));
        check("the epsilon of Adam", with(&net, Adam { epsilon: bad, ..Adam::new(0.1) }));
        check("the epsilon of RMSprop", with(&net, RmsProp { epsilon: bad, ..RmsProp::new(0.1) }));
    }
    for bad in [-0.1, 1.0, 1.5, f64::NAN] {
        check("a beta of Adam", with(&net, Adam { betas: [bad, 0.999], ..Adam::new(0.1) }));
        check("a beta of Adam", with(&net, AdamW { betas: [0.9, bad], ..AdamW::new(0.1) }));
        check("the alpha of RMSprop", with(&net, RmsProp { alpha: bad, ..RmsProp::new(0.1) }));
    }
    for bad in [-1.0, 0.0, f64::NAN] {
        check("the longest gradient", plain().clip_norm(bad));
        check("the largest partial derivative", plain().clip_value(bad));
    }
    let least_gain = f64::NAN;
    check("the least gain of early stopping", plain().early_stopping(EarlyStopping { patience: 1, least_gain }));
    let empty = data.select(&[]);
    check("the number of samples of the validation data", plain().validation(&empty));
    check_setting(plain().fit(start.clone(), &empty, random()), "the number of samples");
    let turned = Dataset::new(&[[1.0]], &[[1.0, 2.0]]).unwrap();
    check_length(
        plain().validation(&turned).fit(start.clone(), &data, random()),
        (1, 2),
        "the inputs of the validation",
    );
    // The ends of the ranges are in them.
    let mut still = with(&net, Sgd::new(0.0)).epochs(1).batch_size(usize::MAX).clip_norm(f64::INFINITY);
    assert_eq!(still.fit(start.clone(), &data, random()).unwrap().parameters, start);
    assert!(panic_of(|| clip_norm(&mut [1.0], -1.0)).message.contains("clipped to -1"));
    assert!(panic_of(|| clip_value(&mut [1.0], f64::NAN)).message.contains("clipped to NaN"));
    assert!(panic_of(|| loss::huber_loss(&[1.0], &[0.0], -1.0)).message.contains("must be positive"));
}

#[test]
fn settings_of_the_solvers_are_named() {
    let square = Program::record(&[1.0], |x| (x[0] - 1.0).powi(2)).unwrap();
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let newton = Newton { tolerance: bad, ..Newton::default() };
        check_setting(newton.minimize(&square, &[5.0]), "the tolerance of Newton's method");
        let fit = |settings: LevenbergMarquardt| settings.fit(&square, &[5.0]);
        let tolerance = LevenbergMarquardt { tolerance: bad, ..LevenbergMarquardt::default() };
        check_setting(fit(tolerance), "the tolerance of the Levenberg-Marquardt method");
        let damping = LevenbergMarquardt { damping: bad, ..LevenbergMarquardt::default() };
        check_setting(fit(damping), "the damping of the Levenberg-Marquardt method");
    }
    check_length(Newton::default().minimize(&square, &[]), (0, 1), "point");
    check_length(LevenbergMarquardt::default().fit(&square, &[]), (0, 1), "point");
}

/// The variance of a gradient that is always the same is 0, which rounding makes negative: its root was NaN.
#[test]
fn a_steady_gradient_is_no_nan_for_centred_rmsprop() {
    for alpha in [0.5, 0.9, 0.99] {
        let mut optimizer = RmsProp { centered: true, alpha, ..RmsProp::new(0.01) };
        let mut parameters = [0.0; 8];
        let gradient = [0.1, 0.3, 0.7, 1.1, 1.3, 1.7, 1e-3, 1e5];
        for step in 0..5000 {
            optimizer.step(&mut parameters, &gradient);
            assert!(parameters.iter().all(|parameter| parameter.is_finite()), "{alpha}, step {step}: {parameters:?}");
        }
    }
}

/// Not the sum of the gradients, which is 0: the loss itself.
#[test]
fn a_loss_that_is_nan_by_itself_is_named() {
    let net = net(&[2, 1]);
    let nan = |_: &[gradus::Var], _: &[gradus::Var]| gradus::Var::from(f64::NAN);
    let failed = Trainer::new(&net, nan, Sgd::new(0.1)).fit(vec![0.5; 3], &data(), || 0.5).unwrap_err();
    assert!(matches!(failed, Error::NonFiniteTraining { step: 1, sample: Some(_), .. }));
    assert!(failed.to_string().contains("is NaN, though no op made it so"), "{failed}");
}

#[test]
fn a_schedule_of_more_epochs_than_an_exponent_holds_does_not_grow() {
    let factor = lr_scheduler::step(1, 0.5);
    assert_eq!((factor(3), factor(usize::MAX), factor(1 << 33)), (0.125, 0.0, 0.0));
}

#[test]
fn inputs_near_the_largest_number_are_standardised() {
    let rows = [[1e308, 1e200, 1.0], [1.5e308, -1e200, 3.0], [1.7e308, 3e200, 2.0]];
    let mut data = Dataset::new(&rows, &[[0.0]; 3]).unwrap();
    let plain = Dataset::new(&[[1.0, 1.0, 1.0], [1.5, -1.0, 3.0], [1.7, 3.0, 2.0]], &[[0.0]; 3]).unwrap();
    let (mut expected, of_plain) = (plain.clone(), Standardizer::fit(&plain));
    of_plain.apply(&mut expected);
    let standardizer = Standardizer::fit(&data);
    assert_eq!((standardizer.means[2], standardizer.deviations[2]), (of_plain.means[2], of_plain.deviations[2]));
    standardizer.apply(&mut data);
    for (found, expected) in data.samples().iter().zip(expected.samples()) {
        assert!((found - expected).abs() < 1e-14, "{found}, not {expected}");
    }
}

// ---- states of others ------------------------------------------------------------------------

#[test]
fn checkpoints_that_no_training_could_have_left_are_refused() {
    let (net, data) = (net(&[2, 3, 1]), data());
    let start = net.initial_parameters(random());
    let resume = |change: &dyn Fn(&mut Checkpoint)| {
        let mut checkpoint = Checkpoint::new(start.clone());
        change(&mut checkpoint);
        Trainer::new(&net, loss::mse_loss, Adam::new(0.1)).epochs(2).resume(checkpoint, &data, random())
    };
    assert!(resume(&|_| ()).is_ok());
    check_setting(resume(&|c| c.optimizer.steps = u64::MAX), "the number of steps of the checkpoint");
    check_setting(resume(&|c| c.batch = usize::MAX), "the batch of the checkpoint");
    check_setting(resume(&|c| c.loss_sum = f64::NAN), "the sum of losses of the checkpoint");
    let averages = |average, count| State { steps: 1, averages: vec![vec![average; start.len()]; count] };
    check_setting(resume(&|c| c.optimizer = averages(f64::NAN, 2)), "an average in the optimiser's state");
    check_length(resume(&|c| c.optimizer = averages(0.0, 3)), (3, 2), "a state belongs to optimisers of one kind");
    check_length(resume(&|c| c.optimizer.averages = vec![vec![0.0]; 2]), (1, start.len()), "parameters");
    assert!(matches!(resume(&|c| c.parameters[0] = f64::NAN), Err(Error::NonFinitePoint { .. })));
}

/// A panic in whatever a trainer calls goes on to the caller, and the trainer trains again.
#[test]
fn panics_in_a_training_leave_everything_usable() {
    let (net, data) = (net(&[2, 3, 1]), data());
    let start = net.initial_parameters(random());
    let whole = Trainer::new(&net, loss::mse_loss, Adam::new(0.1)).epochs(3).fit(start.clone(), &data, random());
    let fails = std::cell::Cell::new(true);
    let panics = |place: &str| assert!(!fails.get(), "in the {place}");
    let mut in_observer = Trainer::new(&net, loss::mse_loss, Adam::new(0.1)).epochs(3).observer(|progress| {
        if progress.step == 2 {
            panics("observer");
        }
        ControlFlow::Continue(())
    });
    let mut in_schedule = Trainer::new(&net, loss::mse_loss, Adam::new(0.1)).epochs(3).schedule(|epoch| {
        if epoch == 1 {
            panics("schedule");
        }
        1.0
    });
    let of_loss = |outputs: &[gradus::Var], targets: &[gradus::Var]| {
        panics("loss");
        loss::mse_loss(outputs, targets)
    };
    let mut in_loss = Trainer::new(&net, of_loss, Adam::new(0.1)).epochs(3);
    for (place, trainer) in [("observer", &mut in_observer), ("schedule", &mut in_schedule), ("loss", &mut in_loss)] {
        fails.set(true);
        let panic = panic_of(|| trainer.fit(start.clone(), &data, random()));
        assert_eq!(panic.message, format!("in the {place}"));
        fails.set(false);
        assert_eq!(trainer.fit(start.clone(), &data, random()), whole, "after a panic in the {place}");
    }
    let mut trainer = Trainer::new(&net, loss::mse_loss, Adam::new(0.1)).epochs(3);
    let panic = panic_of(|| trainer.fit(start.clone(), &data, || panic!("in the generator")));
    assert_eq!(panic.message, "in the generator");
    assert_eq!(trainer.fit(start.clone(), &data, random()), whole);
    assert_eq!(gradus::derivative(|x| x * x, 3.0), Ok(6.0));
}

/// Numbers that no generator gives: nothing panics, and what they make is refused where it is used.
#[test]
fn generators_out_of_range() {
    let (net, data) = (net(&[2, 3, 1]), data());
    let start = net.initial_parameters(random());
    for wrong in [1.0, -5.0, 1e300, f64::NAN, f64::INFINITY] {
        let mut trainer = Trainer::new(&net, loss::mse_loss, Adam::new(0.1)).epochs(2);
        let trained = trainer.fit(start.clone(), &data, || wrong).unwrap();
        assert_eq!(trained.history.len(), 2, "any order has all samples");
        let initial = net.initial_parameters(|| wrong);
        if !initial.iter().all(|parameter| parameter.is_finite()) {
            assert!(matches!(trainer.fit(initial, &data, random()), Err(Error::NonFinitePoint { .. })));
        }
    }
}
