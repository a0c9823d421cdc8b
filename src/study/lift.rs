//! As which government does a government count that lies below a level (S33)?

use crate::relations::vocabulary::label;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use super::Study;
use crate::graph::NodeIx;
use crate::relations::HierarchyAt;
use crate::value::Day;

/// Each government below a level, with the superior as which it counts on a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Lift {
    superiors: HashMap<NodeIx, NodeIx>,
}

impl Lift {
    /// As which government one counts: itself, unless it lies below the level.
    pub(super) fn of(&self, government: NodeIx) -> NodeIx {
        self.superiors.get(&government).copied().unwrap_or(government)
    }

    /// Whether it counts as another one.
    pub(super) fn moves(&self, government: NodeIx) -> bool {
        self.superiors.contains_key(&government)
    }
}

impl Study {
    /// Who counts as whom on a day; nothing where no level is asked for.
    ///
    /// A government counts as its nearest superior on or above the level: a district of a municipality as the
    /// municipality, where there is no city between them.
    pub(super) fn lift(&self, day: Day) -> Option<Arc<Lift>> {
        let level = self.selection().lift.as_deref()?;
        let known = || self.lifts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lift) = known().get(&day) {
            return Some(Arc::clone(lift));
        }
        let made = Arc::new(self.lifted_to(level, day));
        Some(Arc::clone(known().entry(day).or_insert(made)))
    }

    fn lifted_to(&self, level: &str, day: Day) -> Lift {
        let snapshot = self.snapshot();
        let line = self.hierarchy().at(day);
        let mut superiors = HashMap::new();
        for node in snapshot.nodes_with(label::GOVERNMENT) {
            let target = self.superior_at_level(node.ix(), level, day, &line);
            if target != node.ix() {
                superiors.insert(node.ix(), target);
            }
        }
        Lift { superiors }
    }

    fn superior_at_level(&self, government: NodeIx, level: &str, day: Day, line: &HierarchyAt) -> NodeIx {
        let text = |ix: NodeIx, key: &str| {
            let value = self.snapshot().node_at(ix)?.value_at(key, day)?;
            value.as_text().map(str::to_owned)
        };
        let below = |ix: NodeIx| -> Option<bool> {
            let scheme = self.snapshot().node_at(ix)?.value("scheme")?;
            let scheme = scheme.as_text()?;
            let own = self.schemes().level_ordinal(scheme, &text(ix, "level")?)?;
            Some(own > self.schemes().level_ordinal(scheme, level)?)
        };
        let mut at = government;
        // No line of command is longer; what is longer is a cycle.
        for _ in 0..64 {
            // Of an unknown level nothing is said.
            match below(at) {
                Some(true) => {}
                Some(false) => return at,
                None => return government,
            }
            match line.superior(at) {
                Some(superior) => at = superior,
                None => return government,
            }
        }
        government
    }

    /// The governments that stand under another one on a day, at any distance, by index.
    pub(super) fn below(&self, superior: NodeIx, day: Day) -> Vec<NodeIx> {
        let line = self.hierarchy().at(day);
        let governments = self.snapshot().nodes_with(label::GOVERNMENT).map(|node| node.ix());
        governments.filter(|ix| line.is_subordinate(*ix, superior)).collect()
    }
}
