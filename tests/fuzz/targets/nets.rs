//! Nets and trainings on disk: whatever the bytes, an error or a net that is written back as it was read.
#![no_main]

use gradus::nn::{Activation, Mlp, Model, TrainedMlp, safetensors};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&what, bytes)) = data.split_first() else { return };
    let net = Mlp::new(&[2, 3, 1], Activation::Tanh).unwrap();
    let layout = net.layout();
    let bits = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    match what % 3 {
        0 => {
            if let Ok(parameters) = safetensors::load(&layout, bytes) {
                assert_eq!(parameters.len(), layout.count());
                let again = safetensors::load(&layout, &safetensors::save(&layout, &parameters).unwrap()).unwrap();
                assert_eq!(bits(&again), bits(&parameters));
            }
        }
        1 => {
            if let Ok(trained) = TrainedMlp::load(bytes) {
                let written = trained.save().unwrap();
                let again = TrainedMlp::load(&written).unwrap();
                assert_eq!(again.save().unwrap(), written);
                assert_eq!(bits(again.parameters()), bits(trained.parameters()));
                let _ = trained.outputs(&vec![0.5; trained.net().inputs()]);
            }
        }
        _ => checkpoint(bytes, &layout),
    }
});

#[cfg(feature = "batch")]
fn checkpoint(bytes: &[u8], layout: &gradus::nn::Layout) {
    use gradus::nn::Checkpoint;
    // One file for each process that fuzzes.
    let path = std::env::temp_dir().join(format!("gradus-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    if let Ok(checkpoint) = Checkpoint::load_file(layout, &path) {
        checkpoint.save_file(layout, &path).unwrap();
        let again = Checkpoint::load_file(layout, &path).unwrap();
        assert_eq!(format!("{again:?}"), format!("{checkpoint:?}"));
    }
}

#[cfg(not(feature = "batch"))]
fn checkpoint(_: &[u8], _: &gradus::nn::Layout) {}
