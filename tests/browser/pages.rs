//! Writes the pages that the browser test clicks through, and beside each, as JSON, the numbers of the crate at the recorded point
//! and at others: `target/pages/NAME.html` and `NAME.json`.

use gradus::explain::{self, Explanation};
use gradus::op::{self, Visitor};
use gradus::prelude::*;
use gradus::rule::{Info, ListRule, Rule};
use gradus::{Error, Opaque, opaque};
use serde_json::{Value, json};
use std::error::Error as StdError;
use std::path::Path;

#[path = "../../examples/shared/tiny_net.rs"]
mod tiny_net;

type Function = Box<dyn Fn(&[Var]) -> Var>;

struct Case {
    name: &'static str,
    title: &'static str,
    inputs: Vec<(String, f64)>,
    f: Function,
    /// Other values of the inputs, which the test types in.
    others: Vec<Vec<f64>>,
}

fn case(
    name: &'static str,
    title: &'static str,
    inputs: &[(&str, f64)],
    others: &[&[f64]],
    f: impl Fn(&[Var]) -> Var + 'static,
) -> Case {
    let inputs = inputs.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
    Case { name, title, inputs, f: Box::new(f), others: others.iter().map(|x| x.to_vec()).collect() }
}

fn cases() -> Vec<Case> {
    let net = tiny_net::INPUTS.map(|(_, value)| 0.5 - 1.3 * value);
    vec![
        case(
            "lesson",
            "Problem 3: the chain rule through a tiny net",
            &[("x", 2.0), ("w1", 0.5), ("b1", 0.1), ("w2", -0.3), ("b2", 0.2)],
            // The rectifier off; and on again, elsewhere.
            &[&[-2.0, 0.5, 0.1, -0.3, 0.2], &[1.5, 0.7, -0.2, 0.4, 0.3]],
            |x| {
                let z1 = (x[1] * x[0] + x[2]).named("z1");
                let a1 = z1.relu().named("a1");
                let z2 = (x[3] * a1 + x[4]).named("z2");
                (z2 - 1.0).powi(2).named("loss")
            },
        ),
        case("micrograd", "micrograd's first expression", &[("a", -4.0), ("b", 2.0)], &[&[1.5, -0.5]], |x| {
            let (a, b) = (x[0], x[1]);
            let mut c = a + b;
            let mut d = a * b + b.powi(3);
            c = c + c + 1.0;
            c = c + 1.0 + c + (-a);
            d = d + d * 2.0 + (b + a).relu();
            d = d + 3.0 * d + (b - a).relu();
            let e = (c.named("c") - d.named("d")).named("e");
            let f = e.powi(2).named("f");
            let g = f / 2.0;
            (g + 10.0 / f).named("g")
        }),
        case("square", "A square as a product", &[("x", 3.0)], &[&[-1.5]], |x| (x[0] * x[0]).named("y")),
        case("net", "A 2-3-1 net, one sample", &tiny_net::INPUTS, &[&net], tiny_net::loss),
        case("fan", "Five paths meet", &[("x", 0.8), ("k", 2.0)], &[&[-0.3, 1.5]], |x| {
            let (x, k) = (x[0], x[1]);
            let parts = [x * x, x.sin(), x * k, x.exp(), 3.0 * x];
            op::sum(&parts).named("y")
        }),
        case(
            "branches",
            "Branches that are not taken",
            &[("x", -1.0), ("y", 2.0)],
            &[&[1.5, 2.0], &[-1.0, -2.0], &[0.0, 0.0]],
            |x| {
                // The logarithm is NaN where it is not chosen, and must not matter.
                let chosen = x[0].select(x[0].ln(), x[0] * 2.0).named("chosen");
                let larger = x[0].max(x[1]).named("larger");
                (chosen * larger + x[1].clamp(-1.0, 1.0).abs()).named("out")
            },
        ),
        case("own", "Ops of one's own", &[("x", 1.5), ("w", 2.0), ("z", 4.0)], &[&[1.5, -0.5, 4.0]], |x| {
            let cube = Var::apply::<Cube, 1>([x[0]]).named("cube");
            let root = opaque(NewtonRoot, &[x[2]]).unwrap_or(x[2]).named("root");
            (cube * x[1] + root * x[1].sin()).named("y")
        }),
        case("hostile", "</script><script>throw 1</script> & \"quotes\" {{data}}", &[("<b>&", 2.0)], &[], |x| {
            (x[0] * 3.0).named("</script><img src=x>")
        }),
        all_ops(),
    ]
}

/// Third power.
struct Cube;

