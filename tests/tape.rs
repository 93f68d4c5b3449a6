//! Recording and sweeping: what a gradient holds, several outputs, several tapes, several sweeps,
//! derivatives taken while another tape records.

use gradus::{Error, Tape, Var, op};

/// The gradient of `f` at `x`, exactly.
#[track_caller]
fn check(f: impl FnOnce(&[Var]) -> Var, x: &[f64], expected: &[f64]) {
    let tape = Tape::new();
    let inputs = tape.vars(x);
    let y = f(&inputs);
    let gradients = y.backward();
    assert_eq!(gradients.wrt(&inputs).unwrap(), expected);
    for (input, expected) in inputs.iter().zip(expected) {
        assert_eq!((gradients[*input], gradients.get(*input)), (*expected, Ok(*expected)));
    }
}

#[test]
fn gradients_of_small_expressions() {
    check(|x| x[0] * x[1], &[2.0, 3.0], &[3.0, 2.0]);
    check(|x| x[0] + x[0], &[2.0], &[2.0]);
    check(|x| x[0] * x[0] * x[0], &[2.0], &[12.0]);
    check(|x| x[0], &[2.0, 5.0], &[1.0, 0.0]);
    check(|x| x[0] * 0.0, &[2.0], &[0.0]);
    check(|x| (x[0] * x[1]).max(x[2]), &[2.0, 3.0, 7.0], &[0.0, 0.0, 1.0]);
    check(|x| gradus::dot(&x[..2], &x[2..]), &[1.0, 2.0, 3.0, 4.0], &[3.0, 4.0, 1.0, 2.0]);
    check(|x| gradus::product(x), &[0.0, 2.0, 3.0], &[6.0, 0.0, 0.0]);
    check(|x| x[0] * x[1].detach(), &[2.0, 3.0], &[3.0, 0.0]);
}

#[test]
fn sweeping_twice_gives_the_same_gradient() {
    // 1, then 3 where adjoints are kept from sweep to sweep.
    let tape = Tape::new();
    let (a, b) = (tape.var(2.0), tape.var(3.0));
    let c = a + b;
    let y = c * c * 1.0;
    let (first, second) = (y.backward(), y.backward());
    assert_eq!((first[a], first[b], first[c]), (10.0, 10.0, 10.0));
    assert_eq!((second[a], second[b], second[c]), (10.0, 10.0, 10.0));
    // Others in between do not disturb, nor does what is recorded afterwards.
    let other = (a * 5.0).backward();
    let third = y.backward();
    assert_eq!((other[a], other[b], third[a]), (5.0, 0.0, 10.0));
    assert_eq!(tape.len(), 6);
    let _ = y.recorded_gradient(&[a, b]).unwrap();
    assert_eq!(y.backward()[a], 10.0);
}

#[test]
fn a_variable_off_the_path_has_slope_zero() {
    let tape = Tape::new();
    let (x, unused) = (tape.var(2.0), tape.var(3.0));
    let aside = unused.sin();
    let y = x * 4.0;
    let late = tape.var(5.0);
    let later = y + late;
    let gradients = y.backward();
    for off in [unused, aside, late, later] {
        assert_eq!((gradients[off], gradients.get(off)), (0.0, Ok(0.0)));
        assert_eq!(gradients.depends_on(off), Ok(false));
    }
    assert_eq!(gradients.depends_on(x), Ok(true));
    assert_eq!(gradients.wrt(&[unused, x, late]).unwrap(), [0.0, 4.0, 0.0]);
    assert_eq!(y.recorded_gradient(&[unused, x]).unwrap().map_values(), [0.0, 4.0]);
    // Slope 0, but on the path.
    let flat = (x * 0.0).backward();
    assert_eq!((flat[x], flat.depends_on(x)), (0.0, Ok(true)));
    // A branch that `max` did not take is off the path.
    assert_eq!(x.max(unused).backward().depends_on(x), Ok(false));
}

/// The values of variables, for comparisons.
trait MapValues {
    fn map_values(&self) -> Vec<f64>;
}

impl MapValues for Vec<Var> {
    fn map_values(&self) -> Vec<f64> {
        self.iter().map(|var| var.value()).collect()
    }
}

#[test]
fn several_outputs_with_weights() {
    let tape = Tape::new();
    let (x, y) = (tape.var(2.0), tape.var(3.0));
    let (product, square) = (x * y, x * x);
    let gradients = tape.backward_from(&[(product, 2.0), (square, -1.0), (x, 10.0), (product, 1.0)]).unwrap();
    assert_eq!((gradients[x], gradients[y]), (3.0 * 3.0 - 4.0 + 10.0, 3.0 * 2.0));
    assert_eq!((gradients[product], gradients[square]), (3.0, -1.0));
    let nothing = tape.backward_from(&[]).unwrap();
    assert_eq!((nothing[x], nothing.depends_on(x)), (0.0, Ok(false)));
}

