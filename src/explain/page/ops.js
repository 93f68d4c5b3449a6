// The value of each op, keyed by its name in the crate's table of operations.
//
// Only values stand here. Derivatives come with the page, as expression graphs that the crate recorded from the table: see
// program.js. An op that is missing here is shown with the crate's numbers, and what flows into it cannot be changed in the page.

const LN_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

// ---- helpers of single rows -----------------------------------------------------------------

const signum = (a) => (a > 0 ? 1 : a < 0 ? -1 : Math.abs(a));
const heaviside = (a, b, tie) => (a > b ? 1 : a < b ? 0 : a === b ? tie : NaN);
const larger = (a, b) => (Number.isNaN(a) || a > b ? a : a < b ? b : Number.isNaN(b) ? b : a);
const smaller = (a, b) => (Number.isNaN(a) || a < b ? a : a > b ? b : Number.isNaN(b) ? b : a);
// Halves go away from 0, where `Math.round` goes up.
const roundAway = (a) => Math.sign(a) * Math.floor(Math.abs(a) + 0.5);
const sigmoid = (a) => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a)));
const softplus = (a) => Math.log1p(Math.exp(-Math.abs(a))) + Math.max(a, 0);
const sechSquared = (a) => {
  const e = Math.exp(-2 * Math.abs(a));
  return (4 * e) / ((1 + e) * (1 + e));
};
const normalCdf = (a) => 0.5 * erfc(-a * Math.SQRT1_2);
const total = (x) => x.reduce((sum, each) => sum + each, 0);
// `Math.pow(1, NaN)` and the like are NaN in JavaScript and 1 in Rust.
const power = (a, b) => (a === 1 || b === 0 ? 1 : Math.pow(a, b));

/** Series of positive terms: erf(x) = 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!! (Abramowitz & Stegun 7.1.6). */
function erf(x) {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) > 2.5) return Math.sign(x) * (1 - erfc(Math.abs(x)));
  let term = x;
  let sum = x;
  for (let n = 1; n < 80; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Beyond 2.5 the continued fraction exp(-x²)/√π · 1/(x + ½/(x + 1/(x + ...))) (7.1.14), from its far end. */
function erfc(x) {
  if (!(x > 2.5)) return 1 - erf(x);
  let fraction = x;
  for (let n = 120; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

// Bernoulli numbers B₂, B₄, ... for the asymptotic series of the gamma function and its derivatives.
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];

/** Stirling's series, after the argument was raised to 15 (6.1.41); left of ½ by reflection. */
function lnGamma(x) {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lnGamma(1 - x);
  let raised = x;
  let product = 1;
  for (; raised < 15; raised++) product *= raised;
  let series = 0;
  BERNOULLI.forEach((b, k) => (series += b / ((2 * k + 2) * (2 * k + 1) * raised ** (2 * k + 1))));
  return (raised - 0.5) * Math.log(raised) - raised + LN_SQRT_2PI + series - Math.log(product);
}

function digamma(x) {
  let raised = x;
  let sum = 0;
  for (; raised < 15; raised++) sum += 1 / raised;
  let series = Math.log(raised) - 0.5 / raised;
  BERNOULLI.forEach((b, k) => (series -= b / ((2 * k + 2) * raised ** (2 * k + 2))));
  return series - sum;
}

/** ψ⁽ⁿ⁾(x) for n ≥ 1: recurrence up to 20, then the asymptotic series (6.4.11). */
function polygamma(x, n) {
  if (n === 0) return digamma(x);
  if (!(n > 0) || !Number.isInteger(n)) return NaN;
  const factorial = (m) => (m < 2 ? 1 : m * factorial(m - 1));
  let raised = x;
  let sum = 0;
  for (; raised < 20 + n; raised++) sum += raised ** (-n - 1);
  let series = factorial(n - 1) / raised ** n + factorial(n) / (2 * raised ** (n + 1));
  BERNOULLI.forEach((b, k) => {
    const order = 2 * k + 2;
    series += (b * factorial(order + n - 1)) / (factorial(order) * raised ** (order + n));
  });
  return (n % 2 === 1 ? 1 : -1) * (series + factorial(n) * sum);
}

function logSumExp(x) {
  const largest = x.reduce(larger, -Infinity);
  return Number.isFinite(largest) ? largest + Math.log(total(x.map((each) => Math.exp(each - largest)))) : largest;
}

// ---- the table ------------------------------------------------------------------------------

const OPS = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
  neg: (a) => -a,
  recip: (a) => 1 / a,
  mul_add: (a, b, c) => a * b + c,

  powi: power,
  powf: power,
  power_below: (a, b) => (b === 0 ? (a === 0 ? 0 : 1 / a) : power(a, b - 1)),
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  hypot: Math.hypot,
  direction: (a, b) => (Math.hypot(a, b) > 0 ? a / Math.hypot(a, b) : 0),
  exp: Math.exp,
  exp2: (a) => 2 ** a,
  exp_m1: Math.expm1,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log: (a, b) => Math.log(a) / Math.log(b),
  ln_1p: Math.log1p,

  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  sech_squared: sechSquared,
  one_minus_square: (a) => (1 - a) * (1 + a),

  erf,
  erfc,
  gaussian: (a, b) => Math.exp(-b * a * a),
  normal_cdf: normalCdf,
  ln_gamma: lnGamma,
  digamma,
  polygamma,

  abs: Math.abs,
  signum,
  step: (a) => heaviside(a, 0, 0),
  heaviside: (a, b) => heaviside(a, b, 0.5),
  min: smaller,
  max: larger,
  clamp: (a, b, c) => smaller(larger(a, b), c),
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundAway,
  trunc: Math.trunc,
  fract: (a) => a - Math.trunc(a),
  rem_euclid: (a, b) => (a % b < 0 ? (a % b) + Math.abs(b) : a % b),
  select: (a, b, c) => (a > 0 ? b : c),

  relu: (a) => (a <= 0 ? 0 : a),
  leaky_relu: (a, b) => (a > 0 ? a : b * a),
  elu: (a, b) => (a > 0 ? a : b * Math.expm1(a)),
  sigmoid,
  softplus,
  silu: (a) => a * sigmoid(a),
  gelu: (a) => a * normalCdf(a),
  mish: (a) => a * Math.tanh(softplus(a)),
  softsign: (a) => a / (1 + Math.abs(a)),

  // Ops on lists.
  sum: (...x) => total(x),
  product: (...x) => x.reduce((product, each) => product * each, 1),
  mean: (...x) => total(x) / x.length,
  dot_halves: (...x) => total(x.slice(0, x.length / 2).map((each, i) => each * x[i + x.length / 2])),
  log_sum_exp: (...x) => logSumExp(x),
  norm: (...x) => Math.hypot(...x),
};

// What a row's `depends` may ask besides comparisons, keyed by the name of the Rust function.
const CONDITIONS = {
  is_regular: (a) => a !== 0 && Number.isFinite(a),
};
