//! What a net says about the plane while it learns to tell two moons apart.

use crate::chart::{BLUE, ORANGE, Panel, dots, in_columns};
use gradus::Scalar;
use gradus::nn::data::{Dataset, Table};
use gradus::nn::optim::{Optimizer, Sgd};
use gradus::nn::{Activation, Mlp, Model, loss, lr_scheduler};
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{ColorMap, ContourPlot};
use kuva::render::plots::Plot;
use std::sync::Arc;

const STEPS: usize = 100;

fn mean_loss<S: Scalar>(net: &Mlp, parameters: &[S], moons: &Dataset) -> S {
    let score = |i: usize| {
        let point: Vec<S> = moons.input(i).iter().map(|&x| S::lit(x)).collect();
        net.forward(parameters, &point)[0]
    };
    let scores: Vec<S> = (0..moons.len()).map(score).collect();
    let targets: Vec<S> = (0..moons.len()).map(|i| S::lit(moons.target(i)[0])).collect();
    loss::hinge_loss(&scores, &targets) + loss::l2_penalty(parameters, 1e-4)
}

pub fn draw() -> gradus::Result<String> {
    let table = Table::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/moons.csv"))?;
    let moons = Dataset::from_table(&table, &["y"])?;
    let net = Mlp::new(&[2, 16, 16, 1], Activation::Relu)?;
    let mut random = fastrand::Rng::with_seed(4);
    let mut parameters = net.initial_parameters(|| random.f64());
    let schedule = lr_scheduler::linear(1.0, 0.1, STEPS);

    let mut panels = Vec::new();
    for step in 0..=STEPS {
        if [0, 10, STEPS].contains(&step) {
            let title = if step == 0 { "before".to_owned() } else { format!("after {step} steps") };
            panels.push(panel(&title, &moons, |x, y| net.forward(&parameters, &[x, y])[0]));
        }
        // On the tape, so that the picture is the same whatever instructions the CPU has.
        let gradient = gradus::gradient(|p| mean_loss(&net, p, &moons), &parameters)?;
        Sgd::new(schedule(step)).step(&mut parameters, &gradient);
    }
    Ok(in_columns(panels, 3, 280.0, 270.0))
}

fn panel(title: &str, moons: &Dataset, score: impl Fn(f64, f64) -> f64) -> Panel {
    let axis =
        |low: f64, high: f64| -> Vec<f64> { (0..=26).map(|i| low + (high - low) * f64::from(i) / 26.0).collect() };
    let (xs, ys) = (axis(-1.5, 2.5), axis(-1.0, 1.5));
    let rows: Vec<Vec<f64>> = ys.iter().map(|&y| xs.iter().map(|&x| score(x, y)).collect()).collect();
    // The plane has the colour of 0, and what is above the level of 0 another.
    let shades = Arc::new(|t: f64| if t > 0.0 { "#c8dcf1" } else { "#f9d5bd" }.to_owned());
    let field = ContourPlot::new().with_grid(rows, xs, ys).with_filled().with_colormap(ColorMap::Custom(shades));
    let moon = |target: f64, colour, marker| {
        let own = (0..moons.len()).filter(|&i| moons.target(i)[0] == target);
        dots("", colour, marker, own.map(|i| (moons.input(i)[0], moons.input(i)[1])).collect())
    };
    let plots = vec![
        Plot::Contour(field.with_levels(&[0.0])),
        moon(1.0, BLUE, MarkerShape::Circle),
        moon(-1.0, ORANGE, MarkerShape::Triangle),
    ];
    Panel::new(title, "x", "y", plots, |layout| {
        let mut layout = layout.with_x_axis_min(-1.5).with_x_axis_max(2.5).with_x_tick_step(1.0);
        layout.show_colorbar = false;
        layout.with_y_axis_min(-1.0).with_y_axis_max(1.5).with_y_tick_step(0.5)
    })
}
