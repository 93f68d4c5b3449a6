//! Ops of a user's own: rules in every mode, opaque ops in first order, and the checker on right
//! and on wrong ones.

use gradus::rule::{Info, ListRule, Partials, Rule};
use gradus::{Dual, Error, Opaque, Scalar, Tape, Var, check};
use std::rc::Rc;

const INFO: Info = Info { name: "mine", written: "mine({})", doc: "An op of one's own." };

/// `x³ - x`.
struct Cubic;

impl Rule<1> for Cubic {
    const INFO: Info = Info { name: "cubic", ..INFO };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-2.0, 2.0)]];
    const EXAMPLE: Option<([f64; 1], f64)> = Some(([2.0], 6.0));
    fn value([x]: [f64; 1]) -> f64 {
        x * x * x - x
    }
    fn partials<S: Scalar>([x]: [S; 1], _: S) -> [S; 1] {
        [S::lit(3.0) * x * x - S::lit(1.0)]
    }
}

/// `x eʸ`; the partials use the answer.
struct Growth;

impl Rule<2> for Growth {
    const INFO: Info = Info { name: "growth", written: "{} * exp({})", ..INFO };
    const DOMAIN: &'static [[(f64, f64); 2]] = &[[(0.5, 2.0), (-1.0, 1.0)]];
    fn value([x, y]: [f64; 2]) -> f64 {
        x * y.exp()
    }
    fn partials<S: Scalar>([_, y]: [S; 2], answer: S) -> [S; 2] {
        [y.exp(), answer]
    }
}

/// `xy + yz + zx`, of three.
struct Pairs;

impl Rule<3> for Pairs {
    const INFO: Info = Info { name: "pairs", ..INFO };
    const DOMAIN: &'static [[(f64, f64); 3]] = &[[(-1.0, 2.0); 3]];
    fn value([x, y, z]: [f64; 3]) -> f64 {
        x * y + y * z + z * x
    }
    fn partials<S: Scalar>([x, y, z]: [S; 3], _: S) -> [S; 3] {
        [y + z, x + z, x + y]
    }
}

/// `√Σx²`, of any number.
struct Length;

impl ListRule for Length {
    const INFO: Info = Info { name: "length", ..INFO };
    const DOMAIN: &'static [(f64, f64)] = &[(0.5, 2.0)];
    fn value(x: &[f64]) -> f64 {
        x.iter().map(|x| x * x).sum::<f64>().sqrt()
    }
    fn partials<S: Scalar>(x: &[S], answer: S) -> Partials<S> {
        x.iter().map(|&x| x / answer).collect()
    }
}

/// An expression with an op of one's own, and the same without.
trait Twin {
    fn own<S: Scalar>(x: &[S]) -> S;
    fn plain<S: Scalar>(x: &[S]) -> S;
}

struct OfOne;

impl Twin for OfOne {
    fn own<S: Scalar>(x: &[S]) -> S {
        S::apply::<Cubic, 1>([x[0] * x[1]]).sin()
    }
    fn plain<S: Scalar>(x: &[S]) -> S {
        ((x[0] * x[1]).powi(3) - x[0] * x[1]).sin()
    }
}

struct OfTwo;

impl Twin for OfTwo {
    fn own<S: Scalar>(x: &[S]) -> S {
        S::apply::<Growth, 2>([x[0], x[1] * x[2]]) * S::apply::<Growth, 2>([S::lit(2.0), x[0]])
    }
    fn plain<S: Scalar>(x: &[S]) -> S {
        x[0] * (x[1] * x[2]).exp() * (S::lit(2.0) * x[0].exp())
    }
}

struct OfThree;

impl Twin for OfThree {
    fn own<S: Scalar>(x: &[S]) -> S {
        S::apply::<Pairs, 3>([x[0], x[1], x[2] * x[2]]) + S::apply::<Pairs, 3>([x[0], S::lit(3.0), x[0]])
    }
    fn plain<S: Scalar>(x: &[S]) -> S {
        let (z, three) = (x[2] * x[2], S::lit(3.0));
        x[0] * x[1] + x[1] * z + z * x[0] + (x[0] * three + three * x[0] + x[0] * x[0])
    }
}

