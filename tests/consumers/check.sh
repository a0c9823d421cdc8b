#!/usr/bin/env bash
# Exports the shipped data by the command and asks NetworkX, igraph, graph-tool and the GraphML schema
# whether everything arrived. Usage: check.sh PATH_OF_INTERGOV
set -euo pipefail
intergov=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$intergov" import "$work/db" "$here/../../fixtures/china" 2>"$work/import.log" || { cat "$work/import.log"; exit 1; }
"$intergov" export "$work/db" --format graphml --all-ties --as-of 2019 -o "$work/china-2019.graphml"
"$intergov" list "$work/db" governments --as-of 2019 --format csv >"$work/nodes.csv"
"$intergov" ties "$work/db" 杭州 --as-of 2019 --format csv >"$work/ties.csv"
python3 "$here/check_graphml.py" "$work/china-2019.graphml" --nodes "$work/nodes.csv" --ties "$work/ties.csv"
"$intergov" export "$work/db" --format graphml --all --all-ties --as-of 2010 -o "$work/all-2010.graphml"
python3 "$here/check_graphml.py" "$work/all-2010.graphml"

# The measured network and the exported one are the same network, on data of every kind.
same() { python3 "$here/check_analysis.py" "$intergov" "$1" "$2"; }
make() { "$intergov" import "$work/$1" "$2" >"$work/$1.log" 2>&1 || { cat "$work/$1.log"; exit 1; }; }
for year in 1996 2010 2019; do same "$work/db" $year; done
make toy "$here/../../fixtures/toy" && same "$work/toy" 2012
make compacts "$here/../../fixtures/compacts" && same "$work/compacts" 1970
make two "$here/../../fixtures/two-provinces" && same "$work/two" 2010
"$intergov" synth "$work/synth-data" --governments 600 --ties 3000 --arrangements 60 --parties 500 >/dev/null 2>&1
make synth "$work/synth-data" && same "$work/synth" 2005 && same "$work/synth" 2010
printf 'from,to,weight,valid_from\n甲,乙,5,2001\n乙,丙,0.25,2001\n甲,丙,120000,2001\n丙,丁,3,2001\n' >"$work/edges.csv"
make edges "$work/edges.csv" && same "$work/edges" 2010

# Small inputs that failed once, where they lie beside this checkout.
cases="$here/../../../shared/cases"
if [ -d "$cases" ]; then
  for case in "$cases"/*/; do
    for input in "$case" "$case"*.csv "$case"*.tsv "$case"pkg-parent/pkg; do
      store="$work/case-$(basename "$case")-$(basename "$input")"
      "$intergov" import "$store" "$input" >/dev/null 2>&1 || continue
      for year in 2010 2015 2017; do same "$store" $year; done
    done
  done
else
  echo "skipped: no shared/cases beside this checkout"
fi
