//! A number that rounds badly: each op's result is off by a random amount, some hundred units of the last place. How far results of several
//! runs are apart tells how far two honest computations of the same formula may be apart (Vignes, *A stochastic arithmetic for reliable
//! scientific computation*, 1993). Choices on the way are watched: by chance, all runs may choose alike where another computation does not.

use gradus::rule::{ListRule, Partials, Rule};
use gradus::{Opaque, Scalar};
use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

#[derive(Debug, Clone, Copy)]
pub struct Noisy {
    pub value: f64,
    /// How far off it may be, about: what it inherits to first order, and its own noise. 0 for what is exact in every mode.
    off: f64,
}

/// By how much a result is off at most, relative to itself.
const NOISE: f64 = 3e-14;

/// Where a step by 1 is some noise.
const FINE: f64 = 1e12;

/// What a run met that relative noise cannot tell of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Met {
    /// A number near the ends of the exponent's range, or one whose digits all cancelled.
    pub extreme: bool,
    /// A choice (the larger of two, a step, a comparison, the end of a domain) that goes the other way within what its operands may be off.
    pub near_choice: bool,
    /// Steps of numbers so large that they are near the last place: no choices are noted, and the stair looks like a slope.
    pub fine_steps: bool,
    /// All choices, mixed together.
    pub choices: u64,
}

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(0) };
    static MET: Cell<Met> = const { Cell::new(Met { extreme: false, near_choice: false, fine_steps: false, choices: 0 }) };
}

/// Starts a run; one without noise for `None`.
pub fn start(seed: Option<u64>) {
    STATE.set(seed.unwrap_or(0));
    MET.take();
}

/// What was met since.
pub fn met() -> Met {
    MET.get()
}

fn meet(change: impl Fn(&mut Met)) {
    let mut met = MET.get();
    change(&mut met);
    MET.set(met);
}

/// Between -1 and 1; 0 in a run without noise.
fn random() -> f64 {
    let state = STATE.get();
    if state == 0 {
        return 0.0;
    }
    let state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    STATE.set(state);
    (state >> 33) as f64 / (1_u64 << 30) as f64 - 1.0
}

fn blurred(x: f64) -> f64 {
    let noise = random();
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    if !(1e-150..1e150).contains(&x.abs()) {
        meet(|met| met.extreme = true);
    }
    x + x * noise * NOISE
}

impl Noisy {
    pub fn exact(value: f64) -> Noisy {
        Noisy { value, off: 0.0 }
    }
}

/// What `R` chooses at a point: operands that do not matter, the step that is taken, and whether there is a number at all, which between poles
/// that are nearer to each other than noise is chance.
fn chosen<R: Rule<N>, const N: usize>(x: [f64; N]) -> ([bool; N], u64, [bool; 2]) {
    let (value, depends) = (R::value(x), R::depends(&x));
    let step = if depends.contains(&true) { 0.0 } else { value };
    (depends, if step.abs() < FINE { step } else { FINE }.to_bits(), [value.is_nan(), value.is_finite()])
}

/// Notes what `R` chooses at `x`, and whether it might choose otherwise.
fn choose<R: Rule<N>, const N: usize>(x: &[Noisy; N]) {
    let here = chosen::<R, N>(x.map(|x| x.value));
    let flags = here.0.iter().chain(&here.2);
    let mix = flags.fold(here.1, |mix, &flag| mix.rotate_left(1) ^ u64::from(flag));
    let is_exact = x.iter().all(|x| x.off == 0.0);
    let other = !is_exact
        && (0..1_u32 << N).any(|corner| {
            let off = |i: usize| if corner >> i & 1 == 1 { x[i].off } else { -x[i].off };
            chosen::<R, N>(std::array::from_fn(|i| x[i].value + off(i))) != here
        });
    meet(|met| {
        met.choices = (met.choices ^ mix).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        met.near_choice |= other;
        met.fine_steps |= here.1 == FINE.to_bits();
    });
}

/// What a result inherits from operands that are off.
fn inherited<'a>(partials: &[f64], x: impl Iterator<Item = &'a Noisy>) -> f64 {
    partials.iter().zip(x).filter(|(_, x)| x.off != 0.0).map(|(partial, x)| partial.abs() * x.off).sum()
}

