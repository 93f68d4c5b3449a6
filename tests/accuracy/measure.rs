//! How far each mode is from the reference, in units of the last place.

use super::big::Big;
use super::points;
use super::stencil::{Reference, reference};
use gradus::op::Visitor;
use gradus::program::Program;
use gradus::rule::{Info, ListRule, Rule, Scalar};
use gradus::{Dual, Tape, Var};

/// A kind of number: how fine it is.
#[derive(Clone, Copy)]
pub struct Format {
    digits: i32,
    least: i32,
    most: i32,
}

pub const DOUBLE: Format = Format { digits: 53, least: -1074, most: 1024 };
pub const SINGLE: Format = Format { digits: 24, least: -149, most: 128 };

impl Format {
    /// The error of `found` in units of the last place of `exact`; `None` where `exact` overflows.
    fn ulps(self, found: f64, exact: &Big) -> Option<f64> {
        let exponent = exact.exponent().unwrap_or(self.least);
        if exponent > self.most {
            return None;
        }
        if !found.is_finite() {
            // Rounding to infinity is right at the very end of the range only.
            return if exponent == self.most { None } else { Some(f64::INFINITY) };
        }
        let unit = (exponent - self.digits).max(self.least);
        Some((&Big::from(found) - exact).scaled(-unit).abs().approximate())
    }
}

/// Errors above so many units are told of.
pub const NOTABLE: f64 = 8.0;

/// The errors of one quantity in one mode.
#[derive(Clone, Default)]
pub struct Errors {
    pub count: usize,
    pub sum: f64,
    pub worst: f64,
    /// How many are above [`NOTABLE`].
    pub notable: usize,
    /// Where the worst is.
    pub at: Vec<f64>,
    /// The worst beside what half a unit in the last place of the operands does to the result, or its own last place if that is more.
    pub worst_conditioned: f64,
    /// The worst where the result is tiny, so that digits are lost to underflow, and where that is.
    pub worst_tiny: f64,
    pub tiny_at: Vec<f64>,
}

impl Errors {
    fn see(&mut self, format: Format, found: f64, exact: &Big, slack: Option<Big>, x: &[f64]) {
        let Some(ulps) = format.ulps(found, exact) else { return };
        if exact.exponent().is_some_and(|exponent| exponent < format.least + 2 * format.digits) {
            if !(ulps <= self.worst_tiny) {
                self.worst_tiny = ulps;
                self.tiny_at = x.to_vec();
            }
            return;
        }
        self.count += 1;
        self.sum += ulps;
        self.notable += usize::from(!(ulps <= NOTABLE));
        let unit = exact.exponent().unwrap_or(format.least) - format.digits;
        let slack = slack.map_or(1.0, |slack| slack.scaled(-unit).approximate()).max(1.0);
        self.worst_conditioned = self.worst_conditioned.max(ulps / slack);
        if !(ulps <= self.worst) {
            self.worst = ulps;
            self.at = x.to_vec();
        }
    }
}

/// What is measured, in the order of [`Row::errors`].
pub const QUANTITIES: [&str; 12] = [
    "value",
    "value, lanes",
    "value, f32",
    "value, f32 lanes",
    "slope, tape",
    "slope, dual",
    "slope, program",
    "slope, lanes",
    "slope, f32",
    "slope, f32 lanes",
    "second, duals",
    "second, program",
];

/// An op and its errors.
pub struct Row {
    pub op: &'static str,
    /// How many points had a reference, of how many tried.
    pub points: usize,
    pub tried: usize,
    pub errors: [Errors; QUANTITIES.len()],
}

/// An op on a list of operands, whatever its arity.
trait Measured: 'static {
    const INFO: Info;
    /// The binary exponent of the largest operands.
    const MOST: f64;
    fn apply<S: Scalar>(x: &[S]) -> S;
}

struct Fixed<R, const N: usize>(std::marker::PhantomData<R>);

impl<R: Rule<N>, const N: usize> Measured for Fixed<R, N> {
    const INFO: Info = R::INFO;
    const MOST: f64 = 1020.0;
    fn apply<S: Scalar>(x: &[S]) -> S {
        S::apply::<R, N>(std::array::from_fn(|i| x[i]))
    }
}

struct List<R>(std::marker::PhantomData<R>);

impl<R: ListRule> Measured for List<R> {
    const INFO: Info = R::INFO;
    // Products of several on the way neither overflow nor underflow.
    const MOST: f64 = 30.0;
    fn apply<S: Scalar>(x: &[S]) -> S {
        S::apply_list::<R>(x)
    }
}

/// How many operands a list op is measured with.
const LIST: usize = 4;

/// A measurement that is still to be done, with a number of points.
pub type Job = Box<dyn Fn(usize) -> Row + Send + Sync>;

