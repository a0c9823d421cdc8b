//! Labels and edge types of the domain's schema: each name is written once, and a test compares them with the schema.

/// Labels.
pub mod label {
    /// A territorial government.
    pub const GOVERNMENT: &str = "Government";
    /// An organisation of governments, or a department of one.
    pub const BODY: &str = "Body";
    /// A cooperation of governments.
    pub const ARRANGEMENT: &str = "Arrangement";
    /// A named set of governments.
    pub const REGION: &str = "Region";
    /// A jurisdiction.
    pub const POWER: &str = "Power";
    /// A sitting of a body.
    pub const MEETING: &str = "Meeting";
    /// A condition of entry to a body.
    pub const ENTRY_RULE: &str = "EntryRule";
    /// A number that a source states.
    pub const CLAIM: &str = "Claim";
    /// Where a statement comes from.
    pub const SOURCE: &str = "Source";
    /// What a store says of how it is read.
    pub const SETTING: &str = "Setting";
    /// A step of a tier scheme.
    pub const TIER: &str = "Tier";

    /// All of them.
    pub const ALL: &[&str] =
        &[GOVERNMENT, BODY, ARRANGEMENT, REGION, POWER, MEETING, ENTRY_RULE, CLAIM, SOURCE, SETTING, TIER];
}

/// Edge types.
pub mod edge {
    /// Government to arrangement, in a role.
    pub const PARTY_TO: &str = "PARTY_TO";
    /// Government to body or region.
    pub const MEMBER_OF: &str = "MEMBER_OF";
    /// Government to its superior.
    pub const SUBORDINATE_TO: &str = "SUBORDINATE_TO";
    /// Government to another one, on a line that does not command.
    pub const REPORTS_TO: &str = "REPORTS_TO";
    /// Government to what came after it.
    pub const SUCCEEDED_BY: &str = "SUCCEEDED_BY";
    /// Body to body.
    pub const MERGED_INTO: &str = "MERGED_INTO";
    /// A bare dyad of governments.
    pub const COOPERATES_WITH: &str = "COOPERATES_WITH";
    /// Governments that compete.
    pub const COMPETES_WITH: &str = "COMPETES_WITH";
    /// Government to the one that it assists.
    pub const ASSISTS: &str = "ASSISTS";
    /// Payer to payee, or to an arrangement.
    pub const PAYS: &str = "PAYS";
    /// Body to the arrangement that it serves.
    pub const SERVES: &str = "SERVES";
    /// Body to its meeting.
    pub const HELD: &str = "HELD";
    /// Power to its holder.
    pub const HELD_BY: &str = "HELD_BY";
    /// Government to meeting.
    pub const ATTENDED: &str = "ATTENDED";
    /// Part to whole.
    pub const PART_OF: &str = "PART_OF";
    /// Belonging of a body.
    pub const OF: &str = "OF";
    /// Region to the body that defines its members.
    pub const DEFINED_BY: &str = "DEFINED_BY";
    /// Power to its territory.
    pub const OVER: &str = "OVER";
    /// Power to its giver.
    pub const GRANTED_BY: &str = "GRANTED_BY";
    /// Power to its arrangement.
    pub const UNDER: &str = "UNDER";
    /// What an arrangement acts on.
    pub const ACTS_ON: &str = "ACTS_ON";

    /// All of them.
    pub const ALL: &[&str] = &[
        PARTY_TO,
        MEMBER_OF,
        SUBORDINATE_TO,
        REPORTS_TO,
        SUCCEEDED_BY,
        MERGED_INTO,
        COOPERATES_WITH,
        COMPETES_WITH,
        ASSISTS,
        PAYS,
        SERVES,
        HELD,
        HELD_BY,
        ATTENDED,
        PART_OF,
        OF,
        DEFINED_BY,
        OVER,
        GRANTED_BY,
        UNDER,
        ACTS_ON,
    ];
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{edge, label};

    #[test]
    fn the_names_are_those_of_the_schema() {
        let schema = crate::relations::schema().unwrap();
        let declared = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        let labels = schema.labels.iter().map(|spec| spec.name.as_str()).collect();
        assert_eq!(declared(labels), declared(label::ALL.to_vec()));
        let edges = schema.edges.iter().map(|spec| spec.name.as_str()).collect();
        assert_eq!(declared(edges), declared(edge::ALL.to_vec()));
    }
}
