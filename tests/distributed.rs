//! Training on several ranks, which are threads here: the same curve as on one, whatever the shares; and whatever goes wrong on one rank
//! ends all, none of which waits for ever.

#![cfg(feature = "batch")]

use gradus::nn::data::{Dataset, make_moons};
use gradus::nn::optim::{Adam, Sgd};
use gradus::nn::{Activation, Checkpoint, Communicator, EarlyStopping, Layout, Mlp, Model, Trainer, loss};
use gradus::{Error, Result, Var};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// A thread among others, with a channel to and from each.
struct Threads {
    rank: usize,
    to: Vec<Sender<Vec<f64>>>,
    from: Vec<Receiver<Vec<f64>>>,
}

impl Threads {
    fn new(size: usize) -> Vec<Threads> {
        let mut all: Vec<Threads> = (0..size).map(|rank| Threads { rank, to: Vec::new(), from: Vec::new() }).collect();
        for sender in 0..size {
            for receiver in 0..size {
                let (to, from) = channel();
                all[sender].to.push(to);
                all[receiver].from.push(from);
            }
        }
        all
    }
}

impl Communicator for Threads {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn sum(&mut self, numbers: &mut [f64]) -> Result<()> {
        let lost = |rank| Error::RankFailed { rank, cause: "it is gone".into() };
        for (rank, to) in self.to.iter().enumerate() {
            to.send(numbers.to_vec()).map_err(|_| lost(rank))?;
        }
        numbers.fill(0.0);
        for (rank, from) in self.from.iter().enumerate() {
            // A rank that waits in vain fails the test.
            let theirs = from.recv_timeout(Duration::from_secs(30)).map_err(|_| lost(rank))?;
            assert_eq!(theirs.len(), numbers.len(), "rank {rank} adds up something else");
            numbers.iter_mut().zip(theirs).for_each(|(number, other)| *number += other);
        }
        Ok(())
    }
}

/// What each rank returns.
fn on_ranks<T: Send>(size: usize, run: impl Fn(Threads) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = Threads::new(size).into_iter().map(|rank| scope.spawn(|| run(rank))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut random = fastrand::Rng::with_seed(seed);
    move || random.f64()
}

/// A training of moons: 30 of them in batches of 7, the last of which is of 2.
struct Moons {
    net: Mlp,
    data: Dataset,
    validation: Dataset,
    start: Vec<f64>,
}

impl Moons {
    fn new() -> Moons {
        let net = Mlp::new(&[2, 6, 1], Activation::Tanh).unwrap();
        Moons {
            data: make_moons(30, 0.1, random(1)).unwrap(),
            validation: make_moons(13, 0.1, random(2)).unwrap(),
            start: net.initial_parameters(random(3)),
            net,
        }
    }

    fn trainer(&self) -> Trainer<'_> {
        Trainer::new(&self.net, loss::hinge_loss, Adam::new(0.02))
            .penalty(|p| loss::l2_penalty(p, 1e-3))
            .epochs(12)
            .batch_size(7)
            .clip_norm(0.9)
            .validation(&self.validation)
            .early_stopping(EarlyStopping { patience: 20, least_gain: 0.0 })
    }
}

/// How far two curves are apart, as a share of the losses.
fn apart(found: &Checkpoint, expected: &Checkpoint) -> f64 {
    assert_eq!(found.history.len(), expected.history.len());
    let losses = |run: &Checkpoint| -> Vec<f64> {
        run.history.iter().flat_map(|epoch| [epoch.loss, epoch.validation_loss.unwrap_or(1.0)]).collect()
    };
    losses(found)
        .iter()
        .zip(losses(expected))
        .map(|(found, expected)| (found / expected - 1.0).abs())
        .fold(0.0, f64::max)
}

