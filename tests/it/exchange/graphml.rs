//! GraphML: what a reader finds in it, and what is said about the rest.
//!
//! With `INTERGOV_KEEP_GRAPHML=FOLDER` the files are left there for `tests/consumers/check_graphml.py`.

use std::collections::BTreeMap;
use std::sync::Arc;

use intergov::exchange::{
    GraphView, GraphmlOptions, ImportOptions, InvalidCharacters, Metadata, ParallelTies, write_graphml,
};
use intergov::graph::Snapshot;
use intergov::relations::{TieTable, TierSchemes};
use intergov::study::{Selection, Study, Subjects};
use intergov::value::{Validity, Value, Window};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::random::{build, domain, text};
use super::{Folder, empty, fixture, import};

/// Attributes by name.
type Values = BTreeMap<String, String>;

/// A GraphML as any XML reader sees it.
#[derive(Debug, Default)]
struct Parsed {
    /// Key id → (domain, name, type).
    keys: BTreeMap<String, (String, String, String)>,
    /// What stands inside `graph`, in order: `d`ata, `n`ode, `e`dge.
    order: String,
    graph: Values,
    nodes: BTreeMap<String, Values>,
    edges: BTreeMap<String, (String, String, Values)>,
}

fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    let found = element.try_get_attribute(name).unwrap().unwrap();
    quick_xml::escape::unescape(&found.value).unwrap().into_owned()
}

fn parse(bytes: &[u8]) -> Parsed {
    let mut reader = Reader::from_str(std::str::from_utf8(bytes).unwrap());
    let mut parsed = Parsed::default();
    let (mut open, mut key, mut content) = (String::new(), None::<String>, String::new());
    let mut values = Values::new();
    let mut edge = None;
    loop {
        match reader.read_event().unwrap() {
            Event::Empty(own) if own.name().as_ref() == "key" => {
                let key =
                    (attribute(&own, "for"), attribute(&own, "attr.name"), attribute(&own, "attr.type"));
                assert!(parsed.keys.insert(attribute(&own, "id"), key).is_none());
            }
            Event::Start(own) => match own.name().as_ref() {
                "node" => open = attribute(&own, "id"),
                "edge" => {
                    open = attribute(&own, "id");
                    edge = Some((attribute(&own, "source"), attribute(&own, "target")));
                }
                "data" => {
                    key = Some(attribute(&own, "key"));
                    content.clear();
                    if open.is_empty() {
                        parsed.order.push('d');
                    }
                }
                _ => {}
            },
            Event::Text(own) if key.is_some() => content.push_str(&own.into_inner()),
            Event::GeneralRef(own) if key.is_some() => {
                let name = own.into_inner();
                content.push_str(&quick_xml::escape::unescape(&format!("&{name};")).unwrap());
            }
            Event::End(own) => match own.name().as_ref() {
                "data" => {
                    let name = parsed.keys[&key.take().unwrap()].1.clone();
                    let into = if open.is_empty() { &mut parsed.graph } else { &mut values };
                    assert!(into.insert(name, content.clone()).is_none());
                }
                "node" => {
                    parsed.order.push('n');
                    assert!(
                        parsed.nodes.insert(std::mem::take(&mut open), std::mem::take(&mut values)).is_none()
                    );
                }
                "edge" => {
                    parsed.order.push('e');
                    let (source, target) = edge.take().unwrap();
                    assert!(parsed.nodes.contains_key(&source) && parsed.nodes.contains_key(&target));
                    let own = (source, target, std::mem::take(&mut values));
                    assert!(parsed.edges.insert(std::mem::take(&mut open), own).is_none());
                }
                _ => {}
            },
            Event::Eof => return parsed,
            _ => {}
        }
    }
}

