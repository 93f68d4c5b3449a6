//! Files that are there as a whole or not at all: an interruption at any moment leaves the old one or the new one.

use crate::error::{Error, Result};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// How the names of files end that are still being written.
const ENDING: &str = ".partial";

/// Writes beside the file, and gives what was written its name once it is safely on the disk. A process that is killed meanwhile leaves
/// a file `.NAME.PROCESS.partial`, which nobody reads, and which the next write of it removes.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes)
        .map_err(|error| Error::File { path: path.display().to_string(), message: format!("not written: {error}") })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name"));
    };
    // The process has its number in the name, so that two that write the same file do not write into each other's.
    let mut beginning = OsString::from(".");
    beginning.push(name);
    beginning.push(".");
    let mut beside = beginning.clone();
    beside.push(format!("{}{ENDING}", std::process::id()));
    let beside = path.with_file_name(beside);
    let write = || {
        let mut file = File::create(&beside)?;
        // Held until it is closed, also by a process that is killed: how others know that it is still being written.
        file.lock()?;
        clear(&beside, &beginning);
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

/// Removes what processes that were killed have left beside `own`.
fn clear(own: &Path, beginning: &OsString) {
    let folder = own.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let rest = name.as_encoded_bytes().strip_prefix(beginning.as_encoded_bytes());
        let process = rest.and_then(|rest| rest.strip_suffix(ENDING.as_bytes()));
        let is_partial = process.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit));
        let is_own = own.file_name() == Some(&name);
        if is_partial && !is_own && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            // It may be gone by now: then nothing is left to do.
            let _ = fs::remove_file(entry.path());
        }
    }
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
        // A process that was killed cannot clean up after itself; the next write does. One that still writes keeps its file.
        fs::write(folder.join(".net.1.partial"), b"ne").unwrap();
        let other = File::create(folder.join(".net.2.partial")).unwrap();
        other.lock().unwrap();
        write(&path, b"new").unwrap();
        assert!(!folder.join(".net.1.partial").exists() && folder.join(".net.2.partial").exists());
        drop(other);
        write(&path, b"new").unwrap();
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
