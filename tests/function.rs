//! Closures that branch: a program refuses the branch that it did not record, a function records it.

use gradus::program::{Lowering, Recorder};
use gradus::{Error, Function, Opaque, Program, Tape, Var};
use serde_json::Value;
use std::cmp::Ordering;

const HERE: &str = file!();

/// Whether `f` has the same values and derivatives as the closure on the tape, in every mode, wherever it was recorded before.
#[track_caller]
fn check(f: impl Fn(&[Var]) -> Var + Copy + Send + Sync, points: &[&[f64]]) -> usize {
    let function = Function::new(f);
    // Twice: recorded, then replayed.
    for x in points.iter().chain(points) {
        let direction: Vec<f64> = (0..x.len()).map(|i| 1.0 - 0.3 * i as f64).collect();
        let (value, gradient) = gradus::value_and_gradient(f, x).unwrap();
        let (own_value, own_gradient) = function.gradient(x).unwrap();
        close(&[own_value], &[value], x);
        close(&own_gradient, &gradient, x);
        close(&[function.value(x).unwrap()], &[value], x);
        close(&function.values(x).unwrap(), &[value], x);
        close(&function.vjp(x, &[1.0]).unwrap().1, &gradient, x);
        close(&function.jacobian(x).unwrap()[0], &gradient, x);
        close(&function.jvp(x, &direction).unwrap().1, &gradus::jvp(|x| vec![f(x)], x, &direction).unwrap().1, x);
        close(&function.hvp(x, &direction).unwrap(), &gradus::hvp(f, x, &direction).unwrap(), x);
        close(&function.hessian(x).unwrap().concat(), &gradus::hessian(f, x).unwrap().concat(), x);
    }
    function.patterns()
}

#[track_caller]
fn close(found: &[f64], expected: &[f64], at: &[f64]) {
    let near = |a: f64, b: f64| (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= 1e-12 * (1.0 + b.abs());
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(|(&a, &b)| near(a, b)),
        "at {at:?}: {found:?} instead of {expected:?}"
    );
}

