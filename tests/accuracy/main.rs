//! Every op in every mode against a reference in many digits, at points over its whole domain. A short run; `benches/accuracy.rs` is the
//! long one, which writes `docs/ACCURACY.md`.

mod big;
mod measure;
mod oracle;
mod points;
mod special;
mod stencil;

use big::Big;
use gradus::op;
use measure::{Jobs, QUANTITIES, Row};

const POINTS: usize = 60;
/// How far a value or slope may be, in units of its last place, or of what a rounding of the operands does to it.
const MOST: f64 = 8.0;
/// The share of second derivatives that may be further off than that: those near a root.
const SHARE: f64 = 0.15;

#[test]
fn every_op_has_a_reference() {
    let mut jobs = Jobs::default();
    op::visit(&mut jobs);
    let unknown: Vec<&str> = jobs.0.iter().map(|(op, _)| *op).filter(|op| oracle::shape(op).is_none()).collect();
    assert!(unknown.is_empty(), "tests/accuracy/oracle.rs has no value for {unknown:?}");
}

#[test]
fn numbers_of_all_sizes_are_taken_as_they_are() {
    let powers = std::iter::successors(Some(f64::from_bits(1)), |power| Some(2.0 * power));
    for (exponent, power) in (-1073..=1024).zip(powers) {
        let big = Big::from(power);
        assert_eq!((big.exponent(), big.approximate()), (Some(exponent), power));
    }
}

fn complaints(row: &Row) -> Vec<String> {
    let mut found = Vec::new();
    if row.points < POINTS {
        found.push(format!("{}: only {} of {} points have a reference", row.op, row.points, row.tried));
    }
    for (name, errors) in QUANTITIES.iter().zip(&row.errors) {
        let is_second = name.starts_with("second");
        if is_second && errors.notable as f64 > SHARE * errors.count as f64 {
            found.push(format!("{}, {name}: {} of {} are off", row.op, errors.notable, errors.count));
        }
        if !is_second && !(errors.worst_conditioned <= MOST) {
            found.push(format!("{}, {name}: {} ulp at {:?}", row.op, errors.worst, errors.at));
        }
    }
    found
}

#[test]
fn every_op_is_accurate_in_every_mode() {
    let mut jobs = Jobs::default();
    op::visit(&mut jobs);
    assert!(jobs.0.len() > 70);
    let rows: Vec<Row> = jobs.0.iter().map(|(_, job)| job(POINTS)).collect();
    let found: Vec<String> = rows.iter().flat_map(complaints).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let measured = |place: usize| rows.iter().map(|row| row.errors[place].count).sum::<usize>();
    for (place, name) in QUANTITIES.iter().enumerate() {
        assert!(measured(place) > 1000, "only {} of {name}", measured(place));
    }
}
