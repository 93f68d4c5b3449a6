//! Kinks, ties, poles and `0 · ∞`: what the crate answers there, in every mode, against the
//! recommendations in `tests/data/edge_cases.json` (which also hold what nine other systems answer).

// One of the expressions is a - a.
#![allow(clippy::eq_op)]

use gradus::Error;
use gradus::prelude::*;
use gradus::program::{Lowering, Recorder};
use serde_json::Value;

/// An expression, written once for every kind of number.
trait Expression<const N: usize> {
    fn at<S: Scalar>(x: [S; N]) -> S;
}

/// What can be asked of an expression at a point: its value and gradient, and its second derivative in the first operand.
struct Asked {
    first: fn(&[f64]) -> Answer,
    second: fn(&[f64]) -> f64,
}

macro_rules! expressions {
    ($register:ident [$n:literal] $($text:literal => |$($x:ident),+| $expression:expr;)*) => {
        fn $register(text: &str) -> Option<Asked> {
            $(if text == $text {
                struct This;
                impl Expression<$n> for This {
                    fn at<S: Scalar>([$($x),+]: [S; $n]) -> S {
                        $expression
                    }
                }
                return Some(Asked { first: answer::<This, $n>, second: second_at::<This, $n> });
            })*
            None
        }
    };
}

fn lit<S: Scalar>(c: f64) -> S {
    S::lit(c)
}

expressions! { of_one [1]
    "op_abs(a)" => |a| a.abs();
    "op_relu(a)" => |a| a.relu();
    "op_lrelu(a)" => |a| a.leaky_relu(lit(0.01));
    "op_elu(a)" => |a| a.elu(lit(1.0));
    "op_sqrt(a)" => |a| a.sqrt();
    "op_cbrt(a)" => |a| a.cbrt();
    "op_log(a)" => |a| a.ln();
    "op_log1p(a)" => |a| a.ln_1p();
    "op_exp(a)" => |a| a.exp();
    "op_expm1(a)" => |a| a.exp_m1();
    "1.0/a" => |a| lit::<S>(1.0) / a;
    "op_tan(a)" => |a| a.tan();
    "op_asin(a)" => |a| a.asin();
    "op_acos(a)" => |a| a.acos();
    "op_acosh(a)" => |a| a.acosh();
    "op_atanh(a)" => |a| a.atanh();
    "op_sigmoid(a)" => |a| a.sigmoid();
    "op_softplus(a)" => |a| a.softplus();
    "op_tanh(a)" => |a| a.tanh();
    "op_silu(a)" => |a| a.silu();
    "op_gelu(a)" => |a| a.gelu();
    "op_erf(a)" => |a| a.erf();
    "op_sin(a)" => |a| a.sin();
    "op_sin(a)/a" => |a| a.sin() / a;
    "op_powc(a,0.0)" => |a| a.powf(lit(0.0));
    "op_powc(a,1.0)" => |a| a.powf(lit(1.0));
    "op_powc(a,2.0)" => |a| a.powf(lit(2.0));
    "op_powc(a,3.0)" => |a| a.powf(lit(3.0));
    "op_powc(a,0.5)" => |a| a.powf(lit(0.5));
    "op_powc(a,1.5)" => |a| a.powf(lit(1.5));
    "op_powc(a,-1.0)" => |a| a.powf(lit(-1.0));
    "op_powi(a,0)" => |a| a.powi(0);
    "op_powi(a,1)" => |a| a.powi(1);
    "op_powi(a,2)" => |a| a.powi(2);
    "op_powi(a,-1)" => |a| a.powi(-1);
    "a-a" => |a| a - a;
    "a*a" => |a| a * a;
    "op_sel(a, op_sqrt(a), 0.0*a)" => |a| a.select(a.sqrt(), lit::<S>(0.0) * a);
    "op_sel(a, op_log(a), 0.0*a)" => |a| a.select(a.ln(), lit::<S>(0.0) * a);
    "op_sel(a, op_sqrt(op_sel(a, a, 1.0+0.0*a)), 0.0*a)" =>
        |a| a.select(a.select(a, lit::<S>(1.0) + lit::<S>(0.0) * a).sqrt(), lit::<S>(0.0) * a);
    "op_sel(a, 1.0/a, 0.0*a)" => |a| a.select(lit::<S>(1.0) / a, lit::<S>(0.0) * a);
    "0.0*op_sqrt(a)" => |a| lit::<S>(0.0) * a.sqrt();
    "0.0*op_log(a)" => |a| lit::<S>(0.0) * a.ln();
    "op_sqrt(a*a)" => |a| (a * a).sqrt();
    "op_sqrt(a)*op_sqrt(a)" => |a| a.sqrt() * a.sqrt();
    "op_floor(a)" => |a| a.floor();
    "op_sign(a)" => |a| a.signum();
    "op_clamp01(a)" => |a| a.clamp(lit(0.0), lit(1.0));
    "op_hypot(a,0.0*a)" => |a| a.hypot(lit::<S>(0.0) * a);
    "op_max(a,0.0*a)" => |a| a.max(lit::<S>(0.0) * a);
    "op_lse(a,0.0*a)" => |a| gradus::log_sum_exp(&[a, lit::<S>(0.0) * a]);
}