/// The comparison and the line that a program recorded at `x` names when it is replayed at `there`.
#[track_caller]
fn changed(f: impl FnOnce(&[Var]) -> Var, x: &[f64], there: &[f64]) -> (String, String) {
    match Program::record(x, f).unwrap().gradient(there) {
        Err(Error::BranchChanged { comparison, line, sample: None }) => (comparison, line),
        other => panic!("{other:?}"),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().map_or_else(|| vec![value.as_f64().unwrap()], |list| list.iter().flat_map(numbers).collect())
}

#[test]
fn the_cases_that_other_tools_get_wrong() {
    let data: Value = serde_json::from_str(include_str!("data/replay_branches.json")).unwrap();
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let formula: fn(&[Var]) -> Var = match case["id"].as_str().unwrap() {
            "relu_flip" => |x| if x[0] < 0.0 { Var::from(0.0) } else { x[0] },
            "sum_branch" => |x| {
                let sum = x[0] + x[1];
                if sum > 1.0 { sum.powi(3) } else { sum.powi(2) }
            },
            "square_or_neg" => |x| if x[0] > 0.0 { x[0] * x[0] } else { -x[0] },
            other => panic!("{other}"),
        };
        let start = numbers(&case["record_at"]);
        let program = Program::record(&start, formula).unwrap();
        let function = Function::new(formula);
        function.value(&start).unwrap();
        let mut refused = 0;
        let points = case["replay_at"].as_array().unwrap();
        for (number, point) in points.iter().enumerate() {
            let expected = case["expected_value"][number].as_f64().unwrap();
            let slopes = numbers(&case["expected_grad"][number]);
            let point = numbers(point);
            let (value, gradient) = function.gradient(&point).unwrap();
            close(&[value], &[expected], &point);
            close(&gradient, &slopes, &point);
            match program.gradient(&point) {
                Ok((value, gradient)) => {
                    close(&[value], &[expected], &point);
                    close(&gradient, &slopes, &point);
                }
                Err(Error::BranchChanged { .. }) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(refused, 1, "{case}");
        assert_eq!(function.patterns(), 2, "{case}");
    }
}

#[test]
fn a_loop_that_ends_by_a_comparison_has_a_pattern_for_each_length() {
    let root = |x: &[Var]| {
        let mut y = x[0];
        for _ in 0..100 {
            let step = (y - x[0] / y) * 0.5;
            y -= step;
            if step.abs() < 1e-9 {
                break;
            }
        }
        y
    };
    let points: Vec<[f64; 1]> = (1..40).map(|i| [f64::from(i * i) * 0.37]).collect();
    let points: Vec<&[f64]> = points.iter().map(|point| point.as_slice()).collect();
    let patterns = check(root, &points);
    assert!((4..12).contains(&patterns), "{patterns}");
    // Each pattern was recorded once, whatever was tried before.
    let function = Function::new(root);
    for x in points.iter().chain(points.iter().rev()) {
        function.value(x).unwrap();
    }
    assert_eq!(function.recordings(), patterns);
}

#[test]
fn a_list_sorted_by_comparison() {
    let sorted = |x: &[Var]| {
        let mut list = x.to_vec();
        list.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        list.iter().enumerate().fold(Var::from(0.0), |sum, (place, &each)| sum + each.powi(2) * (place + 1) as f64)
    };
    let patterns = check(
        sorted,
        &[&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0], &[2.0, 3.0, 1.0], &[5.0, 6.0, 7.0], &[1.0, 1.0, 2.0], &[2.0, 1.0, 1.0]],
    );
    assert!((4..=6).contains(&patterns), "{patterns}");
    let (comparison, line) = changed(sorted, &[1.0, 2.0, 3.0], &[2.0, 1.0, 3.0]);
    assert!(comparison == "x[1] > x[0]" || comparison == "x[0] < x[1]", "{comparison}");
    assert!(line.contains(HERE), "{line}");
}

#[test]
fn maxima_clamps_and_equalities_written_by_hand() {
    let points: [&[f64]; 6] = [&[1.0, 2.0], &[2.0, 1.0], &[1.5, 1.5], &[-4.0, 9.0], &[0.0, 0.0], &[7.0, -7.0]];
    let largest = |x: &[Var]| if x[0] > x[1] { x[0] * x[0] } else { x[1] * 3.0 };
    assert_eq!(check(largest, &points), 2);
    let clamped = |x: &[Var]| {
        let low = if x[0] < -1.0 { Var::from(-1.0) } else { x[0] };
        (if low > 1.0 { Var::from(1.0) } else { low }) * x[1]
    };
    assert_eq!(check(clamped, &points), 3);
    let equal = |x: &[Var]| if x[0] == x[1] { x[0] * x[1] * 5.0 } else { x[0] - x[1] };
    assert_eq!(check(equal, &points), 2);
    let unequal = |x: &[Var]| if x[0] != 0.0 { x[1] / x[0] } else { x[1] * x[1] };
    assert_eq!(check(unequal, &points), 2);
    let ordered = |x: &[Var]| match x[0].partial_cmp(&x[1]) {
        Some(Ordering::Less) => x[0] * x[1],
        Some(Ordering::Equal) => x[0].exp(),
        Some(Ordering::Greater) => x[1].sin(),
        None => Var::from(f64::NAN),
    };
    assert_eq!(check(ordered, &points), 3);
}

#[test]
fn comparisons_with_plain_numbers_on_either_side() {
    let left = |x: &[Var]| {
        let mut y = x[0];
        if 1.0 < x[0] {
            y *= 2.0;
        }
        if 2.0 <= x[0] {
            y *= x[0];
        }
        if -1.0 > x[0] {
            y *= 5.0;
        }
        if -2.0 >= x[0] {
            y *= x[0];
        }
        if 0.0 == x[0] {
            y += 7.0;
        }
        if 3.0 != x[0] {
            y += 1.0;
        }
        if matches!(4.0.partial_cmp(&x[0]), Some(Ordering::Equal)) { y * y } else { y }
    };
    let points: Vec<[f64; 1]> = [1.5, 2.0, 2.5, -1.5, -2.0, 0.0, 3.0, 4.0, 0.5].map(|x| [x]).to_vec();
    let points: Vec<&[f64]> = points.iter().map(|point| point.as_slice()).collect();
    assert_eq!(check(left, &points), 8);
    let (comparison, line) = changed(|x| if 1.0 < x[0] { x[0] } else { -x[0] }, &[2.0], &[0.5]);
    assert_eq!(comparison, "1 < x[0]");
    assert!(line.contains(HERE), "{line}");
    // `!=` names the line of the caller, not that of the provided method.
    let (comparison, line) = changed(|x| if x[0] != 1.0 { x[0] } else { -x[0] }, &[2.0], &[1.0]);
    assert_eq!(comparison, "x[0] != 1");
    assert!(line.contains(HERE), "{line}");
}

#[test]
fn nan_in_a_comparison_is_an_answer_of_its_own() {
    // ln is NaN below 0, where no comparison holds.
    let f = |x: &[Var]| {
        let y = x[0].ln();
        if y < 1.0 {
            y
        } else if y >= 1.0 {
            y * y
        } else {
            x[0] * 2.0
        }
    };
    assert_eq!(check(f, &[&[1.0], &[20.0], &[-3.0], &[2.0], &[-7.0]]), 3);
    let order = |x: &[Var]| if x[0].ln().partial_cmp(&0.0).is_none() { x[0] } else { x[0] * x[0] };
    assert_eq!(check(order, &[&[0.5], &[-1.0], &[3.0]]), 3);
    let (comparison, _) = changed(order, &[-1.0], &[0.5]);
    assert_eq!(comparison, "ln(x[0]) and 0 not ordered");
    let not = |x: &[Var]| if !(x[0].ln() < 0.0) { x[0] } else { x[0] * x[0] };
    assert_eq!(changed(not, &[-1.0], &[0.5]).0, "not ln(x[0]) < 0");
}

#[test]
fn a_recorded_gradient_at_a_kink() {
    let slope = |x: &[Var]| {
        let y =
            x[0].relu() * x[1] + (x[0] * x[1]).abs() + x[0].max(x[1]) * x[0].min(2.0) + x[1].clamp(-1.0, 1.0) * x[0];
        let slopes = y.recorded_gradient(x).unwrap();
        slopes[0] * slopes[0] + slopes[1] * x[0] + y
    };
    let points: [&[f64]; 8] =
        [&[1.0, 2.0], &[-1.0, 0.5], &[0.0, 0.5], &[3.0, -2.0], &[2.0, 2.0], &[-3.0, -0.5], &[0.0, 0.0], &[1.0, 1.0]];
    check(slope, &points);
    // A program that was recorded on the flat side refuses the other.
    let flat = |x: &[Var]| x[0].relu().recorded_gradient(x).unwrap()[0] * x[0] + x[0];
    let (comparison, line) = changed(flat, &[-1.0], &[2.0]);
    assert!(line.contains(HERE), "{line}");
    assert_eq!(comparison, "relu at x[0] on the same side of its kink");
}

#[test]
fn recordings_inside_recordings() {
    // The inner closure compares its own variable with one of the outer recording: either sees the other's as a plain number.
    let outer = |x: &[Var]| {
        let limit = x[1];
        let inner = |y: &[Var]| if y[0] > limit { y[0] * 3.0 } else { y[0] };
        let inner_program = Program::record(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], inner).unwrap();
        assert_eq!(inner_program.guards(), 1);
        let slope = inner_program.gradient(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]).unwrap().1[0];
        x[0] * slope
    };
    let program = Program::record(&[2.0, 0.5], outer).unwrap();
    assert_eq!(program.guards(), 1);
    assert_eq!(program.gradient(&[5.0, 0.7]).unwrap(), (15.0, vec![3.0, 0.0]));
    assert!(matches!(program.gradient(&[5.0, 1.7]), Err(Error::BranchChanged { .. })));
    let function = Function::new(outer);
    assert_eq!(function.gradient(&[5.0, 0.7]).unwrap(), (15.0, vec![3.0, 0.0]));
    assert_eq!(function.gradient(&[5.0, 1.7]).unwrap(), (5.0, vec![1.0, 0.0]));
    // A function may call another.
    let inner = Function::new(|x| if x[0] > 0.0 { x[0] } else { -x[0] });
    let outer = Function::new(|x: &[Var]| x[0] * inner.value(&[-3.0]).unwrap());
    assert_eq!(outer.gradient(&[2.0]).unwrap(), (6.0, vec![3.0]));
}