#[test]
fn each_rule_can_be_applied_by_name_with_a_result() {
    let tape = Tape::new();
    let x = tape.var(0.5);
    let y = Var::try_apply::<op::MulAdd, 3>([x, Var::from(2.0), x]).unwrap();
    assert_eq!((y.value(), y.backward()[x]), (1.5, 3.0));
    let c = Var::try_apply::<op::Sin, 1>([Var::from(0.0)]).unwrap();
    assert_eq!((c.value(), c.tape()), (0.0, None));
}

#[test]
fn plain_numbers_are_not_recorded() {
    let tape = Tape::new();
    let c = Var::from(2.0) * 3.0 + Var::from(1.0).sin() + gradus::sum(&[Var::from(1.0); 3]);
    assert_eq!((c.tape(), tape.len()), (None, 0));
    assert!(tape.is_empty());
    let x = tape.var(2.0);
    assert_eq!((x.tape(), x.index()), (Some(tape.id()), 0));
    // A literal beside a variable takes no node of its own.
    let y = 3.0 * x + c;
    assert_eq!((tape.len(), y.index()), (3, 2));
    assert_eq!(Var::default(), 0.0);
    assert_eq!(c.named("constant").label(), None);
}

#[test]
fn clearing_keeps_the_tape_and_renews_its_id() {
    let tape = Tape::new();
    let mut ids = vec![tape.id()];
    for k in 1..=10 {
        let x = tape.var(f64::from(k)).named("x");
        assert_eq!(x.label().as_deref(), Some("x"));
        assert_eq!((x * x).backward()[x], 2.0 * f64::from(k));
        assert_eq!(tape.len(), 2);
        tape.clear();
        assert!(tape.is_empty());
        assert_eq!(tape.var(0.0).label(), None, "labels go with the recording");
        tape.clear();
        assert!(!ids.contains(&tape.id()));
        ids.push(tape.id());
    }
    assert_eq!(format!("{tape:?}"), format!("{} with 0 nodes", tape.id()));
}

#[test]
fn labels_belong_to_a_variable() {
    let tape = Tape::new();
    let (x, y) = (tape.var(1.0).named("x"), tape.var(2.0));
    assert_eq!((x.label().as_deref(), y.label()), (Some("x"), None));
    let sum = (x + y).named(String::from("sum"));
    let _ = sum.named("total");
    assert_eq!(sum.label().as_deref(), Some("total"));
    assert_eq!(sum.backward()[x], 1.0, "a label changes nothing else");
}

#[test]
fn tapes_record_in_turn() {
    let (first, second, traced) = (Tape::new(), Tape::new(), Tape::traced());
    let (mut a, mut b, mut c) = (first.var(1.0), second.var(2.0), traced.var(3.0));
    let inputs = [a, b, c];
    for _ in 0..50 {
        a = a * 1.5 - a;
        b = b + b.sin();
        c = gradus::sum(&[c, inputs[2]]);
    }
    assert_eq!((first.len(), second.len(), traced.len()), (101, 101, 51));
    assert_eq!(a.backward()[inputs[0]], 0.5_f64.powi(50));
    let mut slope = 1.0;
    let mut x = 2.0_f64;
    for _ in 0..50 {
        slope *= 1.0 + x.cos();
        x += x.sin();
    }
    assert_eq!(b.value(), x);
    assert!((b.backward()[inputs[1]] - slope).abs() <= 1e-12 * slope.abs());
    assert_eq!(c.backward()[inputs[2]], 51.0);
    // Reading one does not disturb the recording of another.
    let (length, y) = (second.len(), a + 1.0);
    assert_eq!((length, y.index() as usize), (101, first.len() - 1));
}

#[test]
fn derivatives_inside_a_recording() {
    // A tape of its own for the inner derivative: a constant to the outer one.
    let tape = Tape::new();
    let x = tape.var(2.0);
    let inner = gradus::derivative(|t| t.powi(3) * x.value(), x.value()).unwrap();
    assert_eq!(inner, 24.0);
    let y = x * inner;
    assert_eq!((y.value(), y.backward()[x]), (48.0, 24.0));
    let outer = gradus::gradient(
        |x| {
            let slopes = gradus::gradient(|t| t[0] * t[1] * t[1], &[x[0].value(), x[1].value()]).unwrap();
            x[0] * slopes[0] + x[1] * slopes[1]
        },
        &[2.0, 3.0],
    );
    assert_eq!(outer.unwrap(), [9.0, 12.0]);
}

