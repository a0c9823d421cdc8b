//! Hierarchy, succession, parties, members, flows and powers.

use super::{WriteError, Writer};
use crate::graph::{EdgeId, NodeId};
use crate::relations::vocabulary::{edge, label};
use crate::relations::{MemberRole, Period, PowerOrigin, Resource, Role, Stage, SuccessionKind};
use crate::value::{Bound, Date, Validity, Value};

/// What one government gives another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewFlow<'a> {
    /// What flows.
    pub resource: Resource,
    /// Amount in minor units of the currency, above 0. Default: not known.
    pub amount_minor: Option<i64>,
    /// ISO 4217. Default: none.
    pub currency: Option<&'a str>,
    /// Period of the amount. Default: none.
    pub period: Option<Period>,
    /// Text id of the arrangement under which it flows. Default: none.
    pub arrangement: Option<&'a str>,
    /// What for. Default: none.
    pub purpose: Option<&'a str>,
}

impl<'a> NewFlow<'a> {
    /// An amount of money.
    #[must_use]
    pub const fn money(amount_minor: i64, currency: &'a str, period: Period) -> Self {
        Self {
            resource: Resource::Money,
            amount_minor: Some(amount_minor),
            currency: Some(currency),
            period: Some(period),
            arrangement: None,
            purpose: None,
        }
    }
}

/// A power that moves (S14).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewPower<'a> {
    /// Text id, unique among powers.
    pub id: &'a str,
    /// The function, e.g. `finance`.
    pub function: &'a str,
    /// The stage of it.
    pub stage: Stage,
    /// Where it comes from.
    pub origin: PowerOrigin,
    /// The government whose territory it is.
    pub territory: NodeId,
    /// Who holds it: a body for a cession, a government for a transfer.
    pub holder: NodeId,
    /// Who gave it away. Default: no government.
    pub granted_by: &'a [NodeId],
    /// The arrangement under which it moved. Default: none.
    pub arrangement: Option<NodeId>,
}

impl Writer<'_, '_> {
    /// Puts a government under a superior from a date on; the former superior ends there.
    ///
    /// # Errors
    /// [`WriteError::WrongLabel`], [`WriteError::Itself`], [`WriteError::Validity`].
    pub fn subordinate(
        &mut self,
        government: NodeId,
        superior: NodeId,
        from: Date,
    ) -> Result<EdgeId, WriteError> {
        if government == superior {
            return Err(WriteError::Itself { what: "subordinate to" });
        }
        let life = self.labelled(government, label::GOVERNMENT)?.validity();
        let above = self.labelled(superior, label::GOVERNMENT)?.validity();
        for former in self.leaving(government, edge::SUBORDINATE_TO) {
            let began = former.validity.from.date().is_none_or(|began| began.first_day() < from.first_day());
            let over = former.validity.to.date().is_some_and(|to| to.first_day() <= from.first_day());
            if began && !over {
                let until = closed(&former.validity, from)?;
                self.draft.edit_edge(former.id)?.validity = until;
            }
        }
        let end = earlier(life.to, above.to);
        let validity = Validity::new(Bound::Known(from), end, Vec::new())?;
        self.edge(edge::SUBORDINATE_TO, (government, superior), validity, &[])
    }

    /// Says what became of a government; its end is [`Writer::end_node`]'s part.
    ///
    /// # Errors
    /// [`WriteError::WrongLabel`], [`WriteError::Itself`].
    pub fn succeed(
        &mut self,
        government: NodeId,
        successor: NodeId,
        kind: SuccessionKind,
        date: Date,
        share: Option<f64>,
    ) -> Result<EdgeId, WriteError> {
        if government == successor {
            return Err(WriteError::Itself { what: "succeeded by" });
        }
        self.labelled(government, label::GOVERNMENT)?;
        self.labelled(successor, label::GOVERNMENT)?;
        let said = [("kind", Some(kind.as_str().into())), ("share", share.map(Value::from))];
        self.edge(edge::SUCCEEDED_BY, (government, successor), Validity::since(date), &said)
    }

