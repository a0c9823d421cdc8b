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
    let narrow: String = text.nfkc().filter(|character| !character.is_whitespace()).collect();
    simplet2s::convert(&narrow).to_lowercase()
}
