//! Nets and trainings on disk: what is read is what was written, to the bit; what is damaged or of another model is an error that says what
//! differs; a training that was killed goes on from its file to the same bits.

use gradus::nn::data::{Dataset, Standardizer, make_moons};
use gradus::nn::optim::{Adam, AdamW, Optimizer, RmsProp, Sgd};
use gradus::nn::{
    Activation, Checkpoint, EarlyStopping, Every, Layout, Mlp, Model, TrainedMlp, Trainer, loss, lr_scheduler,
    safetensors,
};
use gradus::{Error, Result};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// A folder of a test's own, empty at its start, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut random = fastrand::Rng::with_seed(seed);
    move || random.f64()
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

/// A net whose parameters are awkward numbers.
fn trained() -> TrainedMlp {
    let net = Mlp::new(&[2, 3, 2], Activation::LeakyRelu(0.1 + 0.2)).unwrap();
    let mut parameters = net.initial_parameters(random(1));
    parameters[..5].copy_from_slice(&[-0.0, f64::MIN_POSITIVE / 3.0, f64::MAX, 1.0 / 3.0, f64::EPSILON]);
    let standardizer = Standardizer { means: vec![0.1, -1e300], deviations: vec![1.0 / 3.0, 1e-300] };
    let trained = TrainedMlp::new(net, parameters).unwrap().standardizer(standardizer).unwrap();
    trained.class_names(["für \"alle\"", "\u{1f339}"]).unwrap()
}

#[track_caller]
fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn parameters_are_read_as_they_were_written() {
    let layout = Layout::new().parameter("scale", &[]).parameter("none", &[0, 3]).parameter("cube", &[2, 1, 2]);
    let parameters = [f64::NAN, f64::INFINITY, -0.0, 5e-324, 0.1];
    let bytes = safetensors::save(&layout, &parameters).unwrap();
    assert_eq!(bits(&safetensors::load(&layout, &bytes).unwrap()), bits(&parameters));
    assert_eq!(safetensors::save(&layout, &parameters).unwrap(), bytes, "the same bytes each time");
    let empty = safetensors::save(&Layout::new(), &[]).unwrap();
    assert!(safetensors::load(&Layout::new(), &empty).unwrap().is_empty());
}

#[test]
fn a_described_net_is_read_as_it_was_written() {
    let folder = Folder::new("described");
    for activation in Activation::ALL {
        let net = Mlp::new(&[3, 4, 2], activation).unwrap();
        let parameters = net.initial_parameters(random(2));
        let trained = TrainedMlp::new(net.clone(), parameters).unwrap();
        trained.save_file(folder.file("net")).unwrap();
        assert_eq!(TrainedMlp::load_file_of(&net, folder.file("net")).unwrap(), trained);
    }
    let trained = trained();
    let bytes = trained.save().unwrap();
    let read = TrainedMlp::load(&bytes).unwrap();
    assert_eq!((&read, bits(read.parameters())), (&trained, bits(trained.parameters())));
    assert_eq!(read.save().unwrap(), bytes);
    // A described net is a file of parameters, too.
    assert_eq!(bits(&safetensors::load(&trained.net().layout(), &bytes).unwrap()), bits(trained.parameters()));
}

#[test]
fn a_file_from_python_in_f32_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/nets/python_f32.safetensors");
    let net = Mlp::new(&[2, 3, 1], Activation::Tanh).unwrap();
    let parameters = safetensors::load_file(&net.layout(), path).unwrap();
    assert!(parameters.iter().all(|&number| f64::from(number as f32) == number));
    // By numpy, in f64.
    for (inputs, expected) in [([0.5, -1.0], 0.8203243570564793), ([2.0, 3.0], -1.1803871707642613)] {
        let found = net.forward(&parameters, &inputs)[0];
        assert!((found - expected).abs() < 1e-15, "{found}, not {expected}");
    }
    let message = message(TrainedMlp::load_file(path));
    assert!(message.contains("python_f32") && message.contains("no description of a net"), "{message}");
}

