//! The same bits for the same inputs: from call to call, from process to process, for any number of threads.

use gradus::{Program, Scalar, Tape, Var};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Some of everything: products, sums of many terms, functions of the C library and our own.
fn formula<S: Scalar>(w: &[S], x: &[S]) -> S {
    let sums = w.iter().enumerate().map(|(i, &w)| (w * x[i % x.len()] + S::lit(0.1 * i as f64)).tanh());
    let layer: Vec<S> = sums.collect();
    let scores = [gradus::sum(&layer), gradus::norm(&layer), gradus::dot(&layer, w), x[0].sin() * x[1].exp()];
    gradus::log_sum_exp(&scores) + (x[0] * x[0] + S::lit(1.0)).ln_gamma() + w[0].erf() * x[1].powf(S::lit(1.5))
}

const WEIGHTS: usize = 23;

fn weights() -> Vec<f64> {
    (0..WEIGHTS).map(|i| 0.1 + 0.37 * ((i * 7 % 11) as f64 - 5.0)).collect()
}

fn samples(count: usize) -> Vec<f64> {
    (0..2 * count).map(|i| 0.05 + (i * 37 % 101) as f64 / 64.0).collect()
}

fn bits(x: &[f64]) -> Vec<u64> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// The bits of what every mode gives, but for batches.
fn of_one_sample() -> Vec<u64> {
    let x = [weights(), samples(1)].concat();
    let f = |x: &[Var]| formula(&x[..WEIGHTS], &x[WEIGHTS..]);
    let tape = Tape::new();
    let inputs = tape.vars(&x);
    let mut all = f(&inputs).backward().wrt(&inputs).unwrap();
    all.extend(gradus::hessian(f, &x).unwrap().concat());
    let program = Program::record(&x, f).unwrap();
    all.extend(program.values(&x).unwrap());
    all.extend(program.gradient(&x).unwrap().1);
    all.extend(program.hessian(&x).unwrap().concat());
    let narrow: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    all.extend(program.workspace::<f32>().gradient(&narrow).unwrap().1.iter().map(|&partial| f64::from(partial)));
    bits(&all)
}

#[cfg(feature = "batch")]
fn of_batches() -> Vec<u64> {
    use gradus::nn::optim::Adam;
    use gradus::nn::{Activation, Mlp, Model, Trainer, data::make_moons, loss};
    let program = Program::record_shared(&weights(), &samples(1), formula).unwrap();
    let mut all = Vec::new();
    for count in [1, 33, 5000] {
        let batch = program.batch(&weights(), &samples(count)).unwrap();
        all.extend(batch.gradient);
        all.extend(batch.values);
    }
    let narrow = |x: Vec<f64>| x.into_iter().map(|x| x as f32).collect::<Vec<f32>>();
    let batch = program.batches::<f32>().gradient(&narrow(weights()), &narrow(samples(5000))).unwrap();
    all.extend(batch.gradient.into_iter().map(f64::from));
    all.extend(program.batches::<f64>().sample_gradients(&weights(), &samples(500)).unwrap().concat());
    let mut random = fastrand::Rng::with_seed(3);
    let data = make_moons(1000, 0.1, || random.f64()).unwrap();
    let net = Mlp::new(&[2, 8, 1], Activation::Tanh).unwrap();
    let start = net.initial_parameters(|| random.f64());
    let mut trainer = Trainer::new(&net, loss::hinge_loss, Adam::new(0.01)).epochs(3).batch_size(300);
    all.extend(trainer.fit(start, &data, || random.f64()).unwrap().parameters);
    bits(&all)
}

#[cfg(not(feature = "batch"))]
fn of_batches() -> Vec<u64> {
    Vec::new()
}

