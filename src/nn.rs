//! Tiny neural nets: a multi-layer perceptron over any [`Scalar`](crate::Scalar), the loss of micrograd's demo, gradient
//! descent. It knows nothing of tapes and sweeps: a net is a formula, its parameters a flat slice.

mod loss;
mod mlp;
mod sgd;

pub use loss::{accuracy, l2_penalty, max_margin};
pub use mlp::{Activation, Mlp};
pub use sgd::{Sgd, linear_decay};
