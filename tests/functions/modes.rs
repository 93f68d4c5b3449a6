//! A function written once over [`Scalar`], differentiated in every mode there is and compared
//! with one reference.

use gradus::{Dual, Scalar, Tape, Var};

/// A function ℝⁿ → ℝ on any kind of number.
pub trait ToScalar {
    fn value<S: Scalar>(&self, x: &[S]) -> S;
}

/// A function ℝⁿ → ℝᵐ on any kind of number.
pub trait ToVector {
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S>;
}

/// What a function ℝⁿ → ℝ should give at a point.
pub struct Scalars<'a> {
    pub name: &'a str,
    pub x: &'a [f64],
    pub value: f64,
    pub gradient: &'a [f64],
    /// Without one, that of `gradus::hessian`: the other modes have to agree with it.
    pub hessian: Option<&'a [Vec<f64>]>,
    /// Allowed error relative to the largest entry.
    pub tolerance: f64,
}

/// What a function ℝⁿ → ℝᵐ should give at a point.
pub struct Vectors<'a> {
    pub name: &'a str,
    pub x: &'a [f64],
    pub values: &'a [f64],
    pub jacobian: &'a [Vec<f64>],
    /// Allowed error relative to the largest entry.
    pub tolerance: f64,
}

/// Up to so many inputs, every second derivative is also taken one by one.
const FEW: usize = 10;

/// Compares lists by the largest difference, relative to the largest entry; NaN never passes.
#[track_caller]
pub fn close(what: &str, got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len(), "{what}: length");
    let norm = expected.iter().fold(0.0_f64, |norm, each| norm.max(each.abs()));
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        let error = (got - expected).abs();
        assert!(
            error <= tolerance * norm,
            "{what}[{i}] is {got:e} and not {expected:e}; norm {norm:e}, error {error:e}"
        );
    }
}

/// Compares one number, relative to itself.
#[track_caller]
pub fn close_number(what: &str, got: f64, expected: f64, tolerance: f64) {
    close(what, &[got], &[expected], tolerance);
}

/// Checks value, gradient and second derivatives of `f` in all modes.
#[track_caller]
pub fn check_scalar(f: &impl ToScalar, expected: &Scalars) {
    let Scalars { name, x, value, gradient, tolerance, .. } = *expected;
    close_number(&format!("{name}: the value"), f.value(x), value, tolerance);
    let (on_tape, swept) = gradus::value_and_gradient(|x| f.value(x), x).unwrap();
    assert_eq!(on_tape.to_bits(), f.value(x).to_bits(), "{name}: the value on the tape");
    close(&format!("{name}: value_and_gradient"), &swept, gradient, tolerance);
    assert_eq!(gradus::gradient(|x| f.value(x), x).unwrap(), swept, "{name}: gradient");
    check_vector(
        &AsVector(f),
        &Vectors { name, x, values: &[value], jacobian: &[gradient.to_vec()], tolerance: expected.tolerance },
    );

    let hessian = match expected.hessian {
        Some(hessian) => hessian.to_vec(),
        None => gradus::hessian(|x| f.value(x), x).unwrap(),
    };
    check_hessian(f, name, x, &hessian, tolerance);
}

