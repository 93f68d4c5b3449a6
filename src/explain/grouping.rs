//! Large graphs in groups: by label, by what they are computed from, by depth.

use super::diagram::{Arrow, Card, Diagram, Kind};
use super::digits::rounded;
use super::picture::Picture;
use super::steps::ForwardStep;
use std::collections::{BTreeMap, HashMap};

/// More labels than this are no grouping.
const MOST_LABELS: usize = 60;
/// A group of unlabelled nodes with more than this share of all nodes says nothing, and is cut by depth…
const LARGEST_SHARE: f64 = 0.6;
/// … into so many parts.
const BANDS: usize = 6;
/// More groups than this are cut by depth alone.
const MOST_GROUPS: usize = 80;

/// The nodes of a picture's explanation as groups.
pub(super) fn grouped(picture: &Picture<'_>) -> Diagram {
    let graphs = Graph::new(&picture.explanation.forward, picture.explanation.output_node);
    // Of two ways to count depth, the one that leaves fewer arrows.
    let [early, late] = graphs.map(|graph| {
        let groups = graph.groups();
        (graph.edges(&groups), groups, graph)
    });
    let (edges, groups, graph) = if late.0.len() < early.0.len() { late } else { early };
    let count = groups.iter().max().map_or(0, |&last| last + 1);
    let mut members: Vec<Vec<&ForwardStep>> = vec![Vec::new(); count];
    for (step, &group) in graph.steps.iter().zip(&groups) {
        members[group].push(step);
    }
    let cards: Vec<Card> = members.iter().enumerate().map(|(number, members)| card(picture, number, members)).collect();
    let arrows = edges.into_iter().map(|((head, tail), count)| Arrow {
        id: format!("edges-{tail}-{head}"),
        tail,
        head,
        formula: String::new(),
        local: format!("{count} edge{}", if count == 1 { "" } else { "s" }),
        addend: None,
        is_bundle: true,
        is_swept: cards[head].is_swept && cards[tail].is_swept,
        is_lit: false,
        sentence: format!("{count} edges lead from {} to {}.", cards[tail].name, cards[head].name),
    });
    Diagram { arrows: arrows.collect(), cards }
}

/// The forward steps by place, and their operands by place.
struct Graph<'a> {
    steps: &'a [ForwardStep],
    operands: Vec<Vec<usize>>,
    /// How far each lies from the inputs.
    depths: Vec<usize>,
    output: u32,
}

/// What the nodes of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Label(String),
    /// Computed from the same labelled groups, which are set bits; the same part of the depth; inputs apart.
    Sources(u64, usize, bool),
    Output,
}

impl<'a> Graph<'a> {
    /// The graph with its depths counted from the inputs, or from the output: each node as early or as late as can be.
    fn new(steps: &'a [ForwardStep], output: u32) -> [Graph<'a>; 2] {
        let places: HashMap<u32, usize> = steps.iter().enumerate().map(|(place, step)| (step.node, place)).collect();
        let known = |step: &ForwardStep| -> Vec<usize> {
            step.operands.iter().filter_map(|operand| places.get(&operand.node?).copied()).collect()
        };
        let operands: Vec<Vec<usize>> = steps.iter().map(known).collect();
        let mut early = vec![0_usize; steps.len()];
        for (place, operands) in operands.iter().enumerate() {
            early[place] = operands.iter().map(|&operand| early[operand] + 1).max().unwrap_or(0);
        }
        let deepest = early.iter().max().copied().unwrap_or(0);
        let mut late = vec![deepest; steps.len()];
        for (place, operands) in operands.iter().enumerate().rev() {
            for &operand in operands {
                late[operand] = late[operand].min(late[place].saturating_sub(1));
            }
        }
        [early, late].map(|depths| Graph { steps, output, operands: operands.clone(), depths })
    }

