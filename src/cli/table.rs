//! Tables for people: columns by display width, so that Chinese lines up, and no wider than the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::visible::visible;
use crate::analysis::{Cell, Report};

/// Widest cell of a table for people; the machine formats cut nothing.
const WIDEST: usize = 48;
/// A column of text is not made narrower than this to fit the terminal.
const NARROWEST: usize = 14;
/// Blanks between columns.
const GAP: usize = 2;

/// A table, and what a reader does not see of it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) text: String,
    /// Cells that are cut.
    pub(super) cut: usize,
    /// Columns that say the same in every row, and what; they are told beside the table to make room.
    pub(super) same: Vec<(&'static str, String)>,
    /// Columns that are left out because the terminal is too narrow.
    pub(super) hidden: Vec<&'static str>,
}

impl Table {
    /// What a reader does not see, in words.
    pub(super) fn notices(&self, columns: usize) -> Vec<String> {
        let mut notices = Vec::new();
        let said = self.same.iter().filter(|(_, value)| !value.is_empty());
        let said: Vec<String> = said.map(|(name, value)| format!("{name} {value}")).collect();
        if !said.is_empty() {
            notices.push(format!("in every row: {}", said.join(", ")));
        }
        if !self.hidden.is_empty() {
            notices.push(format!(
                "{} of {columns} columns fit the terminal; left out: {}",
                columns - self.hidden.len() - self.same.len(),
                self.hidden.join(", ")
            ));
        }
        if self.cut > 0 {
            let are = if self.cut == 1 { "cell is" } else { "cells are" };
            notices.push(format!("{} {are} cut", self.cut));
        }
        if self.cut > 0 || !self.hidden.is_empty() {
            notices.push("csv, json, jsonl and markdown show everything (--format)".to_owned());
        }
        notices
    }
}

/// One column: its cells as they are shown, and the width that it gets.
struct Column {
    name: &'static str,
    cells: Vec<String>,
    number: bool,
    width: usize,
}

impl Column {
    fn of(report: &Report, at: usize, name: &'static str) -> Self {
        let own = || report.rows.iter().filter_map(|row| row.get(at));
        let number = |cell: &Cell| matches!(cell, Cell::Integer(_) | Cell::Float(_));
        let cells: Vec<String> =
            own().map(|cell| visible(&shown(cell).replace(['\n', '\r', '\t'], " ")).into_owned()).collect();
        let widest = cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        let number = own().any(number);
        let widest = if number { widest } else { widest.min(WIDEST) };
        Self { name, cells, number, width: widest.max(name.width()) }
    }

    /// The value that all rows share, empty or not; one row alone shares nothing but emptiness.
    fn shared(&self) -> Option<&str> {
        let (first, rest) = self.cells.split_first()?;
        (first.is_empty() || !rest.is_empty()).then_some(())?;
        rest.iter().all(|cell| cell == first).then_some(first)
    }

    /// The least width at which it still says something; numbers are never cut.
    fn least(&self) -> usize {
        if self.number { self.width } else { self.width.min(NARROWEST.max(self.name.width())) }
    }
}

/// The table; `limit` is the width of the terminal, where there is one.
pub(super) fn render(report: &Report, limit: Option<usize>) -> Table {
    let mut columns: Vec<Column> =
        report.columns.iter().enumerate().map(|(at, column)| Column::of(report, at, column.name)).collect();
    let (same, hidden) = limit.map_or_else(Default::default, |limit| fit(&mut columns, limit));
    let mut text = String::new();
    let head = columns.iter().map(|column| padded(column.name, column));
    line(&mut text, head);
    line(&mut text, columns.iter().map(|column| "─".repeat(column.width)));
    let mut cut = 0;
    for row in 0..report.rows.len() {
        let cells = columns.iter().map(|column| {
            let full = column.cells.get(row).map_or("", String::as_str);
            let kept = cut_to(full, column.width);
            cut += usize::from(kept != full);
            padded(&kept, column)
        });
        let cells: Vec<String> = cells.collect();
        line(&mut text, cells.into_iter());
    }
    Table { text, cut, same, hidden }
}

