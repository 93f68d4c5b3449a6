//! The two sweeps over a recording, written once for every kind of number: forward, which
//! evaluates it anew, and reverse, which applies the chain rule from the outputs to the inputs
//! (Griewank & Walther, *Evaluating Derivatives*, 2nd ed. 2008, chapter 3).

use super::custom::{CustomOp, Erased, Fixed, LocalDerivatives, On};
use super::node::{AsRecorded, Form, Graph, Node, Operand, Primals};
use super::{TapeId, Var};
use crate::custom::checked_gradient;
use crate::error::{Error, Result};
use crate::number::Dual;
use crate::op::{self, Op};
use crate::rule::{ListRule, Partials, Rule, Scalar};

/// How many directions a sweep on duals carries at once.
pub(crate) const LANES: usize = crate::number::DIRECTIONS;

/// A kind of number that can go over a tape: it knows where a custom op keeps its code for it, and
/// how to keep a number that may be missing.
pub trait Sweep: Scalar {
    /// A number or nothing.
    type Slot: Copy;

    /// Nothing.
    const EMPTY: Self::Slot;

    fn filled(self) -> Self::Slot;

    fn content(slot: Self::Slot) -> Option<Self>;

    fn on(erased: &Erased) -> &On<Self>;

    /// The gradient of an opaque op, where first order is all that is asked for.
    fn opaque_gradient(op: &dyn crate::Opaque, x: &[Self], y: Self) -> Result<Vec<Self>> {
        let _ = (x, y);
        Err(Error::FirstOrderOnly { op: op.name().to_owned() })
    }
}

/// "Nothing" in the breadth of an `f64`: a signalling NaN, which no arithmetic returns, not even from itself. (A quiet one would
/// pass from an input through a product.) An `Option<f64>` would double what the sweep moves through memory.
const NO_ADJOINT: u64 = 0x7ff0_6772_6164_7573;

impl Sweep for f64 {
    type Slot = f64;
    const EMPTY: f64 = f64::from_bits(NO_ADJOINT);

    #[inline(always)]
    fn filled(self) -> f64 {
        self
    }

    #[inline(always)]
    fn content(slot: f64) -> Option<f64> {
        if slot.to_bits() == NO_ADJOINT { None } else { Some(slot) }
    }

    fn on(erased: &Erased) -> &On<f64> {
        &erased.float
    }

    fn opaque_gradient(op: &dyn crate::Opaque, x: &[f64], y: f64) -> Result<Vec<f64>> {
        checked_gradient(op, x, y)
    }
}

macro_rules! sweep_with_options {
    ($($Number:ty, $field:ident;)*) => {
        $(impl Sweep for $Number {
            type Slot = Option<$Number>;
            const EMPTY: Option<$Number> = None;

            fn filled(self) -> Option<$Number> {
                Some(self)
            }

            fn content(slot: Option<$Number>) -> Option<$Number> {
                slot
            }

            fn on(erased: &Erased) -> &On<$Number> {
                &erased.$field
            }
        })*
    };
}

sweep_with_options! {
    f32, single;
    Dual, dual;
    Dual<f64, LANES>, duals;
    Var, var;
}

/// What reaches each node from the outputs, if anything does.
///
/// A node that nothing reached is skipped, so that a branch not taken cannot poison a gradient
/// with `0 · ∞`. An adjoint that happens to be 0 is not: `sqrt(x) * sqrt(x)` at 0 has no honest answer but NaN.
#[derive(Debug, Clone)]
pub(crate) struct Adjoints<S: Sweep> {
    slots: Vec<S::Slot>,
}

impl<S: Sweep> Adjoints<S> {
    pub(crate) fn new(len: usize) -> Self {
        Adjoints { slots: vec![S::EMPTY; len] }
    }

    pub(crate) fn add(&mut self, index: u32, contribution: S) {
        add(&mut self.slots, index, contribution);
    }

