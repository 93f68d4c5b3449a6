//! A small square, what a function makes of it, and what its Jacobian says.

use crate::chart::{BLUE, GREY, ORANGE, Panel, dots, figure, line};
use gradus::Scalar;
use kuva::plot::scatter::MarkerShape;
use kuva::render::plots::Plot;

const AT: [f64; 2] = [2.0, 3.0];
const HALF: f64 = 0.1;

fn f<S: Scalar>(x: &[S]) -> Vec<S> {
    vec![x[0].powi(2) * x[1], x[0] + x[1].powi(3)]
}

pub fn draw() -> gradus::Result<String> {
    let jacobian = gradus::jacobian(f, &AT)?;
    let middle = f(&AT);
    let predicted = |[dx, dy]: [f64; 2]| {
        (middle[0] + jacobian[0][0] * dx + jacobian[0][1] * dy, middle[1] + jacobian[1][0] * dx + jacobian[1][1] * dy)
    };
    let corners = [[-HALF, -HALF], [HALF, -HALF], [HALF, HALF], [-HALF, HALF], [-HALF, -HALF]];
    let inside: Vec<[f64; 2]> = (0..49).map(|k| [k % 7, k / 7].map(|i| HALF * (f64::from(i) / 3.0 - 1.0))).collect();
    let moved = |[dx, dy]: [f64; 2]| (AT[0] + dx, AT[1] + dy);
    let images = inside.iter().map(|&[dx, dy]| f(&[AT[0] + dx, AT[1] + dy])).map(|y| (y[0], y[1]));
    let before = vec![
        dots("", BLUE, MarkerShape::Circle, inside.iter().copied().map(moved).collect()),
        Plot::Line(line("", GREY, corners.map(moved).to_vec())),
    ];
    let after = vec![
        dots("what f makes of it", BLUE, MarkerShape::Circle, images.collect()),
        Plot::Line(line("what J predicts", ORANGE, corners.map(predicted).to_vec())),
    ];
    let panels = vec![
        Panel::new("A square around (2, 3)", "x", "y", before, |layout| {
            layout.with_x_axis_min(1.85).with_x_axis_max(2.15).with_y_axis_min(2.85).with_y_axis_max(3.15)
        }),
        Panel::new("Its image", "x² y", "x + y³", after, |layout| {
            layout.with_x_axis_min(10.0).with_x_axis_max(14.0).with_y_axis_min(25.0).with_y_axis_max(34.0)
        }),
    ];
    Ok(figure(panels, 400.0, 400.0))
}
