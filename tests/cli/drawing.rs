//! `draw`: files and what goes to the standard output.

use super::run;
use std::path::PathBuf;

const NET: [&str; 5] = ["draw", "z = w*x + b; loss = (z - 1)^2", "--at", "w=0.5,x=2", "--at=b=0.1"];

/// A file of this test alone.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn pictures_and_pages_are_written_to_files() {
    let (svg, html) = (file("steps.svg"), file("steps.html"));
    let found = run(&[&NET[..], &["--svg", svg.to_str().unwrap(), "--html", html.to_str().unwrap()]].concat());
    assert_eq!(found.printed(), format!("wrote {}\nwrote {}\n", svg.display(), html.display()));
    let svg = std::fs::read_to_string(svg).unwrap();
    // The numbers are those of the gradient: 2 (z - 1) x = 0.4.
    assert!(svg.starts_with("<svg") && svg.contains(">loss<") && svg.contains(">0.4<"), "{svg}");
    let html = std::fs::read_to_string(html).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.contains("<title>loss = (z - 1)^2"));
}

#[test]
fn graphs_are_printed_in_other_languages() {
    let dot = run(&[&NET[..], &["--dot"]].concat());
    assert!(dot.printed().starts_with("digraph") && dot.out.ends_with("}\n"), "{}", dot.out);
    let mermaid = run(&["draw", "--mermaid", "x*x", "--at", "x=3"]);
    // Two edges for `x*x`.
    assert_eq!(mermaid.printed().matches("node_0 -->").count(), 2, "{}", mermaid.out);
    assert!(run(&[&NET[..], &["--svg", "-", "--down"]].concat()).printed().starts_with("<svg"));
}

#[test]
fn mistakes_of_drawing() {
    assert!(run(&NET).complained().contains("--svg <FILE>"));
    assert!(run(&[&NET[..], &["--dot", "--svg", "-"]].concat()).complained().contains("two drawings"));
    // The second would take the place of the first.
    let twice = file("twice");
    let twice = twice.to_str().unwrap();
    let found = run(&[&NET[..], &["--svg", twice, "--html", twice]].concat());
    assert!(found.complained().contains("two drawings for the file"), "{}", found.err);
    assert!(!file("twice").exists());
    let found = run(&[&NET[..], &["--svg", env!("CARGO_TARGET_TMPDIR")]].concat());
    assert!(found.complained().contains("s a directory"), "{}", found.err);
    let found = run(&[&NET[..], &["--svg", "no/such/folder/x.svg"]].concat());
    assert!(found.complained().starts_with("error: no/such/folder/x.svg: "), "{}", found.err);
    assert!(run(&["draw", "x; y", "--at", "x=1,y=1", "--dot"]).complained().contains("`gradus draw` takes one"));
}
