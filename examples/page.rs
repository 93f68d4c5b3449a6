//! A page to step through: the gradient of a small net, forward and back, one edge at a time. Open `target/page.html`.

use gradus::{Tape, explain};

#[path = "shared/tiny_net.rs"]
mod tiny_net;

fn main() -> gradus::Result<()> {
    let tape = Tape::traced();
    let inputs: Vec<_> = tiny_net::INPUTS.iter().map(|&(name, value)| tape.var(value).named(name)).collect();
    let page = explain::page(tiny_net::loss(&inputs))?.titled("A 2-3-1 net, one sample");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/page.html");
    page.save(path)?;
    println!("page: target/page.html, {} kB", page.html().len() / 1000);
    Ok(())
}
