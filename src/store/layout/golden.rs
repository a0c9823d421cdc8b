//! The bytes of records and chunks, worked out by hand from the layout in `docs/storage.md`: a test that fails
//! here has changed the disk format.
//!
//! bincode's standard encoding: numbers below 251 take one byte, others 251 and two bytes (or more),
//! little-endian; signed ones are zigzagged first; lists and texts begin with their length, variants with
//! their number.

use std::sync::Arc;

use super::chunks::{Links, read_in, read_nodes, read_out, write_in, write_nodes, write_out};
use super::records::OperationsV1;
use super::text_index::{read_index, write_index};
use crate::graph::{
    Change, ChangeSet, EdgeColumns, EdgeId, EdgeRecord, KeyId, LabelId, Name, NameKind, NodeColumns, NodeId,
    NodeRecord, Properties, Property, Spell, TypeId,
};
use crate::store::care::format1::StateV1;
use crate::store::chunks::manifest::ChunkEntryV2;
use crate::store::chunks::segment::Place;
use crate::store::chunks::state::{SegmentV2, StateV2};
use crate::store::engine::envelope::{decode, encode, hex, seal_raw};
use crate::store::engine::{Tree, Write};
use crate::store::journal::archive::BlockV1;
use crate::store::journal::{BodyV1, EntryV1, Heading};
use crate::value::{Bound, Validity, Value};

fn expect_bytes<R>(record: &R, expected: &str)
where
    R: bincode::Encode + bincode::Decode<()> + PartialEq + std::fmt::Debug,
{
    let raw = encode(record, "a record").unwrap();
    assert_eq!(hex(&raw), expected.replace([' ', '\n'], ""));
    assert_eq!(&decode::<R>(&raw).unwrap(), record);
}

fn key_of(number: u16, property: Property) -> Properties {
    [(KeyId::new(number), property)].into_iter().collect()
}

#[test]
fn operations_of_a_transaction() {
    let node = NodeRecord {
        id: NodeId::new(2),
        labels: vec![LabelId::new(0)],
        validity: Validity::parse("2010-03", "..", "").unwrap(),
        properties: key_of(1, Property::Fixed(Value::text("a"))),
    };
    let names = vec![Name { kind: NameKind::Key, number: 1, text: Arc::from("名") }];
    let changes = vec![Change::PutNode(node), Change::RemoveEdge(EdgeId::new(5))];
    let set = ChangeSet::from_parts(7, (3, 300), names, changes);
    // base, next node, next edge 300 = 0x012c; one name: a key, 1, three bytes of text;
    // two changes: put node 2 with one label, from a known day 14669 (zigzag 29338 = 0x729a) of month
    // precision, to open, no attestation, one property: key 1, fixed, text “a”; remove edge 5.
    let expected = "07 03 fb2c01  01 02 01 03e5908d  02
        00 02 0100  02 fb9a72 01  01  00  01 01 00 03 0161
        03 05";
    expect_bytes(&OperationsV1::from(&set), expected);
    assert_eq!(ChangeSet::from(OperationsV1::from(&set)), set);
}

#[test]
fn a_dated_property_with_its_qualifiers() {
    let spell = Spell {
        validity: Validity::UNKNOWN,
        value: Value::Integer(-3),
        qualifiers: vec![(KeyId::new(4), Value::Boolean(true))],
    };
    let edge = EdgeRecord {
        id: EdgeId::new(1),
        edge_type: TypeId::new(2),
        source: NodeId::new(3),
        target: NodeId::new(4),
        validity: Validity::ALWAYS,
        properties: key_of(5, Property::Dated(Arc::from([spell]))),
    };
    let set = ChangeSet::from_parts(0, (0, 0), Vec::new(), vec![Change::PutEdge(edge)]);
    // Put edge 1 of type 2 from 3 to 4, open at both ends; key 5, dated, one spell: unknown ends,
    // the integer -3 (zigzag 5), one qualifier: key 4, the boolean true.
    let expected = "00 00 00  00  01  02 01 02 03 04  01 01 00  01 05 01 01  00 00 00  01 05  01 04 00 01";
    expect_bytes(&OperationsV1::from(&set), expected);
}

