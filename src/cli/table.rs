//! Tables for people: columns by display width, so that Chinese lines up, and no wider than the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::view::View;
use super::visible::visible;
use crate::analysis::{Cell, MISSING, Report};
use crate::value::counted;

/// Widest cell of a table for people; the machine formats cut nothing.
const WIDEST: usize = 48;
/// A column of text is not made narrower than this to fit the terminal.
const NARROWEST: usize = 24;
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
        let (empty, said): (Vec<_>, Vec<_>) = self.same.iter().partition(|(_, value)| value.is_empty());
        if !said.is_empty() {
            let said: Vec<String> = said.iter().map(|(name, value)| format!("{name} {value}")).collect();
            notices.push(format!("in every row: {}", said.join(", ")));
        }
        if !self.hidden.is_empty() {
            notices.push(format!(
                "{} of {columns} columns fit the terminal; left out: {}",
                columns - self.hidden.len() - self.same.len(),
                self.hidden.join(", ")
            ));
        }
        if !empty.is_empty() {
            let names: Vec<&str> = empty.iter().map(|(name, _)| *name).collect();
            notices.push(format!("empty in every row, not shown: {}", names.join(", ")));
        }
        if self.cut > 0 {
            notices.push(counted(self.cut, "cell is cut", "cells are cut"));
        }
        if self.cut > 0 || !self.hidden.is_empty() {
            notices.push(
                "--columns a,b,c shows the columns that you choose; csv, json, jsonl and markdown show \
                 everything (--format)"
                    .to_owned(),
            );
        }
        notices
    }
}

/// One column: its cells as they are shown, and the width that it gets.
struct Column {
    name: &'static str,
    cells: Vec<String>,
    number: bool,
    /// Its cells are never cut: they are given to other commands.
    whole: bool,
    /// It is shown however narrow the terminal is.
    asked: bool,
    /// Its place among those for which there is room, 0 first.
    place: usize,
    width: usize,
}

impl Column {
    fn of(view: &View<'_>, at: usize, place: usize) -> Option<Self> {
        let report: &Report = &view.report;
        let column = report.columns.get(at)?;
        let own = || report.rows.iter().filter_map(|row| row.get(at));
        let number = |cell: &Cell| matches!(cell.value(), Cell::Integer(_) | Cell::Float(_));
        let cells = own().map(shown).collect();
        Some(Self::new(column.name, cells, own().any(number)).with(place, column.is_id(), view))
    }

    /// The reasons of missing values; else they stand in the cells themselves.
    fn of_reasons(view: &View<'_>) -> Self {
        let cells = view.report.rows.iter().map(|row| shown(&view.text().reasons_of(row)));
        let last = view.report.columns.len();
        Self { asked: true, ..Self::new(MISSING.name, cells.collect(), false).with(last, false, view) }
    }

    fn new(name: &'static str, cells: Vec<String>, number: bool) -> Self {
        let one_line = |cell: &String| visible(&cell.replace(['\n', '\r', '\t'], " ")).into_owned();
        let cells: Vec<String> = cells.iter().map(one_line).collect();
        Self { name, cells, number, whole: number, asked: false, place: 0, width: 0 }
    }

    fn with(mut self, place: usize, id: bool, view: &View<'_>) -> Self {
        self.whole = self.number || id;
        self.asked = view.asked.contains(&self.name);
        self.place = place;
        let widest = self.cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        let widest = if self.whole { widest } else { widest.min(WIDEST) };
        self.width = widest.max(self.name.width());
        self
    }

    /// The value that all rows share, empty or not; one row alone shares nothing but emptiness.
    fn shared(&self) -> Option<&str> {
        let (first, rest) = self.cells.split_first()?;
        (first.is_empty() || !rest.is_empty()).then_some(())?;
        rest.iter().all(|cell| cell == first).then_some(first)
    }

