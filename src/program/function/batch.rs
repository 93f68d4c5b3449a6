//! Batches of a function: the samples are parted by the pattern that fits them, and each part is a batch of its program.

use super::{Function, Groups};
use crate::error::{Error, Result};
use crate::program::batch::check;
use crate::program::{Batch, Batches, Program};

impl Function<'_> {
    /// The value of each sample, and the sum of their gradients with respect to the shared inputs.
    ///
    /// Samples that take the same branches are swept together; a part is recorded at its first sample if no known program fits it. The
    /// values come in the order of the samples, and the sum does not depend on what was recorded before.
    ///
    /// ```
    /// let loss = gradus::Function::shared(1, 1, |w, s| {
    ///     let error = w[0] - s[0];
    ///     if error > 1.0 { error } else { error * error }
    /// });
    /// let batch = loss.batch(&[0.0], &[0.5, -3.0, 1.0])?;
    /// assert_eq!(batch.values, [0.25, 3.0, 1.0]);
    /// assert_eq!(batch.gradient, [-1.0 + 1.0 - 2.0]);
    /// assert_eq!(loss.patterns(), 2);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Batches::gradient`] and [`Program::record`], but for [`Error::BranchChanged`]; if the function was not made by
    /// [`shared`](Function::shared).
    pub fn batch(&self, shared: &[f64], samples: &[f64]) -> Result<Batch> {
        let samples = self.samples(shared, samples)?;
        let mut parts = self.by_pattern(
            &samples,
            |batches, shared, samples| batches.gradient(shared, samples),
            |point| {
                let (value, gradient) = self.gradient(point)?;
                Ok(Batch { values: vec![value], gradient })
            },
        )?;
        // In the order of the samples, whatever was known of the function when it was called.
        parts.sort_unstable_by_key(|part| part.numbers[0]);
        let mut values = vec![0.0; samples.count()];
        let mut gradient = vec![0.0; shared.len()];
        for part in parts {
            gradient.iter_mut().zip(part.swept.gradient).for_each(|(sum, partial)| *sum += partial);
            for (&number, value) in part.numbers.iter().zip(part.swept.values) {
                values[number] = value;
            }
        }
        Ok(Batch { values, gradient })
    }

    /// The outputs of each sample, one sample after the other.
    ///
    /// ```
    /// let f = gradus::Function::shared(1, 1, |w, s| if s[0] > w[0] { [s[0], w[0]] } else { [w[0], s[0]] });
    /// assert_eq!(f.batch_values(&[2.0], &[1.0, 3.0])?, [2.0, 1.0, 3.0, 2.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`batch`](Function::batch); [`Error::ChangingOutputs`] if the branches return outputs of different number.
    pub fn batch_values(&self, shared: &[f64], samples: &[f64]) -> Result<Vec<f64>> {
        let samples = self.samples(shared, samples)?;
        let values = self.by_pattern(
            &samples,
            |batches, shared, samples| batches.values(shared, samples),
            |point| self.values(point),
        )?;
        let outputs = |part: &Part<Vec<f64>>| part.swept.len() / part.numbers.len();
        let first = values.first().map_or(0, outputs);
        let mut all = vec![0.0; samples.count() * first];
        for part in values {
            let then = outputs(&part);
            if then != first {
                return Err(Error::ChangingOutputs { first, then });
            }
            for (number, values) in part.numbers.into_iter().zip(part.swept.chunks_exact(first)) {
                all[number * first..][..first].copy_from_slice(values);
            }
        }
        Ok(all)
    }

    fn samples<'a>(&self, shared: &'a [f64], samples: &'a [f64]) -> Result<Samples<'a>> {
        let groups = self.groups.ok_or(Error::Length {
            what: "the list of samples",
            found: samples.len(),
            expected: 0,
            hint: "a function that was made by `Function::new` does not know where a sample ends: make it by \
                   `Function::shared`",
        })?;
        check(groups, shared, samples)?;
        Ok(Samples { groups, shared, all: samples })
    }

    /// Sweeps the samples, each with the program that fits it. `single` takes a sample whose program does not fit it on lanes,
    /// because a comparison there hangs on a rounding.
    fn by_pattern<T>(
        &self,
        samples: &Samples<'_>,
        sweep: Sweep<T>,
        single: impl Fn(&[f64]) -> Result<T>,
    ) -> Result<Vec<Part<T>>> {
        let mut rest: Vec<usize> = (0..samples.count()).collect();
        let mut parts: Vec<Part<T>> = Vec::new();
        let mut used: Vec<(usize, Program)> = Vec::new();
        let mut sweep_fitting = |program: &Program, rest: &mut Vec<usize>, parts: &mut Vec<Part<T>>| {
            if let Some(part) = samples.take_fitting(program, rest, sweep)? {
                used.push((part.numbers.len(), program.clone()));
                parts.push(part);
            }
            Ok(())
        };
        let known = self.known().programs();
        for program in known.iter().filter(|program| program.inputs() == samples.groups.inputs()) {
            sweep_fitting(program, &mut rest, &mut parts)?;
        }
        while let Some(&first) = rest.first() {
            let point = [samples.shared, samples.inputs(first)].concat();
            sweep_fitting(&self.program(&point)?, &mut rest, &mut parts)?;
            if rest.first() == Some(&first) {
                parts.push(Part { numbers: vec![first], swept: single(&point)? });
                rest.remove(0);
            }
        }
        // The largest part's program is the first to be tried next time.
        used.sort_by_key(|used| used.0);
        let mut known = self.known();
        used.iter().for_each(|(_, program)| known.prefer(program));
        Ok(parts)
    }
}

/// What is done with the batch of a part.
type Sweep<T> = fn(&mut Batches<'_>, &[f64], &[f64]) -> Result<T>;

/// Samples that one program fits: their numbers, and what the sweep over them gave.
struct Part<T> {
    numbers: Vec<usize>,
    swept: T,
}

/// All samples of a batch.
struct Samples<'a> {
    groups: Groups,
    shared: &'a [f64],
    all: &'a [f64],
}

impl Samples<'_> {
    fn count(&self) -> usize {
        self.all.len() / self.groups.sample
    }

    /// The inputs of a sample.
    fn inputs(&self, number: usize) -> &[f64] {
        &self.all[number * self.groups.sample..][..self.groups.sample]
    }

    fn gathered(&self, numbers: &[usize]) -> Vec<f64> {
        numbers.iter().flat_map(|&number| self.inputs(number)).copied().collect()
    }

    /// Takes those that fit the program out of `rest`, and sweeps them.
    fn take_fitting<T>(&self, program: &Program, rest: &mut Vec<usize>, sweep: Sweep<T>) -> Result<Option<Part<T>>> {
        if rest.is_empty() {
            return Ok(None);
        }
        let mut batches = program.batches();
        let inputs = self.gathered(rest);
        // All of them, most often. The first that does not fit ends the sweep.
        match sweep(&mut batches, self.shared, &inputs) {
            Ok(swept) => return Ok(Some(Part { numbers: std::mem::take(rest), swept })),
            Err(Error::BranchChanged { .. }) => {}
            Err(error) => return Err(error),
        }
        let mut fits = batches.fitting(self.shared, &inputs)?.into_iter();
        let (numbers, others) = rest.iter().partition(|_| fits.next() == Some(true));
        *rest = others;
        let numbers: Vec<usize> = numbers;
        if numbers.is_empty() {
            return Ok(None);
        }
        let swept = sweep(&mut batches, self.shared, &self.gathered(&numbers))?;
        Ok(Some(Part { numbers, swept }))
    }
}
