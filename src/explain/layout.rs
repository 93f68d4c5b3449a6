//! A layered layout: each node in the column of its depth, each edge through a place of its own in every column that it
//! passes, with a column of labels before each column of nodes.
//!
//! The steps are those of Sugiyama, Tagawa and Toda (IEEE Trans. Syst. Man Cybern. 11, 1981); a recording knows the
//! depths already. Coordinates come from least squares under the order found (`place`).

mod order;
mod place;

/// How much room something takes: along the way of the graph, and across it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Extent {
    pub(super) along: f64,
    pub(super) across: f64,
}

/// An edge to be laid out, and the room for its label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    pub(super) tail: usize,
    pub(super) head: usize,
    pub(super) label: Extent,
}

/// A place of the plane.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Point {
    pub(super) along: f64,
    pub(super) across: f64,
}

/// A straight stretch of an edge, through one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) across: f64,
}

/// Where everything lies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// The middle of each node.
    pub(super) nodes: Vec<Point>,
    /// The stretches of each edge, between which it bends. The first begins at its tail, the last ends at its head.
    pub(super) routes: Vec<Vec<Stretch>>,
    /// The middle of each label.
    pub(super) labels: Vec<Point>,
    pub(super) extent: Extent,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Node(usize),
    Label(usize),
    Passage,
}

/// Something that stands in a column, and what it is tied to in the columns before and behind.
#[derive(Debug, Clone)]
struct Item {
    what: What,
    extent: Extent,
    before: Vec<usize>,
    behind: Vec<usize>,
}

/// The graph with a place for each edge in each column that it passes.
struct Columns {
    items: Vec<Item>,
    /// The items of each column, in their order. Nodes stand in even columns, labels in odd ones.
    columns: Vec<Vec<usize>>,
    /// The items of each edge, from its tail to its head.
    chains: Vec<Vec<usize>>,
}

/// Lays out nodes of these extents, which stand in an order in which each comes behind its operands.
///
/// `output` is the node that everything leads to, from which the first order is found.
pub(super) fn lay_out(nodes: &[Extent], links: &[Link], output: usize) -> Layout {
    let ranks = ranks(nodes.len(), links);
    let mut columns = Columns::new(nodes, links, &ranks);
    order::find(&mut columns, output);
    place::place(&columns, nodes.len())
}

/// The rank of each node: the longest way from an input, shortened where that shortens edges.
fn ranks(count: usize, links: &[Link]) -> Vec<usize> {
    let (mut before, mut behind) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    for link in links {
        before[link.head].push(link.tail);
        behind[link.tail].push(link.head);
    }
    let order = topological(&before, &behind);
    let mut ranks = vec![0; count];
    for &node in &order {
        ranks[node] = before[node].iter().map(|&tail| ranks[tail] + 1).max().unwrap_or(0);
    }
    // Whoever has no more operands than users moves towards the users: inputs stand where they are needed.
    for &node in order.iter().rev() {
        if let Some(first_use) = behind[node].iter().map(|&head| ranks[head]).min()
            && before[node].len() < behind[node].len().max(1)
        {
            ranks[node] = first_use - 1;
        }
    }
    ranks
}

fn topological(before: &[Vec<usize>], behind: &[Vec<usize>]) -> Vec<usize> {
    let mut waits: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..waits.len()).filter(|&node| waits[node] == 0).collect();
    let mut next = 0;
    while let Some(&node) = order.get(next) {
        next += 1;
        for &head in &behind[node] {
            waits[head] -= 1;
            if waits[head] == 0 {
                order.push(head);
            }
        }
    }
    order
}

impl Columns {
    fn new(nodes: &[Extent], links: &[Link], ranks: &[usize]) -> Columns {
        let deepest = ranks.iter().max().copied().unwrap_or(0);
        let first = ranks.iter().min().copied().unwrap_or(0);
        let mut all = Columns {
            items: Vec::new(),
            columns: vec![Vec::new(); 2 * (deepest - first) + 1],
            chains: Vec::with_capacity(links.len()),
        };
        for (node, &extent) in nodes.iter().enumerate() {
            all.add(What::Node(node), extent, 2 * (ranks[node] - first));
        }
        for (number, link) in links.iter().enumerate() {
            let (from, to) = (2 * (ranks[link.tail] - first), 2 * (ranks[link.head] - first));
            let mut chain = vec![link.tail];
            for column in from + 1..to {
                // The label stands just before the head, so that the edges of a fan-out bear theirs where they part.
                chain.push(match column + 1 == to {
                    true => all.add(What::Label(number), link.label, column),
                    false => all.add(What::Passage, Extent::default(), column),
                });
            }
            chain.push(link.head);
            for pair in chain.windows(2) {
                all.items[pair[0]].behind.push(pair[1]);
                all.items[pair[1]].before.push(pair[0]);
            }
            all.chains.push(chain);
        }
        all
    }

