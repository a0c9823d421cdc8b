use std::path::PathBuf;

use clap::Args;

use crate::cli::context::{actor, command_line, note};
use crate::cli::failure::Failure;
use crate::cli::output::say;
use crate::database::Database;
use crate::graph::{EdgeRef, NodeRef, Snapshot};
use crate::relations::{EndReason, Kind, Names, Outliving, Writer, caption, edge_caption};
use crate::value::Date;

/// End one fact at a date: a government, an arrangement, or one row of an edge type (S17, S18)
#[derive(Args, Debug)]
pub(in crate::cli) struct End {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// An id, code or name; for an edge TYPE/ID, e.g. PARTY_TO/TAIHU.310000.member
    #[arg(value_name = "WHAT")]
    what: String,
    /// The first date on which it no longer holds
    #[arg(long, value_name = "DATE")]
    at: String,
    /// Why it ended: lapsed, interrupted, superseded, merged, abolished
    #[arg(long)]
    reason: Option<String>,
    /// End the edges that would outlive it too
    #[arg(long)]
    with_ties: bool,
}

impl End {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let db = Database::open(&self.db)?;
        let snapshot = db.snapshot();
        let at: Date = self.at.parse()?;
        let mut draft = snapshot.draft();
        let reason = self.reason.as_deref().map(|text| {
            text.parse::<EndReason>().map_err(|error| Failure::Usage(format!("--reason {text}: {error}")))
        });
        let reason = reason.transpose()?;
        let told = if let Some(edge) = edge_of(&snapshot, &self.what)? {
            Writer::new(&mut draft).end_edge(edge.id(), at, reason)?;
            format!("{} ends {at}", edge_caption(edge))
        } else {
            let node = node_of(&snapshot, &self.what)?;
            let outliving = if self.with_ties { Outliving::End } else { Outliving::Refuse };
            let ended = Writer::new(&mut draft).end_node(node.id(), at, reason, outliving)?;
            format!("{} ends {at}, and {} edges with it", caption(node), ended.edges.len())
        };
        let (actor, command) = (actor(), command_line());
        let done = db.commit(&draft.finish(), &note(&actor, &command, &told))?;
        for warning in &done.warnings {
            say(&format!("warning: {warning}"));
        }
        say(&format!("{told}; commit {}", done.commit));
        Ok(())
    }
}

fn node_of<'a>(snapshot: &'a Snapshot, what: &str) -> Result<NodeRef<'a>, Failure> {
    let found = Names::of(snapshot).find(&Kind::ALL, what, None)?;
    snapshot.node_at(found.node).ok_or_else(|| Failure::NotFound(format!("“{what}” is not there")))
}

/// The edge that `TYPE/ID` names; `None` where the text names no edge type.
fn edge_of<'a>(snapshot: &'a Snapshot, what: &str) -> Result<Option<EdgeRef<'a>>, Failure> {
    let Some((edge_type, id)) = what.split_once('/') else { return Ok(None) };
    if snapshot.catalogue().edge_type(edge_type).is_none() {
        return Ok(None);
    }
    let found = snapshot.edges_of(edge_type).find(|edge| edge.text_id().as_deref() == Some(id));
    found.map(Some).ok_or_else(|| Failure::NotFound(format!("there is no {edge_type} with the id {id}")))
}
