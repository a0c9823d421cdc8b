//! What a disk may hold after the power went.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::super::super::sample::Numbers;
use super::record::{Deed, Event, Inode, ROOT, Record, name, write};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// What becomes of the writes that were not synced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    /// None reached the disk.
    Lost,
    /// All did.
    Kept,
    /// Each did or did not.
    Some,
    /// Of each sector the new or the former contents.
    Torn,
    /// The file has the length, and zeros where it grew.
    Zeros,
    /// Each has a fate of its own.
    Mixed,
}

const FATES: [Fate; 6] = [Fate::Lost, Fate::Kept, Fate::Some, Fate::Torn, Fate::Zeros, Fate::Mixed];

/// One moment and what is left then.
pub(super) struct Loss {
    /// The line of the trace before which the power went.
    pub(super) at: usize,
    pub(super) fate: Fate,
    numbers: Numbers,
}

impl Loss {
    /// A loss by its number, between these lines of a trace.
    pub(super) fn new(number: u64, lines: std::ops::Range<usize>) -> Self {
        let mut numbers = Numbers(number);
        let at = lines.start + numbers.place(lines.len() + 1);
        let fate = FATES[numbers.place(FATES.len())];
        Self { at, fate, numbers }
    }

    /// What the process had told by then.
    pub(super) fn told<'r>(&self, record: &'r Record) -> Vec<&'r str> {
        let lines = record.events.iter().filter(|event| event.begun < self.at);
        lines
            .filter_map(|event| match &event.deed {
                Deed::Tell(line) => Some(line.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Lays down what is left.
    pub(super) fn lay_down(&mut self, record: &Record, folder: &Path) {
        let happened: Vec<&Event> = record.events.iter().filter(|event| event.begun < self.at).collect();
        let names = self.names(record, &happened);
        let mut places = vec![(ROOT, folder.to_owned())];
        while let Some((inode, path)) = places.pop() {
            match &record.first[inode] {
                None => {
                    fs::create_dir_all(&path).unwrap();
                    let inside = names.iter().filter(|((folder, _), _)| *folder == inode);
                    places.extend(inside.map(|((_, name), own)| (*own, path.join(name))));
                }
                Some(first) => fs::write(path, self.contents(inode, first, &happened)).unwrap(),
            }
        }
    }

    /// Whether a deed is covered by a sync that began after it had ended, and had ended itself when the power went.
    fn is_synced(&self, event: &Event, inode: Inode, happened: &[&Event]) -> bool {
        happened.iter().any(|sync| {
            matches!(sync.deed, Deed::Sync(own) if own == inode)
                && sync.begun > event.ended
                && sync.ended < self.at
        })
    }

    /// Names in a folder are kept up to some moment after its last sync.
    fn names(&mut self, record: &Record, happened: &[&Event]) -> BTreeMap<(Inode, String), Inode> {
        let mut by_folder: BTreeMap<Inode, Vec<&Event>> = BTreeMap::new();
        for event in happened {
            if let Deed::Name { folder, .. } | Deed::Rename { folder, .. } = event.deed {
                by_folder.entry(folder).or_default().push(event);
            }
        }
        let mut names = record.names.clone();
        for (folder, events) in by_folder {
            let last = events.iter().rposition(|event| self.is_synced(event, folder, happened));
            let synced = last.map_or(0, |last| last + 1);
            let kept = match self.numbers.next(3) {
                0 => synced,
                1 => events.len(),
                _ => synced + self.numbers.place(events.len() - synced + 1),
            };
            events[..kept].iter().for_each(|event| name(&mut names, &event.deed));
        }
        names
    }

    fn contents(&mut self, inode: Inode, first: &[u8], happened: &[&Event]) -> Vec<u8> {
        let mut bytes = first.to_vec();
        for event in happened {
            let fate = match &event.deed {
                Deed::Write { file, .. } | Deed::Cut { file, .. } if *file != inode => continue,
                Deed::Write { .. } | Deed::Cut { .. } if self.is_synced(event, inode, happened) => Fate::Kept,
                Deed::Write { .. } | Deed::Cut { .. } if self.fate == Fate::Mixed => {
                    FATES[self.numbers.place(5)]
                }
                _ => self.fate,
            };
            match &event.deed {
                Deed::Write { at, data, .. } => self.write(&mut bytes, *at, data, fate),
                Deed::Cut { length, .. } if fate != Fate::Lost && (fate == Fate::Kept || self.coin()) => {
                    bytes.resize(*length, 0);
                }
                _ => {}
            }
        }
        bytes
    }

    fn coin(&mut self) -> bool {
        self.numbers.next(2) == 0
    }

    fn write(&mut self, bytes: &mut Vec<u8>, at: usize, data: &[u8], fate: Fate) {
        match fate {
            Fate::Lost => {}
            Fate::Some if self.coin() => {}
            Fate::Kept | Fate::Some | Fate::Mixed => write(bytes, at, data),
            Fate::Zeros => bytes.resize(bytes.len().max(at + data.len()), 0),
            Fate::Torn => {
                let mut from = 0;
                while from < data.len() {
                    let to = (from + SECTOR - (at + from) % SECTOR).min(data.len());
                    if self.coin() {
                        write(bytes, at + from, &data[from..to]);
                    }
                    from = to;
                }
            }
        }
    }
}