#[test]
fn files_of_other_models_say_what_differs() {
    let layout = |sizes: &[usize]| Mlp::new(sizes, Activation::Tanh).unwrap().layout();
    let bytes = safetensors::save(&layout(&[2, 3, 1]), &[0.5; 13]).unwrap();
    let refused = |layout: &Layout, differences: &str| {
        let message = message(safetensors::load(layout, &bytes));
        assert_eq!(message, format!("the safetensors file does not fit: {differences}"));
    };
    refused(
        &layout(&[2, 3]),
        "`fc2.bias` of the shape [1] was not expected; `fc2.weight` of the shape [1, 3] was not expected",
    );
    refused(
        &layout(&[2, 3, 1, 1]),
        "`fc3.weight` is missing, expected with the shape [1, 1]; `fc3.bias` is missing, expected with the shape [1]",
    );
    // As many numbers, but differently arranged.
    let turned = Layout::new().parameter("fc1.weight", &[2, 3]).parameter("fc1.bias", &[3]);
    refused(
        &turned.parameter("fc2.weight", &[1, 3]).parameter("fc2.bias", &[1]),
        "`fc1.weight` has the shape [3, 2], expected [2, 3]",
    );
    let many = (0..20).fold(Layout::new(), |layout, number| layout.parameter(&format!("p{number:02}"), &[1]));
    let message = message(safetensors::load(&many, &bytes));
    assert!(message.contains("`p00` is missing") && message.ends_with("; and 16 more"), "{message}");

    let half = br#"{"scale":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#;
    let bytes = [&(half.len() as u64).to_le_bytes(), &half[..], &[0, 0]].concat();
    let error = safetensors::load(&Layout::new().parameter("scale", &[1]), &bytes).unwrap_err();
    assert!(error.to_string().ends_with("`scale` holds F16, expected F64 or F32"), "{error}");
}

#[test]
fn what_cannot_be_saved_is_refused() {
    let twice = Layout::new().parameter("w", &[1]).parameter("w", &[1]);
    assert!(message(safetensors::save(&twice, &[1.0, 2.0])).contains("two parameters are called `w`"));
    let reserved = Layout::new().parameter("__metadata__", &[1]);
    assert!(message(safetensors::save(&reserved, &[1.0])).contains("rename it"));
    assert!(matches!(safetensors::save(&reserved, &[]), Err(Error::Length { found: 0, expected: 1, .. })));
    let absent = Folder::new("absent").file("no").join("net");
    assert!(message(trained().save_file(&absent)).contains("not written"));
    assert!(matches!(TrainedMlp::load_file(&absent), Err(Error::File { .. })));
}

#[test]
fn a_net_of_another_kind_says_what_differs() {
    let folder = Folder::new("kinds");
    let path = folder.file("net");
    trained().save_file(&path).unwrap();
    let other = Mlp::new(&[2, 4, 2], Activation::LeakyRelu(0.3)).unwrap();
    let message = message(TrainedMlp::load_file_of(&other, &path));
    let sizes = "the layer sizes are [2, 3, 2], expected [2, 4, 2]";
    let activation = "the activation is LeakyRelu(0.30000000000000004), expected LeakyRelu(0.3)";
    assert_eq!(message, format!("{} does not fit: {sizes}; {activation}", path.display()));
}

/// The file of `trained`, with `from` in its header replaced by `to`.
fn forged(from: &str, to: &str) -> Vec<u8> {
    let bytes = trained().save().unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&bytes[8..8 + length]).unwrap();
    assert!(header.contains(from), "{header}");
    let header = header.replace(from, to);
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &bytes[8 + length..]].concat()
}

