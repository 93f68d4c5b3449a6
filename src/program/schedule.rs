//! Scheduling: values become rows, level by level, so that values of one op lie side by side and are computed by one
//! instruction. A level holds what can be computed once all levels before it are.

use super::code::{
    Code, Instruction, Pattern, Row, RowLayer, RowList, RowRun, Stretch, TILE, WORTH_A_SLICE, WatchedRows, Weight,
};
use super::dataflow::{Dataflow, Detail, Id, Value};
use super::record::Lowering;
use crate::op::Op;

const NO_ROW: Row = Row::MAX;

/// Which inputs are shared by all samples. They alone are differentiated then; otherwise all inputs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "batch"), allow(dead_code))]
pub(crate) enum Sharing {
    None,
    First(u32),
}

impl Sharing {
    /// Whether a value is a shared input.
    pub(crate) fn holds(self, value: &Value) -> bool {
        matches!((self, value.detail), (Sharing::First(count), Detail::Input(ordinal)) if ordinal < count)
    }
}

/// Lowers a dataflow to code. Without lowering, no sum becomes part of a layer.
pub(crate) fn schedule(flow: &Dataflow, sharing: Sharing, lowering: Lowering) -> Code {
    let mut schedule = Schedule::new(flow, sharing, lowering);
    let mut computed: Vec<(u32, Kind, Id)> = schedule.levels();
    computed.sort();
    schedule.repeat_literals(&computed);
    schedule.place_inputs_and_literals();
    for level in computed.chunk_by(|a, b| a.0 == b.0) {
        for group in level.chunk_by(|a, b| a.1 == b.1) {
            let ids: Vec<Id> = group.iter().map(|&(.., id)| id).collect();
            schedule.emit(&group[0].1, ids);
        }
    }
    schedule.finish()
}

/// What the values of one instruction have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// An op of fixed arity, and which of its operands are active.
    Fixed(u8, u8),
    /// An op on a list: an instruction of its own.
    List(Id),
    /// Sums over the same rows.
    Layer(Vec<Id>),
}

struct Schedule<'a> {
    flow: &'a Dataflow,
    sharing: Sharing,
    /// The row of each value.
    rows: Vec<Row>,
    /// Whether a derivative flows into each value.
    active: Vec<bool>,
    /// How many rows side by side hold each value: more than one for literals that long runs read.
    repeats: Vec<u32>,
    code: Code,
}

