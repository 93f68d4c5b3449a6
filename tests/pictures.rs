//! Pictures of explanations: those in `tests/data/explain` and `docs/images`, which a person has looked at, are compared
//! with what is drawn. `GRADUS_BLESS=1 cargo test --test pictures` writes them anew.

use gradus::explain::{self, Direction, Explanation};
use gradus::nn::{Activation, Mlp, Model};
use gradus::{Tape, Var};
use std::path::Path;

/// The example of micrograd's README.
fn micrograd(tape: &Tape) -> Var {
    let a = tape.var(-4.0).named("a");
    let b = tape.var(2.0).named("b");
    let mut c = a + b;
    let mut d = a * b + b.powi(3);
    c = c + (c + 1.0);
    c += 1.0 + c + (-a);
    d += d * 2.0 + (b + a).relu();
    d += 3.0 * d + (b - a).relu();
    let (c, d) = (c.named("c"), d.named("d"));
    let e = (c - d).named("e");
    let f = e.powi(2).named("f");
    (f / 2.0 + 10.0 / f).named("g")
}

/// The lesson's third problem.
fn lesson(tape: &Tape) -> Var {
    let x = tape.var(2.0).named("x");
    let w1 = tape.var(0.5).named("w1");
    let b1 = tape.var(0.1).named("b1");
    let w2 = tape.var(-0.3).named("w2");
    let b2 = tape.var(0.2).named("b2");
    let z1 = (w1 * x + b1).named("z1");
    let a1 = z1.relu().named("a1");
    let z2 = (w2 * a1 + b2).named("z2");
    (z2 - 1.0).powi(2).named("loss")
}

fn square(tape: &Tape) -> Var {
    let x = tape.var(3.0).named("x");
    (x * x).named("y")
}

fn explained(build: impl FnOnce(&Tape) -> Var) -> Explanation {
    let tape = Tape::new();
    explain::backward(build(&tape)).unwrap()
}

/// The loss of an MLP for one sample, with every parameter called by its name in the layout.
fn net(sizes: &[usize], is_labelled: bool) -> Explanation {
    let net = Mlp::new(sizes, Activation::Tanh).unwrap();
    let layout = net.layout();
    let tape = Tape::new();
    let name = |var: Var, name: String| if is_labelled { var.named(name) } else { var };
    let parameters: Vec<Var> =
        (0..net.parameter_count()).map(|i| name(tape.var((i as f64 * 0.7).sin() * 0.5), layout.name_of(i))).collect();
    let x: Vec<Var> = (0..sizes[0]).map(|i| name(tape.var(0.8 - 0.5 * i as f64), format!("x[{i}]"))).collect();
    let score = net.forward(&parameters, &x)[0];
    explain::backward((score - 1.0).powi(2).named("loss")).unwrap()
}

#[track_caller]
fn check(name: &str, found: &str) {
    // The pictures of the documentation are those of this test.
    let folder = if name.starts_with("graph_") { "docs/images" } else { "tests/data/explain" };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
    if std::env::var_os("GRADUS_BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == found,
        "{folder}/{name} differs from what is drawn: look at both, then `GRADUS_BLESS=1 cargo test --test pictures`"
    );
}

#[test]
fn pictures_are_those_that_were_looked_at() {
    let all = [("micrograd", explained(micrograd)), ("lesson", explained(lesson)), ("square", explained(square))];
    for (name, explanation) in all {
        check(&format!("{name}.dot"), &explanation.dot());
        check(&format!("{name}.mmd"), &explanation.mermaid());
        check(&format!("graph_{name}.svg"), &explanation.svg());
    }
    check("lesson.txt", &format!("{}\n", explained(lesson)));
    check("lesson_down.svg", &explained(lesson).picture().direction(Direction::Down).svg());
    let net = net(&[2, 16, 16, 1], true);
    check("net.dot", &net.dot());
    check("net.mmd", &net.mermaid());
    check("graph_net.svg", &net.svg());
}

#[test]
fn a_large_graph_is_drawn_in_groups_that_hold_every_node_and_edge() {
    for is_labelled in [true, false] {
        let explanation = net(&[2, 16, 16, 1], is_labelled);
        let svg = explanation.svg();
        let counted = |what: &str| -> usize {
            let counts = svg
                .lines()
                .filter_map(|line| line.split_once(what)?.0.rsplit(['>', ' ']).next()?.parse::<usize>().ok());
            counts.sum()
        };
        let single = svg.matches("id=\"node-").count();
        let groups = svg.matches("class=\"node group").count();
        assert!(groups >= 4 && groups + single <= 20, "{groups} groups, {single} nodes");
        let members: usize = counted(" nodes</text>") + counted(" inputs</text>");
        assert_eq!(members + single, explanation.forward.len());
    }
}

