//! Cuts rows into chunks, encodes them on all cores, and writes them to a segment.

use std::ops::Range;

use super::manifest::ChunkEntryV2;
use super::segment::SegmentWriter;
use crate::graph::limits::{CHUNK_BYTES, Weight, rows_of_chunk};
use crate::graph::{Columns, EdgeColumns, NodeColumns};
use crate::store::engine::Tree;
use crate::store::engine::envelope::Flaw;
use crate::store::error::StoreError;
use crate::store::layout::chunks::{
    Links, days_of, read_in, read_nodes, read_out, write_in, write_nodes, write_out,
};
use crate::store::layout::text_index::{Entry, read_index, write_index};
use crate::value::Day;
use crate::workers;

/// Chunks that are encoded before they are written.
const AT_ONCE: usize = 64;
/// A node takes more room than an edge, and is read alone more often: this many edges for one node.
const EDGES_PER_NODE: usize = 4;
/// Entries of a chunk of the index.
const INDEX_ROWS: usize = 8_192;

/// Writes chunks behind the blocks of a segment.
pub(in crate::store) struct ChunkWriter<'a> {
    segment: &'a mut SegmentWriter,
    /// Edges of a full chunk.
    rows: usize,
}

/// A chunk that is encoded and has no place yet.
pub(in crate::store) struct Encoded {
    first: u64,
    rows: usize,
    days: (i32, i32),
    bytes: Vec<u8>,
}

/// Rows of whole near nodes, or a piece of one node with more edges than fit.
pub(in crate::store) type Piece = Range<u32>;

impl<'a> ChunkWriter<'a> {
    pub(in crate::store) fn new(segment: &'a mut SegmentWriter, rows: usize) -> Self {
        Self { segment, rows: rows_of_chunk(rows) }
    }

    /// Nodes of a full chunk.
    pub(in crate::store) fn node_rows(&self) -> usize {
        self.rows.div_ceil(EDGES_PER_NODE)
    }

    /// Writes chunks in their order.
    pub(in crate::store) fn append(&mut self, chunks: Vec<Encoded>) -> Result<Vec<ChunkEntryV2>, StoreError> {
        let mut entries = Vec::with_capacity(chunks.len());
        for Encoded { first, rows, days, bytes } in chunks {
            let rows = u32::try_from(rows).unwrap_or(u32::MAX);
            let place = self.segment.append(&bytes)?;
            entries.push(ChunkEntryV2 { first, rows, earliest: days.0, latest: days.1, place });
        }
        Ok(entries)
    }

    /// Encodes pieces on all cores and writes them.
    fn encode<P: Sync>(
        &mut self,
        pieces: &[P],
        encode: impl Fn(&P) -> Result<Vec<Encoded>, StoreError> + Sync,
    ) -> Result<Vec<ChunkEntryV2>, StoreError> {
        let mut entries = Vec::with_capacity(pieces.len());
        for pieces in pieces.chunks(AT_ONCE) {
            let chunks: Vec<Vec<Encoded>> = workers::try_map(pieces, &encode)?;
            entries.extend(self.append(chunks.into_iter().flatten().collect())?);
        }
        Ok(entries)
    }

    /// Writes the nodes of a range of indices of a compact state.
    pub(in crate::store) fn nodes(
        &mut self,
        columns: Columns<'_>,
        range: Range<usize>,
    ) -> Result<Vec<ChunkEntryV2>, StoreError> {
        let step = self.node_rows();
        let pieces: Vec<Piece> = range
            .clone()
            .step_by(step)
            .map(|from| index(from)..index((from + step).min(range.end)))
            .collect();
        self.encode(&pieces, |piece| encode_nodes(piece.clone(), &|rows: &Piece| columns.nodes(rows)))
    }

    /// Writes the edges that leave (`AdjOut`) or arrive at the nodes of a range of indices.
    pub(in crate::store) fn adjacency(
        &mut self,
        columns: Columns<'_>,
        tree: Tree,
        range: Range<usize>,
    ) -> Result<Vec<ChunkEntryV2>, StoreError> {
        let pieces = pieces(&columns.offsets(tree == Tree::AdjOut)[range.start..=range.end], self.rows);
        match tree {
            Tree::AdjOut => {
                self.encode(&pieces, |piece| encode_edges(piece.clone(), &|rows: &Piece| columns.edges(rows)))
            }
            _ => self.encode(&pieces, |piece| {
                let mut links = Links::default();
                for (source, edge_type, target, id) in columns.arriving(piece) {
                    links.near.push(target.get());
                    links.types.push(edge_type.get());
                    links.far.push(source.get());
                    links.ids.push(id.get());
                }
                Ok(vec![encode_links(&links)?])
            }),
        }
    }

