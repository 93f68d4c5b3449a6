//! Every op of the table at every combination of zeros, infinities, NaN, and the smallest and largest numbers: all modes answer alike.

use gradus::op::{self, Visitor};
use gradus::program::{Lowering, Recorder};
use gradus::rule::{ListRule, Rule};
use gradus::{Dual, Scalar, Tape, Var};

const MANY: [f64; 20] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    5e-324,
    -5e-324,
    f64::MAX,
    f64::MIN,
    1e-300,
    -1e-300,
    0.5,
    -0.5,
    2.0,
    -3.0,
    1e200,
    1e-160,
    700.0,
];
const SOME: [f64; 8] = [0.0, -0.0, 1.0, -2.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324];
const FEW: [f64; 5] = [0.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, 1e200];

/// All lists of one number of each set.
fn combinations(sets: &[&[f64]]) -> Vec<Vec<f64>> {
    let longer = |lists: Vec<Vec<f64>>, set: &&[f64]| {
        lists.iter().flat_map(|list| set.iter().map(|&x| [list.as_slice(), &[x]].concat())).collect()
    };
    sets.iter().fold(vec![vec![]], longer)
}

/// An op on every kind of number.
struct Forms<'a> {
    name: &'static str,
    plain: &'a dyn Fn(&[f64]) -> f64,
    single: &'a dyn Fn(&[f32]) -> f32,
    dual: &'a dyn Fn(&[Dual]) -> Dual,
    nested: &'a dyn Fn(&[Dual<Dual>]) -> Dual<Dual>,
    var: &'a dyn Fn(&[Var]) -> Var,
}

/// Equal, or both NaN. (The sign of 0 is free.)
fn same(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan()
}

/// The same, or off by a few units of the last place: lowered programs put sums together. What underflows may vanish.
fn alike(a: f64, b: f64) -> bool {
    same(a, b) || (a - b).abs() <= 64.0 * f64::EPSILON * b.abs() + 1e-305
}

fn check(forms: &Forms<'_>, x: &[f64]) {
    let n = x.len();
    let what = format!("{} at {x:?}", forms.name);
    let value = (forms.plain)(x);
    let tape = Tape::new();
    let vars = tape.vars(x);
    let y = (forms.var)(&vars);
    let both_nan = y.value().is_nan() && value.is_nan();
    assert!(both_nan || y.value().to_bits() == value.to_bits(), "{what}: {value}, on the tape {}", y.value());
    let gradient = if y.tape().is_some() { y.backward().wrt(&vars).unwrap() } else { vec![0.0; n] };
    for i in 0..n {
        let variable = |j: usize| if i == j { Dual::variable(x[j]) } else { Dual::constant(x[j]) };
        let dual = (forms.dual)(&(0..n).map(variable).collect::<Vec<_>>());
        assert!(same(dual.value(), value), "{what}: {value}, of a dual {}", dual.value());
        let (slope, tangent) = (gradient[i], dual.tangent());
        assert!(same(tangent, slope), "{what}, slope {i}: on the tape {slope}, of a dual {tangent}");
    }
    let rounded: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let exact = (forms.plain)(&rounded.iter().map(|&x| f64::from(x)).collect::<Vec<_>>());
    let single = f64::from((forms.single)(&rounded));
    let near = (single - exact).abs() <= 4e-7 * exact.abs() + 1e-44;
    assert!(same(single, f64::from(exact as f32)) || near, "{what}: {exact}, in single precision {single}");
    replays(forms, x, value, &gradient, &what);
}

/// The program, with all rewriting and with none. It takes finite numbers; the others arise inside.
fn replays(forms: &Forms<'_>, x: &[f64], value: f64, gradient: &[f64], what: &str) {
    let is_finite = x.iter().all(|x| x.is_finite());
    let finite: Vec<f64> = x.iter().map(|&x| if x.is_finite() { x } else { 0.0 }).collect();
    let at = |v: &[Var]| {
        let moved = |(&v, &x): (&Var, &f64)| if x.is_finite() { v } else { v + x };
        (forms.var)(&v.iter().zip(x).map(moved).collect::<Vec<_>>())
    };
    for (lowering, agree) in [(Lowering::None, same as fn(f64, f64) -> bool), (Lowering::Full, alike)] {
        let program = Recorder::new().lowering(lowering).record(&vec![0.5; x.len()], at).unwrap();
        let found = program.gradient(&finite).unwrap();
        let all = found.1.iter().zip(gradient).all(|(&a, &b)| agree(a, b));
        assert!(agree(found.0, value) && all, "{what}: {value} {gradient:?}, {lowering:?} {found:?}");
        if !is_finite {
            continue;
        }
        let hessian = program.hessian(x).unwrap();
        for i in 0..x.len() {
            let variable = |j: usize| match i == j {
                true => Dual::variable(Dual::variable(x[j])),
                false => Dual::constant(Dual::constant(x[j])),
            };
            let second = (forms.nested)(&(0..x.len()).map(variable).collect::<Vec<_>>()).tangent().tangent();
            let direction: Vec<f64> = (0..x.len()).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
            let column = gradus::hvp(at, x, &direction).unwrap();
            assert!(same(column[i], second), "{what}, second {i}: nested {second}, over the sweep {column:?}");
            let all = column.iter().zip(&hessian).all(|(&a, row)| alike(row[i], a));
            assert!(all, "{what}, second {i}: over the sweep {column:?}, {lowering:?} {hessian:?}");
        }
    }
}

