//! What a classifier decides in the plane, with the points over it.

use super::{CLASSES, Panel};
use kuva::plot::{BandPlot, ColorMap, ContourPlot, ScatterPlot};
use kuva::render::plots::Plot;

const CELLS: usize = 120;
/// More columns than cells: an edge of a region is as fine as a pixel.
const COLUMNS: usize = 400;

/// Points of one class.
pub struct Class<'a> {
    pub name: &'a str,
    pub points: Vec<(f64, f64)>,
}

/// The plane by the sign of `score`: the first class where it is negative, the second where it is positive.
pub fn of_score(classes: &[Class<'_>], axes: [&str; 2], score: impl Fn(f64, f64) -> f64) -> Panel {
    let [xs, ys] = grid(classes, CELLS);
    let ends = ends(&xs, &ys);
    // Beyond ±1 the classifier is sure; more would only flatten the colours around the boundary.
    let rows = ys.iter().map(|&y| xs.iter().map(|&x| score(x, y).clamp(-1.5, 1.5)).collect()).collect();
    let field = ContourPlot::new().with_grid(rows, xs, ys).with_levels(&[-1.0, -0.5, 0.0, 0.5, 1.0]);
    let field = field.with_filled().with_colormap(orange_to_blue()).with_legend("score");
    let mut plots = vec![Plot::Contour(field)];
    plots.extend(points(classes));
    within(Panel::new(plots, "Decision boundary", axes[0], axes[1]), ends)
}

/// The plane by the largest of the scores of the classes.
pub fn of_classes(classes: &[Class<'_>], axes: [&str; 2], scores: impl Fn(f64, f64) -> Vec<f64>) -> Panel {
    let chosen = |x: f64, y: f64| gradus::nn::metrics::class_of(&scores(x, y));
    let [xs, ys] = grid(classes, COLUMNS);
    let width = xs[1] - xs[0];
    let mut plots = Vec::new();
    for &x in &xs[..COLUMNS - 1] {
        let mut from = 0;
        for to in 1..COLUMNS {
            let class = chosen(x, ys[from]);
            if to + 1 == COLUMNS || chosen(x, ys[to]) != class {
                // Twice as wide as need be: the next column covers the seam.
                let right = (x + 2.0 * width).min(xs[COLUMNS - 1]);
                let band = BandPlot::new([x, right], [ys[from]; 2], [ys[to]; 2]);
                plots.push(Plot::Band(band.with_color(CLASSES[class].2).with_opacity(1.0)));
                from = to;
            }
        }
    }
    plots.extend(points(classes));
    within(Panel::new(plots, "Decision regions", axes[0], axes[1]), ends(&xs, &ys))
}

/// Axes that end where the ground does.
fn within(panel: Panel, [[left, right], [low, high]]: [[f64; 2]; 2]) -> Panel {
    let layout = panel.layout.with_show_grid(false).with_x_axis_min(left).with_x_axis_max(right);
    Panel { layout: layout.with_y_axis_min(low).with_y_axis_max(high), ..panel }
}

fn ends(xs: &[f64], ys: &[f64]) -> [[f64; 2]; 2] {
    [xs, ys].map(|axis| [axis[0], axis[axis.len() - 1]])
}

/// The places of so many columns and rows around the points.
fn grid(classes: &[Class<'_>], cells: usize) -> [Vec<f64>; 2] {
    let axis = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        let all = || classes.iter().flat_map(|class| &class.points).map(of);
        // Halves, so that the axes end where the colours do.
        let low = (2.0 * all().map(|x| x - 0.1).fold(f64::INFINITY, f64::min)).floor() / 2.0;
        let high = (2.0 * all().map(|x| x + 0.1).fold(f64::NEG_INFINITY, f64::max)).ceil() / 2.0;
        (0..cells).map(|cell| low + (high - low) * cell as f64 / (cells - 1) as f64).collect()
    };
    [axis(|point| point.0), axis(|point| point.1)]
}

fn points<'a>(classes: &'a [Class<'_>]) -> impl Iterator<Item = Plot> + 'a {
    classes.iter().zip(CLASSES).map(|(class, (color, marker, _))| {
        let scatter = ScatterPlot::new().with_data(class.points.clone()).with_color(color).with_marker(marker);
        Plot::Scatter(scatter.with_size(4.5).with_legend(class.name))
    })
}

/// From orange over white to blue.
fn orange_to_blue() -> ColorMap {
    ColorMap::Custom(std::sync::Arc::new(|t: f64| {
        let mix = |from: f64, to: f64, share: f64| (from + (to - from) * share).round() as u8;
        let (side, share) =
            if t < 0.5 { ([244.0, 165.0, 110.0], 1.0 - 2.0 * t) } else { ([120.0, 170.0, 220.0], 2.0 * t - 1.0) };
        let [red, green, blue] = side.map(|channel| mix(250.0, channel, share));
        format!("rgb({red},{green},{blue})")
    }))
}