struct OfAny;

impl Twin for OfAny {
    fn own<S: Scalar>(x: &[S]) -> S {
        S::apply_list::<Length>(&[x[0], x[1], x[2] * x[1], S::lit(0.5), x[0]])
    }
    fn plain<S: Scalar>(x: &[S]) -> S {
        (x[0].powi(2) + x[1].powi(2) + (x[2] * x[1]).powi(2) + S::lit(0.25) + x[0].powi(2)).sqrt()
    }
}

const AT: [f64; 3] = [0.8, 0.6, 1.1];

#[track_caller]
fn close(what: &str, got: &[f64], expected: &[f64]) {
    assert_eq!(got.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0_f64, |norm, each| norm.max(each.abs()));
    assert!(scale > 0.0, "{what}: nothing to compare");
    let error = got.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let sound = got.iter().all(|each| each.is_finite());
    assert!(sound && error <= 1e-13 * scale, "{what}: {got:?} and not {expected:?}");
}

/// The op gives in every mode what the expression without it gives.
#[track_caller]
fn check_twin<T: Twin>() {
    close("f64", &[T::own(&AT)], &[T::plain(&AT)]);
    let (value, gradient) = gradus::value_and_gradient(T::plain, &AT).unwrap();
    let (own_value, own_gradient) = gradus::value_and_gradient(T::own, &AT).unwrap();
    close("value", &[own_value], &[value]);
    close("gradient", &own_gradient, &gradient);
    let hessian = gradus::hessian(T::plain, &AT).unwrap().concat();
    close("hessian", &gradus::hessian(T::own, &AT).unwrap().concat(), &hessian);
    let along = [0.3, -1.0, 0.5];
    close("hvp", &gradus::hvp(T::own, &AT, &along).unwrap(), &gradus::hvp(T::plain, &AT, &along).unwrap());
    let jvp = |f: fn(&[Var]) -> Var| gradus::jvp(|x| vec![f(x)], &AT, &along).unwrap().1;
    close("jvp", &jvp(T::own), &jvp(T::plain));
    let tall = gradus::jacobian(|x| vec![T::own(x); 5], &AT).unwrap();
    close("jacobian, forward", &tall[4], &gradient);

    let duals: Vec<Dual<f64, 3>> =
        (0..3).map(|i| Dual::with_tangents(AT[i], std::array::from_fn(|k| (k == i).then_some(1.0)))).collect();
    close("Dual", &T::own(&duals).tangents(), &gradient);
    let second = |i: usize, j: usize| {
        let unit = |k: usize, at: usize| if k == at { 1.0 } else { 0.0 };
        let nested: Vec<Dual<Dual>> =
            (0..3).map(|k| Dual::new(Dual::new(AT[k], unit(k, i)), Dual::new(unit(k, j), 0.0))).collect();
        T::own(&nested).tangent().tangent()
    };
    let pairs: Vec<f64> = (0..9).map(|at| second(at / 3, at % 3)).collect();
    close("Dual<Dual>", &pairs, &hessian);

    let tape = Tape::new();
    let x = tape.vars(&AT);
    let slopes = T::own(&x).recorded_gradient(&x).unwrap();
    close("recorded_gradient", &slopes.iter().map(|slope| slope.value()).collect::<Vec<_>>(), &gradient);
    // The slope in what an expression does not use is the number 0, which was never recorded.
    let row = |slope: &Var| slope.tape().map_or(vec![0.0; 3], |_| slope.backward().wrt(&x).unwrap());
    let rows: Vec<f64> = slopes.iter().flat_map(row).collect();
    close("recorded_gradient swept", &rows, &hessian);
    let third = |f: fn(&[Var]) -> Var| gradus::derivatives(|t| f(&[t, t * 0.7, t + 0.2]), 0.8, 3).unwrap();
    close("third order", &third(T::own), &third(T::plain));

    // Single precision computes in double and rounds.
    let narrow = T::own(&AT.map(|x| x as f32));
    assert!((f64::from(narrow) - value).abs() < 1e-5 * value.abs());
}

