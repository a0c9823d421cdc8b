//! In which role a government takes part in an arrangement.

use std::fmt;
use std::str::FromStr;

/// The role of a party (S5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the value of the codebook of the same name")]
pub enum Role {
    Member,
    Lead,
    Ceding,
    Assistor,
    Recipient,
    Payer,
    Payee,
    Developer,
    HostGovernment,
    TransferFrom,
    TransferTo,
    Approver,
    Mandator,
    Observer,
    Applicant,
    MeetingHost,
}

/// Roles and their names in the codebook.
const NAMES: [(Role, &str); 16] = [
    (Role::Member, "member"),
    (Role::Lead, "lead"),
    (Role::Ceding, "ceding"),
    (Role::Assistor, "assistor"),
    (Role::Recipient, "recipient"),
    (Role::Payer, "payer"),
    (Role::Payee, "payee"),
    (Role::Developer, "developer"),
    (Role::HostGovernment, "host-government"),
    (Role::TransferFrom, "transfer-from"),
    (Role::TransferTo, "transfer-to"),
    (Role::Approver, "approver"),
    (Role::Mandator, "mandator"),
    (Role::Observer, "observer"),
    (Role::Applicant, "applicant"),
    (Role::MeetingHost, "meeting-host"),
];

/// How the parties of a role pair with others (S5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pairing {
    /// With all others of this pairing, without orientation.
    Mutual,
    /// From this party to those of the other side of the same act.
    From(Act),
    /// To this party.
    To(Act),
    /// Approval and mandate: along the line of command only (S6).
    Above,
    /// No cooperation tie.
    Nothing,
}

/// The two-sided acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each says itself")]
pub enum Act {
    Assistance,
    Payment,
    Development,
    Transfer,
}

impl Role {
    /// How it pairs.
    #[must_use]
    pub fn pairing(self) -> Pairing {
        match self {
            Self::Member | Self::Lead | Self::Ceding => Pairing::Mutual,
            Self::Assistor => Pairing::From(Act::Assistance),
            Self::Recipient => Pairing::To(Act::Assistance),
            Self::Payer => Pairing::From(Act::Payment),
            Self::Payee => Pairing::To(Act::Payment),
            Self::Developer => Pairing::From(Act::Development),
            Self::HostGovernment => Pairing::To(Act::Development),
            Self::TransferFrom => Pairing::From(Act::Transfer),
            Self::TransferTo => Pairing::To(Act::Transfer),
            Self::Approver | Self::Mandator => Pairing::Above,
            Self::Observer | Self::Applicant | Self::MeetingHost => Pairing::Nothing,
        }
    }

    /// Whether parties of these two roles pair in a cooperation (S5); the order makes no difference.
    ///
    /// ```
    /// use intergov::relations::Role;
    /// assert!(Role::Lead.pairs_with(Role::Ceding));
    /// assert!(Role::Recipient.pairs_with(Role::Assistor));
    /// assert!(!Role::Recipient.pairs_with(Role::Recipient));
    /// assert!(!Role::Approver.pairs_with(Role::Member));
    /// ```
    #[must_use]
    pub fn pairs_with(self, other: Self) -> bool {
        match (self.pairing(), other.pairing()) {
            (Pairing::Mutual, Pairing::Mutual) => true,
            (Pairing::From(own), Pairing::To(act)) | (Pairing::To(act), Pairing::From(own)) => own == act,
            _ => false,
        }
    }

    /// Whether a party in this role cooperates.
    #[must_use]
    pub fn cooperates(self) -> bool {
        !matches!(self.pairing(), Pairing::Above | Pairing::Nothing)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES.iter().find(|(role, _)| role == self).map_or("", |(_, name)| name))
    }
}

/// A text that is not a role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a role of a party (S5)")]
pub struct RoleError(String);

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        let role = NAMES.iter().find(|(_, name)| *name == text).map(|(role, _)| *role);
        role.ok_or_else(|| RoleError(text.to_owned()))
    }
}
