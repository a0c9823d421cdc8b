//! The witness file HEAD: no panic, and the later of two slots counts.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| assert!(intergov::store::fuzz_head(bytes)));
