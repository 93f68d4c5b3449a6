//! What a net is, as JSON: stands in the files beside the numbers, for whoever reads them, in whatever language.

#[cfg(feature = "safetensors")]
mod read;

use super::TrainedMlp;
use crate::nn::data::Standardizer;
use serde::{Deserialize, Serialize};

/// The version of the description. One more whenever an older reader would misunderstand a newer file.
const VERSION: u32 = 1;

/// What a net is. JSON's plain numbers will do, unlike those of a checkpoint: all of them are finite, and the readers that round are not ours.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::nn) struct Description {
    version: u32,
    model: Kind,
    sizes: Vec<usize>,
    activation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    constant: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    standardizer: Option<Standardization>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    class_names: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Mlp,
}

#[derive(Debug, Serialize, Deserialize)]
struct Standardization {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Description {
    pub(in crate::nn) fn of(trained: &TrainedMlp) -> Description {
        let net = &trained.net;
        Description {
            version: VERSION,
            model: Kind::Mlp,
            sizes: net.sizes(),
            activation: net.activation().name().to_owned(),
            constant: net.activation().constant(),
            standardizer: trained.standardizer.clone().map(|standardizer| {
                let Standardizer { means, deviations } = standardizer;
                Standardization { means, deviations }
            }),
            class_names: trained.class_names.clone(),
        }
    }

    pub(in crate::nn) fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}