    /// The least width at which it still says something; numbers and ids are never cut.
    fn least(&self) -> usize {
        if self.whole { self.width } else { self.width.min(NARROWEST.max(self.name.width())) }
    }
}

/// The table; `limit` is the width of the terminal, where there is one.
pub(super) fn render(view: &View<'_>, limit: Option<usize>) -> Table {
    let mut order = vec![0; view.report.columns.len()];
    for (place, at) in view.report.by_weight().into_iter().enumerate() {
        order[at] = place;
    }
    let mut columns: Vec<Column> =
        order.iter().enumerate().filter_map(|(at, place)| Column::of(view, at, *place)).collect();
    if view.reasons && view.asked.contains(&MISSING.name) {
        columns.push(Column::of_reasons(view));
    }
    let (same, hidden) = limit.map_or_else(Default::default, |limit| fit(&mut columns, limit));
    let mut text = String::new();
    let head = columns.iter().map(|column| padded(column.name, column));
    line(&mut text, head);
    line(&mut text, columns.iter().map(|column| "─".repeat(column.width)));
    let mut cut = 0;
    for row in 0..view.report.rows.len() {
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

/// Makes the columns fit: what all rows share goes first, then those narrow, and go, that count least
/// ([`Report::by_weight`]). A column that is asked for stays.
fn fit(columns: &mut Vec<Column>, limit: usize) -> MadeRoom {
    let (mut same, mut hidden) = (Vec::new(), Vec::new());
    let wide = |columns: &[Column]| total(columns, |column| column.width) > limit;
    if wide(columns) && columns.iter().any(|column| column.shared().is_none()) {
        columns.retain(|column| {
            let shared = column.shared().filter(|_| !column.asked);
            let shared = shared.map(|value| (column.name, value.to_owned()));
            let keep = shared.is_none();
            same.extend(shared);
            keep
        });
    }
    while columns.len() > 1 && total(columns, Column::least) > limit {
        let droppable = columns.iter().enumerate().filter(|(_, column)| !column.asked);
        let Some((at, _)) = droppable.max_by_key(|(_, column)| column.place) else { break };
        hidden.push(columns.remove(at).name);
    }
    hidden.reverse();
    while wide(columns) {
        let narrowable = columns.iter_mut().filter(|column| column.width > column.least());
        let Some(last) = narrowable.max_by_key(|column| column.place) else { break };
        last.width -= 1;
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
        Cell::List(texts) => texts.join("; "),
        Cell::Band(band) => {
            format!("{} [{}, {}]", shown(&band.value), shown(&band.certain), shown(&band.possible))
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
    use crate::analysis::{Column as Spec, Measure};

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
        let table = render(&View::whole(&report), None);
        let lines: Vec<&str> = table.text.lines().collect();
        assert_eq!(lines, ["name    ties", "──────  ────", "杭州市    12", "Huzhou     3"]);
        assert_eq!((table.cut, table.hidden.len()), (0, 0));
        assert!(table.notices(2).is_empty());
    }

    #[test]
    fn a_long_cell_is_cut_and_counted() {
        let report = report(&["name"], &[&["长".repeat(60).into()]]);
        let table = render(&View::whole(&report), None);
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
        assert_eq!(render(&View::whole(&wide), Some(65)).cut, 0);
        let narrowed = render(&View::whole(&wide), Some(60));
        assert!(narrowed.hidden.is_empty() && narrowed.cut > 0);
        assert!(narrowed.text.lines().all(|line| line.width() <= 60), "{}", narrowed.text);
        assert!(narrowed.text.contains("1234567"));
        let dropped = render(&View::whole(&wide), Some(40));
        assert_eq!(dropped.hidden, ["note"]);
        assert!(dropped.text.lines().all(|line| line.width() <= 40), "{}", dropped.text);
        assert_eq!(dropped.notices(3)[0], "2 of 3 columns fit the terminal; left out: note");
    }

    #[test]
    fn what_all_rows_share_makes_room_first() {
        let row = |last: &str| [Cell::from("x".repeat(20)), "".into(), last.repeat(20).into()];
        let report = report(&["a", "empty", "b"], &[&row("y"), &row("z")]);
        let table = render(&View::whole(&report), Some(40));
        let expected = [("a", "x".repeat(20)), ("empty", String::new())];
        assert_eq!((table.same.as_slice(), table.cut, table.hidden.len()), (&expected[..], 0, 0));
        let told =
            [format!("in every row: a {}", "x".repeat(20)), "empty in every row, not shown: empty".into()];
        assert_eq!(table.notices(3), told);
        assert!(render(&View::whole(&report), Some(60)).same.is_empty());
    }

    /// At 80 columns there is room for less than half of the columns of this measure.
    #[test]
    fn what_a_measure_answers_comes_before_what_all_measures_count() {
        let measure = Measure::find("polycentricity").unwrap();
        let head = ["date", "governments", "isolates", "tied_pairs"];
        let names: Vec<&str> =
            head.into_iter().chain(measure.columns.iter().map(|column| column.name)).collect();
        let specs: Vec<Spec> =
            head.iter().map(|name| Spec { name, unit: "" }).chain(measure.columns.iter().copied()).collect();
        let mut report = Report::new("", &specs);
        for year in [2010, 2011] {
            report.push((0..names.len()).map(|at| Cell::Integer(year + at as i64)).collect());
        }
        report.measure = Some("polycentricity");
        let table = render(&View::whole(&report), Some(80));
        let shown: Vec<&str> = table.text.lines().next().unwrap().split_whitespace().collect();
        // 4, 14, 7, 21 and 23 cells and four gaps of 2 make 77.
        assert_eq!(
            shown,
            ["date", "density", "degree_centralization", "polycentricity", "polycentricity_strength"]
        );
        let told = &table.notices(names.len())[0];
        assert!(told.starts_with("5 of 16 columns fit the terminal; left out: rank_size_slope, "), "{told}");
    }

    #[test]
    fn an_id_is_never_cut_and_what_is_asked_for_never_left_out() {
        let columns = [
            Spec { name: "name", unit: "" },
            Spec { name: "arrangement", unit: "id" },
            Spec { name: "other_code", unit: "" },
            Spec { name: "note", unit: "" },
        ];
        let row = |id: &str| {
            ["长".repeat(20), id.repeat(30), id.repeat(20), id.repeat(40)].map(Cell::from).to_vec()
        };
        let mut report = Report::new("", &columns);
        report.rows = vec![row("a"), row("b")];
        let table = render(&View::whole(&report), Some(60));
        assert!(
            table.text.contains(&"a".repeat(30)) && table.text.contains(&"b".repeat(20)),
            "{}",
            table.text
        );
        assert_eq!((table.hidden.as_slice(), table.cut), (&["note"][..], 0));
        let asked = View { asked: vec!["note"], ..View::whole(&report) };
        let table = render(&asked, Some(60));
        assert_eq!(table.hidden, ["other_code"]);
    }

    #[test]
    fn columns_without_any_value_are_counted_as_such() {
        let row = |last: &str| [Cell::from(last.repeat(20)), "".into(), "".into(), last.repeat(30).into()];
        let report = report(&["a", "b", "c", "d"], &[&row("y"), &row("z")]);
        let told = render(&View::whole(&report), Some(25)).notices(4);
        assert_eq!(told[0], "1 of 4 columns fit the terminal; left out: d");
        assert_eq!(told[1], "empty in every row, not shown: b, c");
    }

    #[test]
    fn small_numbers_do_not_become_zero() {
        assert_eq!(shown(&Cell::Float(0.000_01)), "1.0e-5");
        assert_eq!(shown(&Cell::Float(0.123_45)), "0.1235");
        assert_eq!(shown(&Cell::Float(0.0)), "0");
    }
}
