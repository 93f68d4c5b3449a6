//! The saved form of a program, as plain data: what a file of [`VERSION`] holds. Lists hold what there is of each thing, so that
//! no count can promise more than the file has.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of the format. One more whenever an older reader would misunderstand a newer file; a reader of several versions has
/// to be written then.
pub(super) const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    /// First, so that a file of another version is refused before anything else in it is misread.
    pub(super) version: Version,
    pub(super) lowering: SavedLowering,
    /// The ops of the table that it uses, by name.
    pub(super) ops: Vec<String>,
    /// The rules that are not in the table, by name.
    pub(super) rules: Vec<String>,
    /// The inputs that all samples share, as they were where it was recorded: the first nodes.
    pub(super) shared: Vec<Number>,
    /// The other inputs: the next nodes.
    pub(super) sample: Vec<Number>,
    /// The nodes behind the inputs.
    pub(super) nodes: Vec<SavedNode>,
    pub(super) outputs: Vec<SavedOperand>,
    pub(super) guards: Vec<SavedGuard>,
    /// Nodes that have a name, in their order.
    pub(super) labels: Vec<(u32, String)>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedLowering {
    Full,
    None,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedNode {
    Literal(Number),
    /// An op, by its place in the list of ops, and what it was applied to.
    Op(u32, Vec<SavedOperand>),
    /// A rule, by its place in the list of rules, and the nodes that it was applied to.
    Rule(u32, Vec<u32>),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedOperand {
    Node(u32),
    Literal(Number),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedGuard {
    pub(super) relation: SavedRelation,
    pub(super) operands: Vec<SavedOperand>,
    pub(super) answer: u8,
    pub(super) line: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedRelation {
    Less,
    LessOrEqual,
    Equal,
    Order,
    /// Of an op, by its place in the list of ops.
    Depends(u32),
}

/// The version of this format, and no other.
#[derive(Debug)]
pub(super) struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
        match u32::deserialize(deserializer)? {
            VERSION => Ok(Version),
            other => Err(D::Error::custom(format_args!(
                "this program was saved in version {other} of its format, and this version of gradus reads version {VERSION}: \
                 record the closure anew, or read it with the gradus that saved it"
            ))),
        }
    }
}

/// A number, to the bit in every format: as text where people read it, because JSON has no infinities and many of its readers
/// round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number(pub(super) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&format_args!("{:?}", self.0))
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        if !deserializer.is_human_readable() {
            return f64::deserialize(deserializer).map(Number);
        }
        let text = String::deserialize(deserializer)?;
        text.parse().map(Number).map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &"a number in quotes"))
    }
}
