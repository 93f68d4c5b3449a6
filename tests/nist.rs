//! NIST's 27 reference problems of nonlinear regression (StRD), fitted by Levenberg-Marquardt from both of NIST's starting points.

use gradus::nn::optim::LevenbergMarquardt;
use gradus::{Program, Scalar};
use serde_json::Value;

/// The model of a problem at `x`, a number or a pair.
fn model<S: Scalar>(name: &str, b: &[S], x: &[f64]) -> S {
    let lit = S::lit;
    let x0 = lit(x[0]);
    let one = lit(1.0);
    let ratio = |above: &[S], below: &[S]| polynomial(above, x0) / (one + x0 * polynomial(below, x0));
    let decay = |size: S, rate: S| size * (-rate * x0).exp();
    let peak = |size: S, centre: S, width: S| size * (-((x0 - centre) / width).powi(2)).exp();
    let wave = |cos: S, sin: S, period: S| {
        let angle = lit(std::f64::consts::TAU) * x0 / period;
        cos * angle.cos() + sin * angle.sin()
    };
    match name {
        "Bennett5" => b[0] * (b[1] + x0).powf(-one / b[2]),
        "Chwirut1" | "Chwirut2" => decay(one, b[0]) / (b[1] + b[2] * x0),
        "DanWood" => b[0] * x0.powf(b[1]),
        "Eckerle4" => b[0] / b[1] * (lit(-0.5) * ((x0 - b[2]) / b[1]).powi(2)).exp(),
        "ENSO" => b[0] + wave(b[1], b[2], lit(12.0)) + wave(b[4], b[5], b[3]) + wave(b[7], b[8], b[6]),
        "Gauss1" | "Gauss2" | "Gauss3" => decay(b[0], b[1]) + peak(b[2], b[3], b[4]) + peak(b[5], b[6], b[7]),
        "Hahn1" | "Thurber" => ratio(&b[..4], &b[4..]),
        "Kirby2" => ratio(&b[..3], &b[3..]),
        "Lanczos1" | "Lanczos2" | "Lanczos3" => decay(b[0], b[1]) + decay(b[2], b[3]) + decay(b[4], b[5]),
        "MGH09" => b[0] * (x0 * x0 + x0 * b[1]) / (x0 * x0 + x0 * b[2] + b[3]),
        "MGH10" => b[0] * (b[1] / (x0 + b[2])).exp(),
        "MGH17" => b[0] + decay(b[1], b[3]) + decay(b[2], b[4]),
        "Misra1a" | "BoxBOD" => b[0] * (one - decay(one, b[1])),
        "Misra1b" => b[0] * (one - (one + b[1] * x0 / lit(2.0)).powi(-2)),
        "Misra1c" => b[0] * (one - (one + lit(2.0) * b[1] * x0).powf(lit(-0.5))),
        "Misra1d" => b[0] * b[1] * x0 / (one + b[1] * x0),
        "Nelson" => b[0] - b[1] * x0 * (-b[2] * lit(x[1])).exp(),
        "Rat42" => b[0] / (one + (b[1] - b[2] * x0).exp()),
        "Rat43" => b[0] / (one + (b[1] - b[2] * x0).exp()).powf(one / b[3]),
        "Roszman1" => b[0] - b[1] * x0 - (b[2] / (x0 - b[3])).atan() / lit(std::f64::consts::PI),
        _ => panic!("no model of the name {name}"),
    }
}

/// A polynomial by its coefficients, that of the constant first.
fn polynomial<S: Scalar>(coefficients: &[S], x: S) -> S {
    coefficients.iter().rev().fold(S::lit(0.0), |sum, &coefficient| sum * x + coefficient)
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Number(number) => vec![number.as_f64().unwrap()],
        list => list.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect(),
    }
}

/// How many digits of all parameters are as certified; NIST gives 11.
fn digits(found: &[f64], certified: &[f64]) -> f64 {
    let error = |(found, certified): (&f64, &f64)| (found / certified - 1.0).abs();
    let worst = found.iter().zip(certified).map(error).fold(1e-11, f64::max);
    -worst.log10()
}

#[test]
fn levenberg_marquardt_finds_certified_digits_from_both_starts() {
    let (mut fits, mut iterations) = (0, 0);
    let mut failures = Vec::new();
    for file in ["nist_public.json", "nist_more.json"] {
        let path = format!("{}/tests/data/nist/{file}", env!("CARGO_MANIFEST_DIR"));
        let data: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for case in data["cases"].as_array().unwrap() {
            let name = case["name"].as_str().unwrap();
            let of_log = |y: f64| if name == "Nelson" { y.ln() } else { y };
            let ys: Vec<f64> = numbers(&case["y"]).into_iter().map(of_log).collect();
            let xs: Vec<Vec<f64>> = case["x"].as_array().unwrap().iter().map(numbers).collect();
            let certified = numbers(&case["certified"]);
            for start in ["start1", "start2"] {
                let from = numbers(&case[start]);
                let residuals = |b: &[gradus::Var]| -> Vec<gradus::Var> {
                    xs.iter().zip(&ys).map(|(x, &y)| model(name, b, x) - y).collect()
                };
                let program = Program::record(&from, residuals).unwrap();
                fits += 1;
                match LevenbergMarquardt::default().fit(&program, &from) {
                    Err(error) => failures.push(format!("{name} from {start}: {error}")),
                    Ok(fit) => {
                        iterations += fit.iterations;
                        let digits = digits(&fit.parameters, &certified);
                        let rss = case["certified_rss"].as_f64().unwrap();
                        // Of Lanczos1 the residuals are nothing but the rounding of its data.
                        let off = (fit.sum_of_squares() - rss).abs() / rss.max(1e-15);
                        println!(
                            "{name} from {start}: {digits:.1} digits, {} iterations, rss off by {off:.0e}",
                            fit.iterations
                        );
                        if !(digits >= 8.0 && off < 1e-8) {
                            failures.push(format!("{name} from {start}: {digits:.1} digits, {:?}", fit.parameters));
                        }
                    }
                }
            }
        }
    }
    assert_eq!(fits, 54);
    // Some 45 for each fit.
    assert!(iterations < 3000, "{iterations} iterations");
    assert!(failures.is_empty(), "{failures:#?}");
}
