//! Programs written and read back: the same in every mode, and whatever is not a program is an error.

use gradus::program::{Lowering, Recorder, Rules};
use gradus::rule::Info;
use gradus::{ListRule, Program, Rule, Scalar, Var};
use serde_json::{Value, json};

/// A formula of random ops, with comparisons, a detached value and labels.
fn random_formula(x: &[Var], seed: u64, ops: usize) -> Vec<Var> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut pool: Vec<Var> = x.to_vec();
    for _ in 0..ops {
        let mut pick = || pool[rng.usize(..pool.len())];
        let (a, b, c) = (pick(), pick(), pick());
        let list: Vec<Var> = (0..rng.usize(2..7)).map(|_| pool[rng.usize(..pool.len())]).collect();
        let literal = f64::from(rng.i32(-3..4)) * 0.1;
        let made = match rng.u32(0..18) {
            0 => a + b,
            1 => a - literal,
            2 => literal - a,
            3 => a / (b * b + 1.0),
            4 => a.sin() * literal,
            5 => a.tanh().powi(3),
            6 => gradus::sum(&list),
            7 => gradus::log_sum_exp(&list),
            8 => gradus::dot(&list, &list.iter().rev().copied().collect::<Vec<_>>()),
            9 => gradus::mean(&[a, Var::from(literal), b]),
            10 => a.mul_add(b, c),
            11 => a.select(b, literal),
            12 => a.relu() + b.abs(),
            13 => a.clamp(-1.0, 1.0) + a.max(b),
            14 => a.detach() * b,
            15 if a < b => a * 2.0,
            15 => b,
            16 if a != 0.25 => a.sigmoid().named("share"),
            _ => -a,
        };
        pool.push((made * 0.25).tanh() + literal);
    }
    pool.split_off(pool.len() - 2)
}

fn point(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = fastrand::Rng::with_seed(seed);
    (0..n).map(|_| rng.f64() * 4.0 - 2.0).collect()
}

fn to_text(program: &Program) -> String {
    serde_json::to_string(program).unwrap()
}

fn from_text(text: &str) -> Result<Program, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// All that a program does at `x`, as text, so that NaN equals NaN.
fn behaviour(program: &Program, x: &[f64]) -> String {
    let seed = vec![1.0; program.outputs()];
    let modes = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        program.values(x),
        program.gradient(x),
        program.vjp(x, &seed),
        program.jvp(x, x),
        program.jacobian(x),
        program.hessian(x),
        program.hvp(x, x)
    );
    #[cfg(feature = "batch")]
    let modes = {
        let (shared, sample) = x.split_at(program.shared_inputs());
        modes + &format!("{:?}", program.batches().values(shared, &[sample, sample].concat()))
    };
    format!("{program}{modes}")
}

#[test]
fn a_program_that_was_read_is_the_one_that_was_written() {
    for seed in 0..40 {
        let lowering = if seed % 4 == 0 { Lowering::None } else { Lowering::Full };
        let recorder = Recorder::new().lowering(lowering);
        let f = |x: &[Var]| random_formula(x, seed, 40);
        let several = recorder.record(&point(seed, 4), f).unwrap();
        let one = recorder.record(&point(seed, 4), |x| f(x)[1]).unwrap();
        let start = point(seed, 4);
        let shared = recorder.record_shared(&start[..3], &start[3..], |w, s| f(&[w, s].concat())).unwrap();
        for program in [several, one, shared] {
            let text = to_text(&program);
            let from_text = from_text(&text).unwrap();
            let bytes = postcard::to_allocvec(&program).unwrap();
            let from_bytes: Program = postcard::from_bytes(&bytes).unwrap();
            assert_eq!(to_text(&from_text), text);
            assert_eq!(postcard::to_allocvec(&from_bytes).unwrap(), bytes);
            for there in 0..4 {
                let x = if there == 0 { start.clone() } else { point(100 * seed + there, 4) };
                let expected = behaviour(&program, &x);
                assert_eq!(behaviour(&from_text, &x), expected, "seed {seed}");
                assert_eq!(behaviour(&from_bytes, &x), expected, "seed {seed}");
            }
        }
    }
}

#[test]
fn every_comparison_survives() {
    let recorded = |x: &[f64]| {
        let f = |x: &[Var]| {
            let answers = [x[0] == x[1], x[0] != x[1], x[0] < x[1], x[0] <= x[1], x[0] > x[1], x[0] >= x[1]];
            let order = x[0].partial_cmp(&x[1]).map_or(2.0, |order| f64::from(order as i8));
            x[0] + x[1] + order + answers.iter().filter(|&&answer| answer).count() as f64
        };
        Program::record(x, f).unwrap()
    };
    let points = [[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]];
    for x in points {
        let program = recorded(&x);
        let read = from_text(&to_text(&program)).unwrap();
        for there in points {
            assert_eq!(behaviour(&read, &there), behaviour(&program, &there));
            assert_eq!(read.values(&there).is_ok(), there == x, "{there:?} of {x:?}");
        }
    }
}