    /// The adjoint of a node, if anything reached it.
    pub(crate) fn get(&self, index: usize) -> Option<S> {
        self.slots.get(index).copied().and_then(S::content)
    }
}

impl Adjoints<f64> {
    /// The adjoint of a node, and 0 if nothing reached it.
    pub(crate) fn get_ref(&self, index: usize) -> &f64 {
        match self.slots.get(index) {
            Some(slot) if f64::content(*slot).is_some() => slot,
            _ => &0.0,
        }
    }
}

#[inline(always)]
fn add<S: Sweep>(slots: &mut [S::Slot], index: u32, contribution: S) {
    let slot = &mut slots[index as usize];
    *slot = match S::content(*slot) {
        Some(before) => before + contribution,
        None => contribution,
    }
    .filled();
}

/// The chain rule at a node: a match over the table.
macro_rules! reverse_match {
    ($graph:ident, $node:ident, $y:ident, $primals:ident, $adjoint:ident, $slots:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $node.op() {
            Op::Input | Op::Literal => {}
            Op::Custom => reverse_custom($graph, $node, $y, $primals, $adjoint, $slots)?,
            $(Op::$Name => reverse_fixed::<op::$Name, $arity, S>($graph, $node, $y, $primals, $adjoint, $slots),)*
            $(Op::$List => {
                let operands = $graph.list($node);
                let x: Partials<S> = operands.iter().map(|&operand| $primals.at($graph, operand)).collect();
                for (&operand, partial) in operands.iter().zip(op::$List::partials(&x, $y)) {
                    add::<S>($slots, operand, partial * $adjoint);
                }
            })*
        }
    };
}

/// Sweeps back: hands the adjoint of each node on to its operands, from the last node to the first.
///
/// `adjoints` holds the seeds, and ends just behind the last of them. Nodes before `end` hand on nothing.
///
/// # Errors
/// What an op of a user's own does wrong.
pub(crate) fn reverse<S: Sweep>(
    graph: Graph<'_>,
    primals: &(impl Primals<S> + ?Sized),
    adjoints: &mut Adjoints<S>,
    end: usize,
) -> Result<()> {
    // Slices of one length, so that one comparison with it covers a node and its adjoint.
    let len = adjoints.slots.len().min(graph.nodes.len());
    let (slots, graph) = (&mut adjoints.slots[..len], Graph { nodes: &graph.nodes[..len], ..graph });
    for index in (end..len).rev() {
        let Some(adjoint) = S::content(slots[index]) else { continue };
        let node = &graph.nodes[index];
        let y = primals.at(graph, index as u32);
        // Most nodes of most graphs. Alone in the loop they keep its variables in registers, which
        // among all ops (a hundred calls of functions) the compiler spills.
        match node.op() {
            Op::Add => reverse_fixed::<op::Add, 2, S>(graph, node, y, primals, adjoint, slots),
            Op::Sub => reverse_fixed::<op::Sub, 2, S>(graph, node, y, primals, adjoint, slots),
            Op::Mul => reverse_fixed::<op::Mul, 2, S>(graph, node, y, primals, adjoint, slots),
            _ => reverse_any(graph, node, y, primals, adjoint, slots)?,
        }
    }
    Ok(())
}

/// The chain rule at a node, whatever its op.
#[inline(never)]
fn reverse_any<S: Sweep>(
    graph: Graph<'_>,
    node: &Node,
    y: S,
    primals: &(impl Primals<S> + ?Sized),
    adjoint: S,
    slots: &mut [S::Slot],
) -> Result<()> {
    for_each_op!(reverse_match graph, node, y, primals, adjoint, slots,);
    Ok(())
}

