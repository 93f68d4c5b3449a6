//! A closure that branches, and the programs recorded from it: one for each way through its comparisons.

#[cfg(feature = "batch")]
mod batch;
mod patterns;

use super::source::Groups;
use super::workspace::Workspace;
use super::{Lowering, Outputs, Program, Recorder};
use crate::error::{Error, Result, check_direction, check_point};
use crate::tape::Var;
use patterns::{Miss, Pattern, Patterns};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// From the inputs, and how many of them are shared, to the outputs.
type Closure<'f> = Box<dyn Fn(&[Var], usize) -> Vec<Var> + Send + Sync + 'f>;

/// A closure, and the programs that were recorded from it.
///
/// A [`Program`] holds the branches that the closure took while it was recorded, and refuses a point at which a comparison
/// goes the other way. A function records anew at that point, and keeps what it recorded: each *pattern* of answers to the closure's
/// comparisons is recorded once, and replayed wherever it fits.
///
/// ```
/// use gradus::Function;
///
/// let f = Function::new(|x| if x[0] > 0.0 { x[0] * x[0] } else { -x[0] });
/// assert_eq!(f.gradient(&[2.0])?, (4.0, vec![4.0]));
/// assert_eq!(f.gradient(&[-3.0])?, (3.0, vec![-1.0]));
/// assert_eq!(f.gradient(&[5.0])?, (25.0, vec![10.0])); // replayed
/// assert_eq!((f.patterns(), f.recordings()), (2, 2));
/// # Ok::<(), gradus::Error>(())
/// ```
///
/// The closure must compute the same from the same inputs every time: it has no memory and throws no dice. It may take inputs of any
/// number, if made by [`new`](Function::new). A comparison of two numbers that agree but for rounding may be answered
/// otherwise by a replay than by the closure, because a program adds sums up in an order of its own ([`Lowering`]).
///
/// A function is shared between threads. Its programs stand behind a lock that is held while one is looked up, never while the closure
/// or a replay runs; so a closure may itself call functions.
///
/// # What cannot be recorded
/// A closure with an [`Opaque`](crate::Opaque) op ([`Error::OpaqueInProgram`]): differentiate it with
/// [`gradus::gradient`](crate::gradient) and its like. One that reads plain numbers out of its variables
/// ([`Error::ValueRead`]), unless a [recorder](Function::recorder) allows it.
pub struct Function<'f> {
    f: Closure<'f>,
    /// Those of a function of two groups.
    groups: Option<Groups>,
    recorder: Recorder,
    known: Mutex<Patterns>,
}

/// How many patterns a function keeps, unless told otherwise.
const PATTERN_LIMIT: usize = 32;

