//! Bytes as an expression: inputs, then ops on what there is so far.

use crate::ops::{Kind, Op};

/// What stands at a place of a step.
#[derive(Debug, Clone, Copy)]
enum Operand {
    Value(usize),
    Literal(f64),
}

#[derive(Debug)]
enum Step {
    /// An op of the table, by its number.
    Apply(usize, Vec<Operand>),
    /// The third operand where the first is less than the second, else the fourth.
    Branch([Operand; 4]),
}

pub struct Expression<'a> {
    ops: &'a [Op],
    /// Where it is evaluated, and another point.
    pub points: [Vec<f64>; 2],
    /// How many of the inputs are shared by all samples of a batch.
    pub shared: usize,
    steps: Vec<Step>,
    pub outputs: usize,
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn number(&mut self) -> Option<f64> {
        const USUAL: [f64; 16] =
            [0.0, 1.0, -1.0, 0.5, 2.0, -0.0, 3.0, -2.0, 1e-8, 1e8, 0.1, -0.7, 1e300, 1e-300, 17.0, -1e-3];
        Some(match self.byte()? {
            small @ 0..=15 => USUAL[usize::from(small)],
            16 => {
                let mut bytes = [0; 8];
                for byte in &mut bytes {
                    *byte = self.byte()?;
                }
                let any = f64::from_le_bytes(bytes);
                if any.is_finite() { any } else { 1.5 }
            }
            other => (f64::from(other) - 128.0) / 24.0,
        })
    }

    fn operand(&mut self, known: usize) -> Option<Operand> {
        Some(match self.byte()? {
            0..=31 => Operand::Literal(self.number()?),
            // The latest most often, so that expressions grow deep.
            recent @ 32..=159 => Operand::Value(known - 1 - usize::from(recent - 32) % known.min(4)),
            any => Operand::Value(usize::from(any - 160) % known),
        })
    }
}

impl<'a> Expression<'a> {
    pub fn read(data: &[u8], ops: &'a [Op]) -> Option<Expression<'a>> {
        let mut bytes = Bytes(data);
        let inputs = 1 + usize::from(bytes.byte()? % 4);
        let shared = usize::from(bytes.byte()?) % inputs;
        let outputs = 1 + usize::from(bytes.byte()? % 3);
        let mut point = || (0..inputs).map(|_| bytes.number()).collect::<Option<Vec<f64>>>();
        let points = [point()?, point()?];
        let mut steps = Vec::new();
        while steps.len() < 40 {
            match Self::step(&mut bytes, inputs + steps.len(), ops) {
                Some(step) => steps.push(step),
                None => break,
            }
        }
        (!steps.is_empty()).then_some(Expression { ops, points, shared, steps, outputs })
    }

    fn step(bytes: &mut Bytes, known: usize, ops: &[Op]) -> Option<Step> {
        let number = usize::from(bytes.byte()?) % (ops.len() + 2);
        let Some(op) = ops.get(number) else {
            let mut operands = [Operand::Literal(0.0); 4];
            for operand in &mut operands {
                *operand = bytes.operand(known)?;
            }
            return Some(Step::Branch(operands));
        };
        let count = match op.arity {
            Some(arity) => arity,
            // An even number, for those that take two halves; long ones, too, for which there are other kernels.
            None => match bytes.byte()? {
                255 => 40,
                count => 2 + 2 * usize::from(count % 5),
            },
        };
        let mut operands = Vec::new();
        for place in 0..count {
            operands.push(match op.parameters.get(place) {
                Some(Some(values)) => Operand::Literal(values[usize::from(bytes.byte()?) % values.len()]),
                _ => bytes.operand(known)?,
            });
        }
        Some(Step::Apply(number, operands))
    }

    /// The last values, and the answers to the comparisons on the way.
    pub fn evaluate<S: Kind>(&self, x: &[S]) -> (Vec<S>, Vec<bool>) {
        let (mut values, mut answers) = (x.to_vec(), Vec::new());
        for step in &self.steps {
            let at = |operand: &Operand| match *operand {
                Operand::Value(place) => values[place],
                Operand::Literal(c) => S::lit(c),
            };
            values.push(match step {
                Step::Apply(number, operands) => {
                    S::apply_op(&self.ops[*number], &operands.iter().map(at).collect::<Vec<_>>())
                }
                Step::Branch(operands) => {
                    let [a, b, then, otherwise] = operands.each_ref().map(at);
                    answers.push(a < b);
                    if a < b { then } else { otherwise }
                }
            });
        }
        (values.split_off(values.len() - self.outputs.min(values.len())), answers)
    }

    /// Whether it has an op that jumps without a choice that is seen, so that differences need not tell its slopes.
    pub fn jumps_unseen(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Apply(number, _) if self.ops[*number].jumps))
    }

    /// For messages.
    pub fn listing(&self) -> String {
        let inputs = self.points[0].len();
        let written = |operand: &Operand| match operand {
            Operand::Value(place) if *place < inputs => format!("x[{place}]"),
            Operand::Value(place) => format!("v{place}"),
            Operand::Literal(c) => format!("{c:?}"),
        };
        let mut text = format!("points {:?}, {} outputs, {} shared\n", self.points, self.outputs, self.shared);
        for (place, step) in (inputs..).zip(&self.steps) {
            let (name, operands) = match step {
                Step::Apply(number, operands) => (self.ops[*number].name, &operands[..]),
                Step::Branch(operands) => ("if less", &operands[..]),
            };
            let operands: Vec<String> = operands.iter().map(written).collect();
            text += &format!("v{place} = {name}({})\n", operands.join(", "));
        }
        text
    }
}
