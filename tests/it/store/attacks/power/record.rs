//! What a process did to the files below a folder, read from its trace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::Files;

/// A file or a folder, whatever its name is.
pub(super) type Inode = usize;
/// The folder that is looked at.
pub(super) const ROOT: Inode = 0;

/// A change, or a promise that the changes before it stay.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Write {
        file: Inode,
        at: usize,
        data: Vec<u8>,
    },
    Cut {
        file: Inode,
        length: usize,
    },
    /// Of a file, or of the names in a folder.
    Sync(Inode),
    /// A name comes, or goes.
    Name {
        folder: Inode,
        name: String,
        inode: Option<Inode>,
    },
    /// A name becomes another one in the same folder.
    Rename {
        folder: Inode,
        from: String,
        to: String,
        inode: Inode,
    },
    /// A line on standard output.
    Tell(String),
}

/// A deed between the line of the trace in which it begins and that in which it has ended.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) begun: usize,
    pub(super) ended: usize,
    pub(super) deed: Deed,
}

/// All of it.
#[derive(Default)]
pub(super) struct Record {
    /// Files and folders that were there: name in the root, inode, contents of a file.
    pub(super) names: BTreeMap<(Inode, String), Inode>,
    /// What each inode held at first; `None` for a folder.
    pub(super) first: Vec<Option<Vec<u8>>>,
    pub(super) events: Vec<Event>,
    /// Lines of the trace.
    pub(super) lines: usize,
    root: PathBuf,
    /// The same, as it is while the trace is read.
    live_names: BTreeMap<(Inode, String), Inode>,
    live: Vec<Option<Vec<u8>>>,
    /// Open files by their numbers, and where the next byte goes.
    open: BTreeMap<String, (Inode, usize)>,
}

impl Record {
    /// Reads a trace of changes below a folder that held these files, and these empty folders.
    pub(super) fn read(root: &Path, files: &Files, folders: &[PathBuf], trace: &str) -> Self {
        let mut record = Self { first: vec![None], root: root.to_owned(), ..Self::default() };
        for folder in folders {
            record.place(folder, None);
        }
        for (name, bytes) in files {
            record.place(name, Some(bytes.clone()));
        }
        record.live_names = record.names.clone();
        record.live = record.first.clone();
        let mut begun: BTreeMap<&str, (usize, String)> = BTreeMap::new();
        for (number, line) in trace.lines().enumerate() {
            record.lines = number + 1;
            let Some((thread, call)) = line.split_once(' ') else { continue };
            let call = call.trim_start();
            if let Some(first) = call.strip_suffix("<unfinished ...>") {
                begun.insert(thread, (number, first.trim_end().to_owned()));
            } else if let Some((_, rest)) =
                call.strip_prefix("<... ").and_then(|call| call.split_once("resumed>"))
            {
                if let Some((since, first)) = begun.remove(thread) {
                    record.take(since, number, &format!("{first}{rest}"));
                }
            } else {
                record.take(number, number, call);
            }
        }
        record
    }

    /// Lays down what there is at the end of the trace.
    pub(super) fn lay_down_whole(&self, folder: &Path) {
        let mut places = vec![(ROOT, folder.to_owned())];
        while let Some((inode, path)) = places.pop() {
            match &self.live[inode] {
                None => {
                    std::fs::create_dir_all(&path).unwrap();
                    let inside = self.live_names.iter().filter(|((folder, _), _)| *folder == inode);
                    places.extend(inside.map(|((_, name), own)| (*own, path.join(name))));
                }
                Some(bytes) => std::fs::write(path, bytes).unwrap(),
            }
        }
    }

    fn place(&mut self, name: &Path, bytes: Option<Vec<u8>>) {
        let mut folder = ROOT;
        let parts: Vec<String> = name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        for (at, part) in parts.iter().enumerate() {
            let key = (folder, part.clone());
            folder = self.names.get(&key).copied().unwrap_or_else(|| {
                let contents = if at + 1 == parts.len() { bytes.clone() } else { None };
                self.first.push(contents);
                self.names.insert(key, self.first.len() - 1);
                self.first.len() - 1
            });
        }
    }

