//! Tables for people: columns by display width, so that Chinese lines up.

use unicode_width::UnicodeWidthStr;

use crate::analysis::{Cell, Report};

/// Widest cell of a table for people; the machine formats cut nothing.
const WIDEST: usize = 48;

/// How a cell looks to people: numbers with four decimals at most.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Cell::Float(number) => {
            let text = format!("{number:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        cell => cell.to_string(),
    }
}

/// The text cut to a display width, with a mark where something was cut.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if kept.width() + UnicodeWidthStr::width(character.encode_utf8(&mut [0; 4])) + 1 > width {
            break;
        }
        kept.push(character);
    }
    kept + "…"
}

/// The table, and how many cells were cut.
pub(super) fn render(report: &Report) -> (String, usize) {
    let mut cut_cells = 0;
    let rows: Vec<Vec<(String, bool)>> = report
        .rows
        .iter()
        .map(|row| {
            let cells = row.iter().map(|cell| {
                let full = shown(cell).replace(['\n', '\r', '\t'], " ");
                let text = cut(&full, WIDEST);
                cut_cells += usize::from(text != full);
                (text, matches!(cell, Cell::Integer(_) | Cell::Float(_)))
            });
            cells.collect()
        })
        .collect();
    let widths: Vec<usize> = report
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|(text, _)| text.width());
            cells.chain([column.name.width()]).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    let head: Vec<(String, bool)> =
        report.columns.iter().map(|column| (column.name.to_owned(), false)).collect();
    line(&mut out, &head, &widths);
    let rule: Vec<(String, bool)> = widths.iter().map(|width| ("─".repeat(*width), false)).collect();
    line(&mut out, &rule, &widths);
    for row in &rows {
        line(&mut out, row, &widths);
    }
    (out, cut_cells)
}

fn line(out: &mut String, cells: &[(String, bool)], widths: &[usize]) {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .map(|((text, right), width)| {
            let gap = " ".repeat(width.saturating_sub(text.width()));
            if *right { gap + text } else { text.clone() + &gap }
        })
        .collect();
    out.push_str(padded.join("  ").trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Column;

    #[test]
    fn chinese_takes_two_cells() {
        let columns = [Column { name: "name", unit: "" }, Column { name: "ties", unit: "" }];
        let mut report = Report::new("", &columns);
        report.push(vec!["杭州市".into(), Cell::Integer(12)]);
        report.push(vec!["Huzhou".into(), Cell::Integer(3)]);
        let (text, cut) = render(&report);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines, ["name    ties", "──────  ────", "杭州市    12", "Huzhou     3"]);
        assert_eq!(cut, 0);
    }

    #[test]
    fn a_long_cell_is_cut_and_counted() {
        let mut report = Report::new("", &[Column { name: "name", unit: "" }]);
        report.push(vec!["长".repeat(60).into()]);
        let (text, cut) = render(&report);
        assert_eq!(cut, 1);
        assert!(text.lines().all(|line| line.width() <= WIDEST));
    }
}
