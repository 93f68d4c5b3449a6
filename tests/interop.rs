//! Recorded and dual numbers in other people's code: operators and iterators of std, generic
//! functions over `num_traits`, arrays of `ndarray`, matrices of `nalgebra`, the macros of `approx`.

use approx::{assert_abs_diff_eq, assert_relative_eq, assert_ulps_eq};
use gradus::{Dual, Tape, Var};
use nalgebra::{DMatrix, DVector, Matrix2, Vector2};
use ndarray::{Array1, Array2, arr1, arr2};
use num_traits::{Float, FloatConst, FromPrimitive, Num, One, Signed, ToPrimitive, Zero};

/// Two inputs, the value computed from them, and its gradient.
#[track_caller]
fn check(f: impl FnOnce(Var, Var) -> Var, value: f64, gradient: [f64; 2]) {
    let tape = Tape::new();
    let (x, y) = (tape.var(3.0), tape.var(2.0));
    let output = f(x, y);
    assert_eq!(output.value(), value, "the value");
    let gradients = output.backward();
    assert_eq!([gradients[x], gradients[y]], gradient, "the gradient");
}

/// The same on duals that move along each input in turn.
#[track_caller]
fn check_dual(f: impl FnOnce(Dual<f64, 2>, Dual<f64, 2>) -> Dual<f64, 2>, value: f64, gradient: [f64; 2]) {
    let x = Dual::with_tangents(3.0, [Some(1.0), None]);
    let y = Dual::with_tangents(2.0, [None, Some(1.0)]);
    let output = f(x, y);
    assert_eq!(output.value(), value, "the value");
    assert_eq!(output.tangents(), gradient, "the tangents");
}

/// A check on variables and on duals, of one expression.
macro_rules! check_both {
    (|$x:ident, $y:ident| $body:expr, $value:expr, $gradient:expr) => {
        check(|$x, $y| $body, $value, $gradient);
        check_dual(|$x, $y| $body, $value, $gradient);
    };
}

#[test]
#[expect(clippy::op_ref, reason = "operators on references are under test")]
fn operators_on_values_references_and_floats() {
    check_both!(|x, y| x + y, 5.0, [1.0, 1.0]);
    check_both!(|x, y| &x + y, 5.0, [1.0, 1.0]);
    check_both!(|x, y| x - &y, 1.0, [1.0, -1.0]);
    check_both!(|x, y| &x * &y, 6.0, [2.0, 3.0]);
    check_both!(|x, y| x / y, 1.5, [0.5, -0.75]);
    check_both!(|x, y| x % y, 1.0, [1.0, -1.0]);
    check_both!(|x, y| -x * -&y, 6.0, [2.0, 3.0]);
    check_both!(|x, y| 1.0 + x * 2.0 + y, 9.0, [2.0, 1.0]);
    check_both!(|x, y| (10.0 - x) * (y - 1.0), 7.0, [-1.0, 7.0]);
    check_both!(|x, y| 2.0 * &x + &y * 4.0, 14.0, [2.0, 4.0]);
    check_both!(|x, y| 6.0 / &x + &y / 2.0, 3.0, [-6.0 / 9.0, 0.5]);
    check_both!(|x, y| 7.0 % x + y % 4.0, 3.0, [-2.0, 1.0]);
    check_both!(|x, y| &x - 1.0 + (4.0 - &y), 4.0, [1.0, -1.0]);
}

#[test]
fn assign_operators() {
    check_both!(
        |x, y| {
            let mut a = x;
            a += y;
            a *= &y;
            a -= 1.0;
            a
        },
        9.0,
        [2.0, 7.0]
    );
    check_both!(
        |x, y| {
            let mut a = x;
            a /= y;
            a += &x;
            a *= 2.0;
            a
        },
        9.0,
        [3.0, -1.5]
    );
    check_both!(
        |x, y| {
            let mut a = x * x;
            a %= y * 2.0;
            a -= y;
            a /= 2.0;
            a += 1.0;
            a %= 10.0;
            a
        },
        0.5,
        [3.0, -2.5]
    );
}

#[test]
fn sums_and_products_of_values_and_references() {
    check_both!(|x, y| [x, y, x].iter().sum(), 8.0, [2.0, 1.0]);
    check_both!(|x, y| [x, y, x].into_iter().sum(), 8.0, [2.0, 1.0]);
    check_both!(|x, y| [x, y, x].iter().product(), 18.0, [12.0, 9.0]);
    check_both!(|x, y| [x, y, x].into_iter().product(), 18.0, [12.0, 9.0]);
    check_both!(|x, y| [x, y].iter().map(|each| *each * *each).sum(), 13.0, [6.0, 4.0]);
    assert_eq!(Vec::<Var>::new().iter().sum::<Var>(), 0.0);
    assert_eq!(Vec::<Var>::new().into_iter().product::<Var>(), 1.0);
    assert_eq!(Vec::<Dual>::new().into_iter().sum::<Dual>().value(), 0.0);
    assert_eq!(Vec::<Dual>::new().iter().product::<Dual>().value(), 1.0);
}

