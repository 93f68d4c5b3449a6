//! Which class was taken for which: a table whose cells are the darker the more they count. What is right is blue, what is wrong orange.

use super::{LABEL, TEXT, TITLE, rectangle, text};
use gradus::nn::metrics::ConfusionMatrix;
use kuva::render::render::{Primitive, Scene, TextAnchor};

const CELL: [f64; 2] = [46.0, 36.0];
const TOP: f64 = 92.0;
const BLACK: &str = "#000000";

/// Draws the counts, with the names of the classes.
pub fn of_matrix(matrix: &ConfusionMatrix, title: &str) -> Scene {
    let classes = matrix.counts.len();
    let name = |class: usize| matrix.names.get(class).cloned().unwrap_or_else(|| class.to_string());
    let longest = (0..classes).map(|class| name(class).chars().count()).max().unwrap_or(1) as f64;
    let cell = [f64::max(CELL[0], 9.0 * longest + 14.0), CELL[1]];
    let left = 60.0 + 8.5 * longest;
    let [width, height] = cell.map(|side| side * classes as f64);
    let mut scene = Scene::new(left + width + 30.0, TOP + height + 24.0).with_background(Some("white"));
    scene.add(text(title, left + width / 2.0, 30.0, TITLE, BLACK));
    scene.add(text("predicted", left + width / 2.0, 58.0, LABEL, BLACK));
    scene.add(sideways("true class", 24.0, TOP + height / 2.0));
    for class in 0..classes {
        scene.add(text(&name(class), left + cell[0] * (class as f64 + 0.5), TOP - 8.0, TEXT, BLACK));
        let foot = TOP + cell[1] * (class as f64 + 0.5) + 5.0;
        scene.add(text(&name(class), left - 10.0 - 4.2 * longest, foot, TEXT, BLACK));
    }
    let largest = |is_right: bool| {
        let counts =
            matrix.counts.iter().enumerate().flat_map(|(truth, row)| row.iter().enumerate().map(move |c| (truth, c)));
        let own = counts.filter(|(truth, (predicted, _))| (truth == predicted) == is_right);
        own.map(|(_, (_, &count))| count).max().unwrap_or(0).max(1) as f64
    };
    let (most_right, most_wrong) = (largest(true), largest(false));
    for (truth, row) in matrix.counts.iter().enumerate() {
        for (predicted, &count) in row.iter().enumerate() {
            let at = [left + cell[0] * predicted as f64, TOP + cell[1] * truth as f64];
            // A single wrong one is to be seen.
            let (dark, share) = match (truth == predicted, count) {
                (_, 0) => ([255.0; 3], 0.0),
                (true, _) => ([31.0, 95.0, 168.0], count as f64 / most_right),
                (false, _) => ([200.0, 80.0, 30.0], 0.35 + 0.4 * count as f64 / most_wrong),
            };
            let [red, green, blue] = dark.map(|channel: f64| (255.0 + (channel - 255.0) * share).round());
            let ground = format!("rgb({red},{green},{blue})");
            scene.add(rectangle(at, cell, &ground, Some(("#bbbbbb", 1.0))));
            let ink = if count == 0 {
                "#999999"
            } else if share > 0.55 {
                "#ffffff"
            } else {
                BLACK
            };
            scene.add(text(&count.to_string(), at[0] + cell[0] / 2.0, at[1] + cell[1] / 2.0 + 5.0, TEXT, ink));
        }
    }
    scene
}

fn sideways(content: &str, x: f64, y: f64) -> Primitive {
    Primitive::Text {
        x,
        y,
        content: content.to_owned(),
        size: LABEL,
        anchor: TextAnchor::Middle,
        rotate: Some(-90.0),
        bold: false,
        color: Some(BLACK.into()),
    }
}