impl<'f> Function<'f> {
    /// A function of one group of inputs. Nothing is recorded yet.
    ///
    /// ```
    /// use gradus::{Function, Var};
    /// // Newton's method for a square root, until it stands still: a pattern for each number of steps.
    /// let root = Function::new(|x: &[Var]| {
    ///     let mut y = x[0];
    ///     loop {
    ///         let step = (y - x[0] / y) * 0.5;
    ///         y = y - step;
    ///         if step.abs() < 1e-12 {
    ///             break y;
    ///         }
    ///     }
    /// });
    /// let (value, gradient) = root.gradient(&[9.0])?;
    /// assert!((value - 3.0).abs() < 1e-12 && (gradient[0] - 1.0 / 6.0).abs() < 1e-12);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn new<O: Outputs>(f: impl Fn(&[Var]) -> O + Send + Sync + 'f) -> Function<'f> {
        Function::with(move |x, _| f(x).into_vec(), None)
    }

    /// A function of two groups of inputs: `shared` many that all samples of a batch share (parameters), and `sample` many of each
    /// sample. Whoever evaluates it at one point gives the shared inputs first.
    ///
    /// ```
    /// // The loss of a line, by Huber: a square near 0, straight further out.
    /// let loss = gradus::Function::shared(2, 2, |w, s| {
    ///     let error = w[0] * s[0] + w[1] - s[1];
    ///     if error.abs() < 1.0 { error * error * 0.5 } else { error.abs() - 0.5 }
    /// });
    /// let (value, gradient) = loss.gradient(&[1.0, 0.0, 2.0, 5.0])?;
    /// assert_eq!((value, &gradient[..2]), (2.5, [-2.0, -1.0].as_slice()));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn shared<O: Outputs>(
        shared: usize,
        sample: usize,
        f: impl Fn(&[Var], &[Var]) -> O + Send + Sync + 'f,
    ) -> Function<'f> {
        let parted = move |x: &[Var], shared: usize| {
            let (shared, sample) = x.split_at(shared);
            f(shared, sample).into_vec()
        };
        Function::with(parted, Some(Groups { shared, sample }))
    }

    fn with(f: impl Fn(&[Var], usize) -> Vec<Var> + Send + Sync + 'f, groups: Option<Groups>) -> Function<'f> {
        let known = Mutex::new(Patterns::new(PATTERN_LIMIT));
        Function { f: Box::new(f), groups, recorder: Recorder::new(), known }
    }

    /// How it is recorded.
    ///
    /// ```
    /// use gradus::{Function, program::{Lowering, Recorder}};
    /// let f = Function::new(|x| x[0].exp() * 3.0).recorder(Recorder::new().lowering(Lowering::None));
    /// assert_eq!(f.value(&[0.0])?, 3.0);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[must_use]
    pub fn recorder(self, recorder: Recorder) -> Self {
        Function { recorder, ..self }
    }

    /// How many patterns it keeps: 32, unless told otherwise. When one more is recorded, the one that was used least
    /// recently is forgotten, and would be recorded anew. With a limit of 0 every call records.
    ///
    /// ```
    /// let f = gradus::Function::new(|x| if x[0] > 0.0 { x[0] } else { -x[0] }).pattern_limit(1);
    /// for x in [1.0, -1.0, 1.0] {
    ///     assert_eq!(f.value(&[x])?, 1.0);
    /// }
    /// assert_eq!((f.patterns(), f.recordings()), (1, 3));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[must_use]
    pub fn pattern_limit(self, limit: usize) -> Self {
        self.known().set_limit(limit);
        self
    }

    /// How many patterns it knows.
    pub fn patterns(&self) -> usize {
        self.known().len()
    }

    /// How often the closure was recorded. Where that grows with the number of calls, the closure has more patterns than the
    /// function keeps.
    pub fn recordings(&self) -> usize {
        self.known().recordings
    }

    /// The program that fits `x`, recorded there if none was known.
    ///
    /// ```
    /// let f = gradus::Function::new(|x| if x[0] > 0.0 { x[0] * 2.0 } else { x[0] });
    /// let program = f.program(&[1.0])?;
    /// assert_eq!(program.gradient(&[7.0])?, (14.0, vec![2.0]));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`values`](Function::values).
    pub fn program(&self, x: &[f64]) -> Result<Program> {
        self.replay(x, |workspace| Ok(workspace.program.clone()))
    }

    /// The outputs at `x`.
    ///
    /// # Errors
    /// What [`Program::record`] returns; for a function of two groups, if `x` has not as many inputs as both have together.
    pub fn values(&self, x: &[f64]) -> Result<Vec<f64>> {
        self.replay(x, |workspace| Ok(workspace.scratch.outputs.clone()))
    }

    /// The output of a function that has one.
    ///
    /// # Errors
    /// As [`values`](Function::values); [`Error::OutputCount`] if it has several.
    pub fn value(&self, x: &[f64]) -> Result<f64> {
        self.replay(x, |workspace| {
            workspace.program.check_single_output()?;
            Ok(workspace.scratch.outputs[0])
        })
    }

    /// The value and the gradient of a function with one output.
    ///
    /// # Errors
    /// As [`value`](Function::value).
    pub fn gradient(&self, x: &[f64]) -> Result<(f64, Vec<f64>)> {
        self.replay(x, |workspace| {
            workspace.program.check_single_output()?;
            let gradient = workspace.reverse(x, &[1.0])?.to_vec();
            Ok((workspace.scratch.outputs[0], gradient))
        })
    }

    /// The outputs, and the sum over them of seed times gradient.
    ///
    /// # Errors
    /// As [`values`](Function::values); if there is not a finite seed for each output.
    pub fn vjp(&self, x: &[f64], seed: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        self.replay(x, |workspace| {
            check_direction("seed", seed, workspace.program.outputs(), "a seed has an entry for each output")?;
            let gradient = workspace.reverse(x, seed)?.to_vec();
            Ok((workspace.scratch.outputs.clone(), gradient))
        })
    }

    /// The outputs, and how each changes along `tangent`.
    ///
    /// # Errors
    /// As [`values`](Function::values); if `tangent` is not as long as `x` or not finite.
    pub fn jvp(&self, x: &[f64], tangent: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        self.replay(x, |workspace| workspace.program.jvp(x, tangent))
    }

    /// The Jacobian: a row for each output, a column for each input.
    ///
    /// # Errors
    /// As [`values`](Function::values).
    pub fn jacobian(&self, x: &[f64]) -> Result<Vec<Vec<f64>>> {
        self.replay(x, |workspace| workspace.program.jacobian(x))
    }

    /// The Hessian of a function with one output.
    ///
    /// # Errors
    /// As [`value`](Function::value).
    pub fn hessian(&self, x: &[f64]) -> Result<Vec<Vec<f64>>> {
        self.replay(x, |workspace| workspace.program.hessian(x))
    }

    /// The Hessian of a function with one output times `direction`.
    ///
    /// # Errors
    /// As [`value`](Function::value); if `direction` is not as long as `x` or not finite.
    pub fn hvp(&self, x: &[f64], direction: &[f64]) -> Result<Vec<f64>> {
        self.replay(x, |workspace| workspace.program.hvp(x, direction))
    }

    /// Finds the program that fits `x`, or records it, and hands it on with its outputs there.
    fn replay<T>(&self, x: &[f64], use_it: impl Fn(&mut Workspace<'_>) -> Result<T>) -> Result<T> {
        self.check(x)?;
        let mut misses: Vec<Miss> = Vec::new();
        loop {
            // A statement of its own: the lock is free again before the replay.
            let candidate = self.known().candidate(x.len(), &misses);
            let Some(mut pattern) = candidate else { break };
            match pattern.replay(x, &use_it) {
                Ok(result) => {
                    self.known().used(pattern);
                    return self.or_to_the_bit(x, result, use_it);
                }
                Err(guard) => {
                    misses.push(Miss { program: pattern.program.clone(), guard });
                    self.known().put_back(pattern);
                }
            }
        }
        let mut pattern = Pattern::new(self.record(x, self.recorder)?);
        let result = pattern.replay(x, &use_it);
        self.known().add(pattern);
        match result {
            Ok(result) => self.or_to_the_bit(x, result, use_it),
            Err(_) => self.to_the_bit(x, use_it),
        }
    }

    /// A comparison of numbers that differ by a rounding may go another way on another kind of number.
    fn or_to_the_bit<T>(
        &self,
        x: &[f64],
        result: Result<T>,
        use_it: impl Fn(&mut Workspace<'_>) -> Result<T>,
    ) -> Result<T> {
        match result {
            Err(Error::BranchChanged { .. }) => self.to_the_bit(x, use_it),
            result => result,
        }
    }

    /// Replays a recording made at `x` just as the closure computed: it fits where one with its sums in another order may not.
    fn to_the_bit<T>(&self, x: &[f64], use_it: impl Fn(&mut Workspace<'_>) -> Result<T>) -> Result<T> {
        let program = self.record(x, self.recorder.lowering(Lowering::None))?;
        match Pattern::new(program.clone()).replay(x, use_it) {
            Ok(result) => result,
            // The closure is no function of its inputs.
            Err(guard) => Err(program.inner.source.branch_changed(guard, None)),
        }
    }

    fn record(&self, x: &[f64], recorder: Recorder) -> Result<Program> {
        let groups = self.groups.unwrap_or(Groups { shared: 0, sample: x.len() });
        self.known().recordings += 1;
        recorder.record_groups(x, groups, |x| (self.f)(x, groups.shared))
    }

    fn check(&self, x: &[f64]) -> Result<()> {
        check_point("point", x)?;
        match self.groups.map(Groups::inputs) {
            Some(expected) if expected != x.len() => Err(Error::Length {
                what: "the point",
                found: x.len(),
                expected,
                hint: "a function of two groups of inputs takes the shared ones, then those of one sample",
            }),
            _ => Ok(()),
        }
    }

    fn known(&self) -> MutexGuard<'_, Patterns> {
        // No code of a user's runs while it is held: nothing is left half done in it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Function<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function of {} known patterns", self.patterns())
    }
}