#[test]
fn methods_take_numbers_of_either_kind() {
    check_both!(|x, y| x.max(1.0) + y.min(1.0), 4.0, [1.0, 0.0]);
    check_both!(|x, y| x.powf(2.0) + y.powf(x), 17.0, [6.0 + 8.0 * 2.0_f64.ln(), 12.0]);
    check_both!(|x, y| x.mul_add(2.0, y), 8.0, [2.0, 1.0]);
    check_both!(|x, y| x.clamp(0.0, 1.0) + y.clamp(0.0, 5.0), 3.0, [0.0, 1.0]);
}

#[test]
fn display_and_debug() {
    let tape = Tape::new();
    let x = tape.var(1.23456);
    assert_eq!(x.to_string(), "1.23456");
    assert_eq!(format!("{x:.2}|{x:>8.1}|{x:+}"), "1.23|     1.2|+1.23456");
    assert_eq!(format!("{:?}", Var::from(2.0)), "Var(2.0)");
    let debug = format!("{x:?}");
    assert!(debug.starts_with("Var(1.23456, node 0 of tape "), "{debug}");
    assert_eq!(Dual::new(1.5, 2.0).to_string(), "1.5 + 2ε");
    assert_eq!(format!("{:.1}", Dual::with_tangents(1.5, [Some(2.25), None])), "1.5 + 2.2ε0 + 0.0ε1");
    assert_eq!(format!("{:?}", Dual::new(1.5, 2.0)), "Dual(1.5; [2.0])");
}

#[test]
fn comparisons_look_at_values() {
    let tape = Tape::new();
    let (x, y) = (tape.var(3.0), tape.var(2.0));
    assert!(x > y && x >= 3.0 && y <= 2.0);
    assert!(x == 3.0 && x != y && y != 3.0);
    assert!(x == Var::from(3.0), "recorded or not");
    assert!(tape.var(f64::NAN).partial_cmp(&x).is_none());
    assert_eq!(tape.len(), 3, "comparisons are not recorded");
    let (a, b) = (Dual::new(3.0, 1.0), Dual::new(3.0, 2.0));
    assert!(a == b && Dual::new(2.0, 9.0) < a);
}

// ---- num_traits ------------------------------------------------------------------------------

/// Code that knows nothing of derivatives.
fn generic<T: Float + FloatConst>(x: T, y: T) -> T {
    let two = T::one() + T::one();
    let wave = (x * T::PI()).sin().powi(2) + (y / two).exp().ln_1p();
    let root = x.hypot(y).sqrt() + x.powf(y).ln() + y.atan2(x) + x.mul_add(y, two);
    let (sin, cos) = y.sin_cos();
    wave * root + sin * cos + (x - y).abs() + x.max(y) - x.min(y)
        + x.abs_sub(y)
        + x.to_degrees().to_radians()
        + x.tanh().asinh()
        + y.cosh().acosh()
        + (x / (x + y)).atanh()
        + y.cbrt().recip()
        + (x.floor() + y.fract())
}

#[test]
fn float_functions_run_on_every_number() {
    let (x, y) = (1.3, 0.7);
    let plain = generic(x, y);
    let estimates = gradus::numeric::adaptive::gradient(|v| generic(v[0], v[1]), &[x, y]).unwrap();
    let (value, gradient) = gradus::value_and_gradient(|v| generic(v[0], v[1]), &[x, y]).unwrap();
    // libm and std may differ in the last digit.
    assert_relative_eq!(value, plain, max_relative = 1e-15);
    let dual = generic(Dual::with_tangents(x, [Some(1.0), None]), Dual::with_tangents(y, [None, Some(1.0)]));
    assert_eq!(dual.value(), value);
    for i in 0..2 {
        assert_relative_eq!(gradient[i], estimates[i].value, max_relative = 1e-9);
        assert_relative_eq!(gradient[i], dual.tangents()[i], max_relative = 1e-14);
    }
    let hessian = gradus::hessian(|v| generic(v[0], v[1]), &[x, y]).unwrap();
    let numerical = gradus::numeric::adaptive::hessian(|v| generic(v[0], v[1]), &[x, y]).unwrap();
    for (row, numerical) in hessian.iter().zip(&numerical) {
        for (second, numerical) in row.iter().zip(numerical) {
            assert_relative_eq!(*second, numerical.value, max_relative = 1e-5);
        }
    }
}

