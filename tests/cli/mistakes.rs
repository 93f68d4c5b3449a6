//! Mistakes at the prompt: the place, what was expected, what to write instead.

use super::{run, run_with};

/// The message of `gradus grad` for an expression.
#[track_caller]
fn check(arguments: &[&str], expected: &str) {
    let found = run(&[&["grad"], arguments].concat());
    assert_eq!(found.complained(), expected);
}

/// Some lines of a message.
#[track_caller]
fn says(arguments: &[&str], lines: &[&str]) {
    let found = run(arguments);
    let message = found.complained();
    for line in lines {
        assert!(message.contains(line), "no `{line}` in\n{message}");
    }
}

#[test]
fn unknown_functions_are_marked_and_near_ones_named() {
    check(
        &["1 + sine(x)", "--at", "x=3"],
        "\
error: unknown function `sine`
 --> expression:1:5
  |
1 | 1 + sine(x)
  |     ^^^^ no op of this name
  |
  = help: did you mean `sin` or `sinh`?
",
    );
}

#[test]
fn a_missing_value_is_asked_for() {
    check(
        &["x*y", "--at", "x=3"],
        "\
error: no value for `y`
 --> expression:1:3
  |
1 | x*y
  |   ^ a variable without a value
  |
  = help: add `--at y=...`
",
    );
    says(&["grad", "x*PI", "--at", "x=3"], &["no value for `PI`", "did you mean `pi`?"]);
    says(&["grad", "sin + x", "--at", "x=3"], &["no value for `sin`", "needs parentheses: `sin(a)`"]);
}

#[test]
fn values_that_make_no_sense_are_marked() {
    check(
        &["x", "--at", "x=2=3"],
        "\
error: expected an operator or the end, found `=`
 --> --at:1:4
  |
1 | x=2=3
  |    ^ a value is given to single names only
  |
  = help: write `name = expression`, and start a new statement with `;`
",
    );
    says(&["grad", "x", "--at", "x=2", "--at", "z=1"], &["there is no `z` in the expression", "it has x"]);
    says(&["grad", "alpha", "--at", "alhpa=2"], &["there is no `alhpa`", "did you mean `alpha`?"]);
    says(&["grad", "x", "--at", "x=1", "--at", "x=2"], &["`x` is given twice"]);
    says(&["grad", "x", "--at", "x="], &["expected a number, a name or `(`, found the end", "1 | x=\n  |   ^"]);
    says(&["grad", "x", "--at", "3"], &["expected `name=value`, found `3`"]);
    says(&["grad", "x", "--at", "x=y"], &["the value of `x` is not a number", "such as 2, 1e-3 or pi/4"]);
    says(&["grad", "x", "--at", "x=1/0"], &["the value of `x` is inf"]);
    says(&["grad", "z = 2*x; z", "--at", "x=1,z=1"], &["`z` is computed in the expression"]);
    says(&["grad", "2*pi"], &["the expression has no variables"]);
}

#[test]
fn multiplication_needs_its_sign() {
    check(
        &["2x + 1", "--at", "x=3"],
        "\
error: expected an operator, found `x`
 --> expression:1:2
  |
1 | 2x + 1
  |  ^ an operator is missing before this
  |
  = help: to multiply, write `2*x`
",
    );
}

