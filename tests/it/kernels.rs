//! Networks and their measures.
//!
//! - `oracles`: the networks of `fixtures/networks` against NetworkX and igraph
//! - `published`: numbers that articles and other programs print
//! - `closed_forms`: stars, paths, cycles, complete and bipartite networks
//! - `laws`: what holds for every network
//! - `construction`: how ties become a network, and petgraph on it
//! - `polycentricity`: one centre or many
//! - `positions`: cores, cut points, brokers, structural holes
//! - `groups`: Katz centrality, trusses, censuses, assortativity, given groups
//! - `quantities`: money, economic linkage, shares, rules of entry

mod closed_forms;
mod construction;
mod groups;
mod laws;
mod oracles;
mod polycentricity;
mod positions;
mod published;
mod quantities;

use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
use serde_json::Value;
use std::path::PathBuf;

/// Ties as they are given to a network.
type Ties = Vec<(u32, u32, f64)>;

fn network(orientation: Orientation, nodes: usize, ties: &[(u32, u32, f64)]) -> Network {
    Network::from_ties(orientation, NetworkNode::numbered(nodes), ties, ParallelRule::Sum, LoopRule::Drop)
        .unwrap()
}

/// An undirected network in which every tie weighs 1.
fn plain(nodes: usize, ties: impl IntoIterator<Item = (u32, u32)>) -> Network {
    let ties: Ties = ties.into_iter().map(|(from, to)| (from, to, 1.0)).collect();
    network(Orientation::Undirected, nodes, &ties)
}

fn star(nodes: u32) -> Network {
    plain(nodes as usize, (1..nodes).map(|leaf| (0, leaf)))
}

fn path(nodes: u32) -> Network {
    plain(nodes as usize, (1..nodes).map(|node| (node - 1, node)))
}

fn cycle(nodes: u32) -> Network {
    plain(nodes as usize, (0..nodes).map(|node| (node, (node + 1) % nodes)))
}

fn complete(nodes: u32) -> Network {
    plain(nodes as usize, (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| (a, b))))
}

/// The complete bipartite network of the nodes `0..left` and the `right` nodes after them.
fn bipartite(left: u32, right: u32) -> Network {
    plain((left + right) as usize, (0..left).flat_map(|a| (left..left + right).map(move |b| (a, b))))
}

fn fixture(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/networks").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn expected() -> Value {
    serde_json::from_str(&fixture("expected.json")).unwrap()
}

fn load_ties(name: &str) -> Ties {
    let text = fixture(&format!("{name}.csv"));
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// A network of the fixtures; `expected` says how many nodes it has and whether it is directed.
fn load(name: &str, expected: &Value) -> Network {
    let facts = &expected["networks"][name];
    let orientation =
        if facts["directed"].as_bool().unwrap() { Orientation::Directed } else { Orientation::Undirected };
    network(orientation, facts["names"].as_array().unwrap().len(), &load_ties(name))
}

#[track_caller]
fn assert_near(found: f64, wanted: f64, tolerance: f64) {
    let allowed = tolerance * wanted.abs().max(1.0);
    assert!((found - wanted).abs() <= allowed, "found {found}, wanted {wanted} (to {tolerance:e})");
}

#[track_caller]
fn assert_all_near(found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len());
    for (node, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let allowed = tolerance * wanted.abs().max(1.0);
        assert!((found - wanted).abs() <= allowed, "node {node}: found {found}, wanted {wanted}");
    }
}

/// Numbers in 0..1 that are the same in every run (SplitMix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u32) -> u32 {
        (self.next() % u64::from(limit)) as u32
    }

    fn ties(&mut self, nodes: u32, count: usize) -> Ties {
        (0..count)
            .map(|_| (self.below(nodes), self.below(nodes), f64::from(1 + self.below(90)) / 10.0))
            .collect()
    }

    /// A new number for every node.
    fn relabelling(&mut self, nodes: u32) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..nodes).collect();
        for last in (1..nodes).rev() {
            numbers.swap(last as usize, self.below(last + 1) as usize);
        }
        numbers
    }
}
