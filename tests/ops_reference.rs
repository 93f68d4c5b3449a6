//! Every op against correctly rounded references (mpmath, 50 digits and more), in every mode: value, first
//! derivatives by reverse and by dual numbers, second derivatives by nested duals, by duals over
//! the reverse sweep, and by sweeping back over a recorded gradient.

use gradus::prelude::*;
use serde_json::Value;
use std::fmt::Write;

/// How far a value or a first derivative may be from the reference, in ulps.
const FIRST: f64 = 4.0;
/// How far a second derivative may be.
const SECOND: f64 = 16.0;

/// An expression, written once for every kind of number.
trait Formula {
    fn at<S: Scalar>(x: &[S]) -> S;
}

/// Names of the reference data, and what they are called here.
macro_rules! formulas {
    ($($name:literal => |$($x:ident),* $(..$list:ident)?| $expression:expr;)*) => {
        fn check_of(name: &str) -> fn(&str, &[f64], &[f64], &mut Report) {
            $(if name == $name {
                struct This;
                impl Formula for This {
                    fn at<S: Scalar>(x: &[S]) -> S {
                        operands!(x, $($x),* $(..$list)?);
                        $expression
                    }
                }
                return check::<This>;
            })*
            panic!("no formula for {name}")
        }
    };
}

macro_rules! operands {
    ($given:ident, ..$list:ident) => {
        let $list = $given;
    };
    ($given:ident, $($x:ident),+) => {
        let &[$($x),+] = $given else { panic!("{} operands", $given.len()) };
    };
}

fn lit<S: Scalar>(c: f64) -> S {
    S::lit(c)
}

formulas! {
    // One operand.
    "neg" => |x| -x;
    "recip" => |x| x.recip();
    "abs" => |x| x.abs();
    "square" => |x| x * x;
    "sqrt" => |x| x.sqrt();
    "cbrt" => |x| x.cbrt();
    "powi_3" => |x| x.powi(3);
    "powi_-1" => |x| x.powi(-1);
    "powi_-2" => |x| x.powi(-2);
    "powi_7" => |x| x.powi(7);
    "powf_0.5" => |x| x.powf(lit(0.5));
    "powf_1.5" => |x| x.powf(lit(1.5));
    "powf_2.5" => |x| x.powf(lit(2.5));
    "powf_-0.3" => |x| x.powf(lit(-0.3));
    "powf_3.141592653589793" => |x| x.powf(lit(std::f64::consts::PI));
    "exp" => |x| x.exp();
    "exp2" => |x| x.exp2();
    "expm1" => |x| x.exp_m1();
    "ln" => |x| x.ln();
    "log2" => |x| x.log2();
    "log10" => |x| x.log10();
    "log1p" => |x| x.ln_1p();
    "sin" => |x| x.sin();
    "cos" => |x| x.cos();
    "tan" => |x| x.tan();
    "asin" => |x| x.asin();
    "acos" => |x| x.acos();
    "atan" => |x| x.atan();
    "sinh" => |x| x.sinh();
    "cosh" => |x| x.cosh();
    "tanh" => |x| x.tanh();
    "asinh" => |x| x.asinh();
    "acosh" => |x| x.acosh();
    "atanh" => |x| x.atanh();
    "relu" => |x| x.relu();
    "leaky_relu_0.01" => |x| x.leaky_relu(lit(0.01));
    "elu_1" => |x| x.elu(lit(1.0));
    "gelu_erf" => |x| x.gelu();
    "gelu_tanh" => |x| gelu_tanh(x);
    "silu" => |x| x.silu();
    "sigmoid" => |x| x.sigmoid();
    "softplus" => |x| x.softplus();
    "log_sigmoid" => |x| -(-x).softplus();
    "erf" => |x| x.erf();
    "erfc" => |x| x.erfc();
    "softsign" => |x| x.softsign();
    "mish" => |x| x.mish();
    "ln_gamma" => |x| x.ln_gamma();
    "digamma" => |x| x.digamma();
    "polygamma_1" => |x| x.polygamma(1);
    "polygamma_2" => |x| x.polygamma(2);
    "normal_cdf" => |x| x.normal_cdf();
    "sech_squared" => |x| x.sech_squared();
    "one_minus_square" => |x| x.one_minus_square();
    "signum" => |x| x.signum();
    "step" => |x| x.step();
    "floor" => |x| x.floor();
    "ceil" => |x| x.ceil();
    "round" => |x| x.round();
    "trunc" => |x| x.trunc();
    "fract" => |x| x.fract();

    // Two.
    "add" => |a, b| a + b;
    "sub" => |a, b| a - b;
    "mul" => |a, b| a * b;
    "div" => |a, b| a / b;
    "pow" => |a, b| a.powf(b);
    "atan2" => |a, b| a.atan2(b);
    "hypot" => |a, b| a.hypot(b);
    "max" => |a, b| a.max(b);
    "min" => |a, b| a.min(b);
    "logaddexp" => |a, b| gradus::log_sum_exp(&[a, b]);
    "xlogy" => |a, b| a * b.ln();
    "log_base" => |a, b| a.log(b);
    "gaussian" => |a, b| a.gaussian(b);
    "power_below" => |a, b| a.power_below(b);
    "direction" => |a, b| a.direction(b);
    "rem" => |a, b| a % b;
    "rem_euclid" => |a, b| a.rem_euclid(b);
    "heaviside" => |a, b| a.heaviside(b);
    "leaky_relu" => |a, b| a.leaky_relu(b);
    "elu" => |a, b| a.elu(b);
    // Three.
    "mul_add" => |a, b, c| a.mul_add(b, c);
    "clamp" => |a, b, c| a.clamp(b, c);
    "select" => |a, b, c| a.select(b, c);
    // Lists.
    "sum" => |..x| gradus::sum(x);
    "product" => |..x| gradus::product(x);
    "mean" => |..x| gradus::mean(x);
    "dot" => |..x| gradus::dot(&x[..x.len() / 2], &x[x.len() / 2..]);
    "log_sum_exp" => |..x| gradus::log_sum_exp(x);
    "norm" => |..x| gradus::norm(x);
    "softmax" => |..x| gradus::softmax(x)[0];
}

