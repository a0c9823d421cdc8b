//! A dump as bytes: a graph or an error, no panic; and the dump of what was loaded loads as the same.

#![no_main]

use intergov::{CommitNote, Database};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [first, second] = [(); 2].map(|()| Database::in_memory_without_schema());
    if first.load(bytes, &CommitNote::default()).is_ok() {
        let [mut one, mut other] = [Vec::new(), Vec::new()];
        first.dump(&mut one).unwrap();
        second.load(one.as_slice(), &CommitNote::default()).unwrap();
        second.dump(&mut other).unwrap();
        assert_eq!(one, other);
    }
});
