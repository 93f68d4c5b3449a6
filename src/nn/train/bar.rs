//! A ready observer: how far a training is, as a bar on a terminal or as lines.

use super::Progress;
use std::io::Write;
use std::ops::ControlFlow;

/// An observer for [`Trainer::observer`](super::Trainer::observer) that writes to standard error how far the training is, how large the losses
/// are, and when it will be done: with the feature `progress` and on a terminal as a bar, else as a line for each tenth of the epochs.
///
/// ```
/// use gradus::nn::{Activation, Mlp, Model, Trainer, data, loss, optim::Adam, progress_bar};
///
/// let net = Mlp::new(&[2, 8, 1], Activation::Tanh)?;
/// let mut random = fastrand::Rng::with_seed(1);
/// let moons = data::make_moons(40, 0.1, || random.f64())?;
/// let start = net.initial_parameters(|| random.f64());
/// let mut trainer = Trainer::new(&net, loss::hinge_loss, Adam::new(0.01)).epochs(20).observer(progress_bar());
/// trainer.fit(start, &moons, || random.f64())?;
/// # Ok::<(), gradus::Error>(())
/// ```
///
/// To do more after each step, call it from an observer of one's own:
///
/// ```
/// use gradus::nn::{Progress, progress_bar};
/// use std::ops::ControlFlow;
///
/// let mut bar = progress_bar();
/// let observer = move |progress: &Progress<'_>| {
///     let _ = bar(progress);
///     if progress.batch_loss < 1e-6 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
/// };
/// # let _ = observer;
/// ```
pub fn progress_bar() -> impl FnMut(&Progress<'_>) -> ControlFlow<()> {
    #[cfg(feature = "progress")]
    let bar = terminal::bar();
    move |progress| {
        #[cfg(feature = "progress")]
        if let Some(bar) = &bar {
            terminal::show(bar, progress);
            return ControlFlow::Continue(());
        }
        if let Some(line) = line(progress) {
            // Whoever has stopped reading (`2>&1 | head`) must not end the training, as `eprintln!` would.
            let _ = writeln!(std::io::stderr().lock(), "{line}");
        }
        ControlFlow::Continue(())
    }
}

#[cfg(feature = "progress")]
mod terminal {
    use super::{Progress, losses};
    use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
    use std::io::IsTerminal;

    /// A bar, if there is a terminal to draw it on.
    pub(super) fn bar() -> Option<ProgressBar> {
        let template = "{bar:30} epoch {pos}/{len}, {eta} left: {msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        // A training that is broken off leaves it as it is.
        let bar = || ProgressBar::new(0).with_style(style).with_finish(ProgressFinish::Abandon);
        std::io::stderr().is_terminal().then(bar)
    }

    pub(super) fn show(bar: &ProgressBar, progress: &Progress<'_>) {
        let Some(epoch) = progress.epoch else { return };
        if bar.is_finished() {
            bar.reset();
        }
        bar.set_length(progress.epochs as u64);
        bar.set_message(losses(&epoch));
        bar.set_position(progress.epochs_done as u64);
        if progress.epochs_done == progress.epochs {
            bar.finish();
        }
    }
}

/// What to say after a step, if anything: after the epochs that fill a tenth of all.
fn line(progress: &Progress<'_>) -> Option<String> {
    let epoch = progress.epoch?;
    let tenths = |epochs: usize| epochs * 10 / progress.epochs.max(1);
    let (done, epochs) = (progress.epochs_done, progress.epochs);
    let is_due = tenths(done) > tenths(done.saturating_sub(1));
    is_due.then(|| format!("epoch {done:>width$}/{epochs}: {}", losses(&epoch), width = epochs.to_string().len()))
}

fn losses(epoch: &super::Epoch) -> String {
    let validation = epoch.validation_loss.map_or(String::new(), |loss| format!(", validation {}", short(loss)));
    format!("loss {}{validation}", short(epoch.loss))
}

/// Four digits, also of small numbers.
fn short(loss: f64) -> String {
    if loss == 0.0 || (1e-3..1e4).contains(&loss.abs()) { format!("{loss:.4}") } else { format!("{loss:.3e}") }
}

#[cfg(test)]
mod tests {
    use super::super::{Checkpoint, Epoch};
    use super::*;

    /// The lines of a training of so many epochs of two steps.
    fn lines(epochs: usize) -> Vec<String> {
        let epoch = Epoch { loss: 0.5, validation_loss: Some(2e-5), learning_rate: 1.0 };
        let checkpoint = &Checkpoint::default();
        let step = |step: usize| {
            let (epoch, epochs_done) = (step.is_multiple_of(2).then_some(epoch), step / 2);
            line(&Progress { step: step as u64, batch_loss: 0.0, epoch, epochs_done, epochs, checkpoint })
        };
        (1..=2 * epochs).filter_map(step).collect()
    }

    #[test]
    fn a_line_for_each_tenth() {
        assert_eq!(
            lines(2),
            ["epoch 1/2: loss 0.5000, validation 2.000e-5", "epoch 2/2: loss 0.5000, validation 2.000e-5"]
        );
        let of_many = lines(250);
        assert_eq!(of_many.len(), 10);
        assert!(of_many[0].starts_with("epoch  25/250") && of_many[9].starts_with("epoch 250/250"), "{of_many:?}");
        let starts: Vec<String> = lines(15).iter().map(|line| line[..8].to_owned()).collect();
        assert_eq!(starts.len(), 10, "{starts:?}");
    }
}
