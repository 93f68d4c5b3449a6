//! The value of each op in many digits, from its textbook definition and nothing of the crate.

use super::big::Big;
use super::special;

fn b(x: f64) -> Big {
    Big::from(x)
}

fn one() -> Big {
    b(1.0)
}

/// What an op is near a point, for whoever differentiates it there by differences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Smooth; nothing happens at 0.
    Smooth,
    /// Smooth, and as quick to change far from 0 as near it.
    Periodic,
    /// Something happens where an operand is 0: a pole, a kink, an edge of the domain.
    SingularAtZero,
    /// Something happens at the origin only.
    SingularAtOrigin,
    /// Straight pieces with kinks or jumps between them.
    Pieces,
    /// Its derivatives are known by definition: see [`special::jet`].
    Defined,
}

/// The shape of an op; `None` for one that is not known here.
pub fn shape(op: &str) -> Option<Shape> {
    Some(match op {
        "add" | "sub" | "mul" | "neg" | "mul_add" | "exp" | "exp2" | "exp_m1" | "asin" | "acos" | "atan" | "sinh"
        | "cosh" | "tanh" | "asinh" | "acosh" | "atanh" | "sech_squared" | "one_minus_square" | "gaussian"
        | "sigmoid" | "softplus" | "silu" | "mish" | "ln_1p" | "sum" | "product" | "mean" | "dot_halves"
        | "log_sum_exp" => Shape::Smooth,
        "sin" | "cos" | "tan" => Shape::Periodic,
        "div" | "recip" | "powi" | "powf" | "power_below" | "sqrt" | "cbrt" | "ln" | "log2" | "log10" | "log"
        | "softsign" | "elu" | "atan2" => Shape::SingularAtZero,
        "hypot" | "direction" | "norm" => Shape::SingularAtOrigin,
        "rem" | "rem_euclid" | "abs" | "signum" | "step" | "heaviside" | "min" | "max" | "clamp" | "floor" | "ceil"
        | "round" | "trunc" | "fract" | "select" | "relu" | "leaky_relu" => Shape::Pieces,
        "erf" | "erfc" | "normal_cdf" | "gelu" | "ln_gamma" | "digamma" | "polygamma" => Shape::Defined,
        _ => return None,
    })
}

/// The value; `None` outside the domain.
pub fn value(op: &str, x: &[Big]) -> Option<Big> {
    let value = match *x {
        [ref a] => unary(op, a),
        [ref a, ref c] => binary(op, a, c).or_else(|| list(op, x)),
        _ => ternary(op, x).or_else(|| list(op, x)),
    };
    value.filter(Big::is_number)
}

fn unary(op: &str, a: &Big) -> Option<Big> {
    let inside = a.abs() <= one();
    Some(match op {
        "neg" => -a.clone(),
        "recip" if !a.is_zero() => &one() / a,
        "sqrt" if !a.is_negative() => a.sqrt(),
        "cbrt" => a.cbrt(),
        "exp" => a.exp(),
        "exp2" => (a * &b(2.0).ln()).exp(),
        "exp_m1" => a.exp() - one(),
        "ln" if a.is_positive() => a.ln(),
        "log2" if a.is_positive() => a.ln() / b(2.0).ln(),
        "log10" if a.is_positive() => a.ln() / b(10.0).ln(),
        "ln_1p" if *a > b(-1.0) => (a + &one()).ln(),
        "sin" => a.sin(),
        "cos" => a.cos(),
        "tan" => a.sin() / a.cos(),
        "asin" if inside => a.asin(),
        "acos" if inside => a.acos(),
        "atan" => a.atan(),
        "sinh" => (a.exp() - (-a.clone()).exp()).scaled(-1),
        "cosh" => (a.exp() + (-a.clone()).exp()).scaled(-1),
        "tanh" => {
            let e = a.scaled(1).exp();
            (&e - &one()) / (&e + &one())
        }
        "asinh" if a.is_negative() => -(&-a.clone() + &(&(a * a) + &one()).sqrt()).ln(),
        "asinh" => (a + &(&(a * a) + &one()).sqrt()).ln(),
        "acosh" if *a >= one() => (a + &(&(a * a) - &one()).sqrt()).ln(),
        "atanh" if a.abs() < one() => ((&one() + a) / (&one() - a)).ln().scaled(-1),
        "sech_squared" => one() / unary("cosh", a)?.powi(2),
        "one_minus_square" => &one() - &(a * a),
        "abs" => a.abs(),
        "signum" => b(f64::from(i8::from(a.is_positive()) - i8::from(a.is_negative()))),
        "step" => b(f64::from(u8::from(a.is_positive()))),
        "floor" => a.floor(),
        "ceil" => a.ceil(),
        "trunc" => a.trunc(),
        "round" if a.is_negative() => (a - &b(0.5)).ceil(),
        "round" => (a + &b(0.5)).floor(),
        "fract" => a - &a.trunc(),
        "relu" if a.is_positive() => a.clone(),
        "relu" => b(0.0),
        "sigmoid" => one() / (one() + (-a.clone()).exp()),
        "softplus" => (one() + a.exp()).ln(),
        "silu" => a / &(one() + (-a.clone()).exp()),
        "mish" => a * &unary("tanh", &unary("softplus", a)?)?,
        "softsign" => a / &(&one() + &a.abs()),
        _ => return None,
    })
}

