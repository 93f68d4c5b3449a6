//! A recorded function: a graph whose first nodes are its inputs, and what came out.

use super::node::{Graph, Operand, Primals};
use super::sweep::{Adjoints, Sweep, forward, reverse};
use crate::error::Result;
use crate::rule::Scalar;

/// A function that was recorded at a point.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) graph: Graph<'a>,
    /// How many of the first nodes are inputs.
    pub(crate) inputs: usize,
    pub(crate) outputs: &'a [Operand],
}

impl Run<'_> {
    /// How many nodes the outputs need.
    fn len(&self) -> usize {
        let needed = self.outputs.iter().map(|&output| match output {
            Operand::Node(index) => index as usize + 1,
            Operand::Literal(_) => 0,
        });
        needed.fold(self.inputs, usize::max)
    }

    /// The values anew, on another kind of number.
    pub(crate) fn forward<S: Sweep>(&self, input: impl Fn(usize, f64) -> S) -> Result<Vec<S>> {
        forward(self.graph, self.len(), |index, value| input(index as usize, value))
    }

    /// The value of an output, as it was recorded.
    pub(crate) fn recorded_value(&self, output: usize) -> f64 {
        match self.outputs[output] {
            Operand::Node(index) => self.graph.nodes[index as usize].value,
            Operand::Literal(c) => c,
        }
    }

    /// What a value of this function is among those computed anew.
    pub(crate) fn pick<S: Scalar>(values: &[S], operand: Operand) -> S {
        match operand {
            Operand::Node(index) => values[index as usize],
            Operand::Literal(c) => S::lit(c),
        }
    }

    /// The outputs on another kind of number.
    pub(crate) fn push_forward<S: Sweep>(&self, input: impl Fn(usize, f64) -> S) -> Result<Vec<S>> {
        let values = self.forward(input)?;
        Ok(self.outputs.iter().map(|&output| Run::pick(&values, output)).collect())
    }

    /// The gradient of the outputs weighted by `seed`.
    pub(crate) fn vjp<S: Sweep>(&self, primals: &(impl Primals<S> + ?Sized), seed: &[S]) -> Result<Vec<S>> {
        let mut adjoints = Adjoints::new(self.len());
        for (&output, &seed) in self.outputs.iter().zip(seed) {
            if let Operand::Node(index) = output
                && seed.primal() != 0.0
            {
                adjoints.add(index, seed);
            }
        }
        reverse(self.graph, primals, &mut adjoints, 0)?;
        Ok((0..self.inputs).map(|input| adjoints.get(input).unwrap_or(S::lit(0.0))).collect())
    }
}
