//! The two sweeps over a recording, written once for every kind of number: forward, which
//! evaluates it anew, and reverse, which applies the chain rule from the outputs to the inputs
//! (Griewank & Walther, *Evaluating Derivatives*, 2nd ed. 2008, chapter 3).

use super::custom::{CustomOp, Erased, Fixed, LocalDerivatives, On};
use super::node::{Form, Graph, Node, Operand, Primals};
use super::{TapeId, Var};
use crate::custom::checked_gradient;
use crate::error::{Error, Result};
use crate::number::Dual;
use crate::op::{self, Op};
use crate::rule::{ListRule, Partials, Rule, Scalar};

/// How many directions a sweep on duals carries at once.
pub(crate) const LANES: usize = 4;

/// A kind of number that can go over a tape: it knows where a custom op keeps its code for it.
pub(crate) trait Sweep: Scalar {
    fn on(erased: &Erased) -> &On<Self>;

    /// The gradient of an opaque op, where first order is all that is asked for.
    fn opaque_gradient(op: &dyn crate::Opaque, x: &[Self], y: Self) -> Result<Vec<Self>> {
        let _ = (x, y);
        Err(Error::FirstOrderOnly { op: op.name().to_owned() })
    }
}

impl Sweep for f64 {
    fn on(erased: &Erased) -> &On<f64> {
        &erased.float
    }

    fn opaque_gradient(op: &dyn crate::Opaque, x: &[f64], y: f64) -> Result<Vec<f64>> {
        checked_gradient(op, x, y)
    }
}

impl Sweep for Dual {
    fn on(erased: &Erased) -> &On<Dual> {
        &erased.dual
    }
}

impl Sweep for Dual<f64, LANES> {
    fn on(erased: &Erased) -> &On<Self> {
        &erased.duals
    }
}

impl Sweep for Var {
    fn on(erased: &Erased) -> &On<Var> {
        &erased.var
    }
}

/// What reaches each node from the outputs, and whether anything does.
///
/// A node that nothing reached is skipped, so that a branch not taken cannot poison a gradient
/// with `0 · ∞`. An adjoint that happens to be 0 is not: `sqrt(x) * sqrt(x)` at 0 has no honest answer but NaN.
pub(crate) struct Adjoints<S> {
    values: Vec<S>,
    reached: Vec<bool>,
}

impl<S: Scalar> Adjoints<S> {
    pub(crate) fn new(len: usize) -> Self {
        Adjoints { values: vec![S::lit(0.0); len], reached: vec![false; len] }
    }

    #[inline(always)]
    pub(crate) fn add(&mut self, index: u32, contribution: S) {
        let index = index as usize;
        // Adding the first contribution to 0 would record a node for nothing, and lose a dual's missing tangent.
        let before = self.values[index];
        self.values[index] = if self.reached[index] { before + contribution } else { contribution };
        self.reached[index] = true;
    }

    /// The adjoint of a node, if anything reached it.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> Option<S> {
        match self.reached.get(index) {
            Some(true) => Some(self.values[index]),
            _ => None,
        }
    }

    pub(crate) fn into_parts(self) -> (Vec<S>, Vec<bool>) {
        (self.values, self.reached)
    }
}

/// The chain rule at a node: a match over the table.
macro_rules! reverse_match {
    ($graph:ident, $node:ident, $y:ident, $primals:ident, $adjoint:ident, $adjoints:ident, fixed { $($Name:ident)* } lists { $($List:ident)* }) => {
        match $node.op() {
            Op::Input | Op::Literal => {}
            Op::Custom => reverse_custom($graph, $node, $y, $primals, $adjoint, $adjoints)?,
            $(Op::$Name => reverse_fixed::<op::$Name, _, S>($graph, $node, $y, $primals, $adjoint, $adjoints),)*
            $(Op::$List => {
                let operands = $graph.list($node);
                let x: Partials<S> = operands.iter().map(|&operand| $primals.at(operand)).collect();
                for (&operand, partial) in operands.iter().zip(op::$List::partials(&x, $y)) {
                    $adjoints.add(operand, partial * $adjoint);
                }
            })*
        }
    };
}

