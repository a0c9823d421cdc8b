//! How text is stored and how it is searched (rule S24).

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The form in which names are stored: NFC, otherwise as given.
#[must_use]
pub fn normalize(text: &str) -> String {
    // Nearly all text is in NFC already, which is far cheaper to see than to make.
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.to_owned();
    }
    text.nfc().collect()
}

/// The form in which names are compared: width, case, spaces, and traditional against simplified
/// Chinese characters are folded away.
///
/// ```
/// use intergov::value::fold;
/// assert_eq!(fold("廣東省"), fold("广东省"));
/// assert_eq!(fold("Ｎew  York"), fold("new york"));
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
    }
    let narrow: String = text.nfkc().filter(|character| !character.is_whitespace()).collect();
    simplet2s::convert(&narrow).to_lowercase()
}

/// As [`fold`], and diacritics, hyphens, apostrophes, dots and commas are folded away too: how a name is found that
/// is spelt a little otherwise. The form is kept nowhere, so that it may change.
///
/// ```
/// use intergov::value::fold_marks;
/// assert_eq!(fold_marks("Zürich"), "zurich");
/// assert_eq!(fold_marks("L’Oie"), fold_marks("L'OIE"));
/// assert_eq!(fold_marks("Saint-Bois"), fold_marks("Saint Bois"));
/// ```
#[must_use]
pub fn fold_marks(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in fold(text).nfd().filter(|letter| !is_mark(*letter)) {
        match letter {
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            letter => folded.push(letter),
        }
    }
    folded
}

/// Combining diacritics, and the signs that names are spelt with or without.
fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{300}'..='\u{36f}'
            | '-' | '\u{2010}'..='\u{2015}'
            | '\'' | '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{02bb}' | '`' | '´'
            | '.' | ',' | '·' | '•' | '・' | '、'
    )
}
