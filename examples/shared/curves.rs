//! Functions of one variable: lines, and dots beside them; the losses of a training.

use super::{BLUE, GREY, ORANGE, Panel};
use gradus::nn::Epoch;
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{LinePlot, ScatterPlot};
use kuva::render::plots::Plot;

/// A function by its values, and what to call it.
pub struct Curve<'a> {
    pub name: &'a str,
    pub points: Vec<(f64, f64)>,
}

/// One or two curves as lines, and one by its dots alone.
pub fn of_functions(title: &str, curves: &[Curve<'_>], dots: &Curve<'_>) -> Panel {
    let scatter = ScatterPlot::new().with_data(dots.points.clone()).with_color(GREY).with_size(3.5);
    let mut plots = vec![Plot::Scatter(scatter.with_legend(dots.name))];
    plots.extend(curves.iter().enumerate().flat_map(|(number, curve)| line(curve, number)));
    Panel::new(plots, title, "x", "y")
}

/// The loss of each epoch, and that of the validation data if there are any, which are called `validation`.
pub fn of_losses(history: &[Epoch], loss: &str, validation: &str) -> Panel {
    let numbered = |of: &dyn Fn(&Epoch) -> Option<f64>| -> Vec<(f64, f64)> {
        history.iter().enumerate().filter_map(|(number, epoch)| Some((number as f64 + 1.0, of(epoch)?))).collect()
    };
    let training = Curve { name: "training", points: numbered(&|epoch| Some(epoch.loss)) };
    let validation = Curve { name: validation, points: numbered(&|epoch| epoch.validation_loss) };
    let mut plots = line(&training, 0);
    if !validation.points.is_empty() {
        plots.extend(line(&validation, 1));
    }
    Panel::new(plots, "Loss", "epoch", loss)
}

/// The first in blue, the second in orange and with a triangle now and then: dashes would drown in a curve of many points.
fn line(curve: &Curve<'_>, number: usize) -> Vec<Plot> {
    let line = LinePlot::new().with_data(curve.points.clone()).with_stroke_width(2.5);
    if number == 0 {
        return vec![Plot::Line(line.with_color(BLUE).with_legend(curve.name))];
    }
    let apart = curve.points.len().div_ceil(12);
    let marks = curve.points.iter().copied().skip(apart / 2).step_by(apart);
    let marks = ScatterPlot::new().with_data(marks).with_color(ORANGE).with_marker(MarkerShape::Triangle);
    vec![Plot::Line(line.with_color(ORANGE)), Plot::Scatter(marks.with_size(5.0).with_legend(curve.name))]
}
