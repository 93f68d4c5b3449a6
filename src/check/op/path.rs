//! From point to point the value of an op changes by the integral of its partials: a comparison without a step,
//! which sees what no difference at a point does, namely jumps, and constants that hold only in part of the domain.

use super::finding::OpReport;
use super::subject::Subject;

/// Nodes and weights of Gauss and Legendre on [-1, 1], the positive half of eight.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// What is allowed beyond the error of the integral, relative to the sizes of the values.
const ROUNDING: f64 = 1e-9;

pub(super) fn compare_along(report: &mut OpReport, subject: &impl Subject, from: &[f64], to: &[f64]) {
    let slope = |t: f64| {
        let x: Vec<f64> = from.iter().zip(to).map(|(a, b)| a + t * (b - a)).collect();
        let partials = subject.partials(&x);
        let along = from.iter().zip(to).map(|(a, b)| b - a);
        partials.iter().zip(along).filter(|(_, along)| *along != 0.0).map(|(partial, along)| partial * along).sum()
    };
    let (coarse, fine) = (integral(&slope, 4), integral(&slope, 8));
    let (start, end) = (subject.value(from), subject.value(to));
    let scale = start.abs().max(end.abs()).max(fine.abs());
    let unsure = (fine - coarse).abs();
    // Too steep for so few nodes: nothing follows.
    if unsure > 1e-7 * scale {
        return;
    }
    let source = format!("the integral of its partials from {from:?}");
    report.compare("the value", to, [end, start + fine], ROUNDING * scale + 10.0 * unsure, source);
}

fn integral(slope: &impl Fn(f64) -> f64, panels: usize) -> f64 {
    let half = 0.5 / panels as f64;
    let panel = |k: usize| {
        let middle = (2 * k + 1) as f64 * half;
        GAUSS
            .iter()
            .map(|(node, weight)| weight * half * (slope(middle - node * half) + slope(middle + node * half)))
            .sum::<f64>()
    };
    (0..panels).map(panel).sum()
}
