//! Nothing at all, as much as there can be, and numbers at the ends of their range.

use crate::caught::check_panic;
use gradus::{Error, Program, Tape, Var, op};

#[test]
fn lists_of_nothing() {
    let none: [Var; 0] = [];
    let tape = Tape::new();
    assert_eq!(
        (gradus::sum(&none), gradus::product(&none), gradus::dot(&none, &none)),
        (0.0.into(), 1.0.into(), 0.0.into())
    );
    assert_eq!((gradus::norm(&none).value(), gradus::log_sum_exp(&none).value()), (0.0, f64::NEG_INFINITY));
    assert_eq!(gradus::softmax(&none).len(), 0);
    assert_eq!(none.iter().copied().sum::<Var>().value(), 0.0);
    assert!(tape.vars(&[]).is_empty() && tape.is_empty());
    assert!(tape.backward_from(&[]).unwrap().wrt(&[]).unwrap().is_empty());
    let x = tape.var(2.0);
    // A list op of nothing is a plain number beside a variable.
    let y = x * gradus::product(&none) + gradus::sum(&none);
    assert_eq!((y.value(), y.backward()[x]), (2.0, 1.0));
    assert!(y.recorded_gradient(&[]).unwrap().is_empty());
    assert_eq!(Program::record(&[], |_| Var::from(1.0)).err(), Some(Error::NoInputs));
    assert_eq!(Program::record(&[1.0], |_| Vec::new()).err(), Some(Error::NoOutputs));
}

#[test]
fn a_limit_beyond_what_can_be_counted_is_that_of_any_tape() {
    let tape = Tape::with_node_limit(usize::MAX);
    let x = tape.var(2.0);
    assert_eq!((x * x).backward()[x], 4.0);
    // Exactly as many as fit, in one go and one by one.
    let tape = Tape::with_node_limit(1000);
    let inputs = tape.vars(&[1.0; 999]);
    let full = Error::TapeFull { tape: tape.id(), limit: 1000 };
    check_panic(|| tape.vars(&[1.0; 2]), &full, line!());
    let total = gradus::sum(&inputs);
    assert_eq!((tape.len(), total.backward()[inputs[998]]), (1000, 1.0));
    assert_eq!(Var::try_apply::<op::Sin, 1>([total]).unwrap_err(), full);
    assert_eq!(tape.vars(&[]).len(), 0, "nothing always fits");
}

/// A NaN is a NaN, whatever stands in its other bits: also those that the sweep keeps for itself.
#[test]
fn no_nan_is_taken_for_a_missing_adjoint() {
    let marks = [0x7ff8_6772_6164_7573, 0x7ff0_6772_6164_7573, 0xfff0_6772_6164_7573, 0x7ff0_0000_0000_0001, u64::MAX];
    for bits in marks {
        let nan = f64::from_bits(bits);
        let tape = Tape::new();
        let (x, w) = (tape.var(nan), tape.var(2.0));
        for y in [x * w, w * nan, x * w + w, -(nan * w), gradus::dot(&[x, x], &[w, w])] {
            let gradients = y.backward();
            assert!(gradients[w].is_nan() && gradients.depends_on(w).unwrap(), "{bits:x}");
        }
        let seeded = tape.backward_from(&[(w, nan)]).unwrap();
        assert!(seeded[w].is_nan() && seeded.depends_on(w).unwrap(), "{bits:x} as a seed");
        let seeded = tape.backward_from(&[(w * 3.0, nan), (w, 1.0)]).unwrap();
        assert!(seeded[w].is_nan(), "{bits:x} as a seed");
    }
}

#[test]
fn seeds_that_are_not_finite() {
    let tape = Tape::new();
    let (x, aside) = (tape.var(2.0), tape.var(1.0));
    for seed in [f64::NAN, f64::INFINITY, -0.0] {
        let gradients = tape.backward_from(&[(x * 3.0, seed)]).unwrap();
        let expected = seed * 3.0;
        assert!(gradients[x].to_bits() == expected.to_bits() || gradients[x].is_nan() && expected.is_nan());
        assert_eq!(
            (gradients[aside], gradients.depends_on(aside).unwrap()),
            (0.0, false),
            "it stays out of the others"
        );
    }
}

#[test]
fn a_million_labels_and_a_million_ops_of_ones_own() {
    let tape = Tape::new();
    let x = tape.var(1.0);
    let mut y = x;
    for k in 0..1_000_000 {
        y = (y + 1e-6).named(format!("step {k}"));
    }
    assert_eq!((y.label().as_deref(), y.backward()[x]), (Some("step 999999"), 1.0));
    struct Same;
    impl gradus::Opaque for Same {
        fn name(&self) -> &str {
            "same"
        }
        fn value(&self, x: &[f64]) -> f64 {
            x[0]
        }
        fn gradient(&self, _: &[f64], _: f64) -> Vec<f64> {
            vec![1.0]
        }
    }
    tape.clear();
    let x = tape.var(1.0);
    // Each a new one.
    let y = (0..1_000_000).fold(x, |y, _| gradus::opaque(Same, &[y]).unwrap());
    assert_eq!(y.backward()[x], 1.0);
}

#[test]
fn comparisons_with_nan_are_answered_as_those_of_plain_numbers() {
    let tape = Tape::new();
    let (x, nan) = (tape.var(1.0), tape.var(f64::NAN));
    assert_eq!(x.partial_cmp(&nan), None);
    assert!(nan != nan && !(x < nan) && !(x >= nan));
    let program = Program::record(&[1.0], |x| if x[0] * f64::NAN < 1.0 { x[0] } else { -x[0] }).unwrap();
    assert_eq!(program.values(&[3.0]).unwrap(), [-3.0]);
}
