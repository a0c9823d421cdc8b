#!/usr/bin/env python3
"""Does another program that measures the exported network get the numbers of the analysis (S32)?

Reads a GraphML with NetworkX, adds up the weights of the edges between two governments, measures the network, and
compares with what the command prints for the same store, date and ties:

    check_analysis.py INTERGOV STORE DATE [--undirected-only]

Exit code: 0 all agree, 1 something differs, 2 wrong use, 77 NetworkX is not installed.
"""

import csv
import io
import math
import os
import subprocess
import sys
import tempfile

try:
    import networkx as nx
except ImportError:
    sys.exit(77)

# The ties that `export` writes by default.
SELECTION = [
    "--direction", "vertical", "--direction", "horizontal", "--direction", "diagonal",
    "--direction", "unclassified", "--include-defining", "--include-plans",
]
TOLERANCE = 1e-12
# Shortest paths of all pairs in Python take minutes beyond this.
SMALL = 700


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def table(intergov, store, measure, date, options):
    command = [intergov, "analyze", store, measure, "--as-of", date, "--format", "csv", *SELECTION, *options]
    return list(csv.DictReader(io.StringIO(run(command))))


def read(path, directed):
    """The network of the file: one weight a pair; an edge without orientation stands both ways."""
    file = nx.read_graphml(path, force_multigraph=True)
    graph = nx.DiGraph() if directed else nx.Graph()
    for _, values in file.nodes(data=True):
        graph.add_node(values.get("code") or values.get("gov_id"))
    code = {node: values.get("code") or values.get("gov_id") for node, values in file.nodes(data=True)}
    weights = {}
    for source, target, values in file.edges(data=True):
        ends = [(code[source], code[target])]
        if not directed:
            ends = [tuple(sorted(ends[0]))]
        elif values["undirected"]:
            ends.append(ends[0][::-1])
        for pair in ends:
            weights.setdefault(pair, []).append(values["weight"])
    for (source, target), parts in weights.items():
        weight = math.fsum(parts)
        if weight > 0:
            graph.add_edge(source, target, weight=weight, length=1 / weight)
    return graph


class Check:
    def __init__(self):
        self.compared, self.different = 0, []

    def same(self, where, expected, found):
        self.compared += 1
        if found in ("", None):
            self.different.append(f"{where}: {expected} by NetworkX, nothing by intergov")
        elif not math.isclose(expected, float(found), rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            self.different.append(f"{where}: {expected} by NetworkX, {found} by intergov")


def of_nodes(check, rows, scores, column):
    for row in rows:
        check.same(f"{column} of {row['code']}", scores[row["code"]], row[column])


def undirected(check, intergov, store, date, graph):
    rows = table(intergov, store, "degree", date, [])
    of_nodes(check, rows, dict(graph.degree()), "degree")
    of_nodes(check, rows, dict(graph.degree(weight="weight")), "strength")
    (row,) = table(intergov, store, "density", date, [])
    check.same("governments", graph.number_of_nodes(), row["governments"])
    check.same("tied_pairs", graph.number_of_edges(), row["tied_pairs"])
    check.same("isolates", nx.number_of_isolates(graph), row["isolates"])
    if graph.number_of_nodes() > 1:
        check.same("density", nx.density(graph), row["density"])
        check.same("components", nx.number_connected_components(graph), row["components"])
    if not 3 <= graph.number_of_nodes() <= SMALL or graph.number_of_edges() == 0:
        return
    (row,) = table(intergov, store, "cohesion", date, [])
    # Without two ties that meet there is no transitivity; NetworkX says 0.
    if any(degree > 1 for _, degree in graph.degree()):
        check.same("transitivity", nx.transitivity(graph), row["transitivity"])
    check.same("average_clustering", nx.average_clustering(graph), row["average_clustering"])
    rows = table(intergov, store, "betweenness", date, [])
    of_nodes(check, rows, nx.betweenness_centrality(graph), "betweenness")
    of_nodes(check, rows, nx.betweenness_centrality(graph, weight="length"), "betweenness_weighted")
    rows = table(intergov, store, "closeness", date, [])
    of_nodes(check, rows, nx.closeness_centrality(graph), "closeness")
    of_nodes(check, rows, nx.closeness_centrality(graph, distance="length"), "closeness_weighted")
    others = graph.number_of_nodes() - 1
    harmonic = {node: score / others for node, score in nx.harmonic_centrality(graph).items()}
    of_nodes(check, rows, harmonic, "harmonic")


def directed(check, intergov, store, date, graph):
    rows = table(intergov, store, "degree", date, ["--directed"])
    for way, degree in (("in", graph.in_degree), ("out", graph.out_degree)):
        of_nodes(check, rows, dict(degree()), f"degree_{way}")
        of_nodes(check, rows, dict(degree(weight="weight")), f"strength_{way}")
    (row,) = table(intergov, store, "density", date, ["--directed"])
    check.same("tied_pairs", graph.to_undirected().number_of_edges(), row["tied_pairs"])
    if graph.number_of_nodes() > 1:
        check.same("density", nx.density(graph), row["density"])
    if not 3 <= graph.number_of_nodes() <= SMALL or graph.number_of_edges() == 0:
        return
    rows = table(intergov, store, "closeness", date, ["--directed"])
    others = graph.number_of_nodes() - 1
    for way, turned in (("in", graph), ("out", graph.reverse())):
        of_nodes(check, rows, nx.closeness_centrality(turned), f"closeness_{way}")
        of_nodes(check, rows, nx.closeness_centrality(turned, distance="length"), f"closeness_weighted_{way}")
        harmonic = {node: score / others for node, score in nx.harmonic_centrality(turned).items()}
        of_nodes(check, rows, harmonic, f"harmonic_{way}")
    rows = table(intergov, store, "betweenness", date, ["--directed"])
    of_nodes(check, rows, nx.betweenness_centrality(graph), "betweenness")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    intergov, store, date = sys.argv[1:]
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.graphml")
        run([intergov, "export", store, "--as-of", date, "-o", path])
        edges = nx.read_graphml(path, force_multigraph=True).edges(data=True)
        if any("weight" not in values for _, _, values in edges):
            print(f"{store} {date}: skipped, the file leaves out a weight that readers cannot hold")
            return
        undirected(check, intergov, store, date, read(path, False))
        directed(check, intergov, store, date, read(path, True))
    print(f"{store} {date}: {check.compared} numbers compared, {len(check.different)} differ")
    for line in check.different[:20]:
        print(f"  {line}")
    sys.exit(1 if check.different else 0)


if __name__ == "__main__":
    main()
