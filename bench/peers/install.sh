#!/bin/sh
# Installs the peers of the benchmark, all in this folder: Python packages for speed into .venv and for detection quality into .venv-quality
# (they need other versions of NumPy), River into .venv-stream, FastAPI into .venv-serve, JavaScript packages into node_modules.
# Each part is optional; a peer that is absent is reported as "not installed" by the benchmark.
# Needs Python 3.11 or 3.12 and about 12 GB of disk.
set -u
cd "$(dirname "$0")" || exit 1
status=0

if command -v "${PYTHON:-python3}" >/dev/null; then
  install() {
    { [ -d "$1" ] || "${PYTHON:-python3}" -m venv "$1"; } &&
      "$1/bin/python" -m pip install --quiet --requirement "$2" || status=1
  }
  install .venv requirements.txt
  install .venv-quality quality-requirements.txt
  install .venv-stream stream-requirements.txt
  install .venv-serve serve-requirements.txt
else
  echo "python3 not found: the Python peers are left out" >&2
fi

npm ci --ignore-scripts --no-audit --no-fund || status=1
exit $status
