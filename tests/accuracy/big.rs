//! Numbers of many digits, with operators: `astro_float` at a precision that is set for the thread.

use astro_float::{BigFloat, Consts, Radix, RoundingMode, Sign};
use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Faithful, and faster than correct rounding: a precision is only trusted when a higher one agrees.
const ROUNDING: RoundingMode = RoundingMode::None;

struct Context {
    bits: usize,
    constants: Consts,
    /// What `exp` and `ln` gave at this precision: a difference asks for most of them again.
    known: Vec<(&'static str, BigFloat, BigFloat)>,
}

thread_local! {
    static CONTEXT: RefCell<Context> =
        RefCell::new(Context { bits: 256, constants: Consts::new().expect("memory for constants"), known: Vec::new() });
}

fn with<T>(compute: impl FnOnce(usize, &mut Consts) -> T) -> T {
    CONTEXT.with_borrow_mut(|context| compute(context.bits, &mut context.constants))
}

/// Computes with `bits` bits from here on, on this thread.
pub fn set_precision(bits: usize) {
    CONTEXT.with_borrow_mut(|context| {
        context.bits = bits;
        context.known.clear();
    });
}

/// `compute` of `x`, or what it was before.
fn once(
    function: &'static str,
    x: &BigFloat,
    compute: impl FnOnce(&BigFloat, usize, RoundingMode, &mut Consts) -> BigFloat,
) -> Big {
    CONTEXT.with_borrow_mut(|Context { bits, constants, known }| {
        if let Some((_, _, y)) = known.iter().find(|(name, at, _)| *name == function && at.cmp(x) == Some(0)) {
            return Big(y.clone());
        }
        let y = compute(x, *bits, ROUNDING, constants);
        known.push((function, x.clone(), y.clone()));
        Big(y)
    })
}

fn precision() -> usize {
    CONTEXT.with_borrow(|context| context.bits)
}

#[derive(Clone, Debug)]
pub struct Big(BigFloat);

macro_rules! operators {
    ($($Trait:ident $method:ident)*) => {$(
        impl $Trait for Big {
            type Output = Big;
            fn $method(self, other: Big) -> Big {
                Big(self.0.$method(&other.0, precision(), ROUNDING))
            }
        }
        impl $Trait<&Big> for &Big {
            type Output = Big;
            fn $method(self, other: &Big) -> Big {
                Big(self.0.$method(&other.0, precision(), ROUNDING))
            }
        }
    )*};
}

operators! { Add add Sub sub Mul mul Div div }

impl Neg for Big {
    type Output = Big;
    fn neg(self) -> Big {
        Big(self.0.neg())
    }
}

macro_rules! functions {
    ($($method:ident)*) => {$(
        pub fn $method(&self) -> Big {
            with(|bits, constants| Big(self.0.$method(bits, ROUNDING, constants)))
        }
    )*};
}

impl Big {
    functions! { log2 log10 sin cos tan asin acos atan sinh cosh tanh }

    pub fn exp(&self) -> Big {
        once("exp", &self.0, BigFloat::exp)
    }

    pub fn ln(&self) -> Big {
        once("ln", &self.0, BigFloat::ln)
    }

    pub fn sqrt(&self) -> Big {
        Big(self.0.sqrt(precision(), ROUNDING))
    }

    pub fn cbrt(&self) -> Big {
        Big(self.0.cbrt(precision(), ROUNDING))
    }

    pub fn powi(&self, n: i32) -> Big {
        let power = Big(self.0.powi(n.unsigned_abs() as usize, precision(), ROUNDING));
        if n < 0 { Big::from(1.0) / power } else { power }
    }

    pub fn abs(&self) -> Big {
        Big(self.0.abs())
    }

    pub fn floor(&self) -> Big {
        Big(self.0.floor())
    }

    pub fn ceil(&self) -> Big {
        Big(self.0.ceil())
    }

    /// The integer part.
    pub fn trunc(&self) -> Big {
        if self.is_negative() { self.ceil() } else { self.floor() }
    }

    pub fn pi() -> Big {
        with(|bits, constants| Big(constants.pi(bits, ROUNDING)))
    }

    /// A number from all the digits of a text.
    pub fn parse(text: &str) -> Big {
        with(|bits, constants| Big(BigFloat::parse(text, Radix::Dec, bits, ROUNDING, constants)))
    }

    /// `self · 2^by`.
    pub fn scaled(&self, by: i32) -> Big {
        let mut scaled = self.clone();
        if let Some(exponent) = self.0.exponent().filter(|_| !self.0.is_zero()) {
            scaled.0.set_exponent(exponent + by);
        }
        scaled
    }

    /// The least `e` with `|self| < 2^e`; `None` for 0 and for what is not a number.
    pub fn exponent(&self) -> Option<i32> {
        if self.is_number() && !self.0.is_zero() { self.0.exponent() } else { None }
    }

    pub fn is_number(&self) -> bool {
        !self.0.is_nan() && !self.0.is_inf()
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    pub fn is_negative(&self) -> bool {
        self.0.is_negative() && !self.0.is_zero()
    }

    pub fn is_positive(&self) -> bool {
        self.0.is_positive() && !self.0.is_zero()
    }

    pub fn is_integer(&self) -> bool {
        self.0.is_zero() || self.0.is_int()
    }

    /// To some 60 bits, which is enough to say how large an error is.
    pub fn approximate(&self) -> f64 {
        let Some((words, _, sign, exponent, _)) = self.0.as_raw_parts() else { return f64::NAN };
        let Some(&top) = words.last().filter(|_| !self.0.is_zero()) else { return 0.0 };
        // In two steps: the factor alone may underflow.
        let half = (exponent - 64) / 2;
        let size = top as f64 * 2f64.powi(half) * 2f64.powi(exponent - 64 - half);
        if sign == Sign::Neg { -size } else { size }
    }
}

impl From<f64> for Big {
    fn from(x: f64) -> Big {
        // All digits, whatever the precision. `from_f64` halves subnormal numbers.
        if x.is_subnormal() {
            return Big(BigFloat::from_f64(x * 2f64.powi(64), 64)).scaled(-64);
        }
        Big(BigFloat::from_f64(x, 64))
    }
}

impl PartialEq for Big {
    fn eq(&self, other: &Big) -> bool {
        self.0.cmp(&other.0) == Some(0)
    }
}

impl PartialOrd for Big {
    fn partial_cmp(&self, other: &Big) -> Option<std::cmp::Ordering> {
        self.0.cmp(&other.0).map(|sign| sign.cmp(&0))
    }
}
