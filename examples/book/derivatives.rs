//! The error of finite differences against their step.

use crate::chart::{BLUE, ORANGE, Panel, dots, figure, logarithms, powers_of_ten};
use gradus::numeric;
use kuva::plot::LegendPosition;
use kuva::plot::scatter::MarkerShape;
use kuva::render::plots::Plot;

pub fn draw() -> gradus::Result<String> {
    let exact = gradus::derivative(|x| x.sin(), 1.0)?;
    let steps: Vec<f64> = (2..=56).map(|quarter| 10_f64.powf(-f64::from(quarter) / 4.0)).collect();
    // An error of 0 has no place on a logarithmic axis.
    let error = |slope: f64| (slope - exact).abs().max(1e-13);
    let forward = |h: f64| ((1.0 + h).sin() - 1_f64.sin()) / h;
    let mut central = Vec::new();
    for &h in &steps {
        central.push((h, error(numeric::gradient_with_step(|x| x[0].sin(), &[1.0], h)?[0])));
    }
    let forward: Vec<(f64, f64)> = steps.iter().map(|&h| (h, error(forward(h)))).collect();
    let plots: Vec<Plot> = vec![
        dots("forward", ORANGE, MarkerShape::Triangle, logarithms(forward)),
        dots("central", BLUE, MarkerShape::Circle, logarithms(central)),
    ];
    let panel = Panel::new("The error of a difference, for sin at 1", "step h", "error", plots, |layout| {
        powers_of_ten(layout, 2.0)
            .with_x_axis_min(-14.0)
            .with_x_axis_max(0.0)
            .with_y_axis_min(-14.0)
            .with_y_axis_max(2.0)
            .with_legend_position(LegendPosition::InsideTopRight)
    });
    Ok(figure(vec![panel], 720.0, 460.0))
}
