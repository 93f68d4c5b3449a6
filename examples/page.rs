//! A page to step through: the gradient of a small net, forward and back, one edge at a time. Open `target/page.html`.

use gradus::explain;

#[path = "shared/tiny_net.rs"]
mod tiny_net;

fn main() -> gradus::Result<()> {
    let page = explain::page_of(tiny_net::loss, &tiny_net::INPUTS)?.titled("A 2-3-1 net, one sample");
    page.save(concat!(env!("CARGO_MANIFEST_DIR"), "/target/page.html"))?;
    println!("page: target/page.html, {} kB", page.html().len() / 1000);
    Ok(())
}
