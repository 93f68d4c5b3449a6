//! Saved programs: whatever the bytes, an error or a program that can be used and is written back as it was read.
#![no_main]

use gradus::Program;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&format, bytes)) = data.split_first() else { return };
    let read = if format % 2 == 0 {
        serde_json::from_slice::<Program>(bytes).ok()
    } else {
        postcard::from_bytes::<Program>(bytes).ok()
    };
    let Some(program) = read else { return };
    let text = serde_json::to_string(&program).unwrap();
    let again: Program = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
    let short = postcard::to_allocvec(&program).unwrap();
    let from_short: Program = postcard::from_bytes(&short).unwrap();
    assert_eq!(postcard::to_allocvec(&from_short).unwrap(), short);
    if program.inputs() > 64 || program.outputs() > 64 {
        return;
    }
    let x: Vec<f64> = (0..program.inputs()).map(|i| 0.3 + 0.4 * i as f64).collect();
    let seed = vec![1.0; program.outputs()];
    let all = |program: &Program| {
        format!(
            "{program} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            program.values(&x),
            program.gradient(&x),
            program.vjp(&x, &seed),
            program.jvp(&x, &x),
            program.jacobian(&x),
            program.hessian(&x),
            program.hvp(&x, &x)
        )
    };
    assert_eq!(all(&program), all(&from_short));
    #[cfg(feature = "batch")]
    if program.sample_inputs() > 0 {
        let (shared, sample) = x.split_at(program.shared_inputs());
        let samples = sample.repeat(3);
        let _ = program.batches::<f64>().values(shared, &samples);
        if program.outputs() == 1 {
            let _ = program.batch(shared, &samples);
        }
    }
});
