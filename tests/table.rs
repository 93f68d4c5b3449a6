//! The op table, row by row: every op is checked over its domain, and a wrong row does not pass, whatever is wrong with it.

use gradus::check::{self, OpReport};
use gradus::op::{self, Visitor};
use gradus::rule::{Info, ListRule, Partials, Rule, Scalar};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::marker::PhantomData;

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
    let sum = |count: fn(&OpReport) -> usize| reports.0.iter().map(count).sum::<usize>();
    let digits = reports.0.iter().map(|report| report.digits).min().unwrap();
    println!(
        "{} rows, {} points, {} comparisons, {} derivatives against differences that know at least {digits} digits",
        reports.0.len(),
        sum(|report| report.points),
        sum(|report| report.comparisons),
        sum(|report| report.derivatives),
    );
}

struct RandomPoints(fastrand::Rng, Vec<OpReport>);

impl Visitor for RandomPoints {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        self.1.push(check::op_at_random::<R, N>(10, || self.0.f64()));
    }
    fn list_rule<R: ListRule>(&mut self) {
        self.1.push(check::list_op_at_random::<R>(3, || self.0.f64()));
    }
}

#[test]
fn every_row_passes_at_random_points() {
    for seed in 1..=3 {
        let mut reports = RandomPoints(fastrand::Rng::with_seed(seed), Vec::new());
        op::visit(&mut reports);
        for report in reports.1 {
            assert!(report.passed(), "seed {seed}: {report}");
        }
    }
}

// ---- mutants ---------------------------------------------------------------------------------

/// How wrong mutants are, relatively.
const LITTLE: f64 = 1e-6;

/// What is wrong with a rule, at one place only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    None,
    /// The value, by a factor 1 + 1e-6.
    ValueFactor,
    /// The value, by a constant of 1e-7 of its size, everywhere.
    ValueOffset,
    /// The value, by a constant of 1e-6 of its size, where the operand is in the upper quarter of its interval.
    ValueInPart,
    /// The sign of the value.
    ValueSign,
    /// A partial, by a factor 1 + 1e-6.
    PartialFactor,
    /// A partial, by a constant of 1e-7 of its size.
    PartialOffset,
    /// A partial, by a factor 1 + 1e-6, where its operand is in the upper quarter of its interval.
    PartialInPart,
    /// The sign of a partial.
    PartialSign,
    /// A partial is that of the next operand.
    PartialExchanged,
    /// The derivatives of a partial, by a factor 1 + 1e-6; the partial itself is right.
    SecondFactor,
    /// The derivatives of a partial have the wrong sign.
    SecondSign,
    /// The derivatives of a partial are left out: it is written with plain numbers.
    SecondLost,
    /// The operand is said not to matter.
    Depends,
}

const FAULTS: [Fault; 13] = [
    Fault::ValueFactor,
    Fault::ValueOffset,
    Fault::ValueInPart,
    Fault::ValueSign,
    Fault::PartialFactor,
    Fault::PartialOffset,
    Fault::PartialInPart,
    Fault::PartialSign,
    Fault::PartialExchanged,
    Fault::SecondFactor,
    Fault::SecondSign,
    Fault::SecondLost,
    Fault::Depends,
];

thread_local! {
    /// What is wrong with [`Mutant`] on this thread, and at which operand. A type for each would take the compiler long.
    static FAULT: Cell<(Fault, usize)> = const { Cell::new((Fault::None, 0)) };
}

/// The rule `R` with a fault.
struct Mutant<R>(PhantomData<R>);

fn mutated_value(y: f64, size: f64, in_part: bool) -> f64 {
    match FAULT.get().0 {
        Fault::ValueFactor => y + y * LITTLE,
        Fault::ValueOffset => y + 0.1 * LITTLE * size,
        Fault::ValueInPart if in_part => y + LITTLE * size,
        Fault::ValueSign => -y,
        _ => y,
    }
}

