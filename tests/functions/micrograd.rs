//! The tests and the demo of micrograd: two expressions to the last bit, and a small network whose
//! training is followed step by step.

use crate::data::{file, list, number, numbers, text};
use crate::modes::{close, close_number};
use gradus::{Scalar, Tape, Var};
use serde_json::Value;

#[test]
fn expressions_to_the_last_bit() {
    let file = file("micrograd/test_engine.json");
    let [first, second] = list(&file, "tests") else { panic!("two tests") };
    assert_eq!((text(first, "name"), text(second, "name")), ("test_sanity_check", "test_more_ops"));

    let tape = Tape::new();
    let x = tape.var(number(&first["inputs"]["x"]));
    let z = 2.0 * x + 2.0 + x;
    let q = z.relu() + z * x;
    let h = (z * z).relu();
    let y = h + q + q * x;
    assert_eq!(y.value(), number(&first["outputs"]["y"]));
    assert_eq!(y.backward()[x], number(&first["gradients"]["dy_dx"]));

    let [a, b] = ["a", "b"].map(|key| tape.var(number(&second["inputs"][key])));
    let mut c = a + b;
    let mut d = a * b + b.powi(3);
    c = c + c + 1.0;
    c += 1.0 + c + (-a);
    d += d * 2.0 + (b + a).relu();
    d += 3.0 * d + (b - a).relu();
    let e = c - d;
    let f = e.powi(2);
    let mut g = f / 2.0;
    g += 10.0 / f;
    assert_eq!(g.value(), number(&second["outputs"]["g"]));
    let gradients = g.backward();
    assert_eq!(gradients[a], number(&second["gradients"]["dg_da"]));
    assert_eq!(gradients[b], number(&second["gradients"]["dg_db"]));
}

/// Two layers of 16 rectified neurons and one that is not; each neuron's weights, then its bias.
fn score<S: Scalar>(parameters: &[S], x: &[f64; 2]) -> S {
    let mut rest = parameters;
    let mut layer = |x: &[S], neurons: usize| -> Vec<S> {
        (0..neurons)
            .map(|_| {
                let (neuron, behind) = rest.split_at(x.len() + 1);
                rest = behind;
                gradus::dot(x, &neuron[..x.len()]) + neuron[x.len()]
            })
            .collect()
    };
    let rectified = |x: Vec<S>| -> Vec<S> { x.iter().map(|each| each.relu()).collect() };
    let first = rectified(layer(&x.map(S::lit), 16));
    let second = rectified(layer(&first, 16));
    let score = layer(&second, 1)[0];
    assert!(rest.is_empty(), "every parameter is used");
    score
}

/// The margin loss on all points and the penalty on the parameters.
fn losses<S: Scalar>(parameters: &[S], points: &[([f64; 2], f64)]) -> (S, S) {
    let margins: Vec<S> =
        points.iter().map(|(x, y)| (S::lit(1.0) - S::lit(*y) * score(parameters, x)).relu()).collect();
    (gradus::mean(&margins), S::lit(1e-4) * gradus::dot(parameters, parameters))
}

fn points() -> Vec<([f64; 2], f64)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/micrograd/moons.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let point = |line: &str| {
        let mut cells = line.split(',').map(|cell| cell.parse::<f64>().unwrap());
        let mut cell = || cells.next().unwrap();
        ([cell(), cell()], cell())
    };
    text.lines().skip(1).map(point).collect()
}

fn accuracy(parameters: &[f64], points: &[([f64; 2], f64)]) -> f64 {
    let right = points.iter().filter(|(x, y)| (score(parameters, x) > 0.0) == (*y > 0.0)).count();
    right as f64 / points.len() as f64
}

#[test]
fn moons_at_the_start() {
    let (demo, points) = (file("micrograd/moons_demo.json"), points());
    assert_eq!(points.len(), 100);
    let parameters = numbers(&demo["init_params"]);
    let step = &demo["step0"];
    let (data, penalty) = losses(&parameters, &points);
    close_number("data loss", data, number(&step["data_loss"]), 1e-13);
    close_number("penalty", penalty, number(&step["reg_loss"]), 1e-13);
    let scores: Vec<f64> = points.iter().map(|(x, _)| score(&parameters, x)).collect();
    close("scores", &scores, &numbers(&step["scores"]), 1e-13);
    let total = |parameters: &[Var]| {
        let (data, penalty) = losses(parameters, &points);
        data + penalty
    };
    let (loss, gradient) = gradus::value_and_gradient(total, &parameters).unwrap();
    close_number("loss", loss, number(&step["total_loss"]), 1e-13);
    close("gradient", &gradient, &numbers(&step["gradient"]), 1e-12);
    assert_eq!(accuracy(&parameters, &points), number(&step["accuracy"]));

    // In the other modes, along one direction.
    let along = crate::modes::direction(parameters.len(), 0.1);
    let slope = crate::modes::dot(&gradient, &along);
    let (_, forward) = gradus::jvp(|x| vec![total(x)], &parameters, &along).unwrap();
    close_number("jvp", forward[0], slope, 1e-12);
    let tape = Tape::new();
    let inputs = tape.vars(&parameters);
    let recorded = total(&inputs).recorded_gradient(&inputs).unwrap();
    let values: Vec<f64> = recorded.iter().map(|partial| partial.value()).collect();
    close("recorded_gradient", &values, &gradient, 1e-12);
    let curved: Var = recorded.iter().zip(&along).map(|(&partial, &along)| partial * along).sum();
    let product = gradus::hvp(total, &parameters, &along).unwrap();
    close("hvp", &curved.backward().wrt(&inputs).unwrap(), &product, 1e-11);
}

#[test]
fn moons_trained_for_a_hundred_steps() {
    let (demo, points) = (file("micrograd/moons_demo.json"), points());
    let mut parameters = numbers(&demo["init_params"]);
    let step = |entry: &Value| [number(&entry[0]), number(&entry[1]), number(&entry[2])];
    let trajectory: Vec<[f64; 3]> = list(&demo, "trajectory_here").iter().map(step).collect();
    let published: Vec<[f64; 3]> = list(&demo, "trajectory_published_in_notebook").iter().map(step).collect();
    assert_eq!((trajectory.len(), published.len()), (100, 100));

    let tape = Tape::new();
    let mut nodes = None;
    for (k, (here, notebook)) in trajectory.iter().zip(&published).enumerate() {
        tape.clear();
        let inputs = tape.vars(&parameters);
        let (data, penalty) = losses(&inputs, &points);
        let loss = data + penalty;
        assert_eq!(*nodes.get_or_insert(tape.len()), tape.len(), "every step records as much");
        close_number(&format!("loss of step {k}"), loss.value(), here[1], 1e-10);
        close_number(&format!("published loss of step {k}"), loss.value(), notebook[1], 1e-10);
        assert_eq!(accuracy(&parameters, &points), here[2], "accuracy of step {k}");
        let gradient = loss.backward().wrt(&inputs).unwrap();
        if k == 5 {
            close("gradient of step 5", &gradient, &numbers(&demo["step5"]["gradient"]), 1e-10);
            close("parameters of step 5", &parameters, &numbers(&demo["step5"]["params"]), 1e-10);
        }
        let rate = 1.0 - 0.9 * k as f64 / 100.0;
        parameters.iter_mut().zip(&gradient).for_each(|(parameter, slope)| *parameter -= rate * slope);
    }
    close("final parameters", &parameters, &numbers(&demo["final_params"]), 1e-10);
}
