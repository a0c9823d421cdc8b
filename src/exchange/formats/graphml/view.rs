//! Puts nodes, ties and stored edges into one document.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use super::document::{AttributeType, AttributeValue, Attributes, Document, Domain};
use super::nodes::{NodeSheet, encode, node_ids};
use super::options::{ExportReport, GraphView, GraphmlOptions, InvalidCharacters, ParallelTies};
use super::stored::{SHARED, StoredSheet};
use super::ties::{TIE_COLUMNS, TieLine, TieLines};
use crate::exchange::error::ExchangeError;
use crate::graph::{NodeIx, NodeRef, Snapshot};
use crate::relations::vocabulary::label;
use crate::relations::{TierSchemes, edge_in_force};
use crate::study::{Counted, Study};
use crate::value::{AsOf, Inclusion};
use crate::watch::{Pace, Stage};

/// Writes the governments and ties of a study, or another view of its state, as GraphML.
///
/// Edges of ties weigh what the study counts (S32): a program that measures the file gets the numbers of the analysis.
/// The same graph and options give the same bytes. Nothing of it is held in memory but the ids.
///
/// # Errors
/// [`ExchangeError::Write`], [`ExchangeError::Cancelled`]; [`ExchangeError::ForbiddenCharacters`] where the options ask for it, after
/// everything was written.
pub fn write_graphml(
    study: &Study,
    options: &GraphmlOptions,
    out: impl Write,
) -> Result<ExportReport, ExchangeError> {
    let schemes = TierSchemes::of(study.snapshot());
    let as_of = AsOf::new(options.window, study.selection().reading);
    let counted = study.counted(as_of)?;
    let mut export = GraphmlExport::new(study, &counted, &schemes, options);
    let mut graph = Attributes::new(Domain::Graph);
    let about = export.about(&mut graph);
    let mut document = Document::begin(
        out,
        &[&graph, &export.node_sheet.columns, &export.edge_columns],
        options.integers_as_text,
    )?;
    document.graph(&mut graph, about)?;
    export.write_nodes(&mut document)?;
    if options.view != GraphView::Stored {
        export.write_ties(&mut document)?;
    }
    if options.view != GraphView::Ties {
        export.write_stored(&mut document)?;
    }
    document.end()?;
    let losses = document.losses;
    if losses.replaced > 0 && options.invalid == InvalidCharacters::Refuse {
        return Err(ExchangeError::ForbiddenCharacters { count: losses.replaced });
    }
    let report = &mut export.report;
    if losses.replaced > 0 {
        report
            .warnings
            .push(format!("{} characters that XML 1.0 forbids were replaced by U+FFFD", losses.replaced));
    }
    if losses.large > 0 {
        report.warnings.push(format!(
            "{} whole numbers lie beyond 2^53: igraph and JavaScript readers round them; write integers as text",
            losses.large
        ));
    }
    report.leave_out("numbers that are not finite", losses.not_finite);
    report.leave_out("numbers below 2.3e-308, at which igraph refuses the whole file", losses.tiny);
    report.leave_out("empty texts, which many readers cannot tell from missing ones", losses.empty);
    export.warn_of_missing();
    Ok(export.report)
}

struct GraphmlExport<'s> {
    snapshot: &'s Snapshot,
    options: &'s GraphmlOptions,
    study: &'s Study,
    counted: &'s Counted,
    ids: HashMap<NodeIx, String>,
    node_sheet: NodeSheet<'s>,
    edge_columns: Attributes,
    stored: Option<StoredSheet>,
    lines: TieLines<'s>,
    shown: BTreeSet<NodeIx>,
    report: ExportReport,
    pace: Pace,
}

impl<'s> GraphmlExport<'s> {
    fn new(
        study: &'s Study,
        counted: &'s Counted,
        schemes: &'s TierSchemes,
        options: &'s GraphmlOptions,
    ) -> Self {
        let snapshot: &Snapshot = study.snapshot();
        let day = counted.as_of.last_day();
        let mut edge_columns = Attributes::new(Domain::Edge);
        for (name, kind) in SHARED {
            edge_columns.add(name, kind);
        }
        if options.view != GraphView::Stored {
            for (name, kind) in TIE_COLUMNS {
                edge_columns.add(name, kind);
            }
        }
        let (node_sheet, stored) = if options.view == GraphView::Ties {
            (NodeSheet::of_governments(snapshot, schemes, day), None)
        } else {
            let stored = StoredSheet::declare(snapshot, day, &mut edge_columns);
            (NodeSheet::of_all(snapshot, schemes, day), Some(stored))
        };
        let node_sheet = node_sheet.with_measures(&options.measures);
        let mut export = Self {
            snapshot,
            options,
            study,
            counted,
            ids: node_ids(snapshot),
            node_sheet,
            edge_columns,
            stored,
            lines: TieLines::new(counted, options.parallel),
            shown: BTreeSet::new(),
            report: ExportReport::default(),
            pace: Pace::new(Stage::Writing, 0),
        };
        if day.is_none() {
            export.report.warnings.push(
                "no date was named: ties of different years lie over each other, and values are the latest"
                    .to_owned(),
            );
        }
        export.choose_nodes();
        export
    }

