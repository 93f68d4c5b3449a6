//! The invariants that `ARCHITECTURE.md` states of the source: floors, headers, the length of files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the crate and the floor of each: a file imports only from its own floor and those below.
const FLOORS: [(&str, u32); 15] = [
    ("error", 0),
    ("rule", 0),
    ("op", 0),
    ("custom", 0),
    ("number", 1),
    ("tape", 1),
    ("program", 2),
    ("calculus", 3),
    ("numeric", 3),
    ("check", 3),
    ("explain", 4),
    ("nn", 4),
    ("book", 5),
    ("lib", 5),
    ("bin", 6),
];

/// The one knot on the lowest floors: an error names the tape that it is about, which is a plain id.
const EXCEPTIONS: [(&str, &str); 1] = [("error", "tape")];

const LONGEST_FILE: usize = 420;

fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 20, "only {} source files", found.len());
    found
}

/// The top-level module that a file belongs to.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let begins = text.starts_with("//! ") || text.starts_with("#![doc = include_str!");
        assert!(begins, "{} has no `//!` header", path.display());
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    for path in sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines: part it by meaning", path.display());
    }
}

#[test]
fn scripts_and_styles_are_kept_like_the_rest() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/explain/page");
    let mut count = 0;
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let begin = match path.extension().and_then(|extension| extension.to_str()) {
            Some("js") => "// ",
            Some("css") => "/* ",
            _ => continue,
        };
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(begin), "{} does not begin with what it is for", path.display());
        assert!(text.lines().count() <= LONGEST_FILE, "{} is too long: part it by meaning", path.display());
        count += 1;
    }
    assert!(count > 10, "only {count} scripts and styles");
}

#[test]
fn no_file_imports_from_a_floor_above() {
    let floors: BTreeMap<&str, u32> = FLOORS.into_iter().collect();
    for path in sources() {
        let own = module(&path);
        let floor = floors.get(own.as_str()).unwrap_or_else(|| panic!("module `{own}` has no floor: give it one here"));
        let text = fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for (other, of_other) in &floors {
                let imports = line.contains(&format!("crate::{other}::"));
                let excused = EXCEPTIONS.contains(&(own.as_str(), other));
                assert!(
                    !imports || of_other <= floor || excused,
                    "{}: `{}` imports from `{other}`, a floor above",
                    path.display(),
                    line.trim()
                );
            }
        }
    }
}

#[test]
fn every_file_of_reference_numbers_has_a_row_with_its_source_and_licence() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let page = fs::read_to_string(folder.join("README.md")).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => files.extend(fs::read_dir(&entry).unwrap().map(|file| file.unwrap().path())),
            false => files.push(entry),
        }
    }
    for file in files.iter().filter(|file| !file.ends_with("README.md")) {
        let inside = file.strip_prefix(&folder).unwrap();
        let name = inside.to_string_lossy().replace('\\', "/");
        let of_folder = format!("`{}/*", inside.parent().unwrap().display());
        let row = rows.iter().find(|row| row[1].contains(&format!("`{name}`")) || row[1].starts_with(&of_folder));
        let row = row.unwrap_or_else(|| panic!("tests/data/README.md has no row for {name}"));
        // A row begins and ends with a bar: what, source, licence stand between.
        assert!(
            row.len() == 6 && row[2..5].iter().all(|cell| !cell.is_empty()),
            "the row of {name} lacks a cell: {row:?}"
        );
    }
    assert!(files.len() > 15, "only {} files", files.len());
}
