//! Tests of the crate as its users see it, one module a subject.
//!
//! - `architecture`: who may use whom, how long files are, what is refused
//! - `cases`: what users of other programs met, and what is right there
//! - `cli`: the command as its user meets it: output, messages, exit codes
//! - `derivation`: directions, spells, pairs, forms, powers and flows in small worlds: rules, cases, laws
//! - `embedding`: what a program that embeds the library relies on
//! - `exchange`: packages, dumps, GraphML and bare ties: laws, faults and what other readers see
//! - `graph`: the graph in memory, and petgraph on it
//! - `graph_read`: batches, expansion and indexes, against a walk over all elements
//! - `neighbourhood`: what is cut out of a store answers as the whole graph does
//! - `integrity`: what a commit is checked for costs what the change touches
//! - `interruptions`: a government that ceased and came back, from a table to the answers
//! - `kernels`: networks and measures, against outside numbers, closed forms and laws
//! - `options`: which options a measure has, and that others change nothing in its answer
//! - `query`: the query language: the openCypher kit, scenarios, laws
//! - `rules`: what may be committed, and what is said where it may not
//! - `store`: the disk: round trips, faults, kills
//! - `study`: measures of the real data
//! - `threads`: calls from pools of the caller, readers beside a writer, systems that refuse threads
//! - `ties`: directions, forms and scopes of the real data, and laws of derived ties
//! - `toy`: the toy country, rule by rule, and bad input
//! - `whole`: the rules over a whole graph, against the rules over the change that makes it

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test stops where it fails")]

mod architecture;
#[cfg(all(test, feature = "cli"))]
mod cases;
#[cfg(all(test, feature = "cli"))]
mod cli;
#[cfg(test)]
mod derivation;
#[cfg(test)]
mod embedding;
// Helpers of tests are test code for the lints too.
#[cfg(test)]
mod exchange;
mod graph;
mod graph_read;
mod integrity;
#[cfg(all(test, feature = "cli"))]
mod interruptions;
mod kernels;
mod neighbourhood;
mod options;
mod query;
mod readings;
mod rules;
mod store;
mod study;
#[cfg(test)]
mod threads;
mod ties;
mod toy;
#[cfg(test)]
mod whole;

/// What certainly holds in a window, or possibly as well.
fn read(window: intergov::value::Window, possible: bool) -> intergov::value::AsOf {
    use intergov::value::{AsOf, Reading};
    AsOf::new(Some(window), if possible { Reading::Possible } else { Reading::Certain })
}
