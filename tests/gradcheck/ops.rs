//! The same for ops: rules that are right on strange domains, and rules that are wrong where it hardly shows.

use gradus::check::{self, OpReport, Reason, Verdict};
use gradus::rule::{Info, ListRule, Partials, Rule};
use gradus::{Opaque, Scalar};
use std::cell::Cell;

macro_rules! rule {
    ($Name:ident on $domain:expr, |$x:ident| $value:expr, |$p:ident, $y:ident| $partial:expr) => {
        struct $Name;

        impl Rule<1> for $Name {
            const INFO: Info = Info { name: stringify!($Name), written: "op({})", doc: "" };
            const DOMAIN: &'static [[(f64, f64); 1]] = &$domain;
            fn value([$x]: [f64; 1]) -> f64 {
                $value
            }
            fn partials<S: Scalar>([$p]: [S; 1], $y: S) -> [S; 1] {
                [$partial]
            }
        }
    };
}

fn one<S: Scalar>() -> S {
    S::lit(1.0)
}

rule!(Logit on [[(0.0, 1.0)]], |x| (x / (1.0 - x)).ln(), |x, _y| one::<S>() / (x * (one::<S>() - x)));
rule!(RootFromOne on [[(1.0, f64::INFINITY)]], |x| (x - 1.0).sqrt(), |_x, y| S::lit(0.5) / y);
rule!(BelowZero on [[(f64::NEG_INFINITY, 0.0)]], |x| x.exp(), |_x, y| y);
rule!(Everywhere on [[(f64::NEG_INFINITY, f64::INFINITY)]], |x| x.atan(), |x, _y| one::<S>() / (one::<S>() + x * x));
rule!(NearlyAStep on [[(-1e6, 1e6)]], |x| x.tanh(), |x, _y| x.sech_squared());
rule!(FarOut on [[(1e6, 1e8)]], |x| x.sin(), |x, _y| x.cos());
rule!(ManyDecades on [[(1e-100, 1e100)]], |x| 1.0 / x, |_x, y| -(y * y));

#[test]
fn right_rules_pass_on_narrow_wide_and_unbounded_domains() {
    let mut random = fastrand::Rng::with_seed(3);
    macro_rules! pass {
        ($($Name:ident)*) => {$(
            for report in [check::op::<$Name, 1>(), check::op_at_random::<$Name, 1>(20, || random.f64())] {
                assert!(report.passed(), "{report}");
            }
        )*};
    }
    pass!(Logit RootFromOne BelowZero Everywhere NearlyAStep FarOut ManyDecades);
}

rule!(Exchanged on [[(0.0, 1.0)], [(2.0, 1.0)]], |x| if x > 1.0 { 5.0 } else { x.exp() }, |_x, y| y);
rule!(NotANumber on [[(f64::NAN, 1.0)]], |x| x.exp(), |_x, y| y);
rule!(InASliver on [[(0.0, 1.0)]], |x| x.exp(), |x, y| {
    if (0.5..0.52).contains(&x.primal()) { S::lit(1.1) * y } else { y }
});
rule!(AtTheEnd on [[(0.0, 4.0)]], |x| x.exp(), |x, y| if x.primal() > 3.9 { S::lit(1.0005) * y } else { y });
rule!(WithAStep on [[(-1e6, 1e6)]], |x| x.tanh() + if x > 7e5 { 1e-6 } else { 0.0 }, |x, _y| x.sech_squared());
rule!(FarOutAndWrong on [[(1e6, 1e8)]], |x| x.sin(), |x, _y| S::lit(1.0001) * x.cos());

#[test]
fn wrong_rules_and_wrong_domains_fail() {
    macro_rules! findings {
        ($($Name:ident says $text:literal)*) => {$(
            let report = check::op::<$Name, 1>();
            assert!(!report.passed() && report.to_string().contains($text), "{report}");
        )*};
    }
    findings! {
        Exchanged says "the lower end of the domain of x[0] at [2.0] is 2"
        NotANumber says "the lower end of the domain of x[0]"
        InASliver says "the integral of its partials"
        AtTheEnd says "the integral of its partials"
        WithAStep says "the integral of its partials"
        FarOutAndWrong says "∂/∂x[0]"
    }
}

