//! Coordinates: across, each item is drawn to what it is tied to, as near as the order and the room between neighbours
//! allow; along, each column is as broad as its broadest item, and the space before it suits the steepest edge there.

use super::{Columns, Extent, Item, Layout, Point, Stretch, What};

/// How often the columns are gone over.
const SWEEPS: usize = 40;
/// How far the edges of a node stand from one another where they arrive.
const PORT_SPACING: f64 = 14.0;

pub(super) fn place(columns: &Columns, nodes: usize) -> Layout {
    let ports = ports(columns);
    let ties = ties(columns, &ports);
    let mut across = start(columns);
    for sweep in 0..SWEEPS {
        let count = columns.columns.len();
        for step in 0..count {
            let column = if sweep % 2 == 0 { step } else { count - 1 - step };
            // At first from one side, so that the graph unfolds; then from both, so that it settles.
            let counts = |tie: &Tie| sweep >= SWEEPS / 2 || tie.is_before == (sweep % 2 == 0);
            relax(columns, column, counts, &ties, &mut across);
        }
    }
    straighten(columns, &ports, &mut across);
    let top = columns.items.iter().zip(&across).map(|(item, y)| y - item.extent.across / 2.0).fold(f64::MAX, f64::min);
    across.iter_mut().for_each(|y| *y -= top);
    finish(columns, nodes, &ports, &across)
}

/// Where each edge arrives at its head, as an offset from the middle: by edge.
fn ports(columns: &Columns) -> Vec<f64> {
    let places = columns.places();
    let mut arrivals: Vec<Vec<usize>> = vec![Vec::new(); columns.items.len()];
    for (edge, chain) in columns.chains.iter().enumerate() {
        arrivals[chain[chain.len() - 1]].push(edge);
    }
    let mut ports = vec![0.0; columns.chains.len()];
    for (head, mut edges) in arrivals.into_iter().enumerate().filter(|(_, edges)| edges.len() > 1) {
        edges.sort_by_key(|&edge| places[columns.chains[edge][columns.chains[edge].len() - 2]]);
        let room = (columns.items[head].extent.across - PORT_SPACING).max(0.0);
        let spacing = PORT_SPACING.min(room / (edges.len() - 1) as f64);
        for (place, edge) in edges.iter().enumerate() {
            ports[*edge] = (place as f64 - (edges.len() - 1) as f64 / 2.0) * spacing;
        }
    }
    ports
}

/// The room between the middles of two neighbours.
fn distance(upper: &Item, lower: &Item) -> f64 {
    let gap = match (upper.what, lower.what) {
        (What::Node(_), What::Node(_)) => 22.0,
        (What::Label(_), What::Label(_)) => 8.0,
        _ => 14.0,
    };
    (upper.extent.across + lower.extent.across) / 2.0 + gap
}

/// Each column stacked and centred.
fn start(columns: &Columns) -> Vec<f64> {
    let mut across = vec![0.0; columns.items.len()];
    for column in &columns.columns {
        let mut y = 0.0;
        for (place, &item) in column.iter().enumerate() {
            if place > 0 {
                y += distance(&columns.items[column[place - 1]], &columns.items[item]);
            }
            across[item] = y;
        }
        column.iter().for_each(|&item| across[item] -= y / 2.0);
    }
    across
}

/// What draws an item: another one, and how far from it this one wishes to stand.
struct Tie {
    item: usize,
    shift: f64,
    is_before: bool,
    strength: f64,
}

fn ties(columns: &Columns, ports: &[f64]) -> Vec<Vec<Tie>> {
    let mut ties: Vec<Vec<Tie>> = columns.items.iter().map(|_| Vec::new()).collect();
    for (chain, port) in columns.chains.iter().zip(ports) {
        for (place, pair) in chain.windows(2).enumerate() {
            let shift = if place + 2 == chain.len() { *port } else { 0.0 };
            // What leads on from op to op is to be straight, and inputs stand beside it.
            let strength = if columns.items[chain[0]].before.is_empty() { 1.0 } else { 8.0 };
            ties[pair[0]].push(Tie { item: pair[1], shift, is_before: false, strength });
            ties[pair[1]].push(Tie { item: pair[0], shift: -shift, is_before: true, strength });
        }
    }
    ties
}

/// Moves the items of a column to where the sum of weighted squares of the distances to what they are tied to is least,
/// their order and the room between them kept: an isotonic regression, by pooling neighbours that are in each other's way.
fn relax(columns: &Columns, column: usize, counts: impl Fn(&Tie) -> bool, ties: &[Vec<Tie>], across: &mut [f64]) {
    // Pools: sum of weights, weighted sum of wishes, how many items.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    let mut offsets = Vec::new();
    let mut offset = 0.0;
    let members = &columns.columns[column];
    for (place, &item) in members.iter().enumerate() {
        if place > 0 {
            offset += distance(&columns.items[members[place - 1]], &columns.items[item]);
        }
        offsets.push(offset);
        let (mut weight, mut wish) = (1e-3, 1e-3 * across[item]);
        for tie in ties[item].iter().filter(|tie| counts(tie)) {
            weight += tie.strength;
            wish += tie.strength * (across[tie.item] + tie.shift);
        }
        pools.push((weight, wish - weight * offset, 1));
        while let [.., upper, lower] = pools.as_slice()
            && upper.1 / upper.0 > lower.1 / lower.0
        {
            let merged = (upper.0 + lower.0, upper.1 + lower.1, upper.2 + lower.2);
            pools.truncate(pools.len() - 2);
            pools.push(merged);
        }
    }
    let mut place = 0;
    for (weight, wish, count) in pools {
        for _ in 0..count {
            across[members[place]] = wish / weight + offsets[place];
            place += 1;
        }
    }
}

