//! Plots in the book's colours, as SVG on a white card.

use kuva::backend::svg::SvgBackend;
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{LegendPosition, LinePlot, ScatterPlot};
use kuva::render::figure::Figure;
use kuva::render::layout::{Layout, TickFormat};
use kuva::render::plots::Plot;
use std::sync::Arc;

pub const BLUE: &str = "#1f5fa8";
pub const ORANGE: &str = "#c8501e";
pub const GREY: &str = "#666666";
pub const PALE: &str = "#b4bac4";

/// One panel of a figure.
pub struct Panel {
    pub plots: Vec<Plot>,
    pub layout: Layout,
}

impl Panel {
    /// A panel with linear axes; `adjust` changes its layout.
    pub fn new(title: &str, x: &str, y: &str, plots: Vec<Plot>, adjust: impl FnOnce(Layout) -> Layout) -> Panel {
        let layout = Layout::auto_from_plots(&plots).with_title(title).with_x_label(x).with_y_label(y);
        let layout = layout.with_legend_position(LegendPosition::InsideTopLeft).with_legend_box(true);
        Panel { plots, layout: adjust(layout) }
    }
}

/// The panels, at most two of them side by side.
pub fn figure(panels: Vec<Panel>, width: f64, height: f64) -> String {
    in_columns(panels, 2, width, height)
}

/// The panels, so many of them side by side.
pub fn in_columns(panels: Vec<Panel>, columns: usize, width: f64, height: f64) -> String {
    let columns = columns.min(panels.len());
    let rows = panels.len().div_ceil(columns);
    let (plots, layouts): (Vec<_>, Vec<_>) = panels.into_iter().map(|panel| (panel.plots, panel.layout)).unzip();
    let figure = Figure::new(rows, columns).with_plots(plots).with_layouts(layouts).with_cell_size(width, height);
    scalable(SvgBackend::new().render_scene(&figure.render()))
}

/// Without a view box a narrow page cuts the picture off instead of shrinking it.
fn scalable(svg: String) -> String {
    let size = |name: &str| {
        let value = svg.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.unwrap_or("100%").to_owned()
    };
    let view_box = format!("<svg viewBox=\"0 0 {} {}\" ", size("width"), size("height"));
    svg.replacen("<svg ", &view_box, 1)
}

/// Both axes logarithmic, for points that went through [`logarithms`]; a tick every `step` powers of ten.
pub fn powers_of_ten(layout: Layout, step: f64) -> Layout {
    let written = TickFormat::Custom(Arc::new(|exponent: f64| format!("1e{exponent}")));
    layout.with_tick_format(written).with_x_tick_step(step).with_y_tick_step(step)
}

/// kuva's own logarithmic axes end at 1e-10.
pub fn logarithms(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.into_iter().map(|(x, y)| (x.log10(), y.log10())).collect()
}

/// A line, and what to call it.
pub fn line(name: &str, colour: &str, points: Vec<(f64, f64)>) -> LinePlot {
    let line = LinePlot::new().with_data(points).with_color(colour).with_stroke_width(2.5);
    if name.is_empty() { line } else { line.with_legend(name) }
}

/// Points, and what to call them.
pub fn dots(name: &str, colour: &str, marker: MarkerShape, points: Vec<(f64, f64)>) -> Plot {
    let dots = ScatterPlot::new().with_data(points).with_color(colour).with_marker(marker).with_size(4.5);
    Plot::Scatter(if name.is_empty() { dots } else { dots.with_legend(name) })
}

/// `f` at evenly spaced places.
pub fn sampled(from: f64, to: f64, f: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let at = |i: i32| from + (to - from) * f64::from(i) / 200.0;
    (0..=200).map(|i| (at(i), f(at(i)))).collect()
}
