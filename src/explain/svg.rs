//! A picture as SVG: boxes and edges in a layered layout, without script, font or anything from elsewhere.

mod style;

use super::diagram::{Arrow, Card, Diagram, Kind};
use super::layout::{self, Extent, Link, Point, Stretch};
use super::picture::{Direction, Picture};
use super::text::{columns, escaped, shortened};
use std::fmt::Write;

/// The breadth of a character in each size of text, a little more than in common monospaced fonts.
const NAME: f64 = 7.95;
const BODY: f64 = 7.35;
const SMALL: f64 = 6.75;
/// Texts of more columns are cut; the whole is in the title.
const LONGEST_NAME: usize = 28;
const LONGEST_FORMULA: usize = 34;
const LONGEST_LOCAL: usize = 18;
const MARGIN: f64 = 20.0;
const PADDING: f64 = 10.0;
const STACK: f64 = 8.0;

pub(super) fn write(picture: &Picture<'_>, diagram: &Diagram) -> String {
    let is_down = picture.direction == Direction::Down;
    let turned = |(width, height): (f64, f64)| match is_down {
        true => Extent { along: height, across: width },
        false => Extent { along: width, across: height },
    };
    let faces: Vec<Face> = diagram.cards.iter().map(Face::new).collect();
    let nodes: Vec<Extent> = faces.iter().map(|face| turned((face.width, face.height))).collect();
    let label = |arrow: &Arrow| Link { tail: arrow.tail, head: arrow.head, label: turned(label_size(arrow)) };
    let links: Vec<Link> = diagram.arrows.iter().map(label).collect();
    let output = diagram.cards.iter().position(|card| card.kind == Kind::Output).unwrap_or(0);
    let layout = layout::lay_out(&nodes, &links, output);
    let sheet = Sheet { is_down };
    let (width, height) = sheet.point(layout.extent.along, layout.extent.across);
    let caption = if picture.shows_caption { caption(picture, diagram, width) } else { Vec::new() };
    let widest = caption.iter().map(|line| columns(line) as f64 * SMALL).fold(0.0, f64::max);
    let shift = ((widest - width) / 2.0).max(0.0);
    let full_width = width.max(widest);
    let full_height = height + if caption.is_empty() { 0.0 } else { 14.0 + 15.0 * caption.len() as f64 };

    let mut svg = String::new();
    open(&mut svg, picture, diagram, full_width, full_height);
    let _ = writeln!(svg, "<g transform=\"translate({} 0)\">", number(shift));
    for ((arrow, route), at) in diagram.arrows.iter().zip(&layout.routes).zip(&layout.labels) {
        write_arrow(&mut svg, picture, diagram, arrow, &sheet.path(route), sheet.at(at));
    }
    for ((card, face), at) in diagram.cards.iter().zip(&faces).zip(&layout.nodes) {
        face.write(&mut svg, picture, card, sheet.at(at));
    }
    svg.push_str("</g>\n");
    for (place, line) in caption.iter().enumerate() {
        let y = height + 24.0 + 15.0 * place as f64;
        let _ = writeln!(svg, "<text class=\"caption\" x=\"0\" y=\"{}\">{}</text>", number(y), escaped(line));
    }
    svg.push_str("</svg>\n");
    svg
}

