//! Batches: a program of shared inputs and samples, replayed over many samples at once, in SIMD lanes and on all cores.

use super::Program;
use super::chunk::{BatchCode, Chunk, LaneMemory, Origin, Wanted};
use super::layer::Weights;
use super::replay::Memory;
use super::simd::{CpuLevel, Element};
use super::source::Groups;
use crate::error::{Error, Result, check_length};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a batch gives: the value of each sample, and the gradient with respect to the shared inputs, summed over them.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch<N = f64> {
    /// The output of each sample.
    pub values: Vec<N>,
    /// The sum, or the mean, over the samples of the gradient with respect to the shared inputs.
    pub gradient: Vec<N>,
}

/// How the gradients of the samples of a batch become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
}

/// Who watches a long batch: called with the samples done so far and all of them. It may break off.
type Observer<'p> = Box<dyn Fn(usize, usize) -> ControlFlow<()> + Send + Sync + 'p>;

/// Memory for batches of one [`Program`]. It is kept between batches: one of the same size allocates next to nothing.
///
/// ```
/// use gradus::Program;
///
/// // A line through points: the loss of one sample.
/// let program = Program::record_shared(&[0.0, 0.0], &[0.0, 0.0], |w, s| (w[0] * s[0] + w[1] - s[1]).powi(2))?;
/// let mut batches = program.batches::<f64>();
/// let samples = [0.0, 1.0, 1.0, 3.0, 2.0, 5.0];
/// let batch = batches.gradient(&[2.0, 0.0], &samples)?;
/// assert_eq!(batch.values, [1.0, 1.0, 1.0]);
/// assert_eq!(batch.gradient, [-6.0, -6.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub struct Batches<'p, N: Element = f64> {
    program: &'p Program,
    code: &'p BatchCode,
    reduction: Reduction,
    level: CpuLevel,
    observer: Option<Observer<'p>>,
    shared: Memory<N>,
    /// The shared values, and behind them the literals that weigh something.
    exports: Vec<N>,
    weights: Weights<N>,
    threads: Vec<LaneMemory<N>>,
    /// The gradients of the chunks with respect to the shared values, one after the other.
    partial_sums: Vec<N>,
}

impl Program {
    /// Memory for batches on `f64` or `f32`.
    pub fn batches<N: Element>(&self) -> Batches<'_, N> {
        let code = self.batch_code();
        Batches {
            program: self,
            code,
            reduction: Reduction::Sum,
            level: CpuLevel::detect(),
            observer: None,
            shared: Memory::new(&code.shared),
            exports: [vec![0.0; code.exports], code.plans.literals.clone()].concat().into_iter().map(N::lit).collect(),
            weights: Weights::new(),
            threads: Vec::new(),
            partial_sums: Vec::new(),
        }
    }

    /// The value of each sample, and the sum of their gradients with respect to the shared inputs.
    ///
    /// `samples` holds the inputs of all samples, one sample after the other.
    ///
    /// # Errors
    /// As [`Batches::gradient`].
    pub fn batch(&self, shared: &[f64], samples: &[f64]) -> Result<Batch> {
        self.batches().gradient(shared, samples)
    }
}

impl<'p, N: Element> Batches<'p, N> {
    /// Whether gradients are summed, as they are unless told otherwise, or averaged.
    #[must_use]
    pub fn reduction(self, reduction: Reduction) -> Self {
        Batches { reduction, ..self }
    }

    /// The instructions to be used: the best that the CPU has, unless told otherwise.
    #[must_use]
    pub fn level(self, level: CpuLevel) -> Self {
        Batches { level, ..self }
    }

    /// Calls `observer` now and then, from whichever thread, with the samples done so far and all of them; breaking off ends
    /// the batch with [`Error::Interrupted`] as soon as each thread is done with what it has in hand.
    #[must_use]
    pub fn observer(self, observer: impl Fn(usize, usize) -> ControlFlow<()> + Send + Sync + 'p) -> Self {
        Batches { observer: Some(Box::new(observer)), ..self }
    }

