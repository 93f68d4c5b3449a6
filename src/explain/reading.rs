//! How a recording is read: its nodes as forward steps, its reverse sweep as edges. The sweep does what that of the tape
//! does, in its order, and its local derivatives and formulas come from the table.

use super::formula;
use super::steps::{BackwardStep, Explanation, ForwardStep, InputGradient, OperandValue};
use crate::error::{Error, Result};
use crate::op::{self, Op};
use crate::tape::{CustomOp, Graph, Operand, Recorded, Var, local_derivatives, op_name};

/// No longer explanation is made: each step takes half a kilobyte, forward and back.
const MOST_STEPS: usize = 4_000_000;

/// The slopes of a list op of more operands are not recorded to be written out: they would be too long.
const LONGEST_WRITTEN: usize = 64;

/// Explains how the node `output` was computed. The inputs `kept` are listed even if it was not computed from them.
pub(super) fn explain(recorded: &Recorded, output: u32, kept: &[u32]) -> Result<Explanation> {
    let reader = Reader { recorded, graph: recorded.graph() };
    let (takes_part, steps) = reader.ancestors(output, kept);
    if steps > MOST_STEPS {
        return Err(Error::Setting {
            what: "the number of steps of an explanation",
            value: steps as f64,
            expected: "at most 4000000, which is some gigabytes of text: record a smaller part of the computation, such as one \
                       sample of many",
        });
    }
    let mut adjoints: Vec<Option<f64>> = vec![None; takes_part.len()];
    adjoints[output as usize] = Some(1.0);
    let mut backward = Vec::new();
    for index in (0..=output).rev() {
        if let Some(adjoint) = adjoints[index as usize] {
            reader.hand_on(index, adjoint, &mut adjoints, &mut backward)?;
        }
    }
    let nodes = (0..).zip(&takes_part).filter(|(_, takes_part)| **takes_part);
    let forward: Vec<ForwardStep> =
        nodes.map(|(index, _)| reader.forward_step(index, adjoints[index as usize])).collect();
    let inputs = forward.iter().filter(|step| reader.op(step.node) == Op::Input);
    let gradient = inputs.map(|step| InputGradient {
        node: step.node,
        name: step.name.clone(),
        derivative: step.adjoint.unwrap_or(0.0),
    });
    Ok(Explanation {
        output: reader.name(output),
        output_node: output,
        gradient: gradient.collect(),
        forward,
        backward,
    })
}

/// The local derivatives of a node with respect to each of its operands, as formulas and as numbers; `None` where it does not depend
/// on the operand here.
#[cfg(feature = "draw")]
pub(super) fn locals(recorded: &Recorded, index: u32) -> Result<(Vec<String>, crate::tape::LocalDerivatives<f64>)> {
    let reader = Reader { recorded, graph: recorded.graph() };
    Ok((reader.local_formulas(index), local_derivatives(reader.graph, index)?))
}

/// The step that computed a node, whether an output depends on it or not.
#[cfg(feature = "draw")]
pub(super) fn step(recorded: &Recorded, index: u32) -> ForwardStep {
    Reader { recorded, graph: recorded.graph() }.forward_step(index, None)
}

macro_rules! formula_match {
    ($graph:ident, $node:ident, $operands:ident, $output:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $node.op() {
            Op::Input | Op::Literal => Vec::new(),
            Op::Custom => match &$graph.customs[$node.custom()] {
                CustomOp::Rule(erased) => formula::on_named_variables(&$operands, $output, |x, y| {
                    (erased.var.partials)(x, y).into_iter().map(|partial| partial.unwrap_or(Var::from(0.0))).collect()
                }),
                CustomOp::Opaque(op) => {
                    $operands.iter().map(|(name, _)| format!("∂{}/∂{}", op.name(), name.unwrap_or_default())).collect()
                }
            },
            $(Op::$Name => formula::of_rule::<op::$Name, $arity>(&$operands, $output),)*
            $(Op::$List => formula::of_list_rule::<op::$List>(&$operands, $output),)*
        }
    };
}

struct Reader<'a> {
    recorded: &'a Recorded,
    graph: Graph<'a>,
}

