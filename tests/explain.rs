//! Explanations tell what the reverse sweep of the tape does, to the bit, for every op and for any graph.

use gradus::explain::{self, Explanation};
use gradus::op::{self, Visitor};
use gradus::rule::{Info, ListRule, Partials, Rule};
use gradus::{Error, Opaque, Scalar, Tape, Var};
use proptest::prelude::*;

/// Equal to the bit, all NaNs being one.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

/// Each adjoint is that of `backward`, each product and sum is what it says, and the sentences can be spoken.
#[track_caller]
fn assert_true(explanation: &Explanation, output: Var, vars: &[Var]) {
    let gradients = output.backward();
    for &var in vars {
        let step = explanation.step(var.index());
        let adjoint = step.and_then(|step| step.adjoint);
        assert_eq!(adjoint.is_some(), gradients.depends_on(var).unwrap(), "node {}", var.index());
        assert!(same(adjoint.unwrap_or(0.0), gradients[var]), "node {}: {adjoint:?}", var.index());
        assert!(step.is_none_or(|step| same(step.value, var.value())));
    }
    let mut adjoints = std::collections::HashMap::from([(output.index(), 1.0)]);
    let mut latest = (u32::MAX, 0);
    for step in &explanation.backward {
        assert!(same(step.adjoint, adjoints[&step.from_node]) && same(step.product, step.local * step.adjoint));
        let before = adjoints.get(&step.to_node).copied();
        assert_eq!(before.map(f64::to_bits), step.before.map(f64::to_bits));
        assert!(same(step.total, before.map_or(step.product, |before| before + step.product)));
        adjoints.insert(step.to_node, step.total);
        // From the last node to the first, operand by operand.
        let place = (step.from_node, step.operand);
        assert!(place.0 < latest.0 || place.0 == latest.0 && place.1 > latest.1 || latest.0 == u32::MAX);
        latest = place;
        let operand = &explanation.step(step.from_node).unwrap().operands[step.operand];
        assert_eq!((operand.node, &operand.name), (Some(step.to_node), &step.to));
        assert!(!step.local_formula.is_empty() && step.sentence().ends_with('.'));
    }
    for input in &explanation.gradient {
        assert!(same(input.derivative, adjoints.get(&input.node).copied().unwrap_or(0.0)));
    }
}

/// Explains each op of the table at points of its domain, alone and within an expression where paths meet.
struct EveryOp(usize);

impl EveryOp {
    fn check(&mut self, x: &[f64], apply: impl Fn(&[Var]) -> Var, partials: &[f64], name: &str) {
        let tape = Tape::new();
        let vars: Vec<Var> = x.iter().enumerate().map(|(i, &x)| tape.var(x).named(format!("x{i}"))).collect();
        let y = apply(&vars);
        let alone = explain::backward(y).unwrap();
        assert_true(&alone, y, &vars);
        for step in &alone.backward {
            assert!(same(step.local, partials[step.operand]), "{name}, operand {}: {}", step.operand, step.local);
            assert_eq!(step.op, name);
        }
        assert_eq!(alone.forward.last().unwrap().operands.len(), x.len());
        let meeting = apply(&vars) * y + vars[0] * vars[0];
        let explanation = explain::backward(meeting).unwrap();
        assert_true(&explanation, meeting, &[&vars[..], &[y, meeting]].concat());
        assert!(explanation.backward.iter().any(|step| step.accumulates()));
        self.0 += 1;
    }
}

impl Visitor for EveryOp {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        for intervals in R::DOMAIN {
            let x = intervals.map(|(low, high)| low + 0.375 * (high - low));
            self.check(
                &x,
                |x| Var::apply::<R, N>(std::array::from_fn(|i| x[i])),
                &R::partials(x, R::value(x)),
                R::INFO.name,
            );
        }
    }
    fn list_rule<R: ListRule>(&mut self) {
        for &(low, high) in R::DOMAIN {
            let x: Vec<f64> = [0.25, 0.75, 0.5, 0.125].map(|share| low + share * (high - low)).to_vec();
            self.check(&x, |x| Var::apply_list::<R>(x), &R::partials(&x, R::value(&x)), R::INFO.name);
        }
    }
}

