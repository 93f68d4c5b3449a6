//! Colourings: what has one colour is found in one sweep.

use super::pattern::Pattern;

/// The colour of what is never asked for.
pub(super) const NO_COLOUR: u32 = u32::MAX;

/// How many colours there are.
pub(super) fn count(colours: &[u32]) -> usize {
    colours.iter().filter(|&&colour| colour != NO_COLOUR).max().map_or(0, |&most| most as usize + 1)
}

/// The least colour that was not ruled out for `vertex`.
struct Ruled {
    /// For which vertex each colour was last ruled out.
    out_for: Vec<u32>,
}

impl Ruled {
    fn new() -> Ruled {
        Ruled { out_for: Vec::new() }
    }

    fn out(&mut self, colour: u32, vertex: u32) {
        if colour == NO_COLOUR {
            return;
        }
        if self.out_for.len() <= colour as usize {
            self.out_for.resize(colour as usize + 1, NO_COLOUR);
        }
        self.out_for[colour as usize] = vertex;
    }

    fn least(&self, vertex: u32) -> u32 {
        let free = self.out_for.iter().position(|&out_for| out_for != vertex);
        free.unwrap_or(self.out_for.len()) as u32
    }
}

/// Those that have most to do with others come first: they leave the least choice.
fn by_degree(pattern: &Pattern) -> Vec<u32> {
    let mut order: Vec<u32> = (0..pattern.rows() as u32).filter(|&row| !pattern.row(row as usize).is_empty()).collect();
    order.sort_by_key(|&row| std::cmp::Reverse(pattern.row(row as usize).len()));
    order
}

/// Colours for columns, such that no row has an entry in two of one colour (Curtis, Powell & Reid 1974).
pub(super) fn columns(pattern: &Pattern, transposed: &Pattern) -> Vec<u32> {
    let mut colours = vec![NO_COLOUR; transposed.rows()];
    let mut ruled = Ruled::new();
    for column in by_degree(transposed) {
        for &row in transposed.row(column as usize) {
            for &other in pattern.row(row as usize) {
                ruled.out(colours[other as usize], column);
            }
        }
        colours[column as usize] = ruled.least(column);
    }
    colours
}

/// Colours for the variables of a Hessian, such that neighbours differ and a path of four variables has three colours at least
/// (Gebremedhin, Manne & Pothen 2005, algorithm 4.1). A hub and its spokes then need two.
pub(super) fn star(pattern: &Pattern) -> Vec<u32> {
    let mut colours = vec![NO_COLOUR; pattern.rows()];
    let mut ruled = Ruled::new();
    let neighbours =
        |variable: u32| pattern.row(variable as usize).iter().copied().filter(move |&other| other != variable);
    for variable in by_degree(pattern) {
        for near in neighbours(variable) {
            let colour = colours[near as usize];
            ruled.out(colour, variable);
            for far in neighbours(near).filter(|&far| colours[far as usize] != NO_COLOUR) {
                // Through a neighbour without a colour, whose colour may turn out to be any; or to a third of the neighbour's colour.
                let is_path = || neighbours(far).any(|third| third != near && colours[third as usize] == colour);
                if colour == NO_COLOUR || is_path() {
                    ruled.out(colours[far as usize], variable);
                }
            }
        }
        colours[variable as usize] = ruled.least(variable);
    }
    colours
}

/// Where each entry of a Hessian is found after a star colouring: in which row, and under which colour. Of an entry and its mirror
/// image one at least is alone with its colour in its row.
pub(super) fn sources(pattern: &Pattern, colours: &[u32]) -> Vec<(u32, u32)> {
    let mut counts = vec![0_u32; count(colours)];
    let mut sources = Vec::with_capacity(pattern.entries());
    for row in 0..pattern.rows() {
        pattern.row(row).iter().for_each(|&column| counts[colours[column as usize] as usize] += 1);
        for &column in pattern.row(row) {
            let colour = colours[column as usize];
            let is_alone = counts[colour as usize] == 1;
            sources.push(if is_alone { (row as u32, colour) } else { (column, colours[row]) });
        }
        pattern.row(row).iter().for_each(|&column| counts[colours[column as usize] as usize] = 0);
    }
    sources
}
