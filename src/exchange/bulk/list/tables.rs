//! The tables of a package that a list becomes, written row by row.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::exchange::error::ExchangeError;
use crate::exchange::fault::Fault;
use crate::exchange::ties_csv::{GOVERNMENT, SOURCE, TieRow, founded_by, government};
use crate::files::PrivateFolder;

/// Where the rows of the tables that a list became stand in it.
#[derive(Debug)]
pub(in crate::exchange::bulk) struct Origin {
    /// Name of the list in messages.
    file: String,
    /// Rows that named a government, or a source, first.
    governments: Vec<u64>,
    sources: Vec<u64>,
    /// Holds the tables as long as they may be read again.
    _tables: PrivateFolder,
}

impl Origin {
    /// What is said of a row of a table, said of the row of the list that it came from.
    pub(in crate::exchange::bulk) fn of(&self, mut fault: Fault) -> Fault {
        let at = |rows: &[u64], row: Option<u64>| {
            let place = usize::try_from(row?.checked_sub(2)?).ok()?;
            rows.get(place).copied()
        };
        match fault.file.as_str() {
            "governments.csv" => fault.row = at(&self.governments, fault.row),
            "sources.csv" => fault.row = at(&self.sources, fault.row),
            "cooperation.csv" => {}
            _ => return fault,
        }
        fault.file.clone_from(&self.file);
        fault
    }
}

/// A table that is written row by row.
pub(super) struct Table<W> {
    out: W,
    /// Number of the last row before the first one that is written here.
    start: u64,
    /// Number of the last row.
    row: u64,
}

impl Table<Vec<u8>> {
    /// A part of a table, to be appended to the rows before it.
    pub(super) fn part(start: u64) -> Self {
        Self { out: Vec::new(), start, row: start }
    }
}

impl Table<BufWriter<File>> {
    fn create<'c>(path: &Path, header: impl Iterator<Item = &'c str>) -> Result<Self, ExchangeError> {
        let file = File::create(path).map_err(ExchangeError::io("make", path))?;
        let mut table = Self { out: BufWriter::with_capacity(1 << 20, file), start: 0, row: 0 };
        table.write(1, header)?;
        Ok(table)
    }

    fn append(&mut self, part: &Table<Vec<u8>>) -> io::Result<()> {
        self.pad(part.start)?;
        self.row = part.row;
        self.out.write_all(&part.out)
    }
}

impl<W: Write> Table<W> {
    /// Writes empty rows up to a number.
    fn pad(&mut self, number: u64) -> io::Result<()> {
        while self.row < number {
            self.out.write_all(b"\n")?;
            self.row += 1;
        }
        Ok(())
    }

    /// Writes a row at a number, with empty rows before it where there are none.
    pub(super) fn write<'c>(&mut self, number: u64, cells: impl Iterator<Item = &'c str>) -> io::Result<()> {
        self.pad(number - 1)?;
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            // The first cell is quoted, so that no row is empty.
            if at == 0 || cell.contains([',', '"', '\n', '\r']) {
                self.out.write_all(b"\"")?;
                self.out.write_all(cell.replace('"', "\"\"").as_bytes())?;
                self.out.write_all(b"\"")?;
            } else {
                self.out.write_all(cell.as_bytes())?;
            }
        }
        self.out.write_all(b"\n")?;
        self.row += 1;
        Ok(())
    }
}

/// The tables of a list.
pub(super) struct Tables {
    ties: Table<BufWriter<File>>,
    governments: Table<BufWriter<File>>,
    sources: Table<BufWriter<File>>,
    /// The note of a founded government.
    note: String,
    origin: Origin,
}

impl Tables {
    pub(super) fn create(
        file: &str,
        folder: PrivateFolder,
        header: &[String],
    ) -> Result<Self, ExchangeError> {
        let path = |name: &str| folder.path().join(name);
        Ok(Self {
            ties: Table::create(&path("cooperation.csv"), header.iter().map(String::as_str))?,
            governments: Table::create(&path("governments.csv"), GOVERNMENT.into_iter())?,
            sources: Table::create(&path("sources.csv"), SOURCE.into_iter())?,
            note: founded_by(file),
            origin: Origin {
                file: file.to_owned(),
                governments: Vec::new(),
                sources: Vec::new(),
                _tables: folder,
            },
        })
    }

    /// Writes what a row of the list became.
    pub(super) fn push(&mut self, number: u64, tie: &TieRow) -> io::Result<()> {
        self.first_named(tie.governments.iter().map(|name| (name.as_str(), number)))?;
        self.first_cited(tie.sources.iter().map(|id| (id.as_str(), number)))?;
        self.ties.write(number, tie.cells.iter())
    }

    /// Writes governments that the list names first in some rows.
    pub(super) fn first_named<'c>(&mut self, names: impl Iterator<Item = (&'c str, u64)>) -> io::Result<()> {
        for (name, row) in names {
            self.origin.governments.push(row);
            self.governments.write(self.governments.row + 1, government(name, &self.note).into_iter())?;
        }
        Ok(())
    }

    /// Writes sources that the list cites first in some rows.
    pub(super) fn first_cited<'c>(&mut self, ids: impl Iterator<Item = (&'c str, u64)>) -> io::Result<()> {
        for (id, row) in ids {
            self.origin.sources.push(row);
            self.sources.write(self.sources.row + 1, [id, id].into_iter())?;
        }
        Ok(())
    }

    /// Writes rows that were put together elsewhere.
    pub(super) fn append_ties(&mut self, part: &Table<Vec<u8>>) -> io::Result<()> {
        self.ties.append(part)
    }

    pub(super) fn finish(mut self) -> io::Result<Origin> {
        for table in [&mut self.ties, &mut self.governments, &mut self.sources] {
            table.out.flush()?;
        }
        Ok(self.origin)
    }
}
