//! How numbers are written in explanations.

/// Six significant digits at most, without trailing zeros.
pub(super) fn short(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return x.to_string();
    }
    if !(1e-4..1e7).contains(&x.abs()) {
        return format!("{x:.4e}");
    }
    let decimals = (5 - x.abs().log10().floor() as i32).max(0) as usize;
    trimmed(&format!("{x:.decimals$}")).to_owned()
}

/// Rounded to so many decimals, without trailing zeros; with an exponent where nothing or too much would be left.
pub(super) fn rounded(x: f64, decimals: usize) -> String {
    // No `f64` has more; the formatter refuses more than 65535.
    let decimals = decimals.min(1074);
    if x == 0.0 || !x.is_finite() {
        // Without the sign of a zero, which takes room and tells little.
        return x.abs().copysign(if x == 0.0 { 1.0 } else { x }).to_string();
    }
    if x.abs() >= 1e7 || x.abs() < 0.1_f64.powi(decimals.min(300) as i32) {
        let text = format!("{x:.*e}", decimals.min(3));
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(digits));
    }
    trimmed(&format!("{x:.decimals$}")).to_owned()
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_never_vanish() {
        let all = [1.356, -0.13, 2.0, -0.0, 123.45678, 0.00004, -3.0e-200, 1.0e9, f64::NAN, f64::INFINITY, 0.99999];
        let written: Vec<String> = all.iter().map(|&x| rounded(x, 4)).collect();
        assert_eq!(written, ["1.356", "-0.13", "2", "0", "123.4568", "4e-5", "-3e-200", "1e9", "NaN", "inf", "1"]);
        assert_eq!((rounded(0.4, 0).as_str(), rounded(12.6, 0).as_str()), ("4e-1", "13"));
    }
}