    /// Which nodes are written.
    fn choose_nodes(&mut self) {
        let as_of = self.counted.as_of;
        let (mut absent, mut uncertain) = (0, 0);
        if self.options.view == GraphView::Ties {
            let (governments, possible) = self.study.governments(as_of);
            let all = self.snapshot.nodes_with(label::GOVERNMENT).count();
            (absent, uncertain) = (all.saturating_sub(governments.len() + possible), possible);
            self.shown = governments.into_iter().collect();
        } else {
            for node in self.snapshot.nodes() {
                match as_of.admits(node.in_force(as_of)) {
                    Inclusion::Included => drop(self.shown.insert(node.ix())),
                    Inclusion::Uncertain => uncertain += 1,
                    Inclusion::Excluded => absent += 1,
                }
            }
        }
        if self.options.leave_out_isolates && self.options.view == GraphView::Ties {
            let tied = self.lines.tied();
            let before = self.shown.len();
            self.shown.retain(|node| tied.contains(node));
            self.report.leave_out("governments without a tie", before - self.shown.len());
        }
        self.report.leave_out("nodes that do not hold at the date or are not selected", absent);
        self.report.leave_out("nodes whose dates are not known to include the date (S1)", uncertain);
    }

    /// What the graph says of itself.
    fn about(&self, columns: &mut Attributes) -> Vec<Option<AttributeValue>> {
        let metadata = &self.options.metadata;
        let list = |texts: Vec<String>| {
            (!texts.is_empty()).then(|| AttributeValue::Text(serde_json::Value::from(texts).to_string()))
        };
        let view = match self.options.view {
            GraphView::Ties => "governments and ties derived between them",
            GraphView::Stored => "stored nodes and edges",
            GraphView::All => "stored nodes and edges, and derived ties",
        };
        let rule = self.study.selection().weight.to_string();
        let weight = match self.options.parallel {
            _ if self.options.view == GraphView::Stored => "as stored",
            ParallelTies::Merge => &format!("sum over the ties of a pair; {rule}"),
            ParallelTies::Keep => &format!("what a tie gives to the sum of its pair; {rule}"),
        };
        let text = |text: &str| Some(AttributeValue::Text(text.to_owned()));
        let span = self.options.window.map(|window| window.span());
        let rows = [
            ("title", metadata.title.as_deref().and_then(text)),
            ("description", metadata.description.as_deref().and_then(text)),
            ("licences", list(metadata.licences.iter().map(|licence| licence.name.clone()).collect())),
            ("sources", list(metadata.sources.clone())),
            ("view", text(view)),
            ("holds_from", span.map(|span| AttributeValue::Text(span.from.to_string()))),
            ("holds_until", span.map(|span| AttributeValue::Text(span.to.previous().to_string()))),
            ("weight", text(weight)),
            (
                "undirected",
                text("edges with undirected = true have no orientation; the lower end is written as source"),
            ),
            ("software", text(concat!("intergov ", env!("CARGO_PKG_VERSION")))),
        ];
        rows.into_iter()
            .map(|(name, cell)| {
                columns.add(name, AttributeType::Text);
                cell
            })
            .collect()
    }

    fn write_nodes<W: Write>(&mut self, document: &mut Document<W>) -> Result<(), ExchangeError> {
        let mut nodes: Vec<NodeRef<'s>> =
            self.shown.iter().filter_map(|ix| self.snapshot.node_at(*ix)).collect();
        nodes.sort_by_key(|node| self.ids.get(&node.ix()));
        let mut spells = 0;
        for node in nodes {
            self.pace.step()?;
            let cells = self.node_sheet.cells(node);
            spells += self.node_sheet.left_out(node);
            let id = self.ids.get(&node.ix()).map_or("", String::as_str);
            document.node(id, &mut self.node_sheet.columns, cells)?;
            self.report.nodes += 1;
        }
        self.report.leave_out(
            "values of nodes that hold at other times, or are statistics that the view has no attribute for",
            spells,
        );
        Ok(())
    }

