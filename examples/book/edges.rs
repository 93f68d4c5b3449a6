//! Ops at their kinks, and the slopes that the crate answers there.

use crate::chart::{BLUE, ORANGE, Panel, dots, figure, line};
use gradus::Var;
use kuva::plot::scatter::MarkerShape;
use kuva::render::plots::Plot;

type Op = fn(Var) -> Var;

pub fn draw() -> gradus::Result<String> {
    let ops: [(&str, Op, f64); 4] = [
        ("|x|", |x| x.abs(), 0.0),
        ("relu x", |x| x.relu(), 0.0),
        ("max(x, 0.5)", |x| x.max(0.5), 0.5),
        ("floor x", |x| x.floor(), 1.0),
    ];
    let mut panels = Vec::new();
    for (name, op, kink) in ops {
        // The value, and the slope at the kink as a short piece of line.
        let values: Vec<(f64, f64)> =
            (-150..=150).map(|i| f64::from(i) / 100.0).map(|x| (x, op(x.into()).value())).collect();
        let (value, slope) = (op(kink.into()).value(), gradus::derivative(op, kink)?);
        let piece = [-0.45, 0.45].map(|along| (kink + along, value + slope * along)).to_vec();
        let plots =
            vec![Plot::Line(line("", ORANGE, piece)), dots("", ORANGE, MarkerShape::Circle, vec![(kink, value)])];
        // A new line behind each jump.
        let pieces = values.chunk_by(|a, b| (a.1 - b.1).abs() < 0.5).map(<[_]>::to_vec);
        let plots = pieces.map(|piece| Plot::Line(line("", BLUE, piece))).chain(plots).collect();
        panels.push(Panel::new(&format!("{name}: slope {slope}"), "x", "", plots, |layout| {
            let layout = layout.with_x_axis_min(-1.5).with_x_axis_max(1.5).with_x_tick_step(0.5);
            layout.with_y_axis_min(-2.0).with_y_axis_max(2.0)
        }));
    }
    Ok(figure(panels, 400.0, 290.0))
}