    /// The folder that holds a path below the root, and the name in it.
    fn resolve(&self, path: &Path) -> Option<(Inode, String)> {
        let below = path.strip_prefix(&self.root).ok()?;
        let mut parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let last = parts.pop()?;
        let folder =
            parts.into_iter().try_fold(ROOT, |folder, part| self.live_names.get(&(folder, part)).copied());
        folder.map(|folder| (folder, last))
    }

    fn inode(&self, path: &Path) -> Option<Inode> {
        if path == self.root {
            return Some(ROOT);
        }
        self.live_names.get(&self.resolve(path)?).copied()
    }

    fn make(&mut self, contents: Option<Vec<u8>>) -> Inode {
        self.first.push(contents.clone());
        self.live.push(contents);
        self.live.len() - 1
    }

    /// Takes one whole call.
    fn take(&mut self, begun: usize, ended: usize, call: &str) {
        let Some((name, rest)) = call.split_once('(') else { return };
        let Some((arguments, result)) = rest.rsplit_once(" = ") else { return };
        let arguments: Vec<&str> = arguments.trim_end().trim_end_matches(')').split(", ").collect();
        if result.starts_with('-') {
            return;
        }
        for deed in self.deeds(name, &arguments, result) {
            self.apply(&deed);
            self.events.push(Event { begun, ended, deed });
        }
    }

    fn deeds(&mut self, name: &str, arguments: &[&str], result: &str) -> Vec<Deed> {
        let number = |text: &str| text.split(['<', ' ']).next().unwrap_or_default().to_owned();
        let count = || number(result).parse::<usize>().unwrap();
        let fd = number(arguments[0]);
        let file = self.open.get(&fd).copied();
        match name {
            "openat" => return self.opened(path_of(arguments), arguments[2], number(result)),
            "close" => drop(self.open.remove(&fd)),
            "lseek" => {
                let at = count();
                self.open.entry(fd).and_modify(|open| open.1 = at);
            }
            "write" if fd == "1" => {
                return vec![Deed::Tell(String::from_utf8_lossy(&text_of(arguments[1])).into_owned())];
            }
            "write" => {
                let Some((file, at)) = file else { return Vec::new() };
                self.open.insert(fd, (file, at + count()));
                return vec![Deed::Write { file, at, data: text_of(arguments[1])[..count()].to_vec() }];
            }
            "pwrite64" => {
                let Some((file, _)) = file else { return Vec::new() };
                let at = arguments[3].parse().unwrap();
                return vec![Deed::Write { file, at, data: text_of(arguments[1])[..count()].to_vec() }];
            }
            "copy_file_range" => {
                let (from, to) = (fd, number(arguments[2]));
                let Some((file, at)) = self.open.get(&to).copied() else { return Vec::new() };
                // What is copied from elsewhere was not recorded.
                let (source, start) = self.open[&from];
                let data = self.live[source].as_ref().unwrap()[start..start + count()].to_vec();
                self.open.insert(from, (source, start + count()));
                self.open.insert(to, (file, at + count()));
                return if data.is_empty() { Vec::new() } else { vec![Deed::Write { file, at, data }] };
            }
            "ftruncate" => {
                let length = arguments[1].parse().unwrap();
                return file.map(|(file, _)| Deed::Cut { file, length }).into_iter().collect();
            }
            "fsync" | "fdatasync" => return file.map(|(file, _)| Deed::Sync(file)).into_iter().collect(),
            "mkdir" | "mkdirat" => {
                let Some((folder, name)) = self.resolve(&path_of(arguments)) else { return Vec::new() };
                return vec![Deed::Name { folder, name, inode: Some(self.make(None)) }];
            }
            "unlink" | "rmdir" | "unlinkat" => {
                let Some((folder, name)) = self.resolve(&path_of(arguments)) else { return Vec::new() };
                return vec![Deed::Name { folder, name, inode: None }];
            }
            "rename" | "renameat" | "renameat2" => {
                let half = if name == "rename" { 1 } else { 2 };
                let [from, to] = [&arguments[..half], &arguments[half..2 * half]].map(path_of);
                let Some((folder, from)) = self.resolve(&from) else { return Vec::new() };
                let (other, to) = self.resolve(&to).unwrap();
                assert_eq!(folder, other, "a name moves to another folder, which is not recorded");
                let inode = self.live_names[&(folder, from.clone())];
                return vec![Deed::Rename { folder, from, to, inode }];
            }
            "link" | "linkat" => {
                let half = if name == "link" { 1 } else { 2 };
                let [from, to] = [&arguments[..half], &arguments[half..2 * half]].map(path_of);
                let (Some(inode), Some((folder, name))) = (self.inode(&from), self.resolve(&to)) else {
                    return Vec::new();
                };
                return vec![Deed::Name { folder, name, inode: Some(inode) }];
            }
            // Promises nothing of what a disk keeps in its own memory.
            "sync_file_range" => {}
            other => assert!(file.is_none(), "{other} is not recorded"),
        }
        Vec::new()
    }