/// Columns that all rows share, and columns for which there is no room.
type MadeRoom = (Vec<(&'static str, String)>, Vec<&'static str>);

/// Makes the columns fit: what all rows share goes first, then wide ones narrow, then the last ones go.
fn fit(columns: &mut Vec<Column>, limit: usize) -> MadeRoom {
    let (mut same, mut hidden) = (Vec::new(), Vec::new());
    let wide = |columns: &[Column]| total(columns, |column| column.width) > limit;
    if wide(columns) && columns.iter().any(|column| column.shared().is_none()) {
        columns.retain(|column| {
            let shared = column.shared().map(|value| (column.name, value.to_owned()));
            let keep = shared.is_none();
            same.extend(shared);
            keep
        });
    }
    while columns.len() > 1 && total(columns, Column::least) > limit {
        hidden.extend(columns.pop().map(|column| column.name));
    }
    hidden.reverse();
    while wide(columns) {
        let widest = columns.iter_mut().filter(|column| column.width > column.least());
        let Some(widest) = widest.max_by_key(|column| column.width) else { break };
        widest.width -= 1;
    }
    (same, hidden)
}

fn total(columns: &[Column], width: impl Fn(&Column) -> usize) -> usize {
    columns.iter().map(width).sum::<usize>() + GAP * columns.len().saturating_sub(1)
}

/// How a cell looks to people: numbers with four decimals at most.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Cell::Float(number) if number.abs() < 0.000_05 => format!("{number:.1e}"),
        Cell::Float(number) => {
            let text = format!("{number:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        cell => cell.to_string(),
    }
}

/// The text cut to a display width, with a mark where something was cut.
fn cut_to(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        kept.push(character);
    }
    kept + "…"
}

fn padded(text: &str, column: &Column) -> String {
    let gap = " ".repeat(column.width.saturating_sub(text.width()));
    if column.number { gap + text } else { text.to_owned() + &gap }
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    out.push_str(cells.join(&" ".repeat(GAP)).trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Column as Spec;

    fn report(names: &[&'static str], rows: &[&[Cell]]) -> Report {
        let columns: Vec<Spec> = names.iter().map(|name| Spec { name, unit: "" }).collect();
        let mut report = Report::new("", &columns);
        rows.iter().for_each(|row| report.push(row.to_vec()));
        report
    }

    #[test]
    fn chinese_takes_two_cells_and_numbers_stand_right() {
        let report = report(
            &["name", "ties"],
            &[&["杭州市".into(), Cell::Integer(12)], &["Huzhou".into(), Cell::Integer(3)]],
        );
        let table = render(&report, None);
        let lines: Vec<&str> = table.text.lines().collect();
        assert_eq!(lines, ["name    ties", "──────  ────", "杭州市    12", "Huzhou     3"]);
        assert_eq!((table.cut, table.hidden.len()), (0, 0));
        assert!(table.notices(2).is_empty());
    }

    #[test]
    fn a_long_cell_is_cut_and_counted() {
        let report = report(&["name"], &[&["长".repeat(60).into()]]);
        let table = render(&report, None);
        assert_eq!(table.cut, 1);
        assert!(table.text.lines().all(|line| line.width() <= WIDEST));
        assert_eq!(table.notices(1)[0], "1 cell is cut");
    }

    #[test]
    fn a_narrow_terminal_narrows_text_then_drops_the_last_columns() {
        let cells =
            || [Cell::from("长江三角洲城市经济协调会"), Cell::Integer(1_234_567), "x".repeat(30).into()];
        let names = ["arrangement", "count", "note"];
        let wide = report(&names, &[&cells()]);
        // 24 + 7 + 30 and two gaps of 2.
        assert_eq!(render(&wide, Some(65)).cut, 0);
        let narrowed = render(&wide, Some(50));
        assert!(narrowed.hidden.is_empty() && narrowed.cut > 0);
        assert!(narrowed.text.lines().all(|line| line.width() <= 50), "{}", narrowed.text);
        assert!(narrowed.text.contains("1234567"));
        let dropped = render(&wide, Some(25));
        assert_eq!(dropped.hidden, ["note"]);
        assert!(dropped.text.lines().all(|line| line.width() <= 25), "{}", dropped.text);
        assert_eq!(dropped.notices(3)[0], "2 of 3 columns fit the terminal; left out: note");
    }

    #[test]
    fn what_all_rows_share_makes_room_first() {
        let row = |last: &str| [Cell::from("x".repeat(20)), "".into(), last.repeat(20).into()];
        let report = report(&["a", "empty", "b"], &[&row("y"), &row("z")]);
        let table = render(&report, Some(40));
        let expected = [("a", "x".repeat(20)), ("empty", String::new())];
        assert_eq!((table.same.as_slice(), table.cut, table.hidden.len()), (&expected[..], 0, 0));
        assert_eq!(table.notices(3), [format!("in every row: a {}", "x".repeat(20))]);
        assert!(render(&report, Some(60)).same.is_empty());
    }

    #[test]
    fn small_numbers_do_not_become_zero() {
        assert_eq!(shown(&Cell::Float(0.000_01)), "1.0e-5");
        assert_eq!(shown(&Cell::Float(0.123_45)), "0.1235");
        assert_eq!(shown(&Cell::Float(0.0)), "0");
    }
}