    /// The outputs of each sample, one sample after the other.
    ///
    /// # Errors
    /// If `shared` has not the length of the shared inputs, or `samples` not a multiple of those of a sample; for a number that is
    /// not finite; [`Error::BranchChanged`], with the first sample for which a comparison goes the other way.
    pub fn values(&mut self, shared: &[N], samples: &[N]) -> Result<Vec<N>> {
        self.sweep(shared, samples, Wanted::Values).map(|swept| swept.values)
    }

    /// Of each sample, whether it takes the branches that the program was recorded with.
    ///
    /// ```
    /// let program = gradus::Program::record_shared(&[1.0], &[2.0], |w, s| if s[0] > 0.0 { w[0] * s[0] } else { w[0] })?;
    /// assert_eq!(program.batches().fitting(&[1.0], &[0.5, -0.5, 3.0])?, [true, false, true]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`values`](Batches::values), but for [`Error::BranchChanged`].
    pub fn fitting(&mut self, shared: &[N], samples: &[N]) -> Result<Vec<bool>> {
        self.sweep(shared, samples, Wanted::Fit).map(|swept| swept.fits)
    }

    /// The value of each sample and the gradient with respect to the shared inputs.
    ///
    /// # Errors
    /// As [`values`](Batches::values); [`Error::OutputCount`] for a program of several outputs.
    pub fn gradient(&mut self, shared: &[N], samples: &[N]) -> Result<Batch<N>> {
        self.program.check_single_output()?;
        let Swept { values, .. } = self.sweep(shared, samples, Wanted::Gradient)?;
        let count = values.len();
        let exports = self.exports.len();
        // In the order of the chunks, whoever swept them.
        let mut chunks = self.partial_sums.chunks_exact(exports.max(1));
        let mut seeds = chunks.next().map_or_else(|| vec![N::lit(0.0); exports], <[N]>::to_vec);
        for chunk in chunks {
            for (seed, &partial) in seeds.iter_mut().zip(chunk) {
                *seed += partial;
            }
        }
        let mut gradient = match &self.code.origin {
            Origin::AllInputs => {
                seeds.truncate(shared.len());
                seeds
            }
            Origin::Inputs(inputs) => {
                let mut gradient = vec![N::lit(0.0); shared.len()];
                inputs.iter().zip(seeds).for_each(|(&input, seed)| gradient[input as usize] = seed);
                gradient
            }
            Origin::Computed => {
                self.shared.reverse(&self.code.shared, |output| seeds[output]);
                (0..shared.len()).map(|input| self.shared.adjoint(&self.code.shared, input)).collect()
            }
        };
        if !gradient.iter().fold(true, |numbers, partial| numbers & partial.is_number()) {
            gradient = self.careful_gradient(shared, samples)?;
        }
        if self.reduction == Reduction::Mean && count > 0 {
            let scale = N::lit(1.0 / count as f64);
            gradient.iter_mut().for_each(|partial| *partial *= scale);
        }
        Ok(Batch { values, gradient })
    }

    /// The gradient of each sample by itself, with respect to all inputs: the shared ones, then its own.
    ///
    /// # Errors
    /// As [`gradient`](Batches::gradient).
    pub fn sample_gradients(&mut self, shared: &[N], samples: &[N]) -> Result<Vec<Vec<N>>> {
        check(self.program.inner.source.groups, shared, samples)?;
        let mut workspace = self.program.workspace::<N>();
        let mut point = shared.to_vec();
        let each = samples.chunks_exact(self.program.sample_inputs().max(1)).enumerate();
        each.map(|(sample, inputs)| {
            point.truncate(shared.len());
            point.extend(inputs);
            workspace.gradient(&point).map(|(_, gradient)| gradient.to_vec()).map_err(|error| error.of_sample(sample))
        })
        .collect()
    }

