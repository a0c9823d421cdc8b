//! Which characters do bytes stand for? UTF-8 first; what is not is told, and guessed only where it is certain.

use std::borrow::Cow;
use std::str::FromStr;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::exchange::fault::{Fault, Setting};
use crate::exchange::limits::FAULTS;

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

/// A text that names no encoding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{text}” is not an encoding that is known; write e.g. UTF-8, UTF-16LE, GB18030, Big5, Shift_JIS, EUC-KR, windows-1252"
)]
pub struct EncodingError {
    /// What was read.
    pub text: String,
}

impl TextEncoding {
    /// Its name, e.g. `GB18030` or `windows-1252`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// Reads a name of an encoding as browsers do, in any case: `gbk`, `latin1`, `shift-jis`; and `cp1252` or `cp936`.
impl FromStr for TextEncoding {
    type Err = EncodingError;

    fn from_str(text: &str) -> Result<Self, EncodingError> {
        let lower = text.trim().to_lowercase();
        let code_pages = [
            ("cp936", "gbk"),
            ("cp950", "big5"),
            ("cp932", "shift_jis"),
            ("cp949", "euc-kr"),
            ("big-5", "big5"),
        ];
        let label =
            code_pages.iter().find(|(own, _)| *own == lower).map_or(lower.as_str(), |(_, label)| label);
        let found = Encoding::for_label_no_replacement(label.as_bytes()).filter(|found| {
            // GBK is a part of GB18030.
            found.name() != "x-user-defined"
        });
        let found = found.map(|found| if found == GBK { GB18030 } else { found });
        found.map(Self).ok_or_else(|| EncodingError { text: text.to_owned() })
    }
}

/// The encoding of bytes that begin with a mark of UTF-16.
pub(super) fn utf16_of(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether an encoding writes letters of ASCII in two bytes.
pub(super) fn is_wide(encoding: Option<TextEncoding>) -> bool {
    encoding.is_some_and(|encoding| encoding.0 == UTF_16LE || encoding.0 == UTF_16BE)
}

/// Text, and what is to be said of the way it was read.
pub(super) struct Decoded<'b> {
    pub(super) text: Cow<'b, str>,
    pub(super) warning: Option<Fault>,
}

/// The text of a file.
///
/// # Errors
/// The faults of its rows, or of the file.
pub(super) fn decode<'b>(
    file: &str,
    bytes: &'b [u8],
    wanted: Option<TextEncoding>,
) -> Result<Decoded<'b>, Vec<Fault>> {
    if let Some(encoding) = utf16_of(bytes) {
        return read_as(file, bytes.get(2..).unwrap_or_default(), encoding);
    }
    let (bytes, marked) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let utf8 = std::str::from_utf8(bytes);
    match (wanted.filter(|_| !marked), utf8) {
        (Some(TextEncoding(encoding)), utf8) if encoding != UTF_8 && !utf8.is_ok_and(str::is_ascii) => {
            let mut read = read_as(file, bytes, encoding)?;
            if let (Some(warning), Ok(_)) = (&mut read.warning, utf8) {
                warning.message.push_str("; it would be right as UTF-8 too");
            }
            Ok(read)
        }
        (_, Ok(text)) => Ok(Decoded { text: Cow::Borrowed(text), warning: None }),
        (wanted, Err(_)) if wanted.is_some() || marked || is_mostly_utf8(bytes) => {
            Err(rows_that_are_not_utf8(file, bytes))
        }
        (_, Err(error)) => guess(file, bytes, error.valid_up_to()),
    }
}

/// What is not UTF-8: Chinese where that is certain, else refused with the encoding that it may be.
fn guess<'b>(file: &str, bytes: &'b [u8], valid: usize) -> Result<Decoded<'b>, Vec<Fault>> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    let bytes_of_mark = bytes.strip_prefix(b"\x84\x31\x95\x33");
    if bytes_of_mark.is_some() || (guessed == GBK || guessed == GB18030) && is_surely_chinese(bytes) {
        return read_as(file, bytes_of_mark.unwrap_or(bytes), GB18030);
    }
    let guessed = if guessed == GBK { GB18030 } else { guessed };
    let message = "the text is not UTF-8, and its encoding is not certain";
    let fault = match guessed.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) if guessed != UTF_8 => {
            let remedy = format!(
                "save the file as CSV UTF-8, or name its encoding; as {} it says {}",
                guessed.name(),
                first_words(&text)
            );
            let setting = Setting::Encoding(guessed.name());
            Fault::new(file, "encoding", message, remedy).advised(setting)
        }
        _ => Fault::new(file, "encoding", message, "save the file as CSV UTF-8"),
    };
    Err(vec![fault.at(row_at(bytes, valid))])
}

