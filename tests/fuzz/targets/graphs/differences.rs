//! Slopes beside difference quotients.

use crate::expression::Expression;
use crate::noisy::{self, Noisy};
use crate::tally::{Outcome, count};
use crate::tolerance::Expected;
use gradus::Var;
use std::f64::consts::{FRAC_1_PI, FRAC_1_SQRT_2, LN_2};

/// Differences, where they tell anything.
pub fn check(expression: &Expression, gradient: &[f64], first: &[Expected], listing: &dyn Fn() -> String) {
    for (i, (&slope, expected)) in gradient.iter().zip(first).enumerate() {
        // Where noise moves the slope, a part of the change may be lost in the values (that of `tanh` near 1, under a singularity of what follows).
        // And where an infinite slope meets one of 0, NaN is the honest answer, also where the function is flat.
        let told = (!expression.jumps_unseen() && expected.knows(1e-3) && slope.is_finite())
            .then(|| quotients(expression, slope, i))
            .flatten();
        let Some(Quotients { least, most, noise }) = told else {
            count("differences", Outcome::Skipped);
            continue;
        };
        let off = (slope - 0.5 * (least + most)).abs();
        let size = least.abs().max(most.abs());
        assert!(
            off < 1e-2 * size + 10.0 * noise,
            "slope {i} is {slope}, and differences are {least} to {most}: {}",
            listing()
        );
        count("differences", if noise < 1e-3 * size { Outcome::Coarse } else { Outcome::Lost });
    }
}

struct Quotients {
    least: f64,
    most: f64,
    noise: f64,
}

/// Quotients along input `i`, if the slopes on both sides and of three steps are alike, and the function is smooth nearby.
fn quotients(expression: &Expression, slope: f64, i: usize) -> Option<Quotients> {
    let x = &expression.points[0];
    if x[i].abs() > 1e3 {
        return None;
    }
    let scale = x[i].abs().max(0.1);
    let moved = |h: f64| {
        let mut x = x.clone();
        x[i] += h;
        x
    };
    let step = 1e-4 * scale;
    // At a kink a choice is made, and a sum of choices need not be the slope of the sum (`relu(x) - relu(-x)` at 0). And ripples that are finer
    // than the steps do not show in the quotients, but in the slopes nearby, at shares of a step that are no multiples of a period.
    let f = |x: &[Var]| {
        let outputs = expression.evaluate(x).0;
        outputs[outputs.len() - 1]
    };
    let nearby = |h: f64| gradus::gradient(f, &moved(h)).unwrap()[i];
    let like = |h: f64, share: f64| (nearby(h) - slope).abs() < share * slope.abs() + 1e-9;
    let alike = [1e-7 * scale, -1e-7 * scale].iter().all(|&h| like(h, 1e-3))
        && [FRAC_1_PI, -FRAC_1_SQRT_2, 0.5 * LN_2, -FRAC_1_PI.sqrt()].iter().all(|&h| like(h * step, 1e-2));
    if !alike {
        return None;
    }
    // Values, and what was chosen on the way: steps on a fine stair look like a slope.
    let at = |h: f64| {
        noisy::start(None);
        let x: Vec<Noisy> = moved(h).into_iter().map(Noisy::exact).collect();
        let (values, answers) = expression.evaluate(&x);
        (values[values.len() - 1].value, answers, noisy::met())
    };
    let (here, answers, met) = at(0.0);
    if met.fine_steps {
        return None;
    }
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for h in [step, 0.5 * step, 0.25 * step, -step, -0.5 * step, -0.25 * step] {
        let (there, others, met_there) = at(h);
        if others != answers || met_there.choices != met.choices {
            return None;
        }
        let slope = (there - here) / h;
        (least, most) = (least.min(slope), most.max(slope));
    }
    let size = least.abs().max(most.abs());
    let noise = 1e-9 * here.abs() / step + 1e-6;
    // A change that is lost in the values is none of the slope's.
    (size.is_finite() && size > 0.0 && most - least < 1e-3 * size + noise).then_some(Quotients { least, most, noise })
}