/// All ties of a graph; those of command too, if asked.
pub(super) fn study(graph: &Snapshot, subordination: bool) -> Study {
    let selection = Selection::all_ties(subordination);
    let (graph, schemes) = (Arc::new(graph.clone()), TierSchemes::of(graph));
    let ties = TieTable::derive(&graph, &schemes, &selection.tie_options());
    Study::new(Arc::new(ties), selection, Subjects::default()).unwrap()
}

fn export(graph: &Snapshot, options: &GraphmlOptions) -> (Parsed, intergov::exchange::ExportReport) {
    export_of(&study(graph, false), options)
}

fn export_of(study: &Study, options: &GraphmlOptions) -> (Parsed, intergov::exchange::ExportReport) {
    let mut out = Vec::new();
    let report = write_graphml(study, options, &mut out).unwrap();
    let parsed = parse(&out);
    assert_eq!((report.nodes, report.edges), (parsed.nodes.len(), parsed.edges.len()));
    (parsed, report)
}

fn at(date: &str) -> GraphmlOptions {
    GraphmlOptions { window: Some(Window::as_of(date.parse().unwrap())), ..GraphmlOptions::default() }
}

/// A province with two cities; all three in one contract, the cities also in another.
fn delta() -> Snapshot {
    let folder = Folder::new();
    folder.write(
        "governments.csv",
        "id,scheme,code,name,name_en,level,rank,lon,lat,valid_from,valid_to,source,confidence\n\
         cn:000000,cn,cn:000000,国务院,,national,national,,,..,..,,\n\
         cn:310000,cn,cn:310000,上海市,Shanghai,provincial,provincial,121.47,31.23,..,..,s,high\n\
         cn:320000,cn,cn:320000,江苏省,Jiangsu,provincial,provincial,,,..,..,,\n\
         cn:320500,cn,cn:320500,苏州市,Suzhou,prefectural,prefectural,120.58,31.3,..,..,s,high\n\
         cn:320200,cn,cn:320200,无锡市,Wuxi,prefectural,prefectural,,,..,..,,\n\
         cn:320400,cn,cn:320400,常州市,,prefectural,prefectural,,,..,2012,,\n",
    );
    folder.write("sources.csv", "id,citation\ns,来源 <1>\nt,Second\n");
    folder.write(
        "subordination.csv",
        "id,from,to,valid_from,valid_to\na,cn:320500,cn:320000,..,..\nb,cn:320200,cn:320000,..,..\n\
         c,cn:310000,cn:000000,..,..\nd,cn:320000,cn:000000,..,..\n",
    );
    folder.write(
        "arrangements.csv",
        "id,name,mechanism,domains,valid_from,valid_to,source,confidence\n\
         lake,太湖,contract,water,2008,..,s,high\ncards,医保卡,contract,health;water,2009,2012,t,low\n",
    );
    folder.write(
        "parties.csv",
        "id,from,to,role,valid_from,valid_to\n1,cn:310000,lake,member,2008,..\n2,cn:320500,lake,member,2008,..\n\
         3,cn:320200,lake,lead,2008,..\n4,cn:320500,cards,member,2009,2012\n5,cn:320200,cards,member,2009,2012\n\
         6,cn:320000,cards,approver,2009,2012\n",
    );
    folder.write("assistance.csv", "id,from,to,valid_from,valid_to\nh,cn:320200,cn:320500,2010,2011\n");
    import(&empty(), folder.path(), &ImportOptions::default())
}

const SUZHOU: &str = "n_cn_003A_320500";
const WUXI: &str = "n_cn_003A_320200";
const SHANGHAI: &str = "n_cn_003A_310000";

/// The edges between two nodes, with their direction.
/// The sum of the weights of the edges between two nodes, by their ids, the lesser first.
pub(crate) fn weights(bytes: &[u8]) -> BTreeMap<(String, String), f64> {
    let mut sums = BTreeMap::new();
    for (source, target, values) in parse(bytes).edges.into_values() {
        let pair = if source <= target { (source, target) } else { (target, source) };
        *sums.entry(pair).or_insert(0.0) += values["weight"].parse::<f64>().unwrap();
    }
    sums
}

