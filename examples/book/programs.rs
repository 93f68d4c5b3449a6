//! How many values of a net are computed after each pass of the compiler.

use crate::chart::{BLUE, Panel, figure};
use gradus::Program;
use gradus::nn::{Activation, Mlp, Model};
use kuva::plot::BarPlot;
use kuva::render::plots::Plot;

pub fn draw() -> gradus::Result<String> {
    let net = Mlp::new(&[2, 16, 16, 1], Activation::Tanh)?;
    let mut random = fastrand::Rng::with_seed(1);
    let mut point = net.initial_parameters(|| random.f64());
    let own = point.len();
    point.extend([0.5, -1.0]);
    let program = Program::record(&point, |x| net.forward(&x[..own], &x[own..])[0])?;
    // The second line of a listing: `values: recorded 640, constants 640, …`.
    let listing = program.to_string();
    let counts = listing.lines().nth(1).unwrap_or_default().trim_start_matches("values: ");
    let bars = counts.split(", ").filter_map(|count| {
        let (pass, number) = count.rsplit_once(' ')?;
        Some((format!("{pass}: {number}"), number.parse::<f64>().ok()?))
    });
    // Bars that lie are counted from below.
    let mut bars: Vec<(String, f64)> = bars.collect();
    bars.reverse();
    let plot = BarPlot::new().with_bars(bars).with_color(BLUE).with_horizontal(true);
    let panel = Panel::new("Operations of a 2-16-16-1 net", "operations", "", vec![Plot::Bar(plot)], |layout| layout);
    Ok(figure(vec![panel], 720.0, 300.0))
}