/// All ops of the table, as jobs.
#[derive(Default)]
pub struct Jobs(pub Vec<(&'static str, Job)>);

impl Visitor for Jobs {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        let boxes: Vec<Vec<(f64, f64)>> = R::DOMAIN.iter().map(|intervals| intervals.to_vec()).collect();
        self.0.push((R::INFO.name, Box::new(move |points| measure::<Fixed<R, N>>(&boxes, points))));
    }
    fn list_rule<R: ListRule>(&mut self) {
        let boxes: Vec<Vec<(f64, f64)>> = R::DOMAIN.iter().map(|&interval| vec![interval; LIST]).collect();
        self.0.push((R::INFO.name, Box::new(move |points| measure::<List<R>>(&boxes, points))));
    }
}

fn measure<M: Measured>(boxes: &[Vec<(f64, f64)>], points: usize) -> Row {
    let mut random = fastrand::Rng::with_seed(
        M::INFO.name.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into())),
    );
    let mut row = Row { op: M::INFO.name, points: 0, tried: 0, errors: Default::default() };
    while row.points < points && row.tried < 20 * points {
        row.tried += 1;
        let intervals = &boxes[row.tried % boxes.len()];
        let mut x: Vec<f64> =
            intervals.iter().map(|&interval| points::operand(&mut random, interval, M::MOST)).collect();
        // Every other point is one of f32 as well.
        let single = row.tried.is_multiple_of(2);
        if single {
            x.iter_mut().for_each(|x| *x = f64::from(*x as f32));
        }
        if x.iter().any(|x| !x.is_finite() || (*x != 0.0 && x.abs() < f64::from(f32::MIN_POSITIVE) && single)) {
            continue;
        }
        let varies: Vec<bool> = intervals.iter().map(|(low, high)| low < high).collect();
        let Some(reference) = reference(M::INFO.name, &x, &varies) else { continue };
        row.points += 1;
        see::<M>(&mut row.errors, &x, &reference, single);
    }
    row
}

fn see<M: Measured>(errors: &mut [Errors; QUANTITIES.len()], x: &[f64], exact: &Reference, single: bool) {
    let n = x.len();
    // Parameters and operands alike are inputs of the program; the sum with a shared 0 makes the slope of a sample in lanes visible.
    let Ok(program) = Program::record_shared(&vec![0.0; n], x, |shared, sample| {
        let operands: Vec<Var> = shared.iter().zip(sample).map(|(&shared, &sample)| shared + sample).collect();
        M::apply(&operands)
    }) else {
        return;
    };
    let zeros = vec![0.0; n];
    let point: Vec<f64> = zeros.iter().chain(x).copied().collect();

    let mut value = |place: usize, format: Format, found: f64| {
        errors[place].see(format, found, &exact.value, Some(exact.value_slack(x, format.digits)), x);
    };
    value(0, DOUBLE, M::apply(x));
    let lanes = program.batches::<f64>().gradient(&zeros, x);
    let lane_values = program.batches::<f64>().values(&zeros, x);
    if let Ok(values) = &lane_values {
        value(1, DOUBLE, values[0]);
    }
    let singles: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let single_zeros = vec![0.0f32; n];
    let single_point: Vec<f32> = single_zeros.iter().chain(&singles).copied().collect();
    let mut single_workspace = program.workspace::<f32>();
    if single {
        if let Ok(found) = single_workspace.value(&single_point) {
            value(2, SINGLE, f64::from(found));
        }
        if let Ok(values) = program.batches::<f32>().values(&single_zeros, &singles) {
            value(3, SINGLE, f64::from(values[0]));
        }
    }

    let mut slope = |place: usize, format: Format, slopes: &[f64]| {
        if exact.value.exponent().is_some_and(|exponent| exponent > format.most) {
            return;
        }
        for (i, (found, slope)) in slopes.iter().zip(&exact.slopes).enumerate() {
            if let Some(slope) = slope {
                errors[place].see(format, *found, slope, Some(exact.slope_slack(x, i, format.digits)), x);
            }
        }
    };
    let tape = Tape::new();
    let inputs = tape.vars(x);
    let output = M::apply(&inputs);
    if output.tape().is_some() {
        let gradients = output.backward();
        slope(4, DOUBLE, &inputs.iter().map(|&input| gradients[input]).collect::<Vec<_>>());
    }
    let along = |i: usize| -> Vec<Dual> {
        (0..n).map(|k| if k == i { Dual::variable(x[k]) } else { Dual::constant(x[k]) }).collect()
    };
    slope(5, DOUBLE, &(0..n).map(|i| M::apply(&along(i)).tangent()).collect::<Vec<_>>());
    if let Ok((_, gradient)) = program.gradient(&point) {
        slope(6, DOUBLE, &gradient[n..]);
    }
    if let Ok(batch) = &lanes {
        slope(7, DOUBLE, &batch.gradient);
    }
    if single {
        let widened = |gradient: &[f32]| gradient.iter().map(|&partial| f64::from(partial)).collect::<Vec<f64>>();
        if let Ok((_, gradient)) = single_workspace.gradient(&single_point) {
            slope(8, SINGLE, &widened(&gradient[n..]));
        }
        if let Ok(batch) = program.batches::<f32>().gradient(&single_zeros, &singles) {
            slope(9, SINGLE, &widened(&batch.gradient));
        }
    }

    let hessian = program.hessian(&point).ok();
    let mut seconds = exact.seconds.iter();
    for i in 0..n {
        for j in i..n {
            let Some(Some(exact)) = seconds.next() else { continue };
            let nested: Vec<Dual<Dual>> = (0..n)
                .map(|k| {
                    let inner = if k == j { Dual::variable(x[k]) } else { Dual::constant(x[k]) };
                    if k == i { Dual::variable(inner) } else { Dual::constant(inner) }
                })
                .collect();
            errors[10].see(DOUBLE, M::apply(&nested).tangent().tangent(), exact, None, x);
            if let Some(hessian) = &hessian {
                errors[11].see(DOUBLE, hessian[n + i][n + j], exact, None, x);
            }
        }
    }
}