    fn sweep(&mut self, shared: &[N], samples: &[N], wanted: Wanted) -> Result<Swept<N>> {
        check(self.program.inner.source.groups, shared, samples)?;
        let code = self.code;
        match &code.origin {
            Origin::AllInputs => self.exports[..code.exports].copy_from_slice(shared),
            Origin::Inputs(inputs) => {
                self.exports.iter_mut().zip(inputs).for_each(|(value, &input)| *value = shared[input as usize])
            }
            Origin::Computed => {
                self.shared.forward(&code.shared, |input| shared[input]);
                for (output, value) in self.exports[..code.exports].iter_mut().enumerate() {
                    *value = self.shared.output(&code.shared, output);
                }
            }
        }
        self.weights.fill(&code.plans, &self.exports);

        let inputs = self.program.sample_inputs();
        let (count, outputs) = (samples.len() / inputs, self.program.outputs());
        let chunk = code.chunk(count);
        let chunks = count.div_ceil(chunk);
        let mut values = vec![N::lit(0.0); count * outputs];
        let mut fits = vec![false; if wanted == Wanted::Fit { count } else { 0 }];
        self.partial_sums.clear();
        let exports = self.exports.len();
        self.partial_sums.resize(chunks * exports, N::lit(0.0));
        let mut parts: Vec<Part<'_, N>> = Vec::with_capacity(chunks);
        let mut sums = self.partial_sums.as_mut_slice();
        let fits_or_none = fits.chunks_mut(chunk).chain(std::iter::repeat_with(Default::default));
        let results = values.chunks_mut(chunk * outputs).zip(fits_or_none);
        for (samples, (outputs, fits)) in samples.chunks(chunk * inputs).zip(results) {
            let (gradient, rest) = std::mem::take(&mut sums).split_at_mut(exports);
            sums = rest;
            parts.push(Part { number: parts.len(), samples, outputs, fits, gradient });
        }
        let round = Round {
            code,
            program: self.program,
            level: self.level,
            weights: &self.weights,
            shared: &self.exports,
            wanted,
            count,
            chunk,
            observer: self.observer.as_ref(),
            done: AtomicUsize::new(0),
            end: AtomicUsize::new(usize::MAX),
        };
        round.sweep(&mut self.threads, parts)?;
        Ok(Swept { values, fits })
    }

    /// Sample by sample, by the tape's own sweep.
    fn careful_gradient(&self, shared: &[N], samples: &[N]) -> Result<Vec<N>> {
        let mut sum = vec![N::lit(0.0); shared.len()];
        for sample in samples.chunks_exact(self.program.sample_inputs()) {
            let point = [shared, sample].concat();
            let gradient = self.program.inner.source.careful_vjp(&point, &[N::lit(1.0)])?;
            sum.iter_mut().zip(gradient).for_each(|(sum, partial)| *sum += partial);
        }
        Ok(sum)
    }
}

/// A batch fits the groups of inputs that a program was recorded with, and is finite.
pub(super) fn check<N: Element>(groups: Groups, shared: &[N], samples: &[N]) -> Result<()> {
    let inputs = groups.sample;
    let hint = "a batch takes as many shared inputs as the program was recorded with";
    check_length("the list of shared inputs", shared.len(), groups.shared, hint)?;
    if inputs == 0 {
        return Err(Error::NoSampleInputs);
    }
    if !samples.len().is_multiple_of(inputs) {
        let hint = "the samples stand one after the other, each with as many inputs as the program was recorded with";
        let expected = samples.len().next_multiple_of(inputs);
        return Err(Error::Length { what: "the list of samples", found: samples.len(), expected, hint });
    }
    for (what, list) in [("list of shared inputs", shared), ("list of samples", samples)] {
        // Without an early end the compiler makes vectors of it.
        if list.iter().fold(true, |finite, value| finite & value.primal().is_finite()) {
            continue;
        }
        if let Some(index) = list.iter().position(|value| !value.primal().is_finite()) {
            return Err(Error::NonFinitePoint { what, index, value: list[index].primal() });
        }
    }
    Ok(())
}

/// What a sweep over a batch found: of each sample its outputs, or whether it fits.
struct Swept<N> {
    values: Vec<N>,
    fits: Vec<bool>,
}

