#!/usr/bin/env bash
# Recomputes every figure of ours in README.md from results/scores.csv; fails on a difference.
set -euo pipefail
exec python3 "$(dirname "$0")/analyse.py" --check
