//! From a description back to the net.

use super::{Description, Standardization, TrainedMlp, VERSION};
use crate::error::Result;
use crate::nn::data::Standardizer;
use crate::nn::{Activation, Mlp};
use serde::Deserialize;

/// What any version of a description begins with.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Description {
    /// # Errors
    /// What is wrong with the description, as part of a sentence.
    pub(in crate::nn) fn from_json(text: &str) -> std::result::Result<Description, String> {
        let unreadable = |error| format!("its description of the net cannot be read ({error})");
        let Head { version } = serde_json::from_str(text).map_err(unreadable)?;
        if version != VERSION {
            return Err(format!(
                "its description of the net is of version {version}, and this version of gradus reads version {VERSION}"
            ));
        }
        serde_json::from_str(text).map_err(unreadable)
    }

    /// The net described. Nothing as large as its parameters is made, so that a damaged size does no harm.
    pub(in crate::nn) fn net(&self) -> Result<Mlp> {
        Mlp::new(&self.sizes, Activation::named(&self.activation, self.constant)?)
    }

    /// How many parameters the net has, if they can be counted.
    pub(in crate::nn) fn parameter_count(&self) -> Option<usize> {
        let mut counts = self.sizes.windows(2).map(|pair| pair[0].checked_add(1)?.checked_mul(pair[1]));
        counts.try_fold(0usize, |sum, count| sum.checked_add(count?))
    }

    pub(in crate::nn) fn trained(self, net: Mlp, parameters: Vec<f64>) -> Result<TrainedMlp> {
        let trained = TrainedMlp::new(net, parameters)?.class_names(self.class_names)?;
        match self.standardizer {
            Some(Standardization { means, deviations }) => trained.standardizer(Standardizer { means, deviations }),
            None => Ok(trained),
        }
    }
}