#[test]
fn recorded_gradients_can_be_computed_with() {
    let tape = Tape::new();
    let (x, y) = (tape.var(2.0), tape.var(3.0));
    let f = x.powi(3) * y;
    let slopes = f.recorded_gradient(&[x, y, f]).unwrap();
    assert_eq!(slopes.map_values(), [36.0, 8.0, 1.0]);
    assert_eq!(slopes[2].tape(), None, "the slope along itself is the number 1");
    // A penalty on the gradient: d/dx (9 x⁴ y² + x⁶), d/dy.
    let penalty = slopes[0].powi(2) + slopes[1].powi(2);
    let gradients = penalty.backward();
    assert_eq!(gradients[x], 36.0 * 8.0 * 9.0 + 6.0 * 32.0);
    assert_eq!(gradients[y], 18.0 * 16.0 * 3.0);
    // With respect to what lies in between.
    let square = x * x;
    let z = square * square + x;
    assert_eq!(z.recorded_gradient(&[square, x]).unwrap().map_values(), [8.0, 33.0]);
}

#[test]
fn gradients_outlive_the_tape_and_can_be_cloned_and_sent() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    let gradients = (x * x).backward();
    drop(tape);
    let copy = gradients.clone();
    drop(gradients);
    assert_eq!(copy[x], 6.0);
    fn sendable<T: Send + Sync>(_: &T) {}
    sendable(&copy);
}

#[test]
fn handles_are_small_and_gradients_know_their_own() {
    assert_eq!(std::mem::size_of::<Var>(), 24);
    let (here, there) = (Tape::new(), Tape::new());
    let (a, b) = (here.var(1.0), there.var(1.0));
    let gradients = (a * 2.0).backward();
    assert_eq!(gradients.get(b), Err(Error::MixedTapes { left: here.id(), right: there.id() }));
    assert_eq!(gradients.wrt(&[a, b]), Err(Error::MixedTapes { left: here.id(), right: there.id() }));
    assert_eq!(gradients.depends_on(Var::from(1.0)), Err(Error::NotRecorded { value: 1.0 }));
}

#[test]
fn functions_of_no_or_many_outputs() {
    let none = |_: &[Var]| Vec::new();
    assert_eq!(gradus::jacobian(none, &[1.0]).unwrap(), Vec::<Vec<f64>>::new());
    assert_eq!(gradus::jvp(none, &[1.0], &[1.0]).unwrap(), (vec![], vec![]));
    assert_eq!(gradus::vjp(none, &[1.0], &[]).unwrap(), (vec![], vec![0.0]));
    // Inputs, constants and the same output twice.
    let f = |x: &[Var]| {
        let square = x[0] * x[0];
        vec![x[1], Var::from(7.0), square, square, x[0] * x[1]]
    };
    let expected = [[0.0, 1.0], [0.0, 0.0], [4.0, 0.0], [4.0, 0.0], [3.0, 2.0]];
    assert_eq!(gradus::jacobian(f, &[2.0, 3.0]).unwrap(), expected);
    assert_eq!(gradus::jacobian(|x| f(x)[..2].to_vec(), &[2.0, 3.0]).unwrap(), expected[..2]);
    let (values, slopes) = gradus::jvp(f, &[2.0, 3.0], &[1.0, 10.0]).unwrap();
    assert_eq!((values, slopes), (vec![3.0, 7.0, 4.0, 4.0, 6.0], vec![10.0, 0.0, 4.0, 4.0, 23.0]));
    let (_, gradient) = gradus::vjp(f, &[2.0, 3.0], &[1.0, 5.0, 1.0, -1.0, 2.0]).unwrap();
    assert_eq!(gradient, [6.0, 5.0]);
    assert_eq!(gradus::derivatives(|_| Var::from(7.0), 1.0, 3).unwrap(), [7.0, 0.0, 0.0, 0.0]);
}

#[test]
fn every_width_of_the_sweeps_that_carry_several_directions() {
    for n in 1..=10 {
        let x: Vec<f64> = (1..=n).map(f64::from).collect();
        // Σᵢ i xᵢ² + (Σ x)²: the Hessian is 2 i on the diagonal, and 2 everywhere.
        let f = |x: &[Var]| {
            let squares: Var = (1..).zip(x).map(|(i, &x)| f64::from(i) * x * x).sum();
            squares + gradus::sum(x).powi(2)
        };
        let hessian = gradus::hessian(f, &x).unwrap();
        let entry = |i: usize, j: usize| 2.0 + if i == j { 2.0 * (i + 1) as f64 } else { 0.0 };
        let size = x.len();
        let expected: Vec<Vec<f64>> = (0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect();
        assert_eq!(hessian, expected);
        // A tall Jacobian goes forward, a wide one back.
        let outputs = |m: usize| move |x: &[Var]| (0..m).map(|i| x[i % x.len()] * (i + 1) as f64).collect::<Vec<_>>();
        for m in [1, size, 2 * size + 1] {
            let jacobian = gradus::jacobian(outputs(m), &x).unwrap();
            let entry = |i: usize, j: usize| if i % size == j { (i + 1) as f64 } else { 0.0 };
            let expected: Vec<Vec<f64>> = (0..m).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect();
            assert_eq!(jacobian, expected);
        }
    }
}
