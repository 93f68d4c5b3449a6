//! The objectives of ADBench (Šrajer, Kukelova, Fitzgibbon, *A Benchmark of Selected Algorithmic
//! Differentiation Tools*, 2018): Gaussian mixtures, bundle adjustment, LSTM, hand tracking.

use crate::data::{count, file, list, matrix, number, numbers, text};
use crate::modes::{Scalars, ToScalar, ToVector, Vectors, check_scalar, check_vector, close, dot};
use gradus::Scalar;
use serde_json::Value;
use std::f64::consts::{LN_2, PI};

// ---- Gaussian mixture model ------------------------------------------------------------------

struct Mixture {
    d: usize,
    k: usize,
    x: Vec<Vec<f64>>,
    gamma: f64,
    m: f64,
    /// +1 as ADBench's code has the prior, -1 as it should be.
    prior: f64,
}

impl Mixture {
    fn constant(&self) -> f64 {
        let (d, wishart) = (self.d as f64, self.d as f64 + self.m + 1.0);
        let ln_gamma_d = 0.25 * d * (d - 1.0) * PI.ln()
            + (1..=self.d).map(|j| Scalar::ln_gamma(0.5 * wishart + 0.5 * (1.0 - j as f64))).sum::<f64>();
        wishart * d * (self.gamma.ln() - 0.5 * LN_2) - ln_gamma_d
    }
}

/// `(diagonal, strictly lower triangle by columns)` times a vector.
fn lower_times<S: Scalar>(diagonal: &[S], lower: &[S], v: &[S]) -> Vec<S> {
    let mut product: Vec<S> = diagonal.iter().zip(v).map(|(&q, &v)| q * v).collect();
    let mut entries = lower.iter();
    for column in 0..v.len() {
        for below in column + 1..v.len() {
            product[below] += *entries.next().unwrap() * v[column];
        }
    }
    product
}

impl ToScalar for Mixture {
    fn value<S: Scalar>(&self, parameters: &[S]) -> S {
        let (d, k, n) = (self.d, self.k, self.x.len());
        let (alphas, rest) = parameters.split_at(k);
        let (means, factors) = rest.split_at(k * d);
        let factors: Vec<(&[S], &[S])> = factors.chunks(d * (d + 1) / 2).map(|factor| factor.split_at(d)).collect();
        let diagonals: Vec<Vec<S>> = factors.iter().map(|(q, _)| q.iter().map(|q| q.exp()).collect()).collect();
        let traces: Vec<S> = factors.iter().map(|(q, _)| q.iter().copied().sum()).collect();

        let mut total = S::lit(-0.5 * (n * d) as f64 * (2.0 * PI).ln());
        for point in &self.x {
            let terms: Vec<S> = (0..k)
                .map(|j| {
                    let from: Vec<S> = (0..d).map(|i| S::lit(point[i]) - means[j * d + i]).collect();
                    let scaled = lower_times(&diagonals[j], factors[j].1, &from);
                    alphas[j] + traces[j] - S::lit(0.5) * gradus::dot(&scaled, &scaled)
                })
                .collect();
            total += gradus::log_sum_exp(&terms);
        }
        total -= S::lit(n as f64) * gradus::log_sum_exp(alphas);
        for j in 0..k {
            let square = |x: &[S]| gradus::dot(x, x);
            let frobenius = square(&diagonals[j]) + square(factors[j].1);
            let prior = S::lit(0.5 * self.gamma * self.gamma) * frobenius - S::lit(self.m) * traces[j];
            total += S::lit(self.prior) * (prior - S::lit(self.constant()));
        }
        total
    }
}

#[test]
fn gaussian_mixtures() {
    for case in list(&file("adbench/gmm_public.json"), "cases") {
        let parameters =
            [numbers(&case["alphas"]), matrix(&case["means"]).concat(), matrix(&case["icf"]).concat()].concat();
        for (field, prior) in [("adbench", 1.0), ("corrected", -1.0)] {
            let mixture = Mixture {
                d: count(case, "d"),
                k: count(case, "k"),
                x: matrix(&case["x"]),
                gamma: number(&case["gamma"]),
                m: number(&case["m"]),
                prior,
            };
            let gradient = numbers(&case[field]["gradient"]);
            check_scalar(
                &mixture,
                &Scalars {
                    name: text(case, "id"),
                    x: &parameters,
                    value: number(&case[field]["objective"]),
                    gradient: &gradient,
                    hessian: None,
                    tolerance: 1e-12,
                },
            );
        }
        if let Some(upstream) = case["upstream_expected"].as_object() {
            let ours = numbers(&case["adbench"]["gradient"]);
            close("upstream's own gradient", &ours, &numbers(&upstream["gradient"]), 1e-12);
        }
    }
}

