//! What are governments, their ranks, their arrangements, and which ties follow from them?

mod loaded;
mod lookup;
mod neighbourhood;
mod ranks;
mod records;
mod rules;
mod ties;
mod views;
pub mod vocabulary;
mod writing;

use crate::graph::{Schema, SchemaError};

pub(crate) use loaded::Loaded;
pub use lookup::{
    Candidate, Found, FoundBy, Kind, LookupError, Names, Standing, caption, caption_at, edge_caption,
    resolve, same_name, standing,
};
pub use neighbourhood::{CutError, Reach, neighbourhood};
pub use ranks::{
    Classifier, ClassifierAt, Direction, DirectionSpell, Hierarchy, HierarchyAt, Scale, Superior, Tier,
    TierSchemes,
};
pub use records::{
    Approval, ApprovalRecord, CodebookError, Custody, EndReason, FlowStatement, Mechanism, MemberRole,
    Members, Membership, Period, PowerOrigin, Provinces, Resource, Scope, Settings, Stage, SuccessionKind,
    Tenure, approvals, approvals_of, approvers, cooperating_parties, custody, flows,
};
#[cfg(feature = "exchange")]
pub(crate) use rules::FOLLOW_SUCCESSORS;
pub use rules::{Checked, DomainRules, check_whole, rules};
pub use ties::{
    Act, Attendance, Basis, Form, FormReading, LOCAL_COOPERATION, Pairing, Role, RoleError, Tie,
    TieAttributes, TieColumns, TieOptions, TieRef, TieTable, edge_in_force,
};
pub use views::{Arrangement, Body, Government, Party, Power, Region};
pub use writing::{
    EditError, Ended, NewArrangement, NewBody, NewFlow, NewGovernment, NewPower, NewRegion, Observation,
    Outliving, WriteError, Writer, set_value,
};

/// The steps of the domain's schema in order, compiled in: number, name and text.
pub const SCHEMA_STEPS: &[(u32, &str, &str)] = &[
    (
        1,
        "intergovernmental_relations",
        include_str!("../../migrations/schema/0001_intergovernmental_relations.toml"),
    ),
    (2, "oriented_dyads", include_str!("../../migrations/schema/0002_oriented_dyads.toml")),
    (3, "lasting", include_str!("../../migrations/schema/0003_lasting.toml")),
    (4, "interruptions", include_str!("../../migrations/schema/0004_interruptions.toml")),
];

/// The schema that the steps of the domain declare.
///
/// # Errors
/// [`SchemaError`] if a text that is compiled in is damaged.
pub fn schema() -> Result<Schema, SchemaError> {
    let mut schema = Schema::default();
    SCHEMA_STEPS.iter().try_for_each(|(_, _, text)| schema.extend_from_toml(text))?;
    Ok(schema)
}