/// Gives long edges few bends: as much of an edge as has room on one line gets it, at best on the line of one of its ends.
fn straighten(columns: &Columns, ports: &[f64], across: &mut [f64]) {
    let room = Room::new(columns);
    let edges = 0..columns.chains.len();
    // There and back, since whoever moves makes room for others.
    for edge in edges.clone().chain(edges.rev()) {
        let (chain, port) = (&columns.chains[edge], ports[edge]);
        let inner = &chain[1..chain.len() - 1];
        let ends = [across[chain[0]], across[chain[chain.len() - 1]] + port];
        let mut first = 0;
        while first < inner.len() {
            let (mut low, mut high) = room.around(columns, inner[first], across);
            let mut last = first + 1;
            while last < inner.len() {
                let next = room.around(columns, inner[last], across);
                if next.0.max(low) > next.1.min(high) {
                    break;
                }
                (low, high) = (next.0.max(low), next.1.min(high));
                last += 1;
            }
            // The end that is nearer in columns is asked first.
            let [near, far] = if first == 0 && last < inner.len() { ends } else { [ends[1], ends[0]] };
            let fits = |y: f64| low <= y && y <= high;
            let nearest =
                if (near - near.clamp(low, high)).abs() <= (far - far.clamp(low, high)).abs() { near } else { far };
            let y = if fits(near) { near } else { nearest.clamp(low, high) };
            inner[first..last].iter().for_each(|&item| across[item] = y);
            first = last;
        }
    }
}

/// Who stands above and below each item.
struct Room {
    neighbours: Vec<[Option<usize>; 2]>,
}

impl Room {
    fn new(columns: &Columns) -> Room {
        let mut neighbours = vec![[None; 2]; columns.items.len()];
        for column in &columns.columns {
            for pair in column.windows(2) {
                neighbours[pair[0]][1] = Some(pair[1]);
                neighbours[pair[1]][0] = Some(pair[0]);
            }
        }
        Room { neighbours }
    }

    /// Between which coordinates an item can move.
    fn around(&self, columns: &Columns, item: usize, across: &[f64]) -> (f64, f64) {
        let [upper, lower] = self.neighbours[item];
        let own = &columns.items[item];
        let low = upper.map_or(f64::MIN, |upper| across[upper] + distance(&columns.items[upper], own));
        let high = lower.map_or(f64::MAX, |lower| across[lower] - distance(own, &columns.items[lower]));
        // Rounding can leave a little less than nothing.
        (low.min(across[item]), high.max(across[item]))
    }
}

/// Where each column begins and ends.
fn spans(columns: &Columns, ports: &[f64], across: &[f64]) -> Vec<(f64, f64)> {
    let mut steepest = vec![0.0_f64; columns.columns.len()];
    let mut column_of = vec![0; columns.items.len()];
    for (number, column) in columns.columns.iter().enumerate() {
        column.iter().for_each(|&item| column_of[item] = number);
    }
    for (chain, port) in columns.chains.iter().zip(ports) {
        for (place, pair) in chain.windows(2).enumerate() {
            let end = across[pair[1]] + if place + 2 == chain.len() { *port } else { 0.0 };
            let gap = &mut steepest[column_of[pair[0]]];
            *gap = gap.max((end - across[pair[0]]).abs());
        }
    }
    let mut spans = Vec::with_capacity(columns.columns.len());
    let mut along = 0.0;
    for (column, steep) in columns.columns.iter().zip(steepest) {
        let breadth = column.iter().map(|&item| columns.items[item].extent.along).fold(0.0, f64::max);
        spans.push((along, along + breadth));
        along += breadth + (12.0 + 0.22 * steep).min(80.0);
    }
    spans
}

fn finish(columns: &Columns, nodes: usize, ports: &[f64], across: &[f64]) -> Layout {
    let spans = spans(columns, ports, across);
    let mut layout = Layout {
        nodes: vec![Point::default(); nodes],
        routes: Vec::with_capacity(columns.chains.len()),
        labels: vec![Point::default(); columns.chains.len()],
        extent: Extent { along: spans.last().map_or(0.0, |span| span.1), across: 0.0 },
    };
    let mut span_of = vec![(0.0, 0.0); columns.items.len()];
    for (column, &span) in columns.columns.iter().zip(&spans) {
        for &item in column {
            let Item { what, extent, .. } = &columns.items[item];
            let point = Point { along: (span.0 + span.1) / 2.0, across: across[item] };
            span_of[item] = span;
            layout.extent.across = layout.extent.across.max(across[item] + extent.across / 2.0);
            match *what {
                What::Node(node) => layout.nodes[node] = point,
                What::Label(edge) => layout.labels[edge] = point,
                What::Passage => {}
            }
        }
    }
    for (chain, port) in columns.chains.iter().zip(ports) {
        let last = chain.len() - 1;
        let stretch = |(place, &item): (usize, &usize)| {
            let (from, to) = span_of[item];
            let (middle, half) = ((from + to) / 2.0, columns.items[item].extent.along / 2.0);
            match place {
                0 => Stretch { from: middle + half, to, across: across[item] },
                _ if place == last => Stretch { from, to: middle - half, across: across[item] + port },
                _ => Stretch { from, to, across: across[item] },
            }
        };
        layout.routes.push(chain.iter().enumerate().map(stretch).collect());
    }
    layout
}
