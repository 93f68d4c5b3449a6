//! Prints one line for each public item of the JSON that rustdoc wrote: `gradus-api target/doc/gradus.json`.

use public_api::Builder;
use std::collections::HashSet;
use std::process::ExitCode;

/// Auto traits that are implemented by nearly everything. Where `Send` or `Sync` is missing, a line says so (`impl !Send`).
const AUTO: [&str; 8] = [
    "core::marker::Freeze ",
    "core::marker::Send ",
    "core::marker::Sync ",
    "core::marker::Unpin ",
    "core::marker::UnsafeUnpin ",
    "core::marker::StructuralPartialEq ",
    "core::panic::unwind_safe::RefUnwindSafe ",
    "core::panic::unwind_safe::UnwindSafe ",
];

fn main() -> ExitCode {
    let Some(file) = std::env::args_os().nth(1) else {
        eprintln!("Say which file rustdoc wrote, such as target/doc/gradus.json.");
        return ExitCode::FAILURE;
    };
    match Builder::from_rustdoc_json(file).omit_blanket_impls(true).build() {
        Ok(api) => {
            for line in listing(api.items().map(ToString::to_string)) {
                println!("{line}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!(
                "{error}. The version of `public-api` in tests/api/Cargo.toml has to be one that reads this compiler's JSON."
            );
            ExitCode::FAILURE
        }
    }
}

/// The lines that tell something: an item that is exported under two paths once, and of an implemented trait no members.
fn listing(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut implementor: Option<String> = None;
    let mut kept = Vec::new();
    for line in lines {
        if line.starts_with("impl") || line.starts_with("unsafe impl") {
            let header = line.split(" where ").next().unwrap_or_default();
            implementor = header.split_once(" for ").map(|(_, name)| format!("{name}::"));
        } else if implementor.as_ref().is_some_and(|name| member(&line).is_some_and(|item| item.starts_with(name))) {
            continue;
        }
        if !is_auto(&line) && seen.insert(line.clone()) {
            kept.push(line);
        }
    }
    kept
}

/// What is implemented for a type: a function, type or constant.
fn member(line: &str) -> Option<&str> {
    ["pub fn ", "pub const fn ", "pub unsafe fn ", "pub type ", "pub const "]
        .iter()
        .find_map(|start| line.strip_prefix(start))
}

fn is_auto(line: &str) -> bool {
    let negative = line.contains("!core::marker::Send ") || line.contains("!core::marker::Sync ");
    line.starts_with("impl")
        && !negative
        && AUTO.iter().any(|name| line.split(" for ").next().is_some_and(|trait_| format!("{trait_} ").contains(name)))
}