/// Sweeps back: hands the adjoint of each node on to its operands, from the last node to the first.
///
/// `adjoints` holds the seeds, and ends just behind the last of them.
///
/// # Errors
/// What an op of a user's own does wrong.
pub(crate) fn reverse<S: Sweep>(
    graph: Graph<'_>,
    primals: &(impl Primals<S> + ?Sized),
    adjoints: &mut Adjoints<S>,
) -> Result<()> {
    for index in (0..adjoints.values.len()).rev() {
        let Some(adjoint) = adjoints.get(index) else { continue };
        let node = &graph.nodes[index];
        let y = primals.at(index as u32);
        for_each_op!(reverse_match graph, node, y, primals, adjoint, adjoints,);
    }
    Ok(())
}

/// The chain rule at an op of fixed arity, for each form that its operands can have.
#[inline(always)]
fn reverse_fixed<R: Rule<N>, const N: usize, S: Scalar>(
    graph: Graph<'_>,
    node: &Node,
    y: S,
    primals: &(impl Primals<S> + ?Sized),
    adjoint: S,
    adjoints: &mut Adjoints<S>,
) {
    let first = Operand::Node(node.first());
    if N == 1 {
        hand_on::<R, N, S>([first; N], y, primals, adjoint, adjoints);
    } else if N == 2 {
        match node.form() {
            Form::LiteralRight => {
                hand_on::<R, N, S>(pair(first, Operand::Literal(node.folded())), y, primals, adjoint, adjoints);
            }
            Form::LiteralLeft => {
                hand_on::<R, N, S>(pair(Operand::Literal(node.folded()), first), y, primals, adjoint, adjoints);
            }
            Form::Nodes | Form::List => {
                hand_on::<R, N, S>(pair(first, Operand::Node(node.second())), y, primals, adjoint, adjoints);
            }
        }
    } else {
        let list = graph.list(node);
        hand_on::<R, N, S>(std::array::from_fn(|i| Operand::Node(list[i])), y, primals, adjoint, adjoints);
    }
}

/// Adjoint of each operand += its partial · the adjoint of the output.
#[inline(always)]
fn hand_on<R: Rule<N>, const N: usize, S: Scalar>(
    operands: [Operand; N],
    y: S,
    primals: &(impl Primals<S> + ?Sized),
    adjoint: S,
    adjoints: &mut Adjoints<S>,
) {
    // Plain loops: `array::map` is not inlined here, and costs more than the arithmetic.
    let mut x = [S::lit(0.0); N];
    let mut plain = [0.0; N];
    for i in 0..N {
        x[i] = match operands[i] {
            Operand::Node(index) => primals.at(index),
            Operand::Literal(c) => S::lit(c),
        };
        plain[i] = x[i].primal();
    }
    let depends = R::depends(&plain);
    let partials = R::partials(x, y);
    for i in 0..N {
        if let (Operand::Node(index), true) = (operands[i], depends[i]) {
            adjoints.add(index, partials[i] * adjoint);
        }
    }
}

#[inline(always)]
fn pair<const N: usize>(first: Operand, second: Operand) -> [Operand; N] {
    let mut operands = [first; N];
    operands[N - 1] = second;
    operands
}

#[cold]
fn reverse_custom<S: Sweep>(
    graph: Graph<'_>,
    node: &Node,
    y: S,
    primals: &(impl Primals<S> + ?Sized),
    adjoint: S,
    adjoints: &mut Adjoints<S>,
) -> Result<()> {
    let operands = graph.list(node);
    let x: Partials<S> = operands.iter().map(|&operand| primals.at(operand)).collect();
    let mut hand_on = |operand: u32, partial: S| adjoints.add(operand, partial * adjoint);
    match &graph.customs[node.custom()] {
        CustomOp::Rule(erased) => {
            for (&operand, partial) in operands.iter().zip((S::on(erased).partials)(&x, y)) {
                if let Some(partial) = partial {
                    hand_on(operand, partial);
                }
            }
        }
        CustomOp::Opaque(op) => {
            for (&operand, partial) in operands.iter().zip(S::opaque_gradient(op.as_ref(), &x, y)?) {
                hand_on(operand, partial);
            }
        }
    }
    Ok(())
}

