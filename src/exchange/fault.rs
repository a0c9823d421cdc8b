//! What is wrong in a file, where, by which rule, and what to do next.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::limits::{FAULTS, SHOWN, SUGGESTED};
use crate::value::DateForm;

/// A setting of the reader that would take in what a fault refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Setting {
    /// [`TextForm::encoding`](super::TextForm::encoding): the encoding that the text may have.
    Encoding(&'static str),
    /// [`TextForm::dates`](super::TextForm::dates).
    Dates(DateForm),
    /// [`ImportOptions::columns`](super::ImportOptions::columns).
    Columns,
    /// [`Founding::Always`](super::Founding::Always).
    FoundMissing,
    /// [`Undated::Unknown`](super::Undated::Unknown).
    Undated,
    /// [`ImportOptions::follow_successors`](super::ImportOptions::follow_successors).
    FollowSuccessors,
}

/// One fault of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fault {
    /// File name inside its package; empty for an element of the store that no file names.
    pub file: String,
    /// Row as a spreadsheet numbers it: the header is row 1. `None` if the whole file is meant.
    pub row: Option<u64>,
    /// Name of the column, where one is meant.
    pub column: Option<String>,
    /// Number of the rule, e.g. `S2`, or `csv`, `package`, `schema`, `codebook`.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub remedy: String,
    /// Whether it only warns.
    pub warning: bool,
    /// The setting that the remedy speaks of, where it speaks of one.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub setting: Option<Setting>,
}

impl Fault {
    /// A fault of a whole file.
    #[must_use]
    pub fn new(
        file: impl Into<String>,
        rule: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            row: None,
            column: None,
            rule,
            message: message.into(),
            remedy: remedy.into(),
            warning: false,
            setting: None,
        }
    }

    /// The same as a warning.
    #[must_use]
    pub(super) fn warned(mut self) -> Self {
        self.warning = true;
        self
    }

    /// The same fault, whose remedy speaks of a setting.
    #[must_use]
    pub(super) fn advised(mut self, setting: impl Into<Option<Setting>>) -> Self {
        self.setting = setting.into();
        self
    }

    /// The same fault of a cell that is not a date; where it is one in another form, the remedy says which.
    #[must_use]
    pub(super) fn of_date(self, cell: &str) -> Self {
        let forms: Vec<DateForm> = DateForm::seen_in(cell).collect();
        let Some(form) = forms.first().copied() else { return self };
        let names: Vec<&str> = forms.iter().map(|form| form.name()).collect();
        let date = form.read(cell).map(|date| date.to_string()).unwrap_or_default();
        let remedy = format!("write {date}, or read dates in the form {}", names.join(" or "));
        Self { remedy, ..self }.advised(Setting::Dates(form))
    }

    /// What it has in common with others of its kind: rule and column.
    fn kind(&self) -> FaultKind {
        (self.rule, self.column.clone())
    }

    /// The same fault at a row.
    #[must_use]
    pub fn at(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// The same fault in a column.
    #[must_use]
    pub fn of(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.file.is_empty() { "store" } else { &self.file })?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {} ({}); {}", self.message, self.rule, self.remedy)
    }
}

/// Rule and column.
type FaultKind = (&'static str, Option<String>);

/// All faults of an import: nothing was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportFaults {
    faults: Vec<Fault>,
    further: usize,
    /// How many there are of each kind, whether kept or not.
    kinds: BTreeMap<FaultKind, usize>,
}

impl ImportFaults {
    /// The faults, in the order of file, row and column.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// How many more there are than are kept (10,000).
    #[must_use]
    pub fn further(&self) -> usize {
        self.further
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// How many there are in all.
    #[must_use]
    pub fn count(&self) -> usize {
        self.faults.len() + self.further
    }

    pub(super) fn push(&mut self, fault: Fault) {
        *self.kinds.entry(fault.kind()).or_insert(0) += 1;
        if self.faults.len() < FAULTS {
            self.faults.push(fault);
        } else {
            self.further += 1;
        }
    }

    /// Few enough that looking for near names still pays.
    pub(super) fn is_short(&self) -> bool {
        self.faults.len() < SUGGESTED
    }

    /// Takes back what was said of the contents of some rows of a file.
    pub(super) fn forget_rows(&mut self, file: &str, rows: &BTreeSet<u64>) {
        let of_contents = |fault: &Fault| fault.rule != "csv" && fault.file == file;
        let Self { faults, kinds, .. } = self;
        faults.retain(|fault| {
            let goes = of_contents(fault) && fault.row.is_some_and(|row| rows.contains(&row));
            if goes {
                count_down(kinds, fault);
            }
            !goes
        });
    }

    pub(super) fn sort(&mut self) {
        self.faults.sort();
        let Self { faults, kinds, .. } = self;
        faults.dedup_by(|fault, before| {
            let goes = fault == before;
            if goes {
                count_down(kinds, fault);
            }
            goes
        });
    }
}

fn count_down(kinds: &mut BTreeMap<FaultKind, usize>, fault: &Fault) {
    if let Some(count) = kinds.get_mut(&fault.kind()) {
        *count = count.saturating_sub(1);
    }
}

impl FromIterator<Fault> for ImportFaults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        let mut all = Self::default();
        for fault in faults {
            all.push(fault);
        }
        all.sort();
        all
    }
}

/// At most 20 faults of a kind – rule and column – are written out; the others are counted.
impl fmt::Display for ImportFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count();
        write!(f, "nothing was imported: {count} fault{}", if count == 1 { "" } else { "s" })?;
        let mut shown: BTreeMap<FaultKind, usize> = BTreeMap::new();
        for fault in &self.faults {
            let shown = shown.entry(fault.kind()).or_insert(0);
            if *shown < SHOWN {
                *shown += 1;
                write!(f, "\n{fault}")?;
            }
        }
        for (kind, count) in &self.kinds {
            let more = count.saturating_sub(shown.get(kind).copied().unwrap_or(0));
            if more > 0 {
                let column = kind.1.as_ref().map(|column| format!(", column {column}")).unwrap_or_default();
                write!(f, "\nand {more} more of this kind: {}{column}", kind.0)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ImportFaults {}