expressions! { of_two [2]
    "op_max(a,b)" => |a, b| a.max(b);
    "op_min(a,b)" => |a, b| a.min(b);
    "op_pow(a,b)" => |a, b| a.powf(b);
    "op_atan2(a,b)" => |a, b| a.atan2(b);
    "op_hypot(a,b)" => |a, b| a.hypot(b);
    "a/b" => |a, b| a / b;
    "a*b" => |a, b| a * b;
    "op_lse(a,b)" => |a, b| gradus::log_sum_exp(&[a, b]);
    "op_softmax0(a,b)" => |a, b| gradus::softmax(&[a, b])[0];
    "op_logsoftmax0(a,b)" => |a, b| a - gradus::log_sum_exp(&[a, b]);
    "op_norm2(a,b)" => |a, b| gradus::norm(&[a, b]);
    "op_std2(a,b)" => |a, b| deviation(a, b);
    "op_xlogy(a,b)" => |a, b| a * b.ln();
}

expressions! { of_three [3]
    "op_prod3(a,b,c)" => |a, b, c| gradus::product(&[a, b, c]);
    "op_max3(a,b,c)" => |a, b, c| a.max(b).max(c);
}

/// Population standard deviation of two numbers, by [`gradus::norm`], which has a slope where it is 0.
fn deviation<S: Scalar>(a: S, b: S) -> S {
    let mean = gradus::mean(&[a, b]);
    gradus::norm(&[a - mean, b - mean]) / lit(std::f64::consts::SQRT_2)
}

// ---- the modes ------------------------------------------------------------------------------

/// What every mode agrees on.
#[derive(Debug)]
struct Answer {
    value: f64,
    gradient: Vec<f64>,
}

/// Equal, or both NaN. (The sign of 0 is free.)
fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

/// The value and the gradient by reverse and by dual numbers, which must not disagree.
fn answer<E: Expression<N>, const N: usize>(x: &[f64]) -> Answer {
    let x: [f64; N] = x.try_into().unwrap();
    let tape = Tape::new();
    let vars = x.map(|each| tape.var(each));
    let y = E::at(vars);
    let value = E::at(x);
    assert!(same(y.value(), value), "{x:?}: recorded {y}, plain {value}");
    let gradient = match y.tape() {
        Some(_) => y.backward().wrt(&vars).unwrap(),
        None => vec![0.0; N],
    };
    for i in 0..N {
        let y = E::at(std::array::from_fn(|k| if k == i { Dual::variable(x[k]) } else { Dual::constant(x[k]) }));
        assert!(same(y.value(), value), "{x:?}: dual {y}, plain {value}");
        assert!(same(y.tangent(), gradient[i]), "{x:?} slope {i}: dual {}, reverse {}", y.tangent(), gradient[i]);
    }
    let at = |x: &[Var]| E::at(std::array::from_fn(|i| x[i]));
    replays(&at, &x, value, &gradient);
    #[cfg(feature = "batch")]
    lanes(&at, &x, value, &gradient);
    Answer { value, gradient }
}

/// Equal, both NaN, or off by a few units of the last place: programs put sums together, and lanes have functions of their own.
fn alike(a: f64, b: f64) -> bool {
    same(a, b) || (a - b).abs() <= 64.0 * f64::EPSILON * b.abs() + 1e-305
}

