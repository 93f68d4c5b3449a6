//! Inputs and targets, sample by sample.

use super::{Table, shuffle};
use crate::error::{Error, Result, check_length};
use crate::nn::loss::one_hot;
use crate::nn::metrics::class_of;

/// Inputs and targets, one sample after the other in one flat list, as batches of a program take them.
///
/// ```
/// use gradus::nn::data::Dataset;
/// let data = Dataset::new(&[[0.0, 1.0], [2.0, 3.0]], &[[5.0], [6.0]])?;
/// assert_eq!((data.len(), data.inputs(), data.targets()), (2, 2, 1));
/// assert_eq!((data.input(1), data.target(1)), ([2.0, 3.0].as_slice(), [6.0].as_slice()));
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    inputs: usize,
    targets: usize,
    numbers: Vec<f64>,
    /// What the classes are called, if the targets are classes and they have names.
    pub class_names: Vec<String>,
}

impl Dataset {
    /// A row of inputs and a row of targets for each sample.
    ///
    /// # Errors
    /// For no samples or no inputs; [`Error::Length`] if rows differ in length; [`Error::NonFinitePoint`] for a number that is not finite.
    pub fn new(inputs: &[impl AsRef<[f64]>], targets: &[impl AsRef<[f64]>]) -> Result<Dataset> {
        check_length(
            "the list of targets",
            targets.len(),
            inputs.len(),
            "there is a row of targets for each row of inputs",
        )?;
        let (Some(first), Some(first_target)) = (inputs.first(), targets.first()) else {
            return Err(Error::Setting { what: "the number of samples", value: 0.0, expected: "at least 1" });
        };
        let (first, first_target) = (first.as_ref().len(), first_target.as_ref().len());
        if first == 0 {
            return Err(Error::NoInputs);
        }
        let mut numbers = Vec::with_capacity(inputs.len() * (first + first_target));
        for (row, (input, target)) in inputs.iter().zip(targets).enumerate() {
            let (input, target) = (input.as_ref(), target.as_ref());
            check_length("a row of inputs", input.len(), first, "all rows are as long as the first")?;
            check_length("a row of targets", target.len(), first_target, "all rows are as long as the first")?;
            if let Some(number) = input.iter().chain(target).find(|number| !number.is_finite()) {
                return Err(Error::NonFinitePoint { what: "list of samples", index: row, value: *number });
            }
            numbers.extend(input.iter().chain(target));
        }
        Ok(Dataset { inputs: first, targets: first_target, numbers, class_names: Vec::new() })
    }

    /// Samples whose target is a class, which is kept one-hot.
    ///
    /// # Errors
    /// As [`new`](Dataset::new); [`Error::Label`] for a class not below `classes`.
    pub fn of_classes(inputs: &[impl AsRef<[f64]>], labels: &[usize], classes: usize) -> Result<Dataset> {
        if let Some(&label) = labels.iter().find(|&&label| label >= classes) {
            return Err(Error::Label { what: "the class of a sample", label, classes });
        }
        let targets: Vec<Vec<f64>> = labels.iter().map(|&label| one_hot(label, classes)).collect();
        Dataset::new(inputs, &targets)
    }

    /// The columns `targets` of a table are targets, all others inputs.
    ///
    /// # Errors
    /// As [`new`](Dataset::new) and [`Table::numbers`].
    pub fn from_table(table: &Table, targets: &[&str]) -> Result<Dataset> {
        let inputs: Vec<&str> =
            table.header().iter().map(String::as_str).filter(|name| !targets.contains(name)).collect();
        Dataset::new(&rows(table, &inputs)?, &rows(table, targets)?)
    }

    /// The column `label` of a table names the class of each row, all other columns are inputs. Classes are numbered in the order of
    /// their names; names that are numbers, in the order of these.
    ///
    /// # Errors
    /// As [`from_table`](Dataset::from_table); [`Error::Table`] where a row has no label.
    ///
    /// ```
    /// use gradus::nn::data::{Dataset, Table};
    /// let table = Table::parse("x,kind\n1,b\n2,a\n", "t.csv")?;
    /// let data = Dataset::classes_from(&table, "kind")?;
    /// assert_eq!((data.class_names.clone(), data.target(0)), (vec!["a".into(), "b".into()], [0.0, 1.0].as_slice()));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn classes_from(table: &Table, label: &str) -> Result<Dataset> {
        let labels = table.classes(label)?;
        let mut names = labels.clone();
        let number = |name: &str| name.parse::<f64>().unwrap_or(f64::INFINITY);
        names.sort_by(|a, b| number(a).total_cmp(&number(b)).then(a.cmp(b)));
        names.dedup();
        let classes: Vec<usize> =
            labels.iter().filter_map(|label| names.iter().position(|name| name == label)).collect();
        let inputs: Vec<&str> = table.header().iter().map(String::as_str).filter(|name| *name != label).collect();
        let data = Dataset::of_classes(&rows(table, &inputs)?, &classes, names.len())?;
        Ok(Dataset { class_names: names.into_iter().map(str::to_owned).collect(), ..data })
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.numbers.len() / self.width()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// How many inputs a sample has.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many targets a sample has.
    pub fn targets(&self) -> usize {
        self.targets
    }

