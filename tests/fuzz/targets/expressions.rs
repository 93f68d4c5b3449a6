//! Formulas as they are typed at the prompt: whatever the text, a message with a place or a tree, which evaluates on every kind of number.
#![no_main]

use annotate_snippets::Renderer;
use gradus::{Dual, Tape};
use libfuzzer_sys::fuzz_target;
use std::rc::Rc;
use tool::expression::{Functions, Part, Source, Tree, parse};

// The tool is a binary, whose modules no library has.
#[path = "../../../src/bin/gradus"]
#[allow(dead_code, unused_imports)]
mod tool {
    pub mod expression;
}

fuzz_target!(|text: &str| {
    let functions = Functions::of_table();
    let source = Rc::new(Source { name: "fuzz".to_owned(), text: text.to_owned() });
    for part in [Part::Statements, Part::Values, Part::Claims] {
        let mut tree = Tree::default();
        let statements = match parse(&mut tree, &functions, &source, part) {
            Ok(statements) => statements,
            Err(fault) => {
                assert!(!fault.place.text().is_empty() || fault.place.span.start <= text.len());
                assert!(!fault.render(&Renderer::plain()).is_empty());
                continue;
            }
        };
        let x: Vec<f64> = (0..tree.variables.len()).map(|number| 0.75 + 0.5 * number as f64).collect();
        let last = statements.iter().map(|statement| statement.root).max().unwrap();
        let values = tree.evaluate(&x, last, |_, value| value);
        let tape = Tape::new();
        let recorded = tree.evaluate(&tape.vars(&x), last, |name, value| value.named(name));
        let moving: Vec<Dual> = x.iter().map(|&x| Dual::new(x, 1.0)).collect();
        let duals = tree.evaluate(&moving, last, |_, value| value);
        for statement in &statements {
            let root = statement.root;
            let bits = |x: f64| if x.is_nan() { u64::MAX } else { x.to_bits() };
            assert_eq!(bits(recorded[root].value()), bits(values[root]), "{text}");
            assert_eq!(bits(duals[root].value()), bits(values[root]), "{text}");
            if recorded[root].tape().is_some() {
                recorded[root].backward();
            }
        }
    }
});
