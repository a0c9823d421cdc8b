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
from fractions import Fraction

try:
    import networkx as nx
except ImportError:
    sys.exit(77)

# What `analyze` is asked, and what `export` is asked for the same network.
ALL_TIES = [
    "--direction", "vertical", "--direction", "horizontal", "--direction", "diagonal",
    "--direction", "unclassified", "--include-defining", "--include-plans",
]
SELECTIONS = [
    (ALL_TIES, ["--all-ties"]),
    ([], []),
    (["--reading", "certain"], ["--reading", "certain"]),
    (["--possible"], ["--possible"]),
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
    command = [intergov, "analyze", store, measure, "--as-of", date, "--format", "csv", *options]
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


def undirected(check, intergov, store, date, graph, selected):
    rows = table(intergov, store, "degree", date, selected)
    of_nodes(check, rows, dict(graph.degree()), "degree")
    of_nodes(check, rows, dict(graph.degree(weight="weight")), "strength")
    (row,) = table(intergov, store, "density", date, selected)
    check.same("governments", graph.number_of_nodes(), row["governments"])
    check.same("tied_pairs", graph.number_of_edges(), row["tied_pairs"])
    check.same("isolates", nx.number_of_isolates(graph), row["isolates"])
    if graph.number_of_nodes() > 1:
        check.same("density", nx.density(graph), row["density"])
        check.same("components", nx.number_connected_components(graph), row["components"])
    if not 3 <= graph.number_of_nodes() <= SMALL or graph.number_of_edges() == 0:
        return
    (row,) = table(intergov, store, "cohesion", date, selected)
    # Without two ties that meet there is no transitivity; NetworkX says 0.
    if any(degree > 1 for _, degree in graph.degree()):
        check.same("transitivity", nx.transitivity(graph), row["transitivity"])
    check.same("average_clustering", nx.average_clustering(graph), row["average_clustering"])
    rows = table(intergov, store, "betweenness", date, selected)
    of_nodes(check, rows, nx.betweenness_centrality(graph), "betweenness")
    scores = nx.betweenness_centrality(graph, weight="length")
    if any(abs(scores[row["code"]] - float(row["betweenness_weighted"])) > TOLERANCE for row in rows):
        # NetworkX compares sums of doubles: two ways of one length are one longer than the other by rounding.
        for _, _, values in graph.edges(data=True):
            values["exact"] = 1 / Fraction(values["weight"]).limit_denominator(10**7)
        scores = nx.betweenness_centrality(graph, weight="exact")
    of_nodes(check, rows, scores, "betweenness_weighted")
    rows = table(intergov, store, "closeness", date, selected)
    of_nodes(check, rows, nx.closeness_centrality(graph), "closeness")
    of_nodes(check, rows, nx.closeness_centrality(graph, distance="length"), "closeness_weighted")
    others = graph.number_of_nodes() - 1
    harmonic = {node: score / others for node, score in nx.harmonic_centrality(graph).items()}
    of_nodes(check, rows, harmonic, "harmonic")


def directed(check, intergov, store, date, graph, selected):
    one_way = [*selected, "--directed"]
    rows = table(intergov, store, "degree", date, one_way)
    for way, degree in (("in", graph.in_degree), ("out", graph.out_degree)):
        of_nodes(check, rows, dict(degree()), f"degree_{way}")
        of_nodes(check, rows, dict(degree(weight="weight")), f"strength_{way}")
    (row,) = table(intergov, store, "density", date, one_way)
    check.same("tied_pairs", graph.to_undirected().number_of_edges(), row["tied_pairs"])
    if graph.number_of_nodes() > 1:
        check.same("density", nx.density(graph), row["density"])
    if not 3 <= graph.number_of_nodes() <= SMALL or graph.number_of_edges() == 0:
        return
    rows = table(intergov, store, "closeness", date, one_way)
    others = graph.number_of_nodes() - 1
    for way, turned in (("in", graph), ("out", graph.reverse())):
        of_nodes(check, rows, nx.closeness_centrality(turned), f"closeness_{way}")
        of_nodes(check, rows, nx.closeness_centrality(turned, distance="length"), f"closeness_weighted_{way}")
        harmonic = {node: score / others for node, score in nx.harmonic_centrality(turned).items()}
        of_nodes(check, rows, harmonic, f"harmonic_{way}")
    rows = table(intergov, store, "betweenness", date, one_way)
    of_nodes(check, rows, nx.betweenness_centrality(graph), "betweenness")


def tables(check, intergov, store, date, graph, exported, folder, number):
    """The list of edges and the matrix hold the network of the GraphML."""
    for form in ("edges", "matrix"):
        path = os.path.join(folder, f"{number}-{form}.csv")
        run([intergov, "export", store, "--as-of", date, *exported, "--format", form, "-o", path])
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        if form == "edges":
            found = {tuple(sorted(row[:2])): float(row[2]) for row in rows[1:]}
        else:
            codes = rows[0][1:]
            found = {
                tuple(sorted((row[0], code))): float(cell)
                for row in rows[1:]
                for code, cell in zip(codes, row[1:])
                if float(cell) != 0
            }
        expected = {tuple(sorted(ends)): weight for *ends, weight in graph.edges(data="weight")}
        check.same(f"pairs of {form}", len(expected), len(found))
        for pair, weight in expected.items():
            check.same(f"{form} {pair}", weight, found.get(pair))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    intergov, store, date = sys.argv[1:]
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        for number, (selected, exported) in enumerate(SELECTIONS):
            path = os.path.join(folder, f"{number}.graphml")
            run([intergov, "export", store, "--as-of", date, *exported, "-o", path])
            edges = nx.read_graphml(path, force_multigraph=True).edges(data=True)
            if any("weight" not in values for _, _, values in edges):
                print(f"{store} {date}: skipped, the file leaves out a weight that readers cannot hold")
                return
            graph = read(path, False)
            undirected(check, intergov, store, date, graph, selected)
            directed(check, intergov, store, date, read(path, True), selected)
            tables(check, intergov, store, date, graph, exported, folder, number)
    print(f"{store} {date}: {check.compared} numbers compared, {len(check.different)} differ")
    for line in check.different[:20]:
        print(f"  {line}")
    sys.exit(1 if check.different else 0)


if __name__ == "__main__":
    main()
