//! What is wrong with a text that was typed, and where: a message with the place marked below it.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::ops::Range;
use std::rc::Rc;

/// A text that was typed, and what it is called in messages.
#[derive(Debug, PartialEq)]
pub struct Source {
    pub name: String,
    pub text: String,
}

/// A part of a text, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub source: Rc<Source>,
    pub span: Range<usize>,
}

impl Place {
    pub fn text(&self) -> &str {
        &self.source.text[self.span.clone()]
    }
}

/// A mistake, its place, and what to write instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub title: String,
    pub place: Place,
    /// What stands at the place, in a few words.
    pub label: String,
    /// Another place that belongs to it, such as the parenthesis that is still open.
    pub context: Option<Box<(Range<usize>, &'static str)>>,
    pub help: Vec<String>,
}

impl Fault {
    pub fn new(title: impl Into<String>, place: Place, label: impl Into<String>) -> Fault {
        Fault { title: title.into(), place, label: label.into(), context: None, help: Vec::new() }
    }

    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.help.push(help.into());
        self
    }

    pub fn context(mut self, span: Range<usize>, label: &'static str) -> Fault {
        self.context = Some(Box::new((span, label)));
        self
    }

    /// The message, with the line and a caret below the place.
    pub fn render(&self, renderer: &Renderer) -> String {
        let Place { source, span } = &self.place;
        let marked = AnnotationKind::Primary.span(span.clone()).label(self.label.as_str());
        let mut snippet = Snippet::source(source.text.as_str()).path(source.name.as_str()).annotation(marked);
        if let Some((span, label)) = self.context.as_deref() {
            snippet = snippet.annotation(AnnotationKind::Context.span(span.clone()).label(*label));
        }
        let help = self.help.iter().map(|help| Level::HELP.message(help.as_str()));
        renderer.render(&[Level::ERROR.primary_title(self.title.as_str()).element(snippet).elements(help)])
    }
}

/// A character or a word in a message, between backquotes.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().count() > LONGEST {
        short.push('…');
    }
    format!("`{short}`")
}