/// Programs that were recorded here and elsewhere give the same, with all rewriting and with none.
fn replays(f: &dyn Fn(&[Var]) -> Var, x: &[f64], value: f64, gradient: &[f64]) {
    // Programs take finite points only, and say so; inside, operands are what they are.
    let finite = all_finite(x);
    let elsewhere = vec![0.5; x.len()];
    if finite != x {
        let refused = Recorder::new().record(&elsewhere, f).and_then(|program| program.gradient(x));
        assert!(matches!(refused, Err(Error::NonFinitePoint { .. })), "{x:?}: {refused:?}");
    }
    for lowering in [Lowering::Full, Lowering::None] {
        for recorded_at in [&finite, &elsewhere] {
            let program = Recorder::new().lowering(lowering).record(recorded_at, |v| f(&moved(v, x))).unwrap();
            let found = program.gradient(&finite).unwrap();
            let all = found.1.iter().zip(gradient).all(|(&a, &b)| alike(a, b));
            assert!(alike(found.0, value) && all, "{x:?}: a program gives {found:?}, the tape {value} {gradient:?}");
        }
    }
}

/// `x` with 0 for what is not finite.
fn all_finite(x: &[f64]) -> Vec<f64> {
    x.iter().map(|&x| if x.is_finite() { x } else { 0.0 }).collect()
}

/// What stands at the place of `x`, where an operand that is not finite is a finite one and a number that is not.
fn moved(finite: &[Var], x: &[f64]) -> Vec<Var> {
    finite.iter().zip(x).map(|(&finite, &x)| if x.is_finite() { finite } else { finite + x }).collect()
}

/// A batch whose operands are computed in lanes gives the same, on every level of the CPU.
#[cfg(feature = "batch")]
fn lanes(f: &dyn Fn(&[Var]) -> Var, x: &[f64], value: f64, gradient: &[f64]) {
    use gradus::program::CpuLevel;
    let shifted = |w: &[Var], v: &[Var]| {
        let sums: Vec<Var> = w.iter().zip(v).map(|(&w, &v)| w + v).collect();
        f(&moved(&sums, x))
    };
    let finite = all_finite(x);
    // `-0.0 + x` is `x`, also where that is -0.
    let (origin, elsewhere) = (vec![-0.0; x.len()], vec![0.5; x.len()]);
    let program = Recorder::new().record_shared(&origin, &elsewhere, shifted).unwrap();
    for level in [CpuLevel::Baseline, CpuLevel::Avx2, CpuLevel::Avx512].into_iter().filter(|level| level.is_available())
    {
        // Enough samples to fill lanes, of which each is the same.
        let samples = finite.repeat(17);
        let batch = program.batches().level(level).values(&origin, &samples).unwrap();
        assert!(batch.iter().all(|&found| alike(found, value)), "{x:?}, {level:?}: {batch:?}, the tape {value}");
        let one = program.batches().level(level).gradient(&origin, &finite).unwrap();
        let all = one.gradient.iter().zip(gradient).all(|(&a, &b)| alike(a, b));
        assert!(alike(one.values[0], value) && all, "{x:?}, {level:?}: lanes {one:?}, the tape {value} {gradient:?}");
    }
}

fn second<E: Expression<1>>(x: f64) -> f64 {
    second_at::<E, 1>(&[x])
}

/// The second derivative in the first operand by nested duals, by duals over the reverse sweep, by a recorded gradient and by a program.
fn second_at<E: Expression<N>, const N: usize>(x: &[f64]) -> f64 {
    let nested = E::at(std::array::from_fn(|i| match i {
        0 => Dual::variable(Dual::variable(x[0])),
        _ => Dual::constant(Dual::constant(x[i])),
    }));
    second_of(&|x: &[Var]| E::at(std::array::from_fn(|i| x[i])), x, nested.tangent().tangent())
}

fn second_of(f: &dyn Fn(&[Var]) -> Var, x: &[f64], nested: f64) -> f64 {
    let first: Vec<f64> = (0..x.len()).map(|i| if i == 0 { 1.0 } else { 0.0 }).collect();
    let over_reverse = gradus::hvp(f, x, &first).unwrap()[0];
    let tape = Tape::new();
    let vars = tape.vars(x);
    let slope = f(&vars).recorded_gradient(&vars).unwrap()[0];
    let recorded = if slope.tape().is_some() { slope.backward()[vars[0]] } else { 0.0 };
    assert!(same(nested, over_reverse), "at {x:?}: nested duals {nested}, duals over reverse {over_reverse}");
    assert!(same(nested, recorded), "at {x:?}: nested duals {nested}, recorded gradient {recorded}");
    for lowering in [Lowering::Full, Lowering::None] {
        let program = Recorder::new().lowering(lowering).record(&vec![0.5; x.len()], f).unwrap();
        let replayed = program.hessian(x).unwrap()[0][0];
        assert!(alike(replayed, nested), "at {x:?}: a program gives {replayed}, nested duals {nested}");
    }
    nested
}

// ---- first derivatives ----------------------------------------------------------------------

