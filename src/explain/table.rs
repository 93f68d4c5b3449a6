//! An explanation as an aligned table.

use super::digits::short;
use super::steps::{BackwardStep, Explanation, ForwardStep};
use std::fmt;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Forward: each node from its operands")?;
        let rows = self.forward.iter().map(forward_row).collect();
        write_aligned(f, rows)?;
        writeln!(f, "Reverse: start with d{0}/d{0} = 1, then each edge from a node to an operand", self.output)?;
        let rows = self.backward.iter().map(|step| backward_row(&self.output, step)).collect();
        write_aligned(f, rows)?;
        write!(f, "Gradient:")?;
        for input in &self.gradient {
            write!(f, "\n  d{}/d{} = {}", self.output, input.name, short(input.derivative))?;
            if self.step(input.node).is_none_or(|step| step.adjoint.is_none()) {
                write!(f, "  (nothing reached it)")?;
            }
        }
        Ok(())
    }
}

/// `z1`, `= w1 * x`, `= 1`, and the line.
fn forward_row(step: &ForwardStep) -> Vec<String> {
    let formula = if step.formula.is_empty() { "input" } else { &step.formula };
    let line = step.line.as_ref().map_or(String::new(), |line| format!("  {line}"));
    vec![step.name.clone(), format!(" = {formula}"), format!(" = {}", short(step.value)), line]
}

/// `z1 → w1`, `∂z1/∂w1 = x = 2`, `dloss/dw1 += 0.678 × 2 = 1.356`, and the sum where paths meet.
fn backward_row(output: &str, step: &BackwardStep) -> Vec<String> {
    let BackwardStep { from, to, .. } = step;
    let number = short(step.local);
    let formula = if step.local_formula == number { String::new() } else { format!("{} = ", step.local_formula) };
    let product = format!("{} × {number} = {}", short(step.adjoint), short(step.product));
    let sum = if step.accumulates() { format!("  ⇒ {}, paths meet", short(step.total)) } else { String::new() };
    vec![
        format!("{from} → {to}"),
        format!("  ∂{from}/∂{to} = {formula}{number}"),
        format!("  d{output}/d{to} += {product}"),
        sum,
    ]
}

/// No column is made wider, so that one long formula does not blow up every row. The formatter itself refuses widths beyond 65535.
pub(crate) const WIDEST: usize = 160;

fn write_aligned(f: &mut fmt::Formatter<'_>, rows: Vec<Vec<String>>) -> fmt::Result {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(WIDEST);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in &rows {
        let cells: String = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        writeln!(f, "  {}", cells.trim_end())?;
    }
    Ok(())
}
