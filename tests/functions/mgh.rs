//! Ten problems of Moré, Garbow and Hillstrom: residuals and their Jacobian, the sum of squares, its gradient and Hessian.

use crate::data::{count, file, list, matrix, number, numbers, text};
use crate::mgh_problems::Problem;
use crate::modes::{Scalars, ToScalar, ToVector, Vectors, check_scalar, check_vector};
use gradus::Scalar;

impl ToVector for Problem {
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        self.residuals(x)
    }
}

impl ToScalar for Problem {
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        self.sum_of_squares(x)
    }
}

#[test]
fn residuals_and_their_sum_of_squares() {
    let file = file("mgh/mgh_public.json");
    let problems = list(&file, "cases");
    assert_eq!(problems.len(), 10);
    for problem in problems {
        let f = Problem(count(problem, "problem"));
        for point in list(problem, "points") {
            let name = text(problem, "name");
            let x = numbers(&point["x"]);
            let (residuals, jacobian) = (numbers(&point["residuals"]), matrix(&point["jacobian"]));
            check_vector(&f, &Vectors { name, x: &x, values: &residuals, jacobian: &jacobian, tolerance: 1e-12 });
            check_scalar(
                &f,
                &Scalars {
                    name,
                    x: &x,
                    value: number(&point["f"]),
                    gradient: &numbers(&point["gradient"]),
                    hessian: Some(&matrix(&point["hessian"])),
                    tolerance: 1e-12,
                },
            );
        }
    }
}
