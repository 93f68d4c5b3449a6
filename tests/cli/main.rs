//! The command-line tool, as a user meets it: what it prints, where it points, how it ends.

mod drawing;
mod lesson;
mod mistakes;
mod output;

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// What a run left behind.
struct Run {
    out: String,
    err: String,
    code: i32,
}

fn run(arguments: &[&str]) -> Run {
    Run::of(Command::new(env!("CARGO_BIN_EXE_gradus")).args(arguments).output().unwrap())
}

/// A run with a text on its standard input.
fn run_with(input: &str, arguments: &[&str]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gradus"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Run::of(child.wait_with_output().unwrap())
}

impl Run {
    fn of(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap() }
    }

    /// What a successful run printed.
    #[track_caller]
    fn printed(&self) -> &str {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        &self.out
    }

    /// What a run said that found a mistake.
    #[track_caller]
    fn complained(&self) -> &str {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{}", self.err);
        &self.err
    }
}
