//! Rosenbrock's valley, and how two methods go down in it.

use crate::chart::{BLUE, ORANGE, PALE, Panel, dots, figure, line, logarithms, powers_of_ten};
use gradus::{Program, Scalar};
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{ContourPlot, LegendPosition};
use kuva::render::plots::Plot;

const START: [f64; 2] = [-1.2, 1.0];
const DESCENT_STEPS: usize = 10_000;

fn rosenbrock<S: Scalar>(x: &[S]) -> S {
    (S::lit(1.0) - x[0]).powi(2) + S::lit(100.0) * (x[1] - x[0].powi(2)).powi(2)
}

pub fn draw() -> gradus::Result<String> {
    let program = Program::record(&START, rosenbrock)?;
    let descent = descent(&program)?;
    let newton = newton(&program)?;

    let every = |step: usize| step < 10 || step.is_multiple_of(50);
    let thinned = descent.iter().enumerate().filter(|(step, _)| every(*step)).map(|(_, at)| (at[0], at[1]));
    let valley = vec![
        Plot::Contour(levels()),
        Plot::Line(line("gradient descent", ORANGE, thinned.collect())),
        Plot::Line(line("Newton", BLUE, newton.iter().map(|at| (at[0], at[1])).collect())),
        dots("", BLUE, MarkerShape::Circle, newton.iter().map(|at| (at[0], at[1])).collect()),
    ];
    // Steps are counted from 1, since 0 has no logarithm.
    let value = |way: &[[f64; 2]]| -> Vec<(f64, f64)> {
        let each = way.iter().enumerate().filter(|(step, _)| *step < 50 || every(*step));
        logarithms(each.map(|(step, at)| (step as f64 + 1.0, rosenbrock(at).max(1e-16))).collect())
    };
    let values = vec![
        Plot::Line(line("gradient descent", ORANGE, value(&descent))),
        Plot::Line(line("Newton", BLUE, value(&newton))),
    ];
    let panels = vec![
        Panel::new("Two ways down", "x", "y", valley, |layout| {
            let layout = layout.with_x_axis_min(-1.5).with_x_axis_max(1.5).with_x_tick_step(0.5);
            layout.with_y_axis_min(-0.5).with_y_axis_max(2.0).with_legend_position(LegendPosition::InsideTopCenter)
        }),
        Panel::new("The value on the way", "step", "f", values, |layout| {
            let layout = powers_of_ten(layout, 4.0).with_x_tick_step(1.0).with_x_axis_max(4.0);
            layout.with_y_axis_min(-16.0).with_y_axis_max(4.0).with_legend_position(LegendPosition::InsideBottomLeft)
        }),
    ];
    Ok(figure(panels, 400.0, 400.0))
}

fn descent(program: &Program) -> gradus::Result<Vec<[f64; 2]>> {
    let mut way = vec![START];
    for _ in 0..DESCENT_STEPS {
        let [x, y] = way[way.len() - 1];
        let (_, slopes) = program.gradient(&[x, y])?;
        way.push([x - 0.001 * slopes[0], y - 0.001 * slopes[1]]);
    }
    Ok(way)
}

/// Newton's method; a step that would go up is halved.
fn newton(program: &Program) -> gradus::Result<Vec<[f64; 2]>> {
    let mut way = vec![START];
    for _ in 0..30 {
        let [x, y] = way[way.len() - 1];
        let (value, g) = program.gradient(&[x, y])?;
        let h = program.hessian(&[x, y])?;
        let determinant = h[0][0] * h[1][1] - h[0][1] * h[1][0];
        let step = [(h[1][1] * g[0] - h[0][1] * g[1]) / determinant, (h[0][0] * g[1] - h[1][0] * g[0]) / determinant];
        let shortened =
            (0..30).map(|halvings| 0.5_f64.powi(halvings)).map(|share| [x - share * step[0], y - share * step[1]]);
        let Some(next) = shortened.into_iter().find(|next| rosenbrock(next) < value) else { break };
        way.push(next);
    }
    Ok(way)
}

fn levels() -> ContourPlot {
    let axis =
        |low: f64, high: f64| -> Vec<f64> { (0..=60).map(|i| low + (high - low) * f64::from(i) / 60.0).collect() };
    let (xs, ys) = (axis(-1.5, 1.5), axis(-0.5, 2.0));
    let rows = ys.iter().map(|&y| xs.iter().map(|&x| (1.0 + rosenbrock(&[x, y])).log10()).collect()).collect();
    let contour = ContourPlot::new().with_grid(rows, xs, ys).with_line_color(PALE);
    contour.with_levels(&[0.3, 0.6, 1.0, 1.4, 1.8, 2.2, 2.6])
}
