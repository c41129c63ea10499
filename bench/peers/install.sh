#!/bin/sh
# Installs the peers of the benchmark: Python packages into .venv, JavaScript packages into node_modules, both in this folder.
# Each half is optional; a peer that is absent is reported as "not installed" by the benchmark.
# Needs Python 3.11 or newer and about 6 GB of disk.
set -u
cd "$(dirname "$0")" || exit 1
status=0

if command -v "${PYTHON:-python3}" >/dev/null; then
  { [ -d .venv ] || "${PYTHON:-python3}" -m venv .venv; } &&
    .venv/bin/python -m pip install --quiet --requirement requirements.txt || status=1
else
  echo "python3 not found: the Python peers are left out" >&2
fi

npm ci --ignore-scripts --no-audit --no-fund || status=1
exit $status