impl Reader<'_> {
    fn op(&self, index: u32) -> Op {
        self.graph.nodes[index as usize].op()
    }

    fn name(&self, index: u32) -> String {
        self.recorded.labels.get(&index).cloned().unwrap_or_else(|| format!("v{index}"))
    }

    /// Which nodes `output` was computed from, literals left out; and how many steps that makes, forward and back.
    fn ancestors(&self, output: u32, kept: &[u32]) -> (Vec<bool>, usize) {
        let last = kept.iter().copied().max().unwrap_or(0).max(output);
        let mut takes_part = vec![false; last as usize + 1];
        let mut steps = 0;
        takes_part[output as usize] = true;
        for index in (0..=output).rev() {
            if takes_part[index as usize] {
                steps += 1;
                for operand in self.graph.operands(&self.graph.nodes[index as usize]) {
                    if let Operand::Node(node) = operand
                        && self.op(node) != Op::Literal
                    {
                        takes_part[node as usize] = true;
                        steps += 1;
                    }
                }
            }
        }
        for &index in kept {
            takes_part[index as usize] = true;
        }
        (takes_part, steps)
    }

    /// The chain rule at a node: each operand receives its local derivative times the adjoint of the node.
    fn hand_on(
        &self,
        index: u32,
        adjoint: f64,
        adjoints: &mut [Option<f64>],
        backward: &mut Vec<BackwardStep>,
    ) -> Result<()> {
        let node = &self.graph.nodes[index as usize];
        let locals = local_derivatives(self.graph, index)?;
        let edges = self.graph.operands(node).into_iter().zip(locals).zip(self.local_formulas(index));
        for (operand, ((to, local), local_formula)) in edges.enumerate() {
            // Literals receive nothing, nor do operands that the output does not depend on.
            let (Operand::Node(to_node), Some(local)) = (to, local) else { continue };
            if self.op(to_node) == Op::Literal {
                continue;
            }
            let before = adjoints[to_node as usize];
            let product = local * adjoint;
            let total = before.map_or(product, |before| before + product);
            adjoints[to_node as usize] = Some(total);
            backward.push(BackwardStep {
                from_node: index,
                from: self.name(index),
                operand,
                to_node,
                to: self.name(to_node),
                op: op_name(node, self.graph.customs).to_owned(),
                local_formula,
                local,
                adjoint,
                product,
                before,
                total,
            });
        }
        Ok(())
    }

    fn forward_step(&self, index: u32, adjoint: Option<f64>) -> ForwardStep {
        let node = &self.graph.nodes[index as usize];
        let operands = self.operands(index);
        let names: Vec<&str> = operands.iter().map(|operand| operand.name.as_str()).collect();
        let info = match (node.op(), self.graph.customs.get(node.custom())) {
            (Op::Custom, Some(CustomOp::Rule(rule))) => Some(rule.info),
            (op, _) => op.info(),
        };
        let op = op_name(node, self.graph.customs).to_owned();
        let formula = match info {
            Some(info) => formula::written(info, &names),
            None if node.op() == Op::Custom => format!("{op}({})", names.join(", ")),
            None => String::new(),
        };
        ForwardStep {
            node: index,
            name: self.name(index),
            label: self.recorded.labels.get(&index).cloned(),
            op,
            formula,
            operands,
            value: node.value,
            adjoint,
            line: self.recorded.lines.get(index as usize).map(|line| format!("{}:{}", line.file(), line.line())),
        }
    }

    fn operands(&self, index: u32) -> Vec<OperandValue> {
        let literal = |value: f64| OperandValue { node: None, name: formula::number(value), value };
        let nodes = self.graph.nodes;
        let operand = |operand: Operand| match operand {
            Operand::Literal(c) => literal(c),
            Operand::Node(index) if self.op(index) == Op::Literal => literal(nodes[index as usize].value),
            Operand::Node(index) => {
                OperandValue { node: Some(index), name: self.name(index), value: nodes[index as usize].value }
            }
        };
        self.graph.operands(&nodes[index as usize]).into_iter().map(operand).collect()
    }

    /// The local derivatives of a node as formulas, in the names of its operands and its own.
    fn local_formulas(&self, index: u32) -> Vec<String> {
        let (graph, node) = (self.graph, &self.graph.nodes[index as usize]);
        let named = self.operands(index);
        let own_name = self.name(index);
        if named.len() > LONGEST_WRITTEN {
            return named.iter().map(|operand| format!("∂{own_name}/∂{}", operand.name)).collect();
        }
        let name = |operand: &OperandValue| operand.node.map(|_| operand.name.clone());
        let names: Vec<Option<String>> = named.iter().map(name).collect();
        let operands: Vec<formula::Operand<'_>> =
            names.iter().map(Option::as_deref).zip(named.iter().map(|operand| operand.value)).collect();
        let output = (own_name.as_str(), node.value);
        for_each_op!(formula_match graph, node, operands, output,)
    }
}
