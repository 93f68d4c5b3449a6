//! The order within each column: few crossings, by barycentres and exchanges of neighbours.

use super::Columns;

/// How often the columns are gone over, there and back.
const SWEEPS: usize = 12;
/// In larger graphs neighbours are not exchanged, which takes long and is not seen.
const MOST_EXCHANGED: usize = 6_000;

/// Orders the columns. The first order is that in which a walk back from the output meets the items, operand by operand,
/// so that a tree has no crossings and its operands stand in their order.
pub(super) fn find(columns: &mut Columns, output: usize) {
    walk(columns, output);
    let mut best = (crossings(columns), columns.columns.clone());
    for sweep in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        sort_by_barycentre(columns, sweep % 2 == 0);
        if columns.items.len() <= MOST_EXCHANGED {
            exchange(columns);
        }
        let count = crossings(columns);
        if count < best.0 {
            best = (count, columns.columns.clone());
        }
    }
    columns.columns = best.1;
}

fn walk(columns: &mut Columns, output: usize) {
    let mut met = vec![usize::MAX; columns.items.len()];
    let mut next = 0;
    let mut starts: Vec<usize> = (0..columns.items.len()).rev().collect();
    starts.push(output);
    while let Some(item) = starts.pop() {
        if met[item] == usize::MAX {
            met[item] = next;
            next += 1;
            starts.extend(columns.items[item].before.iter().rev());
        }
    }
    for column in &mut columns.columns {
        column.sort_by_key(|&item| met[item]);
    }
}

fn sort_by_barycentre(columns: &mut Columns, forwards: bool) {
    let mut places: Vec<f64> = columns.places().into_iter().map(|place| place as f64).collect();
    let count = columns.columns.len();
    for step in 1..count {
        let column = if forwards { step } else { count - 1 - step };
        let centre = |item: usize| {
            let ties = if forwards { &columns.items[item].before } else { &columns.items[item].behind };
            match ties.is_empty() {
                // Whoever is tied to nothing stays where it is.
                true => places[item],
                false => ties.iter().map(|&tie| places[tie]).sum::<f64>() / ties.len() as f64,
            }
        };
        let mut keyed: Vec<(f64, usize)> = columns.columns[column].iter().map(|&item| (centre(item), item)).collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        columns.columns[column] = keyed.into_iter().map(|(_, item)| item).collect();
        for (place, &item) in columns.columns[column].iter().enumerate() {
            places[item] = place as f64;
        }
    }
}

/// Exchanges neighbours as long as that takes crossings away.
fn exchange(columns: &mut Columns) {
    let mut places = columns.places();
    for _ in 0..4 {
        let mut is_better = false;
        for column in &mut columns.columns {
            for upper in 1..column.len() {
                let (a, b) = (column[upper - 1], column[upper]);
                let (first, second) = (&columns.items[a], &columns.items[b]);
                let as_it_is =
                    crossed(&first.before, &second.before, &places) + crossed(&first.behind, &second.behind, &places);
                let exchanged =
                    crossed(&second.before, &first.before, &places) + crossed(&second.behind, &first.behind, &places);
                if exchanged < as_it_is {
                    column.swap(upper - 1, upper);
                    places.swap(a, b);
                    is_better = true;
                }
            }
        }
        if !is_better {
            break;
        }
    }
}

/// How many edges cross if the one with the ties `upper` stands above the one with the ties `lower`.
fn crossed(upper: &[usize], lower: &[usize], places: &[usize]) -> usize {
    upper.iter().map(|&a| lower.iter().filter(|&&b| places[a] > places[b]).count()).sum()
}

/// The crossings between all neighbouring columns: inversions, counted with a binary indexed tree (Barth, Jünger, Mutzel,
/// J. Graph Algorithms Appl. 8, 2004).
pub(super) fn crossings(columns: &Columns) -> usize {
    let places = columns.places();
    let between = columns.columns.windows(2).map(|pair| {
        let mut tree = vec![0_usize; pair[1].len() + 1];
        let (mut count, mut seen) = (0, 0);
        for &item in &pair[0] {
            let mut heads: Vec<usize> = columns.items[item].behind.iter().map(|&head| places[head]).collect();
            heads.sort_unstable();
            for &head in &heads {
                let (mut up_to, mut place) = (0, head + 1);
                while place > 0 {
                    up_to += tree[place];
                    place &= place - 1;
                }
                count += seen - up_to;
            }
            for head in heads {
                let mut place = head + 1;
                while place < tree.len() {
                    tree[place] += 1;
                    place += place & place.wrapping_neg();
                }
                seen += 1;
            }
        }
        count
    });
    between.sum()
}
