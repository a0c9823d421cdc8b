//! How are the rows of a list understood on all cores?
//!
//! Workers translate blocks as if nothing was wrong with them; what they found of new names is put together in the order
//! of the file. From the first block on in which a row is at fault, rows are translated one by one: then what is said of
//! a row may depend on all rows above it.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering};

use hashbrown::DefaultHashBuilder;

use super::list::ListRows;
use super::rows::{IdPlaces, Translator};
use crate::exchange::fault::Fault;
use crate::exchange::package::{Block, BlockReader, Census, Halt};
use crate::exchange::remarks::Remarks;

/// What a list came to.
pub(super) struct Translation<'n> {
    /// Has seen all rows.
    pub(super) whole: Translator<'n>,
    /// Faults of rows with another number of cells than the header.
    pub(super) uneven: Vec<Fault>,
    /// Sources that the store does not have, with the rows that cite them first.
    pub(super) sources: Vec<(String, u64)>,
    /// Rows that become no tie.
    pub(super) refused: HashSet<u64>,
    /// How many rows become one.
    pub(super) ties: u64,
    /// Hashes of the ids that are made for them.
    made: Vec<u64>,
    ids: Ids,
}

/// How ids are hashed; where they stand, unless rows have ids in writing.
#[derive(Clone)]
struct Ids {
    hasher: DefaultHashBuilder,
    at: Option<IdPlaces>,
}

impl Ids {
    fn of(translator: &Translator<'_>) -> Self {
        Self { hasher: DefaultHashBuilder::default(), at: translator.id_places() }
    }

    fn hash(&self, translator: &Translator<'_>) -> Option<u64> {
        Some(self.hasher.hash_one(translator.made_id(self.at?).as_str()))
    }
}

/// Understands all rows of a list.
pub(super) fn translate<'n, E>(
    reader: &BlockReader<'_>,
    list: &ListRows,
    translator: impl Fn() -> Translator<'n> + Sync,
) -> Result<Translation<'n>, Halt<E>> {
    let (uneven, sources, refused, made) = Default::default();
    let whole = translator();
    let ids = Ids::of(&whole);
    let mut all = Translation { ids: ids.clone(), whole, uneven, sources, refused, ties: 0, made };
    let clean = AtomicBool::new(true);
    let read = |translator: &mut Translator<'n>, block: &Block<'_>| {
        clean.load(Ordering::Relaxed).then(|| TranslatedBlock::of((list, &ids), translator, block)).flatten()
    };
    list.blocks(reader, &translator, read, |part, block| {
        let part = part.filter(|_| clean.load(Ordering::Relaxed));
        if !part.is_some_and(|part| all.append(part)) {
            clean.store(false, Ordering::Relaxed);
            all.one_by_one(list, block);
        }
        Ok(())
    })?;
    Ok(all)
}

/// What a block without faults came to.
struct TranslatedBlock {
    ties: u64,
    /// Governments that the worker has not met before, with their rows.
    named: Vec<(String, u64)>,
    /// Sources that the worker has not met before, with their rows.
    cited: Vec<(String, u64)>,
    made: Vec<u64>,
    remarks: Remarks,
}

impl TranslatedBlock {
    /// What a block comes to apart from those before it; `None` if a row is at fault.
    fn of(
        (list, ids): (&ListRows, &Ids),
        translator: &mut Translator<'_>,
        block: &Block<'_>,
    ) -> Option<Self> {
        let (mut named, mut cited, mut made) = (Vec::new(), Vec::new(), Vec::new());
        let (mut ties, mut is_even) = (0, true);
        list.each(block, |rows| {
            is_even &= list.is_even(rows);
            let number = rows.number();
            let Some(tie) = (if is_even { translator.row(number, rows) } else { None }) else { return };
            ties += 1;
            made.extend(ids.hash(translator));
            named.extend(tie.governments.into_iter().map(|name| (name, number)));
            cited.extend(tie.sources.into_iter().map(|id| (id, number)));
        });
        let remarks = translator.take_remarks();
        (is_even && translator.is_faultless()).then_some(Self { ties, named, cited, made, remarks })
    }
}

impl Translation<'_> {
    /// What must be known of the ids that are made; `None` if rows have ids in writing.
    pub(super) fn census(&mut self) -> Option<Census> {
        let made = std::mem::take(&mut self.made);
        self.ids.at.map(|_| Census::of_made(self.ids.hasher.clone(), made))
    }

    /// Takes what a worker made of a block, unless the names in it do not go with those above.
    fn append(&mut self, part: TranslatedBlock) -> bool {
        if self.whole.found_all(part.named).is_none() {
            return false;
        }
        let whole = &mut self.whole;
        self.sources.extend(part.cited.into_iter().filter(|(id, _)| whole.cite(id)));
        self.whole.remarks.extend(part.remarks);
        self.ties += part.ties;
        self.made.extend(part.made);
        true
    }

    fn one_by_one(&mut self, list: &ListRows, block: &Block<'_>) {
        list.each(block, |rows| {
            let number = rows.number();
            if !list.is_even(rows) {
                self.uneven.extend(list.ragged(rows));
                return;
            }
            match self.whole.row(number, rows) {
                Some(tie) => {
                    self.ties += 1;
                    self.made.extend(self.ids.hash(&self.whole));
                    self.sources.extend(tie.sources.into_iter().map(|id| (id, number)));
                }
                None => drop(self.refused.insert(number)),
            }
        });
    }
}
