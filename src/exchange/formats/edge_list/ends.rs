//! Which government does a name of a list mean, and which ones are new?

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::name_set::NameSet;
use crate::exchange::cell::visible;
use crate::exchange::fault::{Fault, Setting};
use crate::exchange::limits::SUGGESTED;
use crate::exchange::remarks::{Oddity, Remarks, invisible, name_of_nothing};
use crate::graph::NodeIx;
use crate::relations::vocabulary::label;
use crate::relations::{Kind, LookupError, Names};
use crate::value::{Date, Day, Validity, fold};

/// Where a name stands.
#[derive(Clone, Copy)]
pub(super) struct NameCell<'c, 't> {
    pub(super) file: &'c str,
    pub(super) row: u64,
    pub(super) column: &'c str,
    pub(super) text: &'t str,
}

impl NameCell<'_, '_> {
    fn fault(&self, rule: &'static str, message: String, remedy: &str) -> Fault {
        Fault::new(self.file, rule, message, remedy).at(self.row).of(self.column)
    }
}

/// A government that a cell means.
#[derive(Clone, Debug)]
pub(super) struct MeantGovernment<'t> {
    pub(super) id: Cow<'t, str>,
    pub(super) life: Validity,
    /// Whether this cell is the first one that names it, and so founds it.
    pub(super) is_new: bool,
}

/// Finds and founds governments.
pub(super) struct GovernmentFinder<'n> {
    names: &'n Names,
    /// Whether there is any government to find.
    some: bool,
    /// Whether unknown ones are founded.
    founds: bool,
    founded: NameSet,
    /// Governments that all rows together found.
    known: Option<&'n NameSet>,
    /// Folded names of the founded ones, with the name and the row that came first.
    folded: HashMap<String, (String, u64)>,
    /// Variants that were told already.
    told: HashSet<String>,
    /// In the order in which they came, with their rows.
    new: Vec<(String, u64)>,
}

impl<'n> GovernmentFinder<'n> {
    pub(super) fn new(names: &'n Names, founds: bool) -> Self {
        let some = names.snapshot().nodes_with(label::GOVERNMENT).next().is_some();
        Self {
            names,
            some,
            founds,
            founded: NameSet::default(),
            known: None,
            folded: HashMap::new(),
            told: HashSet::new(),
            new: Vec::new(),
        }
    }

    /// Takes governments for known that all rows together found.
    pub(super) fn knows(&mut self, founded: &'n NameSet) {
        self.known = Some(founded);
    }

    /// The governments that were founded, with the rows that named them first.
    pub(super) fn founded(&self) -> &[(String, u64)] {
        &self.new
    }

    /// The government of a cell at a date; what is wrong or strange is noted.
    pub(super) fn find<'t>(
        &mut self,
        cell: NameCell<'_, 't>,
        date: Option<Date>,
        faults: &mut Vec<Fault>,
        remarks: &mut Remarks,
    ) -> Option<MeantGovernment<'t>> {
        let is_founded = match self.known {
            // Where the store has none, a row that is not at fault names founded ones only.
            Some(known) => !self.some || known.contains(cell.text),
            None => self.founded.contains(cell.text),
        };
        if is_founded {
            note_name(cell, remarks);
            return Some(MeantGovernment {
                id: Cow::Borrowed(cell.text),
                life: Validity::ALWAYS,
                is_new: false,
            });
        }
        if cell.text.is_empty() {
            faults.push(cell.fault(
                "reference",
                format!("“{}” is missing", cell.column),
                "name a government",
            ));
            return None;
        }
        if let Some(character) = invisible(cell.text) {
            let message =
                format!("“{}” holds a character that cannot be seen", visible(cell.text, character));
            faults.push(cell.fault("S24", message, "remove it: with it the name is another one"));
            return None;
        }
        match self.look_up(cell.text, date, faults.len() < SUGGESTED) {
            Ok(node) => self.known(cell, node, faults),
            Err(LookupError::NotFound { .. }) if self.founds => self.found(cell, faults, remarks),
            Err(error) => {
                let fault = match &error {
                    LookupError::NotFound { .. } => {
                        let remedy =
                            "write its id, code or name, or let the import found unknown governments";
                        cell.fault("reference", error.to_string(), remedy).advised(Setting::FoundMissing)
                    }
                    _ => cell.fault("S11", error.to_string(), "write the id of the one that is meant"),
                };
                faults.push(fault);
                None
            }
        }
    }

    fn look_up(&self, text: &str, date: Option<Date>, may_suggest: bool) -> Result<NodeIx, LookupError> {
        let kinds = [Kind::Government];
        if !self.some && self.founds {
            return Err(LookupError::NotFound {
                text: String::new(),
                kinds: Vec::new(),
                nearest: Vec::new(),
            });
        }
        // A government may have ended within the period that the date names.
        let days: [Option<Day>; 2] =
            date.map(|date| [Some(date.last_day()), Some(date.first_day())]).unwrap_or_default();
        let look = |day| self.names.find_exactly(&kinds, text, day).map(|found| found.node);
        let mut result = look(days[0]);
        if matches!(result, Err(LookupError::NotThen { .. })) {
            result = look(days[1]).or(result);
        }
        if matches!(result, Err(LookupError::NotFound { .. })) && !self.founds && may_suggest {
            result = self.names.government(text, days[0]);
        }
        result
    }

    fn known<'t>(
        &self,
        cell: NameCell<'_, 't>,
        node: NodeIx,
        faults: &mut Vec<Fault>,
    ) -> Option<MeantGovernment<'t>> {
        let node = self.names.snapshot().node_at(node)?;
        let Some(id) = node.text_id() else {
            let message = format!("the government “{}” has no id that a row could name", cell.text);
            faults.push(cell.fault("S22", message, "give it one first"));
            return None;
        };
        Some(MeantGovernment { id: id.to_string().into(), life: node.validity(), is_new: false })
    }

    fn found<'t>(
        &mut self,
        cell: NameCell<'_, 't>,
        faults: &mut Vec<Fault>,
        remarks: &mut Remarks,
    ) -> Option<MeantGovernment<'t>> {
        let text = cell.text.to_owned();
        if let Some((first, row)) = self.folded.get(&fold(&text)) {
            if self.told.insert(text.clone()) {
                let message = format!("“{text}” is “{first}” of row {row} but for case, width or blanks");
                faults.push(cell.fault("S24", message, "write the name of a government in one way"));
            }
            return None;
        }
        note_name(cell, remarks);
        self.add(fold(&text), text, cell.row);
        Some(MeantGovernment { id: Cow::Borrowed(cell.text), life: Validity::ALWAYS, is_new: true })
    }

    fn add(&mut self, folded: String, name: String, row: u64) {
        self.founded.insert(&name);
        self.folded.insert(folded, (name.clone(), row));
        self.new.push((name, row));
    }

    /// Founds governments that were found elsewhere, each written in one way, and returns those that are new; none is
    /// founded, and nothing returned, where one is a variant of one that is known.
    pub(super) fn found_all(&mut self, named: Vec<(String, u64)>) -> Option<Vec<(String, u64)>> {
        let new = named.into_iter().filter(|(name, _)| !self.founded.contains(name));
        let new: Vec<_> = new.map(|own| (fold(&own.0), own)).collect();
        if new.iter().any(|(folded, _)| self.folded.contains_key(folded)) {
            return None;
        }
        let added = new.into_iter().map(|(folded, (name, row))| {
            self.add(folded, name.clone(), row);
            (name, row)
        });
        Some(added.collect())
    }
}

