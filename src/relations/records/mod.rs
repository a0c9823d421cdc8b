//! What is on record beside ties: members, powers, flows, approvals, settings, and in which words?

mod approvals;
mod codebook;
mod flows;
mod members;
mod powers;
mod scope;
mod settings;

pub use approvals::{Approval, ApprovalRecord, approvals, approvals_of};
pub use codebook::{
    CodebookError, EndReason, Mechanism, MemberRole, Period, PowerOrigin, Resource, Stage, SuccessionKind,
};
pub use flows::{FlowStatement, flows};
pub use members::{Members, Membership};
pub use powers::{Custody, Tenure, custody};
pub use scope::{Provinces, Scope, approvers, cooperating_parties};
pub use settings::Settings;