#[test]
fn rules_of_ones_own_in_every_mode() {
    check_twin::<OfOne>();
    check_twin::<OfTwo>();
    check_twin::<OfThree>();
    check_twin::<OfAny>();
}

#[test]
fn right_rules_pass_the_check() {
    for report in
        [check::op::<Cubic, 1>(), check::op::<Growth, 2>(), check::op::<Pairs, 3>(), check::list_op::<Length>()]
    {
        assert!(report.passed() && report.points > 5 && report.comparisons > report.points, "{report}");
        assert!(report.to_string().ends_with("PASS"), "{report}");
    }
}

#[test]
fn an_op_of_ones_own_is_named_where_it_yields_nan() {
    struct Undefined;
    impl Rule<2> for Undefined {
        const INFO: Info = Info { name: "undefined", ..INFO };
        const DOMAIN: &'static [[(f64, f64); 2]] = &[[(0.0, 1.0); 2]];
        fn value(_: [f64; 2]) -> f64 {
            f64::NAN
        }
        fn partials<S: Scalar>(_: [S; 2], _: S) -> [S; 2] {
            [S::lit(0.0); 2]
        }
    }
    let tape = Tape::traced();
    let x = tape.var(1.0).named("x");
    let (_, line) = (Var::apply::<Undefined, 2>([x, Var::from(2.0)]), line!());
    let first = tape.first_non_finite().unwrap();
    assert_eq!((first.op.as_str(), first.line.unwrap().line()), ("undefined", line));
    assert_eq!(first.operands, [(Some("x".to_owned()), 1.0), (None, 2.0)]);
}

// ---- wrong rules -----------------------------------------------------------------------------

/// What is wrong with a rule for `x y²`.
const RIGHT: u8 = 0;
const FIRST_PARTIAL: u8 = 1;
const SECOND_PARTIAL: u8 = 2;
const SWAPPED: u8 = 3;
const PARTIAL_OF_PARTIAL: u8 = 4;
const NAN_INSIDE: u8 = 5;
const NAN_PARTIAL: u8 = 6;
const EXAMPLE: u8 = 7;
const CONSTANT_PARTIAL: u8 = 8;

struct Faulty<const FAULT: u8>;

impl<const FAULT: u8> Rule<2> for Faulty<FAULT> {
    const INFO: Info = Info { name: "faulty", ..INFO };
    const DOMAIN: &'static [[(f64, f64); 2]] = &[[(0.5, 2.0), (-2.0, 2.0)]];
    const EXAMPLE: Option<([f64; 2], f64)> = Some(([2.0, 3.0], if FAULT == EXAMPLE { 18.1 } else { 18.0 }));
    fn value([x, y]: [f64; 2]) -> f64 {
        if FAULT == NAN_INSIDE && x > 1.5 { f64::NAN } else { x * y * y }
    }
    fn partials<S: Scalar>([x, y]: [S; 2], _: S) -> [S; 2] {
        let [dx, dy] = [y * y, S::lit(2.0) * x * y];
        match FAULT {
            FIRST_PARTIAL => [dx * S::lit(1.0 + 1e-6), dy],
            SECOND_PARTIAL => [dx, dy + S::lit(1e-6)],
            SWAPPED => [dy, dx],
            // Right as numbers, wrong as formulas: their derivatives are.
            PARTIAL_OF_PARTIAL => [dx, S::lit(2.0 * x.primal()) * y],
            CONSTANT_PARTIAL => [S::lit(dx.primal()), S::lit(dy.primal())],
            NAN_PARTIAL => [(x - S::lit(1.0)).sqrt() * S::lit(0.0) + dx, dy],
            _ => [dx, dy],
        }
    }
}

/// A rule whose domain has nothing inside.
struct Nowhere<const KIND: u8>;

