//! Data: tables from CSV files, data sets of inputs and targets, standardisation, and made-up problems of two classes.

mod dataset;
mod standardizer;
mod synthetic;
mod table;

pub use dataset::Dataset;
pub use standardizer::Standardizer;
pub use synthetic::{make_circles, make_moons, make_spirals};
pub use table::Table;

/// Puts `list` in a random order (Fisher and Yates; Knuth, *The Art of Computer Programming*, volume 2, algorithm 3.4.2P). `uniform`
/// returns random numbers in [0, 1); it is called once less than there are elements.
pub fn shuffle<T>(list: &mut [T], uniform: &mut impl FnMut() -> f64) {
    for last in (1..list.len()).rev() {
        list.swap(last, ((uniform() * (last + 1) as f64) as usize).min(last));
    }
}