#[test]
fn numbers_that_are_not_finite_and_negative_zeros_survive() {
    let f = |x: &[Var]| {
        let infinite = x[0] * f64::INFINITY;
        vec![
            infinite,
            x[0].min(f64::NAN),
            x[0] * -0.0,
            x[0] * 0.1,
            x[0] * f64::MIN_POSITIVE,
            Var::from(f64::NEG_INFINITY),
        ]
    };
    let program = Recorder::new().lowering(Lowering::None).record(&[1.0], f).unwrap();
    let read = from_text(&to_text(&program)).unwrap();
    let bits =
        |program: &Program| -> Vec<u64> { program.values(&[1.0]).unwrap().iter().map(|y| y.to_bits()).collect() };
    assert_eq!(bits(&read), bits(&program));
    assert_eq!(read.values(&[1.0]).unwrap()[5], f64::NEG_INFINITY);
}

/// Cube, as an op of one's own.
struct Cube;

impl Rule<1> for Cube {
    const INFO: Info = Info { name: "cube", written: "{}³", doc: "Third power." };
    const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-2.0, 2.0)]];
    fn value([x]: [f64; 1]) -> f64 {
        x * x * x
    }
    fn partials<S: Scalar>([x]: [S; 1], _: S) -> [S; 1] {
        [S::lit(3.0) * x * x]
    }
}

/// Another of the same name.
struct OtherCube;

impl Rule<2> for OtherCube {
    const INFO: Info = Cube::INFO;
    const DOMAIN: &'static [[(f64, f64); 2]] = &[[(-2.0, 2.0); 2]];
    fn value([x, y]: [f64; 2]) -> f64 {
        x * y
    }
    fn partials<S: Scalar>([x, y]: [S; 2], _: S) -> [S; 2] {
        [y, x]
    }
}

/// The sum of squares, under the name of the rule that cuts off.
struct Squares;

impl ListRule for Squares {
    const INFO: Info = Info { name: "detach", written: "squares({})", doc: "Sum of squares." };
    const DOMAIN: &'static [(f64, f64)] = &[(-2.0, 2.0)];
    fn value(x: &[f64]) -> f64 {
        x.iter().map(|x| x * x).sum()
    }
    fn partials<S: Scalar>(x: &[S], _: S) -> gradus::rule::Partials<S> {
        x.iter().map(|&x| x + x).collect()
    }
}

#[test]
fn rules_of_ones_own_are_found_by_name() {
    let f = |x: &[Var]| Var::apply::<Cube, 1>([x[0]]) * x[1].detach() + Var::apply_list::<Squares>(x);
    let program = Program::record(&[1.0, 2.0], f).unwrap();
    let text = to_text(&program);
    let error = from_text(&text).unwrap_err();
    assert!(error.contains("`cube`") && error.contains("`Rules`"), "{error}");
    let read =
        |rules: Rules| rules.read(&mut serde_json::Deserializer::from_str(&text)).map_err(|error| error.to_string());
    let rules = Rules::new().list_rule::<Squares>();
    let found = read(rules.clone().rule::<Cube, 1>()).unwrap();
    assert_eq!(behaviour(&found, &[0.5, 3.0]), behaviour(&program, &[0.5, 3.0]));
    assert_eq!(found.gradient(&[2.0, 3.0]).unwrap(), (8.0 * 3.0 + 13.0, vec![36.0 + 4.0, 6.0]));
    // A rule of that name which takes other operands is not the same.
    let error = read(rules.rule::<OtherCube, 2>()).unwrap_err();
    assert!(error.contains("applies `cube` to 1 operands"), "{error}");

    let both = |x: &[Var]| Var::apply::<Cube, 1>([x[0]]) + Var::apply::<OtherCube, 2>([x[0], x[1]]);
    let error = serde_json::to_string(&Program::record(&[1.0, 2.0], both).unwrap()).unwrap_err().to_string();
    assert!(error.contains("two rules named `cube`"), "{error}");
}