    /// Writes entries of the index, which are sorted.
    pub(in crate::store) fn index(&mut self, entries: &[Entry]) -> Result<Vec<ChunkEntryV2>, StoreError> {
        let pieces: Vec<&[Entry]> = entries.chunks(INDEX_ROWS).collect();
        self.encode(&pieces, |piece| {
            let first = piece.first().map_or(0, |(hash, _)| u64::from(*hash));
            let bytes = write_index(piece);
            let same = read_index(&bytes).map(|read| read == *piece);
            Ok(vec![read_back(same, Encoded { first, rows: piece.len(), days: ALL_DAYS, bytes })?])
        })
    }
}

const ALL_DAYS: (i32, i32) = (Day::MIN.number(), Day::MAX.number());

fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Cuts adjacency at the ends of nodes into pieces of at most `limit` rows; a node with more has pieces of its
/// own. `offsets` are the beginnings of the nodes and the end of the last.
pub(in crate::store) fn pieces(offsets: &[u32], limit: usize) -> Vec<Piece> {
    let limit = index(limit.max(1));
    let mut pieces = Vec::new();
    let Some(&first) = offsets.first() else { return pieces };
    let mut open = first..first;
    for node in offsets.windows(2) {
        let (from, to) = (node[0], node[1]);
        if to - open.start > limit {
            if !open.is_empty() {
                pieces.push(open.clone());
            }
            let mut start = from;
            if to - from > limit {
                while start < to {
                    let end = to.min(start.saturating_add(limit));
                    pieces.push(start..end);
                    start = end;
                }
            }
            open = start..start;
        }
        open.end = to;
    }
    if !open.is_empty() {
        pieces.push(open);
    }
    pieces
}

/// Nodes or edges of a chunk.
trait Rows: Sized {
    fn weight(&self) -> Weight;

    fn write(&self) -> Result<Vec<u8>, StoreError>;

    /// Whether bytes are read as these rows.
    fn is_in(&self, bytes: &[u8]) -> Result<bool, Flaw>;

    /// What the directory says of them.
    fn encoded(&self, bytes: Vec<u8>) -> Encoded;

    /// Where two rows and more are best cut: how many of them come before it.
    fn middle(&self) -> usize;

    /// A single row that is heavy.
    fn plain(self) -> Self;
}

impl Rows for NodeColumns {
    fn weight(&self) -> Weight {
        self.weight()
    }

    fn write(&self) -> Result<Vec<u8>, StoreError> {
        write_nodes(self)
    }

    fn is_in(&self, bytes: &[u8]) -> Result<bool, Flaw> {
        Ok(self.is_same(&read_nodes(bytes, |_| true)?))
    }

    fn encoded(&self, bytes: Vec<u8>) -> Encoded {
        let first = self.ids.first().copied().unwrap_or(0);
        Encoded { first, rows: self.ids.len(), days: days_of(&self.elements), bytes }
    }

    fn middle(&self) -> usize {
        self.ids.len() / 2
    }

    fn plain(self) -> Self {
        self.plain()
    }
}

impl Rows for EdgeColumns {
    fn weight(&self) -> Weight {
        self.weight()
    }

    fn write(&self) -> Result<Vec<u8>, StoreError> {
        write_out(self)
    }

    fn is_in(&self, bytes: &[u8]) -> Result<bool, Flaw> {
        Ok(self.is_same(&read_out(bytes, |_| true)?))
    }

    fn encoded(&self, bytes: Vec<u8>) -> Encoded {
        let first = self.sources.first().copied().unwrap_or(0);
        Encoded { first, rows: self.sources.len(), days: days_of(&self.elements), bytes }
    }

    /// Between two nodes where there are two.
    fn middle(&self) -> usize {
        let half = self.sources.len() / 2;
        let turns = |at: &usize| self.sources[at - 1] != self.sources[*at];
        let found = (half..self.sources.len()).find(turns).or_else(|| (1..half).rev().find(turns));
        found.unwrap_or(half)
    }

    fn plain(self) -> Self {
        self.plain()
    }
}

/// Encodes nodes; where they hold or take too much, they are cut.
pub(in crate::store) fn encode_nodes(
    rows: Piece,
    columns: &(impl Fn(&Piece) -> NodeColumns + ?Sized),
) -> Result<Vec<Encoded>, StoreError> {
    cut_to_fit(rows, columns)
}