fn open(svg: &mut String, picture: &Picture<'_>, diagram: &Diagram, width: f64, height: f64) {
    let explanation = picture.explanation;
    let (w, h) = (number(width + 2.0 * MARGIN), number(height + 2.0 * MARGIN));
    let (prefix, edge) = (escaped(&picture.id_prefix), number(-MARGIN));
    let output = explanation.step(explanation.output_node);
    let value =
        output.map_or(String::new(), |step| format!(" = {}", super::digits::rounded(step.value, picture.decimals)));
    let derivatives = explanation
        .gradient
        .iter()
        .take(12)
        .map(|input| format!("by {} {}", input.name, super::digits::rounded(input.derivative, picture.decimals)));
    let derivatives = match picture.shows_gradients {
        true => format!(" Derivatives of {}: {}.", explanation.output, derivatives.collect::<Vec<_>>().join(", ")),
        false => String::new(),
    };
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gradus\" role=\"img\" aria-labelledby=\"{prefix}title {prefix}desc\" \
         width=\"{w}\" height=\"{h}\" viewBox=\"{edge} {edge} {w} {h}\">\n\
         <title id=\"{prefix}title\">{title}</title>\n\
         <desc id=\"{prefix}desc\">A graph of {nodes} nodes and {edges} edges, from the inputs to the output.{derivatives}</desc>\n\
         <style>\n{style}</style>\n\
         <rect class=\"canvas\" x=\"{edge}\" y=\"{edge}\" width=\"{w}\" height=\"{h}\" rx=\"8\"/>\n",
        title = escaped(&format!("How {}{value} is computed and differentiated", explanation.output)),
        nodes = diagram.cards.len(),
        edges = diagram.arrows.len(),
        derivatives = escaped(&derivatives),
        style = style::sheet(),
    );
}

/// How to read the picture, in lines of at most its width.
fn caption(picture: &Picture<'_>, diagram: &Diagram, width: f64) -> Vec<String> {
    let output = shortened(&picture.explanation.output, LONGEST_NAME);
    let is_grouped = diagram.cards.iter().any(|card| card.kind == Kind::Group);
    let ends_here = |arrow: &Arrow| !arrow.is_swept && diagram.cards[arrow.tail].kind != Kind::Constant;
    let dotted = match picture.shows_gradients && diagram.arrows.iter().any(ends_here) {
        true => " Dotted: nothing is handed on here.",
        false => "",
    };
    let text = match (picture.shows_gradients, is_grouped) {
        (true, false) => format!(
            "grad: derivative of {output} by the node. ∂: local derivative of a node by its operand. += what the edge adds to grad where paths meet."
        ),
        (true, true) => format!("A stack is a group of nodes. grad: derivatives of {output} by them."),
        (false, false) => "Each node is computed from those whose arrows lead to it.".to_owned(),
        (false, true) => "A stack is a group of nodes.".to_owned(),
    };
    let text = text + dotted;
    let most = ((width / SMALL) as usize).max(44);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.len() - 1;
        if !lines[line].is_empty() && columns(&lines[line]) + columns(word) + 1 > most {
            lines.push(word.to_owned());
        } else {
            let space = if lines[line].is_empty() { "" } else { " " };
            lines[line] += &format!("{space}{word}");
        }
    }
    lines
}

fn label_size(arrow: &Arrow) -> (f64, f64) {
    let lines = arrow.label_within(LONGEST_LOCAL);
    let width = lines.iter().map(|line| columns(line)).max().unwrap_or(0) as f64 * SMALL;
    if lines.is_empty() { (0.0, 4.0) } else { (width + 8.0, lines.len() as f64 * 14.0 + 4.0) }
}

fn write_arrow(svg: &mut String, picture: &Picture<'_>, diagram: &Diagram, arrow: &Arrow, path: &str, at: (f64, f64)) {
    let classes = [(!arrow.is_swept, " unswept"), (arrow.is_lit, " lit")];
    let classes: String = classes.iter().filter(|(holds, _)| *holds).map(|(_, class)| *class).collect();
    let node = |place: usize| escaped(&diagram.cards[place].id);
    let _ = write!(
        svg,
        "<g class=\"edge{classes}\" id=\"{}{}\" data-from=\"{}\" data-to=\"{}\"><title>{}</title>{path}",
        escaped(&picture.id_prefix),
        arrow.id,
        node(arrow.head),
        node(arrow.tail),
        escaped(&arrow.sentence),
    );
    let lines = arrow.label_within(LONGEST_LOCAL);
    if !lines.is_empty() {
        let ((width, height), (x, y)) = (label_size(arrow), at);
        let _ = write!(
            svg,
            "<rect class=\"back\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\"/>",
            number(x - width / 2.0 + 1.0),
            number(y - height / 2.0),
            number(width - 2.0),
            number(height),
        );
        let first = y + 4.0 - 7.0 * (lines.len() - 1) as f64;
        for ((line, class), place) in lines.iter().zip(["local", "addend"]).zip(0_u8..) {
            let y = number(first + 14.0 * f64::from(place));
            let _ = write!(svg, "<text class=\"{class}\" x=\"{}\" y=\"{y}\">{}</text>", number(x), escaped(line));
        }
    }
    svg.push_str("</g>\n");
}