#[test]
fn questions_look_at_the_value() {
    fn ask<T: Float + Signed + ToPrimitive + FromPrimitive + num_traits::NumCast>(of: impl Fn(f64) -> T) {
        assert!(of(f64::NAN).is_nan() && !of(1.0).is_nan());
        assert!(of(f64::INFINITY).is_infinite() && of(1.0).is_finite() && of(1.0).is_normal());
        assert!(Float::is_sign_negative(of(-0.0)) && Float::is_sign_positive(of(0.0)));
        assert!(of(2.0).is_positive() && of(-2.0).is_negative());
        assert_eq!(of(1.0).classify(), std::num::FpCategory::Normal);
        assert_eq!(of(0.75).integer_decode(), Float::integer_decode(0.75_f64));
        assert_eq!((of(2.5).to_f64(), of(2.5).to_i64(), of(-1.0).to_u64()), (Some(2.5), Some(2), None));
        assert_eq!(<T as num_traits::NumCast>::from(7_u8).unwrap().to_f64(), Some(7.0));
        assert_eq!(T::from_i64(-3).unwrap().to_f64(), Some(-3.0));
        assert_eq!(T::from_u64(3).unwrap().to_f64(), Some(3.0));
        assert_eq!(<T as Num>::from_str_radix("2.5", 10).ok().unwrap().to_f64(), Some(2.5));
        assert!(<T as Num>::from_str_radix("two", 10).is_err());
        assert!(T::zero().is_zero() && T::one().is_one() && !of(2.0).is_zero());
        assert_eq!(<T as Float>::epsilon().to_f64(), Some(f64::EPSILON));
        assert_eq!(<T as Float>::max_value().to_f64(), Some(f64::MAX));
        assert_eq!(<T as Float>::min_value().to_f64(), Some(f64::MIN));
        assert_eq!(<T as Float>::infinity().to_f64(), Some(f64::INFINITY));
        assert!(<T as Float>::nan().is_nan() && Float::is_sign_negative(<T as Float>::neg_zero()));
    }
    let tape = Tape::new();
    ask(|value| tape.var(value));
    ask(Var::from);
    ask(|value| Dual::new(value, 1.0));
    ask(Dual::<Dual>::from);
    ask(|value| value);
}

#[test]
fn literals_of_num_traits_are_not_recorded() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    let y = x * Var::one() + Var::zero() + Var::PI() + <Var as Float>::epsilon();
    assert_eq!(tape.len(), 5, "one input, four operations");
    assert_eq!(y.backward()[x], 1.0);
}

// ---- approx ----------------------------------------------------------------------------------

#[test]
fn approximate_comparisons() {
    let tape = Tape::new();
    let (x, y) = (tape.var(1.0), tape.var(1.0 + 1e-12));
    assert_abs_diff_eq!(x, y, epsilon = 1e-11);
    assert_relative_eq!(x, y, max_relative = 1e-11);
    assert_ulps_eq!(x, Var::from(1.0 + f64::EPSILON), max_ulps = 1);
    assert!(approx::abs_diff_ne!(x, y, epsilon = 1e-13));
    assert!(approx::relative_ne!(x, y, epsilon = 0.0, max_relative = 1e-13));
    assert!(approx::ulps_ne!(x, y, epsilon = 0.0, max_ulps = 4));

    let (a, b) = (Dual::new(1.0, 2.0), Dual::new(1.0 + 1e-12, 2.0 - 1e-12));
    assert_abs_diff_eq!(a, b, epsilon = 1e-11);
    assert_relative_eq!(a, b, max_relative = 1e-11);
    assert_ulps_eq!(a, Dual::new(1.0, 2.0 + 2.0 * f64::EPSILON), max_ulps = 1);
    let turned = Dual::new(1.0, 3.0);
    assert!(approx::abs_diff_ne!(a, turned, epsilon = 0.5), "the tangents differ");
    assert!(approx::relative_ne!(a, turned) && approx::ulps_ne!(a, turned));
}

// ---- ndarray ---------------------------------------------------------------------------------