fn mutated_partial<S: Scalar>(p: S, next: S, in_part: bool) -> S {
    let plain = S::lit(p.primal());
    match FAULT.get().0 {
        Fault::PartialFactor => p * S::lit(1.0 + LITTLE),
        Fault::PartialOffset => p + S::lit(0.1 * LITTLE * p.primal()),
        Fault::PartialInPart if in_part => p * S::lit(1.0 + LITTLE),
        Fault::PartialSign => -p,
        Fault::PartialExchanged => next,
        Fault::SecondFactor => plain + (p - plain) * S::lit(1.0 + LITTLE),
        Fault::SecondSign => plain - (p - plain),
        Fault::SecondLost => plain,
        _ => p,
    }
}

/// Whether `x` is in the upper quarter of the interval that it belongs to.
fn in_upper_quarter(x: f64, intervals: impl Iterator<Item = (f64, f64)>) -> bool {
    let mut own = intervals.filter(|(low, high)| low <= &x && &x <= high && low < high);
    own.any(|(low, high)| x > low + 0.75 * (high - low))
}

impl<R: Rule<N>, const N: usize> Rule<N> for Mutant<R> {
    const INFO: Info = R::INFO;
    const DOMAIN: &'static [[(f64, f64); N]] = R::DOMAIN;
    const EXAMPLE: Option<([f64; N], f64)> = R::EXAMPLE;
    fn value(x: [f64; N]) -> f64 {
        let place = FAULT.get().1;
        let size = R::EXAMPLE.map_or(1.0, |(_, y)| if y == 0.0 { 1.0 } else { y.abs() });
        mutated_value(R::value(x), size, in_upper_quarter(x[place], R::DOMAIN.iter().map(|box_| box_[place])))
    }
    fn partials<S: Scalar>(x: [S; N], y: S) -> [S; N] {
        let place = FAULT.get().1;
        let mut partials = R::partials(x, y);
        let in_part = in_upper_quarter(x[place].primal(), R::DOMAIN.iter().map(|box_| box_[place]));
        partials[place] = mutated_partial(partials[place], partials[(place + 1) % N], in_part);
        partials
    }
    fn depends(x: &[f64; N]) -> [bool; N] {
        let (fault, place) = FAULT.get();
        let mut depends = R::depends(x);
        depends[place] &= fault != Fault::Depends;
        depends
    }
}

