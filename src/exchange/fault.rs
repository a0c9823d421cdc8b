//! What is wrong in a file, where, by which rule, and what to do next.

use std::collections::BTreeSet;
use std::fmt;

use super::limits::{FAULTS, SUGGESTED};

/// One fault of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// File name inside its package; empty for an element of the store that no file names.
    pub file: String,
    /// Row as a spreadsheet numbers it: the header is row 1. `None` where the whole file is meant.
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
        }
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

/// All faults of an import: nothing was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportFaults {
    faults: Vec<Fault>,
    further: usize,
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

    pub(super) fn push(&mut self, fault: Fault) {
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
        self.faults.retain(|fault| !(of_contents(fault) && fault.row.is_some_and(|row| rows.contains(&row))));
    }

    pub(super) fn sort(&mut self) {
        self.faults.sort();
        self.faults.dedup();
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

impl fmt::Display for ImportFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.faults.len() + self.further;
        write!(f, "nothing was imported: {count} fault{}", if count == 1 { "" } else { "s" })?;
        for fault in &self.faults {
            write!(f, "\n{fault}")?;
        }
        if self.further > 0 {
            write!(f, "\nand {} more", self.further)?;
        }
        Ok(())
    }
}

impl std::error::Error for ImportFaults {}