impl Scalar for Noisy {
    fn lit(c: f64) -> Noisy {
        Noisy::exact(c)
    }

    fn primal(self) -> f64 {
        self.value
    }

    fn apply<R: Rule<N>, const N: usize>(x: [Noisy; N]) -> Noisy {
        choose::<R, N>(&x);
        let plain = x.map(|x| x.value);
        let y = R::value(plain);
        let depends = R::depends(&plain);
        // Small whole numbers from such are exact, and an order such as that of `polygamma` has to stay whole.
        let is_whole = |x: f64| x.fract() == 0.0 && x.abs() <= 64.0;
        // So are the steps that rules decide by.
        let is_flat = !depends.contains(&true);
        if y == 0.0 && !is_flat && plain.iter().all(|&x| x != 0.0) {
            // They cancel: a sum in another order may leave something.
            meet(|met| met.extreme = true);
        }
        if is_flat || is_whole(y) && plain.iter().all(|&x| is_whole(x)) {
            return Noisy::exact(y);
        }
        let partials = R::partials(plain, y);
        let inherited: f64 = (0..N).filter(|&i| depends[i]).map(|i| inherited(&partials[i..=i], x[i..=i].iter())).sum();
        Noisy { value: blurred(y), off: inherited + y.abs() * NOISE }
    }

    fn apply_list<R: ListRule>(x: &[Noisy]) -> Noisy {
        let plain: Partials<f64> = x.iter().map(|x| x.value).collect();
        // Sums of a list cancel inside the op. Where nothing is left, noise cannot tell an exact 0 from a rounded one.
        let y = R::value(&plain);
        if y == 0.0 && plain.iter().any(|&x| x != 0.0) {
            meet(|met| met.extreme = true);
        }
        let largest = plain.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let spread = blurred(largest) - largest;
        let value = if y.is_finite() && spread.is_finite() { blurred(y) + spread } else { y };
        Noisy { value, off: inherited(&R::partials(&plain, y), x.iter()) + (y.abs() + largest) * NOISE }
    }

    fn apply_opaque(op: &Rc<dyn Opaque>, x: &[Noisy]) -> gradus::Result<Noisy> {
        let value = blurred(op.value(&x.iter().map(|x| x.value).collect::<Vec<_>>()));
        Ok(Noisy { value, off: value.abs() * NOISE })
    }
}

impl PartialEq for Noisy {
    fn eq(&self, other: &Noisy) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Noisy {
    fn partial_cmp(&self, other: &Noisy) -> Option<Ordering> {
        let off = self.off + other.off;
        if off != 0.0 && !((self.value - other.value).abs() > off) {
            meet(|met| met.near_choice = true);
        }
        self.value.partial_cmp(&other.value)
    }
}

impl fmt::Display for Noisy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident $Assign:ident $assign:ident;)*) => {
        $(
            impl std::ops::$Trait for Noisy {
                type Output = Noisy;
                fn $method(self, other: Noisy) -> Noisy {
                    Noisy::apply::<gradus::op::$Trait, 2>([self, other])
                }
            }
            impl std::ops::$Assign for Noisy {
                fn $assign(&mut self, other: Noisy) {
                    *self = std::ops::$Trait::$method(*self, other);
                }
            }
        )*
    };
}

operators! {
    Add add AddAssign add_assign;
    Sub sub SubAssign sub_assign;
    Mul mul MulAssign mul_assign;
    Div div DivAssign div_assign;
    Rem rem RemAssign rem_assign;
}

impl std::ops::Neg for Noisy {
    type Output = Noisy;
    fn neg(self) -> Noisy {
        Noisy { value: -self.value, ..self }
    }
}

impl std::iter::Sum for Noisy {
    fn sum<I: Iterator<Item = Noisy>>(iter: I) -> Noisy {
        iter.fold(Noisy::exact(0.0), |sum, each| sum + each)
    }
}

impl std::iter::Product for Noisy {
    fn product<I: Iterator<Item = Noisy>>(iter: I) -> Noisy {
        iter.fold(Noisy::exact(1.0), |product, each| product * each)
    }
}
