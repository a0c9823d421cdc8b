//! The Leiden algorithm: communities that no move of a node or a part makes better.

use super::weighted::{Mass, Weighted};
use crate::analysis::division::group_count;
use crate::analysis::draw::Draw;
use crate::analysis::undefined::{AnalysisError, Undefined, require_strengths};
use crate::network::Network;
use crate::workers;
use std::collections::VecDeque;

/// What makes a division into communities good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quality {
    /// Modularity with a resolution (1 = as published): the weight within, less the resolution times what ties drawn by
    /// strength would give. Newman and Girvan 2004, directed Leicht and Newman 2008.
    Modularity(f64),
    /// Constant Potts model: the weight within, less the resolution times the number of pairs within. A community is then
    /// denser than the resolution inside, and sparser to others. Traag, Van Dooren and Nesterov 2011.
    ConstantPotts(f64),
}

impl Quality {
    fn resolution(self) -> f64 {
        match self {
            Self::Modularity(resolution) | Self::ConstantPotts(resolution) => resolution,
        }
    }
}

/// A division of the nodes into communities.
#[derive(Debug, Clone, PartialEq)]
pub struct Communities {
    /// The community of each node, from 0: the largest first, of equal ones that with the smallest node.
    pub of_node: Vec<u32>,
    /// Its quality: the modularity, or the sum of the constant Potts model.
    pub quality: f64,
}

impl Communities {
    /// How many communities there are, isolates included.
    #[must_use]
    pub fn count(&self) -> usize {
        group_count(&self.of_node)
    }
}

/// Gains below this share of all weight are rounding.
const NO_GAIN: f64 = 1e-13;

/// Communities by the Leiden algorithm: the best division of several runs.
///
/// Each run moves nodes to the neighbouring community that gains most, splits each community into well connected parts,
/// and does the same with the parts as nodes, until nothing changes; then once more from the result. Every community is
/// connected. Run `r` of a seed has its own stream of chance, so the result depends on seed and runs, and not on threads.
/// Weights are strengths, parallel ways of a directed network are read together, loops count within. Source: Traag,
/// Waltman and van Eck 2019, Scientific Reports 9, 5233, with the best part in place of a drawn one when splitting.
/// Near O(m) a pass.
///
/// # Errors
/// [`Undefined::EmptyGraph`] without nodes, [`Undefined::ZeroDenominator`] without ties, where modularity does not exist;
/// [`AnalysisError::BadOption`] for a resolution that is negative or not finite; [`AnalysisError::NotStrengths`] on a
/// network of lengths.
///
/// # Examples
/// ```
/// use intergov::analysis::{Quality, leiden};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // Two triangles and a tie between them.
/// let ties = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)].map(|(a, b)| (a, b, 1.0));
/// let network = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(6), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// let found = leiden(&network, Quality::Modularity(1.0), 1, 10)?;
/// assert_eq!(found.of_node, [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn leiden(
    network: &Network,
    quality: Quality,
    seed: u64,
    runs: usize,
) -> Result<Communities, AnalysisError> {
    require_strengths(network)?;
    let resolution = quality.resolution();
    if !(0.0..f64::INFINITY).contains(&resolution) {
        let expected = "a finite number of at least 0";
        return Err(AnalysisError::BadOption { option: "resolution", value: resolution, expected });
    }
    if network.node_count() == 0 {
        return Err(Undefined::EmptyGraph.into());
    }
    let graph = Weighted::of(network, quality);
    if graph.total == 0.0 {
        return Err(Undefined::ZeroDenominator.into());
    }
    let found = workers::map(0..runs.max(1), |run| {
        let of_node = one_run(&graph, resolution, &mut Draw::of(seed, run as u64));
        (graph.quality(&of_node, resolution), of_node)
    });
    // Of equal ones the first, so that the order in which runs end does not matter.
    let best = found.into_iter().reduce(|best, next| if next.0 > best.0 + NO_GAIN { next } else { best });
    let (quality, of_node) = best.unwrap_or_default();
    Ok(Communities { of_node: in_order(&of_node), quality })
}

