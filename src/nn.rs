//! Tiny neural nets: models, losses, optimisers, data and training.
//!
//! A model is a formula over any [`Scalar`](crate::Scalar), its parameters one flat slice with named views. It knows nothing of tapes
//! and sweeps. The `Trainer` compiles the loss of one sample and runs mini-batches of the compiled program.
//!
//! Names are those of PyTorch where it has one; a departure is stated where it is made.
//!
//! A net of one's own shape, on one's own table:
//!
#![cfg_attr(feature = "batch", doc = "```")]
#![cfg_attr(not(feature = "batch"), doc = "```ignore")]
//! use gradus::nn::data::{Dataset, Standardizer, Table};
//! use gradus::nn::optim::Adam;
//! use gradus::nn::{Activation, Mlp, Model, Predictor, Trainer, loss};
//!
//! // `Table::read("flowers.csv")?` reads a file.
//! let table = Table::parse(
//!     "width,length,kind\n1.4,0.2,rose\n1.3,0.3,rose\n1.5,0.2,rose\n4.7,1.4,lily\n4.5,1.5,lily\n4.9,1.6,lily\n",
//!     "flowers.csv",
//! )?;
//! let mut data = Dataset::classes_from(&table, "kind")?;
//! Standardizer::fit(&data).apply(&mut data);
//!
//! let mut random = fastrand::Rng::with_seed(1);
//! let net = Mlp::new(&[2, 8, 2], Activation::Tanh)?;
//! let start = net.initial_parameters(|| random.f64());
//! let mut trainer = Trainer::new(&net, loss::cross_entropy, Adam::new(0.05)).batch_size(3).epochs(50);
//! let trained = trainer.fit(start, &data, || random.f64())?;
//!
//! let predictor = Predictor::new(&net, &data)?;
//! let matrix = predictor.confusion(&trained.parameters, &data)?;
//! println!("{net}\n{matrix}");
//! assert_eq!(matrix.accuracy(), 1.0);
//! # Ok::<(), gradus::Error>(())
//! ```

mod activation;
mod layout;
mod linear;
mod mlp;
mod model;

pub mod data;
pub mod init;
pub mod loss;
pub mod lr_scheduler;
pub mod metrics;
pub mod optim;

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
#[cfg(feature = "batch")]
pub use train::{Best, Checkpoint, EarlyStopping, Epoch, Progress, Trainer, progress_bar};
