//! Ranges of periods as they are typed: `A..B`, both included (S2).

use super::failure::Failure;
use crate::study::Moment;
use crate::value::{Date, Precision};

/// Marks that people write between two periods; the last two are ISO 8601's and a spreadsheet's.
const OTHER_MARKS: [&str; 7] = ["...", "–", "—", " to ", "~", "/", ":"];

/// The two periods of a range, the first not after the second.
///
/// # Errors
/// [`Failure::Usage`] that says how the range is written.
pub(super) fn range(option: &str, text: &str) -> Result<(Date, Date), Failure> {
    let Some((first, last)) = text.split_once("..").filter(|(_, last)| !last.starts_with('.')) else {
        return Err(Failure::Usage(match meant(text) {
            Some((first, last)) => format!("{option} {text}: write {first}..{last}"),
            None => format!("{option} {text} is not a range of periods; write 2004..2010 (S2)"),
        }));
    };
    let date = |part: &str| part.trim_matches('\'').trim().parse::<Date>();
    let (first, last) = (date(first)?, date(last)?);
    if last.last_day() < first.first_day() {
        return Err(Failure::Usage(format!("{option} {text} is reversed; write {last}..{first}")));
    }
    Ok((first, last))
}

/// Two periods that are written with another mark between them.
fn meant(text: &str) -> Option<(Date, Date)> {
    let dates = |(first, last): (&str, &str)| Some((first.trim().parse().ok()?, last.trim().parse().ok()?));
    let by_mark = OTHER_MARKS.iter().find_map(|mark| dates(text.split_once(mark)?));
    // A hyphen stands in dates too: the one that leaves two dates is meant.
    by_mark
        .or_else(|| text.match_indices('-').find_map(|(at, _)| dates((text.get(..at)?, text.get(at + 1..)?))))
}

/// The years of a series: `1997..2019`, or one year.
///
/// # Errors
/// [`Failure::Usage`] where the range is none of years, is reversed or is written otherwise.
pub(super) fn years(option: &str, text: &str) -> Result<Vec<Moment>, Failure> {
    let (first, last) = match text.parse::<Date>() {
        Ok(year) if meant(text).is_none() => (year, year),
        _ => range(option, text)?,
    };
    if [first, last].iter().any(|date| date.precision() != Precision::Year) {
        let of = |date: Date| date.first_day().year().unwrap_or_default();
        return Err(Failure::Usage(format!(
            "{option} {text} names months or days, and a series is one of years; write {:04}..{:04}, or read single \
             dates with --as-of",
            of(first),
            of(last)
        )));
    }
    let years = first.first_day().year().zip(last.first_day().year());
    let (first, last) = years.unwrap_or_default();
    Ok((first..=last).filter_map(Date::year).map(Moment::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn ranges_are_read_or_answered_with_how_they_are_written() {
        let (first, last) = range("--during", "2004-05..2010").unwrap();
        assert_eq!((first.to_string(), last.to_string()), ("2004-05".to_owned(), "2010".to_owned()));
        for (text, remedy) in [
            ("2001-2005", "--during 2001-2005: write 2001..2005"),
            ("2001–2005", "--during 2001–2005: write 2001..2005"),
            ("2001...2005", "--during 2001...2005: write 2001..2005"),
            ("2001-03-2005-04", "--during 2001-03-2005-04: write 2001-03..2005-04"),
            ("2001:2005", "--during 2001:2005: write 2001..2005"),
            ("2010..2004", "--during 2010..2004 is reversed; write 2004..2010"),
            ("long ago", "--during long ago is not a range of periods; write 2004..2010 (S2)"),
        ] {
            assert_eq!(told(range("--during", text)), remedy);
        }
        assert_eq!(range("--during", "2010-05..2010").unwrap().0.to_string(), "2010-05");
    }

    #[test]
    fn a_series_is_one_of_years() {
        assert_eq!(years("--years", "1997..1999").unwrap().len(), 3);
        assert_eq!(years("--years", "2010").unwrap().len(), 1);
        for (text, remedy) in [
            ("2001-01..2001-06", "names months or days, and a series is one of years; write 2001..2001"),
            ("2001-01", "names months or days"),
            ("2001..2000", "is reversed; write 2000..2001"),
            ("2001-2005", "write 2001..2005"),
        ] {
            let told = told(years("--years", text));
            assert!(told.contains(remedy), "{told}");
        }
    }
}
