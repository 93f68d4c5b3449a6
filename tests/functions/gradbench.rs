//! The evaluations of GradBench: determinant by minors, log-sum-exp, least squares, an ODE, k-means,
//! and two optimisations whose objective contains derivatives.

use crate::data::{count, file, list, matrix, number, numbers, text};
use crate::modes::{Scalars, ToScalar, ToVector, Vectors, check_scalar, check_vector, close, close_number};
use gradus::{Dual, Scalar, Tape, Var};
use serde_json::Value;

fn case<'a>(cases: &'a Value, kind: &str) -> &'a Value {
    list(cases, "cases").iter().find(|case| text(case, "kind") == kind).unwrap_or_else(|| panic!("no case {kind}"))
}

fn cases() -> Value {
    file("gradbench/gradbench_public.json")
}

/// The determinant of a square matrix, by expansion by minors along the first row.
struct Determinant;

impl ToScalar for Determinant {
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        let n = (1..).find(|n| n * n >= x.len()).unwrap();
        if n == 1 {
            return x[0];
        }
        (0..n)
            .map(|column| {
                let minor: Vec<S> = (n..n * n).filter(|at| at % n != column).map(|at| x[at]).collect();
                S::lit(if column % 2 == 0 { 1.0 } else { -1.0 }) * x[column] * self.value(&minor)
            })
            .sum()
    }
}

#[test]
fn determinant_by_minors() {
    let cases = cases();
    let case = case(&cases, "det");
    let x = matrix(&case["A"]).concat();
    let gradient = matrix(&case["gradient"]).concat();
    let value = number(&case["value"]);
    check_scalar(
        &Determinant,
        &Scalars { name: "det", x: &x, value, gradient: &gradient, hessian: None, tolerance: 1e-12 },
    );
}

struct LogSumExp;

impl ToScalar for LogSumExp {
    /// Written out, with the largest element taken out.
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        let largest = x.iter().copied().reduce(S::max).unwrap();
        x.iter().map(|&each| (each - largest).exp()).sum::<S>().ln() + largest
    }
}

struct LogSumExpOp;

impl ToScalar for LogSumExpOp {
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        gradus::log_sum_exp(x)
    }
}

#[test]
fn log_sum_exp() {
    let cases = cases();
    let case = case(&cases, "lse");
    let (x, value, gradient) = (numbers(&case["x"]), number(&case["value"]), numbers(&case["gradient"]));
    let softmax: Vec<Vec<f64>> = (0..x.len())
        .map(|i| {
            let row = |j: usize| gradient[i] * (if i == j { 1.0 } else { 0.0 } - gradient[j]);
            (0..x.len()).map(row).collect()
        })
        .collect();
    let expected =
        Scalars { name: "lse", x: &x, value, gradient: &gradient, hessian: Some(&softmax), tolerance: 1e-12 };
    check_scalar(&LogSumExp, &expected);
    check_scalar(&LogSumExpOp, &expected);
}

struct LeastSquares {
    n: usize,
}

impl ToScalar for LeastSquares {
    fn value<S: Scalar>(&self, x: &[S]) -> S {
        let squares = (0..self.n).map(|i| {
            let t = -1.0 + 2.0 * i as f64 / (self.n as f64 - 1.0);
            let polynomial: S = (0..).zip(x).map(|(j, &x)| x * S::lit(t.powi(j))).sum();
            (S::lit(t.signum()) - polynomial).powi(2)
        });
        S::lit(0.5) * squares.sum::<S>()
    }
}

#[test]
fn least_squares() {
    let cases = cases();
    let case = case(&cases, "llsq");
    check_scalar(
        &LeastSquares { n: count(case, "n") },
        &Scalars {
            name: "llsq",
            x: &numbers(&case["x"]),
            value: number(&case["value"]),
            gradient: &numbers(&case["gradient"]),
            hessian: Some(&matrix(&case["hessian"])),
            tolerance: 1e-12,
        },
    );
}

/// One step of the classical Runge-Kutta method.
pub fn runge_kutta<S: Scalar>(y: &[S], h: f64, slope: impl Fn(&[S]) -> Vec<S>) -> Vec<S> {
    let moved = |by: f64, along: &[S]| -> Vec<S> { y.iter().zip(along).map(|(&y, &k)| y + S::lit(by) * k).collect() };
    let k1 = slope(y);
    let k2 = slope(&moved(0.5 * h, &k1));
    let k3 = slope(&moved(0.5 * h, &k2));
    let k4 = slope(&moved(h, &k3));
    let two = S::lit(2.0);
    (0..y.len()).map(|i| y[i] + S::lit(h / 6.0) * (k1[i] + two * k2[i] + two * k3[i] + k4[i])).collect()
}

struct Chain {
    steps: usize,
}

impl ToVector for Chain {
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        let slope = |y: &[S]| -> Vec<S> { (0..x.len()).map(|i| if i == 0 { x[0] } else { x[i] * y[i - 1] }).collect() };
        let start = vec![S::lit(0.0); x.len()];
        (0..self.steps).fold(start, |y, _| runge_kutta(&y, 2.0 / self.steps as f64, slope))
    }
}

