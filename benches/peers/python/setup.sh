#!/usr/bin/env bash
# Makes the virtual environment `.venv` beside this file and installs what the peers need.
set -euo pipefail
cd "$(dirname "$0")"

"${PYTHON:-python3}" -m venv .venv
.venv/bin/pip install --quiet --requirement requirements.txt
.venv/bin/python check.py
