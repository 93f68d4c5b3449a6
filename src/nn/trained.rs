//! A trained net with all that is needed to use it elsewhere: what is saved and exported.

#[cfg(any(feature = "safetensors", feature = "onnx"))]
mod description;

#[cfg(any(feature = "safetensors", feature = "onnx"))]
pub(super) use description::Description;

use super::data::Standardizer;
use super::{Mlp, Model};
use crate::error::{Error, Result, check_length};

/// A net with its parameters, and with what its users have to know besides: how the inputs were standardised, and what its classes are
/// called. It is what is saved (with the feature `safetensors`) and exported (with `onnx`).
///
/// ```
/// use gradus::nn::data::Standardizer;
/// use gradus::nn::{Activation, Mlp, TrainedMlp};
///
/// let net = Mlp::new(&[1, 2], Activation::Tanh)?;
/// let trained = TrainedMlp::new(net, vec![1.0, -1.0, 0.0, 0.5])?
///     .standardizer(Standardizer { means: vec![20.0], deviations: vec![4.0] })?
///     .class_names(["cold", "warm"])?;
/// assert_eq!(trained.outputs(&[24.0])?, [1.0, -0.5]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedMlp {
    net: Mlp,
    parameters: Vec<f64>,
    standardizer: Option<Standardizer>,
    class_names: Vec<String>,
}

impl TrainedMlp {
    /// A net and its parameters.
    ///
    /// # Errors
    /// [`Error::Length`] if they are not as many as the net has; [`Error::Setting`] for an activation whose constant is not finite.
    pub fn new(net: Mlp, parameters: Vec<f64>) -> Result<TrainedMlp> {
        net.layout().check(parameters.len())?;
        if let Some(value) = net.activation().constant().filter(|constant| !constant.is_finite()) {
            return Err(Error::Setting { what: "the constant of the activation", value, expected: "finite" });
        }
        Ok(TrainedMlp { net, parameters, standardizer: None, class_names: Vec::new() })
    }

    /// With the standardisation that the inputs of its training had. From here on its inputs are those before it.
    ///
    /// # Errors
    /// [`Error::Length`] if it is for another number of inputs; [`Error::Setting`] for a number that is not finite, or a deviation of 0.
    pub fn standardizer(self, standardizer: Standardizer) -> Result<TrainedMlp> {
        let expected = self.net.inputs();
        for (what, found) in [
            ("the list of means of the standardisation", standardizer.means.len()),
            ("the list of deviations of the standardisation", standardizer.deviations.len()),
        ] {
            check_length(what, found, expected, "one for each input of the net")?;
        }
        if let Some(&value) = standardizer.means.iter().find(|mean| !mean.is_finite()) {
            return Err(Error::Setting { what: "a mean of the standardisation", value, expected: "finite" });
        }
        if let Some(&value) = standardizer.deviations.iter().find(|d| !d.is_finite() || **d == 0.0) {
            return Err(Error::Setting {
                what: "a deviation of the standardisation",
                value,
                expected: "finite, not 0",
            });
        }
        Ok(TrainedMlp { standardizer: Some(standardizer), ..self })
    }

    /// With the names of its classes, output by output; none to leave them out. A net of one output may have two: of the class below 0,
    /// and of that above.
    ///
    /// # Errors
    /// [`Error::Length`] if they are not as many as the outputs.
    pub fn class_names(self, names: impl IntoIterator<Item = impl Into<String>>) -> Result<TrainedMlp> {
        let class_names: Vec<String> = names.into_iter().map(Into::into).collect();
        let (found, expected) = (class_names.len(), self.net.outputs().max(2));
        if !class_names.is_empty() && found != expected && found != self.net.outputs() {
            let hint = "a class for each output, or two for one output";
            return Err(Error::Length { what: "the list of class names", found, expected, hint });
        }
        Ok(TrainedMlp { class_names, ..self })
    }

    /// Its shape.
    pub fn net(&self) -> &Mlp {
        &self.net
    }

    /// Its parameters.
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// How its inputs are standardised before they enter the net.
    pub fn standardization(&self) -> Option<&Standardizer> {
        self.standardizer.as_ref()
    }

    /// What its classes are called; nothing if nobody said.
    pub fn classes(&self) -> &[String] {
        &self.class_names
    }

    /// The outputs for the inputs of one sample, which are standardised first.
    ///
    /// # Errors
    /// [`Error::Length`] if the inputs are not as many as those of the net.
    pub fn outputs(&self, inputs: &[f64]) -> Result<Vec<f64>> {
        let mut inputs = inputs.to_vec();
        if let Some(standardizer) = &self.standardizer
            && inputs.len() == self.net.inputs()
        {
            standardizer.apply_to(&mut inputs);
        }
        self.net.try_forward(&self.parameters, &inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Activation;
    use super::*;

    #[test]
    fn what_does_not_belong_to_the_net_is_refused() {
        let net = |activation| Mlp::new(&[2, 3], activation).unwrap();
        let refused = |result: Result<TrainedMlp>, part: &str| {
            let message = result.unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        };
        refused(TrainedMlp::new(net(Activation::Tanh), vec![0.0; 8]), "9 was expected");
        refused(TrainedMlp::new(net(Activation::Elu(f64::NAN)), vec![0.0; 9]), "constant of the activation is NaN");
        let trained = TrainedMlp::new(net(Activation::Tanh), vec![0.0; 9]).unwrap();
        let standardizer = |means: &[f64], deviations: &[f64]| {
            let standardizer = Standardizer { means: means.to_vec(), deviations: deviations.to_vec() };
            trained.clone().standardizer(standardizer)
        };
        refused(standardizer(&[0.0], &[1.0, 1.0]), "means of the standardisation has length 1");
        refused(standardizer(&[0.0, 0.0], &[1.0, 0.0]), "deviation of the standardisation is 0");
        refused(standardizer(&[0.0, f64::INFINITY], &[1.0, 1.0]), "inf");
        refused(trained.clone().class_names(["a", "b"]), "2, but 3 was expected");
        assert!(trained.class_names(Vec::<String>::new()).unwrap().outputs(&[1.0]).is_err());
        let single = TrainedMlp::new(Mlp::new(&[1, 1], Activation::Tanh).unwrap(), vec![1.0, 0.0]).unwrap();
        assert!(single.clone().class_names(["a", "b"]).is_ok() && single.class_names(["a", "b", "c"]).is_err());
    }
}
