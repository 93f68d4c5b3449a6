//! Problem 2: forward mode. A dual number carries a value and its derivative through a formula.

use gradus::Dual;
use std::f64::consts::PI;

fn main() {
    let f = |x: Dual| x.powi(3) + 2.0 * x.powi(2) - 5.0 * x + 1.0;
    let y = f(Dual::new(3.0, 1.0));
    println!("f(x) = x³ + 2x² - 5x + 1");
    println!("f(3) = {}", y.value());
    println!("f'(3) = {}", y.tangent());

    let g = |x: Dual| x.sin() * x.powi(2);
    let y = g(Dual::new(PI / 4.0, 1.0));
    println!("\ng(x) = sin(x) x²");
    println!("g(pi/4) = {:.6}", y.value());
    println!("g'(pi/4) = {:.6}", y.tangent());

    // A dual of duals carries second derivatives as well.
    let x = Dual::new(Dual::variable(3.0), Dual::constant(1.0));
    let y = x.powi(3) + x.powi(2) * 2.0 - x * 5.0 + 1.0;
    println!("\nf''(3) = {}", y.tangent().tangent());
}
