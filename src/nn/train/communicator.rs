//! Training on several ranks at once: what they need of each other, how they share a batch, and how all learn that one failed.

use crate::error::{Error, Result};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::{ControlFlow, Range};

/// The processes or threads that train one model together, as one of them sees it: see
/// [`Trainer::distributed`](super::Trainer::distributed).
///
/// With the feature `mpi` there is one ready, `Mpi`. One of one's own takes a way to add up numbers. Two threads, say:
///
/// ```
/// use gradus::Error;
/// use gradus::nn::optim::Adam;
/// use gradus::nn::{Activation, Communicator, Mlp, Model, Trainer, data, loss};
/// use std::sync::mpsc::{Receiver, Sender, channel};
///
/// struct Pair {
///     rank: usize,
///     to: Sender<Vec<f64>>,
///     from: Receiver<Vec<f64>>,
/// }
///
/// impl Communicator for Pair {
///     fn rank(&self) -> usize {
///         self.rank
///     }
///
///     fn size(&self) -> usize {
///         2
///     }
///
///     fn sum(&mut self, numbers: &mut [f64]) -> gradus::Result<()> {
///         let lost = || Error::RankFailed { rank: 1 - self.rank, cause: "it is gone".into() };
///         self.to.send(numbers.to_vec()).map_err(|_| lost())?;
///         let others = self.from.recv().map_err(|_| lost())?;
///         numbers.iter_mut().zip(others).for_each(|(number, other)| *number += other);
///         Ok(())
///     }
/// }
///
/// let train = |pair: Pair| {
///     let net = Mlp::new(&[2, 8, 1], Activation::Tanh)?;
///     let mut random = fastrand::Rng::with_seed(1);
///     let moons = data::make_moons(40, 0.1, || random.f64())?;
///     let start = net.initial_parameters(|| random.f64());
///     let mut trainer = Trainer::new(&net, loss::hinge_loss, Adam::new(0.01)).epochs(5).batch_size(8).distributed(pair);
///     trainer.fit(start, &moons, || random.f64())
/// };
/// let ((to_first, from_second), (to_second, from_first)) = (channel(), channel());
/// let second = std::thread::spawn(move || train(Pair { rank: 1, to: to_first, from: from_first }));
/// let first = train(Pair { rank: 0, to: to_second, from: from_second })?;
/// assert_eq!(second.join().map_err(|_| "the second thread panicked")??, first);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Communicator {
    /// Which one it is, counted from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// Replaces each number by the sum of what stands in its place on all ranks: the same bits on all of them. Every rank calls it
    /// equally often, with lists of the same length.
    ///
    /// # Errors
    /// If a rank is lost: [`Error::RankFailed`].
    fn sum(&mut self, numbers: &mut [f64]) -> Result<()>;
}

/// The only rank.
struct Alone;

impl Communicator for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn sum(&mut self, _: &mut [f64]) -> Result<()> {
        Ok(())
    }
}

/// What a trainer does with its communicator. Whatever goes wrong on one rank is told to the others in the next sum, in which it takes
/// part all the same: so no rank waits for another in vain.
pub(super) struct Ranks<'a> {
    communicator: Box<dyn Communicator + 'a>,
    /// Whether a rank has an observer, who may break off.
    are_watched: bool,
}

impl<'a> Ranks<'a> {
    pub(super) fn one() -> Ranks<'a> {
        Ranks::of(Alone)
    }

    pub(super) fn of(communicator: impl Communicator + 'a) -> Ranks<'a> {
        Ranks { communicator: Box::new(communicator), are_watched: true }
    }

    /// Which of `count` samples are this rank's own. Some ranks have none if there are more ranks than samples.
    pub(super) fn share(&self, count: usize) -> Range<usize> {
        let (rank, size) = (self.communicator.rank(), self.communicator.size());
        count * rank / size..count * (rank + 1) / size
    }

    /// The sums over all ranks of `count` numbers that each of them has. If a rank failed, all do: it with its own error, the others with
    /// one that names it.
    pub(super) fn sum(&mut self, own: Result<Vec<f64>>, count: usize) -> Result<Vec<f64>> {
        let (rank, size) = (self.communicator.rank(), self.communicator.size());
        if size == 1 {
            return own;
        }
        let (mut numbers, error) = match own {
            Ok(numbers) => (numbers, None),
            Err(error) => (vec![0.0; count], Some(error)),
        };
        // Behind the numbers, a place for each rank to say that it failed.
        numbers.resize(count + size, 0.0);
        numbers[count + rank] = if error.is_some() { 1.0 } else { 0.0 };
        let summed = self.communicator.sum(&mut numbers);
        if let Some(error) = error {
            return Err(error);
        }
        summed?;
        if let Some(rank) = numbers[count..].iter().position(|&failed| failed != 0.0) {
            return Err(Error::RankFailed { rank, cause: "its own error says why".to_owned() });
        }
        numbers.truncate(count);
        Ok(numbers)
    }

    /// `own`, if all ranks have one and the same `numbers`, which are what `cause` says.
    pub(super) fn agree<T>(
        &mut self,
        own: Result<T>,
        numbers: impl IntoIterator<Item = f64>,
        cause: &'static str,
    ) -> Result<T> {
        let (rank, size) = (self.communicator.rank(), self.communicator.size());
        if size == 1 {
            return own;
        }
        let mut prints = vec![0.0; size];
        let mut hasher = DefaultHasher::new();
        numbers.into_iter().for_each(|number| number.to_bits().hash(&mut hasher));
        // As many bits as a number holds, so that adding zeros keeps them all.
        prints[rank] = (hasher.finish() >> 12) as f64;
        let (own, prints) = match own {
            Ok(own) => (Some(own), Ok(prints)),
            Err(error) => (None, Err(error)),
        };
        let prints = self.sum(prints, size)?;
        match (prints.iter().position(|&print| print != prints[0]), own) {
            (None, Some(own)) => Ok(own),
            (other, _) => Err(Error::RankFailed { rank: other.unwrap_or(rank), cause: cause.to_owned() }),
        }
    }

    /// Finds out whether any rank has observers, or writes files.
    pub(super) fn begin(&mut self, observers: usize) -> Result<()> {
        self.are_watched = self.sum(Ok(vec![observers as f64]), 1)?[0] > 0.0;
        Ok(())
    }

    /// Whether this rank does what one does for all.
    #[cfg(feature = "safetensors")]
    pub(super) fn is_first(&self) -> bool {
        self.communicator.rank() == 0
    }

    /// What all ranks do: they break off if one does.
    pub(super) fn decide(&mut self, own: Result<ControlFlow<()>>) -> Result<ControlFlow<()>> {
        if !self.are_watched {
            return own;
        }
        let breaks = self.sum(own.map(|flow| vec![if flow.is_break() { 1.0 } else { 0.0 }]), 1)?[0];
        Ok(if breaks > 0.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}
