//! Operators for a kind of number, from the rules of the table: on values, on references, with a
//! plain `f64` on either side.

/// Implements `+ - * / % neg`, `+=` and friends, `Sum` and `Product`, for a [`Scalar`](crate::rule::Scalar).
macro_rules! operators {
    ([$($generics:tt)*] $Number:ty) => {
        binary_operators! { [$($generics)*] $Number:
            Add add AddAssign add_assign,
            Sub sub SubAssign sub_assign,
            Mul mul MulAssign mul_assign,
            Div div DivAssign div_assign,
            Rem rem RemAssign rem_assign,
        }

        impl<$($generics)*> std::ops::Neg for $Number {
            type Output = $Number;
            #[inline(always)]
            #[track_caller]
            fn neg(self) -> $Number {
                <$Number as $crate::rule::Scalar>::apply::<$crate::op::Neg, 1>([self])
            }
        }

        impl<$($generics)*> std::ops::Neg for &$Number {
            type Output = $Number;
            #[inline(always)]
            #[track_caller]
            fn neg(self) -> $Number {
                -*self
            }
        }

        impl<$($generics)*> std::iter::Sum for $Number {
            #[track_caller]
            fn sum<I: Iterator<Item = $Number>>(iter: I) -> $Number {
                iter.reduce(|sum, each| sum + each).unwrap_or(<$Number as $crate::rule::Scalar>::lit(0.0))
            }
        }

        impl<$($generics)*> std::iter::Product for $Number {
            #[track_caller]
            fn product<I: Iterator<Item = $Number>>(iter: I) -> $Number {
                iter.reduce(|product, each| product * each).unwrap_or(<$Number as $crate::rule::Scalar>::lit(1.0))
            }
        }

        impl<'number, $($generics)*> std::iter::Sum<&'number $Number> for $Number {
            #[track_caller]
            fn sum<I: Iterator<Item = &'number $Number>>(iter: I) -> $Number {
                iter.copied().sum()
            }
        }

        impl<'number, $($generics)*> std::iter::Product<&'number $Number> for $Number {
            #[track_caller]
            fn product<I: Iterator<Item = &'number $Number>>(iter: I) -> $Number {
                iter.copied().product()
            }
        }
    };
}

macro_rules! binary_operators {
    ($generics:tt $Number:ty: $($Trait:ident $method:ident $AssignTrait:ident $assign:ident,)*) => {
        $(binary_operator! { $generics $Number, $Trait $method $AssignTrait $assign })*
    };
}

macro_rules! binary_operator {
    ([$($generics:tt)*] $Number:ty, $Trait:ident $method:ident $AssignTrait:ident $assign:ident) => {
        impl<$($generics)*> std::ops::$Trait for $Number {
            type Output = $Number;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $Number) -> $Number {
                <$Number as $crate::rule::Scalar>::apply::<$crate::op::$Trait, 2>([self, other])
            }
        }
        forwarded! { [$($generics)*] $Number, $Number, $Number, $Trait $method, [*] [] }
        forwarded! { [$($generics)*] $Number, $Number, $Number, $Trait $method, [] [*] }
        forwarded! { [$($generics)*] $Number, $Number, $Number, $Trait $method, [*] [*] }
        forwarded! { [$($generics)*] $Number, $Number, f64, $Trait $method, [] [] }
        forwarded! { [$($generics)*] $Number, $Number, f64, $Trait $method, [*] [] }
        forwarded! { [$($generics)*] $Number, f64, $Number, $Trait $method, [] [] }
        forwarded! { [$($generics)*] $Number, f64, $Number, $Trait $method, [] [*] }

        impl<$($generics)*> std::ops::$AssignTrait for $Number {
            #[inline(always)]
            #[track_caller]
            fn $assign(&mut self, other: $Number) {
                *self = std::ops::$Trait::$method(*self, other);
            }
        }

        impl<$($generics)*> std::ops::$AssignTrait<&$Number> for $Number {
            #[inline(always)]
            #[track_caller]
            fn $assign(&mut self, other: &$Number) {
                *self = std::ops::$Trait::$method(*self, *other);
            }
        }

        impl<$($generics)*> std::ops::$AssignTrait<f64> for $Number {
            #[inline(always)]
            #[track_caller]
            fn $assign(&mut self, other: f64) {
                *self = std::ops::$Trait::$method(*self, other);
            }
        }
    };
}

/// An operator on other types of operand, passed on to the one on values; `[*]` marks a reference.
macro_rules! forwarded {
    ([$($generics:tt)*] $Number:ty, $Left:ty, $Right:ty, $Trait:ident $method:ident, [$($left:tt)?] [$($right:tt)?]) => {
        impl<$($generics)*> std::ops::$Trait<operand!($Right $(, $right)?)>
            for operand!($Left $(, $left)?)
        {
            type Output = $Number;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: operand!($Right $(, $right)?)) -> $Number {
                std::ops::$Trait::$method(
                    <$Number>::from($($left)? self),
                    <$Number>::from($($right)? other),
                )
            }
        }
    };
}

macro_rules! operand {
    ($Type:ty) => {
        $Type
    };
    ($Type:ty, *) => {
        &$Type
    };
}
