//! What do the records say?

pub(super) mod approvals;
pub(super) mod flows;
pub(super) mod members;
pub(super) mod powers;
pub(super) mod scopes;

pub use flows::{Flow, FlowPosition, NetFlows, net_flows};