#[test]
fn a_parenthesis_that_stays_open_is_shown() {
    check(
        &["2*(x + 1", "--at", "x=3"],
        "\
error: expected `)` or an operator, found the end
 --> expression:1:9
  |
1 | 2*(x + 1
  |   -     ^ not expected here
  |   |
  |   this parenthesis is open
",
    );
}

#[test]
fn a_mistake_names_the_argument_and_the_line_it_is_in() {
    says(&["jacobian", "x", "x +", "--at", "x=1"], &["--> expression 2:1:4", "1 | x +"]);
    says(&["grad", "z = x # ok\nz + $", "--at", "x=1"], &["--> expression:2:5", "2 | z + $\n  |     ^"]);
    let found = run_with("x +\ty §", &["grad", "-", "--at", "x=1"]);
    assert!(found.complained().contains("--> standard input:1:7"), "{}", found.err);
}

#[test]
fn the_op_that_made_a_value_not_finite_is_named() {
    check(
        &["2*ln(x - 3)", "--at", "x=2"],
        "\
error: ln(-1) is NaN: there is no derivative here
 --> expression:1:3
  |
1 | 2*ln(x - 3)
  |   ^^^^^^^^^ the first value that is not finite
  |
  = help: ln: Natural logarithm. At 0 it is -∞ with slope ∞; below 0 both are NaN.
",
    );
    says(&["explain", "z = 1/x; exp(z)", "--at", "x=0"], &["1 / 0 is inf", "1 | z = 1/x; exp(z)\n  |     ^^^"]);
    let found = run(&["grad", "sqrt(x)", "--at", "x=0"]);
    assert_eq!((found.code, found.out.as_str()), (0, "f     = 0\ndf/dx = inf\n"));
    assert!(found.err.contains("Its slope at 0 is ∞"), "{}", found.err);
}

#[test]
fn one_output_is_asked_for_where_a_command_takes_one() {
    says(
        &["grad", "x^2; y", "--at", "x=1,y=1"],
        &["`gradus grad` takes one expression, but 2 are given", "gradus jacobian"],
    );
    says(&["hessian", "x", "x", "--at", "x=1"], &["`gradus hessian` takes one expression"]);
    says(&["derivative", "x*y", "--at", "x=1,y=2"], &["no direction", "--along x=1"]);
    says(&["derivative", "x*y", "--at", "x=1,y=2", "--along", "z=1"], &["there is no `z`"]);
    says(&["check", "x", "--at", "x=1", "--claim", "y=1"], &["there is no `y` in the expression"]);
    says(&["check", "x", "--at", "x=1", "--claim", "x=1", "--claim", "x=2"], &["two claims"]);
    says(&["explain", "x; 3", "--at", "x=1"], &["takes one expression"]);
    says(&["explain", "z = x; y = 3 + 0*1; y", "--at", "x=1"], &["depends on no variable"]);
    says(&["explain", "x*y", "--at", "x=1,y=2", "--paths", "z"], &["there is no `z` on the way to f"]);
    says(&["numeric", "x", "--at", "x=1", "--step", "-1"], &["-1"]);
}

#[test]
fn what_is_nested_too_deep_or_huge_is_refused_or_computed() {
    let deep = format!("{}x{}", "(".repeat(100_000), ")".repeat(100_000));
    let found = run_with(&deep, &["grad", "-", "--at", "x=1"]);
    assert!(found.complained().contains("nested deeper than 200 levels"), "{}", found.err);
    assert!(found.err.len() < 2000);
    let long = "x + ".repeat(50_000) + "x";
    assert_eq!(run_with(&long, &["grad", "-", "--at", "x=1"]).printed(), "f     = 50001\ndf/dx = 50001\n");
}

/// A text in UTF-8 may begin with a byte order mark, and lines may end as on Windows.
#[test]
fn text_from_other_systems_is_read() {
    let found = run_with("\u{feff}z = x^2\r\nz + x\r\n", &["grad", "-", "--at", "x=3"]);
    assert_eq!(found.printed(), "f     = 12\ndf/dx = 7\n");
}

/// A column as wide as its longest cell would be wider than the formatter allows, and a table of gigabytes.
#[test]
fn long_formulas_and_names_are_printed() {
    let sum = format!("sum({}x)", "x,".repeat(99_999));
    let found = run_with(&sum, &["explain", "-", "--at", "x=1"]);
    assert!(found.printed().ends_with("df/dx = 100000\n") && found.out.len() < 50_000_000, "{}", found.out.len());
    let name = "n".repeat(70_000);
    let found = run(&["grad", &format!("{name}*2"), "--at", &format!("{name}=3")]);
    assert!(found.printed().ends_with(" = 2\n"), "{}", found.err);
    let found = run(&["jacobian", &format!("{name}*2"), "--at", &format!("{name}=3")]);
    assert!(found.printed().ends_with("  2\n"), "{}", found.err);
}

#[test]
fn huge_numbers_are_written_short() {
    says(&["grad", "x*1e308*10", "--at", "x=1"], &["error: 1e308 * 10 is inf"]);
    let many = format!("sum({}1/0*x)", "x,".repeat(100));
    says(&["grad", &many, "--at", "x=1"], &["1 / 0 is inf"]);
}

/// Whoever presses Ctrl-C ends the tool as any other, and nothing is printed.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_it() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};
    for (signal, number) in [("INT", 2), ("TERM", 15)] {
        // What a shell started in the background ignores interrupts, and so would the tool.
        let mut child = Command::new("env")
            .args(["--default-signal=INT", env!("CARGO_BIN_EXE_gradus"), "grad", "-", "--at", "x=1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _stdin = child.stdin.take();
        let kill = format!("kill -{signal} {}", child.id());
        // The first may come before `env` has begun.
        for _ in 0..1000 {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.signal(), output.stdout.len(), output.stderr.len()), (Some(number), 0, 0));
    }
}

#[test]
fn options_that_are_misspelt_are_not_taken_for_expressions() {
    says(&["grad", "x", "--att", "x=1"], &["unexpected argument '--att'", "'--at'"]);
    says(&["gard", "x"], &["unrecognized subcommand 'gard'", "grad"]);
    says(&["grad", "--at", "x=1"], &["required", "EXPRESSION"]);
}
