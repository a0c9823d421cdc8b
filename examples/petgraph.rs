//! Algorithms of petgraph on a state of the graph, and on a network.
//!
//! Run it with `cargo run --example petgraph`.

use std::error::Error;
use std::io::{self, Write};

use intergov::Database;
use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
use intergov::store::CommitNote;
use intergov::value::{AsOf, Reading, Validity};
use petgraph::visit::{EdgeFiltered, EdgeRef};

fn main() -> Result<(), Box<dyn Error>> {
    let db = Database::in_memory_without_schema();
    let mut change = db.begin()?;
    let mut stops = Vec::new();
    for name in ["上海", "苏州", "无锡", "南京"] {
        stops.push(change.create_node_with(&["Stop"], Validity::ALWAYS, [("name", name)])?);
    }
    for (pair, year) in stops.windows(2).zip(["2005", "2008", "2011"]) {
        if let [from, to] = pair {
            change.create_edge("LEADS_TO", *from, *to, Validity::since(year.parse()?))?;
        }
    }
    change.commit(&CommitNote::by("petgraph"))?;
    let mut out = io::stdout().lock();

    // A snapshot is a graph of petgraph as it is; a date is a filter over its edges.
    let snapshot = db.snapshot()?;
    let first = snapshot.node(stops[0]).ok_or("no first stop")?.ix();
    for year in ["2006", "2009", "2012"] {
        let held = snapshot.holding(AsOf::date(year.parse()?, Reading::Certain)).edges;
        let dated = EdgeFiltered::from_fn(&*snapshot, |edge| held.contains(edge.id().get()));
        let reached = petgraph::algo::dijkstra(&dated, first, None, |_| 1_u32);
        writeln!(out, "{year}: {} stops are reached", reached.len())?;
    }

    // Removed nodes leave gaps; what counts on dense numbers runs on the dense view.
    let ranks = petgraph::algo::page_rank(&snapshot.dense(), 0.85_f64, 100);
    writeln!(out, "{} ranks", ranks.len())?;

    // A network has weights, and no parallel ties: spanning trees and flows run on it too.
    let ties = [(0, 1, 3.0), (1, 2, 2.0), (0, 2, 1.0)];
    let network = Network::from_ties(
        Orientation::Directed,
        NetworkNode::numbered(3),
        &ties,
        ParallelRule::Sum,
        LoopRule::Drop,
    )?;
    let (most, _) = petgraph::algo::ford_fulkerson(&network, 0, 2);
    let tree = petgraph::algo::min_spanning_tree(&network);
    let kept = tree.filter(|part| matches!(part, petgraph::data::Element::Edge { .. })).count();
    writeln!(out, "{most} flows from the first to the last; {kept} ties span the network")?;
    Ok(())
}
