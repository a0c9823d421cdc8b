//! Permissions of a file or folder that replaces another one.

use std::fs::{DirBuilder, Metadata};
use std::io;
use std::path::Path;

/// Gives a file or a folder the owner, group and mode of the one whose place it takes.
///
/// Only the superuser can give things away. Where the group cannot be kept it gets no rights: another group than
/// before would have them.
#[cfg(unix)]
pub(super) fn take_over(path: &Path, former: &Metadata) -> io::Result<()> {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let own = path.metadata()?;
    let kept = |own, former, owner, group| own == former || chown(path, owner, group).is_ok();
    let group = kept(own.gid(), former.gid(), None, Some(former.gid()));
    kept(own.uid(), former.uid(), Some(former.uid()), None);
    let mode = former.mode() & if group { 0o7777 } else { 0o7707 };
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn take_over(_: &Path, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Makes folders that only their owner may enter.
pub(super) fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Whether a folder hands its group on to what is made in it, as one does that a group shares.
#[cfg(unix)]
pub(super) fn is_shared(folder: &Path) -> bool {
    const SET_GROUP: u32 = 0o2000;
    folder.metadata().is_ok_and(|found| std::os::unix::fs::MetadataExt::mode(&found) & SET_GROUP != 0)
}

#[cfg(not(unix))]
pub(super) fn is_shared(_: &Path) -> bool {
    false
}
