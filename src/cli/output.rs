//! Formats of data on stdout or in a file.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstyle::AnsiColor;
use clap::{Args, ValueEnum};
use unicode_width::UnicodeWidthStr;

use super::failure::Failure;
use super::interrupt;
use super::table::render;
use super::view::{View, ViewArgs};
use super::visible::{Visible, visible};
use crate::analysis::{Cell, Report};
use crate::files::{Overwrite, refuse_taken, write_file};

/// How data are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Aligned columns for people
    Table,
    /// Comma separated, the first row names the columns
    Csv,
    /// One object with columns, rows, selection and notes
    Json,
    /// One object a row
    Jsonl,
    /// A table for documents
    Markdown,
}

/// Where and how data are written, and which part of them.
#[derive(Args, Clone, Debug)]
pub(super) struct OutputArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    #[command(flatten)]
    pub(super) view: ViewArgs,
}

impl OutputArgs {
    /// Writes a report: data to stdout or the file, which is none of those that were read, notes to stderr.
    pub(super) fn write(&self, report: &Report, inputs: &[&Path]) -> Result<(), Failure> {
        self.place.write_view(report, &self.view, inputs)
    }
}

/// Where and how data are written.
#[derive(Args, Clone, Debug)]
pub(super) struct PlaceArgs {
    /// Format of the data [default: table on a terminal, csv otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Write the data to this file instead of stdout
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write over a file that is there already
    #[arg(long, requires = "output")]
    pub(super) overwrite: bool,
    /// Fail with code 4 where there is nothing to show
    #[arg(long)]
    pub(super) fail_empty: bool,
}

impl PlaceArgs {
    fn format(&self) -> Format {
        let terminal = self.output.is_none() && io::stdout().is_terminal();
        self.format.unwrap_or(if terminal { Format::Table } else { Format::Csv })
    }

    /// Refuses a file that is there already, before anything is read for it.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let Some(path) = &self.output else { return Ok(()) };
        Ok(refuse_taken(path, Overwrite::if_asked(self.overwrite))?)
    }

    /// Writes the whole of a report, as [`OutputArgs::write`].
    pub(super) fn write(&self, report: &Report, inputs: &[&Path]) -> Result<(), Failure> {
        self.write_view(report, &ViewArgs::default(), inputs)
    }

    fn write_view(&self, report: &Report, view: &ViewArgs, inputs: &[&Path]) -> Result<(), Failure> {
        let format = self.format();
        // Bands are for people; files have a column for each number.
        let flat;
        let report = match format {
            Format::Table | Format::Markdown => report,
            Format::Csv | Format::Json | Format::Jsonl => {
                flat = report.flat();
                &flat
            }
        };
        let view = view.view(report)?;
        let notices = match &self.output {
            Some(path) => {
                let overwrite = Overwrite::if_asked(self.overwrite);
                write_file(path, overwrite, inputs, |out| write_report(&view, format, None, out))?
            }
            None => {
                let mut out = stdout();
                let notices = write_report(&view, format, terminal_width(), &mut out)?;
                out.flush().map_err(Failure::io("write to stdout"))?;
                notices
            }
        };
        if format != Format::Json {
            for note in notices.iter().chain(&view.report.notes) {
                say(&format!("note: {note}"));
            }
        }
        if self.fail_empty && report.rows.is_empty() {
            return Err(Failure::NotFound("nothing to show (--fail-empty)".into()));
        }
        Ok(())
    }
}

/// First words of messages, and how they look where colours are wanted.
const MARKS: [(&str, AnsiColor); 3] =
    [("error:", AnsiColor::Red), ("warning:", AnsiColor::Yellow), ("note:", AnsiColor::Cyan)];

/// Where data go that no file is named for. A terminal gets nothing that it would obey.
pub(super) fn stdout() -> BufWriter<Box<dyn Write>> {
    let out = io::stdout().lock();
    BufWriter::new(if out.is_terminal() { Box::new(Visible::new(out)) } else { Box::new(out) })
}

