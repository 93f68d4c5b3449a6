//! A curve, the line that a dual number describes, and the line through two points.

use crate::chart::{BLUE, GREY, ORANGE, Panel, dots, figure, line, sampled};
use gradus::{Dual, Scalar};
use kuva::plot::scatter::MarkerShape;
use kuva::render::plots::Plot;

fn f<S: Scalar>(x: S) -> S {
    x.powi(3) + S::lit(2.0) * x.powi(2) - S::lit(5.0) * x + S::lit(1.0)
}

pub fn draw() -> gradus::Result<String> {
    let y = f(Dual::<f64>::variable(3.0));
    let through = f(4.0) - f(3.0);
    let tangent = sampled(2.0, 4.2, |x| y.value() + y.tangent() * (x - 3.0));
    let secant = sampled(2.6, 4.2, |x| y.value() + through * (x - 3.0));
    let plots = vec![
        Plot::Line(line("f(x) = x³ + 2x² − 5x + 1", BLUE, sampled(1.8, 4.2, f))),
        Plot::Line(line(&format!("31 + {} (x − 3), the dual", y.tangent()), ORANGE, tangent)),
        Plot::Line(line(&format!("31 + {through} (x − 3), through two points"), GREY, secant).with_dashed()),
        dots("", BLUE, MarkerShape::Circle, vec![(3.0, f(3.0)), (4.0, f(4.0))]),
    ];
    let panel = Panel::new("Touching and cutting", "x", "f(x)", plots, |layout| {
        layout.with_x_axis_min(1.5).with_x_axis_max(4.5).with_x_tick_step(0.5).with_y_axis_min(-20.0)
    });
    Ok(figure(vec![panel], 720.0, 460.0))
}
