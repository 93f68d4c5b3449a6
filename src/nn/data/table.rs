//! Comma-separated tables: read with errors that name the place, and written.

use crate::error::{Error, Result};
use std::fmt::Write;
use std::path::Path;

/// A table of text with a header: comma-separated values (RFC 4180). Numbers are read where they are asked for.
///
/// ```
/// use gradus::nn::data::Table;
///
/// let table = Table::parse("x,name\n1.5,\"a, b\"\n-2,c\n", "points.csv")?;
/// assert_eq!(table.numbers("x")?, [1.5, -2.0]);
/// assert_eq!(table.texts("name")?, ["a, b", "c"]);
/// let error = table.numbers("name").unwrap_err();
/// assert_eq!(error.to_string(), "points.csv, line 2, column 2 (name): expected a finite number, found \"a, b\"");
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    path: String,
    header_line: usize,
    header: Vec<String>,
    /// Each row, and the line where it begins.
    rows: Vec<(usize, Vec<String>)>,
}

impl Table {
    /// Reads the file at `path`, whose first line names the columns.
    ///
    /// # Errors
    /// [`Error::File`]; [`Error::Table`] if a line has another number of columns than the first.
    pub fn read(path: impl AsRef<Path>) -> Result<Table> {
        let name = path.as_ref().display().to_string();
        let failed = |message| Error::File { path: name.clone(), message };
        let bytes = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + good.iter().filter(|&&byte| byte == b'\n').count();
            failed(format!("line {line} is not text in UTF-8: save the table anew, in this encoding (\"CSV UTF-8\" in spreadsheets)"))
        })?;
        Table::parse(&text, &name)
    }

    /// Reads `text`; errors call it `path`.
    ///
    /// # Errors
    /// As [`read`](Table::read).
    pub fn parse(text: &str, path: &str) -> Result<Table> {
        let mut rows =
            Reader { path, text: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1 }.rows()?.into_iter();
        let table_error = |line, column: usize, expected: String, found: String| {
            Err(Error::Table { path: path.to_owned(), line, column: column.to_string(), expected, found })
        };
        let Some((header_line, header)) = rows.next() else {
            return table_error(1, 1, "names of columns".into(), "nothing".into());
        };
        let rows: Vec<(usize, Vec<String>)> = rows.collect();
        if let Some((line, row)) = rows.iter().find(|(_, row)| row.len() != header.len()) {
            let expected = format!("{} columns, as in the first line", header.len());
            return table_error(*line, row.len(), expected, format!("{}", row.len()));
        }
        Ok(Table { path: path.to_owned(), header_line, header, rows })
    }

    /// The names of the columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// How many rows there are under the header.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table with these columns alone, in this order: for a file with more than a net is to see.
    ///
    /// ```
    /// use gradus::nn::data::Table;
    /// let table = Table::parse("id,x,name,y\n7,1,anna,2\n", "t.csv")?.select(&["y", "x"])?;
    /// assert_eq!((table.header(), table.numbers("x")?), (["y".to_owned(), "x".to_owned()].as_slice(), vec![1.0]));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownName`].
    pub fn select(&self, columns: &[&str]) -> Result<Table> {
        let places = columns.iter().map(|name| self.column(name)).collect::<Result<Vec<_>>>()?;
        let chosen = |row: &[String]| -> Vec<String> { places.iter().map(|&place| row[place].clone()).collect() };
        let rows = self.rows.iter().map(|(line, row)| (*line, chosen(row))).collect();
        let header = chosen(&self.header);
        Ok(Table { path: self.path.clone(), header_line: self.header_line, header, rows })
    }

    /// What stands in the column `name`.
    ///
    /// # Errors
    /// [`Error::UnknownName`]; [`Error::Table`] if two columns bear the name.
    pub fn texts(&self, name: &str) -> Result<Vec<&str>> {
        let column = self.column(name)?;
        Ok(self.rows.iter().map(|(_, row)| row[column].as_str()).collect())
    }

    /// As [`texts`](Table::texts), but an empty cell is an error: it is no class.
    pub(super) fn classes(&self, name: &str) -> Result<Vec<&str>> {
        let column = self.column(name)?;
        let class = |(line, row): &(usize, Vec<String>)| match row[column].is_empty() {
            true => Err(self.wrong(*line, column, "the name of a class".into(), "an empty cell".into())),
            false => Ok(()),
        };
        self.rows.iter().try_for_each(class)?;
        self.texts(name)
    }

    /// The numbers in the column `name`.
    ///
    /// # Errors
    /// [`Error::UnknownName`]; [`Error::Table`] where no finite number stands, or if two columns bear the name.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>> {
        let column = self.column(name)?;
        let number = |(line, row): &(usize, Vec<String>)| match row[column].trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => {
                let empty = row[column].is_empty();
                let found = if empty { "an empty cell".into() } else { format!("{:?}", row[column]) };
                Err(self.wrong(*line, column, "a finite number".into(), found))
            }
        };
        self.rows.iter().map(number).collect()
    }

    fn column(&self, name: &str) -> Result<usize> {
        let mut places = (0..self.header.len()).filter(|&column| self.header[column] == name);
        let Some(first) = places.next() else {
            return Err(Error::UnknownName { what: "column", found: name.to_owned(), known: self.header.clone() });
        };
        match places.next() {
            // Whichever were taken, the other would be lost.
            Some(second) => {
                let found = format!("that of column {}", first + 1);
                Err(self.wrong(self.header_line, second, "a name of its own".into(), found))
            }
            None => Ok(first),
        }
    }

    fn wrong(&self, line: usize, column: usize, expected: String, found: String) -> Error {
        let column = format!("{} ({})", column + 1, self.header[column]);
        Error::Table { path: self.path.clone(), line, column, expected, found }
    }
}

