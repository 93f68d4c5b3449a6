//! The book in `docs/book`: each chapter has what a chapter has, and every link leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/book/src")
}

/// The chapters, in their order, and their text.
fn chapters() -> Vec<(String, String)> {
    let summary = fs::read_to_string(sources().join("SUMMARY.md")).unwrap();
    let names = links(&summary);
    assert!(names.len() > 10, "the summary names {} chapters", names.len());
    names.into_iter().map(|name| (name.clone(), fs::read_to_string(sources().join(&name)).unwrap())).collect()
}

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// The text without what stands between backticks.
fn without_code(prose: &str) -> String {
    prose.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// What the links and pictures of a text point to.
fn links(text: &str) -> Vec<String> {
    let prose = without_code(&prose(text));
    let parts = prose.split("](").skip(1);
    parts.filter_map(|part| part.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

/// The anchor that mdBook and GitHub make of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = |line: &str| line.starts_with('#').then(|| anchor(line.trim_start_matches('#')));
    prose(text).lines().filter_map(headings).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut checked = 0;
    for (name, text) in chapters() {
        for link in links(&text) {
            let (file, place) = link.split_once('#').unwrap_or((&link, ""));
            let file = if file.is_empty() { &name } else { file };
            let path = sources().join(file);
            assert!(path.is_file(), "{name} links to {link}, which is no file of the book");
            if !place.is_empty() {
                let target = fs::read_to_string(&path).unwrap();
                assert!(anchors(&target).contains(place), "{name} links to {link}: {:?}", anchors(&target));
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} links");
}

#[test]
fn every_file_and_picture_is_used() {
    let chapters = chapters();
    let used: BTreeSet<String> =
        chapters.iter().flat_map(|(name, text)| [vec![name.clone()], links(text)].concat()).collect();
    for folder in ["", "images"] {
        for file in fs::read_dir(sources().join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
            let inside = file.strip_prefix(sources()).unwrap().to_string_lossy().replace('\\', "/");
            assert!(file.is_dir() || inside == "SUMMARY.md" || used.contains(&inside), "{inside} is in no chapter");
        }
    }
}

#[test]
fn every_chapter_has_an_aim_a_picture_and_three_exercises_with_solutions() {
    for (name, text) in chapters() {
        // Not chapters of a course.
        if ["introduction.md", "errors.md"].contains(&name.as_str()) {
            continue;
        }
        assert_eq!(text.matches("\n**Aim:** ").count(), 1, "{name}: one aim");
        assert!(text.contains("](images/"), "{name}: a picture");
        let (_, exercises) = text.split_once("\n## Exercises\n").unwrap_or_else(|| panic!("{name}: exercises"));
        let (exercises, solutions) = exercises.split_once("<summary>Solutions</summary>\n\n").unwrap();
        for number in 1..=3 {
            assert!(exercises.contains(&format!("\n{number}. ")), "{name}: exercise {number}");
            assert!(solutions.contains(&format!("**{number}.** ")), "{name}: solution {number}");
        }
        assert!(solutions.contains("```rust\n"), "{name}: the solutions are run");
    }
}

#[test]
fn the_code_of_every_chapter_is_run() {
    let module = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/book.rs")).unwrap();
    for (name, text) in chapters() {
        let chapter = name.trim_end_matches(".md");
        assert!(module.contains(&format!("mod {chapter};")), "{name} is not in src/book.rs");
        for fence in text.lines().filter(|line| line.starts_with("```rust")) {
            assert_eq!(fence, "```rust", "{name}: code that is not run");
        }
    }
}

#[test]
fn the_explanation_shown_is_what_is_printed() {
    let tape = gradus::Tape::new();
    let names = ["w1", "b1", "w2", "b2"];
    let [w1, b1, w2, b2] = std::array::from_fn(|i| tape.var([0.5, 0.1, -0.3, 0.2][i]).named(names[i]));
    let a1 = (w1 * 2.0 + b1).named("z1").relu().named("a1");
    let loss = ((w2 * a1 + b2).named("z2") - 1.0).powi(2).named("loss");
    let printed = gradus::explain::backward(loss).unwrap().to_string();
    let chapter = fs::read_to_string(sources().join("chain_rule.md")).unwrap();
    assert!(
        chapter.contains(&format!("```text\n{printed}\n```\n")),
        "the chapter shows something else than\n{printed}"
    );
}