    fn write_ties<W: Write>(&mut self, document: &mut Document<W>) -> Result<(), ExchangeError> {
        let padding = self.stored.as_ref().map_or(0, StoredSheet::len);
        let lines = std::mem::take(&mut self.lines.groups);
        for group in lines {
            self.pace.step()?;
            let Some(TieLine { id, source, target, mut cells }) = self.lines.line(&group, &self.ids) else {
                continue;
            };
            let ends = self.ids.get(&source).zip(self.ids.get(&target));
            let Some((source_id, target_id)) =
                ends.filter(|_| self.shown.contains(&source) && self.shown.contains(&target))
            else {
                continue;
            };
            cells.extend(std::iter::repeat_n(None, padding));
            document.edge(&id, (source_id, target_id), &mut self.edge_columns, cells)?;
            self.report.edges += 1;
        }
        let left_out = self.counted.left_out;
        let report = &mut self.report;
        for (what, count) in [
            ("ties whose dates are not known to include the date (S1)", left_out.unknown_dates),
            ("ties of direct subordination (S6)", left_out.subordination),
            ("ties of the arrangement that defines the membership (S25)", left_out.defining),
            ("ties of plans laid over nearly all (S25)", left_out.plans),
            ("ties below the least confidence", left_out.confidence),
            ("ties of other directions, domains or mechanisms", left_out.filtered),
            ("arrangements with too many parties to write every pair", left_out.cut),
        ] {
            report.leave_out(what, count);
        }
        report.warnings.extend(self.counted.ties.repeated_rows());
        report.warnings.extend(self.counted.ties.unexpanded_among(|_| left_out.cut > 0));
        Ok(())
    }

    fn write_stored<W: Write>(&mut self, document: &mut Document<W>) -> Result<(), ExchangeError> {
        let Some(stored) = &self.stored else { return Ok(()) };
        let mut edges: Vec<_> = self.snapshot.edges().collect();
        edges.sort_by_cached_key(|edge| (edge.edge_type(), edge.text_id(), edge.id()));
        let ties = if self.options.view == GraphView::All { TIE_COLUMNS.len() } else { 0 };
        let (mut absent, mut uncertain, mut unnamed) = (0, 0, 0_usize);
        let as_of = self.counted.as_of;
        let mut taken: HashMap<String, usize> = HashMap::new();
        for edge in edges {
            self.pace.step()?;
            match as_of.admits(edge_in_force(edge, as_of)) {
                Inclusion::Included => {}
                Inclusion::Uncertain => {
                    uncertain += 1;
                    continue;
                }
                Inclusion::Excluded => {
                    absent += 1;
                    continue;
                }
            }
            let (source, target) = (edge.source_ix(), edge.target_ix());
            let ends = self.ids.get(&source).zip(self.ids.get(&target));
            let Some(ends) = ends.filter(|_| self.shown.contains(&source) && self.shown.contains(&target))
            else {
                absent += 1;
                continue;
            };
            let base = match edge.text_id() {
                Some(id) => format!("e_{}", encode(&format!("{}/{id}", edge.edge_type()))),
                None => {
                    unnamed += 1;
                    format!("e{unnamed}")
                }
            };
            let count = taken.entry(base.clone()).or_insert(0);
            *count += 1;
            let id = if *count == 1 { base } else { format!("{base}.{count}") };
            let mut cells = stored.cells(&id, edge);
            cells.splice(SHARED.len()..SHARED.len(), std::iter::repeat_n(None, ties));
            document.edge(&id, (ends.0, ends.1), &mut self.edge_columns, cells)?;
            self.report.edges += 1;
        }
        self.report.leave_out(
            "stored edges that do not hold at the date, or that join a node that is not shown",
            absent,
        );
        self.report.leave_out("stored edges whose dates are not known to include the date (S1)", uncertain);
        Ok(())
    }

    /// A missing number or truth is not seen as missing by every reader.
    fn warn_of_missing(&mut self) {
        let nodes: Vec<&str> = self.node_sheet.columns.nullable().collect();
        let edges: Vec<&str> = self.edge_columns.nullable().collect();
        for (what, names) in [("node", nodes), ("edge", edges)] {
            if !names.is_empty() {
                self.report.warnings.push(format!(
                    "{what} attributes with missing values ({}): graph-tool reads 0 or false there, igraph NaN or false",
                    names.join(", ")
                ));
            }
        }
    }
}