/// Repeats passes until one changes nothing.
fn one_run(graph: &Weighted, resolution: f64, draw: &mut Draw) -> Vec<u32> {
    let mut of_node: Vec<u32> = graph.nodes().collect();
    loop {
        let next = one_pass(graph, of_node.clone(), resolution, draw);
        if graph.quality(&next, resolution) <= graph.quality(&of_node, resolution) + NO_GAIN {
            return of_node;
        }
        of_node = next;
    }
}

/// Moves, splits and aggregates until each community is one node.
fn one_pass(graph: &Weighted, start: Vec<u32>, resolution: f64, draw: &mut Draw) -> Vec<u32> {
    // Which node of the present level each node of the network is part of.
    let mut part: Vec<u32> = graph.nodes().collect();
    let (mut level, mut of_part) = (std::borrow::Cow::Borrowed(graph), start);
    loop {
        let mut moves = Moves::new(&level, of_part, resolution);
        moves.run(draw);
        let communities = renumbered(&moves.of);
        let count = group_count(&communities);
        if count == level.len() {
            return part.iter().map(|part| communities[*part as usize]).collect();
        }
        let parts = renumbered(&split(&level, &communities, resolution, draw));
        // If no part has two nodes, the communities themselves become the nodes.
        let is_split = group_count(&parts) < level.len();
        let nodes = if is_split { parts } else { communities.clone() };
        let next = level.aggregate(&nodes);
        let mut of_next = vec![0; next.len()];
        nodes.iter().zip(&communities).for_each(|(node, own)| of_next[*node as usize] = *own);
        part.iter_mut().for_each(|part| *part = nodes[*part as usize]);
        (level, of_part) = (std::borrow::Cow::Owned(next), of_next);
    }
}

/// Nodes that move between communities while that gains.
struct Moves<'a> {
    graph: &'a Weighted,
    resolution: f64,
    of: Vec<u32>,
    mass: Vec<Mass>,
    /// Weight from the present node to each community; 0 outside of `met`.
    toward: Vec<f64>,
    met: Vec<u32>,
}

impl<'a> Moves<'a> {
    fn new(graph: &'a Weighted, of: Vec<u32>, resolution: f64) -> Self {
        // One more than there can be: a community without nodes is always at hand.
        let mut mass = vec![Mass::default(); graph.len() + 1];
        graph.nodes().zip(&of).for_each(|(node, own)| mass[*own as usize].add(graph.mass(node)));
        Self { graph, resolution, of, toward: vec![0.0; mass.len()], mass, met: Vec::new() }
    }

    fn run(&mut self, draw: &mut Draw) {
        let mut order: Vec<u32> = self.graph.nodes().collect();
        draw.shuffle(&mut order);
        let (mut queue, mut is_queued) = (VecDeque::from(order), vec![true; self.graph.len()]);
        let mut empty: Vec<u32> =
            (0..).take(self.mass.len()).filter(|at| self.mass[*at as usize].nodes == 0.0).collect();
        while let Some(node) = queue.pop_front() {
            is_queued[node as usize] = false;
            let own = self.of[node as usize];
            let best = self.best(node, own, empty.last().copied());
            if best == own {
                continue;
            }
            self.mass[own as usize].take(self.graph.mass(node));
            if self.mass[own as usize].nodes == 0.0 {
                empty.push(own);
            }
            if empty.last() == Some(&best) {
                empty.pop();
            }
            self.mass[best as usize].add(self.graph.mass(node));
            self.of[node as usize] = best;
            for (other, _) in self.graph.ties(node) {
                if self.of[other as usize] != best && !is_queued[other as usize] {
                    is_queued[other as usize] = true;
                    queue.push_back(other);
                }
            }
        }
    }

    /// The community that gains most; the own one if no other gains more. `empty` has no nodes.
    fn best(&mut self, node: u32, own: u32, empty: Option<u32>) -> u32 {
        for (other, weight) in self.graph.ties(node) {
            let community = self.of[other as usize];
            if self.toward[community as usize] == 0.0 {
                self.met.push(community);
            }
            self.toward[community as usize] += weight;
        }
        let mass = self.graph.mass(node);
        let mut rest = self.mass[own as usize];
        rest.take(mass);
        let least = NO_GAIN * self.graph.total;
        let stays = self.toward[own as usize] - self.resolution * self.graph.drawn(mass, rest);
        // Alone it gains 0.
        let alone = empty.filter(|_| rest.nodes > 0.0 && stays < -least);
        let mut best = alone.map_or((stays, own), |empty| (0.0, empty));
        for community in self.met.iter().copied().filter(|community| *community != own) {
            let drawn = self.graph.drawn(mass, self.mass[community as usize]);
            let gain = self.toward[community as usize] - self.resolution * drawn;
            if gain > best.0 + least {
                best = (gain, community);
            }
        }
        self.met.drain(..).for_each(|community| self.toward[community as usize] = 0.0);
        best.1
    }
}