#[test]
fn ndarray_dot_product_and_sum() {
    let tape = Tape::new();
    let x: Array1<Var> = Array1::from(tape.vars(&[1.0, 2.0, 3.0]));
    let y = arr1(&[4.0, 5.0, 6.0]).mapv(Var::from);
    let product = x.dot(&y);
    assert_eq!(product.value(), 32.0);
    assert_eq!(product.backward().wrt(&x.to_vec()).unwrap(), [4.0, 5.0, 6.0]);
    let total = (&x * &x + &x - &y).sum();
    assert_eq!(total.value(), 14.0 + 6.0 - 15.0);
    assert_eq!(total.backward().wrt(&x.to_vec()).unwrap(), [3.0, 5.0, 7.0]);
    assert_eq!(x.product().backward().wrt(&x.to_vec()).unwrap(), [6.0, 3.0, 2.0]);
    assert_eq!(x.mean().unwrap().value(), 2.0);
}

#[test]
fn ndarray_matrix_product() {
    let tape = Tape::new();
    let inputs = tape.vars(&[1.0, 2.0, 3.0, 4.0]);
    let a: Array2<Var> = Array2::from_shape_vec((2, 2), inputs.clone()).unwrap();
    let b = arr2(&[[5.0, 6.0], [7.0, 8.0]]).mapv(Var::from);
    let product = a.dot(&b);
    assert_eq!(product.mapv(Var::value), arr2(&[[19.0, 22.0], [43.0, 50.0]]));
    // Σ (AB)ᵢⱼ: the gradient in each row of A is the row sums of B.
    assert_eq!(product.sum().backward().wrt(&inputs).unwrap(), [11.0, 15.0, 11.0, 15.0]);
    // Σ (A²)ᵢⱼ: column sums of A times one, plus one times row sums.
    assert_eq!(a.dot(&a).sum().backward().wrt(&inputs).unwrap(), [7.0, 11.0, 9.0, 13.0]);
    let rows = a.sum_axis(ndarray::Axis(1));
    assert_eq!(rows.mapv(Var::value), arr1(&[3.0, 7.0]));
    let scaled = a.mapv(|each| each * 2.0).t().dot(&rows);
    assert_eq!(scaled.sum().value(), 2.0 * (3.0 * 3.0 + 7.0 * 7.0));
    assert_eq!(scaled.sum().backward().wrt(&inputs).unwrap(), [12.0, 12.0, 28.0, 28.0]);
}

#[test]
fn ndarray_of_duals() {
    let x = arr1(&[1.0, 2.0, 3.0]).mapv(Dual::variable);
    let square = x.dot(&x);
    assert_eq!((square.value(), square.tangent()), (14.0, 12.0));
}

// ---- nalgebra --------------------------------------------------------------------------------

#[test]
fn nalgebra_matrices_and_vectors() {
    let tape = Tape::new();
    let inputs = tape.vars(&[1.0, 2.0, 3.0, 4.0]);
    let a = DMatrix::from_row_slice(2, 2, &inputs);
    let v = DVector::from_vec(vec![Var::from(5.0), Var::from(6.0)]);
    let product = &a * &v;
    assert_eq!(product.map(Var::value), DVector::from_vec(vec![17.0, 39.0]));
    assert_eq!(product.sum().backward().wrt(&inputs).unwrap(), [5.0, 6.0, 5.0, 6.0]);
    assert_eq!(v.dot(&product).backward().wrt(&inputs).unwrap(), [25.0, 30.0, 30.0, 36.0]);
    assert_eq!((&a * &a).sum().backward().wrt(&inputs).unwrap(), [7.0, 11.0, 9.0, 13.0]);
    assert_eq!((a.transpose() * &a).trace().backward().wrt(&inputs).unwrap(), [2.0, 4.0, 6.0, 8.0]);
    assert_eq!((&a + &a - a.map(|each| each * 0.5)).sum().backward().wrt(&inputs).unwrap(), [1.5; 4]);
}

#[test]
fn nalgebra_of_fixed_size() {
    let f = |x: &[Var]| {
        let a = Matrix2::new(x[0], x[1], x[2], x[3]);
        let v = Vector2::new(x[0], x[3]);
        (a * v).dot(&v)
    };
    // x₀³ + (x₁ + x₂) x₀ x₃ + x₃³
    let (value, gradient) = gradus::value_and_gradient(f, &[1.0, 2.0, 3.0, 4.0]).unwrap();
    assert_eq!(value, 1.0 + 20.0 + 64.0);
    assert_eq!(gradient, [3.0 + 20.0, 4.0, 4.0, 5.0 + 48.0]);
    let hessian = gradus::hessian(f, &[1.0, 2.0, 3.0, 4.0]).unwrap();
    assert_eq!(hessian, [[6.0, 4.0, 4.0, 5.0], [4.0, 0.0, 0.0, 1.0], [4.0, 0.0, 0.0, 1.0], [5.0, 1.0, 1.0, 24.0]]);
}