/// The value of a node: a match over the table.
macro_rules! forward_match {
    ($graph:ident, $node:ident, $values:ident, $input:ident, $index:ident, fixed { $($Name:ident)* } lists { $($List:ident)* }) => {
        match $node.op() {
            Op::Input => $input($index as u32, $node.value),
            Op::Literal => S::lit($node.value),
            Op::Custom => {
                let x: Partials<S> = $graph.list($node).iter().map(|&operand| $values[operand as usize]).collect();
                match &$graph.customs[$node.custom()] {
                    CustomOp::Rule(erased) => (S::on(erased).value)(&x),
                    CustomOp::Opaque(op) => S::apply_opaque(op, &x)?,
                }
            }
            $(Op::$Name => forward_fixed::<op::$Name, _, S>($graph, $node, &$values),)*
            $(Op::$List => {
                let x: Partials<S> = $graph.list($node).iter().map(|&operand| $values[operand as usize]).collect();
                S::apply_list::<op::$List>(&x)
            })*
        }
    };
}

/// Sweeps forward: evaluates the recording anew on another kind of number, `input(index, value)`
/// for each input.
///
/// # Errors
/// What an op of a user's own does wrong.
pub(crate) fn forward<S: Sweep>(graph: Graph<'_>, len: usize, input: impl Fn(u32, f64) -> S) -> Result<Vec<S>> {
    let mut values: Vec<S> = Vec::with_capacity(len);
    for (index, node) in graph.nodes[..len].iter().enumerate() {
        values.push(for_each_op!(forward_match graph, node, values, input, index,));
    }
    Ok(values)
}

fn forward_fixed<R: Rule<N>, const N: usize, S: Scalar>(graph: Graph<'_>, node: &Node, values: &[S]) -> S {
    let operands = graph.operands(node);
    S::apply::<R, N>(std::array::from_fn(|i| match operands[i] {
        Operand::Node(index) => values[index as usize],
        Operand::Literal(c) => S::lit(c),
    }))
}

/// The reverse sweep on variables: each step is itself recorded on the same tape.
pub(crate) fn reverse_recorded(graph: Graph<'_>, tape: TapeId, adjoints: &mut Adjoints<Var>) -> Result<()> {
    let vars: Vec<Var> = (0..).zip(graph.nodes).map(|(index, node)| Var::at(tape, index, node.value)).collect();
    reverse(graph, vars.as_slice(), adjoints)
}

/// The local derivatives of a node, one per operand; `None` where the output does not depend on it.
macro_rules! local_match {
    ($graph:ident, $node:ident, $x:ident, fixed { $($Name:ident)* } lists { $($List:ident)* }) => {
        match $node.op() {
            Op::Input | Op::Literal => LocalDerivatives::new(),
            Op::Custom => match &$graph.customs[$node.custom()] {
                CustomOp::Rule(erased) => (erased.float.partials)(&$x, $node.value),
                CustomOp::Opaque(op) => {
                    checked_gradient(op.as_ref(), &$x, $node.value)?.into_iter().map(Some).collect()
                }
            },
            $(Op::$Name => Fixed::<op::$Name, _>::partials(&$x, $node.value),)*
            $(Op::$List => op::$List::partials(&$x, $node.value).into_iter().map(Some).collect(),)*
        }
    };
}

/// The local derivatives of a node, as the reverse sweep uses them.
///
/// # Errors
/// What an op of a user's own does wrong.
pub(crate) fn local_derivatives(graph: Graph<'_>, index: u32) -> Result<LocalDerivatives<f64>> {
    let node = &graph.nodes[index as usize];
    let operands = graph.operands(node).into_iter().map(|operand| match operand {
        Operand::Node(index) => graph.at(index),
        Operand::Literal(c) => c,
    });
    let x: Partials<f64> = operands.collect();
    Ok(for_each_op!(local_match graph, node, x,))
}