#[track_caller]
fn check_hessian(f: &impl ToScalar, name: &str, x: &[f64], hessian: &[Vec<f64>], tolerance: f64) {
    let n = x.len();
    let found = gradus::hessian(|x| f.value(x), x).unwrap();
    close(&format!("{name}: hessian"), &found.concat(), &hessian.concat(), tolerance);

    for phase in [0.3, 1.7] {
        let direction = direction(n, phase);
        let product: Vec<f64> = hessian.iter().map(|row| dot(row, &direction)).collect();
        // A row times a direction cancels as the row's terms do: their size is the scale.
        let scale = hessian.concat().iter().fold(0.0_f64, |norm, each| norm.max(each.abs()));
        let near = |what: &str, got: &[f64]| {
            assert_eq!(got.len(), n, "{name}: {what}");
            for (i, (got, expected)) in got.iter().zip(&product).enumerate() {
                let error = (got - expected).abs();
                let allowed = 4.0 * tolerance * scale;
                assert!(error <= allowed, "{name}: {what}[{i}] is {got:e} and not {expected:e} (scale {scale:e})");
            }
        };
        near("hvp", &gradus::hvp(|x| f.value(x), x, &direction).unwrap());

        // A dual of variables: a forward derivative, swept back.
        let tape = Tape::new();
        let inputs = tape.vars(x);
        let moving: Vec<Dual<Var>> =
            inputs.iter().zip(&direction).map(|(&x, &along)| Dual::new(x, Var::from(along))).collect();
        let slope = f.value(&moving).tangent();
        near("dual of variables", &slope_gradient(slope, &inputs));

        // A variable's gradient, recorded, times the direction, swept back.
        let tape = Tape::new();
        let inputs = tape.vars(x);
        let y = f.value(&inputs);
        let recorded = recorded(y, &inputs);
        let along: Var = recorded.iter().zip(&direction).map(|(&partial, &along)| partial * along).sum();
        near("recorded_gradient", &slope_gradient(along, &inputs));
    }
    if n > FEW {
        return;
    }
    let tape = Tape::new();
    let inputs = tape.vars(x);
    let first = recorded(f.value(&inputs), &inputs);
    let twice: Vec<f64> =
        first.iter().flat_map(|&partial| recorded(partial, &inputs)).map(|second| second.value()).collect();
    close(&format!("{name}: recorded_gradient twice"), &twice, &hessian.concat(), tolerance);

    let second = |i: usize, j: usize| {
        let nested: Vec<Dual<Dual>> = (0..n)
            .map(|k| {
                let inner = if k == i { Dual::variable(x[k]) } else { Dual::constant(x[k]) };
                if k == j { Dual::variable(inner) } else { Dual::constant(inner) }
            })
            .collect();
        f.value(&nested).tangent().tangent()
    };
    let pairs: Vec<f64> = (0..n * n).map(|at| second(at / n, at % n)).collect();
    close(&format!("{name}: Dual<Dual>"), &pairs, &hessian.concat(), tolerance);
}

/// Checks values and Jacobian of `f` in all modes, and products with vectors.
#[track_caller]
pub fn check_vector(f: &impl ToVector, expected: &Vectors) {
    let Vectors { name, x, values, jacobian, tolerance } = *expected;
    let (n, m) = (x.len(), values.len());
    assert_eq!(jacobian.len(), m, "{name}: the reference has a row for each output");
    let plain = f.values(x);
    close(&format!("{name}: the values"), &plain, values, tolerance);
    let found = gradus::jacobian(|x| f.values(x), x).unwrap();
    let near = |what: &str, got: &[Vec<f64>]| {
        close(&format!("{name}: {what}"), &got.concat(), &jacobian.concat(), tolerance);
    };
    near("jacobian", &found);

    let columns: Vec<Vec<f64>> = (0..n)
        .map(|j| {
            let moving: Vec<Dual> =
                (0..n).map(|k| if j == k { Dual::variable(x[k]) } else { Dual::constant(x[k]) }).collect();
            f.values(&moving).iter().map(|output| output.tangent()).collect()
        })
        .collect();
    near("Dual", &transposed(&columns, m));
    let columns: Vec<Vec<f64>> = (0..n).map(|j| gradus::jvp(|x| f.values(x), x, &unit(n, j)).unwrap().1).collect();
    near("jvp along the axes", &transposed(&columns, m));
    let rows: Vec<Vec<f64>> = (0..m).map(|i| gradus::vjp(|x| f.values(x), x, &unit(m, i)).unwrap().1).collect();
    near("vjp along the axes", &rows);

    // Three directions at once, the last of them none of the axes.
    let last = direction(n, 0.9);
    let moving: Vec<Dual<f64, 3>> = (0..n)
        .map(|k| Dual::with_tangents(x[k], [(k == 0).then_some(1.0), (k + 1 == n).then_some(1.0), Some(last[k])]))
        .collect();
    let outputs = f.values(&moving);
    let scale = jacobian.concat().iter().fold(0.0_f64, |norm, each| norm.max(each.abs()));
    for (output, row) in outputs.iter().zip(jacobian) {
        let expected = [row[0], row[n - 1], dot(row, &last)];
        for (got, expected) in output.tangents().iter().zip(expected) {
            let allowed = 4.0 * tolerance * scale;
            assert!((got - expected).abs() <= allowed, "{name}: in three lanes {got:e} and not {expected:e}");
        }
    }

    let tape = Tape::new();
    let inputs = tape.vars(x);
    let outputs = f.values(&inputs);
    for (on_tape, plain) in outputs.iter().zip(&plain) {
        assert_eq!(on_tape.value().to_bits(), plain.to_bits(), "{name}: the values on the tape");
    }
    if m <= FEW {
        let rows: Vec<Vec<f64>> = outputs.iter().map(|&output| slope_gradient(output, &inputs)).collect();
        near("backward", &rows);
        let rows: Vec<Vec<f64>> = outputs
            .iter()
            .map(|&output| recorded(output, &inputs).iter().map(|partial| partial.value()).collect())
            .collect();
        near("recorded_gradient", &rows);
    }
}

