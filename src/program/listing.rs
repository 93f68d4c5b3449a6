//! A program as text: one instruction a line, and what the passes made of it.

use super::Program;
use super::code::{Code, Instruction, Pattern, Row, WatchedRows, Weight};
use crate::op::Op;
use std::fmt;

/// Lists the program for a single point.
///
/// ```
/// let program = gradus::Program::record(&[1.0, 2.0], |x| (x[0] * x[1] + 1.0).exp())?;
/// let listing = program.to_string();
/// assert!(listing.contains("mul_add r1 r2 r0"), "{listing}");
/// # Ok::<(), gradus::Error>(())
/// ```
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        writeln!(f, "program of {inputs} inputs, {outputs} outputs, {} guards", self.guards())?;
        let counts: Vec<String> = self.inner.counts.iter().map(|(pass, count)| format!("{pass} {count}")).collect();
        writeln!(f, "values: {}", counts.join(", "))?;
        let name = |ordinal: usize| format!("x[{ordinal}]");
        f.write_str(&list(&self.inner.code, name))
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Program of {} inputs and {} outputs", self.inputs(), self.outputs())
    }
}

#[cfg(feature = "batch")]
impl Program {
    /// Lists the program as batches run it: what is computed once from the shared inputs, and what for each sample. The shared
    /// values that the samples use are called `s[0]`, `s[1]`, ...
    ///
    /// ```
    /// let program = gradus::Program::record_shared(&[0.5, 2.0], &[3.0], |w, x| w[0].exp() * x[0] + w[1])?;
    /// let listing = program.batch_listing();
    /// assert!(listing.contains("layer of 2 shared weights"), "{listing}");
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn batch_listing(&self) -> String {
        let code = self.batch_code();
        let own = |ordinal: usize| match ordinal.checked_sub(code.exports) {
            Some(own) => format!("x[{}]", self.shared_inputs() + own),
            None => format!("s[{ordinal}]"),
        };
        let shared = list(&code.shared, |ordinal| format!("x[{ordinal}]"));
        format!("once for a batch:\n{shared}for each sample:\n{}", list(&code.sample, own))
    }
}

/// The listing of code whose inputs are called `name`.
fn list(code: &Code, name: impl Fn(usize) -> String) -> String {
    let mut lines = Vec::new();
    for (ordinal, row) in code.inputs.iter().enumerate() {
        if let Some(row) = row {
            lines.push(format!("r{row} = {}", name(ordinal)));
        }
    }
    let repeated = code.literals.chunk_by(|a, b| a.1.to_bits() == b.1.to_bits() && b.0 == a.0 + 1);
    lines.extend(repeated.map(|rows| format!("{} = {}", range(rows[0].0, rows.len() as u32), rows[0].1)));
    lines.extend(code.instructions.iter().map(|instruction| line(code, instruction)));
    let guard = |guard: &WatchedRows| format!("guard {} on {}", guard.guard, rows(guard.rows.iter().copied()));
    lines.extend(code.guards.iter().map(guard));
    lines.push(format!("return {}", rows(code.outputs.iter().copied())));
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn rows(rows: impl Iterator<Item = Row>) -> String {
    rows.map(|row| format!("r{row}")).collect::<Vec<_>>().join(" ")
}

/// The rows from `first` on.
fn range(first: Row, len: u32) -> String {
    if len == 1 { format!("r{first}") } else { format!("r{first}..r{}", first + len - 1) }
}

fn line(code: &Code, instruction: &Instruction) -> String {
    match instruction {
        Instruction::Run(run) => {
            let arity = run.op.arity().unwrap_or(0);
            let own = &code.operands[run.operands as usize..];
            let operands: Vec<String> = (0..arity)
                .map(|place| match run.pattern {
                    Pattern::Gather => {
                        let each: Vec<String> =
                            (0..run.len as usize).map(|i| format!("r{}", own[i * arity + place])).collect();
                        if each.len() == 1 { each[0].clone() } else { format!("[{}]", each.join(" ")) }
                    }
                    _ => match own[2 * place + 1] {
                        0 => format!("r{}", own[2 * place]),
                        1 => range(own[2 * place], run.len),
                        step => format!("{} by {step}", range(own[2 * place], (run.len - 1) * step + 1)),
                    },
                })
                .collect();
            let name = run.op.info().map_or("", |info| info.name);
            format!("{} = {name} {}", range(run.out, run.len), operands.join(" "))
        }
        Instruction::List(list) => {
            let name = match list.op {
                Op::Custom => code.customs[list.custom as usize].info.name,
                op => op.info().map_or("", |info| info.name),
            };
            format!("r{} = {name} {}", list.out, rows(code.list(list).iter().copied()))
        }
        Instruction::Layer(layer) => {
            let weights = &code.weights[layer.weights as usize..][..(layer.outs * layer.ins) as usize];
            let shared = weights.iter().filter(|weight| matches!(weight, Weight::Shared(_))).count();
            let summed = rows(code.summed(layer).iter().copied());
            format!("{} = layer of {shared} shared weights on {summed}", range(layer.out, layer.outs))
        }
    }
}