    /// The number of each node's group.
    fn groups(&self) -> Vec<usize> {
        let by_sources = self.keys();
        let (groups, count) = number(&by_sources);
        if count <= MOST_GROUPS && self.is_acyclic(&groups, count) {
            return groups;
        }
        // Groups that lead back to themselves, as the states of a recurrent net do, are told apart by how often the way
        // to them has left a group.
        let mut levels = vec![0; groups.len()];
        for (place, operands) in self.operands.iter().enumerate() {
            let level = |&operand: &usize| levels[operand] + usize::from(groups[operand] != groups[place]);
            levels[place] = operands.iter().map(level).max().unwrap_or(0);
        }
        let (groups, count) = number(&groups.into_iter().zip(levels).collect::<Vec<_>>());
        if count <= MOST_GROUPS {
            return groups;
        }
        let banded = (0..self.steps.len()).map(|place| {
            let (step, is_input) = (&self.steps[place], self.operands[place].is_empty());
            (prefix(step).filter(|_| is_input), is_input, step.node == self.output, self.band(place, BANDS))
        });
        let banded: Vec<_> = banded.collect();
        match number(&banded) {
            (groups, count) if count <= MOST_GROUPS => groups,
            _ => number(&banded.iter().map(|key| (key.1, key.2, key.3)).collect::<Vec<_>>()).0,
        }
    }

    /// How many edges lead from one group to another: by head and tail.
    fn edges(&self, groups: &[usize]) -> BTreeMap<(usize, usize), usize> {
        let mut edges = BTreeMap::new();
        for (place, operands) in self.operands.iter().enumerate() {
            for &operand in operands.iter().filter(|&&operand| groups[operand] != groups[place]) {
                *edges.entry((groups[place], groups[operand])).or_default() += 1;
            }
        }
        edges
    }

    fn keys(&self) -> Vec<Key> {
        let mut labels: Vec<&str> = self.steps.iter().filter_map(prefix).collect();
        labels.sort_unstable();
        labels.dedup();
        if labels.len() > MOST_LABELS {
            labels.clear();
        }
        let bit = |step: &ForwardStep| prefix(step).and_then(|label| labels.binary_search(&label).ok());
        let mut sources = vec![0_u64; self.steps.len()];
        let mut keys = Vec::with_capacity(self.steps.len());
        for (place, step) in self.steps.iter().enumerate() {
            sources[place] = self.operands[place].iter().fold(0, |all, &operand| all | sources[operand]);
            let is_input = self.operands[place].is_empty();
            keys.push(match bit(step) {
                _ if step.node == self.output => Key::Output,
                None => Key::Sources(sources[place], 0, is_input),
                Some(bit) => {
                    sources[place] |= 1 << bit;
                    Key::Label(labels[bit].to_owned())
                }
            });
        }
        let mut sizes: HashMap<Key, usize> = HashMap::new();
        keys.iter().for_each(|key| *sizes.entry(key.clone()).or_default() += 1);
        let largest = (LARGEST_SHARE * self.steps.len() as f64) as usize;
        for (place, key) in keys.iter_mut().enumerate() {
            let is_large = sizes[key] > largest;
            if let (Key::Sources(_, band, _), true) = (key, is_large) {
                *band = self.band(place, BANDS);
            }
        }
        keys
    }

    /// Which of so many parts of the depth a node lies in.
    fn band(&self, place: usize, bands: usize) -> usize {
        let deepest = self.depths.iter().max().map_or(1, |&deepest| deepest + 1);
        self.depths[place] * bands.min(deepest) / deepest
    }

    fn is_acyclic(&self, groups: &[usize], count: usize) -> bool {
        let mut heads: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut waits = vec![0; count];
        for &(head, tail) in self.edges(groups).keys() {
            heads[tail].push(head);
            waits[head] += 1;
        }
        let mut ready: Vec<usize> = (0..count).filter(|&group| waits[group] == 0).collect();
        let mut done = 0;
        while let Some(group) = ready.pop() {
            done += 1;
            for &head in &heads[group] {
                waits[head] -= 1;
                if waits[head] == 0 {
                    ready.push(head);
                }
            }
        }
        done == count
    }
}

