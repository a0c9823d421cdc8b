use std::path::PathBuf;

use clap::Args;

use crate::cli::context::Reading;
use crate::cli::element::Named;
use crate::cli::failure::Failure;
use crate::relations::{EndReason, Outliving, Writer, caption, edge_caption};
use crate::value::{Date, counted};

/// End one fact at a date: a government, an arrangement, or one row of an edge type (S17, S18)
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov end toy-store G60 --at 2024 --with-ties --reason superseded")]
pub(in crate::cli) struct End {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// A name, code or id; for an edge TYPE/id, e.g. PARTY_TO/TAIHU.310000.member
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
        let reading = Reading::open_to_change(&self.db)?;
        let at: Date = self.at.parse()?;
        let mut draft = reading.snapshot.draft();
        let reason = self.reason.as_deref().map(|text| {
            text.parse::<EndReason>().map_err(|error| Failure::Usage(format!("--reason {text}: {error}")))
        });
        let reason = reason.transpose()?;
        let told = match reading.element(&self.what, None)? {
            Named::Edge(edge) => {
                Writer::new(&mut draft).end_edge(edge.id(), at, reason)?;
                format!("{} ends {at}", edge_caption(edge))
            }
            Named::Node(node) => {
                let outliving = if self.with_ties { Outliving::End } else { Outliving::Refuse };
                let ended = Writer::new(&mut draft).end_node(node.id(), at, reason, outliving)?;
                let edges = counted(ended.edges.len(), "edge", "edges");
                format!("{} ends {at}, and {edges} with it", caption(node))
            }
        };
        reading.commit(draft, &told)
    }
}
