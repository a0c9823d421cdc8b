//! Measures of governments as attributes of an exported network.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::Database;
use crate::analysis::{Analysis, Cell, MEASURES};
use crate::error::Error;
use crate::exchange::NodeMeasure;
use crate::graph::NodeId;
use crate::study::{Moment, Selection, Subjects};

impl Database {
    /// What measures of governments say at a date, by the names of their columns: `degree`, `strength`, `betweenness`,
    /// `closeness` … as attributes for [`GraphmlOptions::measures`](crate::exchange::GraphmlOptions::measures).
    ///
    /// # Errors
    /// [`Error::NoMeasure`] where no measure of governments has such a column; as [`Database::analyze`].
    pub fn node_measures(
        &self,
        columns: &[String],
        moment: Moment,
        selection: &Selection,
    ) -> Result<Vec<NodeMeasure>, Error> {
        let analysis = Analysis::new(self.study(selection.clone(), Subjects::default())?);
        let snapshot = Arc::clone(analysis.study().snapshot());
        let slice = analysis.study().slice(moment)?;
        let ids: HashMap<String, NodeId> = slice
            .governments
            .iter()
            .filter_map(|ix| {
                Some((analysis.study().code(*ix, moment).to_string(), snapshot.node_at(*ix)?.id()))
            })
            .collect();
        let (mut measures, mut reports) = (Vec::new(), HashMap::new());
        for name in columns {
            let measure = MEASURES.iter().find(|own| own.is_of_nodes() && own.column(name).is_some());
            let measure = measure.ok_or_else(|| Error::NoMeasure { name: name.clone() })?;
            let report = match reports.entry(measure.name) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(analysis.run(measure, &[moment])?),
            };
            let (code, value) = (report.column("code"), report.column(name));
            let values = report.rows.iter().filter_map(|row| {
                let number = match row.get(value?)?.value() {
                    Cell::Float(number) => *number,
                    Cell::Integer(number) => *number as f64,
                    _ => return None,
                };
                Some((*ids.get(&row.get(code?)?.to_string())?, number))
            });
            measures.push(NodeMeasure { name: name.clone(), values: values.collect() });
        }
        Ok(measures)
    }
}