#[test]
fn any_number_of_ranks_gives_the_same_curve() {
    let moons = Moons::new();
    let alone = moons.trainer().fit(moons.start.clone(), &moons.data, random(4)).unwrap();
    assert_eq!(alone.history.len(), 12);
    // Nine ranks: some have nothing of any batch, and all but two nothing of the last.
    for size in [1, 2, 3, 4, 9] {
        let runs = on_ranks(size, |rank| {
            moons.trainer().distributed(rank).fit(moons.start.clone(), &moons.data, random(4)).unwrap()
        });
        assert!(runs.iter().all(|run| *run == runs[0]), "ranks differ");
        let apart = apart(&runs[0], &alone);
        println!("{size} ranks: {apart:.1e} apart");
        assert!(apart <= if size == 1 { 0.0 } else { 1e-12 }, "{size} ranks: {apart:e} apart");
    }
}

#[test]
fn a_run_on_ranks_goes_on_to_the_same_bits() {
    let moons = Moons::new();
    for size in [2, 3] {
        let whole = on_ranks(size, |rank| {
            moons.trainer().distributed(rank).fit(moons.start.clone(), &moons.data, random(4)).unwrap()
        });
        // Rank 1 alone breaks off, in the midst of an epoch.
        let broken = on_ranks(size, |rank| {
            let stops = rank.rank == 1;
            let trainer = moons.trainer().distributed(rank);
            let stop = |progress: &gradus::nn::Progress| match progress.step {
                17 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            };
            let mut trainer = if stops { trainer.observer(stop) } else { trainer };
            trainer.fit(moons.start.clone(), &moons.data, random(4)).unwrap()
        });
        assert_eq!((broken[0].history.len(), broken[0].batch), (3, 2));
        assert!(broken.iter().all(|run| *run == broken[0]), "ranks differ");
        let rest = on_ranks(size, |rank| {
            moons.trainer().distributed(rank).resume(broken[0].clone(), &moons.data, random(4)).unwrap()
        });
        assert_eq!(rest, whole);
    }
}

#[test]
fn early_stopping_ends_all_ranks_at_once() {
    let moons = Moons::new();
    let runs = on_ranks(3, |rank| {
        // What is learnt of the moons is wrong of their mirror image.
        let mut mirrored = moons.validation.clone();
        mirrored.change_inputs(|input| input.iter_mut().for_each(|x| *x = 1.0 - *x));
        let trainer = Trainer::new(&moons.net, loss::hinge_loss, Sgd::new(0.5)).validation(&mirrored);
        let mut trainer = trainer.early_stopping(EarlyStopping { patience: 3, least_gain: 0.0 }).distributed(rank);
        trainer.fit(moons.start.clone(), &moons.data, random(4)).unwrap()
    });
    assert_eq!(runs[0].history.len(), 4);
    assert!(runs.iter().all(|run| *run == runs[0]), "ranks differ");
}

/// Rank `failed` has an error of its own, the others one that names it.
#[track_caller]
fn check_failure<T: std::fmt::Debug>(runs: Vec<Result<T>>, failed: usize, cause: &str) {
    for (rank, run) in runs.into_iter().enumerate() {
        match run.unwrap_err() {
            Error::RankFailed { rank: named, cause: of_other } => {
                assert_ne!(rank, failed);
                assert_eq!((named, of_other.as_str()), (failed, "its own error says why"));
            }
            error => {
                assert_eq!(rank, failed, "{error}");
                assert!(error.to_string().contains(cause), "{error}");
            }
        }
    }
}

