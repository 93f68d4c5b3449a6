//! What the commands print, apart from the lesson's problems.

use super::run;
use std::process::{Command, Stdio};

#[test]
fn the_steps_of_an_explanation_are_a_table() {
    assert_eq!(
        run(&["explain", "x^2*y + sin(x)", "--at", "x=2", "--at", "y=3", "--paths", "y"]).printed(),
        "\
Forward: each node from its operands
  y  = input   = 3
  v3 = v2 * y  = 12
  f  = v3 + v4 = 12.9093
Reverse: start with df/df = 1, then each edge from a node to an operand
  f → v3  ∂f/∂v3 = 1       df/dv3 += 1 × 1 = 1
  v3 → y  ∂v3/∂y = v2 = 4  df/dy += 1 × 4 = 4
Gradient:
  df/dy = 4
"
    );
}

#[test]
fn an_expression_may_begin_with_a_sign() {
    let expected = "f     = -9\ndf/dx = -6\n";
    assert_eq!(run(&["grad", "-x^2", "--at", "x=3"]).printed(), expected);
    assert_eq!(run(&["grad", "--at", "x=3", "-x^2"]).printed(), expected);
    assert_eq!(run(&["grad", "-(x)^2", "--at", "x = 3"]).printed(), expected);
    assert_eq!(run(&["grad", "--(-x^2)", "--at", "x=3"]).printed(), expected);
    assert_eq!(run(&["grad", "-x", "--at", "x=-1"]).printed(), "f     = 1\ndf/dx = -1\n");
}

#[test]
fn outputs_are_named_after_what_is_free() {
    assert_eq!(run(&["grad", "2*f", "--at", "f=3"]).printed(), "y     = 6\ndy/df = 2\n");
    assert_eq!(run(&["grad", "loss = x^2", "--at", "x=3"]).printed(), "loss     = 9\ndloss/dx = 6\n");
    let found = run(&["jacobian", "a = x*y; a; a^2", "--at", "y=2,x=1"]);
    assert_eq!(found.printed(), "a = 2\nf = 4\n\nJacobian: each row by each column\n   y  x\na  1  2\nf  4  8\n");
}

#[test]
fn json_has_all_digits() {
    let value = |arguments: &[&str]| -> serde_json::Value { serde_json::from_str(run(arguments).printed()).unwrap() };
    let grad = value(&["grad", "sin(x)*y", "--at", "x=1,y=2", "--json"]);
    assert_eq!(grad["gradient"]["x"].as_f64(), Some(2.0 * 1f64.cos()));
    assert_eq!(grad["value"].as_f64(), Some(2.0 * 1f64.sin()));
    assert_eq!(grad["at"]["y"].as_f64(), Some(2.0));
    let jacobian = value(&["jacobian", "x*y", "x+y", "--at", "x=1,y=2", "--json"]);
    assert_eq!(jacobian["jacobian"]["f1"]["x"].as_f64(), Some(2.0));
    let hessian = value(&["hessian", "x*y", "--at", "x=1,y=2", "--json"]);
    assert_eq!(hessian["hessian"]["x"]["y"].as_f64(), Some(1.0));
    let along = value(&["derivative", "x*y", "--at", "x=1,y=2", "--along", "x=1,y=10", "--json"]);
    assert_eq!(along["derivatives"]["f"].as_f64(), Some(12.0));
    let numeric = value(&["numeric", "x*y", "--at", "x=1,y=2", "--json"]);
    assert_eq!(numeric["exact"]["f"]["x"].as_f64(), Some(2.0));
    let check = value(&["check", "x*y", "--at", "x=1,y=2", "--json"]);
    assert_eq!((check["passed"].as_bool(), check["rows"][1]["name"].as_str()), (Some(true), Some("y")));
    let explain = value(&["explain", "x*y", "--at", "x=1,y=2", "--json"]);
    assert_eq!(explain["backward"][0]["to"].as_str(), Some("x"));
    assert_eq!(explain["gradient"]["y"].as_f64(), Some(1.0));
}