#[test]
fn the_time_to_draw_grows_with_the_graph_and_not_with_its_square() {
    let tape = Tape::new();
    let mut x = tape.var(0.5).named("x");
    for _ in 0..20_000 {
        x += 1e-6 * x.sin();
    }
    let explanation = explain::backward(x).unwrap();
    let start = std::time::Instant::now();
    let svg = explanation.svg();
    // Some 0.1 s unoptimised; quadratic steps took minutes.
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    assert!(svg.len() < 30_000 && svg.matches("class=\"node").count() < 12, "{} bytes", svg.len());
}

#[test]
fn labels_of_any_kind_leave_the_files_whole() {
    let names = [
        "a<b & \"c\" 'd'",
        "one\ntwo\u{0}\u{1b}",
        "重み",
        "משקל",
        "👩🏽\u{200d}🔬",
        &"long ".repeat(60),
        "|{x}| `q` \\n ]]>",
        "1. item",
        "end",
        "",
    ];
    let tape = Tape::new();
    let x: Vec<Var> = names.iter().map(|name| tape.var(1.5).named(*name)).collect();
    let explanation = explain::backward((gradus::sum(&x) * x[0]).named("</svg><script>")).unwrap();
    for picture in [explanation.picture(), explanation.picture().group_above(0).direction(Direction::Down)] {
        let svg = picture.clone().id_prefix("\"><a").svg();
        assert_well_formed(&svg);
        assert!(!svg.contains("<script") && !svg.contains("http://www.w3.org/1999") && !svg.contains("url("));
        // Every line of the other two is one statement.
        let mermaid = picture.mermaid();
        for line in mermaid.lines().skip(1) {
            let is_statement =
                line.starts_with("  node_") || line.starts_with("  group_") || line.starts_with("  classDef ");
            assert!(
                is_statement && line.matches('"').count().is_multiple_of(2) && !line.contains(['`', '\\']),
                "{line}"
            );
        }
        for line in picture.dot().lines() {
            assert!(line.ends_with([';', '{', '}']), "{line}");
        }
    }
}

#[test]
fn groups_that_lead_back_to_themselves_are_told_apart() {
    // The states of a recurrent net, all under one name: few steps, more than there may be groups, and without names.
    for (steps, name) in [(30, "h"), (300, "h"), (300, "")] {
        let explanation = explained(|tape| {
            let (w, u) = (tape.var(0.9).named("w"), tape.var(0.4).named("u"));
            let mut state = tape.var(0.1).named("start");
            for step in 0..steps {
                state = (w * state + u * (step as f64 * 0.3).sin()).tanh();
                state = if name.is_empty() { state } else { state.named(format!("{name}[{step}]")) };
            }
            state
        });
        let dot = explanation.picture().dot();
        let end = |text: &str| text.trim().split([' ', '[', ';']).next().unwrap().to_owned();
        let arrows: Vec<(String, String)> =
            dot.lines().filter_map(|line| line.split_once("->")).map(|(from, to)| (end(from), end(to))).collect();
        assert!((5..400).contains(&arrows.len()), "{steps} {name}: {} arrows", arrows.len());
        // Nothing leads in a circle: what no arrow leads to can be taken away until nothing is left.
        let mut left = arrows;
        while !left.is_empty() {
            let before = left.len();
            let heads: Vec<String> = left.iter().map(|(_, to)| to.clone()).collect();
            left.retain(|(from, _)| heads.contains(from));
            assert!(left.len() < before, "{steps} {name}: a circle of {before} arrows");
        }
    }
}

/// Tags are closed in the order in which they were opened, and text holds no bare `<`, `&` or control character.
#[track_caller]
fn assert_well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        assert!(!text.contains('>') || open.last() == Some(&"style"), "bare `>` in {text}");
        for entity in text.split('&').skip(1) {
            let name = entity.split(';').next().unwrap();
            assert!(["lt", "gt", "amp", "quot", "#39"].contains(&name), "&{name}");
        }
        let end = start + rest[start..].find('>').unwrap();
        let tag = &rest[start + 1..end];
        assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split([' ', '\n']).next().unwrap()),
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && !xml.contains(|c: char| c.is_control() && c != '\n'));
}

#[test]
fn options_do_what_they_say() {
    let explanation = explained(lesson);
    let plain = explanation.svg();
    assert!(plain.contains(">1.356<") && plain.contains("constant-10-1") && plain.contains("class=\"caption\""));
    let bare = explanation.picture().without_gradients().without_constants().without_caption().svg();
    assert!(
        !bare.contains(">grad<")
            && !bare.contains("∂")
            && !bare.contains("id=\"constant-")
            && !bare.contains("class=\"caption\"")
    );
    assert!(explanation.picture().decimals(1).svg().contains(">1.4<"));
    let lit = explanation.picture().lit_nodes(&[6]).lit_edges(&[(6, 1)]).svg();
    assert!(
        lit.contains("class=\"node op-node lit\" id=\"node-6\"") && lit.contains("class=\"edge lit\" id=\"edge-6-1\"")
    );
    assert_eq!(lit.matches(" lit\"").count(), 2);
    assert!(explanation.picture().direction(Direction::Down).dot().contains("rankdir=TB"));
}
