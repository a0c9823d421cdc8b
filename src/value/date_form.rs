//! Dates as other programs and countries write them.

use std::fmt;
use std::str::FromStr;

use super::Date;

/// A way of writing dates other than `2010-03-01`.
///
/// ```
/// use intergov::value::DateForm;
/// let form: DateForm = "D.M.Y".parse()?;
/// assert_eq!(form.read("22.7.1946"), "1946-07-22".parse().ok());
/// assert_eq!(form.read("07.1946"), "1946-07".parse().ok());
/// # Ok::<(), intergov::value::DateFormError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateForm {
    /// `22.07.1946`, `07.1946`.
    DotDayMonthYear,
    /// `22/07/1946`, `07/1946`.
    DayMonthYear,
    /// `07/22/1946`, `07/1946`.
    MonthDayYear,
    /// `1946/7/22`, `1946.7`, `1946-7-22`.
    YearMonthDay,
    /// `194607`, `19460722`.
    Digits,
    /// `1946年7月22日`, `1946年`, `昭和21年7月`, `民国35年`.
    Cjk,
}

/// A text that names no form of dates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a form of dates; write one of D.M.Y, D/M/Y, M/D/Y, Y/M/D, YM, cjk")]
pub struct DateFormError {
    /// What was read.
    pub text: String,
}

/// Eras and the year before their first one.
const ERAS: [(&str, i32); 7] = [
    ("明治", 1867),
    ("大正", 1911),
    ("昭和", 1925),
    ("平成", 1988),
    ("令和", 2018),
    ("民国", 1911),
    ("民國", 1911),
];

impl DateForm {
    /// All forms.
    pub const ALL: [Self; 6] = [
        Self::DotDayMonthYear,
        Self::DayMonthYear,
        Self::MonthDayYear,
        Self::YearMonthDay,
        Self::Digits,
        Self::Cjk,
    ];

    /// Its name: `D.M.Y`, `D/M/Y`, `M/D/Y`, `Y/M/D`, `YM` or `cjk`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DotDayMonthYear => "D.M.Y",
            Self::DayMonthYear => "D/M/Y",
            Self::MonthDayYear => "M/D/Y",
            Self::YearMonthDay => "Y/M/D",
            Self::Digits => "YM",
            Self::Cjk => "cjk",
        }
    }

    /// The date of a text that is written in this form.
    #[must_use]
    pub fn read(self, text: &str) -> Option<Date> {
        let text = text.trim();
        match self {
            Self::DotDayMonthYear => of_parts(&reversed(text, '.')?),
            Self::DayMonthYear => of_parts(&reversed(text, '/')?),
            Self::MonthDayYear => match text.split('/').collect::<Vec<_>>().as_slice() {
                [month, year] => of_parts(&[*year, *month]),
                [month, day, year] => of_parts(&[*year, *month, *day]),
                _ => None,
            },
            Self::YearMonthDay => {
                let separator = text.chars().find(|character| !character.is_ascii_digit())?;
                let parts: Vec<&str> = text.split(separator).collect();
                (matches!(separator, '/' | '.' | '-') && parts.len() > 1).then(|| of_parts(&parts))?
            }
            Self::Digits => match text.len() {
                6 => of_parts(&[text.get(..4)?, text.get(4..)?]),
                8 => of_parts(&[text.get(..4)?, text.get(4..6)?, text.get(6..)?]),
                _ => None,
            },
            Self::Cjk => of_cjk(text),
        }
    }

    /// The forms that a text may be written in, where it is not written as [`Date`] reads it.
    pub fn seen_in(text: &str) -> impl Iterator<Item = Self> {
        let strange = text.trim().parse::<Date>().is_err();
        Self::ALL.into_iter().filter(move |form| strange && form.read(text).is_some())
    }
}

/// Year, month and day of a text that begins with the day or the month.
fn reversed(text: &str, separator: char) -> Option<Vec<&str>> {
    let parts: Vec<&str> = text.split(separator).rev().collect();
    (parts.len() > 1).then_some(parts)
}

/// The date of a year of four digits and, if there are any, a month and a day of one or two.
fn of_parts(parts: &[&str]) -> Option<Date> {
    let right = |part: &&str, at: usize| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        digits && if at == 0 { part.len() == 4 } else { matches!(part.len(), 1 | 2) }
    };
    if !(1..=3).contains(&parts.len()) || !parts.iter().enumerate().all(|(at, part)| right(part, at)) {
        return None;
    }
    let padded: Vec<String> = parts.iter().map(|part| format!("{part:0>2}")).collect();
    padded.join("-").parse().ok()
}