/// The approximation of GELU with tanh. `(1 + tanh u) / 2` is `sigmoid(2 u)`, which does not cancel.
fn gelu_tanh<S: Scalar>(x: S) -> S {
    let u = lit::<S>((2.0 / std::f64::consts::PI).sqrt()) * (x + lit::<S>(0.044715) * x.powi(3));
    x * (lit::<S>(2.0) * u).sigmoid()
}

// ---- exceptions -----------------------------------------------------------------------------

/// Where the tolerance is another one.
struct Exception {
    op: &'static str,
    /// 0 for the value, 1 for the slopes, 2 for the second derivatives.
    order: usize,
    holds_at: fn(&[f64]) -> bool,
    /// In ulps.
    allowed: f64,
    /// Why. Printed with the table.
    reason: &'static str,
}

/// The published reference is 0 where it should not be.
const NO_REFERENCE: f64 = f64::INFINITY;

const EXCEPTIONS: [Exception; 4] = [
    Exception {
        op: "atan2",
        order: 2,
        holds_at: |x| x == [-4.683139540418576e-65, -5.0972305384959683e61],
        allowed: NO_REFERENCE,
        reason: "the reference is 0 for want of digits; ops_extra.json has the point with enough of them",
    },
    Exception {
        op: "hypot",
        order: 2,
        holds_at: |x| x == [3e200, 4e200] || x == [1e-200, 1e200],
        allowed: NO_REFERENCE,
        reason: "the reference is 0 for want of digits; ops_extra.json has the points with enough of them",
    },
    Exception {
        op: "mish",
        order: 1,
        holds_at: |x| (-2.6..-1.9).contains(&x[0]),
        allowed: 8.0,
        reason: "near the point of inflection, where the condition number is 0, two terms three times as large cancel",
    },
    Exception {
        op: "silu",
        order: 2,
        holds_at: |x| x[0] > 708.0,
        allowed: 750.0,
        reason: "x times a subnormal number: x units of the smallest one",
    },
];

// ---- the modes ------------------------------------------------------------------------------

