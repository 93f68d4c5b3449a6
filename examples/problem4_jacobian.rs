//! Problem 4: the Jacobian of a function with several outputs.

use gradus::prelude::*;

fn f<S: Scalar>(x: &[S]) -> Vec<S> {
    vec![x[0].powi(2) * x[1], x[0] + x[1].powi(3)]
}

fn print(title: &str, matrix: &[Vec<f64>]) {
    println!("{title}");
    for row in matrix {
        println!("[{:.4}, {:.4}]", row[0], row[1]);
    }
}

fn main() -> gradus::Result<()> {
    let point = [2.0, 3.0];
    println!("f(x, y) = [x² y, x + y³] at (2, 3)\n");
    print("Jacobian:", &gradus::jacobian(f, &point)?);
    print("\nby finite differences:", &gradus::numeric::jacobian(f, &point)?);

    let (_, along) = gradus::jvp(f, &point, &[1.0, 0.0])?;
    println!("\nJacobian-vector product, the column of x: {along:?}");
    let (_, row) = gradus::vjp(f, &point, &[0.0, 1.0])?;
    println!("vector-Jacobian product, the row of the second output: {row:?}");
    Ok(())
}
