//! The thread's arena of tapes. A slot map holds the recordings; the nodes of the one that is
//! being recorded stand unwrapped beside it, so that the usual push is a comparison of ids and a
//! `Vec::push`.

use super::TapeId;
use super::custom::CustomOp;
use super::guard::{self, Decisions};
use super::node::{Graph, Node};
use crate::error::{Error, Result};
use slotmap::{Key, KeyData, SlotMap};
use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::panic::Location;

slotmap::new_key_type! { struct Slot; }

impl TapeId {
    fn slot(self) -> Slot {
        Slot::from(KeyData::from_ffi(self.0))
    }
}

/// How a tape records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) node_limit: usize,
    pub(crate) traced: bool,
    /// Whether it notes what a closure decides by looking at values.
    pub(crate) guarded: bool,
}

/// What one tape has recorded.
pub(crate) struct Recording {
    settings: Settings,
    /// The nodes, unless this is the active recording.
    nodes: Vec<Node>,
    /// Operands of list ops, one list after the other.
    pub(crate) lists: Vec<u32>,
    /// Ops that are not in the table, each once.
    pub(crate) customs: Vec<CustomOp>,
    /// The source line of each node, on a traced tape.
    pub(crate) lines: Vec<&'static Location<'static>>,
    pub(crate) labels: HashMap<u32, String>,
    /// What was decided by looking at values, on a guarded tape.
    pub(crate) decisions: Option<Decisions>,
    /// Whether a sweep has taken it out.
    busy: bool,
}

impl Recording {
    fn new(settings: Settings, nodes: Vec<Node>) -> Recording {
        Recording {
            settings,
            nodes,
            lists: Vec::new(),
            customs: Vec::new(),
            lines: Vec::new(),
            labels: HashMap::new(),
            decisions: settings.guarded.then(Decisions::default),
            busy: false,
        }
    }

    pub(crate) fn graph(&self) -> Graph<'_> {
        Graph { nodes: &self.nodes, lists: &self.lists, customs: &self.customs }
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.busy
    }
}

/// The recording that is being recorded: all that the usual push touches.
///
/// It has no destructor, because a thread-local with one is asked at every access whether it still lives, which keeps the access
/// from being inlined. The arena drops its nodes.
struct Active {
    /// Never that of a traced tape or of one with a limit, which take the slow path.
    id: TapeId,
    nodes: ManuallyDrop<Vec<Node>>,
}

/// All else.
struct Arena {
    tapes: SlotMap<Slot, Recording>,
    /// The memory of the last tape dropped, for the next one.
    spare: Vec<Node>,
}

impl Drop for Arena {
    fn drop(&mut self) {
        ACTIVE.with(|active| {
            let mut active = active.borrow_mut();
            active.id = NOBODY;
            drop(std::mem::take(&mut *active.nodes));
        });
    }
}

/// The id that no variable bears, while no recording is active.
const NOBODY: TapeId = TapeId(u64::MAX - 1);

/// The largest node buffer, in nodes, that is kept for the next tape: 48 MB.
const SPARE_LIMIT: usize = 2_000_000;

thread_local! {
    static ACTIVE: RefCell<Active> = const { RefCell::new(Active { id: NOBODY, nodes: ManuallyDrop::new(Vec::new()) }) };
    static ARENA: RefCell<Arena> = RefCell::new(Arena { tapes: SlotMap::with_key(), spare: Vec::new() });
}

/// Adds a node to the recording `id` if it is the active one and has room, and says at which
/// index. Otherwise [`push`] does it.
#[inline(always)]
pub(crate) fn push_fast(id: TapeId, node: Node) -> Option<u32> {
    ACTIVE.with(|active| {
        let active = &mut *active.borrow_mut();
        let index = active.nodes.len();
        // Compared with the capacity itself, so that `push` need not compare again.
        if active.id != id || index == active.nodes.capacity() {
            return None;
        }
        active.nodes.push(node);
        Some(index as u32)
    })
}

/// Adds a node to the recording `id`, and says at which index.
#[track_caller]
pub(crate) fn push(id: TapeId, node: Node) -> Result<u32> {
    let line = Location::caller();
    with_recording(id, node.first(), |arena, active| arena.push(active, id, node, line))
}