impl<R: ListRule> ListRule for Mutant<R> {
    const INFO: Info = R::INFO;
    const DOMAIN: &'static [(f64, f64)] = R::DOMAIN;
    const EXAMPLE: Option<(&'static [f64], f64)> = R::EXAMPLE;
    fn value(x: &[f64]) -> f64 {
        let place = FAULT.get().1;
        let size = R::EXAMPLE.map_or(1.0, |(_, y)| y.abs());
        mutated_value(R::value(x), size, in_upper_quarter(x[place], R::DOMAIN.iter().copied()))
    }
    fn partials<S: Scalar>(x: &[S], y: S) -> Partials<S> {
        let place = FAULT.get().1;
        let mut partials = R::partials(x, y);
        let in_part = in_upper_quarter(x[place].primal(), R::DOMAIN.iter().copied());
        partials[place] = mutated_partial(partials[place], partials[(place + 1) % x.len()], in_part);
        partials
    }
}

/// What a rule computes at points of its domain, as numbers: two rules that differ nowhere are the same.
fn traits_of<R: Rule<N>, const N: usize>() -> Vec<f64> {
    let mut random = fastrand::Rng::with_seed(5);
    let mut seen = Vec::new();
    for intervals in R::DOMAIN {
        for _ in 0..20 {
            let x = intervals.map(|(low, high)| low + (high - low) * random.f64());
            let (y, depends) = (R::value(x), R::depends(&x));
            let partials = R::partials(x, y);
            seen.push(y);
            for i in 0..N {
                if intervals[i].0 == intervals[i].1 {
                    continue;
                }
                seen.push(if depends[i] { partials[i] } else { 0.0 });
                let moving: [gradus::Dual; N] = std::array::from_fn(|j| {
                    if i == j { gradus::Dual::variable(x[j]) } else { gradus::Dual::constant(x[j]) }
                });
                let second = R::partials(moving, gradus::Dual::new(y, seen[seen.len() - 1]));
                let varies = |j: usize| intervals[j].0 < intervals[j].1 && depends[j];
                seen.extend((0..N).filter(|&j| varies(j)).map(|j| second[j].tangent()));
            }
        }
    }
    seen
}

fn traits_of_list<R: ListRule>() -> Vec<f64> {
    let mut random = fastrand::Rng::with_seed(5);
    let mut seen = Vec::new();
    for &(low, high) in R::DOMAIN {
        for _ in 0..20 {
            let x: Vec<f64> = (0..4).map(|_| low + (high - low) * random.f64()).collect();
            let y = R::value(&x);
            let partials = R::partials(&x, y);
            seen.push(y);
            seen.extend(partials.iter());
            for i in 0..4 {
                let moving: Vec<gradus::Dual> =
                    (0..4).map(|j| gradus::Dual::new(x[j], if i == j { 1.0 } else { 0.0 })).collect();
                let second = R::partials(&moving, gradus::Dual::new(y, partials[i]));
                seen.extend(second.iter().map(|second| second.tangent()));
            }
        }
    }
    seen
}

/// Faults that nothing but the value of the op at a second point from another source could show, and why.
const SURVIVORS: [(&str, Fault, &str); 0] = [];

#[derive(Default)]
struct EveryMutantFails {
    made: BTreeMap<Fault, usize>,
    caught: BTreeMap<Fault, usize>,
    same: usize,
    survivors: Vec<String>,
}

impl EveryMutantFails {
    fn see(&mut self, places: usize, traits: fn() -> Vec<f64>, check: fn() -> OpReport) {
        FAULT.set((Fault::None, 0));
        let right = traits();
        for fault in FAULTS {
            let of_value = matches!(fault, Fault::ValueFactor | Fault::ValueOffset | Fault::ValueSign);
            for place in 0..if of_value { 1 } else { places } {
                FAULT.set((fault, place));
                // Where the partial is 0, a factor makes nothing wrong. What the last place explains is no mutant.
                let differs = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-13 * a.abs();
                if !right.iter().zip(&traits()).any(differs) {
                    self.same += 1;
                    continue;
                }
                *self.made.entry(fault).or_default() += 1;
                let report = check();
                if report.passed() {
                    self.survivors.push(format!("{}, operand {place}: {fault:?}", report.op));
                } else {
                    *self.caught.entry(fault).or_default() += 1;
                    assert!(report.smallest.is_some(), "{report}");
                }
            }
        }
        FAULT.set((Fault::None, 0));
    }
}

impl Visitor for EveryMutantFails {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        self.see(N, traits_of::<Mutant<R>, N>, check::op::<Mutant<R>, N>);
    }
    fn list_rule<R: ListRule>(&mut self) {
        self.see(2, traits_of_list::<Mutant<R>>, check::list_op::<Mutant<R>>);
    }
}

#[test]
fn every_mutated_row_fails() {
    let mut mutants = EveryMutantFails::default();
    op::visit(&mut mutants);
    println!("| what is wrong | mutants | caught |");
    for (fault, made) in &mutants.made {
        println!("| {fault:?} | {made} | {} |", mutants.caught.get(fault).unwrap_or(&0));
    }
    let made: usize = mutants.made.values().sum();
    println!(
        "{made} mutants, {} caught; {} more would have been the same op",
        made - mutants.survivors.len(),
        mutants.same
    );
    let explained = |survivor: &String| SURVIVORS.iter().any(|(op, fault, _)| *survivor == format!("{op}: {fault:?}"));
    let survivors: Vec<&String> = mutants.survivors.iter().filter(|survivor| !explained(survivor)).collect();
    assert!(survivors.is_empty(), "{} not noticed: {survivors:#?}", survivors.len());
    assert!(made > 800, "only {made} mutants");
    assert!(mutants.made.len() == FAULTS.len(), "{:?}", mutants.made);
}
