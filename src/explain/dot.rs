//! A picture in Graphviz's language.

use super::diagram::{Card, Diagram, Kind};
use super::picture::{Direction, Picture};
use super::text::shortened;
use std::fmt::Write;

/// Texts of more columns are cut.
const LONGEST: usize = 60;

pub(super) fn write(picture: &Picture<'_>, diagram: &Diagram) -> String {
    let direction = match picture.direction {
        Direction::Right => "LR",
        Direction::Down => "TB",
    };
    let mut dot = format!(
        "digraph {} {{\n  rankdir={direction};\n  node [fontname=\"Courier\", fontsize=11];\n  edge [fontname=\"Courier\", fontsize=10];\n",
        quoted(&picture.explanation.output)
    );
    for card in &diagram.cards {
        let _ = writeln!(dot, "  {} [{}];", quoted(&card.id), attributes(card, picture.direction));
    }
    for arrow in &diagram.arrows {
        let (tail, head) = (&diagram.cards[arrow.tail].id, &diagram.cards[arrow.head].id);
        let style = if arrow.is_swept || !picture.shows_gradients { "" } else { ", style=dotted" };
        let lit = if arrow.is_lit { ", penwidth=3" } else { "" };
        let lines: Vec<String> = arrow.label_within(LONGEST).iter().map(|line| escaped(line)).collect();
        let label = lines.join("\\n");
        let _ = writeln!(dot, "  {} -> {} [label=\"{label}\"{style}{lit}];", quoted(tail), quoted(head));
    }
    dot.push_str("}\n");
    dot
}

fn attributes(card: &Card, direction: Direction) -> String {
    if card.kind == Kind::Constant {
        return format!("shape=ellipse, style=dashed, label={}", quoted(&card.name));
    }
    let mut fields = vec![field(&card.name)];
    if !card.formula.is_empty() {
        fields.push(field(&card.formula));
    }
    fields.push(field(&card.op));
    fields.push(format!("value {}", field(&card.value)));
    fields.extend(card.gradient.as_ref().map(|gradient| format!("grad {}", field(gradient))));
    let fields = fields.join("|");
    // Fields stand beside one another in a graph that runs down: braces turn them.
    let label = match direction {
        Direction::Right => fields,
        Direction::Down => format!("{{{fields}}}"),
    };
    let shape = match card.kind {
        Kind::Input => "shape=record",
        Kind::Op => "shape=Mrecord",
        Kind::Output => "shape=Mrecord, penwidth=2.5",
        Kind::Constant => "shape=ellipse",
        Kind::Group => "shape=record, style=bold",
    };
    let lit = if card.is_lit { ", penwidth=4" } else { "" };
    format!("{shape}{lit}, label=\"{label}\"")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let safe: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    safe.replace('\\', "\\\\").replace('"', "\\\"")
}

/// The text of a record's field: what separates fields is escaped.
fn field(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in shortened(text, LONGEST).chars() {
        if "\\\"{}|<>".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