/// All that is written: explanations and their pictures, small and grouped, listings, patterns, and with their features programs, pages,
/// nets and checkpoints. No map whose order is drawn at random may show in them.
fn of_texts() -> Vec<u8> {
    let x = [weights(), samples(1)].concat();
    let f = |x: &[Var]| formula(&x[..WEIGHTS], &x[WEIGHTS..]);
    let mut all = String::new();
    for explanation in [
        gradus::explain::function(f, &x).unwrap(),
        gradus::explain::function(|x| (x[0] * x[1]).tanh() + x[1].sin(), &[0.3, 0.7]).unwrap(),
    ] {
        let lines = explanation.forward.iter().map(|step| step.sentence());
        all.extend(lines.chain(explanation.backward.iter().map(|step| step.sentence())));
        for most in [30, 150, 10_000] {
            let picture = explanation.picture().group_above(most);
            all += &[picture.svg(), picture.dot(), picture.mermaid()].concat();
        }
        all += &format!("{explanation} {:?}", explanation.between(&[0, 1]));
    }
    let program = Program::record(&x, f).unwrap();
    all += &format!("{program} {:?} {:?}", program.sparse_jacobian(&x).unwrap(), program.sparse_hessian(&x).unwrap());
    all += &gradus::check::op::<gradus::op::Atan2, 2>().to_string();
    #[cfg(feature = "serde")]
    {
        all += &serde_json::to_string(&program).unwrap();
    }
    #[cfg(feature = "draw")]
    {
        all += &gradus::explain::page_of(|x| (x[0] * x[1]).max(x[1].sin()), &[("a", 0.3), ("b", 0.7)]).unwrap().html();
    }
    let mut all = all.into_bytes();
    all.extend(of_files());
    all
}

#[cfg(all(feature = "safetensors", feature = "onnx", feature = "batch"))]
fn of_files() -> Vec<u8> {
    use gradus::nn::data::{Standardizer, make_moons};
    use gradus::nn::optim::Adam;
    use gradus::nn::{Activation, Every, Mlp, Model, TrainedMlp, Trainer, loss, onnx::Export};
    let mut random = fastrand::Rng::with_seed(3);
    let mut data = make_moons(100, 0.1, || random.f64()).unwrap();
    let standardizer = Standardizer::fit(&data);
    standardizer.apply(&mut data);
    let net = Mlp::new(&[2, 8, 8, 1], Activation::Gelu).unwrap();
    let start = net.initial_parameters(|| random.f64());
    let process = (std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(format!("gradus-determinism-{process:?}"));
    let mut trainer =
        Trainer::new(&net, loss::hinge_loss, Adam::new(0.01)).epochs(3).checkpoints(&path, Every::Epochs(1));
    let trained = trainer.fit(start, &data, || random.f64()).unwrap();
    let mut all = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let trained = TrainedMlp::new(net.clone(), trained.parameters).unwrap().standardizer(standardizer).unwrap();
    let trained = trained.class_names(["down", "up"]).unwrap();
    all.extend(trained.save().unwrap());
    all.extend(Export::default().save(&trained).unwrap());
    all
}

#[cfg(not(all(feature = "safetensors", feature = "onnx", feature = "batch")))]
fn of_files() -> Vec<u8> {
    Vec::new()
}

fn hash(bits: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    bits.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn every_call_gives_the_same_bits() {
    let (first, batches, texts) = (of_one_sample(), of_batches(), of_texts());
    for _ in 0..5 {
        assert_eq!(of_one_sample(), first);
        assert_eq!(of_batches(), batches);
        assert!(of_texts() == texts);
    }
    // Also in another thread, with another history.
    let elsewhere = std::thread::spawn(|| {
        let _kept: Vec<Tape> = (0..100).map(|_| Tape::new()).collect();
        (of_one_sample(), of_batches(), of_texts())
    });
    assert!(elsewhere.join().unwrap() == (first, batches, texts));
}

const MARK: &str = "GRADUS_PRINT_BITS";

#[test]
fn every_process_gives_the_same_bits() {
    let hashes = [hash(&of_one_sample()), hash(&of_batches()), hash(&of_texts())];
    let own = format!("bits {hashes:016x?}");
    if std::env::var_os(MARK).is_some() {
        println!("{own}");
        return;
    }
    for run in 0..3 {
        let this = std::env::current_exe().unwrap();
        let args = ["--exact", "every_process_gives_the_same_bits", "--nocapture"];
        // With an environment of another size, which moves the stack.
        let output = std::process::Command::new(this)
            .args(args)
            .env(MARK, "x".repeat(1 + 1000 * run))
            .env("RAYON_NUM_THREADS", (1 + run).to_string())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains(&own), "{own} is not in {text}");
    }
}

#[cfg(feature = "parallel")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(of_batches)
    };
    let one = on(1);
    for threads in 2..=16 {
        assert!(on(threads) == one, "{threads} threads");
    }
}