/// Tells the reader something that is not data.
pub(super) fn say(text: &str) {
    let text = &*visible(text);
    let text = &*match stderr_width() {
        Some(width) => Cow::Owned(wrapped(text, width)),
        None => Cow::Borrowed(text),
    };
    let mut stderr = anstream::stderr().lock();
    let mark = MARKS.iter().find_map(|(mark, color)| Some((*mark, *color, text.strip_prefix(mark)?)));
    // A closed stderr leaves no one to tell.
    drop(match mark {
        Some((mark, color, rest)) => {
            let style = color.on_default().bold();
            writeln!(stderr, "{style}{mark}{style:#}{rest}")
        }
        None => writeln!(stderr, "{text}"),
    });
}

/// Tells that the command has done what it was asked for: from here on no signal says otherwise.
pub(super) fn say_done(text: &str) {
    interrupt::done();
    say(text);
}

/// The width of the terminal behind stderr, where there is one.
fn stderr_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stderr())?;
    Some(usize::from(width.0))
}

/// What lines but the first of a message begin with.
const INDENT: &str = "  ";

/// A message in lines no wider than a terminal, broken between words; a word that is wider stands alone.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let words = line.trim_start_matches(' ');
        let mut current = " ".repeat(line.len() - words.len());
        for (at, word) in words.split(' ').enumerate() {
            if at > 0 && current.width() + 1 + word.width() > width {
                lines.push(std::mem::replace(&mut current, INDENT.to_owned() + word));
            } else {
                if at > 0 {
                    current.push(' ');
                }
                current.push_str(word);
            }
        }
        lines.push(current);
    }
    lines.join("\n")
}

/// The width of the terminal behind stdout, where there is one.
pub(super) fn terminal_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Writes a report in a format, a table no wider than `width`; tells what a table does not show.
pub(super) fn write_report(
    view: &View<'_>,
    format: Format,
    width: Option<usize>,
    out: &mut impl Write,
) -> Result<Vec<String>, Failure> {
    let mut notices = Vec::new();
    let wrote = match format {
        Format::Table => {
            let table = render(view, width);
            notices = table.notices(view.report.columns.len());
            out.write_all(table.text.as_bytes())
        }
        Format::Csv => view.text().write_csv(out),
        Format::Json => view.text().write_json(out),
        Format::Jsonl => view.text().write_jsonl(out),
        Format::Markdown => write_markdown(&view.report, out),
    };
    wrote.map_err(Failure::io("write the data"))?;
    Ok(notices)
}

fn write_markdown(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let number = |at: usize| {
        let cells = report.rows.iter().filter_map(|row| row.get(at));
        cells.into_iter().any(|cell| matches!(cell.value(), Cell::Integer(_) | Cell::Float(_)))
    };
    let names = report.columns.iter().map(|column| column.name.to_owned()).collect();
    let rules = (0..report.columns.len()).map(|at| if number(at) { "---:" } else { "---" }.to_owned());
    writeln!(out, "{}", line(names))?;
    writeln!(out, "{}", line(rules.collect()))?;
    for row in &report.rows {
        let shown =
            |cell: &Cell| visible(&cell.to_string().replace('|', "\\|").replace('\n', " ")).into_owned();
        writeln!(out, "{}", line(row.iter().map(shown).collect()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_breaks_between_words() {
        let note = "note: 2010: 22 governments, 3 isolates; left out: nothing";
        let lines = wrapped(note, 30);
        assert_eq!(lines, "note: 2010: 22 governments, 3\n  isolates; left out: nothing");
        assert_eq!(wrapped(note, 200), note);
        // Chinese takes two cells a character, and a word that is too wide stands alone.
        assert_eq!(wrapped("note: 长三角 长三角", 14), "note: 长三角\n  长三角");
        assert_eq!(wrapped("a bcdefghij k", 5), "a\n  bcdefghij\n  k");
        assert_eq!(wrapped("one\n  two three", 8), "one\n  two\n  three");
    }
}