/// Checks the products of the Jacobian of `f` with given vectors.
#[track_caller]
pub fn check_products(f: &impl ToVector, name: &str, x: &[f64], tangent: (&[f64], &[f64]), seed: (&[f64], &[f64])) {
    let found = gradus::jvp(|x| f.values(x), x, tangent.0).unwrap().1;
    close(&format!("{name}: jvp"), &found, tangent.1, 1e-12);
    let found = gradus::vjp(|x| f.values(x), x, seed.0).unwrap().1;
    close(&format!("{name}: vjp"), &found, seed.1, 1e-12);

    let tape = Tape::new();
    let inputs = tape.vars(x);
    let outputs = f.values(&inputs);
    let seeds: Vec<(Var, f64)> =
        outputs.iter().zip(seed.0).filter(|(output, _)| output.tape().is_some()).map(|(&y, &w)| (y, w)).collect();
    let found = tape.backward_from(&seeds).unwrap().wrt(&inputs).unwrap();
    close(&format!("{name}: backward_from"), &found, seed.1, 1e-12);
}

/// A function ℝⁿ → ℝ as one of a single output.
struct AsVector<'a, F>(&'a F);

impl<F: ToScalar> ToVector for AsVector<'_, F> {
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        vec![self.0.value(x)]
    }
}

/// The gradient by a plain sweep; that of a number that depends on nothing is 0.
pub fn slope_gradient(y: Var, inputs: &[Var]) -> Vec<f64> {
    match y.tape() {
        Some(_) => y.backward().wrt(inputs).unwrap(),
        None => vec![0.0; inputs.len()],
    }
}

/// The gradient, recorded; that of a number that depends on nothing is 0.
pub fn recorded(y: Var, inputs: &[Var]) -> Vec<Var> {
    match y.tape() {
        Some(_) => y.recorded_gradient(inputs).unwrap(),
        None => vec![Var::from(0.0); inputs.len()],
    }
}

pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A direction without zeros or symmetries.
pub fn direction(n: usize, phase: f64) -> Vec<f64> {
    (0..n).map(|i| 0.2 + (phase + 1.1 * i as f64).sin()).collect()
}

fn unit(n: usize, at: usize) -> Vec<f64> {
    (0..n).map(|i| if i == at { 1.0 } else { 0.0 }).collect()
}

fn transposed(columns: &[Vec<f64>], rows: usize) -> Vec<Vec<f64>> {
    (0..rows).map(|i| columns.iter().map(|column| column[i]).collect()).collect()
}
