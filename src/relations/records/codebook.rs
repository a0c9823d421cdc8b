//! The closed lists of the codebook as types: what the schema calls `values`.

use std::fmt;
use std::str::FromStr;

use crate::relations::vocabulary::{edge, label};
use crate::value::nearest;

/// A text that is not in a list of the codebook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a known {list} of the codebook; write one of {}", known.join(", "))]
pub struct CodebookError {
    /// Name of the list.
    pub list: &'static str,
    /// What was read.
    pub text: String,
    /// The nearest known values first, else all of them.
    pub known: Vec<&'static str>,
}

/// Declares a list of the codebook: variants, their texts, and the property of the schema that has them.
macro_rules! codebook {
    ($(#[$doc:meta])* $name:ident of $label:path, $key:literal { $($(#[$about:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$about])* $variant,)+
        }

        impl $name {
            /// All, in the order of the codebook.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The label or edge type and the property of the schema whose values these are.
            pub const PROPERTY: (&'static str, &'static str) = ($label, $key);

            /// The text of the codebook.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = CodebookError;

            fn from_str(text: &str) -> Result<Self, CodebookError> {
                let found = Self::ALL.iter().find(|own| own.as_str() == text);
                found.copied().ok_or_else(|| {
                    let all: Vec<&'static str> = Self::ALL.iter().map(|own| own.as_str()).collect();
                    let near = nearest(text, all.iter().copied(), 1);
                    CodebookError {
                        list: $key,
                        text: text.to_owned(),
                        known: all.iter().copied().filter(|own| near.is_empty() || near.contains(own)).collect(),
                    }
                })
            }
        }
    };
}

codebook! {
    /// By which mechanism an arrangement works (成效).
    Mechanism of label::ARRANGEMENT, "mechanism" {
        /// 行政协调
        AdministrativeCoordination = "administrative-coordination",
        /// 契约治理
        Contract = "contract",
        /// 职能整合
        FunctionalIntegration = "functional-integration",
        /// 对口支援、对口帮扶
        CounterpartAssistance = "counterpart-assistance",
        /// 异地开发
        JointDevelopmentZone = "joint-development-zone",
        /// 区域规划
        Plan = "plan",
    }
}

codebook! {
    /// Why something ended.
    EndReason of label::ARRANGEMENT, "end_reason" {
        /// Its term ran out.
        Lapsed = "lapsed",
        /// It was broken off.
        Interrupted = "interrupted",
        /// Another took its place.
        Superseded = "superseded",
        /// It became part of another.
        Merged = "merged",
        /// It was abolished.
        Abolished = "abolished",
    }
}

codebook! {
    /// What became of a government (S10).
    SuccessionKind of edge::SUCCEEDED_BY, "kind" {
        /// Several became one new government.
        Merged = "merged",
        /// One became several.
        Split = "split",
        /// One went into another that goes on.
        Absorbed = "absorbed",
        /// A part of it went to another.
        Partial = "partial",
    }
}

codebook! {
    /// In which role a government belongs to a body or region.
    MemberRole of edge::MEMBER_OF, "role" {
        /// A member.
        Member = "member",
        /// The leading member.
        Lead = "lead",
        /// Present without belonging.
        Observer = "observer",
        /// Not in yet.
        Applicant = "applicant",
        /// A core city of a region.
        Core = "core",
    }
}

codebook! {
    /// From where a power comes (S14).
    PowerOrigin of label::POWER, "origin" {
        /// The legislature.
        Legislature = "legislature",
        /// A superior of the same line.
        Delegation = "delegation",
        /// The people.
        People = "people",
        /// The government itself.
        SelfCreation = "self-creation",
        /// 让渡: several governments hand it up to a shared body.
        Cession = "cession",
        /// 转移: it moves sideways to another government.
        Transfer = "transfer",
    }
}

codebook! {
    /// Which stage of a function a power covers (权力运行的某一环节).
    Stage of label::POWER, "stage" {
        /// All of it.
        Whole = "whole",
        /// Making rules.
        RuleMaking = "rule-making",
        /// Planning.
        Planning = "planning",
        /// Approving.
        Approval = "approval",
        /// Enforcing.
        Enforcement = "enforcement",
        /// Collecting.
        Collection = "collection",
        /// Operating.
        Operation = "operation",
    }
}

codebook! {
    /// What flows from one government to another (S20).
    Resource of edge::PAYS, "resource" {
        /// Money.
        Money = "money",
        /// People.
        Talent = "talent",
        /// Technology.
        Technology = "technology",
        /// Land.
        Land = "land",
    }
}

codebook! {
    /// For which period an amount is stated (S20).
    Period of edge::PAYS, "period" {
        /// Once.
        Once = "once",
        /// Each year.
        Year = "year",
        /// In all, over the validity.
        Total = "total",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::PropertySpec;

    fn values((owner, key): (&str, &str)) -> Vec<String> {
        let schema = crate::relations::schema().unwrap();
        let label = schema.label(owner).map(|spec| &spec.properties);
        let properties: &[PropertySpec] =
            label.or_else(|| schema.edge(owner).map(|spec| &spec.properties)).unwrap();
        properties.iter().find(|property| property.key == key).unwrap().values.clone()
    }

    #[test]
    fn types_and_schema_list_the_same_values() {
        macro_rules! same {
            ($($name:ident)+) => {$(
                let own: Vec<&str> = $name::ALL.iter().map(|own| own.as_str()).collect();
                assert_eq!(own, values($name::PROPERTY), stringify!($name));
                for own in $name::ALL {
                    assert_eq!(own.as_str().parse(), Ok(*own));
                }
            )+};
        }
        same!(Mechanism EndReason SuccessionKind MemberRole PowerOrigin Stage Resource Period);
    }

    #[test]
    fn a_text_outside_the_list_is_told_the_nearest() {
        let error = "cesion".parse::<PowerOrigin>().unwrap_err();
        assert_eq!(error.to_string(), "“cesion” is not a known origin of the codebook; write one of cession");
    }
}
