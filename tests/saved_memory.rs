//! A file cannot make its reader take more memory than a multiple of its own length, whatever counts it states.

use gradus::{Program, Var};
use peak_alloc::PeakAlloc;

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

/// The most memory that reading takes at a time, beyond what was taken before.
fn peak_of_reading(bytes: &[u8]) -> usize {
    PEAK.reset_peak_usage();
    let before = PEAK.current_usage();
    let read = postcard::from_bytes::<Program>(bytes);
    let peak = PEAK.peak_usage() - before;
    drop(read);
    peak
}

/// What a byte may cost, and what may be set aside for a list before its first entry is seen.
fn allowed(len: usize) -> usize {
    2000 * len + 8_000_000
}

#[test]
fn no_count_makes_the_reader_take_memory() {
    let f = |x: &[Var]| {
        let list: Vec<Var> = (0..20).map(|i| x[i % 3] * f64::from(i as u32)).collect();
        if x[0] > x[1] { gradus::sum(&list).named("sum") } else { gradus::norm(&list) }
    };
    let program = Program::record(&[1.0, 2.0, 3.0], f).unwrap();
    let bytes = postcard::to_allocvec(&program).unwrap();
    assert!(peak_of_reading(&bytes) <= allowed(bytes.len()));
    // The largest counts there are, anywhere in the file.
    for place in 0..bytes.len() {
        for count in
            [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]]
        {
            let hostile = [&bytes[..place], count, &bytes[place + 1..]].concat();
            let peak = peak_of_reading(&hostile);
            assert!(peak <= allowed(hostile.len()), "{peak} bytes for a count at {place}");
        }
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << bit;
            let peak = peak_of_reading(&flipped);
            assert!(peak <= allowed(flipped.len()), "{peak} bytes for a bit flipped at {place}");
        }
    }
    // In proportion, for large programs.
    let chain = |x: &[Var]| (0..100_000).fold(x[0], |y, i| (y * 0.5 + f64::from(i % 7)).sin());
    let bytes = postcard::to_allocvec(&Program::record(&[1.0], chain).unwrap()).unwrap();
    let peak = peak_of_reading(&bytes);
    println!("{} bytes, {peak} to read them", bytes.len());
    assert!(peak <= 500 * bytes.len(), "{peak} bytes for {}", bytes.len());
}
