//! Ids for rows that were written without one (S22).

use std::collections::{HashMap, HashSet};

use super::sheet::Sheet;

/// Makes ids from parts, with a counter where the parts alone are taken. The counter counts rows of the
/// package only, so that importing it again makes the same ids.
pub(super) struct IdMaker<'a> {
    written: HashSet<&'a str>,
    made: HashMap<String, u32>,
}

impl<'a> IdMaker<'a> {
    pub(super) fn new(sheet: &Sheet<'a>) -> Self {
        let ids = sheet.table.rows.iter().map(|row| sheet.cell(row, "id"));
        Self { written: ids.filter(|id| !id.is_empty()).collect(), made: HashMap::new() }
    }

    /// The id of its parts, and from the second time on a counter.
    pub(super) fn make<'p>(&mut self, parts: impl IntoIterator<Item = &'p str>) -> String {
        let base = id_of_parts(parts);
        let count = self.made.entry(base.clone()).or_insert(0);
        loop {
            *count += 1;
            let id = if *count == 1 { base.clone() } else { format!("{base}.{count}") };
            if !self.written.contains(id.as_str()) {
                return id;
            }
        }
    }
}

/// The parts that are not empty, joined by points.
pub(in crate::exchange) fn id_of_parts<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(".")
}
