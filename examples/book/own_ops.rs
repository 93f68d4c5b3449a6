//! The logarithm of the hyperbolic cosine, as an op of one's own, beside the absolute value.

use crate::chart::{BLUE, GREY, Panel, figure, line, sampled};
use gradus::Scalar;
use gradus::rule::{Info, Rule};
use kuva::plot::LegendPosition;
use kuva::render::plots::Plot;

struct LogCosh;

impl Rule<1> for LogCosh {
    const INFO: Info = Info { name: "log_cosh", written: "log_cosh({})", doc: "Logarithm of the hyperbolic cosine." };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-3.0, 3.0)]];

    fn value([x]: [f64; 1]) -> f64 {
        x.abs() + (-2.0 * x.abs()).exp().ln_1p() - std::f64::consts::LN_2
    }

    fn partials<S: Scalar>([x]: [S; 1], _y: S) -> [S; 1] {
        [x.tanh()]
    }
}

pub fn draw() -> gradus::Result<String> {
    let mut slopes = Vec::new();
    for (x, _) in sampled(-4.0, 4.0, |x| x) {
        slopes.push((x, gradus::derivative(|x| Scalar::apply::<LogCosh, 1>([x]), x)?));
    }
    let values = vec![
        Plot::Line(line("|x|", GREY, sampled(-4.0, 4.0, f64::abs)).with_dashed()),
        Plot::Line(line("log cosh x", BLUE, sampled(-4.0, 4.0, |x| f64::apply::<LogCosh, 1>([x])))),
    ];
    let slopes = vec![
        Plot::Line(line("slope of |x|", GREY, vec![(-4.0, -1.0), (0.0, -1.0), (0.0, 1.0), (4.0, 1.0)]).with_dashed()),
        Plot::Line(line("slope of log cosh x", BLUE, slopes)),
    ];
    let panels = vec![
        Panel::new("Value", "x", "", values, |layout| layout.with_legend_position(LegendPosition::InsideTopCenter)),
        Panel::new("Slope", "x", "", slopes, |layout| {
            layout.with_y_axis_min(-1.5).with_y_axis_max(1.5).with_legend_position(LegendPosition::InsideBottomRight)
        }),
    ];
    Ok(figure(panels, 400.0, 340.0))
}
