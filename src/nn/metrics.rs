//! How good a classifier is: accuracy and the confusion matrix.

use super::loss::check_class;
use crate::explain::WIDEST;
use std::fmt;

/// The class that outputs stand for: the place of the largest, or, for a single score, 1 if it is positive and 0 if not. Targets have
/// a class in the same way: one-hot, 0 and 1, or ±1.
///
/// ```
/// use gradus::nn::metrics::class_of;
/// assert_eq!((class_of(&[0.1, 2.0, -1.0]), class_of(&[-0.3])), (1, 0));
/// ```
pub fn class_of(outputs: &[f64]) -> usize {
    if let [score] = outputs {
        return usize::from(*score > 0.0);
    }
    let mut best = 0;
    for (class, output) in outputs.iter().enumerate() {
        if *output > outputs[best] {
            best = class;
        }
    }
    best
}

/// The share of outputs of the same class as their targets; NaN for none.
///
/// ```
/// use gradus::nn::metrics::accuracy;
/// assert_eq!(accuracy(&[[2.0], [0.5]], &[[1.0], [-1.0]]), 0.5);
/// ```
///
/// # Panics
/// If there is not a target for each output.
#[track_caller]
pub fn accuracy(outputs: &[impl AsRef<[f64]>], targets: &[impl AsRef<[f64]>]) -> f64 {
    let (found, expected) = (targets.len(), outputs.len());
    assert!(found == expected, "there are {found} targets for {expected} outputs: give a target for each output");
    let pairs = outputs.iter().zip(targets);
    let right = pairs.filter(|(output, target)| class_of(output.as_ref()) == class_of(target.as_ref())).count();
    right as f64 / outputs.len() as f64
}

/// How often which class was taken for which: `counts[true class][predicted class]`. It prints as a table.
///
/// ```
/// use gradus::nn::metrics::ConfusionMatrix;
/// let mut matrix = ConfusionMatrix::new(2);
/// for (truth, predicted) in [(0, 0), (0, 0), (0, 1), (1, 1)] {
///     matrix.count(truth, predicted);
/// }
/// assert_eq!(matrix.counts, [[2, 1], [0, 1]]);
/// assert_eq!((matrix.accuracy(), matrix.precision(1), matrix.recall(1)), (0.75, 0.5, 1.0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    /// A row for each true class, a column for each predicted one.
    pub counts: Vec<Vec<usize>>,
    /// What the classes are called, if anything.
    pub names: Vec<String>,
}

impl ConfusionMatrix {
    /// Nothing counted yet.
    pub fn new(classes: usize) -> ConfusionMatrix {
        ConfusionMatrix { counts: vec![vec![0; classes]; classes], names: Vec::new() }
    }

    /// Counts a sample.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn count(&mut self, truth: usize, predicted: usize) {
        check_class(truth, self.counts.len());
        check_class(predicted, self.counts.len());
        self.counts[truth][predicted] += 1;
    }

    /// The share of samples that were taken for what they are.
    pub fn accuracy(&self) -> f64 {
        let right: usize = self.counts.iter().enumerate().map(|(class, row)| row[class]).sum();
        right as f64 / self.counts.iter().flatten().sum::<usize>() as f64
    }

    /// Of what was taken for `class`, the share that is of it; NaN if nothing was.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn precision(&self, class: usize) -> f64 {
        check_class(class, self.counts.len());
        self.counts[class][class] as f64 / self.counts.iter().map(|row| row[class]).sum::<usize>() as f64
    }

    /// Of what is of `class`, the share that was taken for it; NaN if nothing is.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn recall(&self, class: usize) -> f64 {
        check_class(class, self.counts.len());
        self.counts[class][class] as f64 / self.counts[class].iter().sum::<usize>() as f64
    }
}

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |class: usize| self.names.get(class).cloned().unwrap_or_else(|| class.to_string());
        let names: Vec<String> = (0..self.counts.len()).map(name).collect();
        let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(WIDEST);
        let first = longest.max("true \\ predicted".len());
        let width = longest.max(4);
        write!(f, "{:first$}", "true \\ predicted")?;
        names.iter().try_for_each(|name| write!(f, "  {name:>width$}"))?;
        for (name, row) in names.iter().zip(&self.counts) {
            write!(f, "\n{name:>first$}")?;
            row.iter().try_for_each(|count| write!(f, "  {count:>width$}"))?;
        }
        Ok(())
    }
}