impl Rule<1> for Cube {
    const INFO: Info = Info { name: "cube", written: "{}³", doc: "Third power." };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-2.0, 2.0)]];
    fn value([x]: [f64; 1]) -> f64 {
        x * x * x
    }
    fn partials<S: Scalar>([x]: [S; 1], _y: S) -> [S; 1] {
        [S::lit(3.0) * x * x]
    }
}

struct NewtonRoot;

impl Opaque for NewtonRoot {
    fn name(&self) -> &str {
        "newton_root"
    }
    fn arity(&self) -> Option<usize> {
        Some(1)
    }
    fn value(&self, x: &[f64]) -> f64 {
        (0..60).fold(x[0].max(1.0), |root, _| 0.5 * (root + x[0] / root))
    }
    fn gradient(&self, _x: &[f64], y: f64) -> Vec<f64> {
        vec![0.5 / y]
    }
}

/// Every op of the table, each on operands of its own; then a sum.
fn all_ops() -> Case {
    let mut table = Table::default();
    op::visit(&mut table);
    let Table { inputs, ops, boxes } = table;
    let f = move |x: &[Var]| {
        let results: Vec<Var> = ops.iter().map(|op| op(x)).collect();
        op::sum(&results).named("sum")
    };
    // From each op's first, second and third box in turn, at different shares of its breadth.
    let others = [(0, 0.31), (1, 0.62), (2, 0.77)].map(|(which, share)| {
        let point = |intervals: &Vec<(f64, f64)>| {
            let (low, high) = intervals[which % intervals.len()];
            low + share * (high - low)
        };
        boxes.iter().map(point).collect()
    });
    Case { name: "ops", title: "Every operation", inputs, f: Box::new(f), others: others.to_vec() }
}

#[derive(Default)]
struct Table {
    inputs: Vec<(String, f64)>,
    ops: Vec<Function>,
    /// For each input the intervals that its op is smooth in.
    boxes: Vec<Vec<(f64, f64)>>,
}

impl Table {
    /// An input of its own for an operand, and its place.
    fn input(&mut self, op: &str, operand: usize, value: f64, intervals: Vec<(f64, f64)>) -> usize {
        self.inputs.push((format!("{op}.{}", char::from(b'a' + operand as u8)), value));
        self.boxes.push(intervals);
        self.inputs.len() - 1
    }
}

impl Visitor for Table {
    fn rule<R: Rule<N>, const N: usize>(&mut self) {
        let Some((example, _)) = R::EXAMPLE else { return };
        // A parameter, whose interval is a point, is a literal.
        let places: [Option<usize>; N] = std::array::from_fn(|k| {
            let intervals: Vec<(f64, f64)> = R::DOMAIN.iter().map(|of_box| of_box[k]).collect();
            let is_parameter = intervals.iter().all(|(low, high)| low == high);
            (!is_parameter).then(|| self.input(R::INFO.name, k, example[k], intervals))
        });
        self.ops.push(Box::new(move |x| {
            let operands = std::array::from_fn(|k| places[k].map_or(Var::from(example[k]), |place| x[place]));
            Var::apply::<R, N>(operands).named(format!("of {}", R::INFO.name))
        }));
    }

    fn list_rule<R: ListRule>(&mut self) {
        let Some((example, _)) = R::EXAMPLE else { return };
        let intervals = R::DOMAIN.to_vec();
        let places: Vec<usize> = example
            .iter()
            .enumerate()
            .map(|(k, &value)| self.input(R::INFO.name, k, value, intervals.clone()))
            .collect();
        self.ops.push(Box::new(move |x| {
            let operands: Vec<Var> = places.iter().map(|&place| x[place]).collect();
            Var::apply_list::<R>(&operands).named(format!("of {}", R::INFO.name))
        }));
    }
}

/// What the crate finds at a point.
fn expected(explanation: &Explanation, x: &[f64]) -> Value {
    let number = |x: f64| if x.is_finite() { json!(x) } else { json!(x.to_string()) };
    let forward = explanation.forward.iter().filter(|step| !step.operands.is_empty());
    json!({
        "inputs": x.iter().map(|&x| number(x)).collect::<Vec<_>>(),
        "forward": forward.map(|step| json!({ "name": step.name, "value": number(step.value) })).collect::<Vec<_>>(),
        "backward": explanation.backward.iter().map(|step| json!({
            "from": step.from,
            "to": step.to,
            "adjoint": number(step.adjoint),
            "local": number(step.local),
            "product": number(step.product),
            "total": number(step.total),
            "accumulates": step.accumulates(),
        })).collect::<Vec<_>>(),
        "gradient": explanation.gradient.iter().map(|each| json!({ "name": each.name, "derivative": number(each.derivative) })).collect::<Vec<_>>(),
    })
}