impl<const KIND: u8> Rule<1> for Nowhere<KIND> {
    const INFO: Info = Info { name: "nowhere", ..INFO };
    const DOMAIN: &'static [[(f64, f64); 1]] = match KIND {
        0 => &[],
        1 => &[[(2.0, 1.0)]],
        2 => &[[(f64::NAN, 1.0)]],
        3 => &[[(0.0, f64::INFINITY)]],
        // A single point: a parameter, so that nothing is differentiated.
        _ => &[[(1.0, 1.0)]],
    };
    fn value([x]: [f64; 1]) -> f64 {
        x
    }
    fn partials<S: Scalar>(_: [S; 1], _: S) -> [S; 1] {
        [S::lit(2.0)]
    }
}

/// The check fails, and a finding says `what`.
#[track_caller]
fn check_faulty<const FAULT: u8>(what: &str) {
    let report = check::op::<Faulty<FAULT>, 2>();
    assert!(!report.passed(), "{report}");
    assert!(report.findings.iter().any(|finding| finding.what == what), "{what} is not among them: {report}");
    assert!(report.to_string().contains("faulty: ") && report.to_string().contains("FAIL"), "{report}");
    assert!(report.to_string().contains(" at ["), "{report}");
}

#[test]
fn wrong_rules_do_not_pass_the_check() {
    assert!(check::op::<Faulty<RIGHT>, 2>().passed(), "{}", check::op::<Faulty<RIGHT>, 2>());
    check_faulty::<FIRST_PARTIAL>("∂/∂x[0]");
    check_faulty::<SECOND_PARTIAL>("∂/∂x[1]");
    check_faulty::<SWAPPED>("∂/∂x[0]");
    check_faulty::<SWAPPED>("∂/∂x[1]");
    check_faulty::<PARTIAL_OF_PARTIAL>("∂²/∂x[1]∂x[0]");
    check_faulty::<CONSTANT_PARTIAL>("∂²/∂x[0]∂x[1]");
    check_faulty::<NAN_INSIDE>("the value");
    check_faulty::<NAN_PARTIAL>("∂/∂x[0]");
    check_faulty::<EXAMPLE>("the value");
}

/// The partials that findings name; a wrong one is also seen as a wrong remainder and a wrong integral.
fn partials_named(report: &check::OpReport) -> Vec<&str> {
    let named = report.findings.iter().map(|finding| finding.what.as_str()).filter(|what| what.starts_with('∂'));
    named.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

#[test]
fn what_is_wrong_in_second_order_only_is_right_in_first() {
    let report = check::op::<Faulty<PARTIAL_OF_PARTIAL>, 2>();
    assert_eq!(partials_named(&report), ["∂²/∂x[1]∂x[0]"], "{report}");
    assert_eq!(report.findings.len(), report.points, "nothing else is wrong: {report}");
    let report = check::op::<Faulty<SECOND_PARTIAL>, 2>();
    assert_eq!(partials_named(&report), ["∂/∂x[1]"], "{report}");
}

#[test]
fn an_empty_domain_does_not_pass() {
    #[track_caller]
    fn check<const KIND: u8>() {
        let report = check::op::<Nowhere<KIND>, 1>();
        assert!(!report.passed(), "{report}");
        assert!(report.to_string().contains("FAIL"), "{report}");
    }
    check::<0>();
    check::<1>();
    check::<2>();
    check::<3>();
}

#[test]
fn a_domain_of_parameters_only_does_not_pass() {
    let report = check::op::<Nowhere<4>, 1>();
    assert!(!report.passed(), "no derivative was compared: {report}");
}

#[test]
fn an_example_alone_does_not_pass() {
    struct OnlyExample;
    impl Rule<1> for OnlyExample {
        const INFO: Info = INFO;
        const DOMAIN: &'static [[(f64, f64); 1]] = &[];
        const EXAMPLE: Option<([f64; 1], f64)> = Some(([2.0], 2.0));
        fn value([x]: [f64; 1]) -> f64 {
            x
        }
        fn partials<S: Scalar>(_: [S; 1], _: S) -> [S; 1] {
            [S::lit(5.0)]
        }
    }
    let report = check::op::<OnlyExample, 1>();
    assert!(!report.passed(), "no derivative was compared: {report}");
}

struct FaultyList<const FAULT: u8>;

impl<const FAULT: u8> ListRule for FaultyList<FAULT> {
    const INFO: Info = INFO;
    const DOMAIN: &'static [(f64, f64)] = if FAULT == 9 { &[] } else { &[(0.5, 2.0)] };
    fn value(x: &[f64]) -> f64 {
        if FAULT == NAN_INSIDE { f64::NAN } else { x.iter().map(|x| x * x).sum() }
    }
    fn partials<S: Scalar>(x: &[S], _: S) -> Partials<S> {
        let right = x.iter().map(|&x| S::lit(2.0) * x);
        match FAULT {
            FIRST_PARTIAL => right.enumerate().map(|(i, slope)| if i == 0 { -slope } else { slope }).collect(),
            CONSTANT_PARTIAL => right.map(|slope| S::lit(slope.primal())).collect(),
            SECOND_PARTIAL => right.skip(1).collect(),
            _ => right.collect(),
        }
    }
}

#[test]
fn wrong_list_rules_do_not_pass_the_check() {
    assert!(check::list_op::<FaultyList<RIGHT>>().passed());
    assert!(!check::list_op::<FaultyList<FIRST_PARTIAL>>().passed());
    assert!(!check::list_op::<FaultyList<CONSTANT_PARTIAL>>().passed());
    assert!(!check::list_op::<FaultyList<SECOND_PARTIAL>>().passed());
    assert!(!check::list_op::<FaultyList<NAN_INSIDE>>().passed());
    let empty = check::list_op::<FaultyList<9>>();
    assert!(!empty.passed() && empty.to_string().contains("domain is empty"), "{empty}");
}

// ---- opaque ops ------------------------------------------------------------------------------

/// `a b²`, with a factor on one partial.
struct Table {
    factors: [f64; 2],
}

impl Opaque for Table {
    fn name(&self) -> &str {
        "table"
    }
    fn arity(&self) -> Option<usize> {
        Some(2)
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0] * x[1] * x[1]
    }
    fn gradient(&self, x: &[f64], _: f64) -> Vec<f64> {
        vec![self.factors[0] * x[1] * x[1], self.factors[1] * 2.0 * x[0] * x[1]]
    }
}