fn binary(op: &str, a: &Big, c: &Big) -> Option<Big> {
    Some(match op {
        "add" => a + c,
        "sub" => a - c,
        "mul" => a * c,
        "div" if !c.is_zero() => a / c,
        "rem" if !c.is_zero() => a - &(c * &(a / c).trunc()),
        "rem_euclid" if !c.is_zero() => a - &(&c.abs() * &(a / &c.abs()).floor()),
        "powi" if c.is_integer() && (!a.is_zero() || !c.is_negative()) => a.powi(c.approximate() as i32),
        "powf" if a.is_positive() => (c * &a.ln()).exp(),
        "power_below" if a.is_positive() => (&(c - &one()) * &a.ln()).exp(),
        "hypot" => (&(a * a) + &(c * c)).sqrt(),
        "direction" if !a.is_zero() || !c.is_zero() => a / &binary("hypot", a, c)?,
        "log" if a.is_positive() && c.is_positive() && *c != one() => a.ln() / c.ln(),
        "atan2" => angle(a, c)?,
        // Narrower bells are narrower than the step, and far out any step of the width is a long way.
        "gaussian" if [a, c].iter().all(|x| x.exponent().is_none_or(|exponent| exponent < 20)) => {
            (-(c * &(a * a))).exp()
        }
        "heaviside" => b(if a > c { 1.0 } else { 0.0 }),
        "min" => {
            if a < c {
                a.clone()
            } else {
                c.clone()
            }
        }
        "max" => {
            if a > c {
                a.clone()
            } else {
                c.clone()
            }
        }
        "leaky_relu" => {
            if a.is_positive() {
                a.clone()
            } else {
                c * a
            }
        }
        "elu" => {
            if a.is_positive() {
                a.clone()
            } else {
                c * &(a.exp() - one())
            }
        }
        _ => return None,
    })
}

/// The angle of the point (x, y), in (-π, π].
fn angle(y: &Big, x: &Big) -> Option<Big> {
    if x.is_zero() {
        let quarter = Big::pi().scaled(-1);
        return (!y.is_zero()).then(|| if y.is_negative() { -quarter } else { quarter });
    }
    let angle = (y / x).atan();
    Some(match (x.is_negative(), y.is_negative()) {
        (false, _) => angle,
        // On the cut: the angle jumps.
        (true, _) if y.is_zero() => return None,
        (true, false) => angle + Big::pi(),
        (true, true) => angle - Big::pi(),
    })
}

fn ternary(op: &str, x: &[Big]) -> Option<Big> {
    let [a, c, d] = x else { return None };
    Some(match op {
        "mul_add" => &(a * c) + d,
        "clamp" if c <= d => {
            if a < c {
                c.clone()
            } else if a > d {
                d.clone()
            } else {
                a.clone()
            }
        }
        "select" => {
            if a.is_positive() {
                c.clone()
            } else {
                d.clone()
            }
        }
        _ => return None,
    })
}

fn list(op: &str, x: &[Big]) -> Option<Big> {
    let sum = |terms: &mut dyn Iterator<Item = Big>| terms.fold(b(0.0), |sum, term| sum + term);
    let half = x.len() / 2;
    Some(match op {
        "sum" => sum(&mut x.iter().cloned()),
        "product" => x.iter().fold(one(), |product, each| &product * each),
        "mean" => sum(&mut x.iter().cloned()) / b(x.len() as f64),
        "dot_halves" => sum(&mut x[..half].iter().zip(&x[half..]).map(|(a, c)| a * c)),
        "log_sum_exp" => sum(&mut x.iter().map(Big::exp)).ln(),
        "norm" => sum(&mut x.iter().map(|each| each * each)).sqrt(),
        _ => return None,
    })
}

/// Value, slope and second derivative of an op that is [defined](Shape::Defined) with them, in its first operand.
pub fn jet(op: &str, x: &[Big]) -> Option<[Big; 3]> {
    special::jet(op, x)
}
