//! A network as the Leiden algorithm reads it: both ways of a tie together, and the mass that each node brings.

use super::leiden::Quality;
use crate::analysis::division::group_count;
use crate::network::Network;

/// What drawing ties at random takes from a node or a community: its strength out and in, or its number of nodes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Mass {
    pub(super) nodes: f64,
    out: f64,
    into: f64,
}

impl Mass {
    pub(super) fn add(&mut self, other: Self) {
        self.nodes += other.nodes;
        self.out += other.out;
        self.into += other.into;
    }

    pub(super) fn take(&mut self, other: Self) {
        self.nodes -= other.nodes;
        self.out -= other.out;
        self.into -= other.into;
        if self.nodes == 0.0 {
            // Without what rounding leaves.
            *self = Self::default();
        }
    }
}

/// Ties between nodes with the weight of both ways, and what lies within a node that stands for several.
#[derive(Debug, Clone)]
pub(super) struct Weighted {
    offsets: Vec<usize>,
    ends: Vec<(u32, f64)>,
    mass: Vec<Mass>,
    /// The weight within each node.
    inner: Vec<f64>,
    /// All weight; ties without orientation count from both ends.
    pub(super) total: f64,
    is_directed: bool,
    quality: Quality,
}

impl Weighted {
    pub(super) fn of(network: &Network, quality: Quality) -> Self {
        let nodes = network.node_count();
        let mut mass = vec![Mass { nodes: 1.0, ..Mass::default() }; nodes];
        let (mut arcs, mut inner, mut total) = (Vec::new(), vec![0.0; nodes], 0.0);
        for (from, to, weight) in network.ties() {
            let ways = if network.is_directed() { &[(from, to)][..] } else { &[(from, to), (to, from)] };
            for (from, to) in ways {
                mass[*from as usize].out += weight;
                mass[*to as usize].into += weight;
                total += weight;
                if from == to {
                    inner[*from as usize] += weight;
                } else {
                    arcs.extend([(*from, *to, weight), (*to, *from, weight)]);
                }
            }
        }
        if matches!(quality, Quality::ConstantPotts(_)) {
            mass = vec![Mass { nodes: 1.0, out: 1.0, into: 1.0 }; nodes];
        }
        let (offsets, ends) = packed(nodes, arcs);
        Self { offsets, ends, mass, inner, total, is_directed: network.is_directed(), quality }
    }

    pub(super) fn len(&self) -> usize {
        self.mass.len()
    }

    pub(super) fn nodes(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.mass.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn mass(&self, node: u32) -> Mass {
        self.mass[node as usize]
    }

    /// The neighbours of a node with the weight of both ways.
    pub(super) fn ties(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.ends[self.offsets[node as usize]..self.offsets[node as usize + 1]].iter().copied()
    }

    /// The weight of both ways that drawing at random would give between two masses.
    pub(super) fn drawn(&self, one: Mass, other: Mass) -> f64 {
        (one.out * other.into + one.into * other.out) / self.scale()
    }

    /// What products of masses are divided by.
    fn scale(&self) -> f64 {
        match self.quality {
            Quality::Modularity(_) => self.total,
            Quality::ConstantPotts(_) => 1.0,
        }
    }

    /// The quality of a division.
    pub(super) fn quality(&self, of: &[u32], resolution: f64) -> f64 {
        let mut mass = vec![Mass::default(); self.len()];
        let mut within = 0.0;
        for node in self.nodes() {
            let own = of[node as usize];
            mass[own as usize].add(self.mass(node));
            within += self.inner[node as usize];
            // Each pair is met from both ends, and has the weight of both ways at each.
            let same = self.ties(node).filter(|(other, _)| of[*other as usize] == own);
            within += same.map(|(_, weight)| weight).sum::<f64>() / 2.0;
        }
        let drawn = |mass: &Mass| {
            let pairs = mass.out * mass.into / self.scale();
            match self.quality {
                Quality::Modularity(_) => pairs,
                // Pairs of two nodes.
                Quality::ConstantPotts(_) => pairs - mass.nodes,
            }
        };
        let sum = within - resolution * mass.iter().map(drawn).sum::<f64>();
        match self.quality {
            Quality::Modularity(_) => sum / self.total,
            Quality::ConstantPotts(_) if self.is_directed => sum,
            // Of a tie both ways are in the sum, and of a pair both orders.
            Quality::ConstantPotts(_) => sum / 2.0,
        }
    }

    /// The same network with the parts of a division, numbered from 0, as nodes.
    pub(super) fn aggregate(&self, of: &[u32]) -> Self {
        let parts = group_count(of);
        let (mut mass, mut inner) = (vec![Mass::default(); parts], vec![0.0; parts]);
        let mut arcs = Vec::with_capacity(self.ends.len());
        for node in self.nodes() {
            let own = of[node as usize];
            mass[own as usize].add(self.mass(node));
            inner[own as usize] += self.inner[node as usize];
            for (other, weight) in self.ties(node) {
                match of[other as usize] {
                    same if same == own => inner[own as usize] += weight / 2.0,
                    theirs => arcs.push((own, theirs, weight)),
                }
            }
        }
        let (offsets, ends) = packed(parts, arcs);
        Self { offsets, ends, mass, inner, ..*self }
    }
}

/// Arcs as rows: where the row of each node begins, and its neighbours with the sum of the weights to each.
fn packed(nodes: usize, mut arcs: Vec<(u32, u32, f64)>) -> (Vec<usize>, Vec<(u32, f64)>) {
    // By ends alone and stable, so that sums are formed in one order.
    arcs.sort_by_key(|(from, to, _)| (*from, *to));
    let mut offsets = vec![0; nodes + 1];
    let mut ends: Vec<(u32, f64)> = Vec::with_capacity(arcs.len());
    for same in arcs.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let Some((from, to, _)) = same.first() else { continue };
        ends.push((*to, same.iter().map(|(.., weight)| weight).sum()));
        offsets[*from as usize + 1] = ends.len();
    }
    for node in 0..nodes {
        offsets[node + 1] = offsets[node + 1].max(offsets[node]);
    }
    (offsets, ends)
}
