//! The functions of `DiffTests.jl` and a few more: third derivatives, Hessians, Jacobians.

use crate::data::{file, list, matrix, number, numbers, text};
use crate::modes::{Scalars, ToScalar, ToVector, Vectors, check_products, check_scalar, check_vector, close_number};
use gradus::{Dual, Scalar};
use std::f64::consts::PI;

/// A function by its name in the file.
struct Named<'a>(&'a str);

fn lit<S: Scalar>(c: f64) -> S {
    S::lit(c)
}

/// The functions ℝ → ℝ.
impl Named<'_> {
    fn at<S: Scalar>(&self, x: S) -> S {
        match self.0 {
            "num2num_1" => x.sin().powi(2) / x.cos().powi(2),
            "num2num_3" => lit::<S>(10.31).powf(x + x) - x,
            "num2num_5" => lit::<S>(1.0) / (lit::<S>(1.0) + (-x).exp()),
            "nested_exp" => x.cos().exp().sin().exp(),
            "iterated_logistic_20" => (0..20).fold(x, |x, _| lit::<S>(3.7) * x * (lit::<S>(1.0) - x)),
            "cont_frac_10" => (0..10).fold(x, |y, _| lit::<S>(1.0) + lit::<S>(1.0) / (x + y)),
            other => panic!("{other} is not written here"),
        }
    }
}

struct OfOne<'a>(Named<'a>);

impl ToScalar for OfOne<'_> {
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        self.0.at(x[0])
    }
}

impl ToScalar for Named<'_> {
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        match self.0 {
            "vec2num_1" => (x[0].exp() + x[2].ln() * x[3]) / x[4],
            "vec2num_3" => {
                let outer: Vec<S> = x.iter().flat_map(|&a| x.iter().map(move |&b| a * b)).collect();
                gradus::norm(&outer)
            }
            "vec2num_6" => x.iter().map(|each| each.max(lit(0.0))).sum(),
            "sum_plus_prod" => x.iter().copied().sum::<S>() + x.iter().copied().product::<S>(),
            "rosenbrock_2" => {
                let (a, b) = (x[0], lit::<S>(100.0) * x[0]);
                x.windows(2).map(|pair| (a - pair[0]).powi(2) + b * (pair[1] - pair[0] * pair[0]).powi(2)).sum()
            }
            "ackley" => {
                let squares: Vec<S> = x.iter().map(|each| each.powi(2)).collect();
                let waves: Vec<S> = x.iter().map(|&each| (lit::<S>(2.0 * PI) * each).cos()).collect();
                lit::<S>(-20.0) * (lit::<S>(-0.2) * gradus::mean(&squares).sqrt()).exp() - gradus::mean(&waves).exp()
                    + lit(20.0)
                    + lit::<S>(1.0).exp()
            }
            "logsumexp" => gradus::log_sum_exp(x),
            "det3" => det3(x),
            "mat2num_1" => {
                let scaled: Vec<S> = inverse3(&square3(x)).iter().zip(x).map(|(&a, &b)| x[0] * a + b).collect();
                det3(&scaled)
            }
            "mat2num_3" => x.iter().map(|each| (each.abs() + each.powi(2)).sqrt() / lit(2.0)).sum(),
            "softmax_rows_weighted" => {
                let weighted = |i: usize| {
                    let shares = gradus::softmax(&x[3 * i..3 * i + 3]);
                    (0..3).map(|j| lit::<S>((i + 1 + 2 * (j + 1)) as f64) * shares[j]).sum::<S>()
                };
                (0..3).map(weighted).sum()
            }
            other => panic!("{other} is not written here"),
        }
    }
}

impl ToVector for Named<'_> {
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        match self.0 {
            "chebyquad" => chebyquad(x),
            "mutation_test_1" => {
                let mut y = vec![lit::<S>(0.0); x.len()];
                y[0] = x[0];
                y[0] *= x[1];
                y[1] *= x[2];
                y[2] = y.iter().copied().sum();
                y
            }
            "polar_to_cartesian_3d" => {
                let ((sin, cos), (sin_phi, cos_phi)) = (x[1].sin_cos(), x[2].sin_cos());
                vec![x[0] * sin * cos_phi, x[0] * sin * sin_phi, x[0] * cos]
            }
            "lehmer_mul" => {
                let entry = |i: usize, j: usize| lit::<S>((i.min(j) + 1) as f64 / (i.max(j) + 1) as f64);
                (0..x.len()).map(|i| (0..x.len()).map(|j| entry(i, j) * x[j]).sum()).collect()
            }
            "elementary_mix" => vec![
                x[0].atan2(x[1]),
                x[0].hypot(x[1]),
                x[2].powi(2).ln_1p(),
                (x[0] * x[2]).exp_m1(),
                x[1].erf(),
                x[0].abs(),
                x[0].max(x[1]),
                x[1].min(x[2]),
            ],
            other => panic!("{other} is not written here"),
        }
    }
}

/// Chebyshev polynomials, shifted to [0, 1], averaged over the coordinates.
fn chebyquad<S: Scalar>(x: &[S]) -> Vec<S> {
    let mut y = vec![lit::<S>(0.0); x.len()];
    for &each in x {
        let shifted = lit::<S>(2.0) * each - lit(1.0);
        let (mut before, mut latest) = (lit::<S>(1.0), shifted);
        for mean in &mut y {
            *mean += latest / lit(x.len() as f64);
            (before, latest) = (latest, lit::<S>(2.0) * shifted * latest - before);
        }
    }
    for (i, mean) in y.iter_mut().enumerate() {
        let k = (i + 1) as f64;
        if i % 2 == 1 {
            *mean += lit(1.0 / (k * k - 1.0));
        }
    }
    y
}

