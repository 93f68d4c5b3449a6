//! How an explanation is drawn: what is shown, which way the graph runs, when it is grouped.

use super::diagram::Diagram;
use super::steps::Explanation;
use super::{dot, mermaid, svg};

/// Which way the graph runs, from the inputs to the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// From left to right.
    #[default]
    Right,
    /// From top to bottom, for narrow pages.
    Down,
}

/// Settings of a picture of an [`Explanation`], and the picture in three formats.
///
/// A node is a box with its name, formula, value and gradient; an edge bears the local derivative, and where paths meet
/// also what it adds to the gradient. Inputs, ops, outputs and constants differ in shape as well as in colour.
///
/// ```
/// use gradus::explain::{self, Direction};
/// let explanation = explain::function_of(|x| x[0] * x[0], &[("x", 3.0)])?;
/// let svg = explanation.picture().direction(Direction::Down).decimals(2).svg();
/// assert!(svg.starts_with("<svg") && svg.contains("id=\"edge-1-0\"") && svg.contains("id=\"edge-1-1\""));
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Picture<'a> {
    pub(super) explanation: &'a Explanation,
    pub(super) direction: Direction,
    pub(super) decimals: usize,
    pub(super) shows_gradients: bool,
    pub(super) shows_constants: bool,
    pub(super) shows_caption: bool,
    pub(super) group_above: usize,
    pub(super) lit_nodes: Vec<u32>,
    pub(super) lit_edges: Vec<(u32, usize)>,
    pub(super) id_prefix: String,
}

impl Explanation {
    /// A picture of this explanation, to be adjusted.
    pub fn picture(&self) -> Picture<'_> {
        Picture {
            explanation: self,
            direction: Direction::default(),
            decimals: 4,
            shows_gradients: true,
            shows_constants: true,
            shows_caption: true,
            group_above: 150,
            lit_nodes: Vec::new(),
            lit_edges: Vec::new(),
            id_prefix: String::new(),
        }
    }

    /// The graph in Graphviz's language, as [`Picture::dot`].
    ///
    /// ```
    /// let explanation = gradus::explain::function_of(|x| x[0] * x[1], &[("a", 2.0), ("b", 3.0)])?;
    /// assert!(explanation.dot().starts_with("digraph"));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn dot(&self) -> String {
        self.picture().dot()
    }

    /// The graph as a Mermaid flowchart, as [`Picture::mermaid`].
    ///
    /// ```
    /// let explanation = gradus::explain::function_of(|x| x[0] * x[1], &[("a", 2.0), ("b", 3.0)])?;
    /// assert!(explanation.mermaid().starts_with("flowchart LR"));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn mermaid(&self) -> String {
        self.picture().mermaid()
    }

    /// The graph as an SVG file, as [`Picture::svg`].
    ///
    /// ```
    /// let explanation = gradus::explain::function_of(|x| x[0] * x[1], &[("a", 2.0), ("b", 3.0)])?;
    /// assert!(explanation.svg().starts_with("<svg"));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn svg(&self) -> String {
        self.picture().svg()
    }
}

impl Picture<'_> {
    /// Which way the graph runs; from left to right unless told otherwise.
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// How many decimals numbers are rounded to; 4 unless told otherwise.
    pub fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = decimals;
        self
    }

    /// The forward pass alone: no gradients, no local derivatives.
    pub fn without_gradients(mut self) -> Self {
        self.shows_gradients = false;
        self
    }

    /// Leaves out constants, which stand in the formulas as well.
    pub fn without_constants(mut self) -> Self {
        self.shows_constants = false;
        self
    }

    /// Leaves out the line below an SVG that says how to read it.
    pub fn without_caption(mut self) -> Self {
        self.shows_caption = false;
        self
    }

    /// Draws groups instead of nodes where there are more than `nodes` of them; 150 unless told otherwise.
    ///
    /// Nodes whose labels are the same up to a bracket are a group: `fc1.weight[0, 1]` belongs to `fc1.weight`. Nodes
    /// without a label are grouped with those that are computed from the same labelled groups, and where that still
    /// leaves large groups, by their depth.
    pub fn group_above(mut self, nodes: usize) -> Self {
        self.group_above = nodes;
        self
    }

    /// Emphasises these nodes.
    pub fn lit_nodes(mut self, nodes: &[u32]) -> Self {
        self.lit_nodes = nodes.to_vec();
        self
    }

    /// Emphasises these edges: the node, and which of its operands, counted from 0.
    pub fn lit_edges(mut self, edges: &[(u32, usize)]) -> Self {
        self.lit_edges = edges.to_vec();
        self
    }

    /// Puts `prefix` before every id of an SVG, for pages that hold several.
    pub fn id_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.id_prefix = prefix.into();
        self
    }

    /// The graph in Graphviz's language: a record for each node, parallel edges for each use of an operand.
    pub fn dot(&self) -> String {
        dot::write(self, &Diagram::new(self, self.group_above))
    }

    /// The graph as a Mermaid flowchart, which GitHub shows in Markdown inside a fence marked `mermaid`.
    ///
    /// Mermaid draws up to 500 edges; graphs that have more are grouped in any case.
    pub fn mermaid(&self) -> String {
        let whole = Diagram::new(self, self.group_above);
        let diagram = if whole.arrows.len() > mermaid::MOST_EDGES { Diagram::new(self, 0) } else { whole };
        mermaid::write(self, &diagram)
    }

    /// The graph as an SVG file, laid out here: no other program is needed, and it holds no script and no font.
    ///
    /// It is legible in light and in dark surroundings. Nodes are groups of id `node-12`, edges of id `edge-12-0` (the
    /// node, and which of its operands), both with the data as attributes and a sentence as `<title>`. The colours are
    /// custom properties, which a page that embeds the picture can set.
    pub fn svg(&self) -> String {
        svg::write(self, &Diagram::new(self, self.group_above))
    }
}
