//! **The table of operations**: everything that is known of an op stands in its row, once.
//!
//! ```text
//! /// What it computes, and how it behaves at its edges.
//! Name method(operands) "how it is written" {
//!     value in plain f64 code,
//!     output => [the partial with respect to each operand, on any number],
//!     on [boxes where it is smooth],
//!     at [an example] => its value from another source,
//!     (depends [which operands it depends on here],)
//! }
//! ```
//! An operator has its name in brackets, and no method. An operand with a type (`n: i32`) is a parameter. How a row expands
//! stands in `expand.rs`; careful `f64` code for single values in `special.rs`.

/// Passes all rows to the macro `$callback`, behind the tokens `$context`.
macro_rules! operations { ($callback:ident $($context:tt)*) => { $callback! { $($context)* fixed {

/// Sum.
Add [add](a, b) "{} + {}" { a + b, y => [one(), one()],
    on [[(-2.0, 2.0), (-3.0, 3.0)]], at [0.1, 0.7] => 0.7999999999999999 }
/// Difference.
Sub [sub](a, b) "{} - {}" { a - b, y => [one(), lit(-1.0)],
    on [[(-2.0, 2.0), (-3.0, 3.0)]], at [0.1, 0.7] => -0.6 }
/// Product. `0 · ∞` is NaN, as in IEEE 754.
Mul [mul](a, b) "{} * {}" { a * b, y => [b, a],
    on [[(-2.0, 2.0), (-3.0, 3.0)]], at [0.3, 0.7] => 0.21 }
/// Quotient. At `b = 0` the partials are infinite, or NaN for `0 / 0`.
Div [div](a, b) "{} / {}" { a / b, y => [one::<S>() / b, -(y / b)],
    on [[(-2.0, 2.0), (0.5, 3.0)], [(-2.0, 2.0), (-3.0, -0.5)]], at [0.3, 0.7] => 0.4285714285714286 }
/// Remainder with the sign of `a`, as Rust's `%`. Its slope in `b` is `-trunc(a / b)`; at its jumps it is the slope of one side.
Rem [rem](a, b) "{} % {}" { a % b, y => [one(), -((a - y) / b).round()],
    on [[(7.3, 7.9), (2.1, 2.4)], [(-7.9, -7.3), (2.1, 2.4)]], at [7.5, 2.0] => 1.5 }
/// Negative.
Neg [neg](a) "-{}" { -a, y => [lit(-1.0)],
    on [[(-2.0, 2.0)]], at [0.3] => -0.3 }
/// Reciprocal. At 0 its slope is -∞.
Recip recip(a) "1 / {}" { 1.0 / a, y => [-(y / a)],
    on [[(0.4, 3.0)], [(-3.0, -0.4)]], at [0.7] => 1.4285714285714286 }
/// Product and sum `a * b + c`, rounded once.
MulAdd mul_add(a, b, c) "{} * {} + {}" { a.mul_add(b, c), y => [b, a, one()],
    on [[(-2.0, 2.0), (-3.0, 3.0), (-1.0, 1.0)]], at [0.3, 0.7, 0.5] => 0.71 }

/// Integer power. `x⁰` is 1 with slope 0 and `x¹` has slope 1, also at 0.
Powi powi(a, n: i32) "{}^{}" { special::powi(a, n), y => [n * special::integer_power(a, n - one()), zero()],
    on [[(0.4, 2.0), (3.0, 3.0)], [(-2.0, -0.4), (4.0, 4.0)], [(0.5, 2.0), (-2.0, -2.0)]], at [1.3, 3.0] => 2.197,
    depends [n != 0.0, false] }
/// Real power. `a⁰` is 1 with slope 0 and `a¹` has slope 1, also at 0; the slope in `b` is `aᵇ ln a`, and 0 where `a = 0` and `b ≥ 0`.
/// NaN for negative `a`, unless `b` is an integer.
Powf powf(a, b) "{}^{}" { a.powf(b), y => [b * a.power_below(b), special::power_log(a, b, y)],
    on [[(0.3, 3.0), (-2.0, 2.5)]], at [1.3, 2.7] => 2.0307059963850898,
    depends [b != 0.0 || special::is_regular(a), true] }
/// The power one below, `a^(b - 1)`, as the slope of `a^b` needs it: accurate where `b - 1` is inexact, and 0 where `a = b = 0`.
PowerBelow power_below(a, b) "{}^({} - 1)" { special::power_below(a, b), y => [
        special::slope_of_power_below(a, b, y), special::power_log(a, b - one(), y)],
    on [[(0.3, 3.0), (1.2, 2.5)], [(0.3, 3.0), (-2.0, -0.2)]], at [1.3, 2.7] => 1.5620815356808384,
    depends [(b != 0.0 && b != 1.0) || special::is_regular(a), b != 0.0 || a != 0.0] }
/// Square root. Its slope at 0 is ∞; NaN below.
Sqrt sqrt(a) "sqrt({})" { a.sqrt(), y => [lit::<S>(0.5) / y],
    on [[(0.2, 4.0)]], at [2.0] => 1.4142135623730951 }
/// Cube root, also of negative numbers. Its slope at 0 is ∞.
Cbrt cbrt(a) "cbrt({})" { a.cbrt(), y => [one::<S>() / (lit::<S>(3.0) * y * y)],
    on [[(0.2, 4.0)], [(-4.0, -0.2)]], at [2.0] => 1.2599210498948732 }
/// Length of the vector (a, b), without overflow. Its slopes at the origin are 0.
Hypot hypot(a, b) "hypot({}, {})" { a.hypot(b), y => [a.direction(b), b.direction(a)],
    on [[(-3.0, -0.3), (0.3, 3.0)], [(0.3, 3.0), (0.3, 3.0)]], at [1.0, 2.0] => 2.23606797749979 }
/// Cosine of the angle of the vector (a, b): `a / hypot(a, b)`, and 0 with slopes 0 at the origin.
Direction direction(a, b) "{} / hypot({0}, {1})" { special::direction(a, b), y => [
        special::if_positive(a.hypot(b), b.direction(a) * (b.direction(a) / a.hypot(b)), zero::<S>() * a.hypot(b)),
        special::if_positive(a.hypot(b), -(y * b.direction(a) / a.hypot(b)), zero::<S>() * a.hypot(b))],
    on [[(-3.0, -0.3), (0.3, 3.0)], [(0.3, 3.0), (0.3, 3.0)]], at [1.0, 2.0] => 0.4472135954999579 }
/// Exponential function.
Exp exp(a) "exp({})" { a.exp(), y => [y],
    on [[(-3.0, 3.0)]], at [0.7] => 2.0137527074704766 }
/// Power of two.
Exp2 exp2(a) "exp2({})" { a.exp2(), y => [y * lit(LN_2)],
    on [[(-3.0, 3.0)]], at [0.7] => 1.624504792712471 }
/// `exp(a) - 1`, accurate near 0.
ExpM1 exp_m1(a) "exp_m1({})" { a.exp_m1(), y => [a.exp()],
    on [[(-3.0, 3.0)]], at [0.7] => 1.0137527074704764 }
/// Natural logarithm. At 0 it is -∞ with slope ∞; below 0 both are NaN.
Ln ln(a) "ln({})" { a.ln(), y => [special::nan_above_zero(-a, one::<S>() / a)],
    on [[(0.2, 5.0)]], at [0.7] => -0.35667494393873245 }
/// Logarithm to base 2. At 0 it is -∞ with slope ∞; below 0 both are NaN.
Log2 log2(a) "log2({})" { a.log2(), y => [special::nan_above_zero(-a, lit::<S>(LOG2_E) / a)],
    on [[(0.2, 5.0)]], at [0.7] => -0.5145731728297583 }
/// Logarithm to base 10. At 0 it is -∞ with slope ∞; below 0 both are NaN.
Log10 log10(a) "log10({})" { a.log10(), y => [special::nan_above_zero(-a, lit::<S>(LOG10_E) / a)],
    on [[(0.2, 5.0)]], at [0.7] => -0.1549019599857432 }
/// Logarithm of `a` to base `b`: `ln a / ln b`.
Log log(a, b) "log({}, {})" { a.ln() / b.ln(), y => [
        special::nan_above_zero(-a, one::<S>() / a / b.ln()), -(y / b / b.ln())],
    on [[(0.2, 5.0), (1.5, 5.0)], [(0.2, 5.0), (0.2, 0.7)]], at [0.7, 3.0] => -0.3246595251279624 }
/// `ln(1 + a)`, accurate near 0. At -1 it is -∞ with slope ∞; below both are NaN.
Ln1p ln_1p(a) "ln_1p({})" { a.ln_1p(), y => [special::nan_above_zero(lit::<S>(-1.0) - a, one::<S>() / (one::<S>() + a))],
    on [[(-0.8, 5.0)]], at [0.7] => 0.5306282510621704 }

/// Sine of an angle in radians.
Sin sin(a) "sin({})" { a.sin(), y => [a.cos()],
    on [[(-6.0, 6.0)]], at [0.7] => 0.644217687237691 }
/// Cosine of an angle in radians.
Cos cos(a) "cos({})" { a.cos(), y => [-a.sin()],
    on [[(-6.0, 6.0)]], at [0.7] => 0.7648421872844885 }
/// Tangent of an angle in radians.
Tan tan(a) "tan({})" { a.tan(), y => [one::<S>() + y * y],
    on [[(-1.3, 1.3)]], at [0.7] => 0.8422883804630794 }
/// Arc sine, in radians. Its slope at ±1 is ∞; NaN outside [-1, 1].
Asin asin(a) "asin({})" { a.asin(), y => [one::<S>() / a.one_minus_square().sqrt()],
    on [[(-0.9, 0.9)]], at [0.7] => 0.775397496610753 }
/// Arc cosine, in radians. Its slope at ±1 is -∞; NaN outside [-1, 1].
Acos acos(a) "acos({})" { a.acos(), y => [lit::<S>(-1.0) / a.one_minus_square().sqrt()],
    on [[(-0.9, 0.9)]], at [0.7] => 0.7953988301841436 }
/// Arc tangent, in radians.
Atan atan(a) "atan({})" { a.atan(), y => [one::<S>() / a.hypot(one()) / a.hypot(one())],
    on [[(-4.0, 4.0)]], at [0.7] => 0.6107259643892086 }
/// Angle of the point (b, a), in radians, in (-π, π]. Its slopes at the origin are NaN.
Atan2 atan2(a, b) "atan2({}, {})" { a.atan2(b), y => [
        b / a.hypot(b) / a.hypot(b), -(a / a.hypot(b) / a.hypot(b))],
    on [[(0.3, 3.0), (-2.0, 2.0)], [(-3.0, -0.3), (-2.0, 2.0)]], at [1.0, 2.0] => 0.4636476090008061 }
/// Hyperbolic sine.
Sinh sinh(a) "sinh({})" { a.sinh(), y => [a.cosh()],
    on [[(-3.0, 3.0)]], at [0.7] => 0.7585837018395335 }
/// Hyperbolic cosine.
Cosh cosh(a) "cosh({})" { a.cosh(), y => [a.sinh()],
    on [[(-3.0, 3.0)]], at [0.7] => 1.255169005630943 }
/// Hyperbolic tangent. Its slope keeps its digits where tanh rounds to ±1.
Tanh tanh(a) "tanh({})" { a.tanh(), y => [a.sech_squared()],
    on [[(-3.0, 3.0)]], at [0.7] => 0.6043677771171635 }
/// Inverse hyperbolic sine.
Asinh asinh(a) "asinh({})" { libm::asinh(a), y => [one::<S>() / a.hypot(one())],
    on [[(-4.0, 4.0)]], at [0.7] => 0.6526665660823557 }
/// Inverse hyperbolic cosine. Its slope at 1 is ∞; NaN below.
Acosh acosh(a) "acosh({})" { libm::acosh(a), y => [one::<S>() / ((a - one()).sqrt() * (a + one()).sqrt())],
    on [[(1.2, 5.0)]], at [1.7] => 1.123230982587296 }
/// Inverse hyperbolic tangent. At ±1 it is ±∞ with slope ∞; NaN outside.
Atanh atanh(a) "atanh({})" { libm::atanh(a), y => [
        special::nan_above_zero(-a.one_minus_square(), one::<S>() / a.one_minus_square())],
    on [[(-0.9, 0.9)]], at [0.7] => 0.8673005276940531 }
/// Square of the hyperbolic secant, `1 - tanh²`, which is the slope of tanh: accurate far from 0, where `1 - tanh²` is not.
SechSquared sech_squared(a) "sech({})^2" { special::sech_squared(a), y => [lit::<S>(-2.0) * a.tanh() * y],
    on [[(-3.0, 3.0)]], at [0.7] => 0.6347395899824586 }
/// `1 - a²`, accurate near ±1.
OneMinusSquare one_minus_square(a) "(1 - {}^2)" { (1.0 - a) * (1.0 + a), y => [lit::<S>(-2.0) * a],
    on [[(-3.0, 3.0)]], at [0.75] => 0.4375 }

/// Error function.
Erf erf(a) "erf({})" { libm::erf(a), y => [lit::<S>(FRAC_2_SQRT_PI) * a.gaussian(one())],
    on [[(-2.0, 2.0)]], at [0.7] => 0.6778011938374184 }
/// Complement of the error function, `1 - erf(a)`, accurate for large `a`.
Erfc erfc(a) "erfc({})" { libm::erfc(a), y => [lit::<S>(-FRAC_2_SQRT_PI) * a.gaussian(one())],
    on [[(-2.0, 3.0)]], at [0.7] => 0.32219880616258156 }
/// The bell `exp(-b a²)`, exact to the last digits also in the tails.
Gaussian gaussian(a, b) "exp(-{1} * {0}^2)" { special::gaussian(a, b), y => [
        lit::<S>(-2.0) * b * (a * y), -(a * (a * y))],
    on [[(-2.0, 2.0), (0.4, 1.5)]], at [0.7, 0.5] => 0.7827045382418681 }
/// Cumulative distribution function Φ of the standard normal distribution.
NormalCdf normal_cdf(a) "normal_cdf({})" { special::normal_cdf(a), y => [
        lit::<S>(special::FRAC_1_SQRT_2PI) * a.gaussian(lit(0.5))],
    on [[(-3.0, 3.0)]], at [0.7] => 0.758036347776927 }
/// Logarithm of the absolute value of the gamma function. Poles at 0, -1, -2, ...
LnGamma ln_gamma(a) "ln_gamma({})" { libm::lgamma(a), y => [a.digamma()],
    on [[(0.3, 5.0)], [(-1.8, -1.2)]], at [0.7] => 0.26086724653166654 }
/// Digamma function ψ, the slope of `ln_gamma`. Poles at 0, -1, -2, ...
Digamma digamma(a) "digamma({})" { polygamma::digamma(a), y => [a.polygamma(1)],
    on [[(0.3, 5.0)], [(-1.8, -1.2)]], at [0.7] => -1.2200235536979347 }
/// Polygamma function, the `n`-th derivative of the digamma function, for `n ≥ 0`. Poles at 0, -1, -2, ...
Polygamma polygamma(a, n: i32) "polygamma({1}, {0})" { polygamma::polygamma(a, n), y => [
        S::apply::<Polygamma, 2>([a, n + one()]), zero()],
    on [[(0.4, 4.0), (1.0, 1.0)], [(0.5, 4.0), (2.0, 2.0)]], at [0.7, 1.0] => 2.834049156694611,
    depends [true, false] }

/// Absolute value. Its slope at 0 is 0.
Abs abs(a) "|{}|" { a.abs(), y => [a.signum()],
    on [[(0.2, 3.0)], [(-3.0, -0.2)]], at [-0.7] => 0.7,
    depends [a != 0.0] }
/// Sign: 1, -1, and 0 at ±0 (where std's `signum` says ±1). Flat: its slope is 0 everywhere, also at its jump.
Signum signum(a) "signum({})" { special::signum(a), y => [zero()],
    on [[(0.2, 3.0)], [(-3.0, -0.2)]], at [-0.7] => -1.0,
    depends [false] }
/// Step: 1 above 0, else 0, NaN for NaN. Flat.
Step step(a) "step({})" { special::step(a), y => [zero()],
    on [[(0.2, 3.0)], [(-3.0, -0.2)]], at [0.7] => 1.0,
    depends [false] }
/// Heaviside step at `a - b`: 1 where `a > b`, 0 where `a < b`, ½ at a tie, NaN for NaN. Flat.
Heaviside heaviside(a, b) "heaviside({} - {})" { special::heaviside(a, b), y => [zero(), zero()],
    on [[(0.2, 3.0), (-3.0, -0.2)], [(-3.0, -0.2), (0.2, 3.0)]], at [0.7, 0.2] => 1.0,
    depends [false, false] }
/// Smaller of two. A tie shares the slope, half each; NaN if either is NaN (where std's `min` drops it).
Min min(a, b) "min({}, {})" { special::min(a, b), y => [b.heaviside(a), a.heaviside(b)],
    on [[(1.5, 3.0), (-3.0, 1.0)], [(-3.0, 1.0), (1.5, 3.0)]], at [0.7, 0.2] => 0.2,
    depends [!(a > b), !(b > a)] }
/// Larger of two. A tie shares the slope, half each; NaN if either is NaN (where std's `max` drops it).
Max max(a, b) "max({}, {})" { special::max(a, b), y => [a.heaviside(b), b.heaviside(a)],
    on [[(1.5, 3.0), (-3.0, 1.0)], [(-3.0, 1.0), (1.5, 3.0)]], at [0.7, 0.2] => 0.7,
    depends [!(a < b), !(b < a)] }
/// `a` held within [b, c]; `c` if the bounds are crossed. Its slope in `a` is 1 inside and at both ends, 0 outside.
Clamp clamp(a, b, c) "clamp({}, {}, {})" { special::clamp(a, b, c), y => [
        one(), one(), one()],
    on [[(-0.9, 0.9), (-1.5, -1.1), (1.1, 1.5)], [(-3.0, -2.0), (-1.5, -1.1), (1.1, 1.5)], [(2.0, 3.0), (-1.5, -1.1), (1.1, 1.5)]],
    at [0.7, -0.2, 0.3] => 0.3,
    depends [!(a < b) && !(a > c), a < b && !(b > c), a > c || b > c] }
/// Largest integer not above. Flat.
Floor floor(a) "floor({})" { a.floor(), y => [zero()],
    on [[(1.1, 1.9)], [(-0.9, -0.1)]], at [-0.7] => -1.0,
    depends [false] }
/// Smallest integer not below. Flat.
Ceil ceil(a) "ceil({})" { a.ceil(), y => [zero()],
    on [[(1.1, 1.9)], [(-0.9, -0.1)]], at [0.7] => 1.0,
    depends [false] }
/// Nearest integer, halves away from 0. Flat.
Round round(a) "round({})" { a.round(), y => [zero()],
    on [[(0.6, 1.4)], [(-0.4, 0.4)]], at [2.5] => 3.0,
    depends [false] }
/// Integer part. Flat.
Trunc trunc(a) "trunc({})" { a.trunc(), y => [zero()],
    on [[(1.1, 1.9)], [(-0.9, 0.9)]], at [-1.7] => -1.0,
    depends [false] }
/// Fractional part, with the sign of `a`. Its slope is 1, also at its jumps.
Fract fract(a) "fract({})" { a.fract(), y => [one()],
    on [[(1.1, 1.9)], [(-0.9, 0.9)]], at [-1.75] => -0.75 }
/// Remainder of Euclidean division, never negative. Its slope in `b` is minus the quotient; at its jumps it is the slope of one side.
RemEuclid rem_euclid(a, b) "rem_euclid({}, {})" { a.rem_euclid(b), y => [one(), -((a - y) / b).round()],
    on [[(7.3, 7.9), (2.1, 2.4)], [(-7.9, -7.3), (2.1, 2.4)]], at [-7.5, 2.0] => 0.5 }
/// `b` where `a > 0`, else `c`: a choice that is recorded, so that both sides are known to a replay. Only the side taken receives a gradient.
Select select(a, b, c) "select({} > 0, {}, {})" { if a > 0.0 { b } else { c }, y => [zero(), one(), one()],
    on [[(0.5, 1.0), (-2.0, 2.0), (-3.0, 3.0)], [(-1.0, -0.5), (-2.0, 2.0), (-3.0, 3.0)]], at [0.7, -0.2, 0.3] => -0.2,
    depends [false, a > 0.0, !(a > 0.0)] }

/// Rectifier: `a` above 0, else 0. Its slope at 0 is 0; NaN stays NaN.
Relu relu(a) "relu({})" { special::relu(a), y => [a.step()],
    on [[(0.2, 3.0)], [(-3.0, -0.2)]], at [0.7] => 0.7,
    depends [!(a <= 0.0)] }
/// Rectifier that leaks: `a` above 0, else `b * a`. Its slope at 0 is `b`.
LeakyRelu leaky_relu(a, b) "leaky_relu({}, {})" { if a > 0.0 { a } else { b * a }, y => [
        a.select(one(), b), a.select(zero(), a)],
    on [[(0.2, 3.0), (0.01, 0.3)], [(-3.0, -0.2), (0.01, 0.3)]], at [-0.7, 0.1] => -0.06999999999999999,
    depends [true, !(a > 0.0)] }
/// Exponential linear unit: `a` above 0, else `b (exp(a) - 1)`. Its slope at 0 is `b`.
Elu elu(a, b) "elu({}, {})" { if a > 0.0 { a } else { b * a.exp_m1() }, y => [
        a.select(one(), b * a.exp()), a.select(zero(), a.exp_m1())],
    on [[(0.2, 3.0), (0.5, 1.5)], [(-3.0, -0.2), (0.5, 1.5)]], at [-0.7, 1.5] => -0.7551220443128857,
    depends [true, !(a > 0.0)] }
/// Logistic function `1 / (1 + exp(-a))`. Its slope keeps its digits where it rounds to 1.
Sigmoid sigmoid(a) "sigmoid({})" { special::sigmoid(a), y => [
        lit::<S>(0.25) * (lit::<S>(0.5) * a).sech_squared()],
    on [[(-4.0, 4.0)]], at [0.7] => 0.668187772168166 }
/// `ln(1 + exp(a))`, a smooth rectifier, without overflow.
Softplus softplus(a) "softplus({})" { special::softplus(a), y => [a.sigmoid()],
    on [[(-4.0, 4.0)]], at [0.7] => 1.103186048885458 }
/// Sigmoid linear unit, `a sigmoid(a)`, also called swish. It is 0 at -∞.
Silu silu(a) "silu({})" { special::silu(a), y => [
        a.sigmoid() * (one::<S>() + special::bounded(a) * (-a).sigmoid())],
    on [[(-4.0, 4.0)]], at [0.7] => 0.46773144051771626 }
/// Gaussian error linear unit, `a Φ(a)`: the exact form, with the error function. It is 0 at -∞.
Gelu gelu(a) "gelu({})" { special::gelu(a), y => [
        a.normal_cdf() + lit::<S>(special::FRAC_1_SQRT_2PI) * (special::bounded(a) * a.gaussian(lit(0.5)))],
    on [[(-3.0, 3.0)]], at [0.7] => 0.5306254434438489 }
/// `a tanh(softplus(a))`. It is 0 at -∞.
Mish mish(a) "mish({})" { special::mish(a), y => [
        a.softplus().tanh() + special::bounded(a) * a.sigmoid() * a.softplus().sech_squared()],
    on [[(-4.0, 4.0)]], at [0.7] => 0.5611483776438518 }
/// `a / (1 + |a|)`. Its slope at 0 is 1.
Softsign softsign(a) "softsign({})" { special::softsign(a), y => [
        (one::<S>() / (one::<S>() + a.abs())) * (one::<S>() / (one::<S>() + a.abs()))],
    on [[(0.2, 4.0)], [(-4.0, -0.2)]], at [0.7] => 0.4117647058823529 }

} lists {

/// Sum of a list; 0 for none.
Sum sum "sum({})" { |x| special::total(x.iter().copied()), y => x.iter().map(|_| one()).collect(),
    on [(-2.0, 2.0)], at [0.5, 1.25, -3.0] => -1.25 }
/// Product of a list; 1 for none. Zeros in it are differentiated rightly.
Product product "product({})" { |x| x.iter().product(), y => special::products_of_others(x),
    on [(0.5, 2.0), (-1.5, -0.5)], at [0.5, 1.25, -3.0] => -1.875 }
/// Mean of a list; NaN for none.
Mean mean "mean({})" { |x| x.iter().sum::<f64>() / x.len() as f64,
    y => x.iter().map(|_| one::<S>() / lit(x.len() as f64)).collect(),
    on [(-2.0, 2.0)], at [0.5, 1.25, -3.0] => -0.4166666666666667 }
/// Dot product of the first half of a list with the second; NaN for a list of odd length.
Dot dot_halves "dot({})" { |x| special::dot(x),
    y => special::other_halves(x),
    on [(-2.0, 2.0)], at [0.5, 1.25, -3.0, 2.0] => 1.0 }
/// `ln Σ exp(xᵢ)`, without overflow; -∞ for none. Its slopes are the softmax.
LogSumExp log_sum_exp "log_sum_exp({})" { |x| special::log_sum_exp(x),
    y => special::shares(x),
    on [(-2.0, 2.0)], at [0.5, 1.25, -3.0] => 1.646512342532271 }
/// Euclidean length of a list, without overflow; 0 for none. Its slopes at the origin are 0.
Norm norm "norm({})" { |x| special::norm(x),
    y => special::cosines(x, y),
    on [(0.5, 2.0), (-1.5, -0.5)], at [0.5, 1.25, -3.0] => 3.2882366094914763 }

} } } }
