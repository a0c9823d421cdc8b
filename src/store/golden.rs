//! The bytes of version 1, worked out by hand from the layout in `docs/storage.md`: a test that fails
//! here has changed the disk format.
//!
//! bincode's standard encoding: numbers below 251 take one byte, others 251 and two bytes (or more),
//! little-endian; signed ones are zigzagged first; lists and texts begin with their length, variants with
//! their number.

use std::sync::Arc;

use super::chunks::{Link, LinksV1, NodeChunkV1, OutChunkV1};
use super::engine::{Tree, Write};
use super::envelope::{decode, encode, hex, seal_raw};
use super::journal::{FNV_BASIS, fnv1a};
use super::manifest::{GarbageV1, StateV1};
use super::records::OperationsV1;
use crate::graph::{
    Change, ChangeSet, EdgeId, EdgeRecord, KeyId, LabelId, Name, NameKind, NodeId, NodeRecord, Properties,
    Property, Spell, TypeId,
};
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

#[test]
fn adjacency() {
    let link = |near, edge_type, far, id| Link {
        near: NodeId::new(near),
        edge_type: TypeId::new(edge_type),
        far: NodeId::new(far),
        id: EdgeId::new(id),
    };
    let links = [link(5, 1, 9, 3), link(5, 1, 7, 4), link(300, 0, 5, 10)];
    let packed = LinksV1::pack(&links);
    // Near nodes 5 and 300 as 5 and 295 = 0x0127; degrees 2, 1; types; far nodes 9, -2, -2 zigzagged;
    // edge ids 3, +1, +6 zigzagged.
    expect_bytes(&packed, "02 05 fb2701  02 02 01  03 01 01 00  03 12 03 03  03 06 02 0c");
    assert_eq!(packed.unpack().unwrap(), links);
}

#[test]
fn a_chunk_of_nodes() {
    let mut properties = key_of(0, Property::Fixed(Value::text("a")));
    properties.insert(KeyId::new(3), Property::Fixed(Value::Integer(-1)));
    let nodes = vec![
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
    let packed = NodeChunkV1::pack(nodes.clone());
    // Ids 4 and +2; labels; starts: unknown, known day 9862 (zigzag 0x4d0c) of year precision; ends: open,
    // unknown; row 1 attested at day 14610 (zigzag 0x7224) of year precision; key 0: rows 0, +1, texts by
    // number 1, 0 in the dictionary a, b; key 3: row 1, integer -1.
    let expected = "02 04 02  02 0100 020002  02 00 02fb0c4d00  02 01 00  01 01 01 fb247200
        02  00 02 00 01 03 02 01 00 02 0161 0162  03 01 01 01 01 01";
    expect_bytes(&packed, expected);
    assert_eq!(packed.unpack().unwrap(), nodes);
}

#[test]
fn a_chunk_of_outgoing_edges() {
    let edges = vec![EdgeRecord {
        id: EdgeId::new(8),
        edge_type: TypeId::new(1),
        source: NodeId::new(2),
        target: NodeId::new(3),
        validity: Validity::UNKNOWN,
        properties: key_of(6, Property::Fixed(Value::Float(1.5))),
    }];
    let packed = OutChunkV1::pack(edges.clone());
    // Links as above; one unknown start and end, no attestation; key 6, row 0, the double 1.5.
    let expected = "01 02  01 01  01 01  01 06  01 10  01 00  01 00  00  01 06 01 00 02 01 000000000000f83f";
    expect_bytes(&packed, expected);
    assert_eq!(packed.unpack().unwrap(), edges);
}

#[test]
fn state_and_garbage() {
    let state = StateV1 {
        store: 1,
        merged: 2,
        next_node: 3,
        next_edge: 4,
        next_chunk: 5,
        names: [6, 7, 8],
        nodes: 9,
        edges: 10,
        parts: [11, 12, 13],
    };
    expect_bytes(&state, "0102030405 060708 090a 0b0c0d");
    expect_bytes(&GarbageV1 { chunks: [vec![1], vec![], vec![2, 3]] }, "0101 00 020203");
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
    assert_eq!(writes.len(), raw.len().div_ceil(48 * 1024));
    assert!(writes.iter().all(|write| write.value.as_ref().is_some_and(|value| value.len() <= 64 * 1024)));
    let last: Vec<u8> = writes.iter().map(|write| write.value.as_ref().unwrap()[5]).collect();
    assert_eq!(last, [0, 0, 0, 1]);
}

/// The vectors of the function's authors (Fowler, Noll and Vo, test_fnv.c).
#[test]
fn the_hash_is_fnv_1a() {
    assert_eq!(fnv1a(FNV_BASIS, b"a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(fnv1a(FNV_BASIS, b"foobar"), 0x8594_4171_f739_67e8);
}

#[test]
fn what_cannot_be_decoded_is_an_error() {
    assert!(decode::<StateV1>(&[1, 2, 3]).is_err());
    // Left-over bytes, and a length beyond all memory.
    assert!(decode::<GarbageV1>(&[0, 0, 0, 0]).is_err());
    assert!(decode::<GarbageV1>(&[253, 255, 255, 255, 255, 255, 255, 255, 127, 0, 0]).is_err());
}
