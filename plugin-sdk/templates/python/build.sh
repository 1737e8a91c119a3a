#!/usr/bin/env bash
# plugin.py becomes the component dialer-acme.wasm. It gets nothing of the system: no clock, no files, no network but the contract's.
set -euo pipefail
cd "$(dirname "$0")"
rm -rf bindings
componentize-py -d wit -w plugin bindings bindings
componentize-py -d wit -w plugin componentize --stub-wasi plugin -p . -p bindings -o dialer-acme.wasm