/// Rows that have no counterpart in the crate.
const NO_COUNTERPART: [(&str, &str); 2] = [
    ("op_detach(a)*a", "duals have no detach; see `a_detached_number_is_a_constant`"),
    ("op_max3(a,b,c)", "there is no maximum of three: a fold halves the slope at each tie, so that it still sums to 1"),
];

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().map(|list| list.iter().map(number).collect()).unwrap_or_default()
}

fn close(got: f64, expected: f64) -> bool {
    same(got, expected) || (got - expected).abs() <= 4.0 * f64::EPSILON * expected.abs()
}

fn all_close(got: &[f64], expected: &[f64]) -> bool {
    got.len() == expected.len() && got.iter().zip(expected).all(|(&got, &expected)| close(got, expected))
}

fn cases() -> Vec<Value> {
    let text = std::fs::read_to_string("tests/data/edge_cases.json").unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    data["cases"].as_array().unwrap().clone()
}

#[test]
fn every_row_holds_its_convention() {
    let (mut judged, mut agreed, mut failures) = (0, 0, Vec::new());
    for case in cases() {
        let (id, text) = (case["id"].as_str().unwrap(), case["expr"].as_str().unwrap());
        if NO_COUNTERPART.iter().any(|(expression, _)| *expression == text) {
            continue;
        }
        let answer = of_one(text).or_else(|| of_two(text)).or_else(|| of_three(text));
        let answer = answer.unwrap_or_else(|| panic!("no expression for {text}"));
        let found = (answer.first)(&numbers(&case["args"]));
        agreed += 1;
        if case["cls"] == "info" {
            continue;
        }
        judged += 1;
        let expected = numbers(&case["grad"]);
        if !close(found.value, number(&case["value"])) || !all_close(&found.gradient, &expected) {
            failures.push(format!("{} {id}: {found:?} instead of {}, {expected:?}", case["cls"], case["value"]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!((cases().len(), judged, agreed), (203, 117, 200));
}

/// The rows of `edge_second_derivatives.json`, with what each system answers. Where all that have an answer agree, that is it; where they
/// differ, the crate is with some of them.
#[test]
fn every_row_of_second_derivatives_holds() {
    let text = std::fs::read_to_string("tests/data/edge_second_derivatives.json").unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    let systems: Vec<&Value> = data["values"].as_object().unwrap().values().collect();
    let rows = systems[0].as_object().unwrap();
    let mut agreed = 0;
    for row in rows.keys() {
        let (expression, at) = row.strip_prefix("d2 ").unwrap().split_once(" @ ").unwrap();
        let answers: Vec<f64> = systems
            .iter()
            .filter_map(|system| system[row].as_str().unwrap().trim_end_matches("(no graph)").parse().ok())
            .collect();
        let asked = of_one(expression).unwrap_or_else(|| panic!("no expression for {expression}"));
        let found = (asked.second)(&[at.parse().unwrap()]);
        let among = answers.iter().any(|&answer| close(found, answer));
        assert!(among, "{row}: {found}, and not one of {answers:?}");
        agreed += usize::from(answers.iter().all(|&answer| close(found, answer)));
    }
    assert_eq!(rows.len(), 28);
    assert!(agreed >= 20, "only {agreed} rows on which all agree");
}

#[test]
fn a_detached_number_is_a_constant() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    let y = x.detach() * x;
    assert_eq!((y.value(), y.backward()[x]), (9.0, 3.0));
    for lowering in [Lowering::Full, Lowering::None] {
        let program = Recorder::new().lowering(lowering).record(&[2.0], |x| x[0].detach() * x[0]).unwrap();
        assert_eq!(program.gradient(&[3.0]).unwrap(), (9.0, vec![3.0]), "it moves with the replay, and has no slope");
    }
}

/// Checks the value and the gradient of an expression in every mode.
#[track_caller]
fn check<E: Expression<N>, const N: usize>(x: [f64; N], value: f64, gradient: [f64; N]) {
    let found = answer::<E, N>(&x);
    assert!(close(found.value, value), "{found:?} instead of {value}");
    assert!(all_close(&found.gradient, &gradient), "{found:?} instead of {gradient:?}");
}

/// An expression with a name of its own.
macro_rules! expression {
    ($Name:ident($($x:ident),+) = $expression:expr) => {
        struct $Name;
        impl Expression<{ [$(stringify!($x)),+].len() }> for $Name {
            fn at<S: Scalar>([$($x),+]: [S; [$(stringify!($x)),+].len()]) -> S {
                $expression
            }
        }
    };
}

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

#[test]
fn zero_times_infinity_is_not_hidden() {
    expression! { Squared(x) = x.sqrt() * x.sqrt() }
    expression! { Negative(x) = -(x.sqrt() * x.sqrt()) }
    expression! { NegativeFirst(x) = (-x.sqrt()) * x.sqrt() }
    expression! { Nothing(x) = lit::<S>(0.0) * x.sqrt() }
    check::<Squared, 1>([0.0], 0.0, [NAN]);
    check::<Negative, 1>([0.0], 0.0, [NAN]);
    check::<NegativeFirst, 1>([0.0], 0.0, [NAN]);
    check::<Nothing, 1>([0.0], 0.0, [NAN]);
}

#[test]
fn what_does_not_depend_on_an_input_has_no_slope_in_it() {
    expression! { Product(x, y) = x * y.sqrt() }
    // In x the slope is sqrt(y); in y it is x / (2 sqrt(y)).
    check::<Product, 2>([3.0, 0.0], 0.0, [0.0, INF]);
    check::<Product, 2>([-3.0, 0.0], 0.0, [0.0, -INF]);
    check::<Product, 2>([0.0, 0.0], 0.0, [0.0, NAN]);
}

#[test]
fn a_branch_not_taken_cannot_poison() {
    expression! { Else(x) = x.select(x.sqrt(), x * lit(2.0)) }
    expression! { Pole(x) = x.select(lit::<S>(1.0) / x, x) }
    expression! { Then(x) = x.select(x * x, (-x).ln()) }
    expression! { NotANumber(x) = x.select(x, x * lit(f64::NAN)) }
    expression! { Larger(x) = lit::<S>(2.0).max(x.sqrt()) }
    expression! { Bounded(x) = x.ln().clamp(lit(-5.0), lit(5.0)) }
    expression! { Rectified(x) = x.ln().relu() }
    expression! { Flat(x) = x.sqrt().floor() }
    expression! { PowerZero(x) = x.sqrt().powi(0) + x.sqrt().powf(lit(0.0)) }
    check::<Else, 1>([0.0], 0.0, [2.0]);
    check::<Else, 1>([-4.0], -8.0, [2.0]);
    check::<Pole, 1>([0.0], 0.0, [1.0]);
    check::<Then, 1>([3.0], 9.0, [6.0]);
    check::<NotANumber, 1>([1.0], 1.0, [1.0]);
    check::<Larger, 1>([0.0], 2.0, [0.0]);
    check::<Bounded, 1>([0.0], -5.0, [0.0]);
    check::<Rectified, 1>([0.0], 0.0, [0.0]);
    check::<Flat, 1>([0.0], 0.0, [0.0]);
    check::<PowerZero, 1>([0.0], 2.0, [0.0]);
}

#[test]
fn smooth_steps_beside_the_conventions() {
    expression! { Leaky(a, b) = a.leaky_relu(b) }
    expression! { Linear(a, b) = a.elu(b) }
    expression! { Clamp(a, b, c) = a.clamp(b, c) }
    expression! { Length(a, b) = gradus::norm(&[a, b]) }
    expression! { Direction(a, b) = a.direction(b) }
    expression! { Sum(a, b) = gradus::log_sum_exp(&[a, b]) }
    check::<Leaky, 2>([0.0, 0.1], 0.0, [0.1, 0.0]);
    check::<Linear, 2>([0.0, 2.0], 0.0, [2.0, 0.0]);
    // At an end the slope belongs to the operand; where the bounds are crossed, to the upper one.
    check::<Clamp, 3>([0.0, 0.0, 1.0], 0.0, [1.0, 0.0, 0.0]);
    check::<Clamp, 3>([1.0, 0.0, 1.0], 1.0, [1.0, 0.0, 0.0]);
    check::<Clamp, 3>([0.5, 2.0, 1.0], 1.0, [0.0, 0.0, 1.0]);
    check::<Length, 2>([0.0, -3.0], 3.0, [0.0, -1.0]);
    check::<Direction, 2>([0.0, 0.0], 0.0, [0.0, 0.0]);
    check::<Sum, 2>([INF, INF], INF, [0.5, 0.5]);
    check::<Sum, 2>([-INF, -INF], -INF, [0.0, 0.0]);
}

#[test]
fn jumps_ties_and_poles() {
    expression! { Flat(a) = a.floor() + a.ceil() + a.round() + a.trunc() + a.step() + a.signum() }
    expression! { Fraction(a) = a.fract() }
    expression! { Remainder(a, b) = a % b }
    expression! { Euclid(a, b) = a.rem_euclid(b) }
    expression! { Heaviside(a, b) = a.heaviside(b) }
    expression! { Choice(a, b, c) = a.select(b, c) }
    expression! { Largest(a, b, c) = a.max(b).max(c) }
    expression! { Held(a) = a.clamp(lit(0.0), lit(1.0)) }
    expression! { LogGamma(a) = a.ln_gamma() }
    expression! { Digamma(a) = a.digamma() }
    expression! { Trigamma(a) = a.polygamma(1) }
    expression! { Log2(a) = a.log2() }
    expression! { Log10(a) = a.log10() }
    expression! { Acos(a) = a.acos() }
    expression! { Mish(a) = a.mish() }
    expression! { Length(a, b) = gradus::norm(&[a, b]) }
    check::<Flat, 1>([2.0], 10.0, [0.0]);
    check::<Flat, 1>([0.0], 0.0, [0.0]);
    check::<Fraction, 1>([2.0], 0.0, [1.0]);
    check::<Remainder, 2>([6.0, 2.0], 0.0, [1.0, -3.0]);
    check::<Euclid, 2>([-6.0, 2.0], 0.0, [1.0, 3.0]);
    check::<Heaviside, 2>([1.0, 1.0], 0.5, [0.0, 0.0]);
    check::<Choice, 3>([0.0, 1.0, 2.0], 2.0, [0.0, 0.0, 1.0]);
    check::<Largest, 3>([1.0, 1.0, 1.0], 1.0, [0.25, 0.25, 0.5]);
    check::<Held, 1>([NAN], NAN, [1.0]);
    for pole in [0.0, -1.0, -2.0] {
        check::<LogGamma, 1>([pole], INF, [NAN]);
        check::<Digamma, 1>([pole], NAN, [NAN]);
        check::<Trigamma, 1>([pole], NAN, [NAN]);
    }
    check::<Log2, 1>([0.0], -INF, [INF]);
    check::<Log2, 1>([-0.0], -INF, [-INF]);
    check::<Log2, 1>([-1.0], NAN, [NAN]);
    check::<Log10, 1>([0.0], -INF, [INF]);
    check::<Log10, 1>([-1.0], NAN, [NAN]);
    check::<Acos, 1>([-1.0], std::f64::consts::PI, [-INF]);
    check::<Mish, 1>([INF], INF, [1.0]);
    check::<Mish, 1>([-INF], 0.0, [0.0]);
    check::<Length, 2>([INF, 1.0], INF, [NAN, 0.0]);
}

#[test]
fn a_length_of_equal_numbers_shares_its_slope() {
    expression! { Twice(x) = gradus::norm(&[x, x]) }
    expression! { Pair(x, y) = gradus::norm(&[x, y]) }
    expression! { Triple(x, y, z) = gradus::norm(&[x, y, z]) }
    let root = std::f64::consts::SQRT_2;
    for k in 1..400 {
        // The square of a cosine of √½ may come out above ½, for both.
        let x = f64::from(k) * 0.07;
        check::<Twice, 1>([x], root * x, [root]);
        check::<Pair, 2>([x, -x], root * x, [0.5 * root, -0.5 * root]);
        check::<Triple, 3>([x, x, 1e-12 * x], root * x, [0.5 * root, 0.5 * root, 0.5 * root * 1e-12]);
    }
}

#[test]
fn not_a_number_has_no_finite_slope() {
    expression! { Length(a, b) = gradus::norm(&[a, b]) }
    expression! { Direction(a, b) = a.direction(b) }
    expression! { Hypotenuse(a, b) = a.hypot(b) }
    expression! { Sum(a, b) = gradus::log_sum_exp(&[a, b]) }
    check::<Length, 2>([NAN, 1.0], NAN, [NAN, NAN]);
    check::<Length, 2>([1.0, NAN], NAN, [NAN, NAN]);
    check::<Direction, 2>([NAN, 1.0], NAN, [NAN, NAN]);
    check::<Hypotenuse, 2>([NAN, 1.0], NAN, [NAN, NAN]);
    check::<Sum, 2>([NAN, 1.0], NAN, [NAN, NAN]);
}

#[test]
fn powers_of_infinity() {
    expression! { Power(a) = a.powf(lit(0.3)) }
    expression! { Root(a) = a.powf(lit(0.5)) }
    expression! { Falling(a) = a.powf(lit(-0.3)) }
    check::<Power, 1>([INF], INF, [0.0]);
    check::<Root, 1>([INF], INF, [0.0]);
    check::<Falling, 1>([INF], 0.0, [0.0]);
}

#[test]
fn a_bell_turned_upside_down_grows_to_infinity() {
    expression! { Growing(a) = a.gaussian(lit(-1.0)) }
    expression! { Barely(a) = a.gaussian(lit(-1e-300)) }
    check::<Growing, 1>([30.0], INF, [INF]);
    check::<Growing, 1>([-30.0], INF, [-INF]);
    check::<Growing, 1>([1e200], INF, [INF]);
    check::<Growing, 1>([INF], INF, [INF]);
    check::<Barely, 1>([-INF], INF, [-INF]);
}

#[test]
fn lists_of_nothing() {
    #[track_caller]
    fn check(of_none: f64, expected: f64) {
        assert!(same(of_none, expected), "{of_none}");
        assert!(of_none.is_sign_positive() || expected != 0.0, "-0");
    }
    check(gradus::sum(&[]), 0.0);
    check(gradus::product(&[]), 1.0);
    check(gradus::mean(&[]), NAN);
    check(gradus::dot(&[], &[]), 0.0);
    check(gradus::log_sum_exp(&[]), -INF);
    check(gradus::norm(&[]), 0.0);
    assert!(gradus::softmax::<f64>(&[]).is_empty());
    // On other numbers they are the same, and do not move.
    assert_eq!(gradus::sum::<Var>(&[]).tape(), None);
    assert_eq!(gradus::sum::<Dual>(&[]).to_string(), "0 + 0ε");
}

/// `op::dot_halves` takes what `dot` has put together; alone it may be given anything.
#[test]
fn halves_of_an_odd_number_have_no_product() {
    let tape = Tape::new();
    let x = tape.vars(&[1.0, 2.0, 3.0]);
    let y = gradus::op::dot_halves(&x);
    assert!(y.value().is_nan());
    assert!(y.backward().wrt(&x).unwrap().iter().all(|slope| slope.is_nan()));
}

// ---- higher derivatives ---------------------------------------------------------------------

/// A row of the second derivatives: expression, point, what all four systems agree on.
#[test]
fn second_derivatives_hold_where_all_systems_agree() {
    expression! { Abs(a) = a.abs() }
    expression! { Relu(a) = a.relu() }
    expression! { Square(a) = a.powf(lit(2.0)) }
    expression! { Cube(a) = a.powf(lit(3.0)) }
    expression! { Half(a) = a.powf(lit(1.5)) }
    expression! { SquareInteger(a) = a.powi(2) }
    expression! { Root(a) = a.sqrt() }
    expression! { Softplus(a) = a.softplus() }
    expression! { Sigmoid(a) = a.sigmoid() }
    expression! { Tanh(a) = a.tanh() }
    expression! { Silu(a) = a.silu() }
    expression! { Gelu(a) = a.gelu() }
    expression! { Mish(a) = a.mish() }
    expression! { Elu(a) = a.elu(lit(1.0)) }
    expression! { Erf(a) = a.erf() }
    expression! { Sum(a) = gradus::log_sum_exp(&[a, lit::<S>(0.0) * a]) }
    expression! { Reciprocal(a) = lit::<S>(1.0) / a }
    expression! { Softsign(a) = a.softsign() }
    let rows = [
        (second::<Abs>(0.0), 0.0),
        (second::<Relu>(0.0), 0.0),
        (second::<Square>(0.0), 2.0),
        (second::<Cube>(0.0), 0.0),
        (second::<Half>(0.0), INF),
        (second::<SquareInteger>(0.0), 2.0),
        (second::<Root>(0.0), -INF),
        (second::<Softplus>(1000.0), 0.0),
        (second::<Softplus>(-1000.0), 0.0),
        (second::<Softplus>(0.0), 0.25),
        (second::<Sigmoid>(1000.0), 0.0),
        (second::<Sigmoid>(-1000.0), 0.0),
        (second::<Tanh>(1000.0), 0.0),
        (second::<Tanh>(-1000.0), 0.0),
        (second::<Silu>(1000.0), 0.0),
        (second::<Silu>(-1000.0), 0.0),
        (second::<Gelu>(1000.0), 0.0),
        (second::<Gelu>(-1000.0), 0.0),
        (second::<Mish>(1000.0), 0.0),
        (second::<Mish>(-1000.0), 0.0),
        (second::<Elu>(-1000.0), 0.0),
        (second::<Elu>(1000.0), 0.0),
        (second::<Erf>(30.0), 0.0),
        (second::<Sum>(1000.0), 0.0),
        (second::<Reciprocal>(1e-200), INF),
        (second::<Softsign>(1e3), -2.0 / 1001.0_f64.powi(3)),
    ];
    for (row, (found, expected)) in rows.into_iter().enumerate() {
        assert!(close(found, expected), "row {row}: {found} instead of {expected}");
    }
}

#[test]
fn second_derivatives_where_the_systems_differ() {
    expression! { PowerOne(a) = a.powf(lit(1.0)) }
    expression! { PowerZero(a) = a.powf(lit(0.0)) }
    expression! { IntegerOne(a) = a.powi(1) }
    expression! { IntegerZero(a) = a.powi(0) }
    expression! { Elu(a) = a.elu(lit(1.0)) }
    expression! { Larger(a) = a.max(lit::<S>(0.0) * a) }
    assert_eq!(second::<PowerOne>(0.0), 0.0); // PyTorch, HIPS; NaN in JAX and TensorFlow
    assert_eq!(second::<PowerZero>(0.0), 0.0);
    assert_eq!(second::<IntegerOne>(0.0), 0.0);
    assert_eq!(second::<IntegerZero>(0.0), 0.0);
    assert_eq!(second::<Larger>(0.0), 0.0);
    assert_eq!(second::<Elu>(0.0), 1.0); // JAX, HIPS: that of the side to which 0 belongs
}

#[test]
fn a_square_by_powf_has_all_its_derivatives_at_zero() {
    assert_eq!(gradus::derivatives(|x| x.powf(2.0), 0.0, 4).unwrap(), [0.0, 0.0, 2.0, 0.0, 0.0]);
    assert_eq!(gradus::derivatives(|x| x.powi(3), 0.0, 4).unwrap(), [0.0, 0.0, 0.0, 6.0, 0.0]);
    let x = Dual::variable(Dual::variable(Dual::variable(0.0)));
    let y = x.powf(2.0);
    assert_eq!(y.value().value().value(), 0.0);
    assert_eq!(y.tangent().value().value(), 0.0);
    assert_eq!(y.tangent().tangent().value(), 2.0);
    assert_eq!(y.tangent().tangent().tangent(), 0.0);
}

#[test]
fn a_power_has_its_mixed_derivative_at_exponents_zero_and_one() {
    // d²(aᵇ)/da db = a^(b - 1) (1 + b ln a)
    let hessian = |b: f64| gradus::hessian(|x| x[0].powf(x[1]), &[2.0, b]).unwrap();
    assert_eq!(hessian(0.0)[0][1], 0.5);
    assert_eq!(hessian(0.0)[1][0], 0.5);
    assert_eq!(hessian(1.0)[0][1], 1.0 + std::f64::consts::LN_2);
}

#[test]
fn activations_stay_finite_far_out() {
    expression! { Sigmoid(a) = a.sigmoid() }
    expression! { Softplus(a) = a.softplus() }
    expression! { Tanh(a) = a.tanh() }
    expression! { Silu(a) = a.silu() }
    expression! { Gelu(a) = a.gelu() }
    expression! { Mish(a) = a.mish() }
    expression! { Elu(a) = a.elu(lit(1.0)) }
    expression! { Relu(a) = a.relu() }
    expression! { Softsign(a) = a.softsign() }
    expression! { Erf(a) = a.erf() }
    fn finite<E: Expression<1>>() {
        for x in [-1e300, -1e3, -746.0, -40.0, 40.0, 710.0, 1e3, 1e300] {
            let Answer { value, gradient } = answer::<E, 1>(&[x]);
            let second = second::<E>(x);
            assert!(
                value.is_finite() && gradient[0].is_finite() && second.is_finite(),
                "{x}: {value} {gradient:?} {second}"
            );
            assert!((-0.2..=1.2).contains(&gradient[0]), "{x}: slope {}", gradient[0]);
        }
    }
    finite::<Sigmoid>();
    finite::<Softplus>();
    finite::<Tanh>();
    finite::<Silu>();
    finite::<Gelu>();
    finite::<Mish>();
    finite::<Elu>();
    finite::<Relu>();
    finite::<Softsign>();
    finite::<Erf>();
}

#[test]
fn a_length_bends_where_the_square_of_a_ratio_would_underflow() {
    let (a, b) = (7e-110, 3e-275);
    // The second derivative of hypot in a is b² / h³, and h is a.
    let exact = (b / a) * ((b / a) / a);
    let bend = gradus::hessian(|x| x[0].hypot(x[1]), &[a, b]).unwrap()[0][0];
    assert!((bend / exact - 1.0).abs() < 1e-14, "{bend} for {exact}");
}