#[test]
fn a_comparison_with_a_stale_variable_is_one_with_its_value() {
    let tape = Tape::new();
    let stale = tape.var(1.0);
    tape.clear();
    for before in [false, true] {
        let f = |x: &[Var]| {
            // The same question, asked of either side.
            #[allow(clippy::if_same_then_else)]
            let greater = if before { stale < x[0] } else { x[0] > stale };
            if greater { x[0] * 2.0 } else { x[0] }
        };
        let program = Program::record(&[3.0], f).unwrap();
        assert_eq!(program.gradient(&[4.0]).unwrap(), (8.0, vec![2.0]));
        assert!(matches!(program.gradient(&[0.0]), Err(Error::BranchChanged { .. })));
    }
}

/// An op that a program cannot hold.
struct Twice;

impl Opaque for Twice {
    fn name(&self) -> &str {
        "twice"
    }
    fn value(&self, x: &[f64]) -> f64 {
        2.0 * x[0]
    }
    fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
        vec![2.0]
    }
}

#[test]
fn what_cannot_be_recorded_is_an_error_with_advice() {
    let opaque = Function::new(|x: &[Var]| gradus::opaque(Twice, x).unwrap());
    let error = opaque.gradient(&[1.0]).unwrap_err();
    assert!(
        matches!(error, Error::OpaqueInProgram { .. }) && error.to_string().contains("gradus::gradient"),
        "{error}"
    );

    let read = Function::new(|x: &[Var]| x[0] * x[0].value());
    let error = read.gradient(&[1.0]).unwrap_err();
    assert!(matches!(error, Error::ValueRead { .. }) && error.to_string().contains("allow_value_reads"), "{error}");
    let allowed = Function::new(|x: &[Var]| x[0] * x[0].value()).recorder(Recorder::new().allow_value_reads());
    assert_eq!(allowed.gradient(&[2.0]).unwrap(), (4.0, vec![2.0]));

    // A gradient taken inside the closure is made of plain numbers, too.
    let swept = Function::new(|x: &[Var]| x[0] * (x[0] * x[0]).backward()[x[0]]);
    assert!(matches!(swept.gradient(&[2.0]), Err(Error::ValueRead { .. })));

    let f = Function::new(|x: &[Var]| x[0]);
    assert_eq!(f.value(&[]), Err(Error::NoInputs));
    assert!(matches!(f.value(&[f64::NAN]), Err(Error::NonFinitePoint { .. })));
    assert!(matches!(f.vjp(&[1.0], &[f64::NAN]), Err(Error::NonFinitePoint { .. })));
    assert!(matches!(f.vjp(&[1.0], &[1.0, 2.0]), Err(Error::Length { .. })));
    assert!(matches!(
        Function::new(|x: &[Var]| x.to_vec()).gradient(&[1.0, 2.0]),
        Err(Error::OutputCount { found: 2 })
    ));
    assert!(matches!(Function::new(|_: &[Var]| Vec::new()).values(&[1.0]), Err(Error::NoOutputs)));
    let two = Function::shared(1, 2, |w, s| w[0] * s[0] * s[1]);
    assert!(matches!(two.value(&[1.0, 2.0]), Err(Error::Length { expected: 3, .. })));
}

