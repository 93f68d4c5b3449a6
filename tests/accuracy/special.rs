//! The error function and the gamma function in many digits, with their relatives. Their derivatives are known by definition.

use super::big::Big;

/// How many terms of a series are enough for 256 bits, where nothing else ends it.
const MOST_TERMS: usize = 4000;
const ENOUGH: i32 = -270;

fn b(x: f64) -> Big {
    Big::from(x)
}

/// Whether `term` no longer matters beside `sum`.
fn is_negligible(term: &Big, sum: &Big) -> bool {
    match (term.exponent(), sum.exponent()) {
        (None, _) => true,
        (Some(term), Some(sum)) => term - sum < ENOUGH,
        (Some(_), None) => false,
    }
}

/// Value, slope and second derivative in the first operand; `None` outside the domain.
pub fn jet(op: &str, x: &[Big]) -> Option<[Big; 3]> {
    let a = &x[0];
    let integer_at_pole = a.is_integer() && !a.is_positive();
    Some(match op {
        "erf" | "erfc" => {
            let slope = (-(a * a)).exp().scaled(1) / Big::pi().sqrt();
            let curvature = -(a.scaled(1) * slope.clone());
            if op == "erf" { [erf(a), slope, curvature] } else { [erfc(a), -slope, -curvature] }
        }
        "normal_cdf" => {
            let density = density(a);
            let curvature = -(a * &density);
            [normal_cdf(a), density, curvature]
        }
        "gelu" => {
            let (density, cdf) = (density(a), normal_cdf(a));
            let slope = &cdf + &(a * &density);
            let curvature = &(&b(2.0) - &(a * a)) * &density;
            [a * &cdf, slope, curvature]
        }
        "ln_gamma" if !integer_at_pole => [ln_gamma(a)?, polygamma(a, 0)?, polygamma(a, 1)?],
        "digamma" if !integer_at_pole => [polygamma(a, 0)?, polygamma(a, 1)?, polygamma(a, 2)?],
        "polygamma" if !integer_at_pole => {
            let n = x[1].approximate();
            if !(0.0..20.0).contains(&n) {
                return None;
            }
            let n = n as u32;
            [polygamma(a, n)?, polygamma(a, n + 1)?, polygamma(a, n + 2)?]
        }
        _ => return None,
    })
}

/// The density of the standard normal distribution.
fn density(a: &Big) -> Big {
    (-(a * a).scaled(-1)).exp() / Big::pi().scaled(1).sqrt()
}

fn normal_cdf(a: &Big) -> Big {
    erfc(&(-a.clone() / b(2.0).sqrt())).scaled(-1)
}

/// `2/√π exp(-x²) Σ 2^k x^(2k+1) / (2k+1)!!`, whose terms all have one sign (Abramowitz and Stegun, 7.1.6).
fn erf(x: &Big) -> Big {
    if x.abs() > b(4.0) {
        let near_one = b(1.0) - erfc(&x.abs());
        return if x.is_negative() { -near_one } else { near_one };
    }
    let square = (x * x).scaled(1);
    let (mut term, mut sum) = (x.clone(), x.clone());
    for k in 1..MOST_TERMS {
        term = &(&term * &square) / &b(2.0 * k as f64 + 1.0);
        sum = &sum + &term;
        if is_negligible(&term, &sum) {
            break;
        }
    }
    sum * (-(x * x)).exp().scaled(1) / Big::pi().sqrt()
}

/// By the continued fraction for `x > 3` (Abramowitz and Stegun, 7.1.14), where `1 - erf` would cancel.
fn erfc(x: &Big) -> Big {
    if *x < b(-4.0) {
        return b(2.0) - erfc(&-x.clone());
    }
    if *x < b(3.0) {
        return b(1.0) - erf(x);
    }
    if *x > b(200.0) {
        return b(0.0);
    }
    // From the inside out; a fraction of n terms is good to some exp(-4 x √(2n)).
    let bits = 190.0_f64 / (4.0 * x.approximate().min(1e3));
    let terms = (bits * bits / 2.0) as usize + 40;
    let mut fraction = x.clone();
    for k in (1..=terms).rev() {
        fraction = x + &(b(k as f64).scaled(-1) / fraction);
    }
    (-(x * x)).exp() / (fraction * Big::pi().sqrt())
}

