//! Every op in every mode against a reference in many digits, at points over its whole domain. A short run; `benches/accuracy.rs` is the
//! long one, which writes `docs/ACCURACY.md`.

mod big;
mod measure;
mod oracle;
mod points;
mod special;
mod stencil;

use gradus::op;
use measure::{Jobs, QUANTITIES, Row};

const POINTS: usize = 60;
/// How far a value or slope may be, in units of its last place, or of what a rounding of the operands does to it.
const MOST: f64 = 8.0;
/// In lanes, `log_sum_exp` takes the logarithm of the whole sum, also where that is near 1.
const MOST_OF_LOG_SUM_EXP_IN_LANES: f64 = 64.0;
/// The share of second derivatives that may be further off than that: those near a root.
const SHARE: f64 = 0.15;

#[test]
fn every_op_has_a_reference() {
    let mut jobs = Jobs::default();
    op::visit(&mut jobs);
    let unknown: Vec<&str> = jobs.0.iter().map(|(op, _)| *op).filter(|op| oracle::shape(op).is_none()).collect();
    assert!(unknown.is_empty(), "tests/accuracy/oracle.rs has no value for {unknown:?}");
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
        let is_known = row.op == "log_sum_exp" && name.ends_with("lanes");
        let most = if is_known { MOST_OF_LOG_SUM_EXP_IN_LANES } else { MOST };
        if !is_second && !(errors.worst_conditioned <= most) {
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