/// A box with its texts: what stands where within it.
struct Face {
    name: String,
    formula: String,
    width: f64,
    height: f64,
    /// How far the stack behind a group shows.
    stack: f64,
}

impl Face {
    fn new(card: &Card) -> Face {
        let name = shortened(&card.name, LONGEST_NAME);
        if card.kind == Kind::Constant {
            let name = shortened(&card.name, LONGEST_NAME);
            let width = columns(&name) as f64 * BODY + 22.0;
            return Face { width, height: 24.0, stack: 0.0, formula: String::new(), name };
        }
        let formula = match (card.kind, card.formula.as_str()) {
            (_, "") => String::new(),
            (Kind::Group, ops) => shortened(ops, LONGEST_FORMULA),
            (_, formula) => shortened(&format!("= {formula}"), LONGEST_FORMULA),
        };
        let row = |key: &str, value: &str| columns(key) as f64 * SMALL + 12.0 + columns(value) as f64 * BODY;
        let rows = [
            columns(&name) as f64 * NAME + 14.0 + columns(&card.op) as f64 * SMALL,
            columns(&formula) as f64 * BODY,
            row("value", &card.value),
            card.gradient.as_ref().map_or(0.0, |gradient| row("grad", gradient) + 6.0),
        ];
        let stack = if card.kind == Kind::Group { STACK } else { 0.0 };
        let lines = 2 + usize::from(!formula.is_empty()) + usize::from(card.gradient.is_some());
        Face {
            width: (rows.iter().copied().fold(96.0, f64::max) + 2.0 * PADDING + stack).ceil(),
            height: 17.0 * lines as f64 + 18.0 + stack,
            stack,
            name,
            formula,
        }
    }