/// Batches, whose operands are computed in lanes, on every level of the CPU.
#[cfg(feature = "batch")]
fn lanes(forms: &Forms<'_>, points: &[Vec<f64>]) {
    use gradus::program::CpuLevel;
    let finite: Vec<Vec<f64>> = points.iter().filter(|x| x.iter().all(|x| x.is_finite())).cloned().collect();
    let n = finite[0].len();
    let shifted = |w: &[Var], x: &[Var]| (forms.var)(&w.iter().zip(x).map(|(&w, &x)| w + x).collect::<Vec<_>>());
    // `-0.0 + x` is `x`, also where that is -0.
    let origin = vec![-0.0; n];
    let program = Recorder::new().record_shared(&origin, &vec![0.5; n], shifted).unwrap();
    for level in [CpuLevel::Baseline, CpuLevel::Avx2, CpuLevel::Avx512].into_iter().filter(|level| level.is_available())
    {
        let values = program.batches().level(level).values(&origin, &finite.concat()).unwrap();
        for (x, found) in finite.iter().zip(values) {
            let (value, gradient) = gradus::value_and_gradient(forms.var, x).unwrap();
            let what = format!("{} at {x:?}, {level:?}", forms.name);
            assert!(alike(found, value), "{what}: {value}, in lanes {found}");
            let batch = program.batches().level(level).gradient(&origin, x).unwrap();
            let all = batch.gradient.iter().zip(&gradient).all(|(&a, &b)| alike(a, b));
            assert!(all, "{what}: {gradient:?}, in lanes {:?}", batch.gradient);
        }
    }
}

#[cfg(not(feature = "batch"))]
fn lanes(_: &Forms<'_>, _: &[Vec<f64>]) {}

struct EveryRow(usize);

impl Visitor for EveryRow {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        fn apply<S: Scalar, R: Rule<N>, const N: usize>(x: &[S]) -> S {
            S::apply::<R, N>(std::array::from_fn(|i| x[i]))
        }
        let forms = Forms {
            name: R::INFO.name,
            plain: &|x| R::value(std::array::from_fn(|i| x[i])),
            single: &apply::<f32, R, N>,
            dual: &apply::<Dual, R, N>,
            nested: &apply::<Dual<Dual>, R, N>,
            var: &apply::<Var, R, N>,
        };
        // A parameter that is a whole number stays one.
        let mut sets = vec![if N < 3 { &MANY[..] } else { &SOME[..] }; N];
        match R::INFO.name {
            "powi" => sets[1] = &[-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0],
            "polygamma" => sets[1] = &[0.0, 1.0, 2.0],
            _ => {}
        }
        self.0 += check_all(&forms, &combinations(&sets));
    }

    fn list_rule<R: ListRule>(&mut self) {
        let forms = Forms {
            name: R::INFO.name,
            plain: &R::value,
            single: &f32::apply_list::<R>,
            dual: &Dual::apply_list::<R>,
            nested: &<Dual<Dual>>::apply_list::<R>,
            var: &Var::apply_list::<R>,
        };
        for sets in [vec![&MANY[..]], vec![&MANY[..]; 2], vec![&SOME[..]; 3], vec![&FEW[..]; 4]] {
            self.0 += check_all(&forms, &combinations(&sets));
        }
    }
}

fn check_all(forms: &Forms<'_>, points: &[Vec<f64>]) -> usize {
    points.iter().for_each(|x| check(forms, x));
    lanes(forms, points);
    points.len()
}

#[test]
fn every_row_answers_alike_in_all_modes() {
    let mut rows = EveryRow(0);
    op::visit(&mut rows);
    println!("{} combinations", rows.0);
    assert!(rows.0 > 15_000, "only {}", rows.0);
}