type Matrix = Vec<Vec<f64>>;

/// Everything that the crate says of a formula at a point, mode by mode.
struct Found {
    values: Vec<(&'static str, f64)>,
    gradients: Vec<(&'static str, Vec<f64>)>,
    hessians: Vec<(&'static str, Matrix)>,
    /// How far the second derivatives move with the operand that moves them most.
    thirds: Matrix,
}

fn derive<F: Formula>(x: &[f64]) -> Found {
    let n = x.len();
    let tape = Tape::new();
    let vars = tape.vars(x);
    let y = F::at(&vars);
    let reverse = y.backward().wrt(&vars).unwrap();

    let single: Vec<Dual> = (0..n).map(|i| F::at(&moving(x, i))).collect();
    let mut nested = vec![vec![0.0; n]; n];
    let mut thirds = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..n {
            let inner: Vec<Dual> = moving(x, j);
            nested[i][j] = F::at(&moving(&inner, i)).tangent().tangent();
            for k in 0..n {
                let innermost: Vec<Dual> = moving(x, k);
                let inner: Vec<Dual<Dual>> = moving(&innermost, j);
                let third = F::at(&moving(&inner, i)).tangent().tangent().tangent();
                thirds[i][j] = f64::max(thirds[i][j], (third * x[k]).abs());
            }
        }
    }

    let recorded = y.recorded_gradient(&vars).unwrap().into_iter().map(|slope| match slope.tape() {
        Some(_) => slope.backward().wrt(&vars).unwrap(),
        None => vec![0.0; n],
    });
    Found {
        values: vec![("f64", F::at(x)), ("Var", y.value()), ("dual", single[0].value())],
        gradients: vec![("reverse", reverse), ("dual", single.iter().map(|y| y.tangent()).collect())],
        hessians: vec![
            ("nested duals", nested),
            ("duals over reverse", gradus::hessian(F::at, x).unwrap()),
            ("recorded gradient", recorded.collect()),
        ],
        thirds,
    }
}

/// The operands as duals, of which the one at `i` moves.
fn moving<S: Scalar>(x: &[S], i: usize) -> Vec<Dual<S>> {
    let dual = |(k, &x)| if k == i { Dual::variable(x) } else { Dual::constant(x) };
    x.iter().enumerate().map(dual).collect()
}

// ---- the comparison -------------------------------------------------------------------------

/// The distance to the next number away from 0.
fn ulp(x: f64) -> f64 {
    let x = x.abs().min(f64::MAX);
    let next = |step: i64| f64::from_bits(x.to_bits().wrapping_add_signed(step));
    if x == f64::MAX { x - next(-1) } else { next(1) - x }
}

/// The error in ulps of the reference; infinite where only one is a number, or only one is finite.
fn ulps(got: f64, reference: f64) -> f64 {
    if got == reference {
        return 0.0;
    }
    let error = (got - reference).abs();
    if error.is_finite() { error / ulp(reference) } else { f64::INFINITY }
}

/// How many ulps of `f` come from an ulp of the operand that moves it most, at least 1.
fn condition(moved: f64, f: f64) -> f64 {
    let condition = (moved / f).abs();
    if condition.is_finite() { condition.max(1.0) } else { 1.0 }
}

/// The worst errors of an op, by order, and what was beyond the tolerance.
#[derive(Default)]
struct Report {
    worst: [f64; 3],
    points: usize,
    failures: Vec<String>,
}

impl Report {
    /// Compares one number, whose condition number is `condition`.
    fn see(
        &mut self,
        (op, x): (&str, &[f64]),
        place: &str,
        order: usize,
        (got, reference): (f64, f64),
        condition: f64,
    ) {
        let error = ulps(got, reference);
        let exception = EXCEPTIONS.iter().find(|each| each.op == op && each.order == order && (each.holds_at)(x));
        let usual = [FIRST, FIRST, SECOND][order] * condition;
        let allowed = exception.map_or(usual, |exception| usual.max(exception.allowed));
        if exception.is_none_or(|exception| exception.allowed.is_finite()) {
            self.worst[order] = self.worst[order].max(error / condition);
        }
        if !(error <= allowed) {
            let why = exception.map_or(String::new(), |exception| format!(" ({})", exception.reason));
            self.failures.push(format!(
                "{op}{x:?} {place}: {got:e} instead of {reference:e}, {error:.1} ulps, allowed {allowed:.1}{why}"
            ));
        }
    }
}

/// Compares at `x` with the reference: the value, the gradient and the upper half of the Hessian.
fn check<F: Formula>(op: &str, x: &[f64], reference: &[f64], report: &mut Report) {
    let n = x.len();
    let (gradient, hessian) = reference[1..].split_at(n);
    assert_eq!(hessian.len(), n * (n + 1) / 2);
    let found = derive::<F>(x);
    report.points += 1;
    let moved = |slopes: &[f64]| slopes.iter().zip(x).map(|(slope, x)| (slope * x).abs()).fold(0.0, f64::max);
    let condition_of_value = condition(moved(&found.gradients[0].1), reference[0]);
    for (mode, got) in found.values {
        report.see((op, x), &format!("by {mode}"), 0, (got, reference[0]), condition_of_value);
    }
    for (mode, got) in &found.gradients {
        for i in 0..n {
            let condition = condition(moved(&found.hessians[0].1[i]), gradient[i]);
            report.see((op, x), &format!("slope {i} by {mode}"), 1, (got[i], gradient[i]), condition);
        }
    }
    for (mode, got) in found.hessians {
        let pairs = (0..n).flat_map(|i| (i..n).map(move |j| (i, j)));
        for ((i, j), &expected) in pairs.zip(hessian) {
            let condition = condition(found.thirds[i][j], expected);
            for got in [got[i][j], got[j][i]] {
                report.see((op, x), &format!("second derivative {i}{j} by {mode}"), 2, (got, expected), condition);
            }
        }
    }
}

// ---- the data -------------------------------------------------------------------------------

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// The operands and the reference. A row of an op with `n` operands has `n` of them, the value, `n`
/// slopes and `n (n + 1) / 2` second derivatives; a case of a list op has names for them.
fn parse(row: &Value) -> (Vec<f64>, Vec<f64>) {
    if row.is_object() {
        let reference = [vec![number(&row["f"])], numbers(&row["gradient"]), numbers(&row["hessian"])].concat();
        return (numbers(&row["x"]), reference);
    }
    let mut x = numbers(row);
    let operands = (1..).find(|n| 2 * n + 1 + n * (n + 1) / 2 >= x.len()).unwrap();
    let reference = x.split_off(operands);
    (x, reference)
}

/// Runs a file of cases and says of every op how far off it is at worst.
#[track_caller]
fn run(file: &str, key: &str, expected_ops: usize) {
    let data: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let (mut table, mut failures) = (String::new(), Vec::new());
    let ops = data[key].as_array().unwrap();
    assert_eq!(ops.len(), expected_ops);
    for op in ops {
        let name = op["op"].as_str().unwrap();
        let check = check_of(name);
        let mut report = Report::default();
        for row in op.get("points").unwrap_or(&op["cases"]).as_array().unwrap() {
            let (x, reference) = parse(row);
            check(name, &x, &reference, &mut report);
        }
        assert!(report.points > 0, "{name} has no points");
        let [value, first, second] = report.worst;
        writeln!(table, "{name:24} {:4} points {value:10.1} {first:10.1} {second:10.1}", report.points).unwrap();
        failures.append(&mut report.failures);
    }
    println!("worst errors in ulps, over the condition number: value, slope, second derivative\n{table}");
    assert!(failures.is_empty(), "{} beyond tolerance:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn ops_of_one_operand_agree_with_mpmath() {
    run("tests/data/ops_unary.json", "ops", 47);
}

#[test]
fn ops_of_two_operands_agree_with_mpmath() {
    run("tests/data/ops_binary.json", "ops", 12);
}

#[test]
fn the_other_ops_agree_with_mpmath() {
    run("tests/data/ops_extra.json", "ops", 30);
}

#[test]
fn list_ops_agree_with_mpmath() {
    run("tests/data/ops_extra.json", "lists", 7);
}
