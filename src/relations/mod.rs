//! What are governments, their ranks, their arrangements, and which ties follow from them?

mod approvals;
mod candidate;
mod caption;
mod codebook;
mod direction;
mod edit;
mod flat;
mod flows;
mod form;
mod hierarchy;
mod lookup;
mod members;
mod neighbourhood;
mod powers;
mod role;
mod rules;
mod scope;
mod settings;
mod spelling;
mod steps;
mod successors;
mod tiers;
mod ties;
mod views;
mod writing;

pub use approvals::{Approval, ApprovalRecord, approvals, approvals_of};
pub use candidate::{Candidate, LookupError};
pub use caption::{caption, caption_at, edge_caption};
pub use codebook::{
    CodebookError, EndReason, Mechanism, MemberRole, Period, PowerOrigin, Resource, Stage, SuccessionKind,
};
pub use direction::{Classifier, ClassifierAt, Direction, DirectionSpell};
pub use edit::{EditError, set_value};
pub use flows::{FlowStatement, flows};
pub use form::{Form, FormReading, LOCAL_COOPERATION};
pub use hierarchy::{Hierarchy, HierarchyAt, Superior};
pub use lookup::{Found, FoundBy, Kind, Names, resolve, same_name};
pub use members::{Members, Membership};
pub use neighbourhood::{CutError, Reach, neighbourhood};
pub use powers::{Custody, Tenure, custody};
pub use role::{Act, Pairing, Role, RoleError};
pub use rules::{Checked, DomainRules, check_whole, rules};
pub use scope::{Provinces, Scope, approvers, cooperating_parties};
pub use settings::Settings;
pub use successors::{Standing, standing};
pub use tiers::{Scale, Tier, TierSchemes};
pub use ties::{
    Attendance, Basis, Tie, TieAttributes, TieColumns, TieOptions, TieRef, TieTable, edge_in_force,
};
pub use views::{Arrangement, Body, Government, Party, Power, Region};
pub use writing::{
    Ended, NewArrangement, NewBody, NewFlow, NewGovernment, NewPower, NewRegion, Observation, Outliving,
    WriteError, Writer,
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