    fn write(&self, svg: &mut String, picture: &Picture<'_>, card: &Card, (x, y): (f64, f64)) {
        let classes = [
            (!card.is_swept && card.kind != Kind::Constant && picture.shows_gradients, " unswept"),
            (card.is_lit, " lit"),
        ];
        let classes: String = classes.iter().filter(|(holds, _)| *holds).map(|(_, class)| *class).collect();
        let kind = if card.kind == Kind::Op { "op-node" } else { card.kind.name() };
        let data = card.node.map_or(String::new(), |node| format!(" data-node=\"{node}\""));
        let _ = write!(
            svg,
            "<g class=\"node {kind}{classes}\" id=\"{}{}\"{data} transform=\"translate({} {})\"><title>{}</title>",
            escaped(&picture.id_prefix),
            card.id,
            number((x - self.width / 2.0).round()),
            number((y - self.height / 2.0).round()),
            escaped(&card.sentence),
        );
        self.write_outline(svg, card.kind);
        if card.kind == Kind::Constant {
            let middle = number(self.width / 2.0);
            let _ = writeln!(
                svg,
                "<text class=\"value\" x=\"{middle}\" y=\"16\" text-anchor=\"middle\">{}</text></g>",
                escaped(&self.name)
            );
            return;
        }
        let right = number(self.width - self.stack - PADDING);
        let mut line = 20.0;
        let mut text = |class: &str, x: &str, y: f64, text: &str| {
            let _ = write!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{}\">{}</text>", number(y), escaped(text));
        };
        let left = number(PADDING);
        text("name", &left, line, &self.name);
        text("op number", &right, line, &card.op);
        if !self.formula.is_empty() {
            line += 17.0;
            text("formula", &left, line, &self.formula);
        }
        let rule = line + 7.0;
        line += 21.0;
        text("key", &left, line, "value");
        text("value number", &right, line, &card.value);
        if let Some(gradient) = &card.gradient {
            line += 17.0;
            text("key", &left, line, "grad");
            text("gradient number", &right, line, gradient);
        }
        let _ = writeln!(svg, "<path class=\"rule\" d=\"M{left} {0}H{right}\"/></g>", number(rule));
    }

    /// The outline tells what a node is: inputs are square with a bar, ops round, outputs double, constants pills, groups stacks.
    fn write_outline(&self, svg: &mut String, kind: Kind) {
        let mut rect = |grown: f64, shift: f64, radius: f64| {
            let (width, height) = (self.width - self.stack + 2.0 * grown, self.height - self.stack + 2.0 * grown);
            let (width, height) = (number(width), number(height));
            let at = number(shift - grown);
            let _ = write!(
                svg,
                "<rect class=\"box\" x=\"{at}\" y=\"{at}\" width=\"{width}\" height=\"{height}\" rx=\"{}\"/>",
                number(radius)
            );
        };
        match kind {
            Kind::Input => {
                rect(0.0, 0.0, 1.0);
                let _ = write!(svg, "<rect class=\"bar\" width=\"5\" height=\"{}\"/>", number(self.height));
            }
            Kind::Op => rect(0.0, 0.0, 10.0),
            Kind::Output => {
                rect(0.0, 0.0, 11.0);
                rect(-3.5, 0.0, 8.0);
            }
            Kind::Constant => rect(0.0, 0.0, self.height / 2.0),
            Kind::Group => {
                rect(0.0, STACK, 6.0);
                rect(0.0, STACK / 2.0, 6.0);
                rect(0.0, 0.0, 6.0);
            }
        }
    }
}

/// From the layout's two ways to those of the sheet.
struct Sheet {
    is_down: bool,
}

impl Sheet {
    fn point(&self, along: f64, across: f64) -> (f64, f64) {
        if self.is_down { (across, along) } else { (along, across) }
    }

    fn at(&self, point: &Point) -> (f64, f64) {
        self.point(point.along, point.across)
    }

    fn write(&self, along: f64, across: f64) -> String {
        let (x, y) = self.point(along, across);
        format!("{} {}", number(x), number(y))
    }

    /// A curve through the stretches, and its tip.
    fn path(&self, route: &[Stretch]) -> String {
        let mut d = String::new();
        for (place, stretch) in route.iter().enumerate() {
            let begin = self.write(stretch.from, stretch.across);
            match place.checked_sub(1).map(|before| route[before]) {
                None => d += &format!("M{begin}"),
                Some(before) => {
                    let middle = (before.to + stretch.from) / 2.0;
                    let (leave, arrive) = (self.write(middle, before.across), self.write(middle, stretch.across));
                    d += &format!("C{leave} {arrive} {begin}");
                }
            }
            if stretch.to > stretch.from {
                d += &format!("L{}", self.write(stretch.to, stretch.across));
            }
        }
        let Some(last) = route.last() else { return String::new() };
        let (end, at) = (last.to, last.across);
        let corners = [(end, at), (end - 7.0, at - 3.5), (end - 7.0, at + 3.5)];
        let corners: Vec<String> = corners.iter().map(|&(along, across)| self.write(along, across)).collect();
        format!("<path class=\"path\" d=\"{d}\"/><path class=\"tip\" d=\"M{}Z\"/>", corners.join("L"))
    }
}

/// One decimal at most.
fn number(x: f64) -> String {
    let text = format!("{x:.1}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