/// Reads bytes in an encoding and says so.
fn read_as<'b>(file: &str, bytes: &'b [u8], encoding: &'static Encoding) -> Result<Decoded<'b>, Vec<Fault>> {
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) else {
        let message = format!("the text is not {} throughout", encoding.name());
        let remedy = "save the file as CSV UTF-8, or name another encoding";
        return Err(vec![Fault::new(file, "encoding", message, remedy)]);
    };
    let words = first_words(&text);
    let shown = if words.is_empty() { String::new() } else { format!(": {words}") };
    let message = format!("the file is not UTF-8 and was read as {}{shown}", encoding.name());
    let remedy = "check these words; save the file as CSV UTF-8 if they are wrong";
    let warning = Fault { warning: true, ..Fault::new(file, "encoding", message, remedy) };
    Ok(Decoded { text, warning: Some(warning) })
}

/// The first three words that are not ASCII, as they are read.
fn first_words(text: &str) -> String {
    let cells = text.split([',', ';', '\t', '|', '"', '\r', '\n']).map(str::trim);
    let mut words: Vec<String> = Vec::new();
    for cell in cells.filter(|cell| !cell.is_ascii()) {
        let word = format!("“{}”", cell.chars().take(30).collect::<String>());
        if !words.contains(&word) {
            words.push(word);
        }
        if words.len() == 3 {
            break;
        }
    }
    words.join(", ")
}

/// Whether more bytes beyond ASCII belong to characters of UTF-8 than do not, or a whole row is UTF-8 beyond chance:
/// read otherwise they would turn into other characters.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    let is_clear = |line: &[u8]| {
        let wide = |text: &str| text.chars().filter(|character| *character >= '\u{800}').count() > 1;
        std::str::from_utf8(line).is_ok_and(wide)
    };
    good > bad || bytes.split(|byte| *byte == b'\n').any(is_clear)
}

/// A fault for each row that is not UTF-8.
fn rows_that_are_not_utf8(file: &str, bytes: &[u8]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (row, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if std::str::from_utf8(line).is_ok() || faults.len() > FAULTS {
            continue;
        }
        let cell =
            line.split(|byte| b",;\t|\"\r".contains(byte)).find(|cell| std::str::from_utf8(cell).is_err());
        let cell = String::from_utf8_lossy(cell.unwrap_or(line));
        let message = format!("“{}” is not UTF-8", cell.chars().take(30).collect::<String>());
        let remedy = "the rest of the file is: correct the row, or save the whole file as CSV UTF-8";
        faults.push(Fault::new(file, "encoding", message, remedy).at(row));
    }
    faults
}

/// The number of the row in which a byte stands.
fn row_at(bytes: &[u8], at: usize) -> u64 {
    let before = bytes.get(..at).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Whether bytes are the characters that Chinese text is made of.
///
/// The 3,755 most common ones of GB 2312 stand at B0A1–D7FA in the order of their sounds, the others at D8A1–F7FE.
/// Korean syllables fill B0A1–C8FE in the same way, so that a text without any character past it may be either.
fn is_surely_chinese(bytes: &[u8]) -> bool {
    let (mut all, mut common, mut late, mut rare) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut rest = bytes.iter().copied();
    while let Some(lead) = rest.next() {
        if lead.is_ascii() {
            continue;
        }
        let Some(trail) = rest.next() else { break };
        all += 1;
        match (lead, trail) {
            (_, 0x30..=0x39) => {
                rest.next();
                rest.next();
                rare += 1;
            }
            (0xB0..=0xD7, 0xA1..=0xFE) => {
                common += 1;
                late += u32::from(lead > 0xC8);
            }
            (0xD8..=0xF7, 0xA1..=0xFE) => late += 1,
            (0xA1..=0xA9, 0xA1..=0xFE) => all -= 1,
            _ => rare += 1,
        }
    }
    all > 1 && common * 10 >= all * 6 && late * 10 >= all && rare * 5 <= all
}