#[test]
fn every_op_of_the_table_is_explained_as_it_is_swept() {
    let mut seen = EveryOp(0);
    op::visit(&mut seen);
    assert!(seen.0 > 70, "only {} points", seen.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_graph_is_explained_as_it_is_swept(
        inputs in prop::collection::vec(-2.0..2.0, 1..5),
        ops in prop::collection::vec((0_u8..14, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..60),
    ) {
        let tape = Tape::new();
        let mut vars = tape.vars(&inputs);
        for (op, a, b) in ops {
            let (a, b) = (vars[a.index(vars.len())], vars[b.index(vars.len())]);
            vars.push(match op {
                0 => a + b,
                1 => a - b,
                2 => a * b,
                3 => a / b,
                4 => a.tanh(),
                5 => a.relu(),
                6 => a.max(b),
                7 => a.powi(3),
                8 => 2.0 - a,
                9 => a.select(b, a),
                10 => gradus::sum(&[a, b, a]),
                11 => gradus::dot(&[a, Var::from(0.5)], &[b, b]),
                12 => a.sqrt(),
                _ => gradus::log_sum_exp(&[b, a]),
            });
        }
        let output = vars[vars.len() - 1];
        assert_true(&explain::backward(output).unwrap(), output, &vars);
    }
}

#[test]
fn a_square_has_two_edges_and_a_fan_out_adds_up() {
    let explanation = explain::function_of(|x| (x[0] * x[0]) + x[0].sin() + 2.0 * x[0], &[("x", 3.0)]).unwrap();
    let edges: Vec<(&str, usize, f64, Option<f64>)> = explanation
        .backward
        .iter()
        .filter(|step| step.to == "x")
        .map(|step| (step.op.as_str(), step.operand, step.local, step.before))
        .collect();
    let slope = 3.0_f64.cos();
    let expected = [
        ("mul", 1, 2.0, None),
        ("sin", 0, slope, Some(2.0)),
        ("mul", 0, 3.0, Some(2.0 + slope)),
        ("mul", 1, 3.0, Some(5.0 + slope)),
    ];
    assert_eq!(edges, expected);
    assert_eq!(explanation.gradient[0].derivative, 2.0 + slope + 6.0);
}

/// `x y + z`, of one's own.
struct Blend;

impl Rule<3> for Blend {
    const INFO: Info = Info { name: "blend", written: "{} * {} + {}", doc: "" };
    const DOMAIN: &'static [[(f64, f64); 3]] = &[[(-1.0, 1.0); 3]];
    fn value([x, y, z]: [f64; 3]) -> f64 {
        x * y + z
    }
    fn partials<S: Scalar>([x, y, _]: [S; 3], _: S) -> [S; 3] {
        [y, x, S::lit(1.0)]
    }
}

/// Sum of squares, of one's own.
struct Energy;

impl ListRule for Energy {
    const INFO: Info = Info { name: "energy", written: "energy({})", doc: "" };
    const DOMAIN: &'static [(f64, f64)] = &[(-1.0, 1.0)];
    fn value(x: &[f64]) -> f64 {
        x.iter().map(|x| x * x).sum()
    }
    fn partials<S: Scalar>(x: &[S], _: S) -> Partials<S> {
        x.iter().map(|&x| S::lit(2.0) * x).collect()
    }
}

/// `x² y`, with its gradient by hand.
struct ByHand;

impl Opaque for ByHand {
    fn name(&self) -> &str {
        "by_hand"
    }
    fn value(&self, x: &[f64]) -> f64 {
        x[0] * x[0] * x[1]
    }
    fn gradient(&self, x: &[f64], _: f64) -> Vec<f64> {
        vec![2.0 * x[0] * x[1], x[0] * x[0]]
    }
}

#[test]
fn ops_of_ones_own_are_explained() {
    let tape = Tape::new();
    let (a, b) = (tape.var(2.0).named("a"), tape.var(5.0).named("b"));
    let blend = Var::apply::<Blend, 3>([a, b, Var::from(1.0)]).named("m");
    let energy = Var::apply_list::<Energy>(&[a, blend]).named("e");
    let output = (gradus::opaque(ByHand, &[energy, b]).unwrap() * energy).named("y");
    let explanation = explain::backward(output).unwrap();
    assert_true(&explanation, output, &[a, b, blend, energy, output]);
    let formulas: Vec<&str> = explanation.forward.iter().map(|step| step.formula.as_str()).collect();
    assert_eq!(formulas, ["", "", "a * b + 1", "energy(a, m)", "by_hand(e, b)", "v5 * e"]);
    let local = |from: &str, to: &str| {
        let step = explanation.backward.iter().find(|step| step.from == from && step.to == to);
        step.map(|step| step.local_formula.clone()).unwrap_or_default()
    };
    assert_eq!((local("m", "a"), local("m", "b"), local("e", "m")), ("b".into(), "a".into(), "2 * m".into()));
    // The constant is shown, and receives nothing.
    assert_eq!(
        (explanation.forward[2].operands[2].node, explanation.forward[2].operands[2].name.as_str()),
        (None, "1")
    );
    assert!(explanation.backward.iter().all(|step| step.to != "1"));
}

#[test]
fn a_recorded_gradient_is_explained_like_anything_else() {
    let tape = Tape::new();
    let x = tape.var(2.0).named("x");
    let slope = (x.powi(3) * x.sin()).recorded_gradient(&[x]).unwrap()[0];
    let loss = slope * slope;
    assert_true(&explain::backward(loss).unwrap(), loss, &[x, slope, loss]);
}

#[test]
fn what_the_sweep_does_not_reach_is_shown_without_an_adjoint() {
    let explanation =
        explain::function_of(|x| (x[0] * x[1]).relu() + x[1], &[("a", -1.0), ("b", 2.0), ("c", 7.0)]).unwrap();
    let adjoints: Vec<(&str, Option<f64>)> =
        explanation.forward.iter().map(|step| (step.name.as_str(), step.adjoint)).collect();
    let expected = [("a", None), ("b", Some(1.0)), ("c", None), ("v3", None), ("v4", Some(1.0)), ("v5", Some(1.0))];
    assert_eq!(adjoints, expected);
    let gradient: Vec<f64> = explanation.gradient.iter().map(|input| input.derivative).collect();
    assert_eq!(gradient, [0.0, 1.0, 0.0]);
    assert!(explanation.to_string().contains("dv5/dc = 0  (nothing reached it)"));
}

#[test]
fn paths_between_chosen_variables_keep_their_numbers() {
    let tape = Tape::new();
    let [a, b, c] = [("a", 2.0), ("b", 3.0), ("c", 4.0)].map(|(name, value)| tape.var(value).named(name));
    let m = (a * b).named("m");
    let y = (m * c + m.sin() + c).named("y");
    let whole = explain::backward(y).unwrap();
    let paths = explain::between(y, &[m]).unwrap();
    assert!(paths.forward.iter().all(|step| whole.forward.contains(step)));
    assert!(paths.backward.iter().all(|step| whole.backward.contains(step)));
    assert!(paths.forward.iter().all(|step| !["a", "b", "c"].contains(&step.name.as_str())));
    assert_eq!((paths.gradient.len(), paths.gradient[0].derivative), (1, y.backward()[m]));
    // Every edge into a node on a path is on a path.
    assert_eq!(paths.backward.iter().filter(|step| step.to == "m").count(), 2);
    assert!(!paths.svg().contains("node-0\"") && paths.svg().contains("node-3\""));

    let beside = tape.var(1.0).named("beside");
    let nothing = explain::between(y, &[beside]).unwrap();
    assert_eq!((nothing.gradient[0].derivative, nothing.backward.len()), (0.0, 0));
    let other = Tape::new();
    assert!(matches!(explain::between(y, &[other.var(1.0)]), Err(Error::MixedTapes { .. })));
}

#[test]
fn lines_are_those_of_the_source() {
    let explanation = explain::function(|x| x[0].exp() * 2.0, &[0.5]).unwrap();
    let line = line!() - 1;
    assert_eq!(explanation.forward[0].line, None);
    for step in &explanation.forward[1..] {
        assert_eq!(step.line.as_deref(), Some(format!("{}:{line}", file!()).as_str()));
    }
    let tape = Tape::new();
    assert_eq!(explain::backward(tape.var(1.0) * 2.0).unwrap().forward[0].line, None);
}

#[test]
fn what_cannot_be_explained_is_said() {
    assert_eq!(explain::function(|_| Var::from(3.0), &[1.0]), Err(Error::NotRecorded { value: 3.0 }));
    assert_eq!(explain::function(|x| x[0], &[]).unwrap_err(), Error::NoInputs);
    assert!(matches!(explain::function(|x| x[0], &[f64::NAN]), Err(Error::NonFinitePoint { .. })));
    let stale = Tape::new().var(1.0);
    assert!(matches!(explain::backward(stale), Err(Error::StaleVariable { .. })));
}

#[test]
fn formulas_too_long_to_be_read_are_not_written_out() {
    let tape = Tape::new();
    let x: Vec<Var> = (0..300).map(|i| tape.var(f64::from(i) * 0.01).named(format!("x{i}"))).collect();
    for y in [gradus::log_sum_exp(&x[..40]), gradus::norm(&x), gradus::product(&x), gradus::sum(&x)] {
        let explanation = explain::backward(y.named("y")).unwrap();
        assert!(explanation.backward.iter().all(|step| step.local_formula.chars().count() <= 120));
        assert_true(&explanation, y, &x);
    }
}

/// A rule of one's own may be written in any way.
#[test]
fn a_brace_that_nothing_closes_is_a_letter() {
    let written = |written| explain::written(Info { name: "odd", written, doc: "" }, &["x", "y"]);
    let all = ["{", "f({", "{\u{e9}", "{} {", "}", "}{", "{} }{ {}", "{7} {}", "", "{1} {0}"].map(written);
    assert_eq!(all, ["{", "f({", "{\u{e9}", "x {", "}", "}{", "x }y", " y", "", "y x"]);
}
