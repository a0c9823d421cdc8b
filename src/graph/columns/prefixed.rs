//! Texts that are a prefix and a number: how ids lie in memory.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::graph::read::TextRef;

/// A column whose texts repeat at least this often is not a column of ids.
const REPEATS: usize = 2;

/// Forms of numbered texts in one column.
const FORMS: usize = 64;
/// Texts that show whether a column repeats itself.
const SAMPLE: usize = 64;
/// Digits of a number after a prefix; nine fit a u32.
pub(crate) const PREFIX_DIGITS: u8 = 9;

/// Prefixed numbers of a few forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PrefixedInts {
    pub(crate) forms: Vec<PrefixForm>,
    /// The form of each text; empty where there is one form only.
    pub(crate) of: Vec<u8>,
    pub(crate) numbers: Vec<u32>,
}

impl PrefixedInts {
    /// Texts of which nearly all differ, as numbers of a few forms.
    pub(in crate::graph) fn pack(texts: &[&str]) -> Option<Self> {
        let sample = &texts[..texts.len().min(SAMPLE)];
        let distinct: HashSet<&str> = sample.iter().copied().collect();
        if distinct.len() * REPEATS <= sample.len() {
            return None;
        }
        let mut packed = Self::default();
        let most = (texts.len() / REPEATS).clamp(1, FORMS);
        texts.iter().all(|text| packed.push(text, most)).then_some(packed)
    }

    /// Adds a text; false where it has none of the forms and would make one too many.
    fn push(&mut self, text: &str, most: usize) -> bool {
        let known = (0_u8..).zip(&self.forms).find_map(|(at, form)| Some((at, form.number(text)?)));
        let found = known.or_else(|| {
            let (prefix, width, number) = PrefixForm::of(text)?;
            let at = u8::try_from(self.forms.len()).ok().filter(|_| self.forms.len() < most)?;
            self.forms.push(PrefixForm { prefix: prefix.into(), width });
            Some((at, number))
        });
        let Some((form, number)) = found else { return false };
        self.push_number(form, number);
        true
    }

    fn push_number(&mut self, form: u8, number: u32) {
        if self.of.is_empty() && form > 0 {
            self.of = vec![0; self.numbers.len()];
        }
        if form > 0 || !self.of.is_empty() {
            self.of.push(form);
        }
        self.numbers.push(number);
    }

    fn form(&self, at: usize) -> u8 {
        self.of.get(at).copied().unwrap_or(0)
    }

    /// Adds texts, also of other forms; false, with nothing added, where that makes too many.
    pub(in crate::graph) fn extend(&mut self, more: &Self) -> bool {
        let mut forms = self.forms.clone();
        let mut places = Vec::with_capacity(more.forms.len());
        for form in &more.forms {
            let at = forms.iter().position(|own| own == form).unwrap_or(forms.len());
            if at == forms.len() {
                forms.push(form.clone());
            }
            let Some(place) = u8::try_from(at).ok().filter(|_| at < FORMS) else { return false };
            places.push(place);
        }
        self.forms = forms;
        for (at, number) in more.numbers.iter().enumerate() {
            self.push_number(places[usize::from(more.form(at))], *number);
        }
        true
    }

    /// A range of the texts, with the forms that it uses in the order of first use.
    pub(in crate::graph) fn slice(&self, range: Range<usize>) -> Self {
        let mut slice = Self::default();
        let mut places: Vec<Option<u8>> = vec![None; self.forms.len()];
        for at in range {
            let form = usize::from(self.form(at));
            let place = places[form].unwrap_or_else(|| {
                slice.forms.push(self.forms[form].clone());
                u8::try_from(slice.forms.len() - 1).unwrap_or(u8::MAX)
            });
            places[form] = Some(place);
            slice.push_number(place, self.numbers[at]);
        }
        slice
    }

    /// Whether each number has at most the digits that its form writes.
    pub(crate) fn fits(&self) -> bool {
        let fits = |at: usize, number: u32| {
            let form = self.forms.get(usize::from(self.form(at)));
            form.is_some_and(|form| number < 10_u32.pow(u32::from(form.width.min(PREFIX_DIGITS))))
        };
        self.numbers.iter().enumerate().all(|(at, number)| fits(at, *number))
    }

    pub(in crate::graph) fn text(&self, at: usize) -> Option<TextRef<'_>> {
        Some(self.forms.get(usize::from(self.form(at)))?.text(*self.numbers.get(at)?))
    }
}

/// How a numbered text is written: `t000123` has the prefix `t` and six digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PrefixForm {
    pub(crate) prefix: Arc<str>,
    /// How many digits are written; 0 = the prefix is the whole text, so that the odd one out does no harm.
    pub(crate) width: u8,
}

impl PrefixForm {
    /// The form and number of a text.
    fn of(text: &str) -> Option<(&str, u8, u32)> {
        let digits =
            text.bytes().rev().take(usize::from(PREFIX_DIGITS)).take_while(u8::is_ascii_digit).count();
        let (prefix, number) = text.split_at_checked(text.len() - digits)?;
        let number = if digits == 0 { 0 } else { number.parse().ok()? };
        Some((prefix, u8::try_from(digits).ok()?, number))
    }

    /// The number of a text of this form.
    fn number(&self, text: &str) -> Option<u32> {
        let digits = text.strip_prefix(&*self.prefix)?;
        if self.width == 0 {
            return digits.is_empty().then_some(0);
        }
        let fits = digits.len() == usize::from(self.width);
        (fits && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    }

    /// The text of a number.
    pub(crate) fn text(&self, number: u32) -> TextRef<'_> {
        TextRef::numbered(&self.prefix, self.width, number)
    }
}