impl Table {
    /// Rows of numbers as comma-separated text under the names of their columns. Reading it gives the same numbers, to the bit.
    ///
    /// ```
    /// use gradus::nn::data::Table;
    /// let text = Table::text_of(&["x", "y"], &[[1.0, 0.1], [2.0, 1e300]])?;
    /// assert_eq!(text, "x,y\n1.0,0.1\n2.0,1e300\n");
    /// assert_eq!(Table::parse(&text, "text")?.numbers("y")?, [0.1, 1e300]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Length`] if a row has not a number for each name; [`Error::Table`] for a number that is not finite, which could not be
    /// read again.
    pub fn text_of(header: &[&str], rows: &[impl AsRef<[f64]>]) -> Result<String> {
        Table::text_for("the table", header, rows)
    }

    fn text_for(path: &str, header: &[&str], rows: &[impl AsRef<[f64]>]) -> Result<String> {
        // What reading would take for a blank line, a separator, white space around a name or a byte order mark.
        let needs_quotes = |name: &str| {
            name.is_empty()
                || name.trim() != name
                || name.starts_with('\u{feff}')
                || name.contains([',', '"', '\n', '\r'])
        };
        let quoted = |name: &&str| match needs_quotes(name) {
            true => format!("\"{}\"", name.replace('"', "\"\"")),
            false => (*name).to_owned(),
        };
        let mut text = header.iter().map(quoted).collect::<Vec<_>>().join(",");
        text.push('\n');
        for (line, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            if row.len() != header.len() {
                let hint = "a row has a number for each column";
                return Err(Error::Length { what: "a row", found: row.len(), expected: header.len(), hint });
            }
            for (place, number) in row.iter().enumerate() {
                if !number.is_finite() {
                    return Err(Error::Table {
                        path: path.to_owned(),
                        line: line + 2,
                        column: format!("{} ({})", place + 1, header[place]),
                        expected: "a finite number to write".into(),
                        found: number.to_string(),
                    });
                }
                // Writing to a string does not fail.
                let _ = write!(text, "{}{number:?}", if place > 0 { "," } else { "" });
            }
            text.push('\n');
        }
        Ok(text)
    }

    /// Writes rows of numbers to the file at `path`.
    ///
    /// # Errors
    /// As [`text_of`](Table::text_of); [`Error::File`].
    pub fn write(path: impl AsRef<Path>, header: &[&str], rows: &[impl AsRef<[f64]>]) -> Result<()> {
        let name = path.as_ref().display().to_string();
        std::fs::write(&path, Table::text_for(&name, header, rows)?)
            .map_err(|error| Error::File { path: name, message: error.to_string() })
    }
}

/// Takes text apart.
struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    line: usize,
}