fn table() -> Table {
    Table { factors: [1.0, 1.0] }
}

fn with_table<S: Scalar>(x: &[S]) -> S {
    gradus::opaque(table(), &[x[0] + x[1], x[1]]).unwrap() * x[0]
}

fn without_table<S: Scalar>(x: &[S]) -> S {
    (x[0] + x[1]) * x[1] * x[1] * x[0]
}

#[test]
fn opaque_ops_in_first_order() {
    let at = [1.5, 0.5];
    let (value, gradient) = gradus::value_and_gradient(without_table, &at).unwrap();
    assert_eq!(with_table(&at), value);
    assert_eq!(gradus::value_and_gradient(with_table, &at).unwrap(), (value, gradient.clone()));
    let (_, slope) = gradus::jvp(|x| vec![with_table(x)], &at, &[1.0, 0.0]).unwrap();
    close("jvp", &slope, &gradient[..1]);
    let tall = gradus::jacobian(|x| vec![with_table(x), x[0], x[1]], &at).unwrap();
    close("jacobian, forward", &tall[0], &gradient);
    let x = Dual::with_tangents(at[0], [Some(1.0), None]);
    let y = Dual::with_tangents(at[1], [None, Some(1.0)]);
    close("Dual", &with_table(&[x, y]).tangents(), &gradient);
    assert!(check::gradient(with_table, &at).unwrap().passed());
    // Literals among the operands.
    let slope = gradus::derivative(|x| gradus::opaque(table(), &[Var::from(3.0), x]).unwrap(), 2.0);
    assert_eq!(slope.unwrap(), 12.0);
}

