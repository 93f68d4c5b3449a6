//! Traps for a gradient checker: right derivatives that naive differences reject, wrong ones that they accept, kinks, and functions
//! that change between calls: those of `tests/data/gradcheck/traps.json`, and more of the same kinds. The crate judges all of
//! them rightly; what PyTorch, JAX and HIPS autograd say stands beside.

mod file;
mod misled;
mod ops;
mod own;
mod peers;
mod stepless;
mod storm;
mod trap;

use gradus::check::{self, Reason, Verdict};
use trap::{Says, Trap, Truth};

#[test]
fn every_trap_of_the_file_is_judged_rightly() {
    let cases = file::cases();
    assert_eq!(cases.len(), 28);
    for case in cases {
        let (name, want) = (case["case"].as_str().unwrap(), case["want"].as_str().unwrap());
        let trap = file::trap(name);
        let report = trap.report();
        let right = match want {
            "must pass" => report.verdict() == Verdict::Pass,
            "must fail" => matches!(report.verdict(), Verdict::Mismatch | Verdict::Invalid(_)),
            "must fail or be reported as outside the domain" => {
                matches!(report.verdict(), Verdict::Invalid(Reason::OutsideDomain { .. }))
            }
            "must be reported as non-smooth or inconclusive, not as a plain pass or fail" => {
                matches!(report.verdict(), Verdict::Unchecked(Reason::Kink { .. } | Reason::Jump { .. }))
            }
            "cannot be seen at this point; a good report warns (random second point) - informational" => {
                let mut random = fastrand::Rng::with_seed(1);
                let around = check::around(&trap.f, &trap.gradient, &trap.x, 4, || random.f64()).unwrap();
                format!("{report:#}").contains("check::around") && around.verdict() == Verdict::Mismatch
            }
            _ => panic!("what does `{want}` ask of {name}?"),
        };
        assert!(right, "{name}: {want}, but\n{report}");
    }
}

#[test]
fn what_changes_between_calls_is_named() {
    let of_value = file::trap("non-deterministic forward (1e-9)").report();
    assert_eq!(of_value.verdict(), Verdict::Invalid(Reason::ValueChanges));
    let of_derivative = file::trap("non-deterministic backward (1e-7..1e-6)").report();
    assert_eq!(of_derivative.verdict(), Verdict::Invalid(Reason::DerivativeChanges));
}

/// The rules in `peers.rs` say what the checkers themselves said.
#[test]
fn peers_say_what_they_were_seen_to_say() {
    let (mut same, mut other) = (0, Vec::new());
    for case in file::cases() {
        let name = case["case"].as_str().unwrap();
        // Seen with the upstream gradient that the op ignores, which cannot be told from here.
        for (peer, judge) in PEERS {
            let seen = if case["seen"][peer] == "pass" { Says::Pass } else { Says::Fail };
            if judge(&file::trap(name)) == seen { same += 1 } else { other.push(format!("{peer}: {name}")) }
        }
    }
    assert!(same >= 80, "{same} are the same, others: {other:#?}");
}

type Judge = fn(&Trap) -> Says;
const PEERS: [(&str, Judge); 3] = [("torch_slow", peers::torch), ("jax", peers::jax), ("hips_autograd", peers::hips)];

/// All traps but those of the file, anew.
fn ours() -> Vec<Trap> {
    own::traps().into_iter().chain(misled::traps()).collect()
}

#[test]
fn every_trap_of_our_own_is_judged_rightly_and_a_table_says_who_does() {
    let judges: [(&str, Judge); 4] =
        [("gradus", Trap::judged), ("PyTorch", peers::torch), ("JAX", peers::jax), ("HIPS", peers::hips)];
    let all = || -> Vec<Trap> {
        let of_file = file::cases().into_iter().map(|case| file::trap(case["case"].as_str().unwrap()));
        of_file.chain(ours()).collect()
    };
    let traps = all();
    // Each judge gets traps of its own: some have a memory.
    let said: Vec<Vec<Says>> = judges.iter().map(|(_, judge)| all().iter().map(judge).collect()).collect();
    let mut kinds: Vec<&str> = Vec::new();
    let mut failures = Vec::new();
    for (at, trap) in traps.iter().enumerate() {
        let [crate_says, torch, jax, hips] = [0, 1, 2, 3].map(|judge| said[judge][at]);
        println!("{:<22} {:<48} {:?}: {crate_says:?} | {torch:?} {jax:?} {hips:?}", trap.kind, trap.name, trap.truth);
        if !kinds.contains(&trap.kind) {
            kinds.push(trap.kind);
        }
        // A trap of the file that does not show at its point is judged above, by a second point.
        let second_point = trap.kind == "file" && trap.truth == Truth::HiddenWrong;
        if !crate_says.is_right(trap.truth) && !second_point {
            let report = all()[at].report();
            failures.push(format!("{}, {} is {:?}, but\n{report:#}", trap.kind, trap.name, trap.truth));
        }
    }
    println!("\n| kind | traps | {} |", judges.map(|(name, _)| name).join(" | "));
    let row = |kind: &str, holds: &dyn Fn(&Trap) -> bool| {
        let of_kind: Vec<usize> = (0..traps.len()).filter(|&at| holds(&traps[at])).collect();
        let right = |judge: usize| of_kind.iter().filter(|&&at| said[judge][at].is_right(traps[at].truth)).count();
        println!("| {kind} | {} | {} | {} | {} | {} |", of_kind.len(), right(0), right(1), right(2), right(3));
    };
    for kind in kinds {
        row(kind, &|trap| trap.kind == kind);
    }
    row("all", &|_| true);
    let unchecked = traps.iter().zip(&said[0]).filter(|(trap, says)| {
        **says == Says::Unchecked && matches!(trap.truth, Truth::HiddenRight | Truth::HiddenWrong)
    });
    println!("{} are left unchecked by gradus, since numbers cannot tell", unchecked.count());
    assert!(failures.is_empty(), "{} judged wrongly\n{}", failures.len(), failures.join("\n\n"));
    assert!(ours().len() > 190, "only {}", ours().len());
}

