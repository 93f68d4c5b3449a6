//! The saved form of a program, as plain data: what a file of [`VERSION`] holds. Lists hold what there is of each thing, so that
//! no count can promise more than the file has.

use crate::number::Exact;
use serde::de::Error;
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
    pub(super) shared: Vec<Exact>,
    /// The other inputs: the next nodes.
    pub(super) sample: Vec<Exact>,
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
    Literal(Exact),
    /// An op, by its place in the list of ops, and what it was applied to.
    Op(u32, Vec<SavedOperand>),
    /// A rule, by its place in the list of rules, and the nodes that it was applied to.
    Rule(u32, Vec<u32>),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedOperand {
    Node(u32),
    Literal(Exact),
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
