//! The long run of `tests/accuracy`: every op, in every mode, at many points over its whole domain, against a reference in many digits. It writes
//! `docs/ACCURACY.md`. `cargo bench --bench accuracy` takes a hundred thousand points an op; `-- 1000 exp tanh` takes others, and writes nothing.

#[path = "../tests/accuracy/big.rs"]
mod big;
#[path = "../tests/accuracy/measure.rs"]
mod measure;
#[path = "../tests/accuracy/oracle.rs"]
mod oracle;
#[path = "../tests/accuracy/page.rs"]
mod page;
#[path = "../tests/accuracy/points.rs"]
mod points;
#[path = "../tests/accuracy/special.rs"]
mod special;
#[path = "../tests/accuracy/stencil.rs"]
mod stencil;

use measure::{Jobs, Row};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const POINTS: usize = 100_000;

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let points = words.first().and_then(|word| word.parse().ok()).unwrap_or(POINTS);
    let mut jobs = Jobs::default();
    gradus::op::visit(&mut jobs);
    let wanted = |op: &str| words.len() < 2 || words[1..].iter().any(|word| word == op);
    let jobs: Vec<_> = jobs.0.into_iter().filter(|(op, _)| wanted(op)).collect();

    let next = AtomicUsize::new(0);
    let rows: Mutex<Vec<(usize, Row)>> = Mutex::new(Vec::new());
    let work = || {
        while let Some((place, (op, job))) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|place| Some((place, jobs.get(place)?)))
        {
            let begin = Instant::now();
            let row = job(points);
            eprintln!("{op}: {} of {} points, {:.0} s", row.points, row.tried, begin.elapsed().as_secs_f64());
            rows.lock().expect("no thread panics").push((place, row));
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        (0..threads).for_each(|_| {
            scope.spawn(work);
        });
    });
    let mut rows = rows.into_inner().expect("no thread panics");
    rows.sort_by_key(|(place, _)| *place);
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    let page = page::written(&rows, points);
    println!("{page}");
    if words.is_empty() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ACCURACY.md"), page)?;
    }
    Ok(())
}