fn between<'p>(parsed: &'p Parsed, a: &str, b: &str) -> Vec<(&'p str, &'p Values)> {
    let all = parsed
        .edges
        .values()
        .filter(|(source, target, _)| [(a, b), (b, a)].contains(&(source.as_str(), target.as_str())));
    all.map(|(_, _, values)| (values["edgelabel"].as_str(), values)).collect()
}

#[test]
fn governments_and_their_ties_at_a_date() {
    let (parsed, report) = export(&delta(), &at("2010"));
    assert_eq!(parsed.nodes.len(), 6);
    let city = &parsed.nodes[SUZHOU];
    let expected = [
        ("label", "苏州市"),
        ("name_en", "Suzhou"),
        ("gov_id", "cn:320500"),
        ("row_id", "cn:320500"),
        ("node_type", "Government"),
        ("labels", ":Government"),
        ("scheme", "cn"),
        ("level", "prefectural"),
        ("rank", "prefectural"),
        ("province", "江苏省"),
        ("province_id", "cn:320000"),
        ("lon", "120.58"),
        ("lat", "31.3"),
        ("valid_from", ".."),
        ("valid_to", ".."),
        ("sources", r#"["s"]"#),
        ("confidence", "high"),
    ];
    assert_eq!(city, &expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    assert!(!parsed.nodes["n_cn_003A_320400"].contains_key("province"), "it has no superior");
    assert_eq!(parsed.nodes[SHANGHAI]["province"], "上海市");
    // Two arrangements of 3 and 2 parties: 1/2 + 1; the approver is not a party.
    let cities = between(&parsed, SUZHOU, WUXI);
    let (kind, tie) = cities.iter().find(|(_, tie)| tie["undirected"] == "true").unwrap();
    assert_eq!((*kind, tie["weight"].as_str(), tie["ties"].as_str()), ("HORIZONTAL", "1.5", "2"));
    assert_eq!(tie["arrangements"], r#"["cards","lake"]"#);
    assert_eq!(tie["arrangement_names"], r#"["医保卡","太湖"]"#);
    assert_eq!(tie["arrangement_count"], "2");
    assert_eq!(
        (tie["mechanisms"].as_str(), tie["domains"].as_str()),
        (r#"["contract"]"#, r#"["health","water"]"#)
    );
    assert_eq!((tie["valid_from"].as_str(), tie["valid_to"].as_str()), ("2008", ".."));
    assert_eq!((tie["sources"].as_str(), tie["confidence"].as_str()), (r#"["s","t"]"#, "low"));
    assert_eq!((tie["interaction"].as_str(), tie["derived"].as_str()), ("HORIZONTAL", "true"));
    // The assistance has an orientation, so it is an edge of its own.
    let helped = parsed
        .edges
        .values()
        .find(|(_, _, tie)| tie["undirected"] == "false" && tie["bases"] == r#"["assistance"]"#);
    let (source, target, values) = helped.unwrap();
    assert_eq!((source.as_str(), target.as_str(), values["weight"].as_str()), (WUXI, SUZHOU, "1"));
    let up = between(&parsed, SUZHOU, SHANGHAI);
    assert_eq!(
        up.iter().map(|(kind, tie)| (*kind, tie["weight"].as_str())).collect::<Vec<_>>(),
        [("DIAGONAL", "0.5")]
    );
    // The approval along the line is an act; the lines of command themselves are left out and counted.
    assert!(report.left_out.contains(&("ties of direct subordination (S6)".to_owned(), 4)), "{report:?}");
    assert!(!report.warnings.iter().any(|warning| warning.starts_with("no date")));
    assert!(parsed.graph["weight"].starts_with("sum over the ties of a pair; arrangements 1/(k-1)"));
    assert_eq!(
        (parsed.graph["holds_from"].as_str(), parsed.graph["holds_until"].as_str()),
        ("2010-12-31", "2010-12-31")
    );
}

#[test]
fn at_another_date_other_ties_hold() {
    let (parsed, report) = export(&delta(), &at("2013"));
    assert_eq!(parsed.nodes.len(), 5);
    assert!(
        report.left_out.contains(&("nodes that do not hold at the date or are not selected".to_owned(), 1))
    );
    let cities = between(&parsed, SUZHOU, WUXI);
    assert_eq!(cities.iter().map(|(_, tie)| tie["weight"].as_str()).collect::<Vec<_>>(), ["0.5"]);
}

#[test]
fn parallel_ties_are_kept_when_asked() {
    let keep = GraphmlOptions { parallel: ParallelTies::Keep, ..at("2010") };
    let (parsed, _) = export(&delta(), &keep);
    let mut kept: Vec<(String, String)> = between(&parsed, SUZHOU, WUXI)
        .iter()
        .map(|(_, tie)| (tie.get("arrangements").cloned().unwrap_or_default(), tie["weight"].clone()))
        .collect();
    kept.sort();
    let row = |arrangement: &str, weight: &str| (arrangement.to_owned(), weight.to_owned());
    assert_eq!(kept, [row("", "1"), row(r#"["cards"]"#, "1"), row(r#"["lake"]"#, "0.5")]);
    assert!(
        parsed.graph["weight"].starts_with("what a tie gives to the sum of its pair; arrangements 1/(k-1)")
    );
}

#[test]
fn lines_of_command_and_isolates_only_when_asked() {
    let (parsed, report) = export_of(&study(&delta(), true), &at("2010"));
    let line = between(&parsed, SUZHOU, "n_cn_003A_320000");
    assert!(
        line.iter().any(|(kind, tie)| *kind == "VERTICAL" && tie["bases"].contains("subordination")),
        "{line:?}"
    );
    assert!(!report.left_out.iter().any(|(what, _)| what.contains("subordination")));
    let without = GraphmlOptions { leave_out_isolates: true, ..at("2010") };
    let (parsed, report) = export(&delta(), &without);
    assert!(!parsed.nodes.contains_key("n_cn_003A_320400"));
    assert!(report.left_out.iter().any(|(what, count)| what == "governments without a tie" && *count > 0));
}

#[test]
fn without_a_date_a_warning_says_what_that_means() {
    let (_, report) = export(&delta(), &GraphmlOptions::default());
    assert_eq!(
        report.warnings[0],
        "no date was named: ties of different years lie over each other, and values are the latest"
    );
}

#[test]
fn stored_edges_of_all_types_and_both_views_together() {
    let graph = delta();
    let stored = GraphmlOptions { view: GraphView::Stored, ..GraphmlOptions::default() };
    let (parsed, _) = export(&graph, &stored);
    assert_eq!((parsed.nodes.len(), parsed.edges.len()), (graph.node_count(), graph.edge_count()));
    let (source, target, party) = &parsed.edges["e_PARTY_005F_TO_002F_6"];
    assert_eq!((source.as_str(), target.as_str()), ("n_cn_003A_320000", "n_Arrangement_002F_cards"));
    assert_eq!((party["role"].as_str(), party["edgelabel"].as_str()), ("approver", "PARTY_TO"));
    assert_eq!((party["derived"].as_str(), party["row_id"].as_str()), ("false", "6"));
    assert_eq!(parsed.nodes["n_Source_002F_s"]["citation"], "来源 <1>");
    let all = GraphmlOptions { view: GraphView::All, ..GraphmlOptions::default() };
    let (both, _) = export(&graph, &all);
    let derived = both.edges.values().filter(|(_, _, edge)| edge["derived"] == "true").count();
    assert_eq!(both.edges.len(), parsed.edges.len() + derived);
    assert_eq!(derived, export(&graph, &GraphmlOptions::default()).0.edges.len());
}

/// What the readers need that cannot be run here; see the conformance list in `docs/exchange.md`.
fn assert_strict(parsed: &Parsed) {
    let mut names = std::collections::BTreeSet::new();
    for (id, (domain, name, kind)) in &parsed.keys {
        assert!(!(id.starts_with('d') && id[1..].parse::<u32>().is_ok()), "{id}");
        assert!(id.starts_with(&format!("{}_", &domain[..1])), "{id} of {domain}");
        assert!(["boolean", "long", "double", "string"].contains(&kind.as_str()), "{kind}");
        assert!(names.insert((domain.clone(), name.to_lowercase())), "{name} twice");
        assert_ne!(name, "id");
    }
    for reserved in ["x", "y", "z", "size", "r", "g", "b", "color"] {
        assert!(!names.contains(&("node".to_owned(), reserved.to_owned())), "{reserved}");
    }
    assert!(parsed.order.trim_start_matches('d').trim_start_matches('n').trim_start_matches('e').is_empty());
    for (id, (_, _, values)) in &parsed.edges {
        assert_eq!(&values["edge_id"], id);
        assert_eq!(values["edgelabel"], values["interaction"]);
        assert!(values.values().all(|value| !value.is_empty()));
    }
}

#[test]
fn the_strict_profile_holds_and_the_same_graph_gives_the_same_bytes() {
    let mut graphs = vec![("delta", delta())];
    if let Some(folder) = fixture("china") {
        graphs.push(("china", import(&empty(), &folder, &ImportOptions::default())));
    }
    for (name, graph) in graphs {
        let all = GraphmlOptions { view: GraphView::All, ..GraphmlOptions::default() };
        for (view, options) in [("2010", at("2010")), ("all", all)] {
            let write = || {
                let mut out = Vec::new();
                write_graphml(&study(&graph, false), &options, &mut out).unwrap();
                out
            };
            let bytes = write();
            assert_eq!(bytes, write());
            assert!(
                bytes.starts_with(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- 政府间关系 -->".as_bytes()
                )
            );
            assert_strict(&parse(&bytes));
            if let Some(folder) = std::env::var_os("INTERGOV_KEEP_GRAPHML") {
                std::fs::write(std::path::Path::new(&folder).join(format!("{name}-{view}.graphml")), bytes)
                    .unwrap();
            }
        }
    }
}

/// igraph refuses a file with a number below the least normal double, 2.2250738585072014e-308.
#[test]
fn a_weight_that_igraph_cannot_read_is_left_out_and_counted() {
    let start = empty();
    let mut draft = start.draft();
    let [a, b, c] = ["a", "b", "c"].map(|id| {
        let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
        draft.set_node(node, "id", Value::text(id)).unwrap();
        draft.set_node(node, "code", Value::text(id)).unwrap();
        node
    });
    for (from, to, weight) in [(a, b, 2.2250738585072014e-308), (b, c, 2.225073858507201e-308)] {
        let edge = draft.create_edge("COOPERATES_WITH", from, to, Validity::ALWAYS).unwrap();
        draft.set_edge(edge, "weight", weight).unwrap();
    }
    let graph = start.apply(&draft.finish()).unwrap();
    let (parsed, report) = export(&graph, &at("2010"));
    let weights: Vec<_> = parsed.edges.values().map(|(.., tie)| tie.get("weight").is_some()).collect();
    assert_eq!(weights, [true, false]);
    assert!(
        report
            .left_out
            .contains(&("numbers below 2.3e-308, at which igraph refuses the whole file".to_owned(), 1))
    );
}

#[test]
fn what_the_format_cannot_hold_is_said() {
    let start = empty();
    let mut draft = start.draft();
    let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
    let values: [(&str, Value); 7] = [
        ("id", "a".into()),
        ("name", "bell \u{7}, \u{FFFF}".into()),
        ("big", i64::MAX.into()),
        ("note", "".into()),
        ("x", 1.0.into()),
        ("Colour", "a".into()),
        ("colour", "b".into()),
    ];
    for (key, value) in values {
        draft.set_node(node, key, value).unwrap();
    }
    let graph = start.apply(&draft.finish()).unwrap();
    let stored = GraphmlOptions { view: GraphView::Stored, ..at("2010") };
    let (parsed, report) = export(&graph, &stored);
    assert_strict(&parsed);
    let node = &parsed.nodes["n_a"];
    assert_eq!(node["label"], "bell \u{FFFD}, \u{FFFD}");
    assert_eq!((node["p_x"].as_str(), node["big"].as_str()), ("1", "9223372036854775807"));
    assert_eq!((node["Colour"].as_str(), node["colour_2"].as_str()), ("a", "b"));
    assert!(!node.contains_key("note"));
    assert!(
        report.warnings.contains(&"2 characters that XML 1.0 forbids were replaced by U+FFFD".to_owned()),
        "{report:?}"
    );
    assert!(report.warnings.iter().any(|warning| warning.starts_with("1 whole numbers lie beyond 2^53")));
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning.starts_with("node attributes with missing values (lon, lat)")),
        "{report:?}"
    );
    assert!(report.left_out.iter().any(|(what, count)| what.starts_with("empty texts") && *count == 1));
    let strict = GraphmlOptions { invalid: InvalidCharacters::Refuse, ..stored.clone() };
    let refused = write_graphml(&study(&graph, false), &strict, Vec::new()).unwrap_err().to_string();
    assert!(refused.starts_with("2 characters are forbidden in XML 1.0"), "{refused}");
    let (parsed, _) = export(&graph, &GraphmlOptions { integers_as_text: true, ..stored });
    assert!(parsed.keys.values().any(|(_, name, kind)| name == "big" && kind == "string"));
}

/// Text as it must come back: forbidden characters replaced, nothing else changed.
fn clean(text: &str) -> String {
    let forbidden =
        |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    text.chars().map(|c| if forbidden(c) { '\u{FFFD}' } else { c }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back(name in text(), note in text(), key in "\\PC{1,8}", title in text()) {
        let start = empty();
        let mut draft = start.draft();
        let ends = ["a", "b"].map(|id| {
            let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
            draft.set_node(node, "id", id).unwrap();
            node
        });
        draft.set_node(ends[0], "name", Value::Text(name.as_str().into())).unwrap();
        draft.set_node(ends[1], &key, Value::Text(note.as_str().into())).unwrap();
        let edge = draft.create_edge("KNOWS", ends[0], ends[1], Validity::ALWAYS).unwrap();
        draft.set_edge(edge, "note", Value::Text(note.as_str().into())).unwrap();
        let graph = start.apply(&draft.finish()).unwrap();
        let metadata = Metadata { title: Some(title.clone()), ..Metadata::default() };
        let options = GraphmlOptions { view: GraphView::Stored, metadata, ..GraphmlOptions::default() };
        let (parsed, _) = export(&graph, &options);
        assert_strict(&parsed);
        let some = |text: &str| (!text.is_empty()).then(|| clean(text));
        prop_assert_eq!(parsed.nodes["n_a"].get("label").cloned(), some(&name));
        prop_assert_eq!(parsed.edges["e1"].2.get("note").cloned(), some(&note));
        prop_assert_eq!(parsed.graph.get("title").cloned(), some(&title));
        let held = parsed.nodes["n_b"].values().any(|value| *value == clean(&note));
        prop_assert!(note.is_empty() || held);
    }

    #[test]
    fn any_graph_is_written_whole(plan in domain()) {
        let graph = build(&plan, true);
        let options = GraphmlOptions { view: GraphView::Stored, ..GraphmlOptions::default() };
        let (parsed, _) = export(&graph, &options);
        assert_strict(&parsed);
        prop_assert_eq!(parsed.nodes.len(), graph.node_count());
        prop_assert_eq!(parsed.edges.len(), graph.edge_count());
    }
}
