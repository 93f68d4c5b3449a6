//! Programs that are written and read back, in any format that serde knows. What is saved is the recording; whoever reads it
//! lowers it anew, and trusts nothing in it.
//!
//! Ops are saved by the names that they have in the table: a row that is renamed, or changes its operands, breaks the files that were
//! saved before, and asks for a new [`format::VERSION`].

mod format;
mod read;
mod write;

use super::Program;
use crate::rule::{ListRule, Rule};
use crate::tape::{DETACH, Erased, Fixed, List};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::fmt;

/// Writes the recording: its nodes, its comparisons, its outputs, and the point where it was recorded.
///
/// A [`Rule`] of one's own is saved by its name, and read back by [`Rules`].
///
/// ```
/// use gradus::Program;
///
/// let program = Program::record(&[2.0], |x| if x[0] > 0.0 { x[0].powi(2) } else { -x[0] })?;
/// let text = serde_json::to_string(&program)?;
/// let read: Program = serde_json::from_str(&text)?;
/// assert_eq!(read.gradient(&[3.0])?, (9.0, vec![6.0]));
/// assert!(read.gradient(&[-3.0]).is_err()); // its guards were saved with it
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for Program {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::saved(self).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

/// Reads a program whose ops are all built in. A file that is cut off, damaged or hostile is an error: it cannot make the reader
/// panic, nor take more memory than a multiple of its own length.
impl<'de> Deserialize<'de> for Program {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Program, D::Error> {
        Rules::new().read(deserializer)
    }
}

/// The rules of one's own that a saved program may use, found by the names in their [`Info`](crate::rule::Info).
///
/// ```
/// use gradus::program::Rules;
/// use gradus::rule::Info;
/// use gradus::{Program, Rule, Scalar, Var};
///
/// struct Cube;
/// impl Rule<1> for Cube {
///     const INFO: Info = Info { name: "cube", written: "{}³", doc: "Third power." };
///     const DOMAIN: &'static [[(f64, f64); 1]] = &[[(-2.0, 2.0)]];
///     fn value([x]: [f64; 1]) -> f64 { x * x * x }
///     fn partials<S: Scalar>([x]: [S; 1], _y: S) -> [S; 1] { [S::lit(3.0) * x * x] }
/// }
///
/// let program = Program::record(&[2.0], |x| Var::apply::<Cube, 1>([x[0]]))?;
/// let text = serde_json::to_string(&program)?;
/// assert!(serde_json::from_str::<Program>(&text).unwrap_err().to_string().contains("`cube`"));
///
/// let rules = Rules::new().rule::<Cube, 1>();
/// let read = rules.read(&mut serde_json::Deserializer::from_str(&text))?;
/// assert_eq!(read.gradient(&[3.0])?, (27.0, vec![27.0]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Rules {
    known: Vec<&'static Erased>,
}

impl Rules {
    /// None but those of this crate.
    pub fn new() -> Rules {
        Rules { known: vec![DETACH] }
    }

    /// Adds a rule of fixed arity. Of two of the same name the later one counts.
    #[must_use]
    pub fn rule<R: Rule<N>, const N: usize>(self) -> Rules {
        self.with(Fixed::<R, N>::ERASED)
    }

    /// Adds a rule on lists.
    #[must_use]
    pub fn list_rule<R: ListRule>(self) -> Rules {
        self.with(List::<R>::ERASED)
    }

    fn with(mut self, rule: &'static Erased) -> Rules {
        self.known.push(rule);
        self
    }

    /// Reads a saved program that may use these rules.
    ///
    /// # Errors
    /// What the format finds wrong; a version, an op or a rule that is not known here; whatever no recording can look like.
    pub fn read<'de, D: Deserializer<'de>>(&self, deserializer: D) -> Result<Program, D::Error> {
        let saved = format::Saved::deserialize(deserializer)?;
        read::program(saved, self).map_err(de::Error::custom)
    }

    fn named(&self, name: &str) -> Option<&'static Erased> {
        self.known.iter().rev().find(|rule| saved_name(rule) == name).copied()
    }
}

/// What a rule is called in a file. A rule of a user's may be called `detach`, too.
fn saved_name(rule: &Erased) -> &'static str {
    if rule.is(DETACH) { "gradus::detach" } else { rule.info.name }
}

impl Default for Rules {
    fn default() -> Rules {
        Rules::new()
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.known.iter().map(|rule| rule.info.name)).finish()
    }
}
