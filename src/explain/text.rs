//! Text in pictures: how broad it is, how it is shortened and escaped.

/// How many columns of a monospaced font a text takes, about.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(c: char) -> usize {
    match u32::from(c) {
        // Combining marks, joiners, directions and variation selectors stand on what comes before them.
        0x300..=0x36f | 0x591..=0x5bd | 0x64b..=0x65f | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 => 0,
        0xfe00..=0xfe0f | 0x1f3fb..=0x1f3ff | 0xe0100..=0xe01ef => 0,
        // East Asian wide characters and pictures.
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 => 2,
        0x1f000..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// On one line, and of at most so many columns: what is cut off is marked by an ellipsis.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = line.collect::<Vec<_>>().join(" ");
    if columns(&line) <= most {
        return line;
    }
    let mut kept = String::new();
    let mut room = most.saturating_sub(1);
    for c in line.chars() {
        let Some(rest) = room.checked_sub(columns_of(c)) else { break };
        room = rest;
        kept.push(c);
    }
    kept + "…"
}

/// Escaped for an XML text or attribute. Characters that XML does not allow become spaces.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_measured_shortened_and_escaped() {
        assert_eq!((columns("w1 * x"), columns("重み"), columns("👩🏽"), columns("e\u{301}")), (6, 4, 2, 1));
        assert_eq!(shortened("a\nb\t c", 9), "a b c");
        assert_eq!((shortened("abcdefgh", 8).as_str(), shortened("abcdefghi", 8).as_str()), ("abcdefgh", "abcdefg…"));
        assert_eq!(shortened("重みの勾配", 6), "重み…");
        assert_eq!(escaped("<a & \"b\"> 'c'\u{0}\u{1b}"), "&lt;a &amp; &quot;b&quot;&gt; &#39;c&#39;  ");
    }
}
