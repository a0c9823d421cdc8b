//! Who gives and who receives, after all is set off?

use std::collections::BTreeMap;

/// One payment or transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow<Actor> {
    /// Who pays.
    pub payer: Actor,
    /// Who receives; `None` where the source names no receiver, such as a common fund.
    pub payee: Option<Actor>,
    /// How much, in the smallest unit; a negative amount corrects an earlier one.
    pub amount: i64,
}

/// What an actor paid and received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FlowPosition {
    /// Sum received.
    pub received: i128,
    /// Sum paid.
    pub paid: i128,
}

impl FlowPosition {
    /// Received less paid: above 0 for a net receiver.
    pub fn net(&self) -> i128 {
        self.received - self.paid
    }
}

/// Positions of all actors, and what went to nobody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetFlows<Actor> {
    /// The position of every actor that a flow names.
    pub positions: BTreeMap<Actor, FlowPosition>,
    /// Sum of the flows without a named receiver.
    pub unnamed: i128,
}

/// Sums flows by actor, exactly.
///
/// Only like may be added to like: give flows of one currency, one unit and one period. The net positions and
/// the unnamed sum add up to 0. Sums of `i64` amounts cannot overflow `i128`. O(N log N).
///
/// # Examples
/// ```
/// use intergov::analysis::{Flow, net_flows};
///
/// // Three cities pay into the fund of a river basin, 10 000 yuan a year; the receiver is not named.
/// let flows = [("泉州", 2000), ("福州", 2700), ("厦门", 2100)]
///     .map(|(payer, amount)| Flow { payer, payee: None, amount });
/// let sums = net_flows(&flows);
/// assert_eq!(sums.unnamed, 6800);
/// assert_eq!(sums.positions["福州"].net(), -2700);
/// ```
pub fn net_flows<Actor: Ord + Clone>(flows: &[Flow<Actor>]) -> NetFlows<Actor> {
    let mut positions: BTreeMap<Actor, FlowPosition> = BTreeMap::new();
    let mut unnamed = 0;
    for flow in flows {
        let amount = i128::from(flow.amount);
        positions.entry(flow.payer.clone()).or_default().paid += amount;
        match &flow.payee {
            Some(payee) => positions.entry(payee.clone()).or_default().received += amount,
            None => unnamed += amount,
        }
    }
    NetFlows { positions, unnamed }
}