#[test]
fn ordinary_differential_equation() {
    let cases = cases();
    let case = case(&cases, "ode");
    let (x, values, jacobian) = (numbers(&case["x"]), numbers(&case["y_final"]), matrix(&case["jacobian"]));
    let f = Chain { steps: count(case, "steps") };
    check_vector(&f, &Vectors { name: "ode", x: &x, values: &values, jacobian: &jacobian, tolerance: 1e-12 });
    let last = gradus::gradient(|x| *f.values(x).last().unwrap(), &x).unwrap();
    close("the gradient of the last", &last, &numbers(&case["gradient_of_last"]), 1e-12);
}

struct Means {
    points: Vec<Vec<f64>>,
}

impl ToScalar for Means {
    fn value<S: Scalar>(&self, centroids: &[S]) -> S {
        let d = self.points[0].len();
        let nearest = |point: &Vec<f64>| {
            let square = |centroid: &[S]| centroid.iter().zip(point).map(|(&c, &p)| (S::lit(p) - c).powi(2)).sum::<S>();
            centroids.chunks(d).map(square).reduce(S::min).unwrap()
        };
        self.points.iter().map(nearest).sum()
    }
}

#[test]
fn k_means() {
    let cases = cases();
    let case = case(&cases, "kmeans");
    let f = Means { points: matrix(&case["points"]) };
    let x = matrix(&case["centroids"]).concat();
    let (gradient, diagonal) = (numbers(&case["gradient"]), numbers(&case["hessian_diagonal"]));
    let hessian: Vec<Vec<f64>> =
        (0..x.len()).map(|i| (0..x.len()).map(|j| if i == j { diagonal[i] } else { 0.0 }).collect()).collect();
    let (name, value) = ("kmeans", number(&case["value"]));
    check_scalar(&f, &Scalars { name, x: &x, value, gradient: &gradient, hessian: Some(&hessian), tolerance: 1e-12 });
    let all = gradus::hvp(|x| f.value(x), &x, &vec![1.0; x.len()]).unwrap();
    let newton: Vec<f64> = gradus::gradient(|x| f.value(x), &x).unwrap().iter().zip(&all).map(|(g, h)| g / h).collect();
    close("the Newton direction", &newton, &numbers(&case["newton_dir"]), 1e-12);
}

// ---- derivatives inside derivatives ----------------------------------------------------------

/// The gradient of `f` at `x` by forward mode: the inner derivative, on any kind of number.
fn inner_gradient<S: Scalar>(f: impl Fn(&[Dual<S>]) -> Dual<S>, x: &[S]) -> Vec<S> {
    let along = |i: usize| {
        let input = |k: usize| if i == k { Dual::variable(x[k]) } else { Dual::constant(x[k]) };
        f(&(0..x.len()).map(input).collect::<Vec<_>>()).tangent()
    };
    (0..x.len()).map(along).collect()
}

/// Gradient descent with a step that doubles after ten successes and halves after a failure.
fn argmin<S: Scalar>(f: impl Fn(&[S]) -> S, gradient: impl Fn(&[S]) -> Vec<S>, start: &[S]) -> Vec<S> {
    let length = |v: &[S]| v.iter().map(|each| each.primal().powi(2)).sum::<f64>().sqrt();
    let (mut x, mut eta, mut successes) = (start.to_vec(), 1e-5, 0);
    let (mut fx, mut gx) = (f(&x), gradient(&x));
    while length(&gx) > 1e-5 {
        if successes == 10 {
            (eta, successes) = (2.0 * eta, 0);
            continue;
        }
        let step: Vec<S> = gx.iter().map(|&g| S::lit(eta) * g).collect();
        if length(&step) <= 1e-5 {
            break;
        }
        let next: Vec<S> = x.iter().zip(&step).map(|(&x, &step)| x - step).collect();
        let f_next = f(&next);
        if f_next < fx {
            gx = gradient(&next);
            (x, fx, successes) = (next, f_next, successes + 1);
        } else {
            (eta, successes) = (0.5 * eta, 0);
        }
    }
    x
}

/// The potential at `x` of two charges, the first of which `w` moves.
fn potential<S: Scalar>(w: S, x: &[S]) -> S {
    let charges = [[S::lit(10.0), S::lit(10.0) - w], [S::lit(10.0), S::lit(0.0)]];
    charges.iter().map(|charge| (x[0] - charge[0]).hypot(x[1] - charge[1]).recip()).sum()
}

/// No limit to the steps.
const ALL: usize = usize::MAX;