#[test]
fn opaque_ops_refuse_second_order() {
    let at = [1.5, 0.5];
    let refused = || Error::FirstOrderOnly { op: "table".to_owned() };
    assert_eq!(gradus::hessian(with_table, &at).unwrap_err(), refused());
    assert_eq!(gradus::hvp(with_table, &at, &[1.0, 0.0]).unwrap_err(), refused());
    assert_eq!(gradus::derivatives(|x| with_table(&[x, x]), 1.0, 2).unwrap_err(), refused());
    let tape = Tape::new();
    let x = tape.vars(&at);
    let y = with_table(&x);
    assert_eq!(y.recorded_gradient(&x).unwrap_err(), refused());
    assert!(y.backward()[x[0]] > 0.0, "and the tape is as good as before");
    let moving = Dual::variable(Dual::variable(1.5));
    assert_eq!(gradus::opaque(table(), &[moving, moving]).unwrap_err(), refused());
    let moving = Dual::variable(x[0]);
    assert_eq!(gradus::opaque(table(), &[moving, moving]).unwrap_err(), refused());
    // What does not move asks for no derivative.
    let still = Dual::<Dual>::from(2.0);
    assert_eq!(gradus::opaque(table(), &[still, still]).unwrap().primal(), 8.0);
    // An opaque op off the path does not matter.
    let beside = |x: &[Var]| {
        let _ = with_table(x);
        x[0].powi(3)
    };
    assert_eq!(gradus::derivatives(|x| beside(&[x, x]), 2.0, 2).unwrap(), [8.0, 12.0, 12.0]);
}

#[test]
fn opaque_ops_know_their_arity() {
    let wrong = Error::Arity { op: "table".to_owned(), expected: 2, found: 1 };
    let tape = Tape::new();
    let x = tape.var(1.0);
    assert_eq!(gradus::opaque(table(), &[x]).unwrap_err(), wrong);
    assert_eq!(gradus::opaque(table(), &[1.0]).unwrap_err(), wrong);
    assert_eq!(gradus::opaque(table(), &[Dual::variable(1.0)]).unwrap_err(), wrong);
    assert_eq!(check::opaque_op(table(), &[(0.5, 1.0)]).unwrap_err(), wrong);
    assert_eq!(tape.len(), 1);
    let shared: Rc<dyn Opaque> = Rc::new(table());
    let y = gradus::shared_opaque(&shared, &[x, x]).unwrap() + gradus::shared_opaque(&shared, &[x, x * 2.0]).unwrap();
    assert_eq!((y.value(), y.backward()[x]), (5.0, 15.0));
}

#[test]
fn opaque_ops_are_checked() {
    let domain = [(0.5, 2.0), (-2.0, 2.0)];
    let report = check::opaque_op(table(), &domain).unwrap();
    assert!(report.passed() && report.op == "table" && report.comparisons >= 4 * report.points, "{report}");
    for (place, what) in ["∂/∂x[0]", "∂/∂x[1]"].iter().enumerate() {
        let mut factors = [1.0; 2];
        factors[place] += 1e-6;
        let report = check::opaque_op(Table { factors }, &domain).unwrap();
        assert!(!report.passed(), "{report}");
        assert_eq!(partials_named(&report), [*what], "{report}");
        assert!(report.to_string().contains(what), "{report}");
    }
    let report = check::opaque_op(Table { factors: [f64::NAN, 1.0] }, &domain).unwrap();
    assert!(!report.passed(), "{report}");
    let report = check::opaque_op(table(), &[(1.0, 0.0), (0.0, 1.0)]).unwrap();
    assert!(!report.passed(), "an empty domain: {report}");
}

// ---- what a review found ---------------------------------------------------------------------

/// `x²`, opaque.
struct Squared;

impl Opaque for Squared {
    fn name(&self) -> &str {
        "squared"
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0] * x[0]
    }
    fn gradient(&self, x: &[f64], _: f64) -> Vec<f64> {
        vec![2.0 * x[0]]
    }
}

#[test]
fn an_opaque_op_works_on_duals_of_either_float() {
    assert_eq!(gradus::opaque(Squared, &[Dual::<f32>::variable(3.0)]).unwrap().tangent(), 6.0);
    assert_eq!(gradus::opaque(Squared, &[Dual::<f64>::variable(3.0)]).unwrap().tangent(), 6.0);
    let nested = gradus::opaque(Squared, &[Dual::variable(Dual::<f32>::variable(3.0))]);
    assert!(matches!(nested, Err(Error::FirstOrderOnly { .. })), "{nested:?}");
}

