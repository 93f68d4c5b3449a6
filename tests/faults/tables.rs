//! Tables and files that are no tables.

use gradus::Error;
use gradus::nn::data::{Dataset, Table};

#[test]
fn tables_that_would_be_misread_are_refused() {
    let numbers = |text: &str| {
        let table = Table::parse(text, "t.csv")?;
        Dataset::from_table(&table, &[table.header()[table.header().len() - 1].as_str()])
    };
    let message = |text: &str| numbers(text).unwrap_err().to_string();
    assert_eq!(
        message("x,x,y\n1,2,3\n"),
        "t.csv, line 1, column 2 (x): expected a name of its own, found that of column 1"
    );
    assert_eq!(
        message("\n\nx,y,y\n1,2,3\n"),
        "t.csv, line 3, column 3 (y): expected a name of its own, found that of column 2"
    );
    assert_eq!(message("x,y\n\"1,5\",2\n"), "t.csv, line 2, column 1 (x): expected a finite number, found \"1,5\"");
    assert!(message("x;y\n1,5;2\n").contains("line 2, column 2: expected 1 columns"));
    assert!(message("x,y\r1,2\r").contains("a line break of Unix or Windows, not of an old Macintosh, found \"\\r"));
    assert_eq!(message("x,y,\n1,2,\n"), "t.csv, line 2, column 3 (): expected a finite number, found an empty cell");
    for number in ["1e400", "nan", "inf", "0x10", "1_000", "\u{2212}1", "1 000", "1\0", "NA", "--1"] {
        let found = message(&format!("x,y\n{number},2\n"));
        assert!(found.starts_with("t.csv, line 2, column 1 (x): expected a finite number, found"), "{found}");
    }
    // Columns that nobody reads may bear any names.
    let table = Table::parse("id,id,,,x\n1,2,3,4,5\n", "t.csv").unwrap();
    assert_eq!((table.numbers("x"), table.select(&["x"]).unwrap().len()), (Ok(vec![5.0]), 1));
    let table = Table::parse("x,kind\n1,a\n2,\n3,b\n", "t.csv").unwrap();
    let found = Dataset::classes_from(&table, "kind").unwrap_err().to_string();
    assert_eq!(found, "t.csv, line 3, column 2 (kind): expected the name of a class, found an empty cell");
}

#[test]
fn files_that_are_no_tables_say_where() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("table-{}.csv", std::process::id()));
    let message = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        Table::read(&path).unwrap_err().to_string()
    };
    assert!(message(b"x,y\n1,M\xfcller\n").contains("line 2 is not text in UTF-8: save the table anew"));
    assert!(message(b"\xff\xfex\0,\0y\0\n\0").contains("line 1 is not text in UTF-8"));
    assert!(message(b"").contains("expected names of columns, found nothing"));
    std::fs::write(&path, "\u{feff}x,y\r\n1,2\r\n").unwrap();
    assert_eq!(Table::read(&path).unwrap().numbers("x"), Ok(vec![1.0]));
    std::fs::remove_file(&path).unwrap();
    let folder = Table::read(env!("CARGO_TARGET_TMPDIR")).unwrap_err();
    assert!(matches!(folder, Error::File { .. }), "{folder}");
    if cfg!(target_os = "linux") {
        let full = Table::write("/dev/full", &["x"], &[[1.0]]).unwrap_err().to_string();
        assert!(full.starts_with("/dev/full: No space left"), "{full}");
    }
}
