#!/usr/bin/env bash
# Exports the shipped data by the command and asks NetworkX, igraph, graph-tool and the GraphML schema
# whether everything arrived. Usage: check.sh PATH_OF_INTERGOV
set -euo pipefail
intergov=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$intergov" import "$work/db" "$here/../../fixtures/china" 2>"$work/import.log" || { cat "$work/import.log"; exit 1; }
"$intergov" export "$work/db" --format graphml --as-of 2019 -o "$work/china-2019.graphml"
"$intergov" list "$work/db" governments --as-of 2019 --format csv >"$work/nodes.csv"
"$intergov" ties "$work/db" 杭州 --as-of 2019 --format csv >"$work/ties.csv"
python3 "$here/check_graphml.py" "$work/china-2019.graphml" --nodes "$work/nodes.csv" --ties "$work/ties.csv"
"$intergov" export "$work/db" --format graphml --all --as-of 2010 -o "$work/all-2010.graphml"
python3 "$here/check_graphml.py" "$work/all-2010.graphml"
