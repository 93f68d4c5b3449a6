//! The steps of a forward pass and of its reverse sweep, as data and as a table.

use super::formula;
use crate::error::{Error, Result};
use crate::op::{self, Op};
use crate::tape::{CustomOp, Graph, Operand, Recorded, Var, local_derivatives};
use std::fmt;

/// A node of the forward pass.
#[derive(Debug, Clone, PartialEq)]
pub struct ForwardStep {
    /// The node's index on the tape.
    pub node: u32,
    /// Its label, or `v` and its index.
    pub name: String,
    /// What was done, with the names of the operands: `w1 * x`. Empty for an input.
    pub formula: String,
    /// The value.
    pub value: f64,
}

/// One edge of the reverse sweep: from a node to one of its operands.
#[derive(Debug, Clone, PartialEq)]
pub struct BackwardStep {
    /// The node whose adjoint is handed on.
    pub from: String,
    /// The operand that receives it.
    pub to: String,
    /// The operand's index on the tape.
    pub to_node: u32,
    /// The local derivative as a formula, from the table of operations.
    pub local_formula: String,
    /// The local derivative.
    pub local: f64,
    /// The adjoint of `from`: the derivative of the output with respect to it.
    pub adjoint: f64,
    /// `adjoint * local`.
    pub product: f64,
    /// The adjoint of `to` so far: the sum of the products of all edges that have led to it.
    pub total: f64,
    /// Whether another edge led to `to` before: here paths meet.
    pub accumulates: bool,
}

/// How an output was computed, and how its derivative is found.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The name of the output.
    pub output: String,
    /// The nodes that the output depends on, in the order of their computation.
    pub forward: Vec<ForwardStep>,
    /// The edges of the reverse sweep, in its order.
    pub backward: Vec<BackwardStep>,
    /// The inputs and the derivative of the output with respect to each.
    pub gradient: Vec<(String, f64)>,
}

#[track_caller]
pub(super) fn explain(output: Var) -> Result<Explanation> {
    // An explanation is made of plain numbers: reading the value tells a program that is being recorded.
    let value = output.value();
    let tape = output.tape().ok_or(Error::NotRecorded { value })?;
    crate::tape::recorded(tape, output.index(), |recorded| explain_recording(recorded, output.index()))?
}

fn explain_recording(recorded: &Recorded, output: u32) -> Result<Explanation> {
    let graph = recorded.graph();
    let name = |index: u32| recorded.labels.get(&index).cloned().unwrap_or_else(|| format!("v{index}"));
    let mut adjoints: Vec<Option<f64>> = vec![None; output as usize + 1];
    adjoints[output as usize] = Some(1.0);
    let mut backward = Vec::new();
    let mut gradient = Vec::new();
    for index in (0..=output).rev() {
        let Some(adjoint) = adjoints[index as usize] else { continue };
        let node = &graph.nodes[index as usize];
        if node.op() == Op::Input {
            gradient.push((name(index), adjoint));
        }
        let formulas = local_formulas(graph, index, &name);
        let locals = local_derivatives(graph, index)?;
        for ((operand, local), local_formula) in graph.operands(node).iter().zip(locals).zip(formulas) {
            // Literals receive nothing, nor do operands that the output does not depend on.
            let (Operand::Node(to_node), Some(local)) = (*operand, local) else { continue };
            if graph.nodes[to_node as usize].op() == Op::Literal {
                continue;
            }
            let before = adjoints[to_node as usize];
            let product = local * adjoint;
            let total = before.map_or(product, |before| before + product);
            adjoints[to_node as usize] = Some(total);
            let (from, to) = (name(index), name(to_node));
            let accumulates = before.is_some();
            backward.push(BackwardStep {
                from,
                to,
                to_node,
                local_formula,
                local,
                adjoint,
                product,
                total,
                accumulates,
            });
        }
    }
    gradient.reverse();
    let nodes = (0..=output).filter(|&index| reaches(&adjoints, graph, index));
    let forward = nodes.map(|index| forward_step(graph, index, &name)).collect();
    Ok(Explanation { output: name(output), forward, backward, gradient })
}

/// Whether the node takes part in the output.
fn reaches(adjoints: &[Option<f64>], graph: Graph<'_>, index: u32) -> bool {
    adjoints[index as usize].is_some() && graph.nodes[index as usize].op() != Op::Literal
}

