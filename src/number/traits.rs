//! The traits of `num-traits` and `approx`, so that generic code, `ndarray` and `nalgebra` can
//! compute with recorded and dual numbers.
//!
//! Questions about a number (`is_nan`, `to_f64`, comparisons) look at its value alone.

/// Implements `num_traits` for a [`Scalar`](crate::rule::Scalar).
macro_rules! numeric_traits {
    ([$($generics:tt)*] $Number:ty) => {
        impl<$($generics)*> num_traits::Zero for $Number {
            fn zero() -> Self {
                <Self as $crate::rule::Scalar>::lit(0.0)
            }
            #[track_caller]
            fn is_zero(&self) -> bool {
                *self == <Self as $crate::rule::Scalar>::lit(0.0)
            }
        }

        impl<$($generics)*> num_traits::One for $Number {
            fn one() -> Self {
                <Self as $crate::rule::Scalar>::lit(1.0)
            }
        }

        impl<$($generics)*> num_traits::Num for $Number {
            type FromStrRadixErr = num_traits::ParseFloatError;
            fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
                <f64 as num_traits::Num>::from_str_radix(text, radix).map(<Self as $crate::rule::Scalar>::lit)
            }
        }

        impl<$($generics)*> num_traits::Signed for $Number {
            fn abs(&self) -> Self {
                Self::abs(*self)
            }
            fn abs_sub(&self, other: &Self) -> Self {
                num_traits::Float::abs_sub(*self, *other)
            }
            fn signum(&self) -> Self {
                Self::signum(*self)
            }
            #[track_caller]
            fn is_positive(&self) -> bool {
                *self > <Self as $crate::rule::Scalar>::lit(0.0)
            }
            #[track_caller]
            fn is_negative(&self) -> bool {
                *self < <Self as $crate::rule::Scalar>::lit(0.0)
            }
        }

        impl<$($generics)*> num_traits::ToPrimitive for $Number {
            #[track_caller]
            fn to_i64(&self) -> Option<i64> {
                num_traits::ToPrimitive::to_i64(&$crate::rule::Scalar::primal(*self))
            }
            #[track_caller]
            fn to_u64(&self) -> Option<u64> {
                num_traits::ToPrimitive::to_u64(&$crate::rule::Scalar::primal(*self))
            }
            #[track_caller]
            fn to_f64(&self) -> Option<f64> {
                Some($crate::rule::Scalar::primal(*self))
            }
        }

        impl<$($generics)*> num_traits::NumCast for $Number {
            fn from<T: num_traits::ToPrimitive>(number: T) -> Option<Self> {
                number.to_f64().map(<Self as $crate::rule::Scalar>::lit)
            }
        }

        impl<$($generics)*> num_traits::FromPrimitive for $Number {
            fn from_i64(number: i64) -> Option<Self> {
                Some(<Self as $crate::rule::Scalar>::lit(number as f64))
            }
            fn from_u64(number: u64) -> Option<Self> {
                Some(<Self as $crate::rule::Scalar>::lit(number as f64))
            }
            fn from_f64(number: f64) -> Option<Self> {
                Some(<Self as $crate::rule::Scalar>::lit(number))
            }
        }

        impl<$($generics)*> num_traits::FloatConst for $Number {
            literals! {
                E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2 FRAC_PI_3 FRAC_PI_4 FRAC_PI_6 FRAC_PI_8
                LN_10 LN_2 LOG10_E LOG2_E PI SQRT_2
            }
        }

        impl<$($generics)*> num_traits::Float for $Number {
            literals! { nan infinity neg_infinity neg_zero min_value min_positive_value max_value epsilon }
            questions! { is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative }
            forward! {
                floor ceil round trunc fract abs signum recip sqrt exp exp2 ln log2 log10 cbrt sin cos tan asin acos
                atan exp_m1 ln_1p sinh cosh tanh asinh acosh atanh
            }
            forward_two! { powf log max min hypot atan2 }
            #[track_caller]
            fn classify(self) -> std::num::FpCategory {
                $crate::rule::Scalar::primal(self).classify()
            }
            #[track_caller]
            fn integer_decode(self) -> (u64, i16, i8) {
                num_traits::Float::integer_decode($crate::rule::Scalar::primal(self))
            }
            #[track_caller]
            fn mul_add(self, factor: Self, summand: Self) -> Self {
                Self::mul_add(self, factor, summand)
            }
            #[track_caller]
            fn powi(self, n: i32) -> Self {
                Self::powi(self, n)
            }
            #[track_caller]
            fn abs_sub(self, other: Self) -> Self {
                Self::relu(self - other)
            }
            #[track_caller]
            fn sin_cos(self) -> (Self, Self) {
                Self::sin_cos(self)
            }
            #[track_caller]
            fn to_degrees(self) -> Self {
                self * (180.0 / std::f64::consts::PI)
            }
            #[track_caller]
            fn to_radians(self) -> Self {
                self * (std::f64::consts::PI / 180.0)
            }
        }
    };
}

