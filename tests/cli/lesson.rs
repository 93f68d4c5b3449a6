//! The six problems of the lesson, at the prompt: the numbers are the lesson's.

use super::run;

#[test]
fn problem_1_numerical_gradient() {
    let found =
        run(&["numeric", "x^2 + 3*x*y + y^2", "--at", "x=2", "--at", "y=3", "--step", "1e-5", "--decimals", "6"]);
    assert_eq!(
        found.printed(),
        "\
(f(x + h) - f(x - h)) / 2h with h = 1e-5

       numerical      exact    error
df/dx  13.000000  13.000000  4.1e-11
df/dy  12.000000  12.000000  7.9e-11
"
    );
    let found = run(&["numeric", "sin(x) * cos(y)", "--at", "x=pi/4, y=pi/3", "--decimals", "4"]);
    let printed = found.printed();
    assert!(printed.contains("df/dx     0.3536   0.3536"), "{printed}");
    assert!(printed.contains("df/dy    -0.6124  -0.6124"), "{printed}");
}

#[test]
fn problem_2_dual_numbers() {
    let found = run(&["derivative", "x^3 + 2*x^2 - 5*x + 1", "--at", "x=3"]);
    assert_eq!(found.printed(), "   value  derivative\nx      3           1\nf     31          34\n");
    let found = run(&["dual", "sin(x) * x^2", "--at", "x=pi/4", "--decimals", "6"]);
    assert_eq!(found.printed(), "      value  derivative\nx  0.785398    1.000000\nf  0.436179    1.546900\n");
}

const NET: &str = "
x = 2;  y = 1            # the sample
z1 = w1*x + b1           # linear
a1 = relu(z1)            # activation
z2 = w2*a1 + b2
loss = (z2 - y)^2        # squared error";

#[test]
fn problem_3_chain_rule() {
    let at = ["--at", "w1=0.5", "--at", "b1=0.1", "--at", "w2=-0.3", "--at", "b2=0.2"];
    let found = run(&[&["explain", NET], &at[..]].concat());
    let printed = found.printed();
    let row = |begins: &str| {
        let rows = printed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        rows.into_iter().find(|row| row.starts_with(begins)).unwrap_or_else(|| panic!("no {begins} in\n{printed}"))
    };
    assert_eq!(row("z1 ="), "z1 = v4 + b1 = 1.1");
    assert_eq!(row("a1 ="), "a1 = relu(z1) = 1.1");
    assert_eq!(row("z2 ="), "z2 = v7 + b2 = -0.13");
    assert_eq!(row("loss ="), "loss = v9^2 = 1.2769");
    assert!(row("v7 → a1").ends_with("dloss/da1 += -2.26 × -0.3 = 0.678"));
    assert!(row("a1 → z1").ends_with("dloss/dz1 += 0.678 × 1 = 0.678"));
    assert!(row("v4 → w1").ends_with("dloss/dw1 += 0.678 × 2 = 1.356"));
    assert_eq!(row("dloss/dw1"), "dloss/dw1 = 1.356");
    let check = run(&[&["numeric", NET, "--step", "1e-7", "--decimals", "4"], &at[..]].concat());
    assert!(check.printed().contains("dloss/dw1     1.3560   1.3560"), "{}", check.out);
}

#[test]
fn problem_4_jacobian() {
    let expected = "f1 = 12\nf2 = 29\n\nJacobian: each row by each column\n     x   y\nf1  12   4\nf2   1  27\n";
    let found = run(&["jacobian", "x^2 * y", "x + y^3", "--at", "x=2", "--at", "y=3"]);
    assert_eq!(found.printed(), expected);
    assert_eq!(run(&["jacobian", "x^2 * y; x + y^3", "--at", "x=2,y=3"]).printed(), expected);
    let numeric = run(&["numeric", "x^2 * y; x + y^3", "--at", "x=2,y=3", "--decimals", "4"]);
    for row in ["df1/dx    12.0000", "df1/dy     4.0000", "df2/dx     1.0000", "df2/dy    27.0000"] {
        assert!(numeric.printed().contains(row), "{}", numeric.out);
    }
}

#[test]
fn problem_5_hessian() {
    let expression = "x^3 + 2*x*y^2 + y^4";
    let found = run(&["hessian", expression, "--at", "x=1", "--at", "y=2"]);
    assert_eq!(found.printed(), "f = 25\n\nHessian\n   x   y\nx  6   8\ny  8  52\n");
    let numeric = run(&["numeric", "--second", "--decimals", "4", expression, "--at", "x=1,y=2"]);
    assert_eq!(
        numeric.printed(),
        "\
second differences with h = 1e-4
        x        y
x  6.0000   8.0000
y  8.0000  52.0000

exact
        x        y
x  6.0000   8.0000
y  8.0000  52.0000
"
    );
}

const TESTED: &str = "x^2*y + sin(x) + y^3";

#[test]
fn problem_6_correct_gradient() {
    let claims = ["--claim", "x = 2*x*y + cos(x)", "--claim", "y = x^2 + 3*y^2"];
    for claims in [&claims[..], &[]] {
        let found = run(&[&["check", TESTED, "--at", "x=2", "--at", "y=3"], claims].concat());
        assert_eq!(
            found.printed(),
            "\
Param    Analytical    Numerical    Rel Error Status
--------------------------------------------------------
x         11.583853    11.583853     4.98e-14 PASS
y         31.000000    31.000000     3.32e-15 PASS

Max relative error: 4.98e-14
Overall: PASS
"
        );
    }
}

#[test]
fn problem_6_forgotten_cosine() {
    let claims = ["--claim", "x = 2*x*y", "--claim", "y = x^2 + 3*y^2"];
    let found = run(&[&["check", TESTED, "--at", "x=2", "--at", "y=3"], &claims[..]].concat());
    assert_eq!((found.code, found.err.as_str()), (1, ""));
    assert_eq!(
        found.out,
        "\
Param    Analytical    Numerical    Rel Error Status
--------------------------------------------------------
x         12.000000    11.583853     3.47e-02 FAIL
y         31.000000    31.000000     3.32e-15 PASS

Max relative error: 3.47e-02
Overall: FAIL

df/dx: `2*x*y` is 12 here, and the exact derivative 11.5838531635: -0.416146836547 is missing.
"
    );
}
