//! Pictures of explanations: kept in `tests/data/explain`, where a person has looked at them, and compared with what is
//! drawn. `GRADUS_BLESS=1 cargo test --test pictures` writes them anew.

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
    c += c + 1.0;
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/explain").join(name);
    if std::env::var_os("GRADUS_BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == found,
        "tests/data/explain/{name} differs from what is drawn: look at both, then `GRADUS_BLESS=1 cargo test --test pictures`"
    );
}

#[test]
fn pictures_are_those_that_were_looked_at() {
    let all = [("micrograd", explained(micrograd)), ("lesson", explained(lesson)), ("square", explained(square))];
    for (name, explanation) in all {
        check(&format!("{name}.dot"), &explanation.dot());
        check(&format!("{name}.mmd"), &explanation.mermaid());
        check(&format!("{name}.svg"), &explanation.svg());
    }
    check("lesson_down.svg", &explained(lesson).picture().direction(Direction::Down).svg());
    let net = net(&[2, 16, 16, 1], true);
    check("net.dot", &net.dot());
    check("net.mmd", &net.mermaid());
    check("net.svg", &net.svg());
}

#[test]
#[ignore]
fn scratch() {
    let out = |name: &str, svg: String| std::fs::write(format!("/tmp/look/{name}.svg"), svg).unwrap();
    let unlabelled = net(&[2, 16, 16, 1], false);
    eprintln!("{} nodes", unlabelled.forward.len());
    let time = std::time::Instant::now();
    out("net_unlabelled", unlabelled.svg());
    eprintln!("{:?}", time.elapsed());
    let small = net(&[2, 3, 1], true);
    eprintln!("{} nodes", small.forward.len());
    out("net231", small.svg());
    let time = std::time::Instant::now();
    out("net441", net(&[4, 4, 1], true).picture().group_above(10000).svg());
    eprintln!("{:?}", time.elapsed());
    let time = std::time::Instant::now();
    out("net_whole", unlabelled.picture().group_above(10000).svg());
    eprintln!("whole {:?}", time.elapsed());
    let tape = Tape::new();
    let names = [
        "a<b & \"c\"",
        "line one\nline two",
        "重み",
        "משקל",
        "👩🏽‍🔬 e",
        "a very long label that goes on and on and never comes to an end, it seems",
        "|{x}| `q`",
        "1. item",
        "end",
    ];
    let x: Vec<Var> = names.iter().enumerate().map(|(i, name)| tape.var(1.5 + i as f64).named(*name)).collect();
    let y = gradus::sum(&x) * x[0] + x[3] * x[2].sin();
    let e = explain::backward(y.named("out <&>\"'")).unwrap();
    out("odd", e.svg());
    std::fs::write("/tmp/look/odd.mmd", e.mermaid()).unwrap();
    std::fs::write("/tmp/look/odd.dot", e.dot()).unwrap();
    let mut h = tape.var(0.1).named("h[0]");
    let (w, u) = (tape.var(0.5).named("w"), tape.var(-0.4).named("u"));
    for t in 0..60 {
        let x = tape.var((t as f64).sin()).named(format!("x[{t}]"));
        h = (w * h + u * x).tanh().named(format!("h[{}]", t + 1));
    }
    let e = explain::backward(h).unwrap();
    eprintln!("rnn {} nodes", e.forward.len());
    out("rnn", e.svg());
    let all: Vec<Var> = (0..40).map(|i| tape.var(i as f64 * 0.1)).collect();
    out("list", explain::backward(gradus::log_sum_exp(&all)).unwrap().svg());
}
