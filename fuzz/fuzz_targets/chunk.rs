//! Packed chunks of nodes, outgoing and incoming edges: no panic, and a law of packing.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| assert!(intergov::store::fuzz_chunk(bytes)));
