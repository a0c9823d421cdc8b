//! How is a package or a list imported, and what is counted?

use crate::exchange::text::TextForm;

/// What an import does with rows that the store has already (S22). Rows are the same when table and id are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportMode {
    /// A row whose id the store has is a fault.
    #[default]
    Create,
    /// A row replaces the row of the same id; a column that the table does not have keeps what the store
    /// holds, and so do rows that the package does not name.
    Update,
    /// New rows are added; a row whose id the store has must say the same, and then changes nothing.
    Append,
    /// As a first import of the package's tables: in each table that the package has a file for, rows
    /// that the package does not name are removed. Other tables stay.
    ReplacePackage,
}

/// When something holds of which its table gives no date at all (S31).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Undated {
    /// Always: a node without limit, an edge as long as both its ends.
    #[default]
    Always,
    /// At an unknown time (S1).
    Unknown,
}

/// Whether a list founds governments that the store does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Founding {
    /// In a store without governments all are founded; in any other an unknown one is a fault.
    #[default]
    InEmptyStore,
    /// Always; the import names them.
    Always,
    /// Never.
    Never,
}

/// How to import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// What happens to rows that the store has already. Default: [`ImportMode::Create`].
    pub mode: ImportMode,
    /// Whether an edge that outlives its government goes on at the successor: along `absorbed`, where
    /// one successor alone is named (S11). Every continuation is noted. Default: no.
    pub follow_successors: bool,
    /// Whether governments without a rank get the name of their level as an inferred rank (S21).
    /// Default: no.
    pub rank_from_level: bool,
    /// How the text of the tables is written. Default: as the files show.
    pub text: TextForm,
    /// What a table without any column of dates, or a list without any date, means. Default: its rows hold always. A row
    /// of `parties` holds while its arrangement does, whatever is said here.
    pub undated: Undated,
    /// Of a list: whether unknown governments are founded, with the text as id, code and name, scheme `local`, rank and
    /// level unknown, and no limit in time. Default: only in a store without governments.
    pub create_governments: Founding,
    /// Of a list: our name of a column and the name that the file has for it. If any is given, columns that mean nothing
    /// are left out. Default: by the names that programs usually give.
    pub columns: Vec<(String, String)>,
    /// Takes the source's word for the rules of the domain: types, codebooks and references are checked, dates against
    /// lives, hierarchy, double statements and the like are not. Default: no.
    pub trust: bool,
}

/// How many elements an import adds, changes, removes and finds as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// New in the store.
    pub added: usize,
    /// In the store with other contents.
    pub changed: usize,
    /// No longer in the store.
    pub removed: usize,
    /// In the store with the same contents.
    pub unchanged: usize,
}