/// Encodes edges; where they hold or take too much, they are cut.
pub(in crate::store) fn encode_edges(
    rows: Piece,
    columns: &(impl Fn(&Piece) -> EdgeColumns + ?Sized),
) -> Result<Vec<Encoded>, StoreError> {
    cut_to_fit(rows, columns)
}

/// What rows hold is weighed before they are packed: nothing large is packed in vain, and nothing is refused that
/// fits once it is cut. Only a row of its own may be heavier.
fn cut_to_fit<R: Rows>(
    rows: Piece,
    columns: &(impl Fn(&Piece) -> R + ?Sized),
) -> Result<Vec<Encoded>, StoreError> {
    let mut held = columns(&rows);
    let (alone, light) = (rows.len() <= 1, held.weight().fits());
    if alone && !light {
        held = held.plain();
    }
    if alone || light {
        let bytes = held.write()?;
        if alone || bytes.len() <= CHUNK_BYTES {
            return Ok(vec![read_back(held.is_in(&bytes), held.encoded(bytes))?]);
        }
    }
    let middle = rows.start + index(held.middle());
    drop(held);
    let mut chunks = cut_to_fit(rows.start..middle, columns)?;
    chunks.extend(cut_to_fit(middle..rows.end, columns)?);
    Ok(chunks)
}

/// Encodes incoming edges. They are numbers only: with as many rows as a chunk may have they take less than 2 MiB.
pub(in crate::store) fn encode_links(links: &Links) -> Result<Encoded, StoreError> {
    let first = links.near.first().copied().unwrap_or(0);
    let bytes = write_in(links)?;
    let same = read_in(&bytes).map(|read| read == *links);
    read_back(same, Encoded { first, rows: links.len(), days: ALL_DAYS, bytes })
}

/// A chunk that reads as what went in. It has not been stored yet: what was there stays.
fn read_back(same: Result<bool, Flaw>, chunk: Encoded) -> Result<Encoded, StoreError> {
    let detail = match same {
        Ok(true) => return Ok(chunk),
        Ok(false) => "it reads as something else".to_owned(),
        Err(Flaw(detail)) => detail,
    };
    Err(StoreError::Unreadable { first: chunk.first, rows: chunk.rows, detail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_stay_whole_unless_they_are_larger_than_a_chunk() {
        // Degrees 2, 0, 3, 1, 9, 4, 1 with at most four rows a piece.
        let offsets = [10, 12, 12, 15, 16, 25, 29, 30];
        let expected = [10..12, 12..16, 16..20, 20..24, 24..25, 25..29, 29..30];
        assert_eq!(pieces(&offsets, 4), expected);
        assert_eq!(pieces(&[5, 5, 5], 4), Vec::<Piece>::new());
        assert_eq!(pieces(&[], 4), Vec::<Piece>::new());
        assert_eq!(pieces(&[0, 2, 4], 100), vec![0..4]);
    }

    /// Rows that say what they weigh and what is read of them.
    struct Said {
        rows: usize,
        row_bytes: usize,
        same: bool,
    }

    impl Rows for Said {
        fn weight(&self) -> Weight {
            Weight { bytes: self.rows * self.row_bytes, ..Weight::default() }
        }

        fn write(&self) -> Result<Vec<u8>, StoreError> {
            assert!(self.rows == 1 || self.weight().fits(), "packed in vain");
            Ok(vec![0; self.rows])
        }

        fn is_in(&self, _: &[u8]) -> Result<bool, Flaw> {
            Ok(self.same)
        }

        fn encoded(&self, bytes: Vec<u8>) -> Encoded {
            Encoded { first: 7, rows: self.rows, days: ALL_DAYS, bytes }
        }

        fn middle(&self) -> usize {
            self.rows / 2
        }

        fn plain(self) -> Self {
            self
        }
    }

    #[test]
    fn what_is_heavy_is_cut_before_it_is_packed_and_what_is_packed_is_read() {
        let of = |row_bytes: usize, same: bool| {
            cut_to_fit(0..100, &|rows: &Piece| Said { rows: rows.len(), row_bytes, same })
        };
        let rows = |chunks: Vec<Encoded>| chunks.iter().map(|chunk| chunk.rows).collect::<Vec<_>>();
        assert_eq!(rows(of(1, true).unwrap()), [100]);
        // Sixteen rows of a mebibyte fit a chunk.
        assert_eq!(rows(of(1 << 20, true).unwrap()), [12, 13, 12, 13, 12, 13, 12, 13]);
        assert_eq!(rows(of(1 << 30, true).unwrap()), [1; 100]);
        let Err(StoreError::Unreadable { first: 7, rows: 100, .. }) = of(1, false) else { panic!("taken") };
    }
}
