//! Questions about a few nodes: answered from a small graph that is cut out of the whole.

use std::sync::{Arc, PoisonError};

use super::Database;
use crate::error::Error;
use crate::graph::{NodeId, PointRead, Snapshot};
use crate::relations::{self, CutError, Loaded, Names, Reach, TieOptions, TieTable, TierSchemes};

impl Database {
    /// What is needed to answer about whatever a text may mean: a small graph, read without loading the store. `None`
    /// where nothing bears the text. Of a database in memory, or once the store is loaded, it is the whole graph.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Change`] where what was read does not fit together.
    pub fn around(&self, text: &str, reach: Reach) -> Result<Option<Arc<Snapshot>>, Error> {
        let Some(store) = self.store_if_any().filter(|store| !store.is_loaded()) else {
            return self.snapshot().map(Some);
        };
        let reader = store.reader()?;
        let found = reader.found_by(text)?;
        if found.is_empty() {
            return Ok(None);
        }
        cut(&reader, &found, reach).map(Some)
    }

    /// What is needed to answer about some nodes: a small graph, cut out of the state in memory, or read without loading
    /// the store. In it, a question within `reach` about these nodes has the answer that it has in the whole graph.
    ///
    /// Nodes that are not there are left out.
    ///
    /// # Errors
    /// As [`Database::around`].
    pub fn neighbourhood(&self, nodes: &[NodeId], reach: Reach) -> Result<Arc<Snapshot>, Error> {
        match self.store_if_any().filter(|store| !store.is_loaded()) {
            Some(store) => cut(&store.reader()?, nodes, reach),
            None => {
                let whole = self.snapshot()?;
                cut(&Loaded(&whole), nodes, reach)
            }
        }
    }

    /// The ties of some governments, or those among the members of regions and bodies, in the present state. What they
    /// cost follows from these nodes, not from the graph, so that they can be asked for after every commit.
    ///
    /// The table is of the graph that was cut out ([`Database::neighbourhood`]): it has the ties of these nodes as
    /// [`Database::ties`] has them, and may have some of others. Nodes go by permanent ids, not by indices.
    ///
    /// # Errors
    /// As [`Database::around`].
    pub fn ties_around(&self, nodes: &[NodeId], options: &TieOptions) -> Result<TieTable, Error> {
        let cut = self.neighbourhood(nodes, Reach::Ties)?;
        Ok(TieTable::derive(&cut, &TierSchemes::of(&cut), options))
    }

    /// The names, codes and ids of the present state, kept for the next question. They are read once; after a commit
    /// what they cost follows from the nodes that it changed.
    ///
    /// # Errors
    /// As [`Database::snapshot`].
    pub fn names(&self) -> Result<Arc<Names>, Error> {
        let snapshot = self.snapshot()?;
        let known = self.known_names(|known| known.clone());
        if let Some(names) = known.as_ref().filter(|names| names.snapshot().is_same_state(&snapshot)) {
            return Ok(Arc::clone(names));
        }
        let names = Arc::new(known.map_or_else(|| Names::of(&snapshot), |names| names.followed(&snapshot)));
        self.known_names(|known| *known = Some(Arc::clone(&names)));
        Ok(names)
    }

    /// Names that cannot be followed are let go, so that they do not keep a former packed part in memory.
    pub(super) fn forget_names(&self, present: &Snapshot) {
        self.known_names(|known| {
            let _ = known.take_if(|names| !names.snapshot().shares_indices(present));
        });
    }

    fn known_names<T>(&self, ask: impl FnOnce(&mut Option<Arc<Names>>) -> T) -> T {
        ask(&mut self.names.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn cut<R: PointRead>(reader: &R, nodes: &[NodeId], reach: Reach) -> Result<Arc<Snapshot>, Error>
where
    Error: From<R::Error>,
{
    match relations::neighbourhood(reader, nodes, reach) {
        Ok(cut) => Ok(Arc::new(cut)),
        Err(CutError::Read(error)) => Err(error.into()),
        Err(CutError::Graph(error)) => Err(error.into()),
    }
}