/// Numbers are in the forms that `codec.rs` tells: 0 all the same, 1 frame, 2 steps, 3 steps as LEB128.
#[test]
fn incoming_edges() {
    let links =
        Links { near: vec![5, 5, 300], types: vec![1, 1, 0], far: vec![9, 7, 5], ids: vec![3, 4, 10] };
    // Three rows. Two near nodes: 5, then a step of 295, zigzagged 590 = ce 04, in no bits. Degrees 2 and a step
    // of -1, zigzagged 1. Far 9 and two steps of -2, zigzagged 3. Types 1 and steps 0, -1, zigzagged 0, 1: over 0
    // with one bit: 10. Ids 3 and steps 1, 6, zigzagged 2, 12: over 2 with four bits: 0, 10.
    let expected = "03  0e 02 02 05 ce04 00 02 02 01 00 02 09 03 00  05 02 01 00 01 02  05 02 03 02 04 a0";
    let bytes = write_in(&links).unwrap();
    assert_eq!(hex(&bytes), expected.replace(' ', ""));
    assert_eq!(read_in(&bytes).unwrap(), links);
}

#[test]
fn a_chunk_of_nodes() {
    let mut properties = key_of(0, Property::Fixed(Value::text("a")));
    properties.insert(KeyId::new(3), Property::Fixed(Value::Integer(-1)));
    let nodes = [
        NodeRecord {
            id: NodeId::new(4),
            labels: vec![LabelId::new(0)],
            validity: Validity { from: Bound::Unknown, to: Bound::Open, attested: Vec::new() },
            properties: key_of(0, Property::Fixed(Value::text("b"))),
        },
        NodeRecord {
            id: NodeId::new(6),
            labels: vec![LabelId::new(0), LabelId::new(2)],
            validity: Validity::parse("1997", "", "2010").unwrap(),
            properties,
        },
    ];
    let columns = NodeColumns::pack(&nodes);
    // Two rows. Ids 4, 6: a step of 2, zigzagged 4, in no bits. Two sets of labels: {0}, {0, 2}; sets 0, 1 as
    // steps: 0, +1. Starts: unknown = 0, then day 9862 of year precision: 4 x 9862 + 0 = 39448, zigzagged 78896,
    // plus 2 = 78898: one step, zigzagged 157796 = e4 d0 09. Ends: open = 1, unknown = 0: a step of -1 = 1.
    // One row with attestations: row 1, one date: day 14610 x 4 = 58440, zigzagged 116880 = 90 91 07.
    // Two columns. Key 0 in all rows: two texts of length 1 as one block “ba” without packing. Key 3 in row 1:
    // the integer -1, zigzagged 1.
    let expected = "02  04 02 04 04 00  0a 02 01 00 02 00 02 02 00 02 00
        0a 02 00 e4d009 00 02 01 01 00  0a 01 00 01 00 01 01 00 909107
        02  00 08 00 05 00 01 02 00 6261  03 07 01 01 00 01 01 00 01";
    let bytes = write_nodes(&columns).unwrap();
    assert_eq!(hex(&bytes), expected.replace([' ', '\n'], ""));
    assert_eq!(read_nodes(&bytes, |_| true).unwrap(), columns);
}

#[test]
fn a_chunk_of_outgoing_edges() {
    let edges = [EdgeRecord {
        id: EdgeId::new(8),
        edge_type: TypeId::new(1),
        source: NodeId::new(2),
        target: NodeId::new(3),
        validity: Validity::UNKNOWN,
        properties: key_of(6, Property::Fixed(Value::Float(1.5))),
    }];
    let columns = EdgeColumns::pack(&edges);
    // One row: all numbers are “all the same”. One column: key 6 in all rows, decimals with one place: 15,
    // zigzagged 30.
    let expected = "01  07 01 00 02 00 01 00 03  02 00 01  02 00 08  04 00 00 00 00  02 00 00
        01  06 05 00 02 01 00 1e";
    let bytes = write_out(&columns).unwrap();
    assert_eq!(hex(&bytes), expected.replace([' ', '\n'], ""));
    assert_eq!(read_out(&bytes, |_| true).unwrap(), columns);
}

