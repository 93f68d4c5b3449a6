//! A trap: a function, what is claimed of its gradient, a point, and the truth.

use gradus::check::{self, Verdict};

/// What is true of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    Right,
    Wrong,
    /// Neither: at a kink, a jump, the end of a domain, a stair.
    Neither,
    /// Right or wrong, but numbers cannot tell: to say so is as good as to guess rightly.
    HiddenRight,
    HiddenWrong,
}

pub type Function = Box<dyn Fn(&[f64]) -> f64>;
pub type Gradient = Box<dyn Fn(&[f64]) -> Vec<f64>>;

pub struct Trap {
    pub kind: &'static str,
    pub name: String,
    pub truth: Truth,
    pub f: Function,
    pub gradient: Gradient,
    pub x: Vec<f64>,
}

/// What a checker says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    Pass,
    Fail,
    Unchecked,
}

impl Says {
    /// Whether that is right.
    pub fn is_right(self, truth: Truth) -> bool {
        match truth {
            Truth::Right => self == Says::Pass,
            Truth::Wrong => self == Says::Fail,
            Truth::Neither => self == Says::Unchecked,
            Truth::HiddenRight => self != Says::Fail,
            Truth::HiddenWrong => self != Says::Pass,
        }
    }
}

impl Trap {
    pub fn new(
        kind: &'static str,
        name: impl Into<String>,
        truth: Truth,
        f: impl Fn(f64) -> f64 + 'static,
        slope: impl Fn(f64) -> f64 + 'static,
        x: f64,
    ) -> Trap {
        Trap::of_many(kind, name, truth, move |x| f(x[0]), move |x| vec![slope(x[0])], vec![x])
    }

    pub fn of_many(
        kind: &'static str,
        name: impl Into<String>,
        truth: Truth,
        f: impl Fn(&[f64]) -> f64 + 'static,
        gradient: impl Fn(&[f64]) -> Vec<f64> + 'static,
        x: Vec<f64>,
    ) -> Trap {
        Trap { kind, name: name.into(), truth, f: Box::new(f), gradient: Box::new(gradient), x }
    }

    pub fn report(&self) -> check::Report {
        check::function(&self.f, &self.gradient, &self.x).unwrap()
    }

    /// What the crate says.
    pub fn judged(&self) -> Says {
        match self.report().verdict() {
            Verdict::Pass => Says::Pass,
            Verdict::Mismatch | Verdict::Invalid(_) => Says::Fail,
            Verdict::Unchecked(_) => Says::Unchecked,
        }
    }
}
