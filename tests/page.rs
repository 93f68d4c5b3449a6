//! Pages as HTML: what they carry, what they refuse, what they forbid. How they behave is tested in `tests/browser`.

use gradus::op::{self, Visitor};
use gradus::rule::{ListRule, Rule};
use gradus::{Error, Scalar, Tape, Var, explain};
use serde_json::Value;

/// The data within a page.
fn data(html: &str) -> Value {
    let begin = html.find("id=\"data\">").unwrap() + 10;
    let end = begin + html[begin..].find("</script>").unwrap();
    serde_json::from_str(&html[begin..end]).unwrap()
}

#[test]
fn the_partials_of_a_page_are_those_of_the_table() {
    let tape = Tape::new();
    let (a, b) = (tape.var(3.0).named("a"), tape.var(2.0).named("b"));
    let data = data(&explain::page((a / b).max(a).named("y")).unwrap().html());
    let div = &data["rules"]["div/2"];
    // 1 / b and -(y / b), where a, b, y have the places 0, 1, 2.
    assert_eq!(div["nodes"][0], serde_json::json!({ "op": "div", "operands": [{ "c": 1.0 }, 1] }));
    assert_eq!(div["nodes"][1], serde_json::json!({ "op": "div", "operands": [2, 1] }));
    assert_eq!(div["nodes"][2], serde_json::json!({ "op": "neg", "operands": [4] }));
    assert_eq!(div["partials"], serde_json::json!([3, 5]));
    let depends = data["rules"]["max/2"]["depends"].as_str().unwrap().replace(' ', "");
    assert_eq!(depends, "[!(a<b),!(b<a)]");
    assert_eq!(data["rules"].as_object().unwrap().len(), 2);
}

/// Every row, on its example.
struct Rows(usize);

impl Visitor for Rows {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        let tape = Tape::new();
        let (example, _) = R::EXAMPLE.unwrap();
        self.check(R::INFO.name, N, Var::apply::<R, N>(example.map(|x| tape.var(x))));
    }

    fn list_rule<R: ListRule>(&mut self) {
        let tape = Tape::new();
        let (example, _) = R::EXAMPLE.unwrap();
        self.check(R::INFO.name, example.len(), Var::apply_list::<R>(&tape.vars(example)));
    }
}

impl Rows {
    fn check(&mut self, name: &str, operands: usize, output: Var) {
        let data = data(&explain::page(output).unwrap().html());
        let rule = &data["rules"][format!("{name}/{operands}")];
        assert_eq!(rule["partials"].as_array().unwrap().len(), operands, "{name}");
        self.0 += 1;
    }
}

#[test]
fn every_row_can_be_carried() {
    let mut rows = Rows(0);
    op::visit(&mut rows);
    assert!(rows.0 > 70);
}

#[test]
fn a_page_loads_nothing_and_runs_its_own_script_only() {
    let tape = Tape::new();
    let html = explain::page(tape.var(2.0).sin()).unwrap().titled("<script>").html();
    let policy = html.find("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-").unwrap();
    assert!(policy < html.find("<style>").unwrap());
    assert!(html.contains("&lt;script&gt;"));
    for address in ["src=", "@import", "url(", "fetch(", "https://"] {
        assert!(!html.contains(address), "{address}");
    }
    let elsewhere = html.matches("http://").count() - html.matches("http://www.w3.org/2000/svg").count();
    assert_eq!(elsewhere, 0, "the name of a vocabulary is no address");
}

#[test]
fn a_page_of_a_function_carries_its_comparisons() {
    let f = |x: &[Var]| if x[0] * 2.0 > 1.0 { x[0] * x[1] } else { x[1].exp() };
    let data = data(&explain::page_of(f, &[("a", 2.0), ("b", 3.0)]).unwrap().html());
    let guard = &data["guards"][0];
    assert_eq!((guard["text"].as_str(), guard["answer"].as_u64()), (Some("1 < a * 2"), Some(1)));
    assert!(guard["line"].as_str().unwrap().starts_with("tests/page.rs:"));
    // What was compared stands aside, since the output was not computed from it.
    let aside: Vec<&str> = data["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["aside"] == true)
        .map(|node| node["formula"].as_str().unwrap())
        .collect();
    assert_eq!(aside, ["a * 2"]);
    assert_eq!(data["read"], Value::Null);

    let reads = explain::page_of(|x| x[0] * x[1].value(), &[("a", 2.0), ("b", 3.0)]).unwrap();
    assert!(self::data(&reads.html())["read"].as_str().unwrap().starts_with("tests/page.rs:"));
}

#[test]
fn what_cannot_be_a_page_says_why() {
    assert!(matches!(explain::page(Var::from(1.0)), Err(Error::NotRecorded { .. })));
    let tape = Tape::new();
    let x = tape.var(1.0);
    let long = (0..1500).fold(x, |y, _| y + 1.0);
    let message = explain::page(long).unwrap_err().to_string();
    assert_eq!(
        message,
        "the number of nodes of a page is 1501, but must be at most 1500: explain a smaller part of the computation"
    );
    let page = explain::page(x.exp()).unwrap();
    assert!(matches!(page.save("no/such/folder/page.html"), Err(Error::File { .. })));
}

#[test]
fn every_comparison_is_carried_as_the_page_asks_it() {
    // As `brokenGuards` in the page's script numbers the answers.
    let guards = |f: fn(&[Var]) -> f64| {
        let page = explain::page_of(|x: &[Var]| x[0] + f(x), &[("a", 2.0), ("b", 3.0)]).unwrap();
        let guard = data(&page.html())["guards"][0].clone();
        (
            guard["relation"].as_str().unwrap().to_owned(),
            guard["text"].as_str().unwrap().to_owned(),
            guard["answer"].clone(),
        )
    };
    let carried = |relation: &str, text: &str, answer: u8| (relation.to_owned(), text.to_owned(), Value::from(answer));
    assert_eq!(guards(|x| f64::from(x[0] < x[1])), carried("less", "a < b", 1));
    assert_eq!(guards(|x| f64::from(x[0] >= x[1])), carried("less_or_equal", "b <= a", 0));
    assert_eq!(guards(|x| f64::from(x[0] != x[1])), carried("equal", "a == b", 0));
    assert_eq!(guards(|x| f64::from(x[0] == 2.0)), carried("equal", "a == 2", 1));
    assert_eq!(guards(|x| f64::from(x[0].partial_cmp(&x[1]).unwrap() as i8)), carried("order", "a against b", 0));
}
