//! Sparse Jacobians and Hessians: columns that never meet in a row are found together, in one sweep.
//!
//! What is to be found, and in which sweep, is known from the program alone ([`pattern`]), and is coloured once
//! ([`colouring`]). Method: Curtis, Powell & Reid, *J. Inst. Maths. Applics.* 13 (1974); for Hessians Gebremedhin, Manne & Pothen,
//! *What color is your Jacobian?*, SIAM Review 47 (2005).

mod bits;
mod colouring;
mod matrix;
mod pattern;

pub use matrix::SparseMatrix;

use super::Program;
use super::replay::Memory;
use crate::error::Result;
use crate::number::{DIRECTIONS, Jet};
use crate::rule::Scalar;
use colouring::NO_COLOUR;
use pattern::Pattern;

impl Program {
    /// The Jacobian at `x`, of which only the entries are found that can differ from 0.
    ///
    /// For many points, keep a [`SparseJacobian`]: it finds out once where they are.
    ///
    /// ```
    /// let program = gradus::Program::record(&[1.0, 2.0, 3.0], |x| [x[0] * x[1], x[2].sin()])?;
    /// let jacobian = program.sparse_jacobian(&[4.0, 5.0, 0.0])?;
    /// assert_eq!(jacobian.iter().collect::<Vec<_>>(), [(0, 0, 5.0), (0, 1, 4.0), (1, 2, 1.0)]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`values`](Program::values).
    pub fn sparse_jacobian(&self, x: &[f64]) -> Result<SparseMatrix> {
        SparseJacobian::new(self).at(x).cloned()
    }

    /// The Hessian at `x` of a program with one output, of which only the entries are found that can differ from 0.
    ///
    /// For many points, keep a [`SparseHessian`].
    ///
    /// ```
    /// let program = gradus::Program::record(&[1.0, 2.0, 3.0], |x| x[0] * x[1] + x[2].powi(3))?;
    /// let hessian = program.sparse_hessian(&[4.0, 5.0, 6.0])?;
    /// assert_eq!(hessian.iter().collect::<Vec<_>>(), [(0, 1, 1.0), (1, 0, 1.0), (2, 2, 36.0)]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`gradient`](Program::gradient).
    pub fn sparse_hessian(&self, x: &[f64]) -> Result<SparseMatrix> {
        SparseHessian::new(self)?.at(x).cloned()
    }
}

/// What there is to know of the sparse Jacobian of a [`Program`] before it is asked for at a point, and the memory for it.
///
/// ```
/// use gradus::program::{Program, SparseJacobian};
///
/// // Each output depends on three neighbours: three sweeps' worth of directions do, however many there are.
/// let program = Program::record(&[0.5; 100], |x| {
///     (1..99).map(|i| (3.0 - 2.0 * x[i]) * x[i] - x[i - 1] - 2.0 * x[i + 1] + 1.0).collect::<Vec<_>>()
/// })?;
/// let mut jacobian = SparseJacobian::new(&program);
/// assert_eq!((jacobian.entries(), jacobian.colours()), (3 * 98, 3));
/// let matrix = jacobian.at(&[1.0; 100])?;
/// assert_eq!((matrix.get(0, 0), matrix.get(0, 1), matrix.get(0, 2)), (-1.0, -1.0, -2.0));
/// # Ok::<(), gradus::Error>(())
/// ```
pub struct SparseJacobian<'p> {
    program: &'p Program,
    pattern: Pattern,
    compression: Compression,
    memory: Memory<Jet>,
    matrix: SparseMatrix,
}

/// What is added up in one sweep: columns, in sweeps forward, or rows, in sweeps back. The colours of either.
enum Compression {
    Columns(Vec<u32>),
    Rows(Vec<u32>),
}