/// Splits each community into parts that hang together: a node that is still alone joins the part of its community that
/// gains most, if both are well connected to the rest of the community.
fn split(graph: &Weighted, communities: &[u32], resolution: f64, draw: &mut Draw) -> Vec<u32> {
    let mut of: Vec<u32> = graph.nodes().collect();
    let mut mass: Vec<Mass> = graph.nodes().map(|node| graph.mass(node)).collect();
    let mut whole = vec![Mass::default(); graph.len()];
    graph.nodes().for_each(|node| whole[communities[node as usize] as usize].add(graph.mass(node)));
    // The weight of each part to the rest of its community.
    let within = |node: u32| {
        let own = communities[node as usize];
        graph.ties(node).filter(move |(other, _)| communities[*other as usize] == own)
    };
    let mut border: Vec<f64> =
        graph.nodes().map(|node| within(node).map(|(_, weight)| weight).sum()).collect();
    let is_well_connected = |border: f64, part: Mass, community: u32| {
        let mut rest = whole[community as usize];
        rest.take(part);
        border >= resolution * graph.drawn(part, rest) - NO_GAIN * graph.total
    };
    let mut order: Vec<u32> = graph.nodes().collect();
    draw.shuffle(&mut order);
    let (mut toward, mut met) = (vec![0.0; graph.len()], Vec::new());
    for node in order {
        let (own, community) = (of[node as usize], communities[node as usize]);
        let is_alone = mass[own as usize].nodes == graph.mass(node).nodes && own == node;
        if !is_alone || !is_well_connected(border[own as usize], mass[own as usize], community) {
            continue;
        }
        for (other, weight) in within(node) {
            let part = of[other as usize];
            if toward[part as usize] == 0.0 {
                met.push(part);
            }
            toward[part as usize] += weight;
        }
        let mut best = (0.0, own);
        for part in met.iter().copied().filter(|part| *part != own) {
            let gain =
                toward[part as usize] - resolution * graph.drawn(graph.mass(node), mass[part as usize]);
            if gain > best.0 && is_well_connected(border[part as usize], mass[part as usize], community) {
                best = (gain, part);
            }
        }
        if best.1 != own {
            let joined = best.1 as usize;
            border[joined] += border[own as usize] - 2.0 * toward[joined];
            mass[joined].add(graph.mass(node));
            mass[own as usize] = Mass::default();
            of[node as usize] = best.1;
        }
        met.drain(..).for_each(|part| toward[part as usize] = 0.0);
    }
    of
}

/// The same division with numbers from 0, in the order in which they first occur.
fn renumbered(of: &[u32]) -> Vec<u32> {
    let mut numbers = vec![u32::MAX; group_count(of)];
    let mut next = 0;
    let number = |own: &u32| {
        let number = &mut numbers[*own as usize];
        if *number == u32::MAX {
            *number = next;
            next += 1;
        }
        *number
    };
    of.iter().map(number).collect()
}

/// The same division, the largest first, of equal ones that with the smallest node.
fn in_order(of: &[u32]) -> Vec<u32> {
    let of = renumbered(of);
    let mut sizes: Vec<(usize, u32)> = Vec::new();
    for own in &of {
        if *own as usize == sizes.len() {
            sizes.push((0, *own));
        }
        sizes[*own as usize].0 += 1;
    }
    sizes.sort_by_key(|(size, own)| (std::cmp::Reverse(*size), *own));
    let mut rank = vec![0; sizes.len()];
    sizes.iter().zip(0..).for_each(|((_, own), at)| rank[*own as usize] = at);
    of.into_iter().map(|own| rank[own as usize]).collect()
}
