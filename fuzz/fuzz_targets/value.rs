//! The envelope of a stored value: no panic, and no more bytes than a record may have.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| assert!(intergov::store::fuzz_value(bytes)));