    /// The inputs of a sample.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn input(&self, sample: usize) -> &[f64] {
        &self.sample(sample)[..self.inputs]
    }

    /// The targets of a sample.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn target(&self, sample: usize) -> &[f64] {
        &self.sample(sample)[self.inputs..]
    }

    /// The class of a sample, as [`class_of`] its target says.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn class(&self, sample: usize) -> usize {
        class_of(self.target(sample))
    }

    /// How many classes the targets tell apart: two for a single target.
    pub fn classes(&self) -> usize {
        self.targets.max(2)
    }

    /// The inputs and then the targets of a sample.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn sample(&self, sample: usize) -> &[f64] {
        assert!(sample < self.len(), "there is no sample {sample}: there are {}, counted from 0", self.len());
        &self.numbers[sample * self.width()..(sample + 1) * self.width()]
    }

    /// All samples, one after the other.
    pub fn samples(&self) -> &[f64] {
        &self.numbers
    }

    /// The samples with these numbers.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn select(&self, samples: &[usize]) -> Dataset {
        let numbers = samples.iter().flat_map(|&sample| self.sample(sample)).copied().collect();
        Dataset { numbers, class_names: self.class_names.clone(), ..*self }
    }

    /// The samples for whose number `first` holds, and the others.
    pub fn partition(&self, first: impl Fn(usize) -> bool) -> (Dataset, Dataset) {
        let (ours, others): (Vec<usize>, Vec<usize>) = (0..self.len()).partition(|&sample| first(sample));
        (self.select(&ours), self.select(&others))
    }

    /// Two parts, drawn at random, the second with the share `test` of the samples: to train with the one and to test with the other.
    ///
    /// `uniform` returns random numbers in [0, 1).
    ///
    /// # Errors
    /// If a part would be empty.
    pub fn train_test_split(&self, test: f64, mut uniform: impl FnMut() -> f64) -> Result<(Dataset, Dataset)> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        shuffle(&mut order, &mut uniform);
        let count = (test * self.len() as f64).round() as usize;
        self.parts(test, &order[..count.min(self.len())], &order[count.min(self.len())..])
    }

    /// As [`train_test_split`](Dataset::train_test_split), but so that each class has the same share in both parts, to the nearest sample:
    /// scikit-learn's `stratify`. It matters where there are few samples, or few of a class.
    ///
    /// ```
    /// use gradus::nn::data::Dataset;
    /// let rows: Vec<[f64; 1]> = (0..100).map(|row| [f64::from(row)]).collect();
    /// let classes: Vec<usize> = (0..100).map(|row| usize::from(row % 10 == 0)).collect();
    /// let data = Dataset::of_classes(&rows, &classes, 2)?;
    /// let mut random = fastrand::Rng::with_seed(1);
    /// let (train, test) = data.stratified_split(0.2, || random.f64())?;
    /// let rare = |part: &Dataset| (0..part.len()).filter(|&sample| part.class(sample) == 1).count();
    /// assert_eq!((rare(&train), rare(&test), test.len()), (8, 2, 20));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a part would be empty.
    pub fn stratified_split(&self, test: f64, mut uniform: impl FnMut() -> f64) -> Result<(Dataset, Dataset)> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        shuffle(&mut order, &mut uniform);
        let (mut for_test, mut for_training) = (Vec::new(), Vec::new());
        for class in 0..self.classes() {
            let own: Vec<usize> = order.iter().copied().filter(|&sample| self.class(sample) == class).collect();
            let (ours, others) = own.split_at(((test * own.len() as f64).round() as usize).min(own.len()));
            for_test.extend(ours);
            for_training.extend(others);
        }
        self.parts(test, &for_test, &for_training)
    }

    fn parts(&self, test: f64, for_test: &[usize], for_training: &[usize]) -> Result<(Dataset, Dataset)> {
        if for_test.is_empty() || for_training.is_empty() {
            return Err(Error::Setting {
                what: "the share of the test data",
                value: test,
                expected: "between 0 and 1, with samples in both parts",
            });
        }
        Ok((self.select(for_training), self.select(for_test)))
    }

    /// Changes the inputs of each sample.
    pub fn change_inputs(&mut self, change: impl Fn(&mut [f64])) {
        let (inputs, width) = (self.inputs, self.width());
        self.numbers.chunks_exact_mut(width).for_each(|sample| change(&mut sample[..inputs]));
    }

    fn width(&self) -> usize {
        self.inputs + self.targets
    }
}

/// The rows of some columns.
fn rows(table: &Table, columns: &[&str]) -> Result<Vec<Vec<f64>>> {
    let columns = columns.iter().map(|name| table.numbers(name)).collect::<Result<Vec<_>>>()?;
    Ok((0..table.len()).map(|row| columns.iter().map(|column| column[row]).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_has_every_sample_once() {
        let rows: Vec<[f64; 1]> = (0..10).map(|row| [f64::from(row)]).collect();
        let data = Dataset::new(&rows, &rows).unwrap();
        let mut random = fastrand::Rng::with_seed(1);
        let (train, test) = data.train_test_split(0.3, || random.f64()).unwrap();
        assert_eq!((train.len(), test.len()), (7, 3));
        let mut all: Vec<f64> = (0..7).map(|i| train.input(i)[0]).chain((0..3).map(|i| test.target(i)[0])).collect();
        assert_ne!(all, rows.concat());
        all.sort_by(f64::total_cmp);
        assert_eq!(all, rows.concat());
        assert!(data.train_test_split(0.01, || 0.5).is_err());
    }

    #[test]
    fn rows_that_do_not_fit_are_errors() {
        assert!(matches!(Dataset::new(&[[1.0]], &[[1.0], [2.0]]), Err(Error::Length { found: 2, expected: 1, .. })));
        assert!(matches!(Dataset::new(&[vec![1.0], vec![]], &[[1.0], [2.0]]), Err(Error::Length { found: 0, .. })));
        assert!(matches!(Dataset::new(&[[f64::NAN]], &[[1.0]]), Err(Error::NonFinitePoint { .. })));
        assert!(matches!(Dataset::of_classes(&[[1.0]], &[2], 2), Err(Error::Label { label: 2, classes: 2, .. })));
    }
}
