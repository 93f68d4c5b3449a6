//! Everything that can go wrong with data: one enum, whose messages say what was wrong, what was
//! expected and what to do.

use crate::tape::TapeId;

/// What went wrong, with what was given and what was expected.
///
/// Functions that take data return it; operators such as `a + b`, which cannot, panic with the
/// same sentence.
///
/// ```
/// let error = gradus::gradient(|x| x[0], &[]).unwrap_err();
/// assert_eq!(error, gradus::Error::NoInputs);
/// ```
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A variable outlived its recording.
    #[error(
        "stale variable: node {index} belongs to {tape}, which was cleared or dropped since. \
         What was recorded went with it, so that no derivative can be found: create the variable anew \
         after `Tape::clear`, and keep the `Tape` alive as long as its variables"
    )]
    StaleVariable {
        /// The recording that the variable belonged to.
        tape: TapeId,
        /// The variable's node there.
        index: u32,
    },

    /// Variables of two tapes met.
    #[error(
        "two tapes in one expression: one variable belongs to {left}, another to {right}. \
         A derivative cannot cross tapes: create all variables of an expression on one tape, or \
         pass a plain number with `.value()`"
    )]
    MixedTapes {
        /// The tape of the first variable.
        left: TapeId,
        /// The tape of the second.
        right: TapeId,
    },

    /// A number that no tape has recorded was asked for its gradient.
    #[error(
        "the number {value} was never recorded, so it has no gradient: make it a variable with \
         `tape.var({value})`, or compute it from one"
    )]
    NotRecorded {
        /// The number's value.
        value: f64,
    },

    /// The tape reached its limit of nodes.
    #[error(
        "{tape} is full: it may hold {limit} nodes, so that a loop that never ends does not \
         take all the memory. Sweep back and clear it more often, or give it a higher limit with `Tape::with_node_limit` (at most {max})",
        max = crate::tape::MAX_NODES
    )]
    TapeFull {
        /// The full tape.
        tape: TapeId,
        /// How many nodes it may hold.
        limit: usize,
    },

    /// A tape was used while one of its own sweeps was under way.
    #[error(
        "{tape} is being swept and cannot record or sweep at the same time, because the sweep reads what that would \
         change: compute the derivative of an op of your own from plain numbers, or on a tape of its own"
    )]
    TapeBusy {
        /// The tape in question.
        tape: TapeId,
    },

    /// A derivative with respect to nothing.
    #[error("there are no inputs to differentiate with respect to: pass a point with at least one coordinate")]
    NoInputs,

    /// A point at which nothing can be differentiated.
    #[error(
        "coordinate {index} of the {what} is {value}: derivatives are taken at finite points only, since all that follows from \
         this one would be NaN. Look where it was computed, or leave the point out"
    )]
    NonFinitePoint {
        /// Which argument held it.
        what: &'static str,
        /// Where in it.
        index: usize,
        /// What stood there.
        value: f64,
    },

    /// A batch of samples that have nothing of their own.
    #[error(
        "the program was recorded without inputs of a sample, so that nobody can tell how many samples a batch has: replay it \
         with `values` or `gradient`, or record it with at least one input of each sample's own"
    )]
    NoSampleInputs,

    /// Two lists that belong together differ in length.
    #[error("{what} has length {found}, but {expected} was expected: {hint}")]
    Length {
        /// The list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that fits.
        expected: usize,
        /// What the length has to agree with.
        hint: &'static str,
    },

    /// A function returned outputs of different number at different points.
    #[error(
        "the function returned {first} outputs at first and {then} at another point: a \
         derivative needs the same outputs everywhere. Branch on the value of an output, not on how many there are"
    )]
    ChangingOutputs {
        /// How many at first.
        first: usize,
        /// How many later.
        then: usize,
    },

    /// An op with a hand-written gradient met a derivative of higher order.
    #[error(
        "`{op}` is an opaque op: its gradient is plain f64 code, which cannot be differentiated \
         again. Implement `Rule` for it, whose partials are written over `Scalar`, to use it in \
         Hessians, Hessian-vector products and recorded gradients"
    )]
    FirstOrderOnly {
        /// The op's name.
        op: String,
    },

    /// An op was called with a number of operands that it does not take.
    #[error(
        "`{op}` takes {expected} operands, but {found} were given: pass one number for each operand, in the op's order"
    )]
    Arity {
        /// The op's name.
        op: String,
        /// How many it takes.
        expected: usize,
        /// How many were given.
        found: usize,
    },

    /// An op of one's own returned a gradient of the wrong length.
    #[error(
        "the gradient of `{op}` has {found} entries, but the sweep needs a partial for each of the {expected} operands: return \
         them all, in the order of the operands, 0 where the op does not depend on one"
    )]
    GradientLength {
        /// The op's name.
        op: String,
        /// One per operand.
        expected: usize,
        /// What it returned.
        found: usize,
    },

    /// A function that was to be recorded into a program returned nothing.
    #[error("the function returned no outputs, so that there is nothing to differentiate: return at least one value")]
    NoOutputs,

    /// A program of several outputs was asked for what only one output has.
    #[error(
        "the program has {found} outputs, but a gradient belongs to one: take the Jacobian, or `vjp` with a seed for \
         each output"
    )]
    OutputCount {
        /// How many outputs it has.
        found: usize,
    },

    /// A comparison would go another way than while the program was recorded.
    #[error(
        "the program was recorded where `{comparison}` held (asked at {line}), and{sample} it does not hold here: the \
         instructions for the other branch were never recorded. Record anew at this point, wrap the closure in a `Function`, \
         which does so by itself, or write the branch with `select`, `max` or another op that knows both sides",
        sample = sample.map_or(String::new(), |sample| format!(" for sample {sample}"))
    )]
    BranchChanged {
        /// What held.
        comparison: String,
        /// Where it was asked.
        line: String,
        /// Which sample of a batch it is.
        sample: Option<usize>,
    },

    /// A closure that was being recorded into a program looked at a plain number.
    #[error(
        "a plain number was read out of a variable at {line} while a program was recorded: the program would keep it \
         as it was there, whatever the inputs of a replay are. Compute with the variable itself, or use \
         `Recorder::allow_value_reads` if the number does not enter the result"
    )]
    ValueRead {
        /// Where it was read.
        line: String,
    },

    /// Whoever watched a batch broke it off.
    #[error(
        "the batch was interrupted after {done} of {of} samples, as its observer asked: there is no result, since the sum over a part \
         would be the gradient of another loss. Run it again, with fewer samples if it takes too long"
    )]
    Interrupted {
        /// How many samples were done.
        done: usize,
        /// How many there were.
        of: usize,
    },

    /// An opaque op was recorded into a program.
    #[error(
        "`{op}` is an opaque op, whose code belongs to one thread: a program cannot hold it. Implement `Rule` for \
         it, or differentiate the closure itself with `gradus::gradient`"
    )]
    OpaqueInProgram {
        /// The op's name.
        op: String,
    },

    /// A class that is not among those there are.
    #[error(
        "{what} is {label}, but there are {classes} classes, counted from 0: let labels begin at 0, or give the number of classes that \
         there are"
    )]
    Label {
        /// Whose class it is.
        what: &'static str,
        /// The class.
        label: usize,
        /// How many there are.
        classes: usize,
    },

    /// A name that is not among those known.
    #[error("there is no {what} `{found}`: there are {}", known.join(", "))]
    UnknownName {
        /// What was looked for.
        what: &'static str,
        /// The name.
        found: String,
        /// The names that there are.
        known: Vec<String>,
    },

    /// A file that could not be read or written.
    #[error("{path}: {message}")]
    File {
        /// Which file.
        path: String,
        /// What the system says.
        message: String,
    },

    /// A file, whole in itself, that holds something else than was asked for.
    #[error("{path} does not fit: {}", differences.join("; "))]
    Mismatch {
        /// Which file.
        path: String,
        /// What was found in it, and what was expected, one difference after the other.
        differences: Vec<String>,
    },

    /// A table that is not as it should be.
    #[error("{path}, line {line}, column {column}: expected {expected}, found {found}")]
    Table {
        /// The file, or what the table is called.
        path: String,
        /// The line, counted from 1.
        line: usize,
        /// The column: its number, counted from 1, and its name.
        column: String,
        /// What should stand there.
        expected: String,
        /// What does.
        found: String,
    },

    /// A loss, a gradient or a parameter became NaN or infinite in training.
    #[error(
        "step {step} (epoch {epoch}) failed: {cause}. A parameter that is NaN once stays so, and no later step can mend it: lower the \
         learning rate, clip the gradient, or look at the op named"
    )]
    NonFiniteTraining {
        /// The step, counted from 1.
        step: u64,
        /// The epoch, counted from 1.
        epoch: usize,
        /// Which sample of the data it was, if it was one.
        sample: Option<usize>,
        /// What became of what: the first op whose value is not finite, from which operands, at which line.
        cause: String,
    },

    /// Training on several ranks ended on all of them, because of one.
    #[error("rank {rank} ended the training of all ranks: {cause}")]
    RankFailed {
        /// Which one.
        rank: usize,
        /// What became of it.
        cause: String,
    },

    /// An iteration that did not come to its end. It carries the best point that was reached, which can be used, or gone on from.
    #[error(
        "{method} has not converged after {iterations} iterations: the value is {value}, the largest slope {slope}. Start nearer \
         to the solution, allow more iterations, or ask for less"
    )]
    NotConverged {
        /// Which one.
        method: &'static str,
        /// How many were done.
        iterations: usize,
        /// The best point reached.
        point: Vec<f64>,
        /// The value there.
        value: f64,
        /// The largest partial derivative there.
        slope: f64,
    },

    /// A setting outside its range.
    #[error("{what} is {}, but must be {expected}", short(*value))]
    Setting {
        /// The setting.
        what: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        expected: &'static str,
    },
}

