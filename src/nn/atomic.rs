//! Files that are there as a whole or not at all: an interruption at any moment leaves the old one or the new one.

use crate::error::{Error, Result};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes beside the file, and gives what was written its name once it is safely on the disk. A process that is killed meanwhile leaves
/// a file `.NAME.PROCESS.partial`, which nobody reads.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes)
        .map_err(|error| Error::File { path: path.display().to_string(), message: format!("not written: {error}") })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name"));
    };
    // The process has its number in the name, so that two that write the same file do not write into each other's.
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.partial", std::process::id()));
    let beside = path.with_file_name(beside);
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    let result = write();
    if result.is_err() {
        // It is the first error that counts.
        let _ = fs::remove_file(&beside);
    }
    result
}

/// The bytes of a file.
#[cfg(feature = "safetensors")]
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::File { path: path.display().to_string(), message: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("gradus-atomic-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("net");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        // A folder in the way cannot be replaced by a file.
        fs::create_dir(folder.join("taken")).unwrap();
        let error = write(&folder.join("taken"), b"new").unwrap_err();
        assert!(error.to_string().contains("taken: not written: "), "{error}");
        let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["net", "taken"]);
        assert!(write(&folder.join("absent").join("net"), b"").is_err() && write(Path::new("/"), b"").is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