fn det3<S: Scalar>(x: &[S]) -> S {
    x[0] * (x[4] * x[8] - x[5] * x[7]) - x[1] * (x[3] * x[8] - x[5] * x[6]) + x[2] * (x[3] * x[7] - x[4] * x[6])
}

fn square3<S: Scalar>(x: &[S]) -> Vec<S> {
    (0..9).map(|at| (0..3).map(|k| x[at / 3 * 3 + k] * x[3 * k + at % 3]).sum()).collect()
}

/// The inverse by cofactors.
fn inverse3<S: Scalar>(x: &[S]) -> Vec<S> {
    let det = det3(x);
    let minor = |i: usize, j: usize| {
        let at = |di: usize, dj: usize| x[(i + di) % 3 * 3 + (j + dj) % 3];
        at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)
    };
    (0..9).map(|at| minor(at % 3, at / 3) / det).collect()
}

/// Allowed errors, relative to the sum of the derivative's size and its `scale` over the points.
fn tolerance(name: &str) -> f64 {
    match name {
        // Twenty rounds of chaos: rounding grows by the derivative of the map, 1e3 to 1e6.
        "iterated_logistic_20" => 1e-10,
        _ => 1e-12,
    }
}

#[test]
fn of_one_variable_to_third_order() {
    for function in list(&file("difftests/difftests_public.json"), "scalar") {
        let name = text(function, "name");
        let f = Named(name);
        let points = list(function, "points");
        let largest = |key: &str| points.iter().map(|point| number(&point[key]).abs()).fold(0.0, f64::max);
        for point in points {
            let x = number(&point["x"]);
            let expected = ["f", "d1", "d2", "d3"].map(|key| number(&point[key]));
            let allowed = |order: usize| {
                // Where a derivative vanishes among large ones, theirs is the scale.
                let scale = if name.starts_with("iterated") { largest(["f", "d1", "d2", "d3"][order]) } else { 0.0 };
                tolerance(name) * expected[order].abs().max(scale)
            };
            let near = |mode: &str, got: &[f64]| {
                for (order, (got, expected)) in got.iter().zip(expected).enumerate() {
                    let error = (got - expected).abs();
                    assert!(
                        error <= allowed(order),
                        "{name} at {x}: derivative {order} by {mode} is {got:e} and not {expected:e}, off by {error:e}"
                    );
                }
            };
            near("f64", &[f.at(x)]);
            near("derivatives", &gradus::derivatives(|x| f.at(x), x, 3).unwrap());
            near("derivative", &[f.at(x), gradus::derivative(|x| f.at(x), x).unwrap()]);
            let nested = f.at(Dual::variable(Dual::variable(Dual::variable(x))));
            let (first, second) = (nested.tangent(), nested.tangent().tangent());
            near("Dual<Dual<Dual>>", &[nested.primal(), first.primal(), second.primal(), second.tangent()]);
            near("hessian", &[f.at(x), expected[1], gradus::hessian(|x| f.at(x[0]), &[x]).unwrap()[0][0]]);
            near("hvp", &[f.at(x), expected[1], gradus::hvp(|x| f.at(x[0]), &[x], &[0.5]).unwrap()[0] * 2.0]);
            if !name.starts_with("iterated") {
                check_scalar(
                    &OfOne(Named(name)),
                    &Scalars {
                        name,
                        x: &[x],
                        value: expected[0],
                        gradient: &[expected[1]],
                        hessian: Some(&[vec![expected[2]]]),
                        tolerance: tolerance(name),
                    },
                );
            }
        }
    }
}

#[test]
fn of_many_variables_to_a_number() {
    for function in list(&file("difftests/difftests_public.json"), "vector_to_scalar") {
        let name = text(function, "name");
        for point in list(function, "points") {
            check_scalar(
                &Named(name),
                &Scalars {
                    name,
                    x: &numbers(&point["x"]),
                    value: number(&point["f"]),
                    gradient: &numbers(&point["gradient"]),
                    hessian: Some(&matrix(&point["hessian"])),
                    tolerance: tolerance(name),
                },
            );
        }
    }
}

#[test]
fn of_many_variables_to_many() {
    for function in list(&file("difftests/difftests_public.json"), "vector_to_vector") {
        let name = text(function, "name");
        for point in list(function, "points") {
            let x = numbers(&point["x"]);
            let (values, jacobian) = (numbers(&point["y"]), matrix(&point["jacobian"]));
            let f = Named(name);
            check_vector(&f, &Vectors { name, x: &x, values: &values, jacobian: &jacobian, tolerance: 1e-12 });
            let of = |key: &str| numbers(&point[key]);
            check_products(&f, name, &x, (&of("jvp_u"), &of("jvp")), (&of("vjp_w"), &of("vjp")));
        }
    }
}

#[test]
fn a_wrong_reference_is_noticed() {
    let f = Named("det3");
    let x = [1.0, 2.0, 3.0, 0.5, 1.5, -1.0, 2.5, 0.25, 4.0];
    let (value, gradient) = gradus::value_and_gradient(|x| f.value(x), &x).unwrap();
    let check = |value: f64, gradient: &[f64]| {
        check_scalar(&f, &Scalars { name: "det3", x: &x, value, gradient, hessian: None, tolerance: 1e-12 });
    };
    check(value, &gradient);
    let mut wrong = gradient.clone();
    wrong[3] += 1e-9;
    assert!(std::panic::catch_unwind(|| check(value, &wrong)).is_err());
    assert!(std::panic::catch_unwind(|| check(value + 1e-9, &gradient)).is_err());
    assert!(std::panic::catch_unwind(|| check(f64::NAN, &gradient)).is_err());
    close_number("pi", 3.0 + 0.141_592_653_589_793, PI, 1e-15);
}
