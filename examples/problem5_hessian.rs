//! Problem 5: the Hessian, the matrix of second derivatives.

use gradus::prelude::*;

fn f<S: Scalar>(x: &[S]) -> S {
    x[0].powi(3) + S::lit(2.0) * x[0] * x[1].powi(2) + x[1].powi(4)
}

fn print(title: &str, matrix: &[Vec<f64>]) {
    println!("{title}");
    for row in matrix {
        println!("[{:.4}, {:.4}]", row[0], row[1]);
    }
}

fn main() -> gradus::Result<()> {
    let point = [1.0, 2.0];
    println!("f(x, y) = x³ + 2xy² + y⁴ at (1, 2)\n");
    print("Hessian:", &gradus::hessian(f, &point)?);
    print("\nby finite differences:", &gradus::numeric::hessian(f, &point)?);

    let direction = [1.0, -1.0];
    println!("\ntimes the direction (1, -1), without the matrix: {:?}", gradus::hvp(f, &point, &direction)?);
    Ok(())
}
