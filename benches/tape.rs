//! Record and sweep back: the time of a whole gradient beside that of plain evaluation. The crate
//! in `benches/peers` measures other crates on the same workloads.

#[macro_use]
mod workloads;

use criterion::{Criterion, criterion_group, criterion_main};
use workloads::*;

fn tape(criterion: &mut Criterion) {
    for_each_workload!(|workload| {
        check_ops(workload);
        check(workload, vec![gradus(workload)]);
    });
    for_each_workload!(|workload| measure(criterion, workload, vec![gradus(workload)]));
}

criterion_group!(benches, tape);
criterion_main!(benches);
