//! `draw`: the graph as a picture, or as a page to step through.

use super::Outcome;
use super::explain::explanation;
use crate::arguments::Draw;
use crate::failure::{Failure, Result};
use crate::problem::Problem;
use gradus::explain::Direction;
use std::collections::HashSet;
use std::path::Path;

pub fn draw(arguments: &Draw) -> Result<Outcome> {
    let problem = Problem::read(&arguments.expressions, &arguments.at)?;
    let explanation = explanation(&problem, "draw")?;
    let mut picture = explanation.picture();
    if arguments.down {
        picture = picture.direction(Direction::Down);
    }
    if let Some(decimals) = arguments.decimals {
        picture = picture.decimals(decimals.into());
    }
    let mut drawings: Vec<(&Path, String)> = Vec::new();
    if let Some(path) = &arguments.svg {
        drawings.push((path, picture.svg()));
    }
    if let Some(path) = &arguments.html {
        drawings.push((path, page(&problem)?));
    }
    if let Some(path) = &arguments.dot {
        drawings.push((path, picture.dot()));
    }
    if let Some(path) = &arguments.mermaid {
        drawings.push((path, picture.mermaid()));
    }
    written(drawings)
}

/// The page, with the formula as its title.
fn page(problem: &Problem) -> Result<String> {
    const LONGEST_TITLE: usize = 80;
    let output = problem.single_output("draw")?;
    let page = problem.record(output, |recorded, _| gradus::explain::page(recorded))?;
    let formula = output.place.text();
    let fits = formula.chars().count() <= LONGEST_TITLE && !formula.contains('\n');
    let page = if fits { page.titled(format!("{} = {formula}", output.name)) } else { page };
    Ok(page.html())
}

/// Each drawing to its file, or to the standard output.
fn written(drawings: Vec<(&Path, String)>) -> Result<Outcome> {
    let (printed, files): (Vec<_>, Vec<_>) = drawings.into_iter().partition(|(path, _)| *path == Path::new("-"));
    if printed.len() > 1 {
        return Err(Failure::usage(
            "two drawings for the standard output",
            "write one of them to a file, as in `--dot=graph.dot`",
        ));
    }
    let mut taken = HashSet::new();
    if let Some((path, _)) = files.iter().find(|(path, _)| !taken.insert(*path)) {
        return Err(Failure::usage(
            format!("two drawings for the file {}", path.display()),
            "give each a file of its own: the second would take the place of the first",
        ));
    }
    let mut written = String::new();
    for (path, drawing) in &files {
        std::fs::write(path, drawing)
            .map_err(|error| gradus::Error::File { path: path.display().to_string(), message: error.to_string() })?;
        written += &format!("wrote {}\n", path.display());
    }
    Ok(Outcome::new(match printed.into_iter().next() {
        Some((_, drawing)) => drawing.trim_end().to_owned() + "\n",
        None => written,
    }))
}