#[test]
fn an_opaque_op_of_no_operands_cannot_be_checked() {
    assert_eq!(check::opaque_op(Squared, &[]).unwrap_err(), Error::NoInputs);
}

/// Its partials are formulas of every shape.
struct Shapes;

impl Rule<7> for Shapes {
    const INFO: Info = Info { name: "shapes", ..INFO };
    const DOMAIN: &'static [[(f64, f64); 7]] = &[[(0.1, 0.2); 7]];
    fn value(x: [f64; 7]) -> f64 {
        x[0]
    }
    fn partials<S: Scalar>([a, b, c, d, e, f, g]: [S; 7], _: S) -> [S; 7] {
        [
            (a + b).mul_add(c, d),
            (a * b).mul_add(c + d, e + f),
            (a + b).one_minus_square(),
            S::lit(-2.0).powf(a),
            (a + b).powi(2) - (c - d).sech_squared(),
            (a + b).direction(c - d) / (e / f),
            -(-g) - (a - b),
        ]
    }
}

#[test]
fn formulas_keep_the_parentheses_that_they_need() {
    let expected = [
        "(a + b) * c + d",
        "a * b * (c + d) + (e + f)",
        "(1 - (a + b)^2)",
        "(-2)^a",
        "(a + b)^2 - sech(c - d)^2",
        "(a + b) / hypot(a + b, c - d) / (e / f)",
        "-(-g) - (a - b)",
    ];
    assert_eq!(gradus::explain::partials::<Shapes, 7>(), expected);
    let tape = Tape::new();
    let power = Var::from(-2.0).powf(tape.var(3.0).named("x"));
    assert_eq!(gradus::explain::backward(power).unwrap().forward[1].formula, "(-2)^x");
}

// ---- a failure, made small -------------------------------------------------------------------

mod slipped {
    use super::*;

    /// `x ln y`, wrong where x is above 2.
    pub struct XLogY;

    impl Rule<2> for XLogY {
        const INFO: Info = Info { name: "x_log_y", ..INFO };
        const DOMAIN: &'static [[(f64, f64); 2]] = &[[(-3.0, 4.0), (0.5, 9.0)]];
        fn value([x, y]: [f64; 2]) -> f64 {
            x * y.ln()
        }
        fn partials<S: Scalar>([x, y]: [S; 2], _: S) -> [S; 2] {
            [y.ln(), if x.primal() > 2.0 { x / y / y } else { x / y }]
        }
    }

    /// The sum of squares, wrong in the second place of lists.
    pub struct SumOfSquares;

    impl ListRule for SumOfSquares {
        const INFO: Info = Info { name: "sum of squares", ..INFO };
        const DOMAIN: &'static [(f64, f64)] = &[(-2.0, 2.0)];
        fn value(x: &[f64]) -> f64 {
            x.iter().map(|x| x * x).sum()
        }
        fn partials<S: Scalar>(x: &[S], _: S) -> Partials<S> {
            x.iter().enumerate().map(|(i, &x)| if i == 1 { x } else { x + x }).collect()
        }
    }
}

/// The same ops, repaired, and the tests that the reports wrote for the wrong ones.
mod repaired {
    use super::*;

    struct XLogY;

    impl Rule<2> for XLogY {
        const INFO: Info = slipped::XLogY::INFO;
        const DOMAIN: &'static [[(f64, f64); 2]] = slipped::XLogY::DOMAIN;
        fn value(x: [f64; 2]) -> f64 {
            slipped::XLogY::value(x)
        }
        fn partials<S: Scalar>([x, y]: [S; 2], _: S) -> [S; 2] {
            [y.ln(), x / y]
        }
    }

    struct SumOfSquares;

    impl ListRule for SumOfSquares {
        const INFO: Info = slipped::SumOfSquares::INFO;
        const DOMAIN: &'static [(f64, f64)] = slipped::SumOfSquares::DOMAIN;
        fn value(x: &[f64]) -> f64 {
            slipped::SumOfSquares::value(x)
        }
        fn partials<S: Scalar>(x: &[S], _: S) -> Partials<S> {
            x.iter().map(|&x| x + x).collect()
        }
    }