macro_rules! list_rule {
    ($Name:ident, |$x:ident| $value:expr, |$p:ident| $partials:expr) => {
        struct $Name;

        impl ListRule for $Name {
            const INFO: Info = Info { name: stringify!($Name), written: "op({})", doc: "" };
            const DOMAIN: &'static [(f64, f64)] = &[(-1.0, 1.0)];
            fn value($x: &[f64]) -> f64 {
                $value
            }
            fn partials<S: Scalar>($p: &[S], _y: S) -> Partials<S> {
                $partials
            }
        }
    };
}

list_rule!(Median, |x| sorted(x)[x.len() / 2], |x| {
    let middle = sorted(&x.iter().map(|x| x.primal()).collect::<Vec<_>>())[x.len() / 2];
    x.iter().map(|x| S::lit(if x.primal() == middle { 1.0 } else { 0.0 })).collect()
});
list_rule!(OddOnes, |x| x.iter().sum::<f64>() * if x.len() % 2 == 1 { 2.0 } else { 1.0 }, |x| {
    x.iter().map(|_| one()).collect()
});
list_rule!(TheSeventh, |x| x.iter().map(|x| x * x).sum(), |x| {
    x.iter().enumerate().map(|(i, &x)| S::lit(if i == 6 { 2.001 } else { 2.0 }) * x).collect()
});

fn sorted(x: &[f64]) -> Vec<f64> {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[test]
fn lists_of_odd_lengths_are_looked_at() {
    let median = check::list_op::<Median>();
    assert!(median.passed(), "{median}");
    assert!(!check::list_op::<OddOnes>().passed());
    assert!(!check::list_op::<TheSeventh>().passed());
}

/// A sine whose value and slope are more by so much after each call.
struct Restless {
    value: f64,
    slope: f64,
    calls: Cell<f64>,
}

impl Opaque for Restless {
    fn name(&self) -> &str {
        "restless"
    }
    fn value(&self, x: &[f64]) -> f64 {
        self.calls.set(self.calls.get() + 1.0);
        x[0].sin() + self.value * self.calls.get()
    }
    fn gradient(&self, x: &[f64], _: f64) -> Vec<f64> {
        self.calls.set(self.calls.get() + 1.0);
        vec![x[0].cos() + self.slope * self.calls.get()]
    }
}

#[test]
fn an_op_that_changes_between_calls_is_named() {
    for (value, slope) in [(1e-13, 0.0), (0.0, 1e-13)] {
        let op = Restless { value, slope, calls: Cell::new(0.0) };
        let report: OpReport = check::opaque_op(op, &[(0.5, 2.0)]).unwrap();
        assert!(!report.passed() && report.findings[0].source.contains("not deterministic"), "{report}");
    }
}

#[test]
fn forward_and_reverse_that_agree_as_far_as_anybody_can_tell() {
    let mut random = fastrand::Rng::with_seed(3);
    let steep = check::forward_against_reverse(|x| vec![x[0].sqrt()], &[0.0], || random.f64()).unwrap();
    assert_eq!(steep.verdict, Verdict::Unchecked(Reason::Steep));
    let lost = check::forward_against_reverse(|x| vec![x[0].sqrt() * x[0].sqrt()], &[0.0], || random.f64()).unwrap();
    assert_eq!(lost.verdict, Verdict::Mismatch);
    let cancels = |x: &[gradus::Var]| vec![x[0] * 1.1e10 - x[0] * 1.100_000_000_01e10];
    let cancelled = check::forward_against_reverse(cancels, &[0.3], || random.f64()).unwrap();
    assert!(matches!(cancelled.verdict, Verdict::Unchecked(Reason::Cancelled { .. })), "{cancelled}");
    let calls = Cell::new(0.0);
    let restless = |x: &[gradus::Var]| {
        calls.set(calls.get() + 1.0);
        vec![x[0] * calls.get()]
    };
    let report = check::forward_against_reverse(restless, &[0.3], || random.f64()).unwrap();
    assert_eq!(report.verdict, Verdict::Invalid(Reason::DerivativeChanges));
}
