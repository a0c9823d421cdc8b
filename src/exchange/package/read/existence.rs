//! Two rows of one government: it existed, did not exist, and existed again (S10).
//!
//! A table of nodes whose existence may be interrupted may name one id in several rows that lie apart in time. They
//! are read as one row from the first start to the last end, and as the spells of the state that says when, between
//! them, the node did not exist.

use std::collections::BTreeSet;

use crate::exchange::fault::Fault;
use crate::exchange::package::schema::layout::STATES;
use crate::exchange::text::{RawRow, RawTable};
use crate::graph::LabelSpec;
use crate::value::{Bound, Date};

/// The value of the state between two rows, which do not say why.
const BETWEEN_ROWS: &str = "interrupted";

/// The columns of the spells, as `states.csv` has them.
const COLUMNS: [&str; 7] = ["label", "of", "property", "value", "valid_from", "valid_to", "source"];

/// Columns whose cells may differ in rows of one node: lists are joined, and of the others the first row's counts.
const LISTS: [&str; 2] = ["attested", "source"];
const APART: [&str; 5] = ["valid_from", "valid_to", "attested", "source", "note"];

/// Makes one row of the rows of each node that lie apart in time; the days between them become spells of the state that
/// interrupts the existence of the label's nodes. Rows that do not lie apart stay, and their ids are at fault.
pub(super) fn join_spells(
    table: &mut RawTable,
    spec: &LabelSpec,
    faults: &mut Vec<Fault>,
) -> Option<RawTable> {
    let state = spec.interrupted_by.as_deref()?;
    let at = Places::of(&table.header)?;
    let (mut between, mut removed) = (Vec::new(), BTreeSet::new());
    for rows in repeated(table, at.id) {
        let Some(rows) = in_order(table, rows, &at) else { continue };
        if let Some(fault) = differing(table, &rows) {
            faults.push(fault);
            continue;
        }
        for pair in rows.windows(2) {
            let &[first, next] = pair else { continue };
            between.extend(gap(table, (first, next), &at, [&spec.name, state]));
        }
        join(table, &rows, &at);
        removed.extend(rows.into_iter().skip(1));
    }
    let mut position = 0..;
    table.rows.retain(|_| position.next().is_none_or(|at| !removed.contains(&at)));
    (!between.is_empty()).then(|| RawTable {
        name: STATES.to_owned(),
        file: table.file.clone(),
        header: COLUMNS.map(str::to_owned).to_vec(),
        rows: between,
        ..RawTable::default()
    })
}

/// Where the columns stand that this needs.
struct Places {
    id: usize,
    from: usize,
    to: usize,
    source: Option<usize>,
}

impl Places {
    fn of(header: &[String]) -> Option<Self> {
        let at = |name: &str| header.iter().position(|own| own == name);
        Some(Self { id: at("id")?, from: at("valid_from")?, to: at("valid_to")?, source: at("source") })
    }
}

/// The positions of the rows of each id that several rows have, in the order of the table.
fn repeated(table: &RawTable, id: usize) -> Vec<Vec<usize>> {
    let id_of = |at: &usize| table.rows.get(*at).and_then(|row| row.cells.get(id)).unwrap_or_default();
    let mut rows: Vec<usize> = (0..table.rows.len()).filter(|at| !id_of(at).is_empty()).collect();
    rows.sort_by_key(|at| (id_of(at), *at));
    let groups = rows.chunk_by(|a, b| id_of(a) == id_of(b)).filter(|rows| rows.len() > 1);
    groups.map(<[usize]>::to_vec).collect()
}

/// The rows by start; `None` if they do not lie apart in time.
fn in_order(table: &RawTable, mut rows: Vec<usize>, at: &Places) -> Option<Vec<usize>> {
    let date = |row: usize, column: usize| -> Option<Date> {
        let cell = table.rows.get(row)?.cells.get(column)?;
        if let Ok(Bound::Known(date)) = cell.parse() { Some(date) } else { None }
    };
    if rows.iter().any(|row| table.rows.get(*row).is_none_or(|row| row.cells.len() != table.header.len())) {
        return None;
    }
    rows.sort_by_key(|row| date(*row, at.from).map(Date::first_day));
    let apart = |pair: &[usize]| {
        let (end, start) = (date(*pair.first()?, at.to)?, date(*pair.last()?, at.from)?);
        Some(end.first_day() < start.first_day())
    };
    rows.windows(2).all(|pair| apart(pair) == Some(true)).then_some(rows)
}

/// The fault of rows of one node that say different things of it.
fn differing(table: &RawTable, rows: &[usize]) -> Option<Fault> {
    let (first, others) = rows.split_first()?;
    let first = table.rows.get(*first)?;
    for other in others.iter().filter_map(|at| table.rows.get(*at)) {
        for (name, (a, b)) in table.header.iter().zip(first.cells.iter().zip(&other.cells)) {
            if a != b && !b.is_empty() && !APART.contains(&name.as_str()) {
                let message =
                    format!("“{name}” is “{b}” here and “{a}” in row {} of the same id", first.number);
                let remedy =
                    "leave the cell empty in the later row; what changes in time stands in states.csv";
                return Some(Fault::new(&table.file, "S10", message, remedy).at(other.number).of(name));
            }
        }
    }
    None
}

/// The spell between two rows of a node.
fn gap(
    table: &RawTable,
    (first, next): (usize, usize),
    at: &Places,
    [label, state]: [&str; 2],
) -> Option<RawRow> {
    let (first, next) = (table.rows.get(first)?, table.rows.get(next)?);
    let cell = |row: &'_ RawRow, at: usize| row.cells.get(at).unwrap_or_default().to_owned();
    let source = at.source.map_or_else(String::new, |at| cell(next, at));
    let cells = [
        label.to_owned(),
        cell(next, at.id),
        state.to_owned(),
        BETWEEN_ROWS.to_owned(),
        cell(first, at.to),
        cell(next, at.from),
        source,
    ];
    Some(RawRow { number: next.number, cells: cells.iter().collect() })
}

/// Makes the first row the row of all of them.
fn join(table: &mut RawTable, rows: &[usize], at: &Places) {
    let own: Vec<RawRow> = rows.iter().filter_map(|at| table.rows.get(*at)).cloned().collect();
    let (Some((first, others)), Some(last)) = (own.split_first(), own.last()) else { return };
    let cells = table.header.iter().zip(&first.cells).enumerate().map(|(column, (name, cell))| {
        if column == at.to {
            return last.cells.get(at.to).unwrap_or_default().to_owned();
        }
        if !LISTS.contains(&name.as_str()) {
            return cell.to_owned();
        }
        let mut lists = vec![cell];
        for list in others.iter().filter_map(|row| row.cells.get(column)) {
            if !list.is_empty() && !lists.contains(&list) {
                lists.push(list);
            }
        }
        lists.retain(|list| !list.is_empty());
        lists.join(";")
    });
    let cells = cells.collect();
    if let Some(row) = rows.first().and_then(|at| table.rows.get_mut(*at)) {
        row.cells = cells;
    }
}