// ---- Bundle adjustment -----------------------------------------------------------------------

struct Reprojection {
    feature: Vec<f64>,
}

fn dot3<S: Scalar>(a: [S; 3], b: [S; 3]) -> S {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross<S: Scalar>(a: [S; 3], b: [S; 3]) -> [S; 3] {
    std::array::from_fn(|i| a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3])
}

/// `v` turned about the axis `rotation` by its length (Rodrigues).
fn rotate<S: Scalar>(rotation: [S; 3], v: [S; 3]) -> [S; 3] {
    let theta = dot3(rotation, rotation).sqrt();
    let axis = rotation.map(|each| each / theta);
    let ((sin, cos), along, across) = (theta.sin_cos(), dot3(axis, v), cross(axis, v));
    std::array::from_fn(|i| v[i] * cos + across[i] * sin + axis[i] * along * (S::lit(1.0) - cos))
}

impl ToVector for Reprojection {
    /// The residual in both coordinates, and that of the weight.
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        let three = |at: usize| [x[at], x[at + 1], x[at + 2]];
        let (centre, point, weight) = (three(3), three(11), x[14]);
        let turned = rotate(three(0), std::array::from_fn(|i| point[i] - centre[i]));
        let p = [turned[0] / turned[2], turned[1] / turned[2]];
        let r2 = p[0] * p[0] + p[1] * p[1];
        let distortion = S::lit(1.0) + x[9] * r2 + x[10] * r2 * r2;
        let residual = |i: usize| weight * (p[i] * distortion * x[6] + x[7 + i] - S::lit(self.feature[i]));
        vec![residual(0), residual(1), S::lit(1.0) - weight * weight]
    }
}

#[test]
fn bundle_adjustment() {
    for case in list(&file("adbench/ba_public.json"), "cases") {
        assert_eq!(case["small_angle_branch"], Value::Bool(false));
        let x = [numbers(&case["cam"]), numbers(&case["X"]), vec![number(&case["w"])]].concat();
        let mut jacobian = matrix(&case["jacobian_reproj_2x15"]);
        jacobian.push([vec![0.0; 14], vec![number(&case["dw_err_dw"])]].concat());
        let residual = numbers(&case["residual"]);
        let values = [residual[0], residual[1], number(&case["w_err"])];
        let f = Reprojection { feature: numbers(&case["feat"]) };
        // The residual is a small difference of large projections.
        let plain = f.values(&x);
        close("the residual", &plain, &values, 1e-12);
        check_vector(
            &f,
            &Vectors { name: text(case, "id"), x: &x, values: &plain, jacobian: &jacobian, tolerance: 1e-12 },
        );
    }
}

// ---- LSTM ------------------------------------------------------------------------------------

struct Lstm {
    layers: usize,
    bits: usize,
    state: Vec<f64>,
    sequence: Vec<Vec<f64>>,
}

impl ToScalar for Lstm {
    fn value<S: Scalar>(&self, parameters: &[S]) -> S {
        let b = self.bits;
        let (main, extra) = parameters.split_at(8 * b * self.layers);
        let lit = |values: &[f64]| -> Vec<S> { values.iter().map(|&each| S::lit(each)).collect() };
        let mut states: Vec<Vec<S>> = self.state.chunks(b).map(lit).collect();
        let mut loss = S::lit(0.0);
        for pair in self.sequence.windows(2) {
            let mut x: Vec<S> = (0..b).map(|i| S::lit(pair[0][i]) * extra[i]).collect();
            for (layer, gates) in main.chunks(8 * b).enumerate() {
                let (weight, bias) = gates.split_at(4 * b);
                for i in 0..b {
                    let (hidden, cell) = (states[2 * layer][i], states[2 * layer + 1][i]);
                    let gate = |block: usize, x: S| x * weight[block * b + i] + bias[block * b + i];
                    let forget = gate(0, x[i]).sigmoid();
                    let ingate = gate(1, hidden).sigmoid();
                    let outgate = gate(2, x[i]).sigmoid();
                    let change = gate(3, hidden).tanh();
                    let cell = cell * forget + ingate * change;
                    states[2 * layer + 1][i] = cell;
                    states[2 * layer][i] = outgate * cell.tanh();
                }
                x.copy_from_slice(&states[2 * layer]);
            }
            let y: Vec<S> = (0..b).map(|i| x[i] * extra[b + i] + extra[2 * b + i]).collect();
            let log_sum = (S::lit(2.0) + y.iter().map(|each| each.exp()).sum::<S>()).ln();
            loss += (0..b).map(|i| S::lit(pair[1][i]) * (y[i] - log_sum)).sum::<S>();
        }
        -loss / S::lit((b * (self.sequence.len() - 1)) as f64)
    }
}

