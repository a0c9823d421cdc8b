//! A row a date and tied pair: a series of networks in one table.

use std::io::Write;

use super::rows::{CsvRows, code, name, number};
use super::{Dates, TableFormat, TableReport};
use crate::exchange::error::ExchangeError;
use crate::study::Slice;

pub(super) const FORMAT: TableFormat = TableFormat {
    name: "pairs",
    about: "The tied pairs of each year of a series, as CSV",
    dates: Dates::Series,
    write,
};

fn write(slices: &[&Slice], out: &mut dyn Write) -> Result<TableReport, ExchangeError> {
    let mut table = CsvRows::new(out);
    table.row(["date", "source", "target", "weight", "source_name", "target_name"])?;
    let mut rows = 0;
    for slice in slices {
        let network = &slice.network;
        let date = slice.moment.to_string();
        for (from, to, weight) in network.ties() {
            let (weight, names) = (number(weight), (name(network, from), name(network, to)));
            table.row([&date, code(network, from), code(network, to), &weight, names.0, names.1])?;
            rows += 1;
        }
    }
    table.finish()?;
    Ok(TableReport { rows, isolates: 0 })
}