/// The program that files of version 1 in `tests/data` hold.
fn program_of_version_1() -> Program {
    let f = |w: &[Var], s: &[Var]| {
        let slope = w[0].relu().recorded_gradient(&[w[0]]).unwrap()[0];
        let score = gradus::dot(w, s).named("score");
        let limited = score.clamp(-5.0, 5.0) + gradus::mean(&[score, Var::from(0.5), s[0]]);
        let branch = if score > 0.25 { limited.powi(2) } else { -limited };
        let detached = branch.detach() * slope + 0.1 * s[1];
        vec![detached, branch.select(s[1], f64::INFINITY), Var::from(1.5)]
    };
    Program::record_shared(&[-1.0, 2.0], &[0.5, 1.5], f).unwrap()
}

const TEXT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/program_v1.json");
const BYTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/program_v1.postcard");

#[test]
fn files_of_version_1_are_still_read() {
    let program = program_of_version_1();
    if std::env::var_os("GRADUS_BLESS").is_some() {
        std::fs::write(TEXT, serde_json::to_string_pretty(&program).unwrap() + "\n").unwrap();
        std::fs::write(BYTES, postcard::to_allocvec(&program).unwrap()).unwrap();
    }
    let text: Program = serde_json::from_str(&std::fs::read_to_string(TEXT).unwrap()).unwrap();
    let bytes: Program = postcard::from_bytes(&std::fs::read(BYTES).unwrap()).unwrap();
    for read in [text, bytes] {
        assert_eq!((read.shared_inputs(), read.sample_inputs(), read.outputs()), (2, 2, 3));
        for x in [[-1.0, 2.0, 0.5, 1.5], [-2.0, 1.0, 0.5, 3.0]] {
            assert_eq!(behaviour(&read, &x), behaviour(&program, &x));
        }
        let values = read.values(&[-2.0, 1.0, 0.5, 3.0]).unwrap();
        // The rectifier's slope is 0 there.
        assert_eq!(values, [0.1 * 3.0, 3.0, 1.5]);
        let changed = read.values(&[1.0, 1.0, 0.5, 3.0]).unwrap_err().to_string();
        assert!(changed.contains("relu at x[0]"), "{changed}");
        let changed = read.values(&[-1.0, 1.0, 0.5, 0.5]).unwrap_err().to_string();
        assert!(changed.contains("0.25 < score"), "{changed}");
    }
    // Written otherwise than it was: that asks for a new version.
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(TEXT).unwrap()).unwrap();
    let mut now = serde_json::to_value(&program).unwrap();
    for (now, kept) in now["guards"].as_array_mut().unwrap().iter_mut().zip(kept["guards"].as_array().unwrap()) {
        now["line"] = kept["line"].clone();
    }
    assert_eq!(now, kept);
}

/// The file of version 1, with `change` made to it, is refused with a sentence that holds `expected`.
#[track_caller]
fn refused(change: impl FnOnce(&mut Value), expected: &str) {
    let mut file: Value = serde_json::to_value(program_of_version_1()).unwrap();
    change(&mut file);
    let error = from_text(&file.to_string()).err().unwrap_or_else(|| panic!("{file} was read"));
    assert!(error.contains(expected), "{error}");
}

#[test]
fn whatever_is_no_program_is_refused_with_a_sentence() {
    refused(|file| file["version"] = json!(2), "version 2 of its format");
    refused(|file| file["ops"][0] = json!("quux"), "the op `quux`");
    refused(|file| file["rules"][0] = json!("quux"), "the rule `quux`");
    refused(|file| file["outputs"] = json!([]), "no outputs");
    refused(|file| file["outputs"][0] = json!({"node": 99}), "output 0 of the saved program refers to node 99");
    refused(|file| file["shared"][0] = json!("inf"), "input 0 is not finite");
    refused(|file| file["shared"][0] = json!("two"), "a number in quotes");
    refused(
        |file| file["nodes"][0] = json!({"op": [0, [{"node": 4}]]}),
        "node 4 of the saved program refers to node 4",
    );
    refused(|file| file["nodes"][0] = json!({"op": [99, [{"node": 0}]]}), "refers to op 99");
    refused(|file| file["nodes"][0] = json!({"rule": [9, [0]]}), "refers to op 9");
    refused(|file| file["nodes"][0] = json!({"op": [0, []]}), "to 0 operands");
    refused(|file| file["nodes"][0] = json!({"op": [0, [{"literal": "1.0"}]]}), "to 1 operands");
    refused(|file| file["guards"][0]["answer"] = json!(7), "gives an answer, 7");
    refused(|file| file["guards"][0]["operands"] = json!([]), "to 0 operands");
    refused(|file| file["guards"][0]["operands"][0] = json!({"node": 4_000_000_000_u32}), "guard 0");
    refused(|file| file["labels"] = json!([[3, "a"], [3, "b"]]), "the labels");
    refused(|file| file["labels"] = json!([[300, "a"]]), "label 0");
    refused(|file| file["more"] = json!(1), "unknown field");
    refused(
        |file| {
            file["shared"] = json!([]);
            file["sample"] = json!([]);
        },
        "no inputs",
    );
    for text in ["", "{}", "[]", "null", "7", "\"program\"", "[[[[[[[["] {
        from_text(text).unwrap_err();
    }
    // Nested as deep as one likes.
    from_text(&"[".repeat(100_000)).unwrap_err();
    from_text(&"{\"version\":".repeat(100_000)).unwrap_err();
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    let program = program_of_version_1();
    let (text, bytes) = (to_text(&program), postcard::to_allocvec(&program).unwrap());
    for end in 0..text.len() {
        from_text(&text[..end]).unwrap_err();
    }
    for end in 0..bytes.len() {
        postcard::from_bytes::<Program>(&bytes[..end]).unwrap_err();
    }
}