/// Adds an input for each value, and says at which index the first stands.
#[track_caller]
pub(crate) fn push_inputs(id: TapeId, values: &[f64]) -> Result<u32> {
    let line = Location::caller();
    with_recording(id, 0, |arena, active| {
        arena.settle(active, id);
        let recording = arena.recording(id, 0)?;
        let first = recording.nodes.len();
        let Settings { node_limit, traced, .. } = recording.settings;
        if values.len() > node_limit - first {
            return Err(Error::TapeFull { tape: id, limit: node_limit });
        }
        recording.nodes.extend(values.iter().map(|&value| Node::input(value)));
        if traced {
            recording.lines.resize(recording.nodes.len(), line);
        }
        Ok(first as u32)
    })
}

fn with_arena<T>(act: impl FnOnce(&mut Arena, &mut Active) -> T) -> T {
    ARENA.with(|arena| ACTIVE.with(|active| act(&mut arena.borrow_mut(), &mut active.borrow_mut())))
}

/// As [`with_arena`], for the recording `id`, which is stale if the thread is ending and its arena gone: a destructor that runs
/// later must not panic.
fn with_recording<T>(id: TapeId, index: u32, act: impl FnOnce(&mut Arena, &mut Active) -> Result<T>) -> Result<T> {
    let acted = ARENA.try_with(|arena| ACTIVE.with(|active| act(&mut arena.borrow_mut(), &mut active.borrow_mut())));
    acted.unwrap_or(Err(Error::StaleVariable { tape: id, index }))
}

/// Adds a list op: its operands, which may be literals (`Err`), become a range of the list store.
#[track_caller]
pub(crate) fn push_list(
    id: TapeId,
    operands: impl Iterator<Item = std::result::Result<u32, f64>>,
    node: impl FnOnce(u32, u32, &mut Recording) -> Node,
) -> Result<u32> {
    let mut list: smallvec::SmallVec<[u32; 16]> = smallvec::SmallVec::new();
    for operand in operands {
        list.push(match operand {
            Ok(index) => index,
            Err(literal) => push(id, Node::literal(literal))?,
        });
    }
    let operand = list.first().copied().unwrap_or(0);
    let node = with_recording(id, operand, |arena, _| {
        let recording = arena.recording(id, operand)?;
        let start = recording.lists.len();
        // Indices are u32 throughout.
        if start + list.len() > super::MAX_NODES {
            return Err(Error::TapeFull { tape: id, limit: super::MAX_NODES });
        }
        recording.lists.extend_from_slice(&list);
        Ok(node(start as u32, list.len() as u32, recording))
    })?;
    push(id, node)
}

impl Arena {
    fn recording(&mut self, id: TapeId, index: u32) -> Result<&mut Recording> {
        match self.tapes.get_mut(id.slot()) {
            None => Err(Error::StaleVariable { tape: id, index }),
            Some(recording) if recording.busy => Err(Error::TapeBusy { tape: id }),
            Some(recording) => Ok(recording),
        }
    }

    fn push(&mut self, active: &mut Active, id: TapeId, node: Node, line: &'static Location<'static>) -> Result<u32> {
        let recording = self.recording(id, node.first())?;
        let Settings { node_limit, traced, .. } = recording.settings;
        if traced || node_limit < super::MAX_NODES {
            push_within(&mut recording.nodes, node_limit, node, id)?;
            if traced {
                recording.lines.push(line);
            }
            return Ok(recording.nodes.len() as u32 - 1);
        }
        if active.id != id {
            let nodes = std::mem::take(&mut recording.nodes);
            self.deactivate(active);
            *active.nodes = nodes;
            active.id = id;
        }
        push_within(&mut active.nodes, node_limit, node, id)?;
        Ok(active.nodes.len() as u32 - 1)
    }

    /// Puts the nodes of the active recording back into its slot.
    fn deactivate(&mut self, active: &mut Active) {
        if let Some(recording) = self.tapes.get_mut(active.id.slot()) {
            recording.nodes = std::mem::take(&mut *active.nodes);
        }
        active.id = NOBODY;
    }

    /// Sees to it that the nodes of `id` stand in its slot.
    fn settle(&mut self, active: &mut Active, id: TapeId) {
        if active.id == id {
            self.deactivate(active);
        }
    }

    fn insert(&mut self, settings: Settings, nodes: Vec<Node>) -> TapeId {
        TapeId(self.tapes.insert(Recording::new(settings, nodes)).data().as_ffi())
    }
}

