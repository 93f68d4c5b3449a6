//! The command-line tool `gradus`: derivatives of a formula that is typed at the prompt, explained, checked and drawn.

mod arguments;
mod command;
mod expression;
mod failure;
mod number;
mod problem;

use annotate_snippets::Renderer;
use arguments::Arguments;
use clap::Parser;
use command::Outcome;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

/// A check failed.
const FAILED: u8 = 1;
/// What was typed cannot be computed.
const MISTAKE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(arguments::with_expressions_that_begin_with_a_sign(std::env::args_os()));
    match command::run(arguments.command) {
        Ok(Outcome { text, notes, passed }) => {
            // A reader that has seen enough is no failure.
            match write!(std::io::stdout().lock(), "{text}").and_then(|()| std::io::stdout().flush()) {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    complain(&format!("error: cannot write the result: {error}"));
                    return MISTAKE.into();
                }
                _ => {}
            }
            notes.iter().for_each(|note| complain(&format!("note: {note}")));
            if passed { ExitCode::SUCCESS } else { FAILED.into() }
        }
        Err(failure) => {
            complain(&failure.render(&renderer()));
            MISTAKE.into()
        }
    }
}

/// Nobody can be told that the standard error is gone.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Colours for people, none for files and for those who do not want them (`NO_COLOR`).
fn renderer() -> Renderer {
    let coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if coloured { Renderer::styled() } else { Renderer::plain() }
}
