//! Tiny neural nets: models, losses, optimisers, data and training.
//!
//! A model is a formula over any [`Scalar`](crate::Scalar), its parameters one flat slice with named views. It knows nothing of tapes
//! and sweeps. The `Trainer` compiles the loss of one sample and runs mini-batches of the compiled program.
//!
//! Names are those of PyTorch where it has one; a departure is stated where it is made.
//!
//! A net of one's own shape, on one's own table. Random numbers come from any generator; here it is the crate `fastrand`, which a project
//! adds beside this one (`cargo add fastrand`).
//!
#![cfg_attr(feature = "batch", doc = "```")]
#![cfg_attr(not(feature = "batch"), doc = "```ignore")]
//! use gradus::nn::data::{Dataset, Standardizer, Table};
//! use gradus::nn::optim::Adam;
//! use gradus::nn::{Activation, Mlp, Model, Predictor, Trainer, loss, progress_bar};
//!
//! fn main() -> Result<(), gradus::Error> {
//!     // The first line names the columns. One of them has the class of each row, numbers or words; the others have numbers.
//!     let table = Table::read("examples/data/iris.csv")?;
//!     let data = Dataset::classes_from(&table, "label")?;
//!
//!     let mut random = fastrand::Rng::with_seed(1);
//!     let (mut train, mut test) = data.stratified_split(0.2, || random.f64())?;
//!     let standardizer = Standardizer::fit(&train);
//!     standardizer.apply(&mut train);
//!     standardizer.apply(&mut test);
//!
//!     let net = Mlp::new(&[train.inputs(), 8, train.targets()], Activation::Tanh)?;
//!     println!("{net}");
//!     let start = net.initial_parameters(|| random.f64());
//!     let mut trainer = Trainer::new(&net, loss::cross_entropy, Adam::new(0.01))
//!         .epochs(100)
//!         .batch_size(16)
//!         .validation(&test)
//!         .observer(progress_bar());
//!     let trained = trainer.fit(start, &train, || random.f64())?;
//!
//!     let matrix = Predictor::new(&net, &test)?.confusion(&trained.parameters, &test)?;
//!     println!("{matrix}\naccuracy {:.3}", matrix.accuracy());
//! #   assert!(matrix.accuracy() > 0.9);
//!     Ok(())
//! }
//! ```
//!
//! A file with columns that the net is not to see: [`Table::select`](data::Table::select). To fit numbers instead of classes: [`Dataset::from_table`](data::Dataset::from_table) with the columns that are targets, and
//! [`loss::mse_loss`].
//!
//! What was trained leaves as a [`TrainedMlp`]: with the feature `safetensors` as a file that holds the net and its description, and that
//! Python reads; with `onnx` as a file for ONNX Runtime and other tools. Parameters of any model are saved by `nn::safetensors`, the
//! whole state of a training by `Trainer::checkpoints`, which survives being killed.

mod activation;
#[cfg(any(feature = "safetensors", feature = "onnx"))]
mod atomic;
mod layout;
mod linear;
mod mlp;
mod model;
mod trained;

pub mod data;
pub mod init;
pub mod loss;
pub mod lr_scheduler;
pub mod metrics;
pub mod optim;

#[cfg(feature = "onnx")]
pub mod onnx;
#[cfg(feature = "safetensors")]
pub mod safetensors;

#[cfg(feature = "batch")]
mod predictor;
#[cfg(feature = "batch")]
mod train;

pub use activation::Activation;
pub use layout::{Entry, Layout};
pub use linear::Linear;
pub use mlp::Mlp;
pub use model::Model;
#[cfg(feature = "batch")]
pub use predictor::Predictor;
#[cfg(all(feature = "batch", feature = "safetensors"))]
pub use train::Every;
#[cfg(feature = "mpi")]
pub use train::Mpi;
#[cfg(feature = "batch")]
pub use train::{Best, Checkpoint, Communicator, EarlyStopping, Epoch, Progress, Trainer, progress_bar};
pub use trained::TrainedMlp;