#[test]
fn points_of_any_length_and_outputs_of_any_number() {
    let f = Function::new(|x: &[Var]| if x[0] > 0.0 { x.to_vec() } else { vec![x[0] * 2.0] });
    assert_eq!(f.values(&[1.0, 2.0]).unwrap(), [1.0, 2.0]);
    assert_eq!(f.values(&[1.0, 2.0, 3.0]).unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(f.values(&[-1.0, 2.0, 3.0]).unwrap(), [-2.0]);
    assert_eq!((f.patterns(), f.recordings()), (3, 3));
}

#[test]
fn the_pattern_used_least_recently_is_forgotten() {
    let f = Function::new(|x: &[Var]| {
        let mut y = x[0];
        while y > 1.0 {
            y -= 1.0;
        }
        y * y
    })
    .pattern_limit(2);
    for (x, recordings) in [(1.5, 1), (2.5, 2), (1.2, 2), (3.5, 3), (1.7, 3), (2.2, 4)] {
        f.value(&[x]).unwrap();
        assert_eq!(f.recordings(), recordings, "at {x}");
        assert!(f.patterns() <= 2);
    }
    let none = Function::new(|x: &[Var]| x[0]).pattern_limit(0);
    assert_eq!(none.value(&[2.0]).unwrap() + none.value(&[3.0]).unwrap(), 5.0);
    assert_eq!((none.patterns(), none.recordings()), (0, 2));
}

#[test]
fn comparisons_that_hang_on_a_rounding_still_have_an_answer() {
    // On the tape the sum goes from left to right; a program adds it up in another order.
    let f = |x: &[Var]| {
        let sum = x.iter().skip(1).fold(x[0] * x[0], |sum, &each| sum + each * each);
        let again = x.iter().rev().fold(Var::from(0.0), |sum, &each| sum + each * each);
        if sum == again { sum } else { again * 2.0 }
    };
    let mut rng = fastrand::Rng::with_seed(7);
    let function = Function::new(f);
    let exact = Function::new(f).recorder(Recorder::new().lowering(Lowering::None));
    for _ in 0..200 {
        let x: Vec<f64> = (0..9).map(|_| rng.f64() * 1e3).collect();
        let value = gradus::value_and_gradient(f, &x).unwrap().0;
        assert_eq!(exact.value(&x).unwrap(), value);
        let own = function.gradient(&x).unwrap().0;
        assert!(
            (own / value - 1.0).abs() < 1e-12 || (own / value - 2.0).abs() < 1e-12 || (own / value - 0.5).abs() < 1e-12
        );
        function.hessian(&x).unwrap();
        function.jvp(&x, &x).unwrap();
    }
}

#[test]
fn lists_are_replayed_to_the_bit_without_lowering() {
    let mut rng = fastrand::Rng::with_seed(5);
    let f = |x: &[Var]| gradus::dot(&x[..7], &x[7..]) + gradus::sum(x) + gradus::norm(x) + gradus::log_sum_exp(x);
    let program = Recorder::new().lowering(Lowering::None).record(&[1.0; 14], f).unwrap();
    for _ in 0..50 {
        let x: Vec<f64> = (0..14).map(|_| rng.f64()).collect();
        let (value, gradient) = gradus::value_and_gradient(f, &x).unwrap();
        assert_eq!(program.gradient(&x).unwrap(), (value, gradient));
    }
}

#[test]
fn a_function_is_shared_between_threads() {
    let f = Function::new(|x: &[Var]| if x[0] > x[1] { x[0] * x[0] } else { x[0] * x[1] });
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let f = &f;
            scope.spawn(move || {
                for i in 0..200 {
                    let (a, b) = (f64::from(i % 7), f64::from((i + thread) % 5));
                    let expected = if a > b { a * a } else { a * b };
                    assert_eq!(f.value(&[a, b]).unwrap(), expected);
                }
            });
        }
    });
    assert_eq!(f.patterns(), 2);
}