fn forward_step(graph: Graph<'_>, index: u32, name: &impl Fn(u32) -> String) -> ForwardStep {
    let node = &graph.nodes[index as usize];
    let operands = operand_names(graph, index, name);
    let formula = match node.op().info() {
        Some(info) => formula::written(info, &operands.iter().map(String::as_str).collect::<Vec<_>>()),
        None if node.op() == Op::Custom => format!("{}({})", graph.customs[node.custom()].name(), operands.join(", ")),
        None => String::new(),
    };
    ForwardStep { node: index, name: name(index), formula, value: node.value }
}

fn operand_names(graph: Graph<'_>, index: u32, name: &impl Fn(u32) -> String) -> Vec<String> {
    let named = |operand: &Operand| match *operand {
        Operand::Node(index) if graph.nodes[index as usize].op() == Op::Literal => {
            formula::number(graph.nodes[index as usize].value)
        }
        Operand::Node(index) => name(index),
        Operand::Literal(c) => formula::number(c),
    };
    graph.operands(&graph.nodes[index as usize]).iter().map(named).collect()
}

macro_rules! formula_match {
    ($graph:ident, $node:ident, $operands:ident, $output:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $node.op() {
            Op::Input | Op::Literal => Vec::new(),
            Op::Custom => match &$graph.customs[$node.custom()] {
                CustomOp::Rule(erased) => formula::on_named_variables(&$operands, $output, |x, y| {
                    (erased.var.partials)(x, y).into_iter().map(|partial| partial.unwrap_or(Var::from(0.0))).collect()
                }),
                CustomOp::Opaque(op) => $operands.iter().map(|(name, _)| format!("∂{}/∂{name}", op.name())).collect(),
            },
            $(Op::$Name => formula::of_rule::<op::$Name, $arity>(&$operands, $output),)*
            $(Op::$List => formula::of_list_rule::<op::$List>(&$operands, $output),)*
        }
    };
}

/// The local derivatives of a node as formulas, in the names of its operands and its own.
fn local_formulas(graph: Graph<'_>, index: u32, name: &impl Fn(u32) -> String) -> Vec<String> {
    let node = &graph.nodes[index as usize];
    let names = operand_names(graph, index, name);
    let values = graph.operands(node).into_iter().map(|operand| match operand {
        Operand::Node(index) => graph.nodes[index as usize].value,
        Operand::Literal(c) => c,
    });
    let operands: Vec<(&str, f64)> = names.iter().map(String::as_str).zip(values).collect();
    let own_name = name(index);
    let output = (own_name.as_str(), node.value);
    for_each_op!(formula_match graph, node, operands, output,)
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Forward: each node from its operands")?;
        let wide = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let name = wide(&mut self.forward.iter().map(|step| step.name.chars().count()));
        let formula = wide(&mut self.forward.iter().map(|step| step.formula.chars().count()));
        for step in &self.forward {
            let formula_text = if step.formula.is_empty() { "input" } else { &step.formula };
            writeln!(
                f,
                "  {:<name$} = {:<formula$} = {}",
                step.name,
                formula_text,
                short(step.value),
                formula = formula.max(5)
            )?;
        }
        writeln!(f, "Reverse: start with d{0}/d{0} = 1, then each edge from a node to an operand", self.output)?;
        let edges: Vec<String> = self.backward.iter().map(|step| format!("{} → {}", step.from, step.to)).collect();
        let locals: Vec<String> = self
            .backward
            .iter()
            .map(|step| {
                let number = short(step.local);
                let formula =
                    if step.local_formula == number { String::new() } else { format!("{} = ", step.local_formula) };
                format!("∂{}/∂{} = {formula}{number}", step.from, step.to)
            })
            .collect();
        let edge = wide(&mut edges.iter().map(|text| text.chars().count()));
        let local = wide(&mut locals.iter().map(|text| text.chars().count()));
        for ((step, edge_text), local_text) in self.backward.iter().zip(&edges).zip(&locals) {
            let product = format!("{} × {} = {}", short(step.adjoint), short(step.local), short(step.product));
            write!(f, "  {edge_text:<edge$}  {local_text:<local$}  d{}/d{} += {product}", self.output, step.to)?;
            if step.accumulates {
                write!(f, "  ⇒ {}, paths meet", short(step.total))?;
            }
            writeln!(f)?;
        }
        write!(f, "Gradient:")?;
        for (name, derivative) in &self.gradient {
            write!(f, "\n  d{}/d{name} = {}", self.output, short(*derivative))?;
        }
        Ok(())
    }
}

/// Six significant digits at most, without trailing zeros.
fn short(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return x.to_string();
    }
    if !(1e-4..1e7).contains(&x.abs()) {
        return format!("{x:.4e}");
    }
    let decimals = (5 - x.abs().log10().floor() as i32).max(0) as usize;
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