#[test]
fn a_failure_on_one_rank_ends_all() {
    let layout = Layout::new().parameter("scale", &[1]);
    let of_ln = |p: &[Var], x: &[Var], _: &[Var]| (p[0] * x[0]).ln();
    let data = Dataset::new(&[[1.0], [2.0], [3.0], [-4.0], [5.0]], &[[0.0]; 5]).unwrap();
    // In the order 0 to 4, two ranks have samples 0 to 1 and 2 to 4; three have 0, 1 to 2, 3 to 4.
    for (size, failed) in [(2, 1), (3, 2)] {
        let runs = on_ranks(size, |rank| {
            let mut trainer = Trainer::of_sample(layout.clone(), of_ln, Sgd::new(0.0)).batch_size(5).distributed(rank);
            trainer.fit(vec![1.0], &data, || 0.99)
        });
        check_failure(runs, failed, "ln(-4) = NaN, the first value that is not finite");
    }

    // A branch that only the validation data take.
    let branchy = |p: &[Var], x: &[Var], _: &[Var]| if x[0] > 0.0 { p[0] * x[0] } else { p[0] };
    let validation = Dataset::new(&[[1.0], [-2.0], [3.0]], &[[0.0]; 3]).unwrap();
    let data = Dataset::new(&[[1.0], [2.0], [3.0]], &[[0.0]; 3]).unwrap();
    let runs = on_ranks(3, |rank| {
        let trainer = Trainer::of_sample(layout.clone(), branchy, Sgd::new(0.1)).validation(&validation);
        trainer.distributed(rank).fit(vec![1.0], &data, || 0.99)
    });
    check_failure(runs, 1, "does not hold here");

    // One rank cannot even begin.
    let moons = Moons::new();
    let runs = on_ranks(3, |rank| {
        let start = if rank.rank == 0 { vec![0.0; 3] } else { moons.start.clone() };
        moons.trainer().distributed(rank).fit(start, &moons.data, random(4))
    });
    check_failure(runs, 0, "the list of parameters has length 3");
}

#[test]
fn what_becomes_infinite_only_in_the_sum_ends_all_with_the_same_error() {
    let layout = Layout::new().parameter("scale", &[1]);
    let steep = |p: &[Var], x: &[Var], _: &[Var]| p[0] * x[0];
    let data = Dataset::new(&[[1e308], [1e308]], &[[0.0]; 2]).unwrap();
    let runs = on_ranks(2, |rank| {
        let mut trainer = Trainer::of_sample(layout.clone(), steep, Sgd::new(0.1)).distributed(rank);
        trainer.fit(vec![0.1], &data, || 0.99).unwrap_err()
    });
    assert!(runs[0].to_string().contains("the sum of their derivatives by scale[0] is inf"), "{}", runs[0]);
    assert_eq!(runs[0], runs[1]);
}

#[test]
fn ranks_that_differ_are_told() {
    let moons = Moons::new();
    let others = make_moons(30, 0.1, random(9)).unwrap();
    #[track_caller]
    fn check(runs: Vec<Result<Checkpoint>>, expected: &str) {
        for run in runs {
            let Err(Error::RankFailed { rank: 2, cause }) = &run else { panic!("{run:?}") };
            assert!(cause.contains(expected), "{cause}");
        }
    }
    let data = |rank: &Threads| if rank.rank == 2 { &others } else { &moons.data };
    let run = |rank: Threads| {
        let data = data(&rank);
        moons.trainer().distributed(rank).fit(moons.start.clone(), data, random(4))
    };
    check(on_ranks(4, run), "its data, settings or checkpoint");

    let batch_size = |rank: &Threads| if rank.rank == 2 { 6 } else { 7 };
    let run = |rank: Threads| {
        let trainer = moons.trainer().batch_size(batch_size(&rank));
        trainer.distributed(rank).fit(moons.start.clone(), &moons.data, random(4))
    };
    check(on_ranks(3, run), "its data, settings or checkpoint");

    let seed = |rank: &Threads| if rank.rank == 2 { 5 } else { 4 };
    let run = |rank: Threads| {
        let order = random(seed(&rank));
        moons.trainer().distributed(rank).fit(moons.start.clone(), &moons.data, order)
    };
    check(on_ranks(3, run), "seed the generators alike");

    let run = |rank: Threads| {
        let start = moons.net.initial_parameters(random(seed(&rank)));
        moons.trainer().distributed(rank).fit(start, &moons.data, random(4))
    };
    check(on_ranks(3, run), "its parameters");
}
