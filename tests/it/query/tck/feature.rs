//! Reads the feature files of the kit: scenarios, outlines with their examples, tables, texts.

use std::fs;
use std::path::{Path, PathBuf};

/// A step of a scenario.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) text: String,
    pub(super) doc: Option<String>,
    pub(super) table: Vec<Vec<String>>,
}

/// One scenario; an outline gives one for each row of its examples.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    /// The folders between `features` and the file: `clauses/match`.
    pub(super) category: String,
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

/// All scenarios below a folder, in the order of paths.
pub(super) fn scenarios(root: &Path) -> Vec<Scenario> {
    let mut all = Vec::new();
    for file in files(root) {
        let below = file.strip_prefix(root).unwrap();
        let category = below.parent().unwrap().to_str().unwrap().to_owned();
        let name = file.file_stem().unwrap().to_str().unwrap();
        read(&fs::read_to_string(&file).unwrap(), &category, name, &mut all);
    }
    all
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "feature") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A scenario as it stands in the file.
#[derive(Default)]
struct Draft {
    name: String,
    steps: Vec<Step>,
    examples: Vec<Vec<Vec<String>>>,
    in_examples: bool,
}

/// What stands before the steps that all scenarios of a file begin with.
const BACKGROUND: &str = "Background:";

fn read(text: &str, category: &str, file: &str, all: &mut Vec<Scenario>) {
    let mut draft: Option<Draft> = None;
    let mut background: Vec<Step> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if trimmed.is_empty()
            || trimmed.starts_with('#')
            || trimmed.starts_with('@')
            || trimmed.starts_with("Feature:")
        {
            continue;
        }
        if let Some(name) =
            trimmed.strip_prefix("Scenario:").or_else(|| trimmed.strip_prefix("Scenario Outline:"))
        {
            match draft.take() {
                Some(own) if own.name == BACKGROUND => background = own.steps,
                own => finish(own, category, file, all),
            }
            draft =
                Some(Draft { name: name.trim().to_owned(), steps: background.clone(), ..Draft::default() });
            continue;
        }
        if trimmed == BACKGROUND {
            draft = Some(Draft { name: BACKGROUND.to_owned(), ..Draft::default() });
            continue;
        }
        let Some(own) = &mut draft else { continue };
        if trimmed.starts_with("Examples:") {
            own.in_examples = true;
            own.examples.push(Vec::new());
        } else if trimmed.starts_with('|') {
            let table = if own.in_examples {
                own.examples.last_mut()
            } else {
                own.steps.last_mut().map(|step| &mut step.table)
            };
            table.unwrap().push(cells(trimmed));
        } else if trimmed.starts_with("\"\"\"") {
            let indent = line.len() - line.trim_start().len();
            let mut doc = Vec::new();
            for line in lines.by_ref() {
                if line.trim().starts_with("\"\"\"") {
                    break;
                }
                doc.push(line.get(indent..).unwrap_or(line.trim_start()));
            }
            own.steps.last_mut().unwrap().doc = Some(doc.join("\n"));
        } else {
            let text = ["Given ", "When ", "Then ", "And ", "But "]
                .iter()
                .find_map(|word| trimmed.strip_prefix(word));
            let text = text.unwrap_or_else(|| panic!("{category}/{file}: {trimmed}")).trim().to_owned();
            own.steps.push(Step { text, doc: None, table: Vec::new() });
        }
    }
    finish(draft, category, file, all);
}

/// The cells of a row of a table; a backslash stands before a bar or a backslash.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut letters = line.trim().trim_start_matches('|').chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some(next @ ('|' | '\\'))) => {
                cells.last_mut().unwrap().push(*next);
                letters.next();
            }
            ('|', _) => cells.push(String::new()),
            (letter, _) => cells.last_mut().unwrap().push(letter),
        }
    }
    cells.pop();
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

fn finish(draft: Option<Draft>, category: &str, file: &str, all: &mut Vec<Scenario>) {
    let Some(draft) = draft else { return };
    let name = format!("{file}: {}", draft.name);
    if draft.examples.is_empty() {
        all.push(Scenario { category: category.to_owned(), name, steps: draft.steps });
        return;
    }
    for table in draft.examples {
        let Some((header, rows)) = table.split_first() else { continue };
        for row in rows {
            let fill = |text: &str| {
                header
                    .iter()
                    .zip(row)
                    .fold(text.to_owned(), |text, (key, value)| text.replace(&format!("<{key}>"), value))
            };
            let steps = draft.steps.iter().map(|step| Step {
                text: fill(&step.text),
                doc: step.doc.as_deref().map(fill),
                table: step.table.iter().map(|row| row.iter().map(|cell| fill(cell)).collect()).collect(),
            });
            let name = format!("{name} {row:?}");
            all.push(Scenario { category: category.to_owned(), name, steps: steps.collect() });
        }
    }
}
