//! Dates and validities: no panic, and what is read is written and read back as the same.

#![no_main]

use intergov::{Date, Validity};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(date) = text.parse::<Date>() {
        assert_eq!(date.to_string().parse(), Ok(date));
        assert!(date.first_day() <= date.last_day());
    }
    if let Ok(validity) = text.parse::<Validity>() {
        assert_eq!(format!("{validity:#}").parse(), Ok(validity));
    }
});
