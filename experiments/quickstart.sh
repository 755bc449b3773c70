#!/usr/bin/env bash
# From a clone to a table: installs what is missing, builds, makes ten short
# chorales, trains and evaluates by leave-one-out.
#
#   experiments/quickstart.sh              on chorales of our own (docs/chorales.md)
#   experiments/quickstart.sh --data DIR   on Bach10, or any folder laid out like it
set -euo pipefail

usage() { sed -n '2,6s/^# \{0,1\}//p' "$0"; }
data=
while [ $# -gt 0 ]; do
  case "$1" in
    --data) data=${2:?--data wants a folder}; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) echo "error: $1: no such option" >&2; usage >&2; exit 2 ;;
  esac
done
if [ -n "$data" ]; then  # as seen from where the user is
  [ -d "$data" ] || { echo "error: $data: no such folder" >&2; exit 2; }
  data=$(realpath "$data")
fi
cd "$(dirname "$0")/.."

experiments/install_packages.sh build

echo "== Building into build/"
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DLIBSEP_BUILD_TESTS=OFF >build.log 2>&1 ||
  { tail -n 20 build.log >&2; exit 1; }
rm -f build.log
cmake --build build --target sep-train sep-eval sep-separate sep-data
export PATH="$PWD/build/apps:$PATH"

out=runs/quickstart
if [ -z "$data" ]; then
  data=runs/quickstart-chorales
  if [ ! -e "$data" ]; then
    echo "== Making ten chorales in $data"
    sep-data synthesize --pieces 10 --seconds 12 --seed 1 --out "$data.partial"
    mv "$data.partial" "$data"
  fi
else
  out=runs/quickstart-$(basename "$data")
fi

echo "== Training: ten folds, four instruments, into $out"
sep-train configs/quickstart.yaml --data "$data" --out "$out"
echo "== Evaluating"
sep-eval "$out"
