//! How the slopes to both sides of a point differ, the nearer one looks.

use crate::chart::{BLUE, GREY, ORANGE, Panel, dots, figure, logarithms, powers_of_ten};
use gradus::Scalar;
use kuva::plot::scatter::MarkerShape;
use kuva::render::plots::Plot;

pub fn draw() -> String {
    let plots = vec![
        gap("floor x at 2, a jump", ORANGE, MarkerShape::Triangle, 2.0, |x| Scalar::floor(x)),
        gap("|x| at 0, a kink", GREY, MarkerShape::Square, 0.0, |x| Scalar::abs(x)),
        gap("x³ at 1, smooth", BLUE, MarkerShape::Circle, 1.0, |x| Scalar::powi(x, 3)),
    ];
    let panel = Panel::new("Slope to the right minus slope to the left", "step h", "gap", plots, |layout| {
        let layout = powers_of_ten(layout, 2.0).with_x_tick_step(1.0).with_x_axis_min(-6.0).with_x_axis_max(0.0);
        layout.with_y_axis_min(-6.0).with_y_axis_max(10.0)
    });
    figure(vec![panel], 720.0, 420.0)
}

fn gap(name: &str, colour: &str, marker: MarkerShape, at: f64, f: impl Fn(f64) -> f64) -> Plot {
    let steps = (1..=11).map(|half| 10_f64.powf(-f64::from(half) / 2.0));
    let gaps = steps.map(|h| (h, ((f(at + h) - f(at)) / h - (f(at) - f(at - h)) / h).abs()));
    dots(name, colour, marker, logarithms(gaps.collect()))
}