#[test]
fn lstm() {
    for case in list(&file("adbench/lstm_public.json"), "cases") {
        let f = Lstm {
            layers: count(case, "l"),
            bits: count(case, "b"),
            state: numbers(&case["state"]),
            sequence: matrix(&case["sequence"]),
        };
        let x = [numbers(&case["main_params"]), numbers(&case["extra_params"])].concat();
        let gradient = numbers(&case["gradient"]);
        let (value, found) = gradus::value_and_gradient(|x| f.value(x), &x).unwrap();
        close("the loss", &[value, f.value(&x)], &[number(&case["objective"]); 2], 1e-12);
        close("the gradient", &found, &gradient, 1e-12);
        // 266 inputs: in the other modes along one direction.
        let along = crate::modes::direction(x.len(), 0.4);
        let (_, slope) = gradus::jvp(|x| vec![f.value(x)], &x, &along).unwrap();
        close("jvp", &slope, &[dot(&gradient, &along)], 1e-11);
        let hessian = gradus::hessian(|x| f.value(x), &x).unwrap();
        let product: Vec<f64> = hessian.iter().map(|row| dot(row, &along)).collect();
        close("hvp", &gradus::hvp(|x| f.value(x), &x, &along).unwrap(), &product, 1e-11);
        for i in 0..x.len() {
            let column: Vec<f64> = hessian.iter().map(|row| row[i]).collect();
            let scale = product.iter().fold(0.0_f64, |norm, each| norm.max(each.abs()));
            let symmetric = column.iter().zip(&hessian[i]).all(|(a, b)| (a - b).abs() <= 1e-14 * scale);
            assert!(symmetric, "the Hessian's row {i} is not its column");
        }
    }
}

// ---- Hand tracking ---------------------------------------------------------------------------

type Matrix<S> = [[S; 4]; 4];

struct Bone {
    parent: Option<usize>,
    base_relative: Matrix<f64>,
    inverse_base_absolute: Matrix<f64>,
}

/// A vertex of the model's skin.
struct Vertex {
    position: [f64; 3],
    weights: Vec<(usize, f64)>,
}

/// What a point is compared with: a vertex, or a place on a triangle of them.
enum Target {
    Vertex(Vertex),
    Triangle([Vertex; 3]),
}

struct Hand {
    bones: Vec<Bone>,
    points: Vec<Vec<f64>>,
    targets: Vec<Target>,
}

fn square(values: &[f64]) -> Matrix<f64> {
    std::array::from_fn(|i| std::array::from_fn(|j| values[4 * i + j]))
}

fn product<S: Scalar>(a: &Matrix<S>, b: &Matrix<S>) -> Matrix<S> {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..4).map(|k| a[i][k] * b[k][j]).sum()))
}

fn lifted<S: Scalar>(a: &Matrix<f64>) -> Matrix<S> {
    a.map(|row| row.map(S::lit))
}

/// `Rz(z) Ry(y) Rx(x)`.
fn turn<S: Scalar>(x: S, y: S, z: S) -> Matrix<S> {
    let (zero, one) = (S::lit(0.0), S::lit(1.0));
    let about = |axis: usize, angle: S| -> Matrix<S> {
        let (sin, cos) = angle.sin_cos();
        let (first, second) = ((axis + 1) % 3, (axis + 2) % 3);
        let mut matrix: Matrix<S> = std::array::from_fn(|i| std::array::from_fn(|j| if i == j { one } else { zero }));
        (matrix[first][first], matrix[first][second]) = (cos, -sin);
        (matrix[second][first], matrix[second][second]) = (sin, cos);
        matrix
    };
    product(&product(&about(2, z), &about(1, y)), &about(0, x))
}

