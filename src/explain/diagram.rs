//! What a picture shows, whatever its format: boxes with their texts, and the arrows between them.

use super::digits::rounded;
use super::grouping;
use super::picture::Picture;
use super::steps::{BackwardStep, ForwardStep};
use super::text::shortened;
use std::collections::HashMap;

/// What a box stands for, which decides its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Input,
    Op,
    Output,
    Constant,
    Group,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Input => "input",
            Kind::Op => "op",
            Kind::Output => "output",
            Kind::Constant => "constant",
            Kind::Group => "group",
        }
    }
}

/// A box.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Card {
    /// `node-12`, `constant-12-1`, `group-3`.
    pub(super) id: String,
    pub(super) node: Option<u32>,
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The op, or how many nodes a group has.
    pub(super) op: String,
    /// The formula; the ops of a group.
    pub(super) formula: String,
    pub(super) value: String,
    /// `None` where gradients are not shown.
    pub(super) gradient: Option<String>,
    /// Whether the reverse sweep came here.
    pub(super) is_swept: bool,
    pub(super) is_lit: bool,
    pub(super) sentence: String,
}

/// An edge, from an operand to the node that uses it: the way of the forward pass.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arrow {
    /// `edge-12-0`: the node, and which of its operands.
    pub(super) id: String,
    pub(super) tail: usize,
    pub(super) head: usize,
    /// The local derivative as a formula, if it is more than a number.
    pub(super) formula: String,
    /// The local derivative; the number of edges between groups. Empty where nothing is handed on.
    pub(super) local: String,
    /// What the edge adds to the gradient of its operand, where paths meet.
    pub(super) addend: Option<String>,
    /// Whether it stands for the edges between two groups.
    pub(super) is_bundle: bool,
    pub(super) is_swept: bool,
    pub(super) is_lit: bool,
    pub(super) sentence: String,
}

impl Arrow {
    /// The lines of its label: the local derivative, and what it adds where paths meet. The formula is cut to `most` columns.
    pub(super) fn label_within(&self, most: usize) -> Vec<String> {
        let formula = shortened(&self.formula, most);
        let local = match (self.local.as_str(), formula.as_str()) {
            ("", _) => None,
            (count, "") if self.is_bundle => Some(count.to_owned()),
            (local, "") => Some(format!("∂ = {local}")),
            (local, formula) => Some(format!("∂ = {formula} = {local}")),
        };
        local.into_iter().chain(self.addend.as_ref().map(|addend| format!("+= {addend}"))).collect()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Diagram {
    pub(super) cards: Vec<Card>,
    pub(super) arrows: Vec<Arrow>,
}

impl Diagram {
    /// What `picture` shows, in groups if there are more than `group_above` nodes.
    pub(super) fn new(picture: &Picture<'_>, group_above: usize) -> Diagram {
        if picture.explanation.forward.len() > group_above {
            return grouping::grouped(picture);
        }
        let mut diagram = Diagram { cards: Vec::new(), arrows: Vec::new() };
        let swept: HashMap<(u32, usize), &BackwardStep> =
            picture.explanation.backward.iter().map(|step| ((step.from_node, step.operand), step)).collect();
        let mut reached: HashMap<u32, usize> = HashMap::new();
        for step in &picture.explanation.backward {
            *reached.entry(step.to_node).or_default() += 1;
        }
        let mut places: HashMap<u32, usize> = HashMap::new();
        for step in &picture.explanation.forward {
            let first_constant = diagram.cards.len();
            if picture.shows_constants {
                diagram.add_constants(picture, step);
            }
            let head = diagram.cards.len();
            places.insert(step.node, head);
            diagram.cards.push(card(picture, step));
            let mut next_constant = first_constant;
            for (operand, value) in step.operands.iter().enumerate() {
                let tail = match value.node {
                    Some(node) => places.get(&node).copied(),
                    None => {
                        next_constant += 1;
                        (next_constant <= head).then(|| next_constant - 1)
                    }
                };
                // An operand may be left out: a constant, or one that lies on no path of interest.
                let Some(tail) = tail else { continue };
                let edge = swept.get(&(step.node, operand)).copied();
                let meets = edge.is_some_and(|edge| reached[&edge.to_node] > 1);
                diagram.arrows.push(Arrow { tail, head, ..arrow(picture, step, operand, edge, meets) });
            }
        }
        diagram
    }

    fn add_constants(&mut self, picture: &Picture<'_>, step: &ForwardStep) {
        let literals = step.operands.iter().enumerate().filter(|(_, operand)| operand.node.is_none());
        self.cards.extend(literals.map(|(place, operand)| Card {
            id: format!("constant-{}-{place}", step.node),
            node: None,
            kind: Kind::Constant,
            name: operand.name.clone(),
            op: String::new(),
            formula: String::new(),
            value: rounded(operand.value, picture.decimals),
            gradient: None,
            is_swept: false,
            is_lit: false,
            sentence: format!("The constant {}.", operand.name),
        }));
    }
}

pub(super) fn card(picture: &Picture<'_>, step: &ForwardStep) -> Card {
    let kind = match step.operands.is_empty() {
        _ if step.node == picture.explanation.output_node => Kind::Output,
        true => Kind::Input,
        false => Kind::Op,
    };
    let gradient = step.adjoint.map_or("none".to_owned(), |adjoint| rounded(adjoint, picture.decimals));
    let mut sentence = step.sentence();
    if picture.shows_gradients {
        let output = &picture.explanation.output;
        sentence += &match step.adjoint {
            Some(_) => format!(" The derivative of {output} by it is {gradient}."),
            None => format!(" The sweep back from {output} does not come here."),
        };
    }
    Card {
        id: format!("node-{}", step.node),
        node: Some(step.node),
        kind,
        name: step.name.clone(),
        op: step.op.clone(),
        formula: step.formula.clone(),
        value: rounded(step.value, picture.decimals),
        gradient: picture.shows_gradients.then_some(gradient),
        is_swept: step.adjoint.is_some(),
        is_lit: picture.lit_nodes.contains(&step.node),
        sentence,
    }
}

/// The arrow of an operand; its ends are filled in by the caller.
fn arrow(picture: &Picture<'_>, step: &ForwardStep, operand: usize, edge: Option<&BackwardStep>, meets: bool) -> Arrow {
    let edge = edge.filter(|_| picture.shows_gradients);
    let local = edge.map_or(String::new(), |edge| rounded(edge.local, picture.decimals));
    // A formula that is a number, or too long to be written out, says nothing beside the number.
    let says_more = |formula: &str| formula.parse::<f64>().is_err() && !formula.starts_with('∂');
    let formula = edge.filter(|edge| says_more(&edge.local_formula)).map(|edge| edge.local_formula.clone());
    Arrow {
        id: format!("edge-{}-{operand}", step.node),
        tail: 0,
        head: 0,
        formula: formula.unwrap_or_default(),
        local,
        addend: edge.filter(|_| meets).map(|edge| rounded(edge.product, picture.decimals)),
        is_bundle: false,
        is_swept: edge.is_some(),
        is_lit: picture.lit_edges.contains(&(step.node, operand)),
        sentence: edge.map_or_else(
            || format!("{} is operand {} of {}.", step.operands[operand].name, operand + 1, step.name),
            BackwardStep::sentence,
        ),
    }
}
