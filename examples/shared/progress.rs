//! A progress bar for a training: a bar on a terminal, a line now and then where the output goes to a file.

use gradus::nn::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::ops::ControlFlow;

/// An observer for [`Trainer::observer`](gradus::nn::Trainer::observer): a line every `every` epochs if there is no terminal.
pub fn bar(every: usize) -> impl FnMut(&Progress<'_>) -> ControlFlow<()> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}").unwrap_or(ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    move |progress| {
        let Some(epoch) = progress.epoch else { return ControlFlow::Continue(()) };
        let validation = epoch.validation_loss.map_or(String::new(), |loss| format!(", validation {loss:.4}"));
        let message = format!("loss {:.4}{validation}", epoch.loss);
        if !std::io::stderr().is_terminal() {
            if progress.epochs_done.is_multiple_of(every) {
                println!("epoch {:>4}: {message}", progress.epochs_done);
            }
            return ControlFlow::Continue(());
        }
        bar.set_length(progress.epochs as u64);
        bar.set_position(progress.epochs_done as u64);
        bar.set_message(message);
        if progress.epochs_done == progress.epochs {
            bar.finish();
        }
        ControlFlow::Continue(())
    }
}
