//! A matrix in compressed rows.

/// A sparse matrix in compressed rows, as other libraries take it apart and put it together.
///
/// ```
/// let program = gradus::Program::record(&[1.0, 2.0], |x| [x[0].exp(), x[0] + x[1] * 3.0])?;
/// let matrix = program.sparse_jacobian(&[0.0, 0.0])?;
/// assert_eq!(matrix.row_offsets(), [0, 1, 3]);
/// assert_eq!(matrix.column_indices(), [0, 0, 1]);
/// assert_eq!(matrix.values(), [1.0, 1.0, 3.0]);
/// assert_eq!(matrix.to_dense(), [[1.0, 0.0], [1.0, 3.0]]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseMatrix {
    pub(super) columns: usize,
    pub(super) row_offsets: Vec<usize>,
    pub(super) column_indices: Vec<usize>,
    pub(super) values: Vec<f64>,
}

impl SparseMatrix {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.row_offsets.len() - 1
    }

    /// How many columns it has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Where each row begins among the entries, and behind the last where it ends.
    pub fn row_offsets(&self) -> &[usize] {
        &self.row_offsets
    }

    /// The column of each entry, ascending within a row.
    pub fn column_indices(&self) -> &[usize] {
        &self.column_indices
    }

    /// The value of each entry; it may happen to be 0.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The number in `row` and `column`: 0 where there is no entry.
    ///
    /// # Panics
    /// If there is no such row or column.
    pub fn get(&self, row: usize, column: usize) -> f64 {
        assert!(row < self.rows(), "there is no row {row}: the matrix has {} rows", self.rows());
        assert!(column < self.columns, "there is no column {column}: the matrix has {} columns", self.columns);
        let entries = self.row_offsets[row]..self.row_offsets[row + 1];
        match self.column_indices[entries.clone()].binary_search(&column) {
            Ok(place) => self.values[entries.start + place],
            Err(_) => 0.0,
        }
    }

    /// Row, column and value of each entry, row by row.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        (0..self.rows()).flat_map(move |row| {
            let entries = self.row_offsets[row]..self.row_offsets[row + 1];
            entries.map(move |entry| (row, self.column_indices[entry], self.values[entry]))
        })
    }

    /// All of it, zeros included, as a list of rows.
    pub fn to_dense(&self) -> Vec<Vec<f64>> {
        let mut dense = vec![vec![0.0; self.columns]; self.rows()];
        for (row, column, value) in self.iter() {
            dense[row][column] = value;
        }
        dense
    }

    /// Its product with a vector.
    ///
    /// # Panics
    /// If `x` has not an entry for each column.
    pub fn multiply(&self, x: &[f64]) -> Vec<f64> {
        let (found, expected) = (x.len(), self.columns);
        assert!(
            found == expected,
            "a matrix of {expected} columns is multiplied with {found} numbers: give one for each column"
        );
        let entry = |entry: usize| self.values[entry] * x[self.column_indices[entry]];
        self.row_offsets.windows(2).map(|row| (row[0]..row[1]).map(entry).sum()).collect()
    }
}