#[cfg(feature = "batch")]
mod batches {
    use super::*;

    /// Three patterns.
    fn loss(w: &[Var], s: &[Var]) -> Var {
        let error = w[0] * s[0] + w[1] - s[1];
        if error > 1.0 {
            error * 2.0 - 1.0
        } else if error < -1.0 {
            -error * 2.0 - 1.0
        } else {
            (error * error).tanh() + error * error
        }
    }

    #[test]
    fn the_samples_of_a_batch_take_their_own_branches() {
        let mut rng = fastrand::Rng::with_seed(3);
        let w = [0.7, -0.2];
        for count in [0, 1, 5, 33, 1000] {
            let samples: Vec<f64> = (0..2 * count).map(|_| rng.f64() * 6.0 - 3.0).collect();
            let function = Function::shared(2, 2, loss);
            let first = function.batch(&w, &samples).unwrap();
            let again = function.batch(&w, &samples).unwrap();
            assert_eq!(first, again, "the sum depends on what was known before");
            let recordings = function.recordings();
            assert!(recordings <= 3);
            let mut gradient = [0.0; 2];
            let values = function.batch_values(&w, &samples).unwrap();
            for (number, sample) in samples.chunks_exact(2).enumerate() {
                let f = |x: &[Var]| loss(&x[..2], &x[2..]);
                let (value, own) = gradus::value_and_gradient(f, &[&w, sample].concat()).unwrap();
                close(&[first.values[number], values[number]], &[value, value], sample);
                gradient.iter_mut().zip(own).for_each(|(sum, partial)| *sum += partial);
            }
            close(&first.gradient, &gradient, &w);
            assert_eq!(function.recordings(), recordings);
        }
    }

