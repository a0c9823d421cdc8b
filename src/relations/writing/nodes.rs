//! Governments, bodies, regions and arrangements as they begin.

use super::{WriteError, Writer};
use crate::graph::NodeId;
use crate::relations::Mechanism;
use crate::relations::vocabulary::label;
use crate::value::{Validity, Value};

/// A government as it is founded; its states hold from its start until they are changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewGovernment<'a> {
    /// Text id, unique among governments. Default: the code.
    pub id: &'a str,
    /// Tier scheme, e.g. `cn`.
    pub scheme: &'a str,
    /// Code with its scheme, e.g. `cn:330500`.
    pub code: &'a str,
    /// Name in the language of the place.
    pub name: &'a str,
    /// English name. Default: none.
    pub name_en: Option<&'a str>,
    /// Territorial tier of the scheme. Default: none.
    pub level: Option<&'a str>,
    /// Administrative grade of the scheme. Default: none, i.e. unknown (S21).
    pub rank: Option<&'a str>,
    /// Form of the government, e.g. `municipality`. Default: none.
    pub kind: Option<&'a str>,
    /// Longitude and latitude in degrees. Default: none.
    pub place: Option<(f64, f64)>,
    /// Further names by which it is found. Default: none.
    pub aliases: &'a [&'a str],
}

impl<'a> NewGovernment<'a> {
    /// A government of which no more is known than scheme, code and name.
    #[must_use]
    pub const fn new(scheme: &'a str, code: &'a str, name: &'a str) -> Self {
        Self {
            id: code,
            scheme,
            code,
            name,
            name_en: None,
            level: None,
            rank: None,
            kind: None,
            place: None,
            aliases: &[],
        }
    }
}

/// A body as it is set up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewBody<'a> {
    /// Text id, unique among bodies.
    pub id: &'a str,
    /// Name in the language of the place.
    pub name: &'a str,
    /// English name. Default: none.
    pub name_en: Option<&'a str>,
    /// Kind of the codebook, e.g. `joint-conference`.
    pub kind: &'a str,
    /// `decision`, `execution` or `both`. Default: none.
    pub function: Option<&'a str>,
}

impl<'a> NewBody<'a> {
    /// A body of a kind.
    #[must_use]
    pub const fn new(id: &'a str, name: &'a str, kind: &'a str) -> Self {
        Self { id, name, name_en: None, kind, function: None }
    }
}

/// A region as it is named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewRegion<'a> {
    /// Text id, unique among regions.
    pub id: &'a str,
    /// Name in the language of the place.
    pub name: &'a str,
    /// English name. Default: none.
    pub name_en: Option<&'a str>,
    /// Kind of the codebook, e.g. `city-cluster`. Default: none.
    pub kind: Option<&'a str>,
}

impl<'a> NewRegion<'a> {
    /// A region of which no more is known than its name.
    #[must_use]
    pub const fn new(id: &'a str, name: &'a str) -> Self {
        Self { id, name, name_en: None, kind: None }
    }
}

/// An arrangement as it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewArrangement<'a> {
    /// Text id, unique among arrangements.
    pub id: &'a str,
    /// Name in the language of the place.
    pub name: &'a str,
    /// English name. Default: none.
    pub name_en: Option<&'a str>,
    /// Mechanism.
    pub mechanism: Mechanism,
    /// Sub-kind of the codebook, e.g. `territorial`. Default: none.
    pub subkind: Option<&'a str>,
    /// Domains of the codebook, e.g. `water`. Default: none.
    pub domains: &'a [&'a str],
    /// Who set it going: `spontaneous`, `province-led`, `centrally-induced`. Default: none.
    pub origin: Option<&'a str>,
    /// How many parties are known to exist and not known by name. Default: none.
    pub unknown_parties: Option<u32>,
}

impl<'a> NewArrangement<'a> {
    /// An arrangement of a mechanism.
    #[must_use]
    pub const fn new(id: &'a str, name: &'a str, mechanism: Mechanism) -> Self {
        Self {
            id,
            name,
            name_en: None,
            mechanism,
            subkind: None,
            domains: &[],
            origin: None,
            unknown_parties: None,
        }
    }
}

fn texts(items: &[&str]) -> Option<Value> {
    (!items.is_empty()).then(|| Value::texts(items.iter().copied()))
}

impl Writer<'_, '_> {
    /// Founds a government: the continuing authority of a territory (S10).
    ///
    /// # Errors
    /// [`WriteError::Change`] where the graph is full.
    pub fn found_government(
        &mut self,
        new: &NewGovernment<'_>,
        validity: Validity,
    ) -> Result<NodeId, WriteError> {
        let properties = [
            ("scheme", Some(new.scheme.into())),
            ("code", Some(new.code.into())),
            ("name", Some(new.name.into())),
            ("name_en", new.name_en.map(Value::text)),
            ("level", new.level.map(Value::text)),
            ("rank", new.rank.map(Value::text)),
            ("type", new.kind.map(Value::text)),
            ("lon", new.place.map(|(lon, _)| lon.into())),
            ("lat", new.place.map(|(_, lat)| lat.into())),
            ("aliases", texts(new.aliases)),
        ];
        self.node(label::GOVERNMENT, new.id, validity, &properties)
    }

    /// Sets up a body.
    ///
    /// # Errors
    /// As [`Writer::found_government`].
    pub fn found_body(&mut self, new: &NewBody<'_>, validity: Validity) -> Result<NodeId, WriteError> {
        let properties = [
            ("name", Some(new.name.into())),
            ("name_en", new.name_en.map(Value::text)),
            ("kind", Some(new.kind.into())),
            ("function", new.function.map(Value::text)),
        ];
        self.node(label::BODY, new.id, validity, &properties)
    }

    /// Names a region.
    ///
    /// # Errors
    /// As [`Writer::found_government`].
    pub fn name_region(&mut self, new: &NewRegion<'_>, validity: Validity) -> Result<NodeId, WriteError> {
        let properties = [
            ("name", Some(new.name.into())),
            ("name_en", new.name_en.map(Value::text)),
            ("kind", new.kind.map(Value::text)),
        ];
        self.node(label::REGION, new.id, validity, &properties)
    }

    /// Adds an arrangement; its parties follow with [`Writer::add_party`] in the same draft.
    ///
    /// # Errors
    /// As [`Writer::found_government`].
    pub fn add_arrangement(
        &mut self,
        new: &NewArrangement<'_>,
        validity: Validity,
    ) -> Result<NodeId, WriteError> {
        let properties = [
            ("name", Some(new.name.into())),
            ("name_en", new.name_en.map(Value::text)),
            ("mechanism", Some(new.mechanism.as_str().into())),
            ("subkind", new.subkind.map(Value::text)),
            ("domains", texts(new.domains)),
            ("origin", new.origin.map(Value::text)),
            ("unknown_parties", new.unknown_parties.map(|count| i64::from(count).into())),
        ];
        self.node(label::ARRANGEMENT, new.id, validity, &properties)
    }
}