fn write(case: &Case, folder: &Path) -> Result<(), Box<dyn StdError>> {
    let record = |x: &[f64]| {
        let tape = Tape::traced();
        let named = |((name, _), &value): (&(String, f64), &f64)| tape.var(value).named(name.as_str());
        let inputs: Vec<Var> = case.inputs.iter().zip(x).map(named).collect();
        let output = (case.f)(&inputs);
        let page = explain::page(output)?.titled(case.title);
        Ok::<_, Error>((page, expected(&explain::backward(output)?, x)))
    };
    let start: Vec<f64> = case.inputs.iter().map(|(_, value)| *value).collect();
    let (page, at_start) = record(&start)?;
    let mut points = vec![at_start];
    for other in &case.others {
        points.push(record(other)?.1);
    }
    page.save(folder.join(format!("{}.html", case.name)))?;
    let names: Vec<&String> = case.inputs.iter().map(|(name, _)| name).collect();
    let json = json!({ "title": case.title, "names": names, "points": points });
    std::fs::write(folder.join(format!("{}.json", case.name)), serde_json::to_string_pretty(&json)?)?;
    println!("{:<10} {:>4} kB", case.name, page.html().len() / 1000);
    Ok(())
}

/// A short training, and beside its page what the tape finds at each epoch.
#[cfg(feature = "batch")]
fn write_training(folder: &Path) -> Result<(), Box<dyn StdError>> {
    use gradus::explain::TrainingReport;
    use gradus::nn::optim::Sgd;
    use gradus::nn::{Activation, Mlp, Model, Trainer, data, loss};

    let net = Mlp::new(&[2, 5, 1], Activation::Tanh)?;
    let mut random = fastrand::Rng::with_seed(7);
    let moons = data::make_moons(40, 0.1, || random.f64())?;
    let start = net.initial_parameters(|| random.f64());
    let penalty = |p: &[Var]| loss::l2_penalty(p, 1e-3);
    let mut report =
        TrainingReport::with_penalty(&net, loss::hinge_loss, penalty, &moons, &start)?.titled("A short training");
    let mut epochs = vec![start.clone()];
    Trainer::new(&net, loss::hinge_loss, Sgd::new(0.5))
        .penalty(penalty)
        .batch_size(moons.len())
        .epochs(24)
        .observer(|progress| {
            epochs.push(progress.checkpoint.parameters.clone());
            report.observe(progress)
        })
        .fit(start, &moons, || random.f64())?;
    report.save(folder.join("training.html"))?;

    let mean_loss = |p: &[Var]| {
        let of = |i: usize| {
            let x: Vec<Var> = moons.input(i).iter().map(|&x| Var::from(x)).collect();
            loss::hinge_loss(&net.forward(p, &x), &[Var::from(moons.target(i)[0])])
        };
        op::mean(&(0..moons.len()).map(of).collect::<Vec<Var>>()) + penalty(p)
    };
    let score = |p: &[f64], i: usize| net.forward(p, moons.input(i))[0];
    let samples = 0..moons.len();
    let mut snapshots = Vec::new();
    for (epoch, p) in epochs.iter().enumerate() {
        let (value, gradient) = gradus::value_and_gradient(mean_loss, p)?;
        let right = samples.clone().filter(|&i| (score(p, i) > 0.0) == (moons.target(i)[0] > 0.0)).count();
        let accuracy = right as f64 / moons.len() as f64;
        snapshots.push(
            json!({ "epoch": epoch, "loss": value, "accuracy": accuracy, "parameters": p, "gradient": gradient }),
        );
    }
    let last = &epochs[epochs.len() - 1];
    let layout = net.layout();
    // The first neuron: its two weights and its bias.
    let bias = layout.entries()[1].range.start;
    let json = json!({
        "snapshots": snapshots,
        "neuron": [0, 1, bias],
        "points": samples.clone().map(|i| moons.input(i).to_vec()).collect::<Vec<_>>(),
        "scores": samples.map(|i| score(last, i)).collect::<Vec<_>>(),
    });
    std::fs::write(folder.join("training.json"), serde_json::to_string_pretty(&json)?)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn StdError>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    std::fs::create_dir_all(&folder)?;
    for case in cases() {
        write(&case, &folder)?;
    }
    #[cfg(feature = "batch")]
    write_training(&folder)?;
    Ok(())
}
