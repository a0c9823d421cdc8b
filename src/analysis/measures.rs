//! The table of measures: what each asks and returns. `analyze`, its list and its help read this table.

use super::{
    Analysis, Column, Report, ReportError, of_networks, of_nodes, of_records, of_regions, robustness,
};
use crate::study::Moment;

/// One measure.
#[derive(Clone, Copy)]
pub struct Measure {
    /// Its name on the command line.
    pub name: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// Formula or rule, and where it comes from.
    pub source: &'static str,
    /// Options that it reads beside the dates, by the names of the command line without dashes; any other one has no
    /// effect on it.
    pub options: &'static [&'static str],
    /// The columns that it adds to the ones naming the row.
    pub columns: &'static [Column],
    run: fn(&Analysis, &[Moment]) -> Result<Report, ReportError>,
}

impl std::fmt::Debug for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Measure").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Measure {
    pub(super) fn run(&self, analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
        let mut report = (self.run)(analysis, moments)?;
        report.measure = Some(self.name);
        Ok(report)
    }

    /// The column that answers the question: the one of the measure's name, else the first that it adds.
    #[must_use]
    pub fn key_column(&self) -> &'static str {
        let named = self.columns.iter().find(|column| column.name == self.name);
        named.or_else(|| self.columns.first()).map_or(self.name, |column| column.name)
    }

    /// Whether it has a row for each government.
    #[must_use]
    pub fn is_of_nodes(&self) -> bool {
        ["degree", "betweenness", "closeness"].contains(&self.name)
    }

    /// A column that it adds.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The measure of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        MEASURES.iter().find(|measure| measure.name == name)
    }
}

/// Which governments are read, and whether those count that only possibly belong.
const WHO: [&str; 8] = ["region", "level", "rank", "panel", "lift", "reading", "persist", "possible"];

/// As [`WHO`], and which of their ties are read.
const TIES: [&str; 21] = with(
    WHO,
    [
        "direction",
        "domain",
        "mechanism",
        "without",
        "leave-one-out",
        "by",
        "rank-from-level",
        "include-defining",
        "include-plans",
        "include-subordination",
        "min-confidence",
        "max-parties",
        "directed",
    ],
);

/// As [`WHO`], and how arrangements are read.
const ARRANGEMENTS: [&str; 12] = with(WHO, ["by", "rank-from-level", "max-parties", "arrangements"]);

/// As [`TIES`], and what they weigh.
const WEIGHTED_TIES: [&str; 22] = with(TIES, ["weight"]);

/// As [`WEIGHTED_TIES`], and whose rows are shown.
const ROWS: [&str; 23] = with(WEIGHTED_TIES, ["only"]);

/// A list with more at its end; `M` is `N + K`.
const fn with<const N: usize, const K: usize, const M: usize>(
    options: [&'static str; N],
    more: [&'static str; K],
) -> [&'static str; M] {
    let mut all = [""; M];
    let mut at = 0;
    while at < M {
        all[at] = if at < N { options[at] } else { more[at - N] };
        at += 1;
    }
    all
}

/// All measures, in the order in which they are listed.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "members",
        question: "who belongs to the region, since when?",
        source: "MEMBER_OF by S1, S2 and S9",
        options: &WHO,
        columns: &of_regions::MEMBERS,
        run: of_regions::members_report,
    },
    Measure {
        name: "directions",
        question: "how many ties are horizontal, diagonal, vertical, and how does the mix change?",
        source: "the definition of local cooperation; counts by S4 and S6",
        options: &TIES,
        columns: &of_networks::DIRECTIONS,
        run: of_networks::directions_report,
    },
    Measure {
        name: "density",
        question: "how much of the network is there, and does it hang together?",
        source: "Wasserman and Faust 1994, chapter 4",
        options: &TIES,
        columns: &of_networks::DENSITY,
        run: of_networks::density_report,
    },
    Measure {
        name: "cohesion",
        question: "are partners of partners partners, are ties answered, how far apart are governments?",
        source: "Wasserman and Faust 1994, chapters 4, 6 and 13",
        options: &TIES,
        columns: &of_networks::COHESION,
        run: of_networks::cohesion_report,
    },
    Measure {
        name: "centralization",
        question: "is the network built around one government?",
        source: "Freeman 1979",
        options: &TIES,
        columns: &of_networks::CENTRALIZATION,
        run: of_networks::centralization_report,
    },
    Measure {
        name: "polycentricity",
        question: "has the region one centre or many, and which?",
        source: "Green 2007; Burger and Meijers 2012; Limtanakool et al. 2007; Freeman 1979",
        options: &WEIGHTED_TIES,
        columns: &of_networks::POLYCENTRICITY,
        run: of_networks::polycentricity_report,
    },
    Measure {
        name: "robustness",
        question: "which statements about a region are true whatever is assumed?",
        source: "Theil and Sen 1968; Mann 1945, Kendall 1975; S28, S29, S33",
        options: &WEIGHTED_TIES,
        columns: &robustness::ROBUSTNESS,
        run: robustness::robustness_report,
    },
    Measure {
        name: "degree",
        question: "who has many ties, and strong ones?",
        source: "Freeman 1979; strength: Barrat et al. 2004",
        options: &ROWS,
        columns: &of_nodes::DEGREE,
        run: of_nodes::degree_report,
    },
    Measure {
        name: "betweenness",
        question: "who stands between the others?",
        source: "Freeman 1977; Brandes 2001",
        options: &ROWS,
        columns: &of_nodes::BETWEENNESS,
        run: of_nodes::betweenness_report,
    },
    Measure {
        name: "closeness",
        question: "who is near to all others?",
        source: "Freeman 1979; Wasserman and Faust 1994; Marchiori and Latora 2000",
        options: &ROWS,
        columns: &of_nodes::CLOSENESS,
        run: of_nodes::closeness_report,
    },
    Measure {
        name: "linkage",
        question: "is the region's economy linked to one centre or many?",
        source: "R = sqrt(P G) sqrt(P' G') / D², after Zipf 1946; S26",
        options: &WHO,
        columns: &of_regions::LINKAGE,
        run: of_regions::linkage_report,
    },
    Measure {
        name: "entry-rules",
        question: "who meets the entry rules and is outside, who is inside and does not meet them?",
        source: "entry rules of the body; three-valued logic after Kleene 1938",
        options: &["region", "body", "tolerance"],
        columns: &of_regions::ENTRY,
        run: of_regions::entry_report,
    },
    Measure {
        name: "scopes",
        question: "how far do arrangements reach, of which form are they, and what is the provinces' part?",
        source: "form by S7; scope from the parties' provinces",
        options: &ARRANGEMENTS,
        columns: &of_records::SCOPES,
        run: of_records::scopes_report,
    },
    Measure {
        name: "approvals",
        question: "which cross-provincial arrangements had the provinces' approval, as far as the record goes?",
        source: "PARTY_TO in the role approver (S8); no record is not: not approved",
        options: &WHO,
        columns: &of_records::APPROVALS,
        run: of_records::approvals_report,
    },
    Measure {
        name: "powers",
        question: "who holds which power over a territory, from whom, since when?",
        source: "S14",
        options: &["territory", "reading", "persist", "possible"],
        columns: &of_records::POWERS,
        run: of_records::powers_report,
    },
    Measure {
        name: "flows",
        question: "who pays whom for what, net?",
        source: "S19, S20",
        options: &[
            "region",
            "level",
            "rank",
            "panel",
            "lift",
            "only",
            "reading",
            "persist",
            "possible",
            "all-statements",
        ],
        columns: &of_records::FLOWS,
        run: of_records::flows_report,
    },
];
