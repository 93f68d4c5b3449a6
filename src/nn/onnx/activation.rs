//! Activations as operators of ONNX.
//!
//! ONNX Runtime (1.32) has no kernels of double precision for `Elu`, `Softplus`, `Softsign` and `Erf`, and constants such as the slope of
//! `LeakyRelu` are of single precision. So in F64 these are composed of simpler operators, which all have such kernels.

use super::Element;
use super::graph::{Graph, Value};
use crate::error::Result;
use crate::nn::Activation;

/// What `activation` makes of `x`.
pub(super) fn applied(graph: &mut Graph, activation: Activation, x: Value) -> Result<Value> {
    let native = matches!(graph.element, Element::F32);
    Ok(match activation {
        Activation::Identity => x,
        Activation::Relu => graph.op("Relu", &[&x]),
        Activation::Tanh => graph.op("Tanh", &[&x]),
        Activation::Sigmoid => graph.op("Sigmoid", &[&x]),
        Activation::LeakyRelu(slope) if native => graph.op_with_float("LeakyRelu", &[&x], "alpha", slope as f32),
        Activation::LeakyRelu(slope) => {
            let below = below(graph, &x)?;
            above_and(graph, &x, slope, below)?
        }
        Activation::Elu(factor) if native => graph.op_with_float("Elu", &[&x], "alpha", factor as f32),
        Activation::Elu(factor) => {
            let below = below(graph, &x)?;
            let (power, one) = (graph.op("Exp", &[&below]), graph.constant(1.0)?);
            let below = graph.op("Sub", &[&power, &one]);
            above_and(graph, &x, factor, below)?
        }
        Activation::Softplus => softplus(graph, &x)?,
        Activation::Softsign if native => graph.op("Softsign", &[&x]),
        Activation::Softsign => {
            let (size, one) = (graph.op("Abs", &[&x]), graph.constant(1.0)?);
            let divisor = graph.op("Add", &[&one, &size]);
            graph.op("Div", &[&x, &divisor])
        }
        Activation::Silu => {
            let share = graph.op("Sigmoid", &[&x]);
            graph.op("Mul", &[&x, &share])
        }
        Activation::Mish => {
            let softplus = softplus(graph, &x)?;
            let share = graph.op("Tanh", &[&softplus]);
            graph.op("Mul", &[&x, &share])
        }
        Activation::Gelu if native => {
            let root = graph.constant(std::f64::consts::SQRT_2)?;
            let scaled = graph.op("Div", &[&x, &root]);
            let (erf, one, half) = (graph.op("Erf", &[&scaled]), graph.constant(1.0)?, graph.constant(0.5)?);
            let sum = graph.op("Add", &[&one, &erf]);
            let half_x = graph.op("Mul", &[&half, &x]);
            graph.op("Mul", &[&half_x, &sum])
        }
        Activation::Gelu => gelu(graph, &x)?,
    })
}

/// `min(x, 0)`.
fn below(graph: &mut Graph, x: &Value) -> Result<Value> {
    let zero = graph.constant(0.0)?;
    Ok(graph.op("Min", &[x, &zero]))
}

/// `max(x, 0) + factor · below`.
fn above_and(graph: &mut Graph, x: &Value, factor: f64, below: Value) -> Result<Value> {
    let (above, factor) = (graph.op("Relu", &[x]), graph.constant(factor)?);
    let below = graph.op("Mul", &[&factor, &below]);
    Ok(graph.op("Add", &[&above, &below]))
}

/// `max(x, 0) + ln(1 + exp(-|x|))`, which cannot overflow.
fn softplus(graph: &mut Graph, x: &Value) -> Result<Value> {
    if let Element::F32 = graph.element {
        return Ok(graph.op("Softplus", &[x]));
    }
    let size = graph.op("Abs", &[x]);
    let negative = graph.op("Neg", &[&size]);
    let (power, one) = (graph.op("Exp", &[&negative]), graph.constant(1.0)?);
    let sum = graph.op("Add", &[&one, &power]);
    let (logarithm, above) = (graph.op("Log", &[&sum]), graph.op("Relu", &[x]));
    Ok(graph.op("Add", &[&above, &logarithm]))
}

/// `max(x, 0) - u Φ(-u)` with `u = |x|`, and `Φ(-u) = exp(-u²/2) P(t) / (u + 3.5)` with `t = (u - 3.5) / (u + 3.5)`: the form of
/// J. L. Schonfelder, Math. Comp. 32 (1978), 1232.
fn gelu(graph: &mut Graph, x: &Value) -> Result<Value> {
    let (size, middle, half) = (graph.op("Abs", &[x]), graph.constant(3.5)?, graph.constant(-0.5)?);
    let (difference, sum) = (graph.op("Sub", &[&size, &middle]), graph.op("Add", &[&size, &middle]));
    let t = graph.op("Div", &[&difference, &sum]);
    let mut polynomial = graph.constant(NORMAL_TAIL[NORMAL_TAIL.len() - 1])?;
    for &coefficient in NORMAL_TAIL.iter().rev().skip(1) {
        let coefficient = graph.constant(coefficient)?;
        let product = graph.op("Mul", &[&polynomial, &t]);
        polynomial = graph.op("Add", &[&product, &coefficient]);
    }
    let square = graph.op("Mul", &[&size, &size]);
    let exponent = graph.op("Mul", &[&half, &square]);
    let bell = graph.op("Exp", &[&exponent]);
    let product = graph.op("Mul", &[&bell, &polynomial]);
    let tail = graph.op("Div", &[&product, &sum]);
    let (below, above) = (graph.op("Mul", &[&size, &tail]), graph.op("Relu", &[x]));
    Ok(graph.op("Sub", &[&above, &below]))
}

/// The coefficients of P in `gelu`: the Chebyshev series of `exp(u²/2) Φ(-u) (u + 3.5)` in t, computed with 60 digits and cut off at
/// degree 22, where gelu is off by less than 5e-16 everywhere.
const NORMAL_TAIL: [f64; 23] = [
    0.7444160754359382,
    -0.5655618160537762,
    0.3154249698879263,
    -0.11605092871433333,
    0.017407832603286783,
    0.006476218926838046,
    -0.0031891010710904224,
    -0.0004450130385801358,
    0.00047665731640964736,
    6.703386271243873e-05,
    -7.558583917574073e-05,
    -1.879167523489607e-05,
    1.151068467401453e-05,
    5.659870425774848e-06,
    -1.1740123373254503e-06,
    -1.4943273257197997e-06,
    -1.303392592508123e-07,
    3.135417941408237e-07,
    1.1239982634932846e-07,
    -4.5538883720911304e-08,
    -3.0477809420764085e-08,
    3.3470798791529574e-09,
    3.6123272995372984e-09,
];
