//! A net of 2 inputs, 3 hidden neurons and 1 output on one sample, with a name for everything: small enough to be walked through.

use gradus::prelude::*;

/// Names and values of the inputs of [`loss`].
pub const INPUTS: [(&str, f64); 16] = [
    ("x1", 0.5),
    ("x2", -1.0),
    ("w11", 0.8),
    ("w12", -0.4),
    ("w21", -0.6),
    ("w22", 0.9),
    ("w31", 0.3),
    ("w32", 0.7),
    ("b1", 0.1),
    ("b2", -0.2),
    ("b3", 0.05),
    ("v1", 1.1),
    ("v2", -0.7),
    ("v3", 0.4),
    ("c", 0.2),
    ("target", 1.0),
];

/// The squared error of the net.
pub fn loss(x: &[Var]) -> Var {
    let hidden = |k: usize| {
        let (w1, w2, b) = (x[2 + 2 * k], x[3 + 2 * k], x[8 + k]);
        let z = (w1 * x[0] + w2 * x[1] + b).named(format!("z{}", k + 1));
        z.tanh().named(format!("h{}", k + 1))
    };
    let h: Vec<Var> = (0..3).map(hidden).collect();
    let y = (x[11] * h[0] + x[12] * h[1] + x[13] * h[2] + x[14]).named("y");
    (y - x[15]).named("error").powi(2).named("loss")
}