impl<'a> Schedule<'a> {
    fn new(flow: &'a Dataflow, sharing: Sharing, lowering: Lowering) -> Schedule<'a> {
        let mut active: Vec<bool> = Vec::with_capacity(flow.values.len());
        for value in &flow.values {
            active.push(match value.op {
                Op::Input => sharing == Sharing::None || sharing.holds(value),
                _ => value.operands.iter().any(|&id| active[id as usize]),
            });
        }
        let inputs = vec![None; flow.inputs];
        let code = Code { lowering, inputs, customs: flow.customs.clone(), ..Code::default() };
        let (rows, repeats) = (vec![NO_ROW; flow.values.len()], vec![1; flow.values.len()]);
        Schedule { flow, sharing, rows, active, repeats, code }
    }

    /// Finds the literals that all ops of a long run read: with a row for each of the ops, the run reads slices.
    fn repeat_literals(&mut self, computed: &[(u32, Kind, Id)]) {
        if self.sharing != Sharing::None || self.code.lowering == Lowering::None {
            return;
        }
        for run in
            computed.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)).filter(|run| run.len() >= WORTH_A_SLICE as usize)
        {
            let operands = |member: &(u32, Kind, Id)| &self.flow.at(member.2).operands;
            for (place, &id) in operands(&run[0]).iter().enumerate() {
                if self.flow.at(id).literal().is_some() && run.iter().all(|member| operands(member)[place] == id) {
                    let repeats = &mut self.repeats[id as usize];
                    *repeats = (*repeats).max(run.len() as u32);
                }
            }
        }
    }

    fn is_weight(&self, id: Id) -> bool {
        let value = self.flow.at(id);
        value.literal().is_some() || self.sharing.holds(value)
    }

    /// Whether a value is a sum whose left factors are weights: one output of a layer.
    fn is_weighted_sum(&self, value: &Value) -> bool {
        let half = value.operands.len() / 2;
        self.sharing != Sharing::None
            && self.code.lowering == Lowering::Full
            && value.op == Op::Dot
            && value.operands[..half].iter().all(|&id| self.is_weight(id))
            && value.operands[..half].iter().any(|&id| self.sharing.holds(self.flow.at(id)))
    }

    /// Rows for what is there before anything is computed, as far as something other than a layer's weights needs it:
    /// shared values, literals, then the other inputs.
    fn place_inputs_and_literals(&mut self) {
        let mut needed = vec![false; self.flow.values.len()];
        for value in &self.flow.values {
            let skipped = if self.is_weighted_sum(value) { value.operands.len() / 2 } else { 0 };
            for &operand in &value.operands[skipped..] {
                needed[operand as usize] = true;
            }
        }
        let guarded = self.flow.guards.iter().flat_map(|guard| &guard.operands);
        for &id in self.flow.outputs.iter().chain(guarded) {
            needed[id as usize] = true;
        }
        let order = |value: &Value| match (value.op, value.detail) {
            (Op::Input, _) if self.sharing.holds(value) => Some(0),
            (Op::Literal, _) => Some(1),
            (Op::Input, _) => Some(2),
            _ => None,
        };
        let mut given: Vec<(u8, Id)> = (0..)
            .zip(&self.flow.values)
            .filter(|&(id, _): &(Id, _)| needed[id as usize])
            .filter_map(|(id, value)| order(value).map(|order| (order, id)))
            .collect();
        given.sort_unstable();
        for (_, id) in given {
            let repeats = self.repeats[id as usize];
            let row = self.next_rows(repeats as usize);
            self.rows[id as usize] = row;
            match self.flow.at(id).detail {
                Detail::Input(ordinal) => self.code.inputs[ordinal as usize] = Some(row),
                Detail::Literal(c) => self.code.literals.extend((row..row + repeats).map(|row| (row, c))),
                Detail::None | Detail::Custom(_) => {}
            }
        }
    }

    fn next_rows(&mut self, count: usize) -> Row {
        let first = self.code.rows;
        self.code.rows += count as u32;
        first
    }

    /// Each computed value with its level and kind.
    fn levels(&self) -> Vec<(u32, Kind, Id)> {
        let mut levels: Vec<u32> = Vec::with_capacity(self.flow.values.len());
        let mut computed = Vec::new();
        for (id, value) in (0..).zip(&self.flow.values) {
            let level = value.operands.iter().map(|&operand| levels[operand as usize] + 1).max().unwrap_or(0);
            levels.push(level);
            let kind = match value.op {
                Op::Input | Op::Literal => continue,
                _ if self.is_weighted_sum(value) => Kind::Layer(value.operands[value.operands.len() / 2..].to_vec()),
                op if op.arity().is_some() => Kind::Fixed(op as u8, self.mask(value)),
                _ => Kind::List(id),
            };
            computed.push((level, kind, id));
        }
        computed
    }

    /// A bit for each operand into which a derivative flows.
    fn mask(&self, value: &Value) -> u8 {
        value.operands.iter().rev().fold(0, |mask, &id| mask << 1 | u8::from(self.active[id as usize]))
    }

    fn emit(&mut self, kind: &Kind, ids: Vec<Id>) {
        match kind {
            Kind::Fixed(_, mask) => self.emit_run(ids, *mask),
            Kind::List(id) => self.emit_list(*id),
            Kind::Layer(summed) => self.emit_layer(ids, summed),
        }
    }

    /// The rows of the operands of a value.
    fn operand_rows(&self, id: Id) -> Vec<Row> {
        self.flow.at(id).operands.iter().map(|&operand| self.rows[operand as usize]).collect()
    }

    fn emit_run(&mut self, mut ids: Vec<Id>, active: u8) {
        // In the order of their operands, which then are read in order.
        ids.sort_by_cached_key(|&id| self.operand_rows(id));
        let out = self.next_rows(ids.len());
        let mut read: Vec<Vec<Row>> = ids.iter().map(|&id| self.operand_rows(id)).collect();
        for (place, &operand) in self.flow.at(ids[0]).operands.iter().enumerate() {
            let is_same = ids.iter().all(|&id| self.flow.at(id).operands[place] == operand);
            if ids.len() > 1 && is_same && self.repeats[operand as usize] >= ids.len() as u32 {
                read.iter_mut().zip(0..).for_each(|(rows, i)| rows[place] += i);
            }
        }
        let operands = self.code.operands.len() as u32;
        let steps: Option<Vec<u32>> = (0..read[0].len()).map(|place| step(&read, place)).collect();
        let pattern = match &steps {
            None => Pattern::Gather,
            Some(steps) if steps.iter().all(|&step| step == 1) => Pattern::Flat,
            Some(_) => Pattern::Steps,
        };
        match steps {
            None => self.code.operands.extend(read.iter().flatten()),
            Some(steps) => {
                self.code.operands.extend(read[0].iter().zip(steps).flat_map(|(&first, step)| [first, step]))
            }
        }
        for (&id, row) in ids.iter().zip(out..) {
            self.rows[id as usize] = row;
        }
        let op = self.flow.at(ids[0]).op;
        let run = RowRun { op, pattern, out, len: ids.len() as u32, operands, active, writes: false };
        self.code.instructions.push(Instruction::Run(run));
    }

    fn emit_list(&mut self, id: Id) {
        let mut read = self.operand_rows(id);
        let out = self.next_rows(1);
        self.rows[id as usize] = out;
        let value = self.flow.at(id);
        let custom = if let Detail::Custom(number) = value.detail { number } else { 0 };
        let operands = self.code.operands.len() as u32;
        let (len, active) = (read.len() as u32, self.active[id as usize]);
        let left_active = value.operands[..read.len() / 2].iter().any(|&id| self.active[id as usize]);
        let (stretches, stretch_count) = self.add_stretches(value.op, &mut read);
        self.code.operands.extend(read);
        let list = RowList { op: value.op, out, operands, len, active, custom, stretches, stretch_count, left_active };
        self.code.instructions.push(Instruction::List(list));
    }

    /// Sorts what a sum adds up, and finds the stretches of rows that lie side by side. Says where they stand and how many they are.
    fn add_stretches(&mut self, op: Op, read: &mut [Row]) -> (u32, u32) {
        let first = self.code.stretches.len();
        if self.sharing != Sharing::None || self.code.lowering == Lowering::None || !matches!(op, Op::Sum | Op::Dot) {
            return (first as u32, 0);
        }
        let right_from = if op == Op::Dot { read.len() / 2 } else { 0 };
        // Without left factors, the right ones stand for them.
        let mut pairs: Vec<(Row, Row)> =
            read[right_from..].iter().enumerate().map(|(i, &right)| (read[i], right)).collect();
        pairs.sort_unstable();
        let goes_on = |a: &(Row, Row), b: &(Row, Row)| b.1 == a.1 + 1 && (b.0 == a.0 || b.0 == a.0 + 1);
        let mut rest = pairs.as_slice();
        while let [pair, others @ ..] = rest {
            let step = others.first().filter(|&next| goes_on(pair, next)).map_or(1, |next| next.0 - pair.0);
            let expected = (1..).map(|i| (pair.0 + i * step, pair.1 + i));
            let len = 1 + others.iter().zip(expected).take_while(|&(found, expected)| *found == expected).count();
            let is_left_same = op == Op::Dot && step == 0;
            self.code.stretches.push(Stretch { left: pair.0, is_left_same, right: pair.1, len: len as u32 });
            rest = &rest[len..];
        }
        let count = self.code.stretches.len() - first;
        if count * WORTH_A_SLICE as usize > pairs.len() {
            self.code.stretches.truncate(first);
            return (first as u32, 0);
        }
        for (i, &(left, right)) in pairs.iter().enumerate() {
            (read[i], read[right_from + i]) = (left, right);
        }
        (first as u32, count as u32)
    }

    fn emit_layer(&mut self, ids: Vec<Id>, summed: &[Id]) {
        // Rows into which no derivative flows come first, so that the sweep back can leave them out.
        let mut order: Vec<usize> = (0..summed.len()).collect();
        order.sort_by_key(|&k| (self.active[summed[k] as usize], self.rows[summed[k] as usize]));
        let active_from = order.iter().filter(|&&k| !self.active[summed[k] as usize]).count() as u32;
        let (operands, weights) = (self.code.operands.len() as u32, self.code.weights.len() as u32);
        self.code.operands.extend(order.iter().map(|&k| self.rows[summed[k] as usize]));
        let out = self.next_rows(ids.len());
        for (&id, row) in ids.iter().zip(out..) {
            self.rows[id as usize] = row;
            let value = self.flow.at(id);
            for &k in &order {
                self.code.weights.push(match self.flow.at(value.operands[k]).detail {
                    Detail::Input(ordinal) => Weight::Shared(ordinal),
                    Detail::Literal(c) => Weight::Literal(c),
                    Detail::None | Detail::Custom(_) => unreachable!("a weight is an input or a literal"),
                });
            }
        }
        let (outs, ins) = (ids.len() as u32, summed.len() as u32);
        let layer = RowLayer { out, outs, operands, ins, weights, active_from, writes: false };
        self.code.instructions.push(Instruction::Layer(layer));
    }

    fn finish(mut self) -> Code {
        let row = |id: &Id| self.rows[*id as usize];
        self.code.outputs = self.flow.outputs.iter().map(row).collect();
        self.code.guards = self
            .flow
            .guards
            .iter()
            .map(|guard| WatchedRows { rows: guard.operands.iter().map(row).collect(), guard: guard.guard })
            .collect();
        self.find_single_parts();
        let fills_tiles = |instruction: &Instruction| matches!(instruction, Instruction::Run(run) if run.pattern == Pattern::Flat && run.len as usize >= TILE);
        self.code.has_tiles = self.code.lowering == Lowering::Full && self.code.instructions.iter().any(fills_tiles);
        self.code
    }

    /// Finds the instructions whose operands are used by nothing else: their adjoints have one part each.
    fn find_single_parts(&mut self) {
        let code = &mut self.code;
        let mut parts = vec![0_u32; code.rows as usize];
        // A shared value has a part from every block of samples.
        let shared = if let Sharing::First(count) = self.sharing { count as usize } else { 0 };
        for &row in code.inputs[..shared].iter().flatten().chain(&code.outputs) {
            parts[row as usize] += 2;
        }
        let instructions = std::mem::take(&mut code.instructions);
        for instruction in &instructions {
            code.active_operands(instruction, |row| parts[row as usize] += 1);
        }
        let mut written = vec![false; code.rows as usize];
        code.instructions = instructions;
        for index in 0..code.instructions.len() {
            let instruction = code.instructions[index].clone();
            let mut single = true;
            code.active_operands(&instruction, |row| single &= parts[row as usize] == 1);
            match &mut code.instructions[index] {
                Instruction::Run(run) => run.writes = single,
                Instruction::Layer(layer) => layer.writes = single,
                Instruction::List(_) => continue,
            }
            if single {
                code.active_operands(&instruction, |row| written[row as usize] = true);
            }
        }
        // Nobody reads the adjoints of literals.
        code.literals.iter().for_each(|&(row, _)| written[row as usize] = true);
        let added_to: Vec<Row> = (0..code.rows).filter(|&row| !written[row as usize]).collect();
        let ranges = added_to.chunk_by(|&a, &b| b == a + 1);
        code.added_to = ranges.map(|range| (range[0], range.len() as u32)).collect();
    }
}

/// The step from each row that is read at `place` to the next, if it is always the same.
fn step(read: &[Vec<Row>], place: usize) -> Option<u32> {
    let mut rows = read.iter().map(|rows| rows[place]);
    let first = rows.next()?;
    let Some(second) = rows.next() else { return Some(1) };
    let step = second.checked_sub(first)?;
    let mut expected = second;
    for row in rows {
        expected += step;
        if row != expected {
            return None;
        }
    }
    Some(step)
}
