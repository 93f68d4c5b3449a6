//! Numbers, lists and matrices as text.

/// How many digits are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Up to twelve significant ones, without zeros at the end: rounding noise stays out of sight.
    Significant,
    /// So many behind the point.
    Decimals(usize),
}

impl Digits {
    pub fn of(decimals: Option<u16>) -> Digits {
        decimals.map_or(Digits::Significant, |decimals| Digits::Decimals(decimals.into()))
    }

    pub fn write(self, x: f64) -> String {
        match self {
            _ if x == 0.0 && self == Digits::Significant => "0".to_owned(),
            Digits::Decimals(decimals) => format!("{x:.decimals$}"),
            Digits::Significant if !x.is_finite() => x.to_string(),
            Digits::Significant => {
                let rounded: f64 = format!("{x:.11e}").parse().unwrap_or(x);
                if (1e-5..1e15).contains(&rounded.abs()) { rounded.to_string() } else { format!("{rounded:e}") }
            }
        }
    }
}

/// No column is made wider: the formatter refuses widths beyond 65535.
const WIDEST: usize = 160;

/// `name = value`, one a line, the signs below each other.
pub fn list<'a>(entries: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let entries: Vec<(&str, String)> = entries.into_iter().collect();
    let width = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(WIDEST);
    entries.iter().map(|(name, value)| format!("{name:<width$} = {value}\n")).collect()
}

/// A table with a name for each column and each row.
pub fn table(columns: &[String], rows: &[(String, Vec<String>)]) -> String {
    let names = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(WIDEST);
    let width = |column: usize| {
        let cells = rows.iter().map(|(_, cells)| cells[column].chars().count());
        cells.chain([columns[column].chars().count()]).max().unwrap_or(0).min(WIDEST)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |name: &str, cells: &[&str]| {
        let cells: String = cells.iter().zip(&widths).map(|(cell, &width)| format!("  {cell:>width$}")).collect();
        format!("{name:<names$}{cells}\n")
    };
    let rows = rows.iter().map(|(name, cells)| line(name, &cells.iter().map(String::as_str).collect::<Vec<_>>()));
    line("", &columns.iter().map(String::as_str).collect::<Vec<_>>()) + &rows.collect::<String>()
}
