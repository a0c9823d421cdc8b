//! The names of what is not at its place yet.
//!
//! * `.NAME.making-0123456789abcdef`: a file or a folder in the making. Dead, it is of no use.
//! * `.installing-0123456789abcdef`, in the folder that it is for: a whole folder whose entries are being moved there.
//! * `.NAME.former-0123456789abcdef`: a folder that gave its place to a new one.
//! * `intergov-reader-0123456789abcdef`, in the folder for temporary files: a copy to read from.
//!
//! The digits are by chance. Earlier programs wrote `NAME.making-0123abcd`, `.NAME.new-PID`, `NAME.partial`, `NAME.part`
//! and `intergov-reader-PID-0123456789abcdef`, all without a lock.

use std::ffi::OsStr;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

pub(super) const MAKING: &str = "making";
pub(super) const INSTALLING: &str = "installing";
pub(super) const FORMER: &str = "former";
pub(super) const READER: &str = "intergov-reader-";

const DIGITS: usize = 16;
/// Of the name of what is made so much is kept: a name has 255 bytes.
const STEM: usize = 48;

/// 16 hexadecimal digits that cannot be foreseen.
pub(super) fn digits() -> String {
    // Each state hashes under keys of its own.
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}

/// A hidden name of a kind beside a path.
pub(super) fn beside(path: &Path, kind: &str) -> PathBuf {
    parent_of(path).join(format!("{}{}", stem(path, kind), digits()))
}

/// How all names of a kind for a path begin.
pub(super) fn stem(path: &Path, kind: &str) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name.chars().take(STEM).collect();
    format!(".{name}.{kind}-")
}

/// The folder in which a path lies.
pub(super) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Whether a name is that of something in the making, by the present or by another process.
pub(super) fn is_making(name: &OsStr) -> bool {
    has_digits_after(name, &format!(".{MAKING}-")).is_some()
}

/// Whether a name is that of a folder whose entries are being moved to the folder around it.
pub(super) fn is_installing(name: &OsStr) -> bool {
    has_digits_after(name, &format!(".{INSTALLING}-")) == Some("")
}

/// What stands before the mark of a hidden name that ends in the mark and the digits.
fn has_digits_after<'n>(name: &'n OsStr, mark: &str) -> Option<&'n str> {
    let name = name.to_str().filter(|name| name.starts_with('.'))?;
    let (before, digits) = name.split_at_checked(name.len().checked_sub(DIGITS)?)?;
    are_digits(digits, DIGITS).then(|| before.strip_suffix(mark)).flatten()
}

/// Whether a text is this many hexadecimal digits.
pub(super) fn are_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a folder is being installed, or its installing was cut off: not all of its entries are there.
pub(crate) fn is_unfinished(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| is_installing(&entry.file_name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_ours_are_known() {
        for (name, known) in [
            (".store.making-0123456789abcdef", true),
            (".making-0123456789abcdef", true),
            (".a.b.making-ffffffffffffffff", true),
            ("store.making-0123456789abcdef", false),
            (".store.making-0123456789abcde", false),
            (".store.making-0123456789abcdefa", false),
            (".store.making-0123456789ABCDEF", false),
            (".store.maken-0123456789abcdef", false),
            (".杭州.making-0123456789abcdef", true),
            (".making-杭杭杭杭杭a", false),
            ("", false),
        ] {
            assert_eq!(is_making(OsStr::new(name)), known, "{name}");
        }
        assert!(is_installing(OsStr::new(".installing-0123456789abcdef")));
        assert!(!is_installing(OsStr::new(".x.installing-0123456789abcdef")));
        let long = "杭".repeat(85);
        let name = beside(Path::new(&long), MAKING);
        assert!(is_making(name.file_name().unwrap()) && name.file_name().unwrap().len() <= 255);
        assert_ne!(beside(Path::new("a"), MAKING), beside(Path::new("a"), MAKING));
    }
}
