//! Ties by direction: the measure `directions`.

use crate::analysis::frame::Asked;
use crate::analysis::measure::Compute;
use crate::analysis::tables::{STATE, state};
use crate::analysis::{AnalysisError, Undefined};
use crate::analysis::{Cell, Column, Family, Measure, options};

const COLUMNS: [Column; 9] = [
    Column { name: "horizontal", unit: "distinct pairs of basis and governments (S4)" },
    Column { name: "diagonal", unit: "same" },
    Column {
        name: "vertical_acts",
        unit: "same; approvals, mandates, grants, vertical pairs in a cooperation",
    },
    Column { name: "vertical_subordination", unit: "same; direct subordination (S6)" },
    Column { name: "unclassified", unit: "same; a rank is not known (S21)" },
    Column { name: "horizontal_share", unit: "of horizontal and diagonal, 0 to 1" },
    Column { name: "left_out_unknown_dates", unit: "ties that only possibly hold (S1)" },
    Column { name: "lived_within", unit: "ties inside the period but not on its last day (S2)" },
    STATE,
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Cell>, AnalysisError> {
    let mix = asked.slice.counted.mix;
    let cooperation = mix.horizontal + mix.diagonal;
    let share = match cooperation {
        0 => Err(Undefined::ZeroDenominator),
        _ => Ok(mix.horizontal as f64 / cooperation as f64),
    };
    Ok(vec![
        mix.horizontal.into(),
        mix.diagonal.into(),
        mix.vertical_acts.into(),
        mix.vertical_subordination.into(),
        mix.unclassified.into(),
        share.into(),
        asked.slice.counted.left_out.unknown_dates.into(),
        asked.slice.counted.left_out.within_period.into(),
        state(asked.network()),
    ])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "directions",
    family: Family::Effects,
    title: "Ties by direction",
    question: "how many ties are horizontal, diagonal, vertical, and how does the mix change?",
    formula: "counts of ties by the ranks of their governments",
    source: "the definition of local cooperation; counts by S4 and S6",
    oracle: "",
    cost: "O(n + m)",
    options: &options::TIES,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Network(compute),
};