/// Pushes, doubling the memory where it is full, but never beyond `limit` nodes.
fn push_within(nodes: &mut Vec<Node>, limit: usize, node: Node, tape: TapeId) -> Result<()> {
    if nodes.len() >= limit {
        return Err(Error::TapeFull { tape, limit });
    }
    if nodes.len() == nodes.capacity() {
        nodes.reserve_exact(nodes.len().max(64).min(limit - nodes.len()));
    }
    nodes.push(node);
    Ok(())
}

/// Opens a new recording.
pub(crate) fn open(settings: Settings) -> TapeId {
    if settings.guarded {
        guard::opened();
    }
    with_arena(|arena, _| {
        let nodes = std::mem::take(&mut arena.spare);
        arena.insert(settings, nodes)
    })
}

/// Ends the recording `id` and opens another with its memory and settings.
pub(crate) fn reopen(id: TapeId) -> TapeId {
    let reopened = with_recording(id, 0, |arena, active| {
        arena.settle(active, id);
        Ok(match arena.tapes.remove(id.slot()) {
            None => (id, Vec::new()),
            Some(mut recording) => {
                recording.nodes.clear();
                recording.lists.clear();
                // Dropped outside: an op of a user's may own a tape.
                let customs = std::mem::take(&mut recording.customs);
                recording.lines.clear();
                recording.labels.clear();
                recording.decisions = recording.settings.guarded.then(Decisions::default);
                // It may be the stand-in for one that is being swept, which nobody will give back.
                recording.busy = false;
                (TapeId(arena.tapes.insert(recording).data().as_ffi()), customs)
            }
        })
    });
    reopened.map_or(id, |(id, _customs)| id)
}

/// Ends the recording `id`. Its memory serves the next tape.
pub(crate) fn close(id: TapeId) {
    // The thread may be ending, and its arena gone before the tape.
    let _customs = ARENA.try_with(|arena| {
        let arena = &mut *arena.borrow_mut();
        let _ = ACTIVE.try_with(|active| arena.settle(&mut active.borrow_mut(), id));
        let mut recording = arena.tapes.remove(id.slot())?;
        if recording.settings.guarded {
            guard::closed();
        }
        let fits = recording.nodes.capacity() <= SPARE_LIMIT;
        if fits && recording.nodes.capacity() > arena.spare.capacity() {
            recording.nodes.clear();
            arena.spare = recording.nodes;
        }
        // Dropped outside: an op of a user's may own a tape.
        Some(recording.customs)
    });
}

/// Whether the recording `id` is over. One that is being swept is not.
pub(crate) fn is_stale(id: TapeId) -> bool {
    ARENA.try_with(|arena| !arena.borrow().tapes.contains_key(id.slot())).unwrap_or(true)
}

/// Reads a recording without taking it out; no code of a user's may run inside.
pub(crate) fn read<T>(id: TapeId, look: impl FnOnce(&mut Recording, &[Node]) -> T) -> Result<T> {
    with_recording(id, 0, |arena, active| {
        arena.settle(active, id);
        let recording = arena.recording(id, 0)?;
        let nodes = std::mem::take(&mut recording.nodes);
        let seen = look(recording, &nodes);
        recording.nodes = nodes;
        Ok(seen)
    })
}

/// Runs `visit` on a recording that is out of the arena meanwhile, so that code of a user's may
/// use other tapes, and may panic.
pub(crate) fn borrow<T>(id: TapeId, index: u32, visit: impl FnOnce(&Recording) -> T) -> Result<T> {
    let taken = with_recording(id, index, |arena, active| {
        arena.settle(active, id);
        let recording = arena.recording(id, index)?;
        let stand_in = Recording { busy: true, ..Recording::new(recording.settings, Vec::new()) };
        Ok(std::mem::replace(recording, stand_in))
    })?;
    let loan = Loan { id, recording: Some(taken) };
    Ok(visit(loan.recording.as_ref().expect("a loan holds its recording until it is dropped")))
}

/// Gives a recording back to the arena, also when the visit panicked.
struct Loan {
    id: TapeId,
    recording: Option<Recording>,
}

impl Drop for Loan {
    fn drop(&mut self) {
        let _ = ARENA.try_with(|arena| {
            if let Some(slot) = arena.borrow_mut().tapes.get_mut(self.id.slot())
                && let Some(recording) = self.recording.take()
            {
                *slot = recording;
            }
        });
    }
}
