//! The kinds of lane, and how far one of their numbers is from an exact value.

use super::super::Lane;
use crate::rule::Scalar;

/// A kind of lane, seen from a test: its numbers, and how far apart two of them are.
pub(super) trait Kind: Scalar {
    fn from(x: f64) -> Self;
    fn bits_of(self) -> u64;
    /// Units in the last place between this and the exact value.
    fn ulps(self, exact: f64) -> f64;
    const NAME: &'static str;
}

macro_rules! kind {
    ($name:literal $F:ident, $FMA:literal, least $least:expr, digits $digits:literal) => {
        impl Kind for Lane<$F, $FMA> {
            const NAME: &'static str = $name;
            fn from(x: f64) -> Self {
                Lane(x as $F)
            }
            fn bits_of(self) -> u64 {
                u64::from(self.0.to_bits())
            }
            fn ulps(self, exact: f64) -> f64 {
                let rounded = exact as $F;
                if rounded.is_nan() || self.0.is_nan() {
                    return if rounded.is_nan() && self.0.is_nan() { 0.0 } else { f64::INFINITY };
                }
                if rounded.is_infinite() || rounded == 0.0 {
                    // A value that vanishes may be the least number instead, but its sign counts, as that of 0 does.
                    let next = exact != 0.0 && rounded == 0.0 && self.0.abs() == $F::from_bits(1);
                    let sign = self.0.is_sign_negative() == rounded.is_sign_negative();
                    return match (sign, self.0 == rounded, next) {
                        (true, true, _) => 0.0,
                        (true, false, true) => 1.0,
                        _ => f64::INFINITY,
                    };
                }
                let exponent = ((exact.abs().to_bits() >> 52) as i32 - 1023).max($least);
                let unit = |value: f64| {
                    value * 2.0_f64.powi(-exponent / 2) * 2.0_f64.powi(-exponent - -exponent / 2 + $digits)
                };
                (unit(f64::from(self.0)) - unit(exact)).abs()
            }
        }
    };
}

/// Runs the statement for each kind of lane.
macro_rules! each_kind {
    ($L:ident => $statement:expr) => {
        each_kind! { $L => $statement, Lane<f64, true>, Lane<f64>, Lane<f32, true>, Lane<f32> }
    };
    ($L:ident => $statement:expr, $($Kind:ty),+) => {
        $({
            type $L = $Kind;
            $statement;
        })+
    };
}

kind! { "f64 FMA" f64, true, least -1022, digits 52 }
kind! { "f64" f64, false, least -1022, digits 52 }
kind! { "f32 FMA" f32, true, least -126, digits 23 }
kind! { "f32" f32, false, least -126, digits 23 }
