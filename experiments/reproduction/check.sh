#!/usr/bin/env bash
# Recomputes from results/scores.csv: the tables and the marked figures of README.md here and
# of the top one, tests.csv, summary.csv, and the thesis's tables an instrument. Fails on a
# difference; `check.sh --write` mends it. Ends with 77, "skipped" to CTest, without scipy
# (Debian's python3-scipy).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for python in python3 /usr/bin/python3; do
  if "$python" -c 'import scipy' 2>/dev/null; then
    exec "$python" "$here/analyse.py" "${1:---check}"
  fi
done
echo "SKIPPED: no Python with scipy (Debian's python3-scipy)"
exit 77