/// Constants, as numbers that are not differentiated.
macro_rules! literals {
    ($($name:ident)*) => {
        $(
            #[allow(non_snake_case)]
            fn $name() -> Self {
                <Self as $crate::rule::Scalar>::lit(literal!($name))
            }
        )*
    };
}

macro_rules! literal {
    (nan) => {
        f64::NAN
    };
    (infinity) => {
        f64::INFINITY
    };
    (neg_infinity) => {
        f64::NEG_INFINITY
    };
    (neg_zero) => {
        -0.0
    };
    (min_value) => {
        f64::MIN
    };
    (min_positive_value) => {
        f64::MIN_POSITIVE
    };
    (max_value) => {
        f64::MAX
    };
    (epsilon) => {
        f64::EPSILON
    };
    ($name:ident) => {
        std::f64::consts::$name
    };
}

macro_rules! questions {
    ($($name:ident)*) => {
        $(#[track_caller]
        fn $name(self) -> bool {
            $crate::rule::Scalar::primal(self).$name()
        })*
    };
}

macro_rules! forward {
    ($($name:ident)*) => {
        $(#[track_caller]
        fn $name(self) -> Self {
            Self::$name(self)
        })*
    };
}

macro_rules! forward_two {
    ($($name:ident)*) => {
        $(#[track_caller]
        fn $name(self, other: Self) -> Self {
            Self::$name(self, other)
        })*
    };
}

use super::Dual;
use crate::rule::Scalar;
use crate::tape::Var;
use approx::{AbsDiffEq, RelativeEq, UlpsEq};

numeric_traits! { [] Var }
numeric_traits! { [S: Scalar, const K: usize] Dual<S, K> }

impl AbsDiffEq for Var {
    type Epsilon = f64;
    fn default_epsilon() -> f64 {
        f64::default_epsilon()
    }
    #[track_caller]
    fn abs_diff_eq(&self, other: &Self, epsilon: f64) -> bool {
        self.value().abs_diff_eq(&other.value(), epsilon)
    }
}

impl RelativeEq for Var {
    fn default_max_relative() -> f64 {
        f64::default_max_relative()
    }
    #[track_caller]
    fn relative_eq(&self, other: &Self, epsilon: f64, max_relative: f64) -> bool {
        self.value().relative_eq(&other.value(), epsilon, max_relative)
    }
}

impl UlpsEq for Var {
    fn default_max_ulps() -> u32 {
        f64::default_max_ulps()
    }
    #[track_caller]
    fn ulps_eq(&self, other: &Self, epsilon: f64, max_ulps: u32) -> bool {
        self.value().ulps_eq(&other.value(), epsilon, max_ulps)
    }
}

/// Whether `same` holds of the values of two duals and of their tangents.
fn all_parts<S: Scalar, const K: usize>(a: &Dual<S, K>, b: &Dual<S, K>, same: impl Fn(&S, &S) -> bool) -> bool {
    same(&a.value(), &b.value()) && a.tangents().iter().zip(&b.tangents()).all(|(a, b)| same(a, b))
}

/// Compares values *and* tangents.
impl<S: Scalar + AbsDiffEq<Epsilon = f64>, const K: usize> AbsDiffEq for Dual<S, K> {
    type Epsilon = f64;
    fn default_epsilon() -> f64 {
        S::default_epsilon()
    }
    fn abs_diff_eq(&self, other: &Self, epsilon: f64) -> bool {
        all_parts(self, other, |a, b| a.abs_diff_eq(b, epsilon))
    }
}

/// Compares values *and* tangents.
impl<S: Scalar + RelativeEq<Epsilon = f64>, const K: usize> RelativeEq for Dual<S, K> {
    fn default_max_relative() -> f64 {
        S::default_max_relative()
    }
    fn relative_eq(&self, other: &Self, epsilon: f64, max_relative: f64) -> bool {
        all_parts(self, other, |a, b| a.relative_eq(b, epsilon, max_relative))
    }
}

/// Compares values *and* tangents.
impl<S: Scalar + UlpsEq<Epsilon = f64>, const K: usize> UlpsEq for Dual<S, K> {
    fn default_max_ulps() -> u32 {
        S::default_max_ulps()
    }
    fn ulps_eq(&self, other: &Self, epsilon: f64, max_ulps: u32) -> bool {
        all_parts(self, other, |a, b| a.ulps_eq(b, epsilon, max_ulps))
    }
}
