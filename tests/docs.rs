//! `docs/OPS.md` is generated from the table of operations, and compared with it here: `GRADUS_BLESS=1 cargo test --test docs` writes it anew.
//! The links of all pages lead somewhere.

use gradus::explain;
use gradus::op::{self, Visitor};
use gradus::rule::{ListRule, Rule};
use std::fmt::Write;

const HEAD: &str = "\
# The operations

Generated from the table in `src/op/table.rs`; a test compares them. The operands are `a`, `b`, `c`, the output is `y`.
Slopes are those that the reverse sweep uses, printed from the code that it runs. `select(c > 0, t, e)` is `t` where `c > 0`, else `e`.
What happens at kinks, ties and poles is gathered in [EDGE_CASES.md](EDGE_CASES.md).

An op is added by adding its row to the table, and nowhere else. The row

```text
/// Sine of an angle in radians.
Sin sin(a) \"sin({})\" { a.sin(), y => [a.cos()],
    on [[(-6.0, 6.0)]], at [0.7] => 0.644217687237691 }
```

says, in this order: what it computes and how it behaves at its edges; the name of the rule; the method and its operands; how it is
written; the value in plain `f64` code; the partial derivatives, on any number, from the operands and the output `y`; the boxes
where it is smooth, from which tests take their points; a value from another source. From it follow the method on every kind of
number, duals, the reverse rule, the op's test, its formulas as text and its entry on this page
(`GRADUS_BLESS=1 cargo test --test docs` writes it).

| op | written | value at an example | slopes | |
|---|---|---|---|---|
";

struct Page(String);

impl Page {
    fn row(&mut self, info: gradus::rule::Info, example: String, slopes: Vec<String>) {
        let written = explain::written(info, &["a", "b", "c", "d", "e", "f"][..slopes.len()]);
        let slopes: Vec<String> = slopes.iter().map(|slope| code(slope)).collect();
        writeln!(
            self.0,
            "| `{}` | {} | {example} | {} | {} |",
            info.name,
            code(&written),
            slopes.join(", "),
            info.doc.trim()
        )
        .unwrap();
    }
}

/// Code inside a Markdown table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn operands(x: &[f64]) -> String {
    x.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

impl Visitor for Page {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        let example = R::EXAMPLE.map_or(String::new(), |(x, y)| format!("at {}: {y}", operands(&x)));
        self.row(R::INFO, example, explain::partials::<R, N>());
    }
    fn list_rule<R: ListRule>(&mut self) {
        let example = R::EXAMPLE.map_or(String::new(), |(x, y)| format!("at {}: {y}", operands(x)));
        self.row(R::INFO, example, explain::list_partials::<R>());
    }
}

#[test]
fn the_page_of_operations_is_that_of_the_table() {
    let mut page = Page(HEAD.to_owned());
    op::visit(&mut page);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/OPS.md");
    if std::env::var_os("GRADUS_BLESS").is_some() {
        std::fs::write(path, &page.0).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == page.0, "docs/OPS.md differs from the table: run `GRADUS_BLESS=1 cargo test --test docs`");
}

#[test]
fn the_readme_shows_the_net_that_the_documentation_runs() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let documentation = std::fs::read_to_string(root.join("src/nn.rs")).unwrap();
    let run: Vec<&str> = documentation.lines().filter_map(|line| line.strip_prefix("//! ")).collect();
    let shown = readme.split("## Tiny nets").nth(1).and_then(|rest| rest.split("```").nth(1)).unwrap();
    let lines: Vec<&str> = shown.lines().skip(1).filter(|line| !line.is_empty()).collect();
    assert!(lines.len() > 20, "{lines:?}");
    for line in lines {
        assert!(run.contains(&line), "`{line}` of the README is not in the documentation of `nn`");
    }
}

/// Holds in the published package too: `.ci/release` runs it there.
#[test]
fn every_link_of_the_pages_leads_somewhere() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<_> =
        ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].iter().map(|name| root.join(name)).collect();
    let documents = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    pages.extend(documents.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    let mut checked = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        // Every second piece is code.
        let prose: String = text.split('`').step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || link.starts_with("https://") {
                continue;
            }
            let path = page.parent().unwrap().join(file);
            assert!(path.exists(), "{} links to {link}, which is not there", page.display());
            checked += 1;
        }
    }
    assert!(checked > 15, "only {checked} links");
}
