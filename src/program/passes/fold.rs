//! Constants: what depends on literals alone is computed here and now; factors of 1 and the like fall away;
//! small powers become products.

use crate::op::{self, Op};
use crate::program::dataflow::{Dataflow, Detail, Id, Value};
use crate::rule::{ListRule, Rule};
use smallvec::SmallVec;

pub(crate) fn fold(flow: &Dataflow) -> Dataflow {
    flow.rebuilt(|built, _, value| {
        if let Some(c) = value.literal() {
            return Some(built.literal(c));
        }
        let literals: Option<SmallVec<[f64; 8]>> = value.operands.iter().map(|&id| built.at(id).literal()).collect();
        if value.op != Op::Input
            && let Some(x) = literals
        {
            let folded = computed(built, &value, &x);
            return Some(built.literal(folded));
        }
        Some(simplified(built, &value).unwrap_or_else(|| built.push(value)))
    })
}

macro_rules! value_match {
    ($op:ident, $x:ident, fixed { $($Name:ident $arity:tt)* } lists { $($List:ident)* }) => {
        match $op {
            Op::Input | Op::Literal | Op::Custom => f64::NAN,
            $(Op::$Name => <op::$Name as Rule<$arity>>::value(std::array::from_fn(|i| $x[i])),)*
            $(Op::$List => <op::$List as ListRule>::value($x),)*
        }
    };
}

/// The value of an op of literals.
fn computed(flow: &Dataflow, value: &Value, x: &[f64]) -> f64 {
    let op = value.op;
    match value.detail {
        Detail::Custom(number) => (flow.customs[number as usize].float.value)(x),
        _ => for_each_op!(value_match op, x,),
    }
}

/// What is the same to the last bit for every operand, and cheaper.
fn simplified(flow: &mut Dataflow, value: &Value) -> Option<Id> {
    let literal = |place: usize| value.operands.get(place).and_then(|&id| flow.at(id).literal());
    let (first, second) = (value.operands.first().copied(), value.operands.get(1).copied());
    match (value.op, literal(0), literal(1)) {
        (Op::Mul | Op::Div | Op::Powi, _, Some(1.0)) => first,
        (Op::Mul, Some(1.0), _) => second,
        // Adding +0 would turn -0 into +0; subtracting it does not.
        (Op::Sub, _, Some(zero)) if zero.to_bits() == 0 => first,
        (Op::Powi | Op::Powf, _, Some(2.0)) => Some(flow.push(Value::new(Op::Mul, &[first?, first?]))),
        (Op::Powi, _, Some(3.0)) => {
            let square = flow.push(Value::new(Op::Mul, &[first?, first?]));
            Some(flow.push(Value::new(Op::Mul, &[square, first?])))
        }
        (Op::Neg, ..) if flow.at(first?).op == Op::Neg => flow.at(first?).operands.first().copied(),
        _ => None,
    }
}