/// How far from the origin a particle lands that falls through the field, squared; or how far it is after
/// `longest` steps. Its acceleration is a gradient.
fn landing<S: Scalar>(w: S, longest: usize, force: impl Fn(S, &[S]) -> Vec<S>) -> S {
    let (mut x, mut v) = ([S::lit(0.0), S::lit(8.0)], [S::lit(0.75), S::lit(0.0)]);
    for _ in 0..longest {
        let pull = force(w, &x);
        let next: [S; 2] = std::array::from_fn(|i| x[i] + S::lit(0.1) * v[i]);
        if next[1].primal() <= 0.0 {
            let rest = -x[1] / v[1];
            return (x[0] + rest * v[0]).powi(2);
        }
        x = next;
        v = std::array::from_fn(|i| v[i] - S::lit(0.1) * pull[i]);
    }
    x[0].powi(2) + x[1].powi(2)
}

fn force<S: Scalar>(w: S, x: &[S]) -> Vec<S> {
    inner_gradient(|x| potential(Dual::constant(w), x), x)
}

/// The force as a recorded gradient, on the tape of `w`; the start is not yet a variable.
fn recorded_force(tape: &Tape, w: Var, x: &[Var]) -> Vec<Var> {
    let x: Vec<Var> = x.iter().map(|x| if x.tape().is_some() { *x } else { tape.var(x.value()) }).collect();
    potential(w, &x).recorded_gradient(&x).unwrap()
}

#[test]
fn particle_with_nested_derivatives() {
    let f = |w: &[f64]| landing(w[0], ALL, force);
    let reverse = |w: &[f64]| gradus::gradient(|w| landing(w[0], ALL, force), w).unwrap();
    let forward = |w: &[f64]| vec![landing(Dual::variable(w[0]), ALL, force).tangent()];
    for (mode, gradient) in
        [("reverse over forward", &reverse as &dyn Fn(&[f64]) -> Vec<f64>), ("forward over forward", &forward)]
    {
        let w = argmin(f, gradient, &[0.0]);
        close_number(mode, w[0], 0.207_191_874_648_611_6, 1e-11);
    }
    let tape = Tape::new();
    let w = tape.var(0.3);
    let distance = landing(w, 40, |w, x| recorded_force(&tape, w, x));
    let expected = landing(Dual::variable(0.3), 40, force).tangent();
    close_number("reverse over recorded", distance.backward()[w], expected, 1e-12);
}

#[test]
fn a_recorded_force_is_the_same_force() {
    let tape = Tape::new();
    let w = tape.var(0.2);
    let x = tape.vars(&[7.0, 3.0]);
    let recorded = potential(w, &x).recorded_gradient(&x).unwrap();
    let forward = force(w, &x);
    for (recorded, forward) in recorded.iter().zip(&forward) {
        close_number("the force", recorded.value(), forward.value(), 1e-14);
        let inputs = [w, x[0], x[1]];
        let (a, b) = (recorded.backward().wrt(&inputs).unwrap(), forward.backward().wrt(&inputs).unwrap());
        close("its slope", &a, &b, 1e-13);
    }
}

fn square<S: Scalar>(x: &[S]) -> S {
    x[0] * x[0] + x[1] * x[1]
}

/// The largest `|p|² - |q|²` over `q`, found by descent from (1, 1) on the gradient of the negative.
fn highest<S: Scalar>(p: &[S], gradient: impl Fn(&[S]) -> Vec<S>) -> (S, Vec<S>) {
    let negative = |q: &[S]| square(q) - square(p);
    let q = argmin(negative, gradient, &[S::lit(1.0), S::lit(1.0)]);
    (-negative(&q), q)
}

/// The inner gradient by forward mode.
fn highest_forward<S: Scalar>(p: &[S]) -> (S, Vec<S>) {
    let fixed: Vec<Dual<S>> = p.iter().map(|&each| Dual::constant(each)).collect();
    highest(p, |q| inner_gradient(|q| square(q) - square(&fixed), q))
}

/// The inner gradient by recording it on the tape of `p`.
fn highest_recorded(tape: &Tape, p: &[Var]) -> (Var, Vec<Var>) {
    let gradient = |q: &[Var]| {
        let q: Vec<Var> = q.iter().map(|q| if q.tape().is_some() { *q } else { tape.var(q.value()) }).collect();
        (square(&q) - square(p)).recorded_gradient(&q).unwrap()
    };
    highest(p, gradient)
}

#[test]
fn saddle_with_nested_derivatives() {
    let f = |p: &[f64]| highest_forward(p).0;
    let reverse = |p: &[f64]| gradus::gradient(|p: &[Var]| highest_forward(p).0, p).unwrap();
    let forward = |p: &[f64]| inner_gradient(|p| highest_forward(p).0, p);
    for (mode, gradient) in
        [("reverse over forward", &reverse as &dyn Fn(&[f64]) -> Vec<f64>), ("forward over forward", &forward)]
    {
        let p = argmin(f, gradient, &[1.0, 1.0]);
        let q = highest_forward(&p).1;
        close(mode, &[p, q].concat(), &[8.246_324_826_140_356e-6; 4], 1e-11);
    }
    let tape = Tape::new();
    let p = tape.vars(&[1.0, 0.5]);
    let (highest, _) = highest_recorded(&tape, &p);
    close("reverse over recorded", &highest.backward().wrt(&p).unwrap(), &reverse(&[1.0, 0.5]), 1e-12);
}
