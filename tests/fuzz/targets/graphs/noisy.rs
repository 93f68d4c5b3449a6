//! A number that rounds badly: each op's result is off by a random amount, some hundred units of the last place. How far results of several
//! runs are apart tells how far two honest computations of the same formula may be apart (Vignes, *A stochastic arithmetic for reliable
//! scientific computation*, 1993).

use gradus::rule::{ListRule, Partials, Rule};
use gradus::{Opaque, Scalar};
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Noisy(pub f64);

/// By how much a result is off at most, relative to itself.
const NOISE: f64 = 3e-14;

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(1) };
    /// Whether a number came so near to the ends of the exponent's range that relative noise means nothing.
    static EXTREME: Cell<bool> = const { Cell::new(false) };
}

pub fn seed(seed: u64) {
    STATE.set(seed);
    EXTREME.set(false);
}

pub fn was_extreme() -> bool {
    EXTREME.get()
}

fn blurred(x: f64) -> Noisy {
    let state = STATE.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    STATE.set(state);
    if x == 0.0 || !x.is_finite() {
        return Noisy(x);
    }
    if !(1e-150..1e150).contains(&x.abs()) {
        EXTREME.set(true);
    }
    let noise = (state >> 33) as f64 / (1_u64 << 30) as f64 - 1.0;
    Noisy(x + x * noise * NOISE)
}

impl Scalar for Noisy {
    fn lit(c: f64) -> Noisy {
        Noisy(c)
    }

    fn primal(self) -> f64 {
        self.0
    }

    fn apply<R: Rule<N>, const N: usize>(x: [Noisy; N]) -> Noisy {
        let x = x.map(|x| x.0);
        let y = R::value(x);
        // Small whole numbers from such are exact, and an order such as that of `polygamma` has to stay whole.
        let is_whole = |x: f64| x.fract() == 0.0 && x.abs() <= 64.0;
        // So are the steps that rules decide by.
        let is_flat = !R::depends(&x).contains(&true);
        if y == 0.0 && !is_flat && x.iter().all(|&x| x != 0.0) {
            // They cancel: a sum in another order may leave something.
            EXTREME.set(true);
        }
        if is_flat || is_whole(y) && x.iter().all(|&x| is_whole(x)) { Noisy(y) } else { blurred(y) }
    }

    fn apply_list<R: ListRule>(x: &[Noisy]) -> Noisy {
        let x: Partials<f64> = x.iter().map(|x| x.0).collect();
        // Sums of a list cancel inside the op. Where nothing is left, noise cannot tell an exact 0 from a rounded one.
        let y = R::value(&x);
        if y == 0.0 && x.iter().any(|&x| x != 0.0) {
            EXTREME.set(true);
        }
        let largest = x.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let y = blurred(y).0;
        let spread = blurred(largest).0 - largest;
        if y.is_finite() && spread.is_finite() { Noisy(y + spread) } else { Noisy(y) }
    }

    fn apply_opaque(op: &Rc<dyn Opaque>, x: &[Noisy]) -> gradus::Result<Noisy> {
        Ok(blurred(op.value(&x.iter().map(|x| x.0).collect::<Vec<_>>())))
    }
}

impl fmt::Display for Noisy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
        Noisy(-self.0)
    }
}

impl std::iter::Sum for Noisy {
    fn sum<I: Iterator<Item = Noisy>>(iter: I) -> Noisy {
        iter.fold(Noisy(0.0), |sum, each| sum + each)
    }
}

impl std::iter::Product for Noisy {
    fn product<I: Iterator<Item = Noisy>>(iter: I) -> Noisy {
        iter.fold(Noisy(1.0), |product, each| product * each)
    }
}