/// A chunk, with the memory that its results go to.
struct Part<'a, N> {
    number: usize,
    samples: &'a [N],
    outputs: &'a mut [N],
    fits: &'a mut [bool],
    gradient: &'a mut [N],
}

/// One sweep over all chunks.
struct Round<'a, 'p, N> {
    code: &'a BatchCode,
    program: &'a Program,
    level: CpuLevel,
    weights: &'a Weights<N>,
    shared: &'a [N],
    wanted: Wanted,
    count: usize,
    chunk: usize,
    observer: Option<&'a Observer<'p>>,
    /// How many samples are done.
    done: AtomicUsize,
    /// The first chunk that failed, behind which no more need be done; 0 once the observer broke off.
    end: AtomicUsize,
}

impl<N: Element> Round<'_, '_, N> {
    fn sweep_part(&self, part: Part<'_, N>, memory: &mut LaneMemory<N>) -> Result<()> {
        let number = part.number;
        // Not those before it: the first sample that fails is the one to name, whichever thread meets it.
        if number > self.end.load(Ordering::Relaxed) {
            return Ok(());
        }
        let swept = self.sweep_chunk(part, memory);
        if let Err(error) = &swept {
            let end = if matches!(error, Error::Interrupted { .. }) { 0 } else { number };
            self.end.fetch_min(end, Ordering::Relaxed);
        }
        swept
    }

    fn sweep_chunk(&self, part: Part<'_, N>, memory: &mut LaneMemory<N>) -> Result<()> {
        let first = part.number * self.chunk;
        let samples = part.samples.len() / self.program.sample_inputs();
        let source = &self.program.inner.source;
        let chunk = Chunk {
            code: self.code,
            source,
            weights: self.weights,
            shared: self.shared,
            samples: part.samples,
            wanted: self.wanted,
            memory,
            outputs: part.outputs,
            fits: part.fits,
            gradient: part.gradient,
        };
        N::sweep_chunk(self.level, chunk).map_err(|(guard, lane)| source.branch_changed(guard, Some(first + lane)))?;
        let done = self.done.fetch_add(samples, Ordering::Relaxed) + samples;
        match self.observer.map(|observer| observer(done, self.count)) {
            Some(ControlFlow::Break(())) => Err(Error::Interrupted { done, of: self.count }),
            _ => Ok(()),
        }
    }

    #[cfg(feature = "parallel")]
    fn sweep(&self, threads: &mut Vec<LaneMemory<N>>, parts: Vec<Part<'_, N>>) -> Result<()> {
        use rayon::prelude::*;
        let count = rayon::current_num_threads().min(parts.len()).max(1);
        threads.resize_with(threads.len().max(count), || LaneMemory::new(self.code));
        if count == 1 {
            return self.sweep_in_turn(&mut threads[0], parts);
        }
        // Each thread takes every `count`-th chunk.
        let mut shares: Vec<Vec<Part<'_, N>>> = (0..count).map(|_| Vec::new()).collect();
        for part in parts {
            shares[part.number % count].push(part);
        }
        let failures: Vec<Option<(usize, Error)>> = threads
            .par_iter_mut()
            .zip(shares)
            .map(|(memory, share)| {
                share.into_iter().find_map(|part| {
                    let number = part.number;
                    self.sweep_part(part, memory).err().map(|error| (number, error))
                })
            })
            .collect();
        match failures.into_iter().flatten().min_by_key(|(number, _)| *number) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    #[cfg(not(feature = "parallel"))]
    fn sweep(&self, threads: &mut Vec<LaneMemory<N>>, parts: Vec<Part<'_, N>>) -> Result<()> {
        threads.resize_with(1, || LaneMemory::new(self.code));
        self.sweep_in_turn(&mut threads[0], parts)
    }

    fn sweep_in_turn(&self, memory: &mut LaneMemory<N>, parts: Vec<Part<'_, N>>) -> Result<()> {
        parts.into_iter().try_for_each(|part| self.sweep_part(part, memory))
    }
}
