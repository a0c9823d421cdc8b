//! What does cooperation do to relations?

pub(super) mod directions;
pub(super) mod entry_rules;
pub(super) mod linkage;

pub use entry_rules::{Admission, Comparison, EntryRule, Margin, RuleCheck, RuleError, admit};
pub use linkage::{
    City, EARTH_RADIUS_KM, GdpUnit, Linkage, LinkageError, LinkageUnits, economic_linkage, economic_linkages,
    great_circle_km,
};
