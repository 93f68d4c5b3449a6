//! Replay of a single point, on any kind of number that a sweep knows.

use super::code::Code;
use super::compute::{Baseline, Compute, Scratch, Shape};
use super::kernel::{self, NoLayers};
use super::source::Source;
use crate::error::Result;
use crate::number::Jet;
use smallvec::SmallVec;

/// A kind of number that a program replays on. The sweeps over code are compiled here, once for each.
pub trait Replay: Sized {
    #[doc(hidden)]
    fn forward(code: &Code, values: &mut [Self], scratch: &mut Vec<Self>);
    #[doc(hidden)]
    fn reverse(code: &Code, values: &[Self], adjoints: &mut [Self], scratch: &mut Vec<Self>);
    /// Whether no part of it is NaN.
    #[doc(hidden)]
    fn is_number(&self) -> bool;
}

macro_rules! replays {
    ($($Number:ty $([$vectorised:ident])?, $each:ident => $is_number:expr;)*) => {
        $(impl Replay for $Number {
            fn forward(code: &Code, values: &mut [Self], scratch: &mut Vec<Self>) {
                $(#[cfg(feature = "batch")]
                if code.has_tiles {
                    let level = super::simd::CpuLevel::detect();
                    return super::simd::$vectorised(level, super::simd::SingleForward { code, values, scratch });
                })?
                kernel::forward::<Self, _, 1>(Baseline, code, Shape::SINGLE, values, scratch, &mut NoLayers);
            }

            fn reverse(code: &Code, values: &[Self], adjoints: &mut [Self], scratch: &mut Vec<Self>) {
                $(#[cfg(feature = "batch")]
                if code.has_tiles {
                    let level = super::simd::CpuLevel::detect();
                    return super::simd::$vectorised(level, super::simd::SingleReverse { code, values, adjoints, scratch });
                })?
                kernel::reverse::<Self, _, 1>(Baseline, code, Shape::SINGLE, values, adjoints, scratch, &mut NoLayers);
            }

            fn is_number(&self) -> bool {
                let $each = self;
                $is_number
            }
        })*
    };
}

replays! {
    f64 [at_level], x => !x.is_nan();
    f32 [at_level], x => !x.is_nan();
    Jet, x => !x.value.is_nan() && !x.tangents.iter().any(|tangent| tangent.is_nan());
}

/// The memory of a replay.
#[derive(Clone)]
pub(crate) struct Memory<C> {
    pub(crate) values: Vec<C>,
    adjoints: Vec<C>,
    scratch: Scratch<C>,
}

impl<C: Replay + Compute<Stored = C>> Memory<C> {
    /// Room for all rows of `code`, with its literals in place.
    pub(crate) fn new(code: &Code) -> Memory<C> {
        let mut values = vec![C::lit(0.0); code.rows as usize];
        for &(row, literal) in &code.literals {
            values[row as usize] = C::lit(literal);
        }
        let longest = code.longest_list();
        Memory { values, adjoints: Vec::new(), scratch: Vec::with_capacity(longest) }
    }

    /// Computes all rows anew.
    pub(crate) fn forward(&mut self, code: &Code, input: impl Fn(usize) -> C) {
        for (ordinal, row) in code.inputs.iter().enumerate() {
            if let Some(row) = row {
                self.values[*row as usize] = input(ordinal);
            }
        }
        C::forward(code, &mut self.values, &mut self.scratch);
    }

    pub(crate) fn output(&self, code: &Code, output: usize) -> C {
        self.values[code.outputs[output] as usize]
    }

    /// Sweeps back from the outputs, each with its seed.
    pub(crate) fn reverse(&mut self, code: &Code, seed: impl Fn(usize) -> C) {
        self.adjoints.resize(code.rows as usize, C::lit(0.0));
        for &(first, count) in &code.added_to {
            self.adjoints[first as usize..][..count as usize].fill(C::lit(0.0));
        }
        for (output, &row) in code.outputs.iter().enumerate() {
            self.adjoints[row as usize] += seed(output);
        }
        C::reverse(code, &self.values, &mut self.adjoints, &mut self.scratch);
    }

    /// The adjoint of an input after a sweep back.
    pub(crate) fn adjoint(&self, code: &Code, input: usize) -> C {
        code.inputs[input].map_or(C::lit(0.0), |row| self.adjoints[row as usize])
    }

    /// Checks that every comparison goes as it did while recording.
    pub(crate) fn check_guards(&self, code: &Code, source: &Source) -> Result<()> {
        match self.changed_guard(code, source) {
            Some(guard) => Err(source.branch_changed(guard, None)),
            None => Ok(()),
        }
    }

    /// The first guard whose comparison would now go another way.
    pub(crate) fn changed_guard(&self, code: &Code, source: &Source) -> Option<u32> {
        let changed = code.guards.iter().find(|guard| {
            let x: SmallVec<[f64; 3]> = guard.rows.iter().map(|&row| self.values[row as usize].primal()).collect();
            !source.guards[guard.guard as usize].holds(&x)
        });
        changed.map(|guard| guard.guard)
    }
}