fn note_name(cell: NameCell<'_, '_>, remarks: &mut Remarks) {
    if let Some(word) = name_of_nothing(cell.text) {
        remarks.note(cell.file, cell.row, cell.column, Oddity::NameOfNothing(word), cell.text);
    }
}

/// Counts of names, for a note: the first 20 and how many more.
pub(super) fn listed(names: &[(String, u64)]) -> String {
    let shown: Vec<&str> = names.iter().take(20).map(|(name, _)| name.as_str()).collect();
    let more = names.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Dates of a column that are written in another form, said once with a count.
#[derive(Default)]
pub(super) struct StrangeDates {
    columns: BTreeMap<String, Strange>,
}

#[derive(Default)]
struct Strange {
    count: u64,
    rows: Vec<u64>,
    example: String,
    forms: Vec<crate::value::DateForm>,
}

impl StrangeDates {
    /// Whether a text is a date in another form; it is then counted.
    pub(super) fn take(&mut self, row: u64, column: &str, text: &str) -> bool {
        use crate::value::DateForm;
        let mut forms = DateForm::seen_in(text).peekable();
        if forms.peek().is_none() {
            return false;
        }
        let strange = self.columns.entry(column.to_owned()).or_default();
        if strange.count == 0 {
            text.clone_into(&mut strange.example);
            strange.forms = forms.collect();
        } else {
            // The form of the column is the one that reads all cells, where one does.
            let forms: Vec<DateForm> = forms.collect();
            let both: Vec<DateForm> =
                strange.forms.iter().copied().filter(|form| forms.contains(form)).collect();
            if !both.is_empty() {
                strange.forms = both;
            }
        }
        strange.count += 1;
        if strange.rows.len() < 5 {
            strange.rows.push(row);
        }
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// A fault for each column.
    pub(super) fn into_faults(self, file: &str) -> impl Iterator<Item = Fault> {
        self.columns.into_iter().map(move |(column, strange)| {
            let Strange { count, rows, example, forms } = strange;
            let names: Vec<&str> = forms.iter().map(|form| form.name()).collect();
            let dots = if count > rows.len() as u64 { ", …" } else { "" };
            let first = rows.first().copied();
            let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
            let (cells, word) = if count == 1 { ("cell is", "row") } else { ("cells are", "rows") };
            let message = format!(
                "{count} {cells} a date in another form, such as “{example}” ({word} {}{dots})",
                rows.join(", ")
            );
            let remedy = format!("write 2010-03-01, or read dates in the form {}", names.join(" or "));
            let setting = forms.first().map(|form| Setting::Dates(*form));
            let fault = Fault::new(file, "S2", message, remedy).of(column).advised(setting);
            match first {
                Some(row) => fault.at(row),
                None => fault,
            }
        })
    }
}