#[test]
fn nothing_is_not_a_pass() {
    assert_eq!(check::function(|_| 1.0, |_| vec![], &[]).unwrap_err(), gradus::Error::NoInputs);
    assert_eq!(check::jacobian(|_| vec![], &[1.0]).unwrap().verdict(), Verdict::Invalid(Reason::Nothing));
}

#[test]
fn random_functions_are_judged_rightly() {
    let number = |name: &str, usual: u64| std::env::var(name).map_or(usual, |number| number.parse().unwrap());
    let tally = storm::storm(number("SEED", 1), number("STORM", 10_000) as usize);
    println!(
        "{} functions ({} lose their digits inside and are left out): right slopes {} pass, {} unchecked, {} refused; wrong slopes {} refused, {} unchecked, {} pass",
        tally.functions,
        tally.lost,
        tally.right_passed,
        tally.right_unchecked,
        tally.right_refused.len(),
        tally.wrong_refused,
        tally.wrong_unchecked,
        tally.wrong_passed.len()
    );
    let some = |list: &[String]| list.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    // Where a small term is rounded away beside a large one, the values follow another slope than the formula.
    let few = tally.right_refused.len() * 10_000 <= tally.functions;
    assert!(few, "right, but refused:\n{}", some(&tally.right_refused));
    assert!(tally.wrong_passed.is_empty(), "wrong, but passed:\n{}", some(&tally.wrong_passed));
}

#[test]
fn without_close_looks_it_is_less_sure_and_never_wrong() {
    let options = check::Options { close_looks: 0, ..check::Options::default() };
    let mut tally = [0; 3];
    for trap in ours() {
        let report = options.function(&trap.f, &trap.gradient, &trap.x).unwrap();
        let says = match report.verdict() {
            Verdict::Pass => Says::Pass,
            Verdict::Mismatch | Verdict::Invalid(_) => Says::Fail,
            Verdict::Unchecked(_) => Says::Unchecked,
        };
        tally[says as usize] += 1;
        // A pass is a promise of five digits: errors below may be among what passes.
        let little = trap.kind == "little wrong" || trap.name.ends_with("times 1.0000001");
        let right = says == Says::Unchecked || says.is_right(trap.truth) || little && says == Says::Pass;
        assert!(right, "{} is {:?}, but\n{report:#}", trap.name, trap.truth);
    }
    assert!(tally[0] > 15 && tally[1] > 30, "{tally:?}");
}

#[test]
fn settings_out_of_range_are_refused() {
    let check = |options: check::Options| options.function(|x| x[0], |_| vec![1.0], &[1.0]);
    let default = check::Options::default();
    for threshold in [0.0, -1.0, 1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(check(check::Options { threshold, ..default }), Err(gradus::Error::Setting { .. })));
    }
    for negligible in [-1.0, 1.0, f64::NAN] {
        assert!(matches!(check(check::Options { negligible, ..default }), Err(gradus::Error::Setting { .. })));
    }
}

/// A partial that is 4e-17 where 0 should stand is unchecked, unless one says what is negligible.
#[test]
fn rounding_beside_large_partials_is_negligible_on_demand() {
    let f = |x: &[f64]| x[0].exp() + 1.0 + x[1] - x[1];
    let rounded = |x: &[f64]| vec![x[0].exp(), 4e-17];
    let strict = check::function(f, rounded, &[0.7, 0.3]).unwrap();
    assert!(matches!(strict.verdict(), Verdict::Unchecked(_)), "{strict}");
    let lenient = check::Options { negligible: 1e-15, ..check::Options::default() };
    assert!(lenient.function(f, rounded, &[0.7, 0.3]).unwrap().passed());
    let wrong = |x: &[f64]| vec![x[0].exp(), 1e-6];
    assert_eq!(lenient.function(f, wrong, &[0.7, 0.3]).unwrap().verdict(), Verdict::Mismatch);
}

#[test]
fn a_report_says_how_sure_it_is() {
    let report = check::function(|x| x[0].exp() * x[1], |x| vec![x[0].exp() * x[1], x[0].exp()], &[0.7, 0.7]).unwrap();
    let text = format!("{report:#}");
    assert!(report.digits() >= 9 && report.rows.iter().all(|row| row.error < 1e-9), "{text}");
    assert!(
        text.contains("Known within") && text.contains("2 agree, 0 do not") && text.contains("are equal here"),
        "{text}"
    );
    // In short it is the table of the lesson.
    assert!(!report.to_string().contains("Known within"));
    let kink = check::function(|x| x[0].abs(), |_| vec![0.0], &[0.0]).unwrap().to_string();
    assert!(kink.contains("UNCHECKED: a kink, with slope -1.00e0 below and 1.00e0 above"), "{kink}");
}
