//! The graph of a small net's loss, with its values, gradients and local derivatives, in three formats: SVG for any
//! browser, Graphviz's language, and Mermaid for Markdown. They are written to `target/`.

use gradus::explain::Direction;
use gradus::nn::{Activation, Mlp, Model};
use gradus::prelude::*;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tape = Tape::new();
    // Names are what the picture shows, and what large graphs are grouped by.
    let variables = |net: &Mlp, values: &[f64]| -> Vec<Var> {
        let layout = net.layout();
        let name = |(i, &value): (usize, &f64)| tape.var(value).named(layout.name_of(i));
        values.iter().enumerate().map(name).collect()
    };
    let mut rng = fastrand::Rng::with_seed(7);

    let net = Mlp::new(&[2, 2, 1], Activation::Tanh)?;
    let parameters = variables(&net, &net.initial_parameters(|| rng.f64()));
    let x = [tape.var(0.5).named("x[0]"), tape.var(-1.0).named("x[1]")];
    let loss = (net.forward(&parameters, &x)[0] - 1.0).powi(2).named("loss");
    let explanation = gradus::explain::backward(loss)?;
    write("net.svg", &explanation.svg())?;
    write("net_down.svg", &explanation.picture().direction(Direction::Down).decimals(2).svg())?;
    write("net.dot", &explanation.dot())?;
    write("net.mmd", &explanation.mermaid())?;
    // Only the paths from one weight: the chain rule as it is on paper.
    write("net_path.svg", &explanation.between(&[parameters[0].index()]).svg())?;

    // A net of 337 parameters is drawn in groups.
    let net = Mlp::new(&[2, 16, 16, 1], Activation::Tanh)?;
    let parameters = variables(&net, &net.initial_parameters(|| rng.f64()));
    let loss = (net.forward(&parameters, &x)[0] - 1.0).powi(2).named("loss");
    let start = Instant::now();
    let explanation = gradus::explain::backward(loss)?;
    let explained = start.elapsed();
    let svg = explanation.svg();
    println!(
        "{} nodes explained in {explained:.1?}, drawn in {:.1?}",
        explanation.forward.len(),
        start.elapsed() - explained
    );
    write("net_groups.svg", &svg)?;
    Ok(())
}

fn write(name: &str, text: &str) -> std::io::Result<()> {
    let path = Path::new("target").join(name);
    std::fs::create_dir_all("target")?;
    std::fs::write(&path, text)?;
    println!("wrote {} ({} bytes)", path.display(), text.len());
    Ok(())
}
