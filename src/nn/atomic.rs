//! Files that are there as a whole or not at all: an interruption at any moment leaves the old one or the new one.

use crate::error::{Error, Result};
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How the names of files end that are still being written.
const ENDING: &str = ".partial";

/// Where there is something else than a file, such as `/dev/stdout` or a pipe, it is written to. A link stays one: the file that it leads to
/// is replaced. A file that is write-protected is not.
///
/// Writes beside the file, and gives what was written its name once it is safely on the disk. A process that is killed meanwhile leaves
/// a file `.NAME.PROCESS-PLACE.partial`, which nobody reads, and which the next write of it removes.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes)
        .map_err(|error| Error::File { path: path.display().to_string(), message: format!("not written: {error}") })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (mut target, mut permissions) = (path.to_owned(), None);
    if let Ok(there) = fs::metadata(path) {
        if !there.is_file() {
            return File::create(path)?.write_all(bytes);
        }
        if there.permissions().readonly() {
            let advice = "the file is write-protected: give another name, or make it writable";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, advice));
        }
        // Where a link leads.
        target = fs::canonicalize(path)?;
        permissions = Some(there.permissions());
    }
    let Some(name) = target.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name"));
    };
    let mut beginning = OsString::from(".");
    beginning.push(name);
    beginning.push(".");
    // Whoever cleans up may take a file that is not locked yet for one that was left: then another is begun.
    for _ in 1..TRIES {
        match write_beside(&target, &beginning, bytes, permissions.clone()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => return result,
        }
    }
    write_beside(&target, &beginning, bytes, permissions)
}

/// How many files that are gone are begun anew.
const TRIES: usize = 8;

fn write_beside(target: &Path, beginning: &OsString, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let (beside, mut file) = create_beside(target, beginning)?;
    let write = || {
        // Held until it is closed, also by a process that is killed: how others know that it is still being written.
        file.lock()?;
        clear(&beside, beginning);
        file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        fs::rename(&beside, target)
    };
    let result = write();
    if result.is_err() {
        // It is the first error that counts.
        let _ = fs::remove_file(&beside);
    }
    result
}

/// A new file beside `target`. The process has its number in its name and each of its threads a place, so that two that write the same
/// file do not write into each other's.
fn create_beside(target: &Path, beginning: &OsString) -> io::Result<(PathBuf, File)> {
    let mut place = 0;
    loop {
        let mut name = beginning.clone();
        name.push(format!("{}-{place}{ENDING}", std::process::id()));
        let beside = target.with_file_name(name);
        match File::create_new(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => place += 1,
            created => return created.map(|file| (beside, file)),
        }
    }
}

/// Removes what processes that were killed have left beside `own`.
fn clear(own: &Path, beginning: &OsString) {
    let folder = own.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let rest = name.as_encoded_bytes().strip_prefix(beginning.as_encoded_bytes());
        let process = rest.and_then(|rest| rest.strip_suffix(ENDING.as_bytes()));
        let is_number = |number: &[u8]| number.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        let is_partial = process.is_some_and(|number| !number.is_empty() && is_number(number));
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

    /// An empty folder of its own.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("gradus-atomic-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<OsString> {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = folder("fails");
        let path = folder.join("net");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        // A folder in the way cannot be replaced by a file.
        fs::create_dir(folder.join("taken")).unwrap();
        let error = write(&folder.join("taken"), b"new").unwrap_err();
        assert!(error.to_string().contains("taken: not written: "), "{error}");
        assert_eq!(names(&folder), ["net", "taken"]);
        assert!(write(&folder.join("absent").join("net"), b"").is_err() && write(Path::new("/"), b"").is_err());
        assert!(write(Path::new(""), b"").is_err());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_file_that_is_write_protected_is_kept() {
        let folder = folder("protected");
        let path = folder.join("net");
        write(&path, b"old").unwrap();
        let writable = fs::metadata(&path).unwrap().permissions();
        let mut protected = writable.clone();
        protected.set_readonly(true);
        fs::set_permissions(&path, protected).unwrap();
        let error = write(&path, b"new").unwrap_err();
        assert!(error.to_string().contains("write-protected: give another name"), "{error}");
        assert_eq!((fs::read(&path).unwrap().as_slice(), names(&folder).len()), (b"old".as_slice(), 1));
        fs::set_permissions(&path, writable).unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }

    /// As whoever may write there, the writer must not put a file in the place of a device.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_to_and_a_link_stays_one() {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
        write(Path::new("/dev/null"), b"net").unwrap();
        let error = write(Path::new("/dev/full"), b"net").unwrap_err();
        assert!(error.to_string().contains("No space left on device"), "{error}");
        for device in ["/dev/null", "/dev/full"] {
            assert!(fs::metadata(device).unwrap().file_type().is_char_device(), "{device}");
        }
        let folder = folder("links");
        let (path, link) = (folder.join("net"), folder.join("latest"));
        write(&path, b"old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        symlink(&path, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "as private as it was");
        assert_eq!(names(&folder), ["latest", "net"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn threads_that_write_the_same_file_do_not_mix_what_they_write() {
        let folder = folder("threads");
        let path = folder.join("net");
        std::thread::scope(|scope| {
            for writer in 0..4u8 {
                let path = &path;
                scope.spawn(move || (0..50).for_each(|_| write(path, &vec![writer; 20_000]).unwrap()));
            }
            for _ in 0..200 {
                if let Ok(bytes) = fs::read(&path) {
                    assert!(bytes.len() == 20_000 && bytes.iter().all(|byte| *byte == bytes[0]));
                }
            }
        });
        assert_eq!(names(&folder), ["net"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