#[test]
fn a_check_at_a_kink_does_not_pass() {
    let found = run(&["check", "abs(x)", "--at", "x=0"]);
    assert_eq!(found.code, 1);
    assert!(found.out.contains("UNCHECKED: a kink"), "{}", found.out);
    assert!(found.out.ends_with("they may be right or wrong.\n"), "{}", found.out);
}

#[test]
fn second_derivatives_are_checked() {
    let found = run(&["check", "--second", "x^3*y", "--at", "x=1,y=2"]);
    for row in ["x,x       12.000000", "x,y        3.000000", "y,y        0.000000"] {
        assert!(found.printed().contains(row), "{}", found.out);
    }
}

#[test]
fn functions_are_listed_from_the_table() {
    struct Names(Vec<&'static str>);
    impl gradus::op::Visitor for Names {
        fn rule<R: gradus::rule::Rule<N>, const N: usize>(&mut self) {
            self.0.push(R::INFO.name);
        }
        fn list_rule<R: gradus::rule::ListRule>(&mut self) {
            self.0.push(R::INFO.name);
        }
    }
    let mut names = Names(Vec::new());
    gradus::op::visit(&mut names);
    let found = run(&["functions"]);
    let listed: Vec<&str> = found.printed().lines().filter_map(|line| line.split('(').next()).collect();
    assert_eq!(listed, names.0);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let long = "x + ".repeat(20_000) + "x";
    let mut child = Command::new(env!("CARGO_BIN_EXE_gradus"))
        .args(["explain", &long, "--at", "x=1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

/// A full disk does not look like a success.
#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    for arguments in [["grad", "x^2"], ["explain", "x^2"], ["check", "x^2"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gradus"));
        let output = command.args(arguments).args(["--at", "x=1"]).stdout(full).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(message.starts_with("error: cannot write the result: No space left"), "{message}");
    }
}

#[test]
fn help_has_examples() {
    for command in ["explain", "grad", "jacobian", "hessian", "derivative", "numeric", "check", "draw"] {
        let found = run(&[command, "--help"]);
        assert!(found.printed().contains(&format!("gradus {command} \"")), "{}", found.out);
    }
    assert!(run(&["--help"]).printed().contains("Exit status"));
}

/// The examples in the help texts run, and end as they say.
#[test]
fn the_examples_of_the_help_run() {
    let mut seen = 0;
    for command in ["explain", "grad", "jacobian", "hessian", "derivative", "numeric", "check"] {
        for line in run(&[command, "--help"]).out.lines().filter(|line| line.starts_with("  gradus ")) {
            let arguments = words(line.trim_start().strip_prefix("gradus ").unwrap());
            let found = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            let expected = if line.contains("--claim \"y = x^2\"") { 1 } else { 0 };
            assert_eq!(found.code, expected, "{line}: {}{}", found.out, found.err);
            seen += 1;
        }
    }
    assert!(seen >= 9, "{seen}");
}

/// A command line cut as a shell would.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(number, part)| match number % 2 {
            1 => vec![part.to_owned()],
            _ => part.split_whitespace().map(str::to_owned).collect(),
        })
        .collect()
}

/// What the README shows of the tool is what it prints.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = include_str!("../../README.md");
    let block = readme.split("```").find(|block| block.starts_with("text\n$ gradus")).unwrap();
    let mut commands = 0;
    for shown in block.trim_start_matches("text\n").split("$ gradus ").skip(1) {
        let (line, expected) = shown.split_once('\n').unwrap();
        let arguments = words(line);
        let out = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).out;
        match expected.strip_suffix("...\n") {
            Some(beginning) => assert!(out.starts_with(beginning), "{out}"),
            None => assert_eq!(out, expected),
        }
        commands += 1;
    }
    assert_eq!(commands, 2);
}
