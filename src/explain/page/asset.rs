//! How a page is put together from its parts: templates, style, scripts, data.

use crate::error::{Error, Result};
use base64::Engine;
use sha2::{Digest, Sha256};
use std::path::Path;

pub(in crate::explain) const STEPS: &str = concat!(include_str!("head.html"), include_str!("steps.html"));

pub(in crate::explain) const STEPS_STYLE: &str = concat!(include_str!("look.css"), include_str!("steps.css"));

/// The scripts share one scope, in reading order.
pub(in crate::explain) const STEPS_SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("ops.js"),
    include_str!("program.js"),
    include_str!("number.js"),
    include_str!("element.js"),
    include_str!("graph.js"),
    include_str!("panel.js"),
    include_str!("predict.js"),
    include_str!("inputs.js"),
    include_str!("steps.js"),
);

#[cfg(feature = "batch")]
pub(in crate::explain) const TRAINING: &str = concat!(include_str!("head.html"), include_str!("training.html"));

#[cfg(feature = "batch")]
pub(in crate::explain) const TRAINING_STYLE: &str = concat!(include_str!("look.css"), include_str!("training.css"));

#[cfg(feature = "batch")]
pub(in crate::explain) const TRAINING_SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("number.js"),
    include_str!("element.js"),
    include_str!("chart.js"),
    include_str!("plane.js"),
    include_str!("weights.js"),
    include_str!("training.js"),
);

/// Fills the gaps `{{name}}` of a template. What is filled in is not looked at again.
pub(in crate::explain) fn fill(template: &str, parts: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        filled.push_str(before);
        let (name, after) = behind.split_once("}}").unwrap_or((behind, ""));
        filled.push_str(parts.iter().find(|part| part.0 == name).map_or("", |part| part.1));
        rest = after;
    }
    filled + rest
}

/// Text that is to stand in HTML.
pub(in crate::explain) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Data that is to stand in a `<script>`, which nothing in a text can close.
pub(in crate::explain) fn json(data: &serde_json::Value) -> String {
    data.to_string().replace('<', "\\u003c")
}

/// How a content policy names the one script that may run.
pub(in crate::explain) fn hash(script: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(script)))
}

pub(in crate::explain) fn save(path: &Path, html: &str) -> Result<()> {
    let failed = |error: std::io::Error| Error::File {
        path: path.display().to_string(),
        message: format!("cannot be written: {error}"),
    };
    std::fs::write(path, html).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_user_cannot_close_what_they_stand_in() {
        let label = serde_json::json!("</script><script>alert(1)</script>{{script}}");
        assert!(!json(&label).contains('<'));
        assert_eq!(fill("{{a}}{{b}}", &[("a", "{{b}}"), ("b", "x")]), "{{b}}x");
        assert_eq!(escaped("<b title=\"&\">"), "&lt;b title=&quot;&amp;&quot;&gt;");
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // FIPS 180-2, appendix B.1, in base 64.
        assert_eq!(hash("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }
}
