//! What are governments, their ranks, their arrangements, and which ties follow from them?

mod flat;
mod lookup;
mod neighbourhood;
mod ranks;
mod records;
mod rules;
mod ties;
mod views;
pub mod vocabulary;
mod writing;

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

/// One numbered step of the domain's schema, compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaStep {
    /// Its number, from 1.
    pub number: u32,
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The steps of the domain's schema in order.
pub const SCHEMA_STEPS: &[SchemaStep] = &[
    SchemaStep {
        number: 1,
        name: "intergovernmental_relations",
        text: include_str!("../../migrations/schema/0001_intergovernmental_relations.toml"),
    },
    SchemaStep {
        number: 2,
        name: "oriented_dyads",
        text: include_str!("../../migrations/schema/0002_oriented_dyads.toml"),
    },
    SchemaStep {
        number: 3,
        name: "lasting",
        text: include_str!("../../migrations/schema/0003_lasting.toml"),
    },
    SchemaStep {
        number: 4,
        name: "interruptions",
        text: include_str!("../../migrations/schema/0004_interruptions.toml"),
    },
];
