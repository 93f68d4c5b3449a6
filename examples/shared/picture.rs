//! The picture of a trained classifier: its decision boundary beside its loss curve.

use kuva::backend::png::PngBackend;
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{ColorMap, ContourPlot, LinePlot, ScatterPlot};
use kuva::render::figure::Figure;
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;
use std::error::Error;

const CELLS: usize = 120;
const BLUE: &str = "#1f5fa8";
const ORANGE: &str = "#c8501e";

/// Draws where `score` is positive, the points over it, and the loss over the epochs, to a PNG file.
pub fn boundary_and_loss(
    path: &str,
    points: &[[f64; 2]],
    targets: &[f64],
    score: impl Fn(f64, f64) -> f64,
    losses: &[(f64, f64)],
) -> Result<(), Box<dyn Error>> {
    let boundary = vec![Plot::Contour(field(points, score)), moon(points, targets, 1.0), moon(points, targets, -1.0)];
    let curve = vec![Plot::Line(LinePlot::new().with_data(losses.to_vec()).with_color(BLUE).with_stroke_width(2.5))];
    let layouts = vec![
        Layout::auto_from_plots(&boundary).with_title("Decision boundary").with_x_label("x").with_y_label("y"),
        Layout::auto_from_plots(&curve).with_title("Loss").with_x_label("epoch").with_y_label("max-margin loss"),
    ];
    let figure = Figure::new(1, 2).with_plots(vec![boundary, curve]).with_layouts(layouts).with_cell_size(560.0, 420.0);
    let png = PngBackend::new().with_scale(1.5).render_scene(&figure.render())?;
    std::fs::write(path, png)?;
    Ok(())
}

/// The score over the plane around the points.
fn field(points: &[[f64; 2]], score: impl Fn(f64, f64) -> f64) -> ContourPlot {
    let axis = |k: usize| -> Vec<f64> {
        let low = points.iter().map(|point| point[k] - 0.2).fold(f64::INFINITY, f64::min).floor();
        let high = points.iter().map(|point| point[k] + 0.2).fold(f64::NEG_INFINITY, f64::max).ceil();
        (0..CELLS).map(|cell| low + (high - low) * cell as f64 / (CELLS - 1) as f64).collect()
    };
    let (xs, ys) = (axis(0), axis(1));
    // Beyond ±1 the classifier is sure; more would only flatten the colours around the boundary.
    let rows = ys.iter().map(|&y| xs.iter().map(|&x| score(x, y).clamp(-1.5, 1.5)).collect()).collect();
    ContourPlot::new()
        .with_grid(rows, xs, ys)
        .with_levels(&[-1.0, -0.5, 0.0, 0.5, 1.0])
        .with_filled()
        .with_colormap(blue_to_orange())
}

/// From orange over white to blue: told apart also by the colour-blind.
fn blue_to_orange() -> ColorMap {
    ColorMap::Custom(std::sync::Arc::new(|t: f64| {
        let mix = |from: f64, to: f64, share: f64| (from + (to - from) * share).round() as u8;
        let (side, share) =
            if t < 0.5 { ([244.0, 165.0, 110.0], 1.0 - 2.0 * t) } else { ([120.0, 170.0, 220.0], 2.0 * t - 1.0) };
        let [red, green, blue] = side.map(|channel| mix(250.0, channel, share));
        format!("rgb({red},{green},{blue})")
    }))
}

fn moon(points: &[[f64; 2]], targets: &[f64], target: f64) -> Plot {
    let own = points.iter().zip(targets).filter(|(_, of)| **of == target).map(|(point, _)| (point[0], point[1]));
    // Told apart by shape as well as by colour.
    let (color, marker) = if target > 0.0 { (BLUE, MarkerShape::Circle) } else { (ORANGE, MarkerShape::Triangle) };
    Plot::Scatter(
        ScatterPlot::new().with_data(own.collect::<Vec<_>>()).with_color(color).with_marker(marker).with_size(4.5),
    )
}
