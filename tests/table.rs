//! The op table, row by row: every op is checked over its domain, and a wrong row does not pass.

use gradus::check::{self, OpReport};
use gradus::op::{self, Visitor};
use gradus::rule::{Info, ListRule, Partials, Rule, Scalar};
use std::marker::PhantomData;

/// How wrong the mutants are, relatively.
const MUTATION: f64 = 1e-6;

struct EveryRowPasses(Vec<OpReport>);

impl Visitor for EveryRowPasses {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        assert!(R::EXAMPLE.is_some(), "{} has no example", R::INFO.name);
        self.0.push(check::op::<R, N>());
    }
    fn list_rule<R: ListRule>(&mut self) {
        assert!(R::EXAMPLE.is_some(), "{} has no example", R::INFO.name);
        self.0.push(check::list_op::<R>());
    }
}

#[test]
fn every_row_passes() {
    let mut reports = EveryRowPasses(Vec::new());
    op::visit(&mut reports);
    assert!(reports.0.len() > 70);
    let failed: Vec<String> =
        reports.0.iter().filter(|report| !report.passed()).map(|report| report.to_string()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The rule `R` with one number wrong: the value (0), or the partial `PLACE - 1`.
struct Mutant<R, const PLACE: usize>(PhantomData<R>);

impl<R: Rule<N>, const N: usize, const PLACE: usize> Rule<N> for Mutant<R, PLACE> {
    const INFO: Info = R::INFO;
    const DOMAIN: &'static [[(f64, f64); N]] = R::DOMAIN;
    const EXAMPLE: Option<([f64; N], f64)> = R::EXAMPLE;
    fn value(x: [f64; N]) -> f64 {
        let y = R::value(x);
        if PLACE == 0 { y + y * MUTATION + if y == 0.0 { MUTATION } else { 0.0 } } else { y }
    }
    fn partials<S: Scalar>(x: [S; N], y: S) -> [S; N] {
        let mut partials = R::partials(x, y);
        if (1..=N).contains(&PLACE) {
            partials[PLACE - 1] *= S::lit(1.0 + MUTATION);
        }
        partials
    }
    fn depends(x: &[f64; N]) -> [bool; N] {
        R::depends(x)
    }
}

impl<R: ListRule, const PLACE: usize> ListRule for Mutant<R, PLACE> {
    const INFO: Info = R::INFO;
    const DOMAIN: &'static [(f64, f64)] = R::DOMAIN;
    const EXAMPLE: Option<(&'static [f64], f64)> = R::EXAMPLE;
    fn value(x: &[f64]) -> f64 {
        if PLACE == 0 { R::value(x) * (1.0 + MUTATION) } else { R::value(x) }
    }
    fn partials<S: Scalar>(x: &[S], y: S) -> Partials<S> {
        let mut partials = R::partials(x, y);
        if let Some(partial) = partials.get_mut(PLACE.wrapping_sub(1)) {
            *partial *= S::lit(1.0 + MUTATION);
        }
        partials
    }
}

/// Whether the partial `place` of a rule is anywhere different from 0, so that a factor can make it wrong.
fn has_partial<R: Rule<N>, const N: usize>(place: usize) -> bool {
    place < N
        && R::DOMAIN.iter().any(|intervals| {
            let x = intervals.map(|(low, high)| low + 0.4 * (high - low));
            let varies = intervals[place].0 < intervals[place].1;
            varies && R::depends(&x)[place] && R::partials(x, R::value(x))[place] != 0.0
        })
}

#[derive(Default)]
struct EveryMutantFails {
    mutants: usize,
    survivors: Vec<String>,
}

impl EveryMutantFails {
    fn see(&mut self, report: OpReport, place: usize) {
        self.mutants += 1;
        if report.passed() {
            self.survivors.push(format!("{} with place {place} wrong", report.op));
        }
    }
}

impl Visitor for EveryMutantFails {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        self.see(check::op::<Mutant<R, 0>, N>(), 0);
        if has_partial::<R, N>(0) {
            self.see(check::op::<Mutant<R, 1>, N>(), 1);
        }
        if has_partial::<R, N>(1) {
            self.see(check::op::<Mutant<R, 2>, N>(), 2);
        }
        if has_partial::<R, N>(2) {
            self.see(check::op::<Mutant<R, 3>, N>(), 3);
        }
    }
    fn list_rule<R: ListRule>(&mut self) {
        self.see(check::list_op::<Mutant<R, 0>>(), 0);
        self.see(check::list_op::<Mutant<R, 1>>(), 1);
        self.see(check::list_op::<Mutant<R, 2>>(), 2);
    }
}

#[test]
fn every_mutated_row_fails() {
    let mut mutants = EveryMutantFails::default();
    op::visit(&mut mutants);
    assert!(mutants.mutants > 150, "only {} mutants", mutants.mutants);
    assert!(mutants.survivors.is_empty(), "not noticed: {:?}", mutants.survivors);
}