fn of_cjk(text: &str) -> Option<Date> {
    let narrow: String = text.chars().filter(|character| !character.is_whitespace()).map(narrow).collect();
    let (year, rest) = narrow.split_once('年')?;
    let era = ERAS.iter().find_map(|(era, before)| Some((year.strip_prefix(era)?, *before)));
    let year = match era {
        Some(("元", before)) => before + 1,
        Some((year, before)) => {
            before.checked_add(year.parse().ok().filter(|year| (1..1000).contains(year))?)?
        }
        None if year.len() == 4 => year.parse().ok()?,
        None => return None,
    };
    let year = format!("{year:04}");
    let (month, day) = match rest.split_once('月') {
        Some((month, day)) => {
            (Some(month), Some(day.trim_end_matches(['日', '号'])).filter(|day| !day.is_empty()))
        }
        None => (None, None),
    };
    match (rest, month, day) {
        ("", None, None) => of_parts(&[&year]),
        (_, Some(month), None) => of_parts(&[&year, month]),
        (_, Some(month), Some(day)) => of_parts(&[&year, month, day]),
        _ => None,
    }
}

/// Digits of full width as plain ones.
fn narrow(character: char) -> char {
    let digit =
        u32::from(character).checked_sub(u32::from('０')).and_then(|digit| char::from_digit(digit, 10));
    digit.unwrap_or(character)
}

impl fmt::Display for DateForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reads the name of a form, in any case.
impl FromStr for DateForm {
    type Err = DateFormError;

    fn from_str(text: &str) -> Result<Self, DateFormError> {
        let found = Self::ALL.into_iter().find(|form| form.name().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| DateFormError { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read() {
        for (form, text, date) in [
            ("D.M.Y", "22.07.1946", "1946-07-22"),
            ("D.M.Y", "5.3.2010", "2010-03-05"),
            ("D.M.Y", "3.2010", "2010-03"),
            ("d/m/y", "22/07/1946", "1946-07-22"),
            ("M/D/Y", "05/13/2003", "2003-05-13"),
            ("Y/M/D", "2010/3/5", "2010-03-05"),
            ("Y/M/D", "2010.03", "2010-03"),
            ("Y/M/D", "2010-3-5", "2010-03-05"),
            ("YM", "201003", "2010-03"),
            ("YM", "20100305", "2010-03-05"),
            ("cjk", "2010年3月", "2010-03"),
            ("cjk", "２０１０年３月５日", "2010-03-05"),
            ("cjk", "2010年", "2010"),
            ("cjk", "平成18年3月31日", "2006-03-31"),
            ("cjk", "令和元年5月1日", "2019-05-01"),
            ("cjk", "民國38年", "1949"),
        ] {
            assert_eq!(form.parse::<DateForm>().unwrap().read(text), date.parse().ok(), "{text}");
        }
    }

    #[test]
    fn what_is_not_in_the_form_is_not_read() {
        for (form, text) in [
            ("D.M.Y", "31.02.2010"),
            ("D.M.Y", "1946"),
            ("D.M.Y", "22.07.46"),
            ("D.M.Y", "+2.07.1946"),
            ("M/D/Y", "13/05/2003"),
            ("Y/M/D", "2010/3.5"),
            ("Y/M/D", "2010"),
            ("YM", "201013"),
            ("YM", "2010-3"),
            ("cjk", "2010年3"),
            ("cjk", "平成年"),
            ("cjk", "年"),
            ("cjk", "3月5日"),
        ] {
            assert_eq!(form.parse::<DateForm>().unwrap().read(text), None, "{text}");
        }
        assert!("Y".parse::<DateForm>().is_err());
    }

    #[test]
    fn a_text_may_be_in_two_forms() {
        let seen = |text| DateForm::seen_in(text).map(DateForm::name).collect::<Vec<_>>();
        assert_eq!(seen("01/02/2003"), ["D/M/Y", "M/D/Y"]);
        assert_eq!(seen("22.07.1946"), ["D.M.Y"]);
        assert_eq!(seen("2010-03-01"), [""; 0]);
        assert_eq!(seen("soon"), [""; 0]);
    }
}
