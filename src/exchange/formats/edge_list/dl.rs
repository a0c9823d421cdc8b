//! UCINET's DL files, as far as they are lists of edges.

use crate::exchange::fault::Fault;
use crate::exchange::text::{RawRow, RawTable};

/// Whether a text is a DL file.
pub(super) fn is_dl(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    first.eq_ignore_ascii_case("dl") && text.to_ascii_lowercase().contains("data:")
}

/// The rows of a DL file of the format edgelist1: from, to and a weight, if there is one.
pub(super) fn read(file: &str, text: &str, faults: &mut Vec<Fault>) -> Option<RawTable> {
    let at = text.to_ascii_lowercase().find("data:").filter(|at| text.is_char_boundary(*at))?;
    let (head, data) = (text.get(..at)?, text.get(at + "data:".len()..)?);
    let lower = head.to_ascii_lowercase();
    let format = lower.split("format").nth(1).map(|rest| rest.trim_start_matches([' ', '=', '\t']));
    let format =
        format.and_then(|rest| rest.split([' ', ',', '\t', '\r', '\n']).next()).unwrap_or("fullmatrix");
    if !matches!(format, "edgelist1" | "edgelist") {
        let message = format!("it is a DL file of the format {format}");
        let remedy = "save it in the format edgelist1, or as a CSV file with a row for each tie";
        faults.push(Fault::new(file, "csv", message, remedy));
        return None;
    }
    let labels = labels(head);
    let first = 1 + head.matches('\n').count() as u64;
    let lines: Vec<(u64, Vec<String>)> = (first..)
        .zip(data.lines())
        .map(|(row, line)| (row, words(line)))
        .filter(|(_, words)| !words.is_empty())
        .collect();
    let width = lines.iter().map(|(_, words)| words.len()).max().unwrap_or(2).clamp(2, 3);
    let header = ["from", "to", "weight"].iter().take(width).map(|name| (*name).to_owned()).collect();
    let mut rows = Vec::new();
    for (number, mut words) in lines {
        if !matches!(words.len(), 2 | 3) {
            let message = format!("the row has {} words", words.len());
            faults.push(
                Fault::new(file, "csv", message, "write from, to and a weight; quote names with blanks")
                    .at(number),
            );
            continue;
        }
        words.resize(width, String::new());
        let name = |word: &String| {
            let named = word.parse::<usize>().ok().and_then(|number| labels.get(number.checked_sub(1)?));
            named.unwrap_or(word).clone()
        };
        let cells = words.iter().enumerate().map(|(at, word)| if at < 2 { name(word) } else { word.clone() });
        rows.push(RawRow { number, cells: cells.collect() });
    }
    let message = "it is read as a list of edges of UCINET (DL, edgelist1)";
    let warning = Fault::new(file, "csv", message, "nothing is to be done if this is right").warned();
    Some(RawTable {
        file: file.to_owned(),
        header,
        header_row: first,
        rows,
        separator: b' ',
        warnings: vec![warning],
        ..RawTable::default()
    })
}

/// The names that stand behind `labels:`; numbers in the data mean them.
fn labels(head: &str) -> Vec<String> {
    let lower = head.to_ascii_lowercase();
    let list = lower.find("labels:").and_then(|at| head.get(at + "labels:".len()..)).unwrap_or_default();
    words(&list.replace(',', " ").replace(['\r', '\n'], " "))
}

/// The words of a line; quotes keep blanks together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' => rest.get(1..).and_then(|rest| rest.split_once('"')).unwrap_or((rest, "")),
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}
