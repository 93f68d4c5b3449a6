//! Comma-separated tables: whatever the text, an error or a table, and one that the `csv` crate reads in the same way.
#![no_main]

use gradus::nn::data::Table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(table) = Table::parse(text, "fuzz") else { return };
    // A name that two columns bear is that of neither.
    let is_unique = |name: &str| table.header().iter().filter(|other| *other == name).count() == 1;
    for name in table.header() {
        if !is_unique(name) {
            assert!(table.texts(name).is_err() && table.numbers(name).is_err());
            continue;
        }
        let texts = table.texts(name).unwrap();
        assert_eq!(texts.len(), table.len());
        if let Ok(numbers) = table.numbers(name) {
            assert!(numbers.iter().all(|number| number.is_finite()));
            let rows: Vec<[f64; 1]> = numbers.iter().map(|&number| [number]).collect();
            let written = Table::text_of(&[name], &rows).unwrap();
            let read = Table::parse(&written, "written").unwrap().numbers(name).unwrap();
            let bits = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&read), bits(&numbers));
        }
    }
    // Quotes within a field, lone carriage returns and blank lines are read otherwise there, by its rules.
    if text.contains(['"', '\r', '\u{feff}']) || text.lines().any(|line| line.trim().is_empty()) {
        return;
    }
    let mut theirs = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns: Vec<String> = theirs.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(columns, table.header());
    let records: Vec<csv::StringRecord> = theirs.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(records.len(), table.len());
    for (place, name) in columns.iter().enumerate() {
        if is_unique(name) {
            let column: Vec<&str> = records.iter().map(|record| &record[place]).collect();
            assert_eq!(column, table.texts(name).unwrap());
        }
    }
});