impl Reader<'_> {
    /// The fields of each row, and the line where it begins. Blank lines are skipped; a pair of quotes is an empty field.
    fn rows(mut self) -> Result<Vec<(usize, Vec<String>)>> {
        let mut rows = Vec::new();
        while !self.text.is_empty() {
            let (line, mut fields) = (self.line, Vec::new());
            let is_quoted = self.text.starts_with('"');
            loop {
                fields.push(self.field(fields.len() + 1)?);
                if !self.skip(",") {
                    break;
                }
            }
            if !self.text.is_empty() && !self.skip("\n") && !self.skip("\r\n") {
                let found = self.text.chars().take(10).collect::<String>();
                let expected = match self.text.starts_with('\r') {
                    true => "a line break of Unix or Windows, not of an old Macintosh",
                    false => "a comma or the end of the line after the closing quote",
                };
                return Err(self.error(fields.len(), expected, &format!("{found:?}")));
            }
            if is_quoted || fields != [""] {
                rows.push((line, fields));
            }
            self.line += 1;
        }
        Ok(rows)
    }

    fn field(&mut self, column: usize) -> Result<String> {
        let mut field = String::new();
        if !self.skip("\"") {
            let end = self.text.find([',', '\n']).unwrap_or(self.text.len());
            let plain = self.text[..end].trim_end_matches('\r');
            self.text = &self.text[plain.len()..];
            return Ok(plain.trim().to_owned());
        }
        loop {
            let Some(end) = self.text.find('"') else {
                return Err(self.error(column, "a closing quote", "the end of the file"));
            };
            field += &self.text[..end];
            self.text = &self.text[end + 1..];
            if !self.skip("\"") {
                self.line += field.matches('\n').count();
                return Ok(field);
            }
            field.push('"');
        }
    }

    fn skip(&mut self, prefix: &str) -> bool {
        let rest = self.text.strip_prefix(prefix);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn error(&self, column: usize, expected: &str, found: &str) -> Error {
        Error::Table {
            path: self.path.to_owned(),
            line: self.line,
            column: column.to_string(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_all_kinds() {
        let table = Table::parse("\u{feff}a, b\r\n\r\n1, 2\r\n\"3\",\"say \"\"4\"\"\nthere\"\r\n5,6", "t").unwrap();
        assert_eq!(table.header(), ["a", "b"]);
        assert_eq!(table.numbers("a").unwrap(), [1.0, 3.0, 5.0]);
        assert_eq!(table.texts("b").unwrap(), ["2", "say \"4\"\nthere", "6"]);
        assert_eq!(table.rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 6]);
    }

    /// Found by the fuzzer of tables: a blank name made the header a blank line, and the first row became the header.
    #[test]
    fn any_name_of_a_column_survives_writing() {
        for name in ["", " ", "\u{feff}x", " x", "x\t", "\"", "a,b", "a\nb", "a\r"] {
            let text = Table::text_of(&[name], &[[0.1], [2.0]]).unwrap();
            let table = Table::parse(&text, "t").unwrap();
            assert_eq!((table.header(), table.len()), ([name.to_owned()].as_slice(), 2), "{text:?}");
            assert_eq!(table.numbers(name).unwrap(), [0.1, 2.0]);
        }
    }

    #[test]
    fn errors_name_the_place_and_what_was_expected() {
        let message = |text: &str| match Table::parse(text, "t") {
            Ok(table) => table.numbers("b").unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(message("a,b\n1,2\n1\n"), "t, line 3, column 1: expected 2 columns, as in the first line, found 1");
        assert_eq!(message("a,b\n1,2\n1,x\n"), "t, line 3, column 2 (b): expected a finite number, found \"x\"");
        assert_eq!(message("a,b\n1,\n"), "t, line 2, column 2 (b): expected a finite number, found an empty cell");
        assert_eq!(message("a,b\n1,nan\n"), "t, line 2, column 2 (b): expected a finite number, found \"nan\"");
        assert_eq!(message("a,b\n1,\"2\n"), "t, line 2, column 2: expected a closing quote, found the end of the file");
        assert_eq!(message(""), "t, line 1, column 1: expected names of columns, found nothing");
        assert_eq!(message("a,c\n1,2\n"), "there is no column `b`: there are a, c");
        let not_finite = Table::text_of(&["a", "b"], &[[1.0, 2.0], [1.0, f64::NAN]]).unwrap_err().to_string();
        assert_eq!(not_finite, "the table, line 3, column 2 (b): expected a finite number to write, found NaN");
        assert!(message("a,b\n1,\"2\"3\n").contains("after the closing quote"));
        assert!(Table::read("no/such/file.csv").unwrap_err().to_string().starts_with("no/such/file.csv: "));
    }
}
