//! What is recorded at a date beside networks: powers, flows, approvals, forms and scopes of arrangements.

use super::{Moment, Study};
use crate::graph::{EdgeIx, NodeIx};
use crate::relations::vocabulary::label;
use crate::relations::{
    Approval, Custody, FlowStatement, Form, Provinces, Scope, approvals_of, custody, flows,
};
use crate::value::Inclusion;

/// One arrangement at a date.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrangementRecord {
    /// The arrangement.
    pub arrangement: NodeIx,
    /// Governments that cooperate in it.
    pub parties: Vec<NodeIx>,
    /// What its pairs are.
    pub form: Form,
    /// How far it reaches.
    pub scope: Scope,
}

impl Study {
    /// Who holds which power over a territory at a date (S14), and how many powers only possibly hold.
    #[must_use]
    pub fn custody(&self, territory: NodeIx, moment: Moment) -> (Vec<Custody>, usize) {
        let mut rows = custody(self.snapshot(), territory, self.as_of(moment));
        let as_of = self.as_of(moment);
        let possible = rows.iter().filter(|row| as_of.admits(row.holds) == Inclusion::Uncertain).count();
        rows.retain(|row| as_of.admits(row.holds).is_included());
        (rows, possible)
    }

    /// The flows of a date (S19, S20), of the selected governments alone where a region or list is selected.
    #[must_use]
    pub fn flows(&self, moment: Moment) -> Vec<FlowStatement> {
        let all = self.subjects().all_statements;
        let as_of = self.as_of(moment);
        let mut rows = flows(self.snapshot(), as_of, all);
        let (selected, _) = self.governments(as_of);
        let concerned = |ix: &NodeIx| selected.contains(ix);
        let shown =
            |row: &FlowStatement| self.shows(row.payer) || row.payee.is_some_and(|payee| self.shows(payee));
        rows.retain(|row| concerned(&row.payer) || row.payee.as_ref().is_some_and(concerned));
        rows.retain(shown);
        rows
    }

    /// The arrangements of the study, ready for many dates.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        Records { study: self, provinces: Provinces::of(self.snapshot(), self.schemes()) }
    }

    /// The text id of a node; empty where it has none.
    #[must_use]
    pub fn id_of(&self, node: NodeIx) -> String {
        let id = self.snapshot().node_at(node).and_then(|node| node.text_id());
        id.map_or_else(String::new, |id| id.to_string())
    }

    /// The text id of an edge; empty where it has none.
    #[must_use]
    pub fn row_id(&self, edge: EdgeIx) -> String {
        let id = self.snapshot().edge_at(edge).and_then(|edge| edge.text_id());
        id.map_or_else(String::new, |id| id.to_string())
    }

    /// A property of a node as text; empty where it has none.
    #[must_use]
    pub fn text_of(&self, node: NodeIx, key: &str) -> String {
        let value = self.snapshot().node_at(node).and_then(|node| node.value(key));
        value.map_or_else(String::new, |value| value.to_string())
    }
}

/// The arrangements of a study: which concern the selection at a date, and what is on record of them.
pub struct Records<'s> {
    study: &'s Study,
    provinces: Provinces<'s>,
}

impl Records<'_> {
    /// What is on record of the provinces' approval of those among the arrangements of a date, as
    /// [`Records::arrangements`] gives them, that are cross-provincial.
    #[must_use]
    pub fn approvals(&self, among: &[ArrangementRecord], moment: Moment) -> Vec<Approval> {
        let crossing = among.iter().filter(|row| row.scope == Scope::CrossProvincial);
        let snapshot = self.study.snapshot();
        let nodes = crossing.filter_map(|row| Some((snapshot.node_at(row.arrangement)?, &row.parties)));
        nodes.flat_map(|(node, parties)| approvals_of(node, parties, &self.provinces, moment.day())).collect()
    }

    /// The arrangements of a date with parties, form and scope; with a region those in which two of its
    /// members, or a member and a province of members, or two such provinces, take part.
    #[must_use]
    pub fn arrangements(&self, moment: Moment) -> Vec<ArrangementRecord> {
        let (study, provinces) = (self.study, &self.provinces);
        let as_of = study.as_of(moment);
        let (selected, _) = study.governments(as_of);
        let nodes = &study.selection().nodes;
        // Among all governments their provinces are too.
        let is_part = nodes.region.is_some() || nodes.level.is_some() || nodes.rank.is_some();
        let mut concerned = vec![false; study.snapshot().node_bound()];
        for government in &selected {
            let above = if is_part { provinces.province(*government, moment.day()) } else { None };
            for ix in above.iter().chain([government]) {
                concerned[ix.position()] = true;
            }
        }
        let ties = study.ties_in(as_of);
        let mut records = Vec::new();
        for node in study.snapshot().nodes_with(label::ARRANGEMENT) {
            let parties: Vec<NodeIx> = ties.attendance().parties(node.ix(), as_of).collect();
            if parties.iter().filter(|ix| concerned[ix.position()]).nth(1).is_some() {
                records.push(ArrangementRecord {
                    arrangement: node.ix(),
                    form: Form::of(&ties, node.ix(), as_of),
                    scope: provinces.scope(&parties, moment.day()),
                    parties,
                });
            }
        }
        records
    }
}
