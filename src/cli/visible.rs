//! Text that a terminal shows and does not obey.
//!
//! A name of the data may hold what terminals take for commands: clear the screen, set the title, fill the clipboard,
//! write from right to left. It is shown as `\u001b`, the way JSON writes it.

use std::borrow::Cow;
use std::io::{self, Write};

/// Controls but for line ends and tabs, and what turns the direction of all that follows.
fn is_command(letter: char) -> bool {
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || letter.is_control() && !matches!(letter, '\n' | '\t')
}

/// The text with every command written out.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_command) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_command(letter) {
            shown.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Passes text on with every command written out.
pub(super) struct Visible<W: Write> {
    out: W,
    /// The beginning of a letter whose other bytes are still to come.
    begun: Vec<u8>,
}

impl<W: Write> Visible<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, begun: Vec::new() }
    }
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.begun.len(),
        };
        let rest = self.begun.split_off(whole);
        let text = std::mem::replace(&mut self.begun, rest);
        self.out.write_all(visible(&String::from_utf8_lossy(&text)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_out_and_all_else_is_kept() {
        let kept = "长三角 Île-de-France\tעיר\nنص 👪 \u{200f}";
        assert!(matches!(visible(kept), Cow::Borrowed(text) if text == kept));
        let attack = "\u{1b}[31mred\u{1b}]0;title\u{7} \r\u{85}\u{202e}evil\u{2069}";
        let shown = "\\u001b[31mred\\u001b]0;title\\u0007 \\u000d\\u0085\\u202eevil\\u2069";
        assert_eq!(visible(attack), shown);
    }

    #[test]
    fn a_letter_that_comes_in_pieces_is_kept() {
        let text = "长\u{1b}三\u{202e}角👪";
        for size in 1..8 {
            let mut out = Visible::new(Vec::new());
            for piece in text.as_bytes().chunks(size) {
                out.write_all(piece).unwrap();
            }
            assert_eq!(String::from_utf8(out.out).unwrap(), visible(text), "{size}");
        }
    }
}
