//! A picture as a Mermaid flowchart.

use super::diagram::{Card, Diagram, Kind};
use super::picture::{Direction, Picture};
use super::text::shortened;
use std::fmt::Write;

/// Mermaid draws no more edges than this unless its settings say so.
pub(super) const MOST_EDGES: usize = 500;
const LONGEST: usize = 60;

pub(super) fn write(picture: &Picture<'_>, diagram: &Diagram) -> String {
    let direction = match picture.direction {
        Direction::Right => "LR",
        Direction::Down => "TB",
    };
    let mut chart = format!("flowchart {direction}\n");
    for card in &diagram.cards {
        let _ = writeln!(chart, "  {}{}", id(card), node(card));
    }
    for arrow in &diagram.arrows {
        let line = match (arrow.is_lit, arrow.is_swept || !picture.shows_gradients) {
            (true, _) => "==>",
            (false, true) => "-->",
            (false, false) => "-.->",
        };
        let lines: Vec<String> = arrow.label_within(LONGEST).iter().map(|line| escaped(line)).collect();
        let label = if lines.is_empty() { String::new() } else { format!("|\"{}\"|", lines.join("<br/>")) };
        let (tail, head) = (id(&diagram.cards[arrow.tail]), id(&diagram.cards[arrow.head]));
        let _ = writeln!(chart, "  {tail} {line}{label} {head}");
    }
    chart.push_str("  classDef output stroke-width:3px\n  classDef constant stroke-dasharray:4 3\n");
    chart.push_str("  classDef lit stroke-width:4px\n");
    chart
}

/// Mermaid takes `-` within an id for the beginning of an edge in some places.
fn id(card: &Card) -> String {
    card.id.replace('-', "_")
}

/// The shape of a node, its texts within, and its class.
fn node(card: &Card) -> String {
    let mut lines = vec![format!("<b>{}</b>", escaped(&card.name))];
    if !card.formula.is_empty() {
        let sign = if card.kind == Kind::Group { "" } else { "= " };
        lines.push(format!("{sign}{}", escaped(&card.formula)));
    }
    lines.push(format!("<i>{}</i>", escaped(&card.op)));
    lines.push(format!("value {}", escaped(&card.value)));
    lines.extend(card.gradient.as_ref().map(|gradient| format!("grad {}", escaped(gradient))));
    let text = lines.join("<br/>");
    let (shape, class) = match card.kind {
        Kind::Input => (format!("[\"{text}\"]"), ""),
        Kind::Op => (format!("(\"{text}\")"), ""),
        Kind::Output => (format!("[[\"{text}\"]]"), ":::output"),
        Kind::Constant => (format!("([\"{}\"])", escaped(&card.name)), ":::constant"),
        Kind::Group => (format!("{{{{\"{text}\"}}}}"), ""),
    };
    format!("{shape}{}", if card.is_lit { ":::lit" } else { class })
}

/// Letters, digits and harmless signs stay; all else becomes a character entity in Mermaid's notation, `#60;` for `<`.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in shortened(text, LONGEST).chars() {
        if c.is_alphanumeric() || " .,=+-/|()'∂√π…^".contains(c) || !c.is_ascii() {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    safe
}