#[test]
fn a_chunk_of_the_index() {
    let entries = [(7, 1), (7, 3), (9, 2)];
    // Hashes 7, 7, 9 as a frame over 7 with two bits: 0, 0, 2; nodes 1, then steps 2, -1, zigzagged 4, 1: over 1
    // with two bits: 3, 0.
    assert_eq!(hex(&write_index(&entries)), "03 01070220 0201010203".replace(' ', ""));
    assert_eq!(read_index(&write_index(&entries)).unwrap(), entries);
}

#[test]
fn the_state_of_format_1() {
    let state = StateV1 {
        store: 1,
        merged: 2,
        next_node: 3,
        next_edge: 4,
        next_chunk: 5,
        names: [6, 7, 8],
        nodes: 9,
        edges: 10,
        parts: [11, 12, 13, 14],
    };
    expect_bytes(&state, "0102030405 060708 090a 0b0c0d0e");
}

#[test]
fn the_state_and_an_entry_of_a_directory() {
    let place = Place { segment: 14, offset: 300, bytes: 16, digest: 17 };
    let state = StateV2 {
        store: 1,
        merged: 2,
        next_node: 3,
        next_edge: 4,
        next_segment: 5,
        names: [6, 7, 8],
        nodes: 9,
        edges: 10,
        segments: vec![SegmentV2 { number: 11, bytes: 12 }],
        parts: [vec![], vec![place], vec![], vec![], vec![]],
    };
    // One segment; of the five directories the second has one part: segment 14, byte 300 = 0x012c, 16 bytes, digest 17.
    expect_bytes(&state, "0102030405 060708 090a  01 0b0c  00  01 0e fb2c01 10 11  00 00 00");
    let entry = ChunkEntryV2 { first: 1, rows: 2, earliest: -1, latest: 2, place };
    // Signed numbers are zigzagged.
    expect_bytes(&entry, "01 02 01 04  0e fb2c01 10 11");
}

#[test]
fn a_block_of_the_journal() {
    let heading = Heading { at_millis: -2, actor: "我", command: "import", summary: "" };
    let body = BodyV1::of_bulk(4, &heading, (300, 2), (7, 0));
    let block = BlockV1 { entries: vec![EntryV1 { body, chain: 9 }] };
    // One entry: commit 4, two milliseconds before 1970 (zigzag 3), three bytes of text, six, none; no digest.
    // Created nodes: one run from 7 of 300 = 0x012c; none changed or removed. Created edges: one run from 0 of 2.
    // No former states are kept, so that there are none. The chain is 9.
    let expected = "01  04 03 03e68891 06696d706f7274 00  00
        01 07 fb2c01 00 00  01 00 02 00 00  00 00 00  09";
    expect_bytes(&block, expected);
}

/// The checksum comes from zlib's crc32 over the tree's number, the key, the part and the rest.
#[test]
fn the_envelope_of_a_value() {
    let writes = seal_raw(Tree::Log, &1_u64.to_be_bytes(), 1, b"abc").unwrap();
    let [Write { key, value: Some(value), .. }] = &writes[..] else { panic!("{writes:?}") };
    assert_eq!(hex(key), "00000000000000010000");
    assert_eq!(hex(value), "2af4393c0101616263");
}

#[test]
fn a_large_record_is_cut_into_parts_that_sled_keeps_in_its_log() {
    // A sequence of multiples by a large prime does not compress.
    let raw: Vec<u8> =
        (0..20_000_u64).flat_map(|n| (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()).collect();
    let writes = seal_raw(Tree::Log, &[], 1, &raw).unwrap();
    assert_eq!(writes.len(), raw.len().div_ceil(6 * 1024));
    // A page of 16 values must stay below a quarter of 512 KiB.
    assert!(writes.iter().all(|write| write.value.as_ref().is_some_and(|value| value.len() < 8 * 1024)));
    let last: Vec<u8> = writes.iter().map(|write| write.value.as_ref().unwrap()[5]).collect();
    assert_eq!(last.iter().position(|flags| *flags == 1), Some(writes.len() - 1));
}

#[test]
fn what_cannot_be_decoded_is_an_error() {
    assert!(decode::<StateV1>(&[1, 2, 3]).is_err());
    // Left-over bytes, and a length beyond all memory.
    assert!(decode::<BlockV1>(&[0, 0]).is_err());
    assert!(decode::<BlockV1>(&[253, 255, 255, 255, 255, 255, 255, 255, 127, 0, 0]).is_err());
}