impl<'p> SparseJacobian<'p> {
    /// Finds the pattern and colours its columns or rows, whichever need fewer colours.
    pub fn new(program: &'p Program) -> SparseJacobian<'p> {
        let pattern = Pattern::of_jacobian(&program.inner.code);
        let transposed = pattern.transposed();
        // A row of k entries asks for k colours of columns at least. Those of the side that may do with fewer are sought.
        let compression = if pattern.longest_row() <= transposed.longest_row() {
            Compression::Columns(colouring::columns(&pattern, &transposed))
        } else {
            Compression::Rows(colouring::columns(&transposed, &pattern))
        };
        let matrix = pattern.empty();
        SparseJacobian { program, pattern, compression, memory: program.memory(), matrix }
    }

    /// How many entries can differ from 0.
    pub fn entries(&self) -> usize {
        self.pattern.entries()
    }

    /// How many columns, or rows, there are once those that are found together are one. A sweep carries four of them.
    pub fn colours(&self) -> usize {
        let (Compression::Columns(colours) | Compression::Rows(colours)) = &self.compression;
        colouring::count(colours)
    }

    /// The Jacobian at `x`.
    ///
    /// # Errors
    /// As [`Program::values`].
    pub fn at(&mut self, x: &[f64]) -> Result<&SparseMatrix> {
        let colours = self.colours();
        let SparseJacobian { program, pattern, compression, memory, matrix } = self;
        let values = &mut matrix.values;
        for first in (0..colours.max(1)).step_by(DIRECTIONS) {
            match compression {
                Compression::Columns(colours) => {
                    let outputs = program.push_forward(memory, x, |input| moving(x[input], colours[input], first))?;
                    for (row, output) in outputs.iter().enumerate() {
                        for (column, value) in pattern.row(row).iter().zip(&mut values[pattern.places(row)]) {
                            take(value, output, colours[*column as usize], first);
                        }
                    }
                }
                Compression::Rows(colours) => {
                    let seed = |output: usize| moving(0.0, colours[output], first).tangents;
                    let gradients = program.pull_back(memory, x, seed)?;
                    for (row, &colour) in colours.iter().enumerate() {
                        for (column, value) in pattern.row(row).iter().zip(&mut values[pattern.places(row)]) {
                            take(value, &gradients[*column as usize], colour, first);
                        }
                    }
                }
            }
        }
        Ok(&self.matrix)
    }
}

/// What there is to know of the sparse Hessian of a [`Program`] before it is asked for at a point, and the memory for it.
///
/// ```
/// use gradus::program::{Program, SparseHessian};
///
/// // The chained function of Rosenbrock: a band of three diagonals.
/// let program = Program::record(&[0.5; 100], |x| {
///     x.windows(2).map(|x| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2)).sum::<gradus::Var>()
/// })?;
/// let mut hessian = SparseHessian::new(&program)?;
/// assert_eq!((hessian.entries(), hessian.colours()), (100 + 2 * 99, 3));
/// let matrix = hessian.at(&[1.0; 100])?;
/// assert_eq!((matrix.get(0, 0), matrix.get(0, 1), matrix.get(99, 99)), (802.0, -400.0, 200.0));
/// # Ok::<(), gradus::Error>(())
/// ```
pub struct SparseHessian<'p> {
    program: &'p Program,
    colours: Vec<u32>,
    /// In which row of the compressed Hessian, and under which colour, each entry is found.
    sources: Vec<(u32, u32)>,
    memory: Memory<Jet>,
    matrix: SparseMatrix,
}

impl<'p> SparseHessian<'p> {
    /// Finds the pattern and colours it.
    ///
    /// # Errors
    /// [`Error::OutputCount`](crate::Error::OutputCount) for a program of several outputs.
    pub fn new(program: &'p Program) -> Result<SparseHessian<'p>> {
        program.check_single_output()?;
        let pattern = Pattern::of_hessian(&program.inner.code);
        let colours = colouring::star(&pattern);
        let sources = colouring::sources(&pattern, &colours);
        let matrix = pattern.empty();
        Ok(SparseHessian { program, colours, sources, memory: program.memory(), matrix })
    }

    /// How many entries can differ from 0, both of each pair counted.
    pub fn entries(&self) -> usize {
        self.matrix.values.len()
    }

    /// How many directions the Hessian is multiplied with to find all of it. A sweep carries four of them.
    pub fn colours(&self) -> usize {
        colouring::count(&self.colours)
    }

    /// The Hessian at `x`.
    ///
    /// # Errors
    /// As [`Program::gradient`].
    pub fn at(&mut self, x: &[f64]) -> Result<&SparseMatrix> {
        let count = self.colours();
        let SparseHessian { program, colours, sources, memory, matrix } = self;
        let values = &mut matrix.values;
        for first in (0..count.max(1)).step_by(DIRECTIONS) {
            let gradient = program.jet_gradient(memory, x, |input| moving(x[input], colours[input], first))?;
            for (value, &(row, colour)) in values.iter_mut().zip(sources.iter()) {
                take(value, &gradient[row as usize], colour, first);
            }
        }
        Ok(&self.matrix)
    }
}

/// A number that moves in the direction of its colour, if that is among those from `first` on.
fn moving(value: f64, colour: u32, first: usize) -> Jet {
    match (colour as usize).checked_sub(first) {
        Some(direction) if colour != NO_COLOUR && direction < DIRECTIONS => Jet::along(value, direction, 1.0),
        _ => Jet::lit(value),
    }
}

/// Takes the entry of a colour, if it was found in this sweep.
fn take(value: &mut f64, found: &Jet, colour: u32, first: usize) {
    if let Some(&tangent) = (colour as usize).checked_sub(first).and_then(|direction| found.tangents.get(direction)) {
        *value = tangent;
    }
}
