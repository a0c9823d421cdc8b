//! One or all shortest paths between two nodes, by breadth-first search.

use std::collections::HashMap;

use super::{Done, Flow, Frame, Run, Sink};
use crate::graph::NodeIx;
use crate::query::plan::Shortest;
use crate::query::values::{Datum, EdgeKey, Path};

/// For each node that was met its distance, and how it was reached at that distance.
type Reached = HashMap<NodeIx, (u32, Vec<(NodeIx, EdgeKey)>)>;

impl Run<'_> {
    pub(super) fn shortest(&mut self, shortest: &Shortest, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
        let (Datum::Node(from), Datum::Node(to)) = (&frame[shortest.step.from], &frame[shortest.step.to])
        else {
            return Ok(Flow::More);
        };
        let (from, to) = (*from, *to);
        if shortest.min == 0 && from == to {
            return self.found(shortest, Path { nodes: vec![from], edges: Vec::new() }, frame, sink);
        }
        let reached = self.search(shortest, (from, to), frame)?;
        for path in paths_of(&reached, from, to, shortest.all) {
            if self.found(shortest, path, frame, sink)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }

    fn found(&mut self, shortest: &Shortest, path: Path, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
        frame[shortest.step.edge] = Datum::list(path.edges.iter().map(|edge| Datum::Edge(*edge)));
        frame[shortest.path] = Datum::Path(path.into());
        sink(self, frame)
    }

    /// Level by level until the level of the end is complete.
    fn search(
        &mut self,
        shortest: &Shortest,
        (from, to): (NodeIx, NodeIx),
        frame: &mut Frame,
    ) -> Done<Reached> {
        let test = self.edge_test(&shortest.step);
        let mut reached = Reached::new();
        let mut level = vec![from];
        let mut distance = 0;
        // The start is met again only where it is the end too: a round trip.
        if from != to {
            reached.insert(from, (0, Vec::new()));
        }
        let arrived = |distance: u32, reached: &Reached| distance > 0 && reached.contains_key(&to);
        while !level.is_empty() && !arrived(distance, &reached) && distance < shortest.max {
            distance += 1;
            let mut next_level = Vec::new();
            for node in level {
                for next in self.neighbours(node, &test) {
                    self.step()?;
                    if !self.takes(&test, next) {
                        continue;
                    }
                    if let Some((slot, condition)) = &shortest.condition {
                        frame[*slot] = Datum::Edge(next.edge);
                        if !self.is_true(condition, frame)? {
                            continue;
                        }
                    }
                    let entry = reached.entry(next.node).or_insert_with(|| {
                        next_level.push(next.node);
                        (distance, Vec::new())
                    });
                    if entry.0 == distance && (shortest.all || entry.1.is_empty()) {
                        entry.1.push((node, next.edge));
                    }
                }
            }
            level = next_level;
        }
        Ok(reached)
    }
}

/// The paths that lead back from the end to the start.
fn paths_of(reached: &Reached, from: NodeIx, to: NodeIx, all: bool) -> Vec<Path> {
    let mut paths = Vec::new();
    if !reached.contains_key(&to) {
        return paths;
    }
    let mut open = vec![(vec![to], Vec::new())];
    while let Some((nodes, edges)) = open.pop() {
        let Some(last) = nodes.last().copied() else { continue };
        if last == from && !edges.is_empty() {
            let path =
                Path { nodes: nodes.into_iter().rev().collect(), edges: edges.into_iter().rev().collect() };
            paths.push(path);
            if !all {
                break;
            }
            continue;
        }
        let before = reached.get(&last).map_or(&[][..], |(_, before)| before);
        for (node, edge) in before.iter().rev() {
            let (mut nodes, mut edges): (Vec<NodeIx>, Vec<EdgeKey>) = (nodes.clone(), edges.clone());
            nodes.push(*node);
            edges.push(*edge);
            open.push((nodes, edges));
        }
    }
    paths
}