/// Without hundreds of zeros.
fn short(x: f64) -> String {
    if x.is_finite() && x.abs() >= 1e16 { format!("{x:e}") } else { x.to_string() }
}

/// The message again: it is what `unwrap` prints, and a `main` that returns an error.
impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl Error {
    /// The same error, of one sample of a batch.
    #[cfg(feature = "batch")]
    pub(crate) fn of_sample(self, number: usize) -> Error {
        match self {
            Error::BranchChanged { comparison, line, .. } => {
                Error::BranchChanged { comparison, line, sample: Some(number) }
            }
            error => error,
        }
    }
}

/// A result whose error is [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// A point has coordinates, all finite.
pub(crate) fn check_point(what: &'static str, x: &[f64]) -> Result<()> {
    if x.is_empty() {
        return Err(Error::NoInputs);
    }
    match x.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(Error::NonFinitePoint { what, index, value: x[index] }),
        None => Ok(()),
    }
}

/// A direction of a check leads somewhere: along none, nothing changes, and any derivative would pass.
pub(crate) fn check_leads_somewhere(direction: &[f64]) -> Result<()> {
    match direction.iter().any(|along| *along != 0.0) {
        true => Ok(()),
        false => Err(Error::Setting {
            what: "the largest entry of the direction",
            value: 0.0,
            expected: "another number: along no direction nothing changes, and nothing is checked",
        }),
    }
}

/// A list is as long as it has to be.
pub(crate) fn check_length(what: &'static str, found: usize, expected: usize, hint: &'static str) -> Result<()> {
    if found == expected { Ok(()) } else { Err(Error::Length { what, found, expected, hint }) }
}

/// A direction is as long as what it is a direction of, and finite.
pub(crate) fn check_direction(
    what: &'static str,
    direction: &[f64],
    expected: usize,
    hint: &'static str,
) -> Result<()> {
    check_length(what, direction.len(), expected, hint)?;
    match direction.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(Error::NonFinitePoint { what, index, value: direction[index] }),
        None => Ok(()),
    }
}