    #[test]
    fn x_log_y_is_right_at_a_small_example() {
        // ∂/∂x[1] was 12.000000, but a finite difference said 6.000000.
        let report = gradus::check::op_at::<XLogY, 2>([3.0, 0.5]);
        assert!(report.passed(), "{report}");
    }

    #[test]
    fn sum_of_squares_is_right_at_a_small_example() {
        // ∂/∂x[1] was 1.000000, but a finite difference said 2.000000.
        let report = gradus::check::list_op_at::<SumOfSquares>(&[0.0, 1.0]);
        assert!(report.passed(), "{report}");
    }
}

#[test]
fn a_failure_is_shrunk_and_written_as_a_test_that_compiles() {
    let pasted = include_str!("custom_ops.rs").replace("\n    ", "\n");
    for report in [check::op::<slipped::XLogY, 2>(), check::list_op::<slipped::SumOfSquares>()] {
        let test = report.test.clone().unwrap();
        let smallest = report.smallest.clone().unwrap();
        assert!(smallest.at.iter().all(|x| x.to_string().len() <= 3), "{report}");
        assert!(pasted.contains(&test), "it does not stand in the module `repaired`:\n{test}");
        assert!(report.to_string().contains(&test));
    }
    // The smallest of the op that is wrong in part is in that part.
    let smallest = check::op::<slipped::XLogY, 2>().smallest.unwrap();
    assert!(smallest.at[0] > 2.0, "{smallest}");
    // An opaque op is a value that no text can name.
    let report = check::opaque_op(Table { factors: [1.0, 1.1] }, &[(0.5, 2.0), (-2.0, 2.0)]).unwrap();
    assert!(report.test.is_none() && report.smallest.is_some(), "{report}");
}

#[test]
fn checks_of_ops_at_random_points() {
    let mut random = fastrand::Rng::with_seed(9);
    assert!(check::op_at_random::<Growth, 2>(20, || random.f64()).passed());
    assert!(!check::op_at_random::<slipped::XLogY, 2>(20, || random.f64()).passed());
    assert!(check::list_op_at_random::<Length>(3, || random.f64()).passed());
    assert!(!check::list_op_at_random::<slipped::SumOfSquares>(3, || random.f64()).passed());
    let domain = [(0.5, 2.0), (-2.0, 2.0)];
    assert!(check::opaque_op_at_random(table(), &domain, 10, || random.f64()).unwrap().passed());
    let wrong = Table { factors: [1.0 + 1e-6, 1.0] };
    assert!(!check::opaque_op_at_random(wrong, &domain, 10, || random.f64()).unwrap().passed());
    // No points, no pass.
    assert!(!check::op_at_random::<Growth, 2>(0, || random.f64()).passed());
    assert!(check::op_at::<Growth, 2>([1.0, 0.5]).passed() && check::list_op_at::<Length>(&[1.0, 2.0, 0.5]).passed());
    assert!(check::op_at::<slipped::XLogY, 2>([1.0, 3.0]).passed(), "right below 2");
}

/// A value that is wrong by a constant in part of the domain has the right slopes everywhere.
#[test]
fn a_constant_in_part_of_the_domain_is_seen_from_point_to_point() {
    struct Shifted;
    impl Rule<1> for Shifted {
        const INFO: Info = INFO;
        const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-2.0, 2.0)]];
        fn value([x]: [f64; 1]) -> f64 {
            x.exp() + if (0.5..0.7).contains(&x) { 1e-7 } else { 0.0 }
        }
        fn partials<S: Scalar>([x]: [S; 1], _: S) -> [S; 1] {
            [x.exp()]
        }
    }
    let report = check::op::<Shifted, 1>();
    assert!(!report.passed(), "{report}");
    assert!(report.findings.iter().all(|finding| finding.what == "the value"), "{report}");
    assert!(report.to_string().contains("the integral of its partials"), "{report}");
}
