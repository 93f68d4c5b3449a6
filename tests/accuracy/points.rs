//! Points over the whole domain of an op: from the boxes of its row, over all magnitudes, and around the places where formulas lose digits.

use fastrand::Rng;

/// Of any magnitude up to 2^`most`, each as likely.
fn magnitude(random: &mut Rng, most: f64) -> f64 {
    let sign = if random.bool() { 1.0 } else { -1.0 };
    sign * ((2.0 * random.f64() - 1.0) * most).exp2()
}

/// Where formulas lose digits: ±1 (asin, acosh, atanh, ln), the roots of gamma, where sigmoid and tanh round to their limits.
const PLACES: [f64; 10] = [1.0, -1.0, 0.5, 2.0, -2.0, 3.0, 20.0, 40.0, -40.0, 745.0];

/// One operand, by its interval in a box of the row; up to 2^`most` in size.
pub fn operand(random: &mut Rng, (low, high): (f64, f64), most: f64) -> f64 {
    if low == high {
        // A parameter: its value in the row, or another whole number.
        return if random.bool() { low } else { f64::from(random.i32(-10..=10)) };
    }
    match random.u32(0..20) {
        0..8 => low + (high - low) * random.f64(),
        8..11 => magnitude(random, 3.0),
        11..14 => magnitude(random, 10.0),
        14..16 => magnitude(random, most.min(100.0)),
        16..18 => magnitude(random, most),
        _ => {
            let place = PLACES[random.usize(0..PLACES.len())];
            place + place * magnitude(random, 0.0) * (-52.0 * random.f64()).exp2()
        }
    }
}
