//! Ranks that are processes of MPI, on one machine or many.

use super::Communicator;
use crate::error::Result;
use mpi::collective::{CommunicatorCollectives, SystemOperation};

/// The processes of a communicator of the crate `mpi` 0.8: sums go by `MPI_Allreduce`.
///
/// If a rank panics, all processes are ended by `MPI_Abort`: they would wait for it for ever.
///
/// ```no_run
/// use gradus::nn::optim::Adam;
/// use gradus::nn::{Activation, Mlp, Model, Mpi, Trainer, data, loss};
///
/// let universe = mpi::initialize().ok_or("MPI was started before")?;
/// let net = Mlp::new(&[2, 16, 1], Activation::Tanh)?;
/// // The same on all ranks.
/// let mut random = fastrand::Rng::with_seed(1);
/// let moons = data::make_moons(400, 0.1, || random.f64())?;
/// let start = net.initial_parameters(|| random.f64());
/// let mut trainer = Trainer::new(&net, loss::hinge_loss, Adam::new(0.01)).distributed(Mpi::new(universe.world()));
/// let trained = trainer.fit(start, &moons, || random.f64())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Mpi<C: mpi::traits::Communicator> {
    processes: C,
}

impl<C: mpi::traits::Communicator> Mpi<C> {
    /// Of all processes of a communicator: most often `universe.world()`.
    pub fn new(processes: C) -> Mpi<C> {
        Mpi { processes }
    }
}

impl<C: mpi::traits::Communicator> Communicator for Mpi<C> {
    fn rank(&self) -> usize {
        // MPI counts by signed numbers, none of which is negative.
        self.processes.rank().unsigned_abs() as usize
    }

    fn size(&self) -> usize {
        self.processes.size().unsigned_abs() as usize
    }

    /// Adds up over all processes. MPI itself ends them all if one is lost.
    fn sum(&mut self, numbers: &mut [f64]) -> Result<()> {
        let own = numbers.to_vec();
        self.processes.all_reduce_into(&own[..], numbers, SystemOperation::sum());
        Ok(())
    }
}

impl<C: mpi::traits::Communicator> Drop for Mpi<C> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.processes.abort(1);
        }
    }
}