/// Whatever was read does not panic when it is used.
fn use_it(program: &Program) {
    let x: Vec<f64> = point(1, program.inputs());
    assert!(!behaviour(program, &x).is_empty());
    #[cfg(feature = "batch")]
    if program.outputs() == 1 && program.sample_inputs() > 0 {
        let (shared, sample) = x.split_at(program.shared_inputs());
        let _ = program.batch(shared, sample);
    }
}

#[test]
fn a_file_with_a_flipped_bit_is_refused_or_a_program() {
    let program = program_of_version_1();
    let (text, bytes) = (to_text(&program), postcard::to_allocvec(&program).unwrap());
    let mut read = 0;
    for (place, bit) in (0..bytes.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << bit;
        if let Ok(program) = postcard::from_bytes::<Program>(&flipped) {
            use_it(&program);
            read += 1;
        }
    }
    for (place, bit) in (0..text.len()).flat_map(|place| (0..7).map(move |bit| (place, bit))) {
        let mut flipped = text.clone().into_bytes();
        flipped[place] ^= 1 << bit;
        if let Ok(program) = serde_json::from_slice::<Program>(&flipped) {
            use_it(&program);
            read += 1;
        }
    }
    assert!(read > 100, "only {read} flips were left to be used");
}

/// Replaces numbers, names and lists at random by others that fit the shape of the file.
fn damage(value: &mut Value, rng: &mut fastrand::Rng, names: &[&str]) {
    let chance = |rng: &mut fastrand::Rng| rng.u32(0..200) == 0;
    match value {
        Value::Number(_) if chance(rng) => {
            *value = json!(*rng.choice(&[0, 1, 2, 3, 7, 12, 255, u32::MAX]).unwrap());
        }
        Value::String(text) if chance(rng) => {
            let numbers = ["NaN", "inf", "-inf", "1e308", "-1e308", "0.0", "-0.0", "1e9", "100.0", "-7.5", "5e-324"];
            let list = if text.parse::<f64>().is_ok() { &numbers[..] } else { names };
            *text = (*rng.choice(list).unwrap()).to_owned();
        }
        Value::Array(list) => {
            if !list.is_empty() && chance(rng) {
                let (from, to) = (rng.usize(..list.len()), rng.usize(..list.len()));
                match rng.u32(0..3) {
                    0 => list.swap(from, to),
                    1 => list.insert(to, list[from].clone()),
                    _ => drop(list.remove(from)),
                }
            }
            list.iter_mut().for_each(|each| damage(each, rng, names));
        }
        Value::Object(map) => map.values_mut().for_each(|each| damage(each, rng, names)),
        _ => {}
    }
}

#[test]
fn files_damaged_in_their_structure_are_refused_or_programs() {
    struct Names(Vec<&'static str>);
    impl gradus::op::Visitor for Names {
        fn rule<R: Rule<N>, const N: usize>(&mut self) {
            self.0.push(R::INFO.name);
        }
        fn list_rule<R: ListRule>(&mut self) {
            self.0.push(R::INFO.name);
        }
    }
    let mut names = Names(Vec::new());
    gradus::op::visit(&mut names);
    let mut distinct = names.0.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), names.0.len(), "two ops of one name could not be told apart in a file");
    let (mut read, mut refused) = (0, 0);
    for seed in 0..1500 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let f = |x: &[Var]| random_formula(x, seed % 50, 12)[1];
        let program = Program::record_shared(&point(seed, 2), &point(seed + 1, 2), |w, s| f(&[w, s].concat())).unwrap();
        let mut file = serde_json::to_value(&program).unwrap();
        damage(&mut file, &mut rng, &names.0);
        match serde_json::from_value::<Program>(file) {
            Ok(program) => {
                use_it(&program);
                read += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 200 && refused > 200, "{read} read, {refused} refused");
}