impl Hand {
    fn transforms<S: Scalar>(&self, theta: &[S]) -> Vec<Matrix<S>> {
        let mut absolute: Vec<Matrix<S>> = Vec::new();
        for (i, bone) in self.bones.iter().enumerate() {
            let zero = S::lit(0.0);
            // Fingers have a bend and a swing at the second joint, a bend at the third and the fourth.
            let finger = i.checked_sub(2).map(|place| (6 + place / 4 * 4, place % 4));
            let (bend, swing) = match finger {
                Some((first, 0)) => (theta[first], theta[first + 1]),
                Some((first, joint @ 1..=2)) => (theta[first + 1 + joint], zero),
                _ => (zero, zero),
            };
            let relative = product(&lifted(&bone.base_relative), &turn(bend, zero, swing));
            absolute.push(match bone.parent {
                Some(parent) => product(&absolute[parent], &relative),
                None => relative,
            });
        }
        let bases = self.bones.iter().map(|bone| lifted(&bone.inverse_base_absolute));
        absolute.iter().zip(bases).map(|(absolute, base)| product(absolute, &base)).collect()
    }
}

impl ToVector for Hand {
    /// The residuals at the pose `theta[26]`, then two coordinates for each triangle.
    fn values<S: Scalar>(&self, x: &[S]) -> Vec<S> {
        let (theta, us) = x.split_at(26);
        let transforms = self.transforms(theta);
        let place = |vertex: &Vertex| -> [S; 3] {
            let [x, y, z] = vertex.position.map(S::lit);
            let local: [S; 3] = std::array::from_fn(|i| {
                let blended = |&(bone, weight): &(usize, f64)| {
                    let row: [S; 4] = transforms[bone][i];
                    S::lit(weight) * (row[0] * x + row[1] * y + row[2] * z + row[3])
                };
                vertex.weights.iter().map(blended).sum()
            });
            let turned = rotate([theta[0], theta[1], theta[2]], local);
            std::array::from_fn(|i| turned[i] + theta[3 + i])
        };
        let mut residuals = Vec::new();
        for (at, (point, target)) in self.points.iter().zip(&self.targets).enumerate() {
            let on_skin = match target {
                Target::Vertex(vertex) => place(vertex),
                Target::Triangle(corners) => {
                    let [a, b, c] = corners.each_ref().map(place);
                    let (u, v) = (us[2 * at], us[2 * at + 1]);
                    std::array::from_fn(|i| u * a[i] + v * b[i] + (S::lit(1.0) - u - v) * c[i])
                }
            };
            residuals.extend((0..3).map(|i| S::lit(point[i]) - on_skin[i]));
        }
        residuals
    }
}

fn vertex(case: &Value, index: &Value) -> Vertex {
    let vertex = &case["vertices"][index.to_string()];
    let weights = list(vertex, "weights").iter().map(|pair| (pair[0].as_u64().unwrap() as usize, number(&pair[1])));
    Vertex { position: numbers(&vertex["position"]).try_into().unwrap(), weights: weights.collect() }
}

#[test]
fn hand_tracking() {
    for case in list(&file("adbench/hand_public.json"), "cases") {
        let bones = list(case, "bones").iter().map(|bone| Bone {
            parent: usize::try_from(bone["parent"].as_i64().unwrap()).ok(),
            base_relative: square(&numbers(&bone["base_relative"])),
            inverse_base_absolute: square(&numbers(&bone["inverse_base_absolute"])),
        });
        let complicated = case["triangles"].is_array();
        let targets = if complicated {
            let corners = |triangle: &Value| std::array::from_fn(|corner| vertex(case, &triangle[corner]));
            list(case, "triangles").iter().map(|triangle| Target::Triangle(corners(triangle))).collect()
        } else {
            list(case, "correspondences").iter().map(|index| Target::Vertex(vertex(case, index))).collect()
        };
        let hand = Hand { bones: bones.collect(), points: matrix(&case["points"]), targets };
        let mut x = numbers(&case["theta"]);
        let mut jacobian = matrix(&case["jacobian_theta"]);
        if complicated {
            x.extend(matrix(&case["us"]).concat());
            let blocks: Vec<Vec<Vec<f64>>> = list(case, "jacobian_us_blocks_3x2").iter().map(matrix).collect();
            for (row, residual) in jacobian.iter_mut().enumerate() {
                let of = |point: usize| if point == row / 3 { blocks[point][row % 3].clone() } else { vec![0.0; 2] };
                residual.extend((0..blocks.len()).flat_map(of));
            }
        }
        let residual = numbers(&case["residual"]);
        let name = text(case, "id");
        check_vector(&hand, &Vectors { name, x: &x, values: &residual, jacobian: &jacobian, tolerance: 1e-12 });
    }
}
