//! A program as text: one instruction a line, and what the passes made of it.

use super::Program;
use super::code::{Code, Instruction, Pattern, Row, Weight};
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
        list(&self.inner.code, f)
    }
}

impl Program {
    /// Lists what a batch computes for each sample. The shared values come first among its inputs.
    #[cfg(feature = "batch")]
    pub fn batch_listing(&self) -> String {
        Listing(&self.batch_code().sample).to_string()
    }
}

/// Code to be listed.
struct Listing<'a>(&'a Code);

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(self.0, f)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Program of {} inputs and {} outputs", self.inputs(), self.outputs())
    }
}

fn list(code: &Code, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (ordinal, row) in code.inputs.iter().enumerate() {
        if let Some(row) = row {
            writeln!(f, "r{row} = x[{ordinal}]")?;
        }
    }
    for (row, literal) in &code.literals {
        writeln!(f, "r{row} = {literal}")?;
    }
    for instruction in &code.instructions {
        writeln!(f, "{}", line(code, instruction))?;
    }
    for guard in &code.guards {
        writeln!(f, "guard {} on {}", guard.guard, rows(guard.rows.iter().copied()))?;
    }
    writeln!(f, "return {}", rows(code.outputs.iter().copied()))
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