    #[test]
    fn a_program_says_which_sample_changed_its_branch() {
        let program = Program::record_shared(&[1.0, 0.0], &[0.5, 0.5], loss).unwrap();
        let samples = [0.1, 0.2, 0.3, 0.4, 5.0, 0.0, 0.0, 9.0];
        let error = program.batch(&[1.0, 0.0], &samples).unwrap_err();
        let Error::BranchChanged { comparison, line, sample: Some(2) } = &error else { panic!("{error}") };
        assert!(comparison.ends_with("> 1") || comparison.contains("not 1 <"), "{comparison}");
        assert!(line.contains(HERE), "{line}");
        assert!(error.to_string().contains("sample 2"), "{error}");
        let fitting = program.batches().fitting(&[1.0, 0.0], &samples).unwrap();
        assert_eq!(fitting, [true, true, false, false]);
    }

    #[test]
    fn every_sample_may_be_a_pattern_of_its_own() {
        // More patterns than are kept.
        let function = Function::shared(1, 1, |w, s| {
            let mut y = s[0] * 1.0;
            while y > 1.0 {
                y -= 1.0;
            }
            w[0] * y
        })
        .pattern_limit(4);
        let samples: Vec<f64> = (0..60).map(|i| f64::from(i % 20) + 0.25).collect();
        for _ in 0..2 {
            let batch = function.batch(&[2.0], &samples).unwrap();
            assert!(batch.values.iter().all(|&value| value == 0.5));
            assert_eq!(batch.gradient, [0.25 * 60.0]);
        }
        assert_eq!(function.patterns(), 4);
    }

    #[test]
    fn samples_at_a_rounding() {
        let f = |w: &[Var], s: &[Var]| {
            let sum = s.iter().zip(w).fold(Var::from(0.0), |sum, (&s, &w)| sum + s * w);
            let again = s.iter().zip(w).rev().fold(Var::from(0.0), |sum, (&s, &w)| sum + s * w);
            if sum == again { sum * 2.0 } else { again }
        };
        let mut rng = fastrand::Rng::with_seed(11);
        let w: Vec<f64> = (0..5).map(|_| rng.f64()).collect();
        let samples: Vec<f64> = (0..500).map(|_| rng.f64()).collect();
        let batch = Function::shared(5, 5, f).batch(&w, &samples).unwrap();
        for (sample, value) in samples.chunks_exact(5).zip(batch.values) {
            let sum: f64 = sample.iter().zip(&w).map(|(s, w)| s * w).sum();
            assert!((value / sum - 1.0).abs() < 1e-12 || (value / sum - 2.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_batch_that_does_not_fit_is_an_error() {
        let function = Function::shared(2, 2, loss);
        assert!(matches!(function.batch(&[1.0], &[1.0, 2.0]), Err(Error::Length { .. })));
        assert!(matches!(function.batch(&[1.0, 2.0], &[1.0]), Err(Error::Length { .. })));
        let error = function.batch(&[1.0, 2.0], &[1.0, 2.0, f64::NAN, 1.0]).unwrap_err();
        assert!(matches!(error, Error::NonFinitePoint { index: 2, .. }));
        assert!(matches!(Function::new(|x: &[Var]| x[0]).batch(&[], &[1.0]), Err(Error::Length { .. })));
        let uneven = Function::shared(1, 1, |w, s| if s[0] > 0.0 { vec![w[0]] } else { vec![w[0], s[0]] });
        assert!(matches!(uneven.batch_values(&[1.0], &[1.0, -1.0]), Err(Error::ChangingOutputs { first: 1, then: 2 })));
        assert!(matches!(uneven.batch(&[1.0], &[1.0, -1.0]), Err(Error::OutputCount { found: 2 })));
    }
}
