#!/bin/sh
# Installs the readers that check_graphml.py asks: NetworkX, igraph and xmlschema for the python3 of the
# path, graph-tool for /usr/bin/python3, and the GraphML schema that Debian ships inside JGraphT.
set -eu

python3 -m pip install --quiet networkx igraph xmlschema

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ]; then as_root=""; else as_root="sudo"; fi
    $as_root apt-get update -qq
    $as_root apt-get install -qq -y --no-install-recommends \
        python3-graph-tool libjgrapht-java libxml2-utils unzip
else
    echo "no apt-get: graph-tool, xmllint and the schema are left out" >&2
fi
