//! The pictures of the book in `docs/book`, as SVG: `cargo run --example book`. With a folder as its argument it writes them
//! there. The numbers are the crate's own, and come out the same in every run.

use std::error::Error;
use std::path::PathBuf;

mod chart;
mod checking;
mod derivatives;
mod duals;
mod edges;
mod graphs;
mod hessians;
mod jacobians;
mod nets;
mod own_ops;
mod programs;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = match std::env::args().nth(1) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/book/src/images")),
    };
    std::fs::create_dir_all(&folder)?;
    let pictures = [
        ("derivatives", derivatives::draw()?),
        ("duals", duals::draw()?),
        ("chain_rule", graphs::chain_rule()?),
        ("micrograd", graphs::micrograd()?),
        ("jacobians", jacobians::draw()?),
        ("hessians", hessians::draw()?),
        ("checking", checking::draw()),
        ("own_ops", own_ops::draw()?),
        ("nets_graph", graphs::net()?),
        ("nets", nets::draw()?),
        ("programs", programs::draw()?),
        ("edges", edges::draw()?),
        ("edges_graph", graphs::zero_times_infinity()?),
    ];
    for (name, svg) in pictures {
        std::fs::write(folder.join(name).with_extension("svg"), svg)?;
    }
    println!("pictures: {}", folder.display());
    Ok(())
}