/// The chain rule at an op of fixed arity, for each form that its operands can have.
#[inline(always)]
fn reverse_fixed<R: Rule<N>, const N: usize, S: Sweep>(
    graph: Graph<'_>,
    node: &Node,
    y: S,
    primals: &(impl Primals<S> + ?Sized),
    adjoint: S,
    slots: &mut [S::Slot],
) {
    let first = Operand::Node(node.first());
    if N == 1 {
        hand_on::<R, N, S>(graph, [first; N], y, primals, adjoint, slots);
    } else if N == 2 {
        if node.form() == Form::Nodes {
            hand_on::<R, N, S>(graph, pair(first, Operand::Node(node.second())), y, primals, adjoint, slots);
        } else if node.form() == Form::LiteralRight {
            hand_on::<R, N, S>(graph, pair(first, Operand::Literal(node.folded())), y, primals, adjoint, slots);
        } else {
            hand_on::<R, N, S>(graph, pair(Operand::Literal(node.folded()), first), y, primals, adjoint, slots);
        }
    } else {
        let list = graph.list(node);
        let mut operands = [first; N];
        for i in 0..N {
            operands[i] = Operand::Node(list[i]);
        }
        hand_on::<R, N, S>(graph, operands, y, primals, adjoint, slots);
    }
}

/// Adjoint of each operand += its partial · the adjoint of the output.
#[inline(always)]
fn hand_on<R: Rule<N>, const N: usize, S: Sweep>(
    graph: Graph<'_>,
    operands: [Operand; N],
    y: S,
    primals: &(impl Primals<S> + ?Sized),
    adjoint: S,
    slots: &mut [S::Slot],
) {
    // Plain loops: `array::map` is not inlined here, and costs more than the arithmetic.
    let mut x = [S::lit(0.0); N];
    for i in 0..N {
        x[i] = match operands[i] {
            Operand::Node(index) => primals.at(graph, index),
            Operand::Literal(c) => S::lit(c),
        };
    }
    let depends = S::dependence::<R, N>(&x);
    let partials = R::partials(x, y);
    for i in 0..N {
        if let (Operand::Node(index), true) = (operands[i], depends[i]) {
            add::<S>(slots, index, partials[i] * adjoint);
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
    slots: &mut [S::Slot],
) -> Result<()> {
    let operands = graph.list(node);
    let x: Partials<S> = operands.iter().map(|&operand| primals.at(graph, operand)).collect();
    let mut hand_on = |operand: u32, partial: S| add::<S>(slots, operand, partial * adjoint);
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
    ($graph:ident, $node:ident, $values:ident, $input:ident, $index:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
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
            $(Op::$Name => forward_fixed::<op::$Name, $arity, S>($graph, $node, &$values),)*
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
    let mut x = [S::lit(0.0); N];
    for i in 0..N {
        x[i] = match operands[i] {
            Operand::Node(index) => values[index as usize],
            Operand::Literal(c) => S::lit(c),
        };
    }
    S::apply::<R, N>(x)
}

/// The reverse sweep on variables: each step is itself recorded on the same tape.
pub(crate) fn reverse_recorded(graph: Graph<'_>, tape: TapeId, adjoints: &mut Adjoints<Var>, end: usize) -> Result<()> {
    let vars: Vec<Var> = (0..).zip(graph.nodes).map(|(index, node)| Var::at(tape, index, node.value)).collect();
    reverse(graph, vars.as_slice(), adjoints, end)
}

/// The local derivatives of a node, one per operand; `None` where the output does not depend on it.
macro_rules! local_match {
    ($graph:ident, $node:ident, $x:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $node.op() {
            Op::Input | Op::Literal => LocalDerivatives::new(),
            Op::Custom => match &$graph.customs[$node.custom()] {
                CustomOp::Rule(erased) => (erased.float.partials)(&$x, $node.value),
                CustomOp::Opaque(op) => {
                    checked_gradient(op.as_ref(), &$x, $node.value)?.into_iter().map(Some).collect()
                }
            },
            $(Op::$Name => Fixed::<op::$Name, $arity>::partials(&$x, $node.value),)*
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
        Operand::Node(index) => AsRecorded.at(graph, index),
        Operand::Literal(c) => c,
    });
    let x: Partials<f64> = operands.collect();
    Ok(for_each_op!(local_match graph, node, x,))
}
