//! How else the name of a government is written: without marks, with or without the word for what kind of place it
//! is, or as its government (S24).

use crate::value::{fold, fold_marks};

/// What kind of place a name says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Province,
    Prefecture,
    City,
    County,
    Township,
}

impl Place {
    /// Whether a government of a level may be such a place. Levels are words of the data; one that says nothing of
    /// the kind of place fits.
    pub(super) fn fits(self, level: &str) -> bool {
        let others: &[&str] = match self {
            Self::Province => &["prefect", "count", "municipal", "town", "village", "national", "federal"],
            Self::Prefecture => {
                &["provinc", "state", "count", "municipal", "town", "village", "national", "federal"]
            }
            Self::City => &["provinc", "state", "town", "village", "national", "federal"],
            Self::County => {
                &["provinc", "state", "prefect", "municipal", "town", "village", "national", "federal"]
            }
            Self::Township => &["provinc", "state", "prefect", "count", "municipal", "national", "federal"],
        };
        !others.iter().any(|stem| level.contains(stem))
    }
}

/// Endings of Chinese names, longer ones before those that they end with.
const ENDINGS: [(&str, Place); 17] = [
    ("特别行政区", Place::Province),
    ("自治区", Place::Province),
    ("自治州", Place::Prefecture),
    ("自治县", Place::County),
    ("自治旗", Place::County),
    ("地区", Place::Prefecture),
    ("林区", Place::County),
    ("新区", Place::County),
    ("街道", Place::Township),
    ("省", Place::Province),
    ("市", Place::City),
    ("县", Place::County),
    ("区", Place::County),
    ("旗", Place::County),
    ("盟", Place::Prefecture),
    ("镇", Place::Township),
    ("乡", Place::Township),
];

/// Peoples that the name of an autonomous place names before its ending; longer ones before those that they end with.
const PEOPLES: [&str; 50] = [
    "维吾尔",
    "哈萨克",
    "柯尔克孜",
    "蒙古族",
    "蒙古",
    "回族",
    "壮族",
    "藏族",
    "羌族",
    "彝族",
    "苗族",
    "侗族",
    "瑶族",
    "土家族",
    "布依族",
    "朝鲜族",
    "满族",
    "白族",
    "傣族",
    "哈尼族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "纳西族",
    "景颇族",
    "土族",
    "仫佬族",
    "仡佬族",
    "锡伯",
    "塔吉克",
    "怒族",
    "独龙族",
    "普米族",
    "达斡尔族",
    "鄂温克族",
    "裕固族",
    "保安族",
    "东乡族",
    "撒拉族",
    "布朗族",
    "阿昌族",
    "德昂族",
    "毛南族",
    "京族",
    "鄂伦春",
    "各族",
    "赫哲族",
];

/// Last words of English names.
const WORDS: [(&str, Place); 12] = [
    ("autonomous region", Place::Province),
    ("special administrative region", Place::Province),
    ("autonomous prefecture", Place::Prefecture),
    ("autonomous county", Place::County),
    ("province", Place::Province),
    ("state", Place::Province),
    ("prefecture", Place::Prefecture),
    ("municipality", Place::City),
    ("city", Place::City),
    ("county", Place::County),
    ("district", Place::County),
    ("township", Place::Township),
];

/// First words of English names.
const FIRST_WORDS: [(&str, Place); 4] = [
    ("city of ", Place::City),
    ("municipality of ", Place::City),
    ("county of ", Place::County),
    ("state of ", Place::Province),
];

/// What stands for the government of a place, and the kind of place that it says.
const GOVERNMENTS: [(&str, Option<Place>); 8] = [
    (" provincial people's government", Some(Place::Province)),
    (" municipal people's government", Some(Place::City)),
    (" city people's government", Some(Place::City)),
    (" county people's government", Some(Place::County)),
    (" district people's government", Some(Place::County)),
    (" people's government", None),
    ("人民政府", None),
    ("政府", None),
];

/// A name as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    /// Without marks and without the word for its government.
    pub(super) whole: String,
    /// Also without the word for the kind of place; the same where there is none.
    pub(super) bare: String,
    /// The kind of place that it says.
    pub(super) place: Option<Place>,
}

impl Spelling {
    pub(super) fn of(name: &str) -> Self {
        let lower = name.trim().to_lowercase().replace('\u{2019}', "'");
        let (name, of_government) = without_government(&lower);
        let whole = fold_marks(name);
        let (bare, place) = chinese(name).or_else(|| english(name)).unwrap_or((whole.clone(), None));
        Self { whole, bare, place: place.or(of_government) }
    }
}

fn without_government(name: &str) -> (&str, Option<Place>) {
    let found = GOVERNMENTS.iter().find_map(|(ending, place)| Some((name.strip_suffix(ending)?, *place)));
    found.filter(|(rest, _)| !rest.is_empty()).unwrap_or((name, None))
}

/// Fewest characters that a name keeps: 南区 is not called 南.
const FEWEST: usize = 2;

fn chinese(name: &str) -> Option<(String, Option<Place>)> {
    let folded = fold(name);
    let (mut bare, place) =
        ENDINGS.iter().find_map(|(ending, place)| Some((folded.strip_suffix(ending)?, *place)))?;
    let long = |name: &&str| name.chars().count() >= FEWEST;
    while folded.contains("自治")
        && let Some(rest) = PEOPLES.iter().find_map(|people| bare.strip_suffix(people)).filter(long)
    {
        bare = rest;
    }
    long(&bare).then(|| (fold_marks(bare), Some(place)))
}

fn english(name: &str) -> Option<(String, Option<Place>)> {
    let last =
        WORDS.iter().find_map(|(word, place)| Some((name.strip_suffix(word)?.strip_suffix(' ')?, *place)));
    let first = || FIRST_WORDS.iter().find_map(|(word, place)| Some((name.strip_prefix(word)?, *place)));
    let (bare, place) = last.or_else(first)?;
    let bare = fold_marks(bare);
    (bare.chars().count() >= FEWEST).then_some((bare, Some(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_with_and_without_its_kind_of_place() {
        for (name, bare, place) in [
            ("南川区", "南川", Some(Place::County)),
            ("杭州市", "杭州", Some(Place::City)),
            ("杭州市人民政府", "杭州", Some(Place::City)),
            ("新疆维吾尔自治区", "新疆", Some(Place::Province)),
            ("昌吉回族自治州", "昌吉", Some(Place::Prefecture)),
            ("恩施土家族苗族自治州", "恩施", Some(Place::Prefecture)),
            ("內蒙古自治區", "内蒙古", Some(Place::Province)),
            ("杭州", "杭州", None),
            ("南区", "南区", None),
            ("Hangzhou City", "hangzhou", Some(Place::City)),
            ("City of São Paulo", "saopaulo", Some(Place::City)),
            ("Hangzhou Municipal People's Government", "hangzhou", Some(Place::City)),
            ("Velocity", "velocity", None),
        ] {
            let spelt = Spelling::of(name);
            assert_eq!((spelt.bare.as_str(), spelt.place), (bare, place), "{name}");
        }
    }

    #[test]
    fn a_kind_of_place_fits_a_level_or_not() {
        assert!(Place::City.fits("municipality") && !Place::City.fits("state"));
        assert!(Place::Province.fits("state") && !Place::Province.fits("county"));
        assert!(Place::County.fits("county") && Place::County.fits("arrondissement"));
    }
}