    fn add(&mut self, what: What, extent: Extent, column: usize) -> usize {
        let item = self.items.len();
        self.items.push(Item { what, extent, before: Vec::new(), behind: Vec::new() });
        self.columns[column].push(item);
        item
    }

    /// The place of each item within its column.
    fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.items.len()];
        for column in &self.columns {
            column.iter().enumerate().for_each(|(place, &item)| places[item] = place);
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A rectangle: where it begins and ends, along and across.
    type Room = [(f64, f64); 2];

    fn room(at: Point, extent: Extent) -> Room {
        let span = |middle: f64, size: f64| (middle - size / 2.0, middle + size / 2.0);
        [span(at.along, extent.along), span(at.across, extent.across)]
    }

    fn overlap(a: &Room, b: &Room) -> bool {
        (0..2).all(|way| a[way].0 < b[way].1 - 1e-6 && b[way].0 < a[way].1 - 1e-6)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn nothing_overlaps(
            sizes in prop::collection::vec((20.0..200.0, 20.0..90.0), 2..40),
            ends in prop::collection::vec((0.0..1.0, 0.0..1.0, 0.0..120.0), 1..90),
        ) {
            let nodes: Vec<Extent> = sizes.iter().map(|&(along, across)| Extent { along, across }).collect();
            let links: Vec<Link> = ends
                .iter()
                .map(|&(a, b, width)| {
                    let head = 1 + (a * (nodes.len() - 1) as f64) as usize;
                    let label = if width < 30.0 { Extent::default() } else { Extent { along: width, across: 18.0 } };
                    Link { tail: (b * head as f64) as usize, head, label }
                })
                .collect();
            let layout = lay_out(&nodes, &links, nodes.len() - 1);
            let cards: Vec<Room> = layout.nodes.iter().zip(&nodes).map(|(&at, &extent)| room(at, extent)).collect();
            let labels: Vec<Room> = layout.labels.iter().zip(&links).map(|(&at, link)| room(at, link.label)).collect();
            for (place, a) in cards.iter().chain(&labels).enumerate() {
                for b in cards.iter().chain(&labels).skip(place + 1) {
                    prop_assert!(!overlap(a, b), "{a:?} and {b:?}");
                }
                let is_inside = a[0].0 >= -1e-6 && a[1].0 >= -1e-6
                    && a[0].1 <= layout.extent.along + 1e-6 && a[1].1 <= layout.extent.across + 1e-6;
                prop_assert!(is_inside, "{a:?} in {:?}", layout.extent);
            }
            for ((edge, link), route) in links.iter().enumerate().zip(&layout.routes) {
                prop_assert!(route.windows(2).all(|pair| pair[0].to <= pair[1].from), "an edge runs forwards");
                prop_assert!((route[0].from - cards[link.tail][0].1).abs() < 1e-6);
                prop_assert!((route[route.len() - 1].to - cards[link.head][0].0).abs() < 1e-6);
                // A stretch crosses no box, and no label but its own.
                for stretch in route {
                    let line = [(stretch.from, stretch.to), (stretch.across, stretch.across)];
                    for card in &cards {
                        prop_assert!(!overlap(&line, card), "{line:?} through {card:?}");
                    }
                    for (other, label) in labels.iter().enumerate() {
                        prop_assert!(other == edge || !overlap(&line, label), "{line:?} through the label {label:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_tree_has_no_crossings_and_two_edges_to_one_operand_lie_apart() {
        let node = Extent { along: 50.0, across: 30.0 };
        let link = |tail, head| Link { tail, head, label: Extent { along: 40.0, across: 18.0 } };
        let tree = [link(0, 4), link(1, 4), link(2, 5), link(3, 5), link(4, 6), link(5, 6)];
        let layout = lay_out(&[node; 7], &tree, 6);
        let order: Vec<f64> = layout.nodes[..4].iter().map(|at| at.across).collect();
        assert!(order.windows(2).all(|pair| pair[0] + 30.0 < pair[1]), "{order:?}");
        assert!((layout.nodes[6].across - (order[0] + order[3]) / 2.0).abs() < 1.0);

        let layout = lay_out(&[node; 2], &[link(0, 1), link(0, 1)], 1);
        assert!(layout.labels[1].across - layout.labels[0].across >= 18.0);
    }
}