/// Numbers for keys, in the order of their first appearance, and how many there are.
fn number<K: std::hash::Hash + Eq + Clone>(keys: &[K]) -> (Vec<usize>, usize) {
    let mut numbers: HashMap<K, usize> = HashMap::new();
    let numbered = keys.iter().map(|key| {
        let next = numbers.len();
        *numbers.entry(key.clone()).or_insert(next)
    });
    let numbered = numbered.collect();
    (numbered, numbers.len())
}

/// A label up to its first bracket: `fc1.weight` of `fc1.weight[0, 1]`.
fn prefix(step: &ForwardStep) -> Option<&str> {
    let label = step.label.as_deref()?;
    let prefix = label.split('[').next().unwrap_or(label).trim_end();
    (!prefix.is_empty()).then_some(prefix)
}

fn card(picture: &Picture<'_>, number: usize, members: &[&ForwardStep]) -> Card {
    let output = picture.explanation.output_node;
    if let [step] = members {
        let mut card = super::diagram::card(picture, step);
        card.formula.clear();
        return card;
    }
    let mut ops: BTreeMap<&str, usize> = BTreeMap::new();
    members.iter().for_each(|step| *ops.entry(&step.op).or_default() += 1);
    let mut ops: Vec<(&str, usize)> = ops.into_iter().collect();
    ops.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let labels: Vec<Option<&str>> = members.iter().map(|step| prefix(step)).collect();
    let counted = ops.iter().map(|(op, count)| format!("{count} {op}")).collect::<Vec<_>>().join(", ");
    let name = match (labels[0], ops.as_slice()) {
        (Some(label), _) if labels.iter().all(|other| *other == Some(label)) => label.to_owned(),
        (_, [("input", _)]) => "inputs".to_owned(),
        (_, ops) => ops.iter().take(3).map(|(op, _)| *op).collect::<Vec<_>>().join(", "),
    };
    let value = range(members.iter().map(|step| step.value), picture.decimals);
    let adjoints: Vec<f64> = members.iter().filter_map(|step| step.adjoint).collect();
    let gradient = match adjoints.is_empty() {
        true => "none".to_owned(),
        false => range(adjoints.iter().copied(), picture.decimals),
    };
    let is_output = members.iter().any(|step| step.node == output);
    let sentence = format!("{name}: {} nodes ({counted}), values {value}, gradients {gradient}.", members.len());
    Card {
        id: format!("group-{number}"),
        node: None,
        kind: if is_output { Kind::Output } else { Kind::Group },
        name,
        op: format!("{} {}", members.len(), if ops[0].0 == "input" && ops.len() == 1 { "inputs" } else { "nodes" }),
        formula: if ops.len() == 1 { String::new() } else { counted },
        value,
        gradient: picture.shows_gradients.then_some(gradient),
        is_swept: !adjoints.is_empty(),
        is_lit: members.iter().any(|step| picture.lit_nodes.contains(&step.node)),
        sentence,
    }
}

/// The least and the greatest of some numbers.
fn range(numbers: impl Iterator<Item = f64>, decimals: usize) -> String {
    let (mut least, mut greatest, mut has_nan) = (f64::INFINITY, f64::NEG_INFINITY, false);
    for x in numbers {
        has_nan |= x.is_nan();
        (least, greatest) = (least.min(x), greatest.max(x));
    }
    let (low, high) = (rounded(least, decimals), rounded(greatest, decimals));
    let text = match (least > greatest, low == high) {
        (true, _) => String::new(),
        (false, true) => low,
        (false, false) => format!("{low} … {high}"),
    };
    match (has_nan, text.is_empty()) {
        (true, true) => "NaN".to_owned(),
        (true, false) => format!("{text}, NaN"),
        (false, _) => text,
    }
}
