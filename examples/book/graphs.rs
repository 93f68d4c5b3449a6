//! Graphs of recordings, drawn by the crate itself.

use gradus::explain::{self, Direction};
use gradus::nn::{Activation, Mlp, Model};
use gradus::prelude::*;

/// A net of one rectifier and its loss for one sample.
pub fn chain_rule() -> gradus::Result<String> {
    let tape = Tape::new();
    let names = ["w1", "b1", "w2", "b2"];
    let [w1, b1, w2, b2] = std::array::from_fn(|i| tape.var([0.5, 0.1, -0.3, 0.2][i]).named(names[i]));
    let a1 = (w1 * 2.0 + b1).named("z1").relu().named("a1");
    let loss = ((w2 * a1 + b2).named("z2") - 1.0).powi(2).named("loss");
    down(loss)
}

/// The expression of micrograd's front page.
pub fn micrograd() -> gradus::Result<String> {
    let tape = Tape::new();
    let (a, b) = (tape.var(-4.0).named("a"), tape.var(2.0).named("b"));
    let mut c = a + b;
    let mut d = a * b + b.powi(3);
    c = c + (c + 1.0);
    c = c + (1.0 + c + (-a));
    d = d + (d * 2.0 + (b + a).relu());
    d = d + (3.0 * d + (b - a).relu());
    let e = (c.named("c") - d.named("d")).named("e");
    let f = e.powi(2).named("f");
    down((f / 2.0 + 10.0 / f).named("g"))
}

/// A 1-2-1 net and its loss for one sample.
pub fn net() -> gradus::Result<String> {
    let tape = Tape::new();
    let net = Mlp::new(&[1, 2, 1], Activation::Tanh)?;
    let mut random = fastrand::Rng::with_seed(1);
    let parameters = tape.vars(&net.initial_parameters(|| random.f64()));
    // The weights and biases of the hidden neurons, then those of the output.
    for (parameter, name) in parameters.iter().zip(["w1", "w2", "b1", "b2", "u1", "u2", "c"]) {
        parameter.named(name);
    }
    let x = tape.var(0.8).named("x");
    let output = net.forward(&parameters, &[x])[0].named("output");
    down((output - 1.0).powi(2).named("loss"))
}

/// Where an adjoint of 0 meets an infinite slope.
pub fn zero_times_infinity() -> gradus::Result<String> {
    let x = Tape::new();
    let x = x.var(0.0).named("x");
    down((x.sqrt() * x.sqrt()).named("y"))
}

/// For the narrow column of a page.
fn down(output: Var) -> gradus::Result<String> {
    Ok(explain::backward(output)?.picture().direction(Direction::Down).without_constants().svg())
}
