//! The page of figures, `docs/ACCURACY.md`.

use super::measure::{Errors, NOTABLE, QUANTITIES, Row};
use std::fmt::Write;

/// The columns of the table: a heading, and the quantities of which it shows the worst.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("value", &["value"]),
    ("in lanes", &["value, lanes"]),
    ("`f32`", &["value, f32", "value, f32 lanes"]),
    ("slope", &["slope, tape", "slope, dual", "slope, program"]),
    ("in lanes", &["slope, lanes"]),
    ("`f32`", &["slope, f32", "slope, f32 lanes"]),
    ("second", &["second, duals"]),
    ("program", &["second, program"]),
];

fn quantity<'a>(row: &'a Row, name: &str) -> Option<&'a Errors> {
    let place = QUANTITIES.iter().position(|quantity| *quantity == name)?;
    Some(&row.errors[place]).filter(|errors| errors.count > 0)
}

fn short(x: f64) -> String {
    match x {
        x if x >= 1e4 => format!("{x:.0e}"),
        x if x >= 100.0 => format!("{x:.0}"),
        x => format!("{x:.2}"),
    }
}

/// How many of the errors are notable.
fn share(errors: &Errors) -> String {
    format!("{:.2} %", 100.0 * errors.notable as f64 / errors.count as f64)
}

pub fn written(rows: &[Row], points: usize) -> String {
    let mut page = format!(
        "# Accuracy\n\n\
        Made by `cargo bench --bench accuracy`: {} ops, {points} points each, over the whole domain of each op: from the boxes of its row, of all magnitudes, and around\n\
        the places where formulas lose digits (±1, ±2, 20, ±40, 745; half of them are numbers of `f32` as well). Lists have four\nelements of at most 2³⁰. `cargo test --test accuracy` is a short run of the same, which fails where a value\n\
        or slope is more than 8 ulp off (conditioned, see below).\n\n\
        Errors are in ulp, units of the last place of the exact result: the mean, then the worst. The exact result comes from the op's textbook definition in 320 to 3000 bits; its\n\
        derivatives are differences of it with a step of 2⁻¹⁰⁰, for which no formula of a derivative is used; those of erf, Φ and Γ are known by definition. *Slope* is that of the tape, of duals and of a program\n\
        replayed for single points, whichever is worst; *in lanes* are batches, *`f32`* both ways to replay. *Second* derivatives are by nested duals, and by the Hessian of a program.\n\n",
        rows.len()
    );
    let headings: Vec<&str> = COLUMNS.iter().map(|(heading, _)| *heading).collect();
    writeln!(page, "| op | {} |\n|---|{}", headings.join(" | "), "---|".repeat(COLUMNS.len())).expect("text grows");
    for row in rows {
        let cells = COLUMNS.iter().map(|(_, names)| {
            let all = names.iter().filter_map(|name| quantity(row, name));
            let worst = all.max_by(|a, b| a.worst.total_cmp(&b.worst));
            worst.map_or("–".to_owned(), |errors| {
                format!("{}, {}", short(errors.sum / errors.count as f64), short(errors.worst))
            })
        });
        writeln!(page, "| `{}` | {} |", row.op, cells.collect::<Vec<_>>().join(" | ")).expect("text grows");
    }
    page.push_str(&format!(
        "\n## The largest errors\n\n\
        All that are above {NOTABLE} ulp, with the point. *Conditioned* is the worst error beside what half a unit in the last place of the operands does to the exact result: where it is small, the exact\n\
        result is near a root, and a rounding of the operand moves it as far. For second derivatives it is not known.\n\n\
        | op | quantity | ulp | conditioned | share above | at |\n|---|---|---|---|---|---|\n"
    ));
    for row in rows {
        for (name, errors) in QUANTITIES.iter().zip(&row.errors).filter(|(_, errors)| errors.worst > NOTABLE) {
            let conditioned =
                if name.starts_with("second") { "–".to_owned() } else { short(errors.worst_conditioned) };
            writeln!(
                page,
                "| `{}` | {name} | {} | {conditioned} | {} | {:?} |",
                row.op,
                short(errors.worst),
                share(errors),
                errors.at
            )
            .expect("text grows");
        }
    }
    page.push_str(
        "\nWhere *conditioned* is large, a factor of the slope leaves the range before another brings it back: `elu` at -829 with a scale of 1e135, and in `f32` a bell that is turned upside\n\
        down (`gaussian` with a negative width). Beside their roots `mish`, `ln_gamma` and `polygamma` lose up to ten units. Second derivatives that are infinitely wrong, or wholly, do the same with\n\
        operands beyond 1e±150; `hypot` has none at the origin, where its slope is 0 by convention.\n",
    );
    page.push_str(
        "\n## At the end of the range\n\n\
        Results within 2¹⁰⁶ of the smallest number of `f64` (2⁴⁸ for `f32`) are not in the tables: there digits are lost to gradual underflow on the way. The worst errors of values and slopes there, where they are\n\
        above 4 ulp (a unit being no smaller than the smallest number):\n\n\
        | op | quantity | ulp | at |\n|---|---|---|---|\n",
    );
    for row in rows {
        for (name, errors) in QUANTITIES.iter().zip(&row.errors).filter(|(_, errors)| errors.worst_tiny > 4.0) {
            writeln!(page, "| `{}` | {name} | {} | {:?} |", row.op, short(errors.worst_tiny), errors.tiny_at)
                .expect("text grows");
        }
    }
    page
}