/// Bernoulli numbers B₂, B₄, … as fractions.
const BERNOULLI: [(&str, &str); 20] = [
    ("1", "6"),
    ("-1", "30"),
    ("1", "42"),
    ("-1", "30"),
    ("5", "66"),
    ("-691", "2730"),
    ("7", "6"),
    ("-3617", "510"),
    ("43867", "798"),
    ("-174611", "330"),
    ("854513", "138"),
    ("-236364091", "2730"),
    ("8553103", "6"),
    ("-23749461029", "870"),
    ("8615841276005", "14322"),
    ("-7709321041217", "510"),
    ("2577687858367", "6"),
    ("-26315271553053477373", "1919190"),
    ("2929993913841559", "6"),
    ("-261082718496449122051", "13530"),
];

/// From here on Stirling's series is good to 200 bits and more.
const FAR: f64 = 150.0;

thread_local! {
    static NUMBERS: Vec<Big> =
        BERNOULLI.iter().map(|(above, below)| Big::parse(above) / Big::parse(below)).collect();
}

fn bernoulli() -> Vec<Big> {
    NUMBERS.with(Vec::clone)
}

/// How many steps of 1 lead from `x` to where Stirling's series is good.
fn steps(x: &Big) -> Option<usize> {
    let x = x.approximate();
    if x < -300.0 { None } else { Some((FAR - x).max(0.0).ceil() as usize) }
}

/// `ln |Γ(x)|` (Abramowitz and Stegun, 6.1.40), from far above by `Γ(x) = Γ(x + m) / (x (x + 1) … (x + m - 1))`.
fn ln_gamma(x: &Big) -> Option<Big> {
    if *x == b(1.0) || *x == b(2.0) {
        return Some(b(0.0));
    }
    let steps = steps(x)?;
    let mut product = b(1.0);
    for k in 0..steps {
        product = &product * &(x + &b(k as f64));
    }
    let z = x + &b(steps as f64);
    let mut sum = (&z - &b(0.5)) * z.ln() - z.clone() + Big::pi().scaled(1).ln().scaled(-1);
    let square = &z * &z;
    let mut power = z.clone();
    for (k, number) in bernoulli().into_iter().enumerate() {
        let n = 2.0 * (k as f64 + 1.0);
        sum = sum + number / (b(n * (n - 1.0)) * power.clone());
        power = &power * &square;
    }
    Some(sum - product.abs().ln())
}

/// The `n`-th derivative of ψ (Abramowitz and Stegun, 6.4.11 and 6.3.18).
fn polygamma(x: &Big, n: u32) -> Option<Big> {
    let steps = steps(x)?;
    let z = x + &b(steps as f64);
    let factorial = |n: u32| (1..=n).fold(b(1.0), |product, k| product * b(f64::from(k)));
    let square = &z * &z;
    // Behind the leading terms: B₂ₖ (2k + n - 1)! / ((2k)! z^(2k + n)).
    let mut power = z.powi(2 + n as i32);
    let mut tail = b(0.0);
    for (k, number) in bernoulli().into_iter().enumerate() {
        let order = 2 * (k as u32 + 1);
        tail = tail + number * factorial(order + n - 1) / (factorial(order) * power.clone());
        power = &power * &square;
    }
    let far = if n == 0 {
        z.ln() - (&b(0.5) / &z) - tail
    } else {
        let leading = factorial(n - 1) / z.powi(n as i32) + factorial(n).scaled(-1) / z.powi(n as i32 + 1);
        let all = leading + tail;
        if n.is_multiple_of(2) { -all } else { all }
    };
    // Down again: ψₙ(x) = ψₙ(x + 1) - (-1)ⁿ n! / x^(n + 1).
    let mut near = b(0.0);
    for k in 0..steps {
        near = near + b(1.0) / (x + &b(k as f64)).powi(n as i32 + 1);
    }
    let near = near * factorial(n);
    Some(if n.is_multiple_of(2) { far - near } else { far + near })
}
