//! Small pictures in grey, each with what it was taken for. A wrong one has a frame, and says what it is.

use super::{BLUE, ORANGE, TEXT, TITLE, rectangle, text};
use kuva::render::render::Scene;

const PIXEL: f64 = 7.0;
const COLUMN: f64 = 86.0;
const ROW: f64 = 92.0;
const TOP: f64 = 50.0;

/// A square of numbers from 0 (white) to 1 (black), row by row.
pub struct Image<'a> {
    pub pixels: &'a [f64],
    pub truth: usize,
    pub predicted: usize,
}

/// Draws images in rows of `columns`.
pub fn of_images(images: &[Image<'_>], columns: usize, title: &str) -> Scene {
    let size = [columns as f64 * COLUMN + 20.0, TOP + images.len().div_ceil(columns) as f64 * ROW + 6.0];
    let mut scene = Scene::new(size[0], size[1]).with_background(Some("white"));
    scene.add(text(title, size[0] / 2.0, 30.0, TITLE, "#000000"));
    for (number, image) in images.iter().enumerate() {
        let side = (image.pixels.len() as f64).sqrt() as usize;
        let length = side as f64 * PIXEL;
        let left = 10.0 + (number % columns) as f64 * COLUMN + (COLUMN - length) / 2.0;
        let top = TOP + (number / columns) as f64 * ROW;
        for (place, pixel) in image.pixels.iter().enumerate() {
            let at = [left + (place % side) as f64 * PIXEL, top + (place / side) as f64 * PIXEL];
            let grey = (255.0 * (1.0 - pixel)).round();
            scene.add(rectangle(at, [PIXEL; 2], &format!("rgb({grey},{grey},{grey})"), None));
        }
        let is_right = image.truth == image.predicted;
        let (color, width) = if is_right { ("#bbbbbb", 1.0) } else { (ORANGE, 3.0) };
        scene.add(rectangle([left, top], [length; 2], "none", Some((color, width))));
        let (words, ink) = match is_right {
            true => (image.predicted.to_string(), BLUE),
            false => (format!("{} (is {})", image.predicted, image.truth), ORANGE),
        };
        scene.add(text(&words, left + length / 2.0, top + length + 18.0, TEXT, ink));
    }
    scene
}
