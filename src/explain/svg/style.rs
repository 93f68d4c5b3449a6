//! The colours and strokes of an SVG, in light and in dark surroundings.

use std::fmt::Write;

/// Custom properties: name, colour in light surroundings, in dark ones. A test holds their contrast to WCAG 2.2, level AA.
const COLOURS: [(&str, &str, &str); 15] = [
    ("canvas", "#ffffff", "#12161d"),
    ("ink", "#18202c", "#e9edf3"),
    ("muted", "#566172", "#a7b1bf"),
    ("line", "#6f7b8b", "#8a95a5"),
    ("gradient", "#a63c06", "#ffb072"),
    ("input", "#0a5bc4", "#7cb8ff"),
    ("input-fill", "#eef5ff", "#15263d"),
    ("op", "#66717f", "#95a0b0"),
    ("op-fill", "#fafbfc", "#1b222d"),
    ("output", "#0b7548", "#62d6a0"),
    ("output-fill", "#e9f8f0", "#10291e"),
    ("constant", "#566172", "#a7b1bf"),
    ("constant-fill", "#f3f4f6", "#222a35"),
    ("group", "#6741c4", "#b9a2ff"),
    ("group-fill", "#f5f1ff", "#231c38"),
];

/// How boxes, edges and texts look. What a node is can be seen from its outline too; what is lit is thicker.
const RULES: &str = "\
.gradus{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;fill:var(--ink)}
.gradus text{unicode-bidi:isolate}
.gradus .canvas,.gradus .back{fill:var(--canvas)}
.gradus .name{font-weight:700;font-size:13px}
.gradus .op,.gradus .key,.gradus .formula,.gradus .caption,.gradus .sign{fill:var(--muted)}
.gradus .op,.gradus .key,.gradus .caption{font-size:11px}
.gradus .number{text-anchor:end}
.gradus .edge text{text-anchor:middle;font-size:11px}
.gradus .gradient,.gradus .addend{fill:var(--gradient);font-weight:700}
.gradus .box{stroke-width:1.5}
.gradus .rule{stroke:var(--line);stroke-width:.75;opacity:.55}
.gradus .input .box{fill:var(--input-fill);stroke:var(--input)}
.gradus .input .bar{fill:var(--input)}
.gradus .op-node .box{fill:var(--op-fill);stroke:var(--op)}
.gradus .output .box{fill:var(--output-fill);stroke:var(--output)}
.gradus .constant .box{fill:var(--constant-fill);stroke:var(--constant);stroke-dasharray:4 3}
.gradus .group .box{fill:var(--group-fill);stroke:var(--group)}
.gradus .unswept .box{stroke-dasharray:2 4}
.gradus .path{fill:none;stroke:var(--line);stroke-width:1.4}
.gradus .tip{fill:var(--line)}
.gradus .edge.unswept .path{stroke-dasharray:2 4}
.gradus .lit .box,.gradus .lit .path{stroke:var(--gradient);stroke-width:3}
.gradus .lit .tip{fill:var(--gradient)}
";

/// The contents of `<style>`.
pub(super) fn sheet() -> String {
    let properties = |colour: fn(&(&str, &'static str, &'static str)) -> &'static str| {
        COLOURS.iter().fold(String::new(), |mut all, row| {
            let _ = write!(all, "--{}:{};", row.0, colour(row));
            all
        })
    };
    let (light, dark) = (properties(|row| row.1), properties(|row| row.2));
    format!(".gradus{{{light}}}\n@media (prefers-color-scheme:dark){{.gradus{{{dark}}}}}\n{RULES}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: &str) -> f64 {
        let channel = |place: usize| {
            let c = f64::from(u8::from_str_radix(&colour[place..place + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn contrast_is_that_of_level_aa() {
        assert!(
            (contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9
                && (contrast("#777777", "#ffffff") - 4.48).abs() < 0.01
        );
        for scheme in 0..2 {
            let colour = |name: &str| {
                let row = COLOURS.iter().find(|row| row.0 == name).unwrap();
                if scheme == 0 { row.1 } else { row.2 }
            };
            let fills: Vec<&str> = COLOURS.iter().map(|row| row.0).filter(|name| name.ends_with("-fill")).collect();
            assert_eq!(fills.len(), 5);
            for fill in fills.iter().chain(&["canvas"]) {
                for text in ["ink", "muted", "gradient"] {
                    let found = contrast(colour(text), colour(fill));
                    assert!(found >= 4.5, "{text} on {fill}, scheme {scheme}: {found:.2}");
                }
            }
            for stroke in ["line", "input", "op", "output", "constant", "group", "gradient"] {
                let found = contrast(colour(stroke), colour("canvas"));
                assert!(found >= 3.0, "{stroke}, scheme {scheme}: {found:.2}");
            }
        }
    }
}
