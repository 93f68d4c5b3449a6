//! Small dense linear systems: Householder's QR for least squares, Cholesky for positive-definite matrices (Golub & Van Loan,
//! *Matrix Computations*, 4th ed. 2013, sections 5.2 and 4.2).

/// The `x` that makes `|A x - b|` least, for the rows of `A`, no fewer than columns. `None` if the columns are not independent.
pub(super) fn least_squares(mut rows: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = rows.first()?.len();
    for k in 0..n {
        let column: Vec<f64> = rows[k..].iter().map(|row| row[k]).collect();
        let length = crate::norm(&column);
        if !(length > 0.0 && length.is_finite()) {
            return None;
        }
        // The reflection I - v vᵀ / (v₀ length), with v₀ of the larger size.
        let diagonal = if column[0] > 0.0 { -length } else { length };
        let mut v = column;
        v[0] -= diagonal;
        let scale = v[0].abs() * length;
        for j in k + 1..n {
            let share = v.iter().zip(&rows[k..]).map(|(v, row)| v * row[j]).sum::<f64>() / scale;
            v.iter().zip(&mut rows[k..]).for_each(|(v, row)| row[j] -= share * v);
        }
        let share = crate::dot(&v, &b[k..]) / scale;
        v.iter().zip(&mut b[k..]).for_each(|(v, entry)| *entry -= share * v);
        rows[k][k] = diagonal;
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| rows[i][j] * b[j]).sum();
        b[i] = (b[i] - known) / rows[i][i];
    }
    b.truncate(n);
    b.iter().all(|x| x.is_finite()).then_some(b)
}

/// The solution of `(A + shift I) x = b` for a symmetric `A`. `None` if the matrix is not positive-definite.
pub(super) fn positive_definite(a: &[Vec<f64>], shift: f64, b: &[f64]) -> Option<Vec<f64>> {
    let n = b.len();
    let mut l = vec![vec![0.0; n]; n];
    let mut x = b.to_vec();
    for i in 0..n {
        for j in 0..=i {
            let rest = a[i][j] - crate::dot(&l[i][..j], &l[j][..j]);
            if i > j {
                l[i][j] = rest / l[j][j];
            } else if rest + shift > 0.0 {
                l[i][i] = (rest + shift).sqrt();
            } else {
                return None;
            }
        }
        x[i] = (x[i] - crate::dot(&l[i][..i], &x[..i])) / l[i][i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| l[j][i] * x[j]).sum();
        x[i] = (x[i] - known) / l[i][i];
    }
    x.iter().all(|x| x.is_finite()).then_some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_least_squares_line_through_points() {
        // y = 1 + 2 x, and a residual of (1, -2, 1), which is orthogonal to both columns.
        let rows = vec![vec![1.0, 0.0], vec![1.0, 1.0], vec![1.0, 2.0]];
        let x = least_squares(rows, vec![2.0, 1.0, 6.0]).unwrap();
        assert!((x[0] - 1.0).abs() < 1e-14 && (x[1] - 2.0).abs() < 1e-14, "{x:?}");
        assert_eq!(least_squares(vec![vec![1.0, 0.0], vec![2.0, 0.0]], vec![1.0, 1.0]), None);
    }

    #[test]
    fn a_positive_definite_system() {
        let a = vec![vec![4.0, 2.0], vec![2.0, 3.0]];
        let x = positive_definite(&a, 0.0, &[10.0, 9.0]).unwrap();
        assert!((x[0] - 1.5).abs() < 1e-14 && (x[1] - 2.0).abs() < 1e-14, "{x:?}");
        assert_eq!(positive_definite(&[vec![-1.0]], 0.5, &[1.0]), None);
        assert_eq!(positive_definite(&[vec![-1.0]], 5.0, &[1.0]), Some(vec![0.25]));
    }
}
