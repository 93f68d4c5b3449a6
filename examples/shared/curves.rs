//! The picture of functions of one variable: lines, and points beside them.

use kuva::backend::png::PngBackend;
use kuva::plot::{LinePlot, ScatterPlot};
use kuva::render::figure::Figure;
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;
use std::error::Error;

const COLOURS: [&str; 2] = ["#1f5fa8", "#c8501e"];

/// A function by its values, and what to call it.
pub struct Curve {
    pub name: &'static str,
    pub points: Vec<(f64, f64)>,
}

/// Draws one or two curves as lines and one by its points alone, to a PNG file.
pub fn curves(path: &str, title: &str, curves: &[Curve], dots: &Curve) -> Result<(), Box<dyn Error>> {
    let scatter = ScatterPlot::new().with_data(dots.points.clone()).with_color("#888888").with_size(3.5);
    let mut plots = vec![Plot::Scatter(scatter.with_legend(dots.name))];
    for (curve, colour) in curves.iter().zip(COLOURS) {
        let line = LinePlot::new().with_data(curve.points.clone()).with_color(colour).with_stroke_width(2.5);
        plots.push(Plot::Line(line.with_legend(curve.name)));
    }
    let layout = Layout::auto_from_plots(&plots).with_title(title).with_x_label("x").with_y_label("y");
    let figure = Figure::new(1, 1).with_plots(vec![plots]).with_layouts(vec![layout]).with_cell_size(720.0, 460.0);
    std::fs::write(path, PngBackend::new().with_scale(1.5).render_scene(&figure.render())?)?;
    Ok(())
}
