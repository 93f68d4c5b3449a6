//! Pictures of what a net has learnt, in one style. Colours are told apart by the colour-blind, and never say anything alone: beside
//! them stand shapes, dashes or words.

// No example draws all kinds.
#![allow(dead_code)]

pub mod boundary;
pub mod confusion;
pub mod curves;
pub mod images;

use kuva::backend::png::PngBackend;
use kuva::plot::scatter::MarkerShape;
use kuva::render::figure::Figure;
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;
use kuva::render::render::{Primitive, Scene, TextAnchor};
use std::error::Error;

pub const BLUE: &str = "#1f5fa8";
pub const ORANGE: &str = "#c8501e";
pub const GREY: &str = "#5a5a5a";

/// Of each class: the colour of its points, their shape, and the colour of the ground where it is chosen.
pub const CLASSES: [(&str, MarkerShape, &str); 3] = [
    (ORANGE, MarkerShape::Triangle, "rgb(249,214,188)"),
    (BLUE, MarkerShape::Circle, "rgb(199,219,240)"),
    (GREY, MarkerShape::Square, "rgb(224,224,224)"),
];

pub const TITLE: u32 = 18;
pub const LABEL: u32 = 15;
pub const TEXT: u32 = 13;

/// Axes and what is drawn in them.
pub struct Panel {
    pub plots: Vec<Plot>,
    pub layout: Layout,
}

impl Panel {
    pub fn new(plots: Vec<Plot>, title: &str, x: &str, y: &str) -> Panel {
        let layout = Layout::auto_from_plots(&plots).with_title(title).with_x_label(x).with_y_label(y);
        let layout = layout.with_title_size(TITLE).with_label_size(LABEL).with_tick_size(TEXT).with_body_size(TEXT);
        Panel { plots, layout }
    }
}

/// Writes panels side by side to `target/NAME.png`.
pub fn save(name: &str, panels: Vec<Panel>) -> Result<(), Box<dyn Error>> {
    let figure = Figure::new(1, panels.len()).with_cell_size(560.0, 420.0);
    let (plots, layouts) = panels.into_iter().map(|panel| (panel.plots, panel.layout)).unzip();
    save_scene(name, &figure.with_plots(plots).with_layouts(layouts).render())
}

/// Writes a drawing to `target/NAME.png`.
pub fn save_scene(name: &str, scene: &Scene) -> Result<(), Box<dyn Error>> {
    let file = format!("target/{name}.png");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::create_dir_all(root.join("target"))?;
    std::fs::write(root.join(&file), PngBackend::new().with_scale(1.5).render_scene(scene)?)?;
    println!("picture: {file}");
    Ok(())
}

/// A word whose middle is at `x` and whose foot is at `y`.
fn text(content: &str, x: f64, y: f64, size: u32, color: &str) -> Primitive {
    Primitive::Text {
        x,
        y,
        content: content.to_owned(),
        size,
        anchor: TextAnchor::Middle,
        rotate: None,
        bold: false,
        color: Some(color.into()),
    }
}

/// A filled rectangle, or only its frame where the fill is `"none"`.
fn rectangle([x, y]: [f64; 2], [width, height]: [f64; 2], fill: &str, frame: Option<(&str, f64)>) -> Primitive {
    let (stroke, stroke_width) = frame.map(|(color, width)| (color.into(), width)).unzip();
    Primitive::Rect { x, y, width, height, fill: fill.into(), stroke, stroke_width, opacity: None }
}
