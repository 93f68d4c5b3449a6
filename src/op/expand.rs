//! How a row of the table expands: to the trait impl that a user would write by hand, to a variant
//! of [`Op`](super::Op), to the methods of each kind of number.

/// Expands every row to a rule: a type and its `impl Rule` or `impl ListRule`.
macro_rules! expand_rules {
    (fixed {$(
        $(#[doc = $doc:literal])*
        $Name:ident $([$operator:ident])? $($method:ident)? ($($operand:ident $(: $integer:ty)?),+) $written:literal
        { $value:expr, $y:ident => $partials:expr, on $domain:expr, at $example:expr => $result:expr $(, depends $depends:expr)? }
    )*} lists {$(
        $(#[doc = $list_doc:literal])*
        $List:ident $function:ident $list_written:literal
        { |$x:ident| $list_value:expr, $list_y:ident => $list_partials:expr, on $list_domain:expr, at $list_example:expr => $list_result:expr }
    )*}) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $Name;

            impl Rule<{ [$(stringify!($operand)),+].len() }> for $Name {
                const INFO: Info = Info {
                    name: stringify!($($operator)? $($method)?),
                    written: $written,
                    doc: concat!($($doc),*),
                };
                const DOMAIN: &'static [[(f64, f64); [$(stringify!($operand)),+].len()]] = &$domain;
                const BUILT_IN: Option<Op> = Some(Op::$Name);
                // The square root of 2 is a result here, not a constant spelt out.
                #[allow(clippy::approx_constant)]
                const EXAMPLE: Option<([f64; [$(stringify!($operand)),+].len()], f64)> = Some(($example, $result));

                #[inline(always)]
                fn value([$($operand),+]: [f64; [$(stringify!($operand)),+].len()]) -> f64 {
                    $value
                }

                #[inline(always)]
                #[allow(unused_variables)]
                fn partials<S: Scalar>(
                    [$($operand),+]: [S; [$(stringify!($operand)),+].len()],
                    $y: S,
                ) -> [S; [$(stringify!($operand)),+].len()] {
                    $partials
                }

                depends! { ($($operand),+) $($depends)? }
            }
        )*
        $(
            $(#[doc = $list_doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $List;

            impl ListRule for $List {
                const INFO: Info = Info {
                    name: stringify!($function),
                    written: $list_written,
                    doc: concat!($($list_doc),*),
                };
                const DOMAIN: &'static [(f64, f64)] = &$list_domain;
                const BUILT_IN: Option<Op> = Some(Op::$List);
                const EXAMPLE: Option<(&'static [f64], f64)> = Some((&$list_example, $list_result));

                fn value($x: &[f64]) -> f64 {
                    $list_value
                }

                #[allow(unused_variables)]
                fn partials<S: Scalar>($x: &[S], $list_y: S) -> Partials<S> {
                    $list_partials
                }
            }

            $(#[doc = $list_doc])*
            ///
            /// One node, however long the list.
            #[track_caller]
            pub fn $function<S: Scalar>(x: &[S]) -> S {
                S::apply_list::<$List>(x)
            }
        )*

        /// The name of an op: what a node of a tape remembers of what was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op {
            /// A variable: nothing was done, here a derivative ends.
            Input,
            /// A plain number that a list op needed as an operand.
            Literal,
            /// An op that is not in the table.
            Custom,
            $($(#[doc = $doc])* $Name,)*
            $($(#[doc = $list_doc])* $List,)*
        }

        impl Op {
            /// How many operands it takes; `None` for a list op and for what is not in the table.
            pub fn arity(self) -> Option<usize> {
                match self {
                    Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => None,
                    $(Op::$Name => Some([$(stringify!($operand)),+].len()),)*
                }
            }

            /// All ops of the table.
            #[cfg(any(feature = "serde", test))]
            pub(crate) const ALL: &[Op] = &[$(Op::$Name,)* $(Op::$List),*];

            /// Which operands it depends on, as its row writes it, and what the row calls them; `None` if it is all of them.
            #[cfg(feature = "draw")]
            pub(crate) fn depends_written(self) -> Option<(&'static [&'static str], &'static str)> {
                match self {
                    Op::Input | Op::Literal | Op::Custom $(| Op::$List)* => None,
                    $(Op::$Name => depends_written! { ($($operand),+) $($depends)? },)*
                }
            }

            /// Name, notation and documentation, for an op of the table.
            pub fn info(self) -> Option<Info> {
                match self {
                    Op::Input | Op::Literal | Op::Custom => None,
                    $(Op::$Name => Some($Name::INFO),)*
                    $(Op::$List => Some($List::INFO),)*
                }
            }
        }
    };
}

/// Which operands an op depends on, where its row says so.
macro_rules! depends {
    (($($operand:ident),+)) => {};
    (($($operand:ident),+) $depends:expr) => {
        #[inline(always)]
        #[allow(unused_variables)]
        fn depends(
            &[$($operand),+]: &[f64; [$(stringify!($operand)),+].len()],
        ) -> [bool; [$(stringify!($operand)),+].len()] {
            $depends
        }
    };
}

/// The same as text, behind the names of the operands.
#[cfg(feature = "draw")]
macro_rules! depends_written {
    (($($operand:ident),+)) => {
        None
    };
    (($($operand:ident),+) $depends:expr) => {
        Some((&[$(stringify!($operand)),+], stringify!($depends)))
    };
}

/// Passes only the names of the rules, each with its arity, to the macro `$callback`, behind the tokens `$context`.
macro_rules! for_each_op {
    ($callback:ident $($context:tt)*) => {
        operations!(names_only $callback { $($context)* })
    };
}

macro_rules! names_only {
    ($callback:ident { $($context:tt)* } fixed {$(
        $(#[doc = $doc:literal])* $Name:ident $([$operator:ident])? $($method:ident)? ($($operand:ident $(: $integer:ty)?),+) $written:literal $body:tt
    )*} lists {$(
        $(#[doc = $list_doc:literal])* $List:ident $function:ident $list_written:literal $list_body:tt
    )*}) => {
        $callback! { $($context)* fixed { $($Name { [$(stringify!($operand)),+].len() })* } lists { $($List)* } }
    };
}

/// The provided methods of [`Scalar`](crate::rule::Scalar): one for each row that has a method.
macro_rules! scalar_methods {
    (fixed {$(
        $(#[doc = $doc:literal])* $Name:ident $([$operator:ident])? $($method:ident)? ($first:ident $(, $operand:ident $(: $integer:ty)?)*) $written:literal $body:tt
    )*} $($lists:tt)*) => {
        $(scalar_method! { [$($doc)*] $Name [$($method)?] ($($operand $(: $integer)?),*) })*
    };
}

macro_rules! scalar_method {
    ([$($doc:literal)*] $Name:ident [] ($($operand:tt)*)) => {};
    ([$($doc:literal)*] $Name:ident [$method:ident] ($($operand:ident $(: $integer:ty)?),*)) => {
        $(#[doc = $doc])*
        #[inline(always)]
        #[track_caller]
        fn $method(self $(, $operand: argument!(Self $(, $integer)?))*) -> Self {
            Self::apply::<$crate::op::$Name, { 1 $(+ count!($operand))* }>([self $(, plain!(Self, $operand $(, $integer)?))*])
        }
    };
}

/// The same methods as inherent ones, which need no import and take plain numbers as well.
macro_rules! inherent_methods {
    (fixed {$(
        $(#[doc = $doc:literal])* $Name:ident $([$operator:ident])? $($method:ident)? ($first:ident $(, $operand:ident $(: $integer:ty)?)*) $written:literal $body:tt
    )*} $($lists:tt)*) => {
        $(inherent_method! { [$($doc)*] $Name [$($method)?] ($($operand $(: $integer)?),*) })*

        /// Sine and cosine, as two ops.
        #[track_caller]
        pub fn sin_cos(self) -> (Self, Self) {
            (self.sin(), self.cos())
        }
    };
}

macro_rules! inherent_method {
    ([$($doc:literal)*] $Name:ident [] ($($operand:tt)*)) => {};
    ([$($doc:literal)*] $Name:ident [$method:ident] ($($operand:ident $(: $integer:ty)?),*)) => {
        $(#[doc = $doc])*
        #[inline]
        #[track_caller]
        pub fn $method(self $(, $operand: argument!(impl Into<Self> $(, $integer)?))*) -> Self {
            <Self as $crate::rule::Scalar>::apply::<$crate::op::$Name, { 1 $(+ count!($operand))* }>([self $(, converted!(Self, $operand $(, $integer)?))*])
        }
    };
}

macro_rules! count {
    ($operand:ident) => {
        1
    };
}

/// The type of a method's argument: a number, or the integer that the row states.
macro_rules! argument {
    ($number:ty) => {
        $number
    };
    ($number:ty, $integer:ty) => {
        $integer
    };
}

macro_rules! plain {
    ($number:ty, $operand:ident) => {
        $operand
    };
    ($number:ty, $operand:ident, $integer:ty) => {
        <$number>::lit(f64::from($operand))
    };
}

macro_rules! converted {
    ($number:ty, $operand:ident) => {
        $operand.into()
    };
    ($number:ty, $operand:ident, $integer:ty) => {
        <$number as $crate::rule::Scalar>::lit(f64::from($operand))
    };
}