    fn opened(&mut self, path: PathBuf, flags: &str, fd: String) -> Vec<Deed> {
        self.open.remove(&fd);
        let Some(inode) = self.inode(&path) else {
            let Some((folder, name)) = self.resolve(&path).filter(|_| flags.contains("O_CREAT")) else {
                return Vec::new();
            };
            let inode = self.make(Some(Vec::new()));
            self.open.insert(fd, (inode, 0));
            return vec![Deed::Name { folder, name, inode: Some(inode) }];
        };
        let end = self.live[inode].as_ref().map_or(0, Vec::len);
        self.open.insert(fd, (inode, if flags.contains("O_APPEND") { end } else { 0 }));
        let cut = flags.contains("O_TRUNC") && end > 0;
        cut.then_some(Deed::Cut { file: inode, length: 0 }).into_iter().collect()
    }

    fn apply(&mut self, deed: &Deed) {
        name(&mut self.live_names, deed);
        match deed {
            Deed::Write { file, at, data } => write(self.live[*file].as_mut().unwrap(), *at, data),
            Deed::Cut { file, length } => self.live[*file].as_mut().unwrap().resize(*length, 0),
            _ => {}
        }
    }
}

/// Changes names as a deed says.
pub(super) fn name(names: &mut BTreeMap<(Inode, String), Inode>, deed: &Deed) {
    match deed {
        Deed::Name { folder, name, inode: Some(inode) } => {
            names.insert((*folder, name.clone()), *inode);
        }
        Deed::Name { folder, name, inode: None } => {
            names.remove(&(*folder, name.clone()));
        }
        Deed::Rename { folder, from, to, inode } => {
            names.remove(&(*folder, from.clone()));
            names.insert((*folder, to.clone()), *inode);
        }
        _ => {}
    }
}

/// Writes into a file, which grows where it must.
pub(super) fn write(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    bytes.resize(bytes.len().max(at + data.len()), 0);
    bytes[at..at + data.len()].copy_from_slice(data);
}

/// The bytes of the first string, or of the path of the open file, in an argument: all of them as `\x2f`.
fn text_of(argument: &str) -> Vec<u8> {
    let hex = argument.split(['"', '<', '>']).nth(1).unwrap_or_default();
    hex.split("\\x").skip(1).map(|byte| u8::from_str_radix(&byte[..2], 16).unwrap()).collect()
}

/// A path, given by itself or below an open folder.
fn path_of(arguments: &[&str]) -> PathBuf {
    let text = |argument: &str| PathBuf::from(String::from_utf8(text_of(argument)).unwrap());
    match arguments {
        [path, ..] if path.starts_with('"') => text(path),
        [folder, path, ..] => text(folder).join(text(path)),
        _ => PathBuf::new(),
    }
}