#[test]
fn a_description_that_is_wrong_says_so() {
    for (from, to, part) in [
        (r#"\"version\":1"#, r#"\"version\":2"#, "version 2, and this version of gradus reads version 1"),
        (r#"\"mlp\""#, r#"\"cnn\""#, "unknown variant `cnn`"),
        (r#"\"sizes\":["#, r#"\"sizes\":[1,"#, "`fc1.weight` has the shape [3, 2], expected [2, 1]"),
        ("[2,3,2]", "[2,3,2,2]", "`fc3.weight` is missing"),
        ("[2,3,2]", "[2]", "at least inputs and outputs"),
        ("[2,3,2]", "[2,0,2]", "a layer size is 0"),
        ("[2,3,2]", "[2,30000000000,2]", "holds fewer numbers"),
        ("[2,3,2]", "[2,18446744073709551615,2]", "so small that its weights can stand in memory"),
        ("leaky_relu", "leaky", "there is no activation `leaky`"),
        ("leaky_relu", "tanh", "the constant of an activation is 0.30000000000000004, but must be left out"),
        (r#"\"constant\":0.3"#, r#"\"constant\":1e999"#, "cannot be read"),
        (r#"\"means\":[0.1,"#, r#"\"means\":["#, "means of the standardisation has length 1"),
        (r#",1e-300]"#, r#",0]"#, "a deviation of the standardisation is 0"),
        (r#"\"class_names\":["#, r#"\"class_names\":[\"\","#, "class names has length 3"),
        (r#""gradus""#, r#""torch""#, "no description of a net"),
    ] {
        let message = message(TrainedMlp::load(&forged(from, to)));
        assert!(message.contains(part), "{from} as {to}: {message}");
    }
}

#[test]
fn a_damaged_file_is_an_error_or_a_net_of_the_same_shape() {
    let whole = trained().save().unwrap();
    let (layout, net) = (trained().net().layout(), trained().net().clone());
    for length in 0..whole.len() {
        let error = TrainedMlp::load(&whole[..length]).unwrap_err();
        assert!(matches!(error, Error::File { .. }), "cut off at {length}: {error}");
        assert!(safetensors::load(&layout, &whole[..length]).is_err());
    }
    let (mut errors, mut loads) = (0, 0);
    let mut check = |bytes: &[u8]| match (TrainedMlp::load(bytes), safetensors::load(&layout, bytes)) {
        (Ok(trained), Ok(parameters)) => {
            assert_eq!((trained.net().sizes(), parameters.len()), (net.sizes(), layout.count()));
            loads += 1;
        }
        (Err(_), _) => errors += 1,
        (Ok(_), Err(error)) => panic!("{error}"),
    };
    let mut bytes = whole.clone();
    for bit in 0..8 * whole.len() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        check(&bytes);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..random.usize(1..6) {
            let place = random.usize(..bytes.len());
            match random.u8(0..4) {
                0 => bytes[place] = random.u8(..),
                1 => bytes[place] = *random.choice(b"0123456789{}[],:\"\\").unwrap(),
                2 => bytes.truncate(place.max(1)),
                _ => bytes.insert(place, random.u8(..)),
            }
        }
        check(&bytes);
    }
    assert!(errors > 10_000 && loads > 1_000, "{errors} errors, {loads} loads");
}

/// What is needed to train a small net again and again.
struct Training {
    net: Mlp,
    data: Dataset,
    validation: Dataset,
    start: Vec<f64>,
}

impl Training {
    fn new() -> Training {
        let net = Mlp::new(&[2, 6, 1], Activation::Silu).unwrap();
        let data = make_moons(30, 0.1, random(1)).unwrap();
        let validation = make_moons(20, 0.1, random(2)).unwrap();
        let start = net.initial_parameters(random(3));
        Training { net, data, validation, start }
    }

    fn trainer(&self, optimizer: impl Optimizer + 'static) -> Trainer<'_> {
        Trainer::new(&self.net, loss::hinge_loss, optimizer)
            .epochs(4)
            .batch_size(8)
            .clip_norm(0.7)
            .schedule(lr_scheduler::warm_up(2, lr_scheduler::cosine(2, 0.1)))
            .validation(&self.validation)
            .early_stopping(EarlyStopping { patience: 10, least_gain: 0.0 })
    }

    /// Killed after any step, with a file written now and then, and gone on with from the file: the same bits as without a break.
    #[track_caller]
    fn check<O: Optimizer + 'static>(&self, folder: &Folder, often: &[Every], optimizer: impl Fn() -> O) {
        let (path, kept) = (folder.file("run"), folder.file("kept"));
        let whole = self.trainer(optimizer()).fit(self.start.clone(), &self.data, random(4)).unwrap();
        assert_eq!((whole.history.len(), whole.optimizer.steps), (4, 16));
        for &every in often {
            for kill in 1..=16 {
                let _ = fs::remove_file(&path);
                let _ = fs::remove_file(&kept);
                // Who is killed writes nothing more: what is there after the step is what is left.
                let watch = |progress: &gradus::nn::Progress<'_>| {
                    if progress.step < kill {
                        return ControlFlow::Continue(());
                    }
                    let _ = fs::copy(&path, &kept);
                    ControlFlow::Break(())
                };
                let mut trainer = self.trainer(optimizer()).checkpoints(&path, every).observer(watch);
                let broken = trainer.fit(self.start.clone(), &self.data, random(4)).unwrap();
                assert_eq!(Checkpoint::load_file(&self.net.layout(), &path).unwrap(), broken);
                let steps = match every {
                    Every::Steps(count) => kill / count * count,
                    Every::Epochs(count) => kill / 4 / count as u64 * count as u64 * 4,
                };
                if steps == 0 {
                    assert!(!kept.exists(), "{every:?}, killed after {kill}");
                    continue;
                }
                let saved = Checkpoint::load_file(&self.net.layout(), &kept).unwrap();
                assert_eq!(saved.optimizer.steps, steps, "{every:?}, killed after {kill}");
                let resumed = self.trainer(optimizer()).resume(saved, &self.data, random(4)).unwrap();
                assert_eq!(resumed, whole, "{every:?}, killed after {kill}");
                assert_eq!(bits(&resumed.parameters), bits(&whole.parameters));
            }
        }
    }
}

#[test]
fn a_killed_training_goes_on_to_the_same_bits() {
    let folder = Folder::new("killed");
    let training = Training::new();
    let now_and_then = [Every::Steps(3)];
    training.check(&folder, &now_and_then, || Sgd { momentum: 0.9, nesterov: true, ..Sgd::new(0.1) });
    training.check(&folder, &now_and_then, || AdamW::new(0.01));
    training.check(&folder, &now_and_then, || RmsProp { momentum: 0.5, centered: true, ..RmsProp::new(0.01) });
    let all = [Every::Steps(1), Every::Steps(3), Every::Epochs(1), Every::Epochs(2)];
    training.check(&folder, &all, || Adam::new(0.01));
}

#[test]
fn a_checkpoint_keeps_its_bits_in_every_format() {
    let training = Training::new();
    let mut checkpoint =
        training.trainer(Adam::new(0.01)).fit(training.start.clone(), &training.data, random(4)).unwrap();
    assert!(checkpoint.best.is_some() && checkpoint.history[0].validation_loss.is_some());
    checkpoint.parameters[0] = f64::NEG_INFINITY;
    checkpoint.parameters[1] = -0.0;
    checkpoint.loss_sum = 5e-324;
    checkpoint.history[1].validation_loss = None;
    let same = |read: Checkpoint| {
        assert_eq!((&read, bits(&read.parameters)), (&checkpoint, bits(&checkpoint.parameters)));
    };
    same(serde_json::from_str(&serde_json::to_string(&checkpoint).unwrap()).unwrap());
    same(postcard::from_bytes(&postcard::to_allocvec(&checkpoint).unwrap()).unwrap());
}

#[test]
fn a_checkpoint_of_another_model_or_data_says_what_differs() {
    let folder = Folder::new("others");
    let path = folder.file("run");
    let training = Training::new();
    let mut trainer = training.trainer(Adam::new(0.01)).checkpoints(&path, Every::Epochs(1));
    let trained = trainer.fit(training.start.clone(), &training.data, random(4)).unwrap();
    let other = Mlp::new(&[2, 8, 1], Activation::Silu).unwrap();
    let message_of_model = message(Checkpoint::load_file(&other.layout(), &path));
    assert!(message_of_model.contains("`fc1.weight` has the shape [6, 2], expected [8, 2]"), "{message_of_model}");

    let more = make_moons(31, 0.1, random(1)).unwrap();
    let message_of_data = message(training.trainer(Adam::new(0.01)).resume(trained.clone(), &more, random(4)));
    assert!(message_of_data.contains("the training data has length 31, but 30 was expected"), "{message_of_data}");
    let anew = Checkpoint { samples: 0, ..trained };
    assert!(training.trainer(Adam::new(0.01)).epochs(5).resume(anew, &more, random(4)).is_ok());

    let stop = |progress: &gradus::nn::Progress<'_>| match progress.step {
        6 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let within = training.trainer(Adam::new(0.01)).observer(stop);
    let within = { within }.fit(training.start.clone(), &training.data, random(4)).unwrap();
    let mut smaller = training.trainer(Adam::new(0.01)).batch_size(4);
    let message_of_batch = message(smaller.resume(within, &training.data, random(4)));
    assert!(message_of_batch.contains("a batch has length 4, but 8 was expected"), "{message_of_batch}");

    let mut never = training.trainer(Adam::new(0.01)).checkpoints(&path, Every::Steps(0));
    assert!(message(never.fit(training.start.clone(), &training.data, random(4))).contains("at least 1"));
    let mut nowhere = training.trainer(Adam::new(0.01)).checkpoints(folder.file("no").join("run"), Every::Steps(1));
    assert!(message(nowhere.fit(training.start.clone(), &training.data, random(4))).contains("not written"));
}

#[test]
fn a_checkpoint_of_another_optimiser_is_refused() {
    let training = Training::new();
    let trained = training.trainer(Adam::new(0.01)).fit(training.start.clone(), &training.data, random(4)).unwrap();
    let refused = message(training.trainer(Sgd::new(0.01)).epochs(5).resume(trained, &training.data, random(4)));
    assert!(refused.contains("averages in the optimiser's state has length 2, but 1 was expected"), "{refused}");
}

#[test]
fn a_damaged_checkpoint_is_an_error_or_goes_on() {
    let folder = Folder::new("damaged");
    let path = folder.file("run");
    let training = Training::new();
    let mut trainer = training.trainer(Adam::new(0.01)).checkpoints(&path, Every::Epochs(1));
    trainer.fit(training.start.clone(), &training.data, random(4)).unwrap();
    let (whole, layout) = (fs::read(&path).unwrap(), training.net.layout());
    let load = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Checkpoint::load_file(&layout, &path)
    };
    for length in 0..whole.len() {
        assert!(load(&whole[..length]).is_err(), "cut off at {length}");
    }
    let message_of_half = message(load(&whole[..whole.len() / 2]));
    assert!(message_of_half.contains("not a whole checkpoint (EOF"), "{message_of_half}");
    let text = String::from_utf8(whole.clone()).unwrap();
    let newer = text.replacen("\"version\":1", "\"version\":7", 1);
    assert!(message(load(newer.as_bytes())).contains("version 7, and this version of gradus reads version 1"));
    let shorter = text.replacen("\"averages\":[[\"", "\"averages\":[[\"1\",\"", 1);
    assert!(message(load(shorter.as_bytes())).contains("has length 26, but 25 was expected"));
    let mut random_place = fastrand::Rng::with_seed(1);
    let (mut errors, mut loads) = (0, 0);
    for _ in 0..4_000 {
        let mut bytes = whole.clone();
        bytes[random_place.usize(..whole.len())] ^= 1 << random_place.u8(0..8);
        match load(&bytes) {
            Ok(checkpoint) => {
                assert_eq!(checkpoint.parameters.len(), layout.count());
                loads += 1;
                // It may well hold numbers with which no training goes on, but says so.
                if loads % 10 == 0 {
                    let _ = training.trainer(Adam::new(0.01)).epochs(5).resume(checkpoint, &training.data, random(4));
                }
            }
            Err(_) => errors += 1,
        }
    }
    assert!(errors > 1_000 && loads > 500, "{errors} errors, {loads} loads");
}

#[test]
fn what_a_killed_process_left_beside_a_file_goes_when_it_is_written_again() {
    let folder = Folder::new("partial");
    let (path, layout) = (folder.file("net"), trained().net().layout());
    let leave = |name: &str| fs::File::create(folder.file(name)).unwrap();
    leave(".net.17.partial");
    let written = leave(".net.18.partial");
    written.lock().unwrap();
    let others = [".other.17.partial", ".net.17.partial.kept", ".net.notes.partial", "net.17.partial"];
    others.iter().for_each(|name| drop(leave(name)));
    safetensors::save_file(&layout, trained().parameters(), &path).unwrap();
    let there = |name: &str| folder.file(name).exists();
    assert!(there("net") && !there(".net.17.partial"), "nobody writes there any longer");
    assert!(there(".net.18.partial"), "another process is writing it");
    assert!(others.iter().all(|name| there(name)), "those are no leftovers");
}

/// Where the process that is to be killed keeps its checkpoint.
const KEPT_AT: &str = "GRADUS_TEST_CHECKPOINT";

/// A training without end, which goes on from its file if there is one.
fn train_until_killed(training: &Training, path: &Path) {
    let trainer = training.trainer(Adam::new(0.01)).epochs(usize::MAX).early_stopping(NEVER);
    let mut trainer = trainer.checkpoints(path, Every::Steps(1));
    match path.exists() {
        true => {
            let saved = Checkpoint::load_file(&training.net.layout(), path).unwrap();
            trainer.resume(saved, &training.data, random(4)).unwrap()
        }
        false => trainer.fit(training.start.clone(), &training.data, random(4)).unwrap(),
    };
}

/// How a process is ended by others: at once, or by a system that shuts down. An interrupt does the same, but is ignored by what a shell
/// started in the background.
const SIGNALS: [&str; 2] = ["KILL", "TERM"];

const NEVER: EarlyStopping = EarlyStopping { patience: 1_000_000, least_gain: 0.0 };

#[test]
fn a_process_that_is_killed_again_and_again_goes_on() {
    let training = Training::new();
    // This test is also the process that is killed.
    if let Some(path) = std::env::var_os(KEPT_AT) {
        return train_until_killed(&training, Path::new(&path));
    }
    let folder = Folder::new("processes");
    let path = folder.file("run");
    let (mut steps, mut moments) = (0, fastrand::Rng::with_seed(5));
    // More for a longer run.
    let kills = std::env::var("GRADUS_KILLS").map_or(20, |kills| kills.parse().unwrap());
    for kill in 0..kills {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_process_that_is_killed_again_and_again_goes_on"])
            .env(KEPT_AT, &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // At any moment, but not before it has gone on.
        let load = || Checkpoint::load_file(&training.net.layout(), &path);
        let begun = std::time::Instant::now();
        while !load().is_ok_and(|checkpoint| checkpoint.optimizer.steps > steps) {
            assert!(begun.elapsed().as_secs() < 120 && child.try_wait().unwrap().is_none(), "it does not train");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        std::thread::sleep(std::time::Duration::from_micros(moments.u64(0..10_000)));
        if cfg!(unix) {
            let kill = format!("kill -{} {}", SIGNALS[kill % SIGNALS.len()], child.id());
            assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        } else {
            child.kill().unwrap();
        }
        assert!(!child.wait().unwrap().success());
        steps = load().unwrap().optimizer.steps;
    }
    let stop = |progress: &gradus::nn::Progress<'_>| match progress.step == steps {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let mut trainer = training.trainer(Adam::new(0.01)).epochs(usize::MAX).early_stopping(NEVER).observer(stop);
    let whole = trainer.fit(training.start.clone(), &training.data, random(4)).unwrap();
    assert_eq!(Checkpoint::load_file(&training.net.layout(), &path).unwrap(), whole);
    // The next write takes away what was left beside the file.
    whole.save_file(&training.net.layout(), &path).unwrap();
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["run"]);
}
