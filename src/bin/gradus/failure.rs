//! Why a command gives no result.

use crate::expression::Fault;
use annotate_snippets::{Group, Level, Renderer};

/// A result of a command, or why there is none.
pub type Result<T> = std::result::Result<T, Failure>;

#[derive(Debug)]
pub enum Failure {
    /// A mistake in an expression or a value, with its place.
    Fault(Box<Fault>),
    /// What the library says.
    Library(gradus::Error),
    /// A mistake that has no place in a text, and what to do.
    Usage { title: String, help: String },
}

impl Failure {
    pub fn usage(title: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::Usage { title: title.into(), help: help.into() }
    }

    pub fn render(&self, renderer: &Renderer) -> String {
        match self {
            Failure::Fault(fault) => fault.render(renderer),
            Failure::Library(error) => {
                renderer.render(&[Group::with_title(Level::ERROR.primary_title(error.to_string()))])
            }
            Failure::Usage { title, help } => {
                let title = Level::ERROR.primary_title(title.as_str());
                renderer.render(&[title.element(Level::HELP.message(help.as_str()))])
            }
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::Fault(Box::new(fault))
    }
}

impl From<gradus::Error> for Failure {
    fn from(error: gradus::Error) -> Failure {
        Failure::Library(error)
    }
}