    /// Adds a party to an arrangement (S8).
    ///
    /// # Errors
    /// [`WriteError::WrongLabel`].
    pub fn add_party(
        &mut self,
        government: NodeId,
        arrangement: NodeId,
        role: Role,
        validity: Validity,
    ) -> Result<EdgeId, WriteError> {
        self.labelled(government, label::GOVERNMENT)?;
        self.labelled(arrangement, label::ARRANGEMENT)?;
        self.edge(
            edge::PARTY_TO,
            (government, arrangement),
            validity,
            &[("role", Some(role.to_string().as_str().into()))],
        )
    }

    /// Adds a member to a body, or to a region that no body defines (S9).
    ///
    /// # Errors
    /// [`WriteError::WrongLabel`].
    pub fn add_member(
        &mut self,
        government: NodeId,
        group: NodeId,
        role: MemberRole,
        validity: Validity,
    ) -> Result<EdgeId, WriteError> {
        self.labelled(government, label::GOVERNMENT)?;
        self.labelled(group, label::BODY).or_else(|_| self.labelled(group, label::REGION))?;
        self.edge(edge::MEMBER_OF, (government, group), validity, &[("role", Some(role.as_str().into()))])
    }

    /// Adds a flow from a payer to a payee, or to the arrangement where no payee is named (S20).
    ///
    /// # Errors
    /// [`WriteError::WrongLabel`], [`WriteError::Itself`].
    pub fn add_flow(
        &mut self,
        payer: NodeId,
        payee: NodeId,
        new: &NewFlow<'_>,
        validity: Validity,
    ) -> Result<EdgeId, WriteError> {
        if payer == payee {
            return Err(WriteError::Itself { what: "paid by" });
        }
        self.labelled(payer, label::GOVERNMENT)?;
        self.labelled(payee, label::GOVERNMENT).or_else(|_| self.labelled(payee, label::ARRANGEMENT))?;
        let said = [
            ("resource", Some(new.resource.as_str().into())),
            ("amount_minor", new.amount_minor.map(Value::from)),
            ("currency", new.currency.map(Value::text)),
            ("period", new.period.map(|period| period.as_str().into())),
            ("arrangement", new.arrangement.map(Value::text)),
            ("purpose", new.purpose.map(Value::text)),
        ];
        self.edge(edge::PAYS, (payer, payee), validity, &said)
    }

    /// Adds a power with its territory, holder and givers (S14).
    ///
    /// # Errors
    /// [`WriteError::WrongLabel`] where a cession does not go to a body, or a transfer not to a government.
    pub fn add_power(&mut self, new: &NewPower<'_>, validity: Validity) -> Result<NodeId, WriteError> {
        self.labelled(new.territory, label::GOVERNMENT)?;
        match new.origin {
            PowerOrigin::Cession => self.labelled(new.holder, label::BODY).map(drop)?,
            PowerOrigin::Transfer => self.labelled(new.holder, label::GOVERNMENT).map(drop)?,
            _ => {}
        }
        let said = [
            ("function", Some(new.function.into())),
            ("stage", Some(new.stage.as_str().into())),
            ("origin", Some(new.origin.as_str().into())),
        ];
        let power = self.node(label::POWER, new.id, validity.clone(), &said)?;
        self.edge(edge::OVER, (power, new.territory), validity.clone(), &[])?;
        self.edge(edge::HELD_BY, (power, new.holder), validity.clone(), &[])?;
        for giver in new.granted_by {
            self.edge(edge::GRANTED_BY, (power, *giver), validity.clone(), &[])?;
        }
        if let Some(arrangement) = new.arrangement {
            self.edge(edge::UNDER, (power, arrangement), validity, &[])?;
        }
        Ok(power)
    }
}

/// The same validity, ended at a date.
pub(super) fn closed(validity: &Validity, at: Date) -> Result<Validity, WriteError> {
    let attested =
        validity.attested.iter().filter(|date| date.last_day() < at.first_day()).copied().collect();
    Ok(Validity::new(validity.from, Bound::Known(at), attested)?)
}

/// The earlier of two ends; open where neither is known to come.
fn earlier(a: Bound, b: Bound) -> Bound {
    match (a.date(), b.date()) {
        (Some(a), Some(b)) => Bound::Known(a.min(b)),
        (Some(date), None) | (None, Some(date)) => Bound::Known(date),
        (None, None) => Bound::Open,
    }
}
