#!/usr/bin/env bash
# Installs what the tests lack, builds, runs everything, closes on CTest's summary.
#
#   tests/run.sh          Torch-free layers under address and undefined-behaviour
#                         sanitizers; everything in Release, with install and consumer
#   tests/run.sh --all    also the thread sanitizer, clang, a short search of the fuzz
#                         targets, and the tests labelled long
#
# Builds go to build-tests/ (LIBSEP_BUILD_ROOT for another place).
set -euo pipefail
cd "$(dirname "$0")/.."

all=
case "${1:-}" in
  "") ;;
  --all) all=1 ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
root=${LIBSEP_BUILD_ROOT:-build-tests}
jobs=$(nproc)

if [ -n "$all" ]; then packages=all; else packages=tests; fi
experiments/install_packages.sh "$packages"

# stage NAME BUILD_TYPE CTEST_ARGUMENTS -- CMAKE_ARGUMENTS
stage() {
  local name=$1 type=$2 ctest_arguments=()
  shift 2
  while [ "$1" != -- ]; do ctest_arguments+=("$1"); shift; done
  shift
  echo "== $name"
  cmake -S . -B "$root/$name" -G Ninja -DCMAKE_BUILD_TYPE="$type" -DLIBSEP_WERROR=ON "$@" \
    >"$root/$name.log" 2>&1 || { tail -n 30 "$root/$name.log" >&2; exit 1; }
  cmake --build "$root/$name" -j "$jobs"
  ctest --test-dir "$root/$name" -j "$jobs" --output-on-failure "${ctest_arguments[@]}"
}

mkdir -p "$root"
stage sanitized Debug -LE long -- \
  -DLIBSEP_WITH_TORCH=OFF -DLIBSEP_SANITIZE=address,undefined
if [ -n "$all" ]; then
  stage threads RelWithDebInfo -LE long -- -DLIBSEP_WITH_TORCH=OFF -DLIBSEP_SANITIZE=thread
  stage clang Release -LE long -- -DLIBSEP_WITH_TORCH=OFF -DCMAKE_CXX_COMPILER=clang++
  stage fuzz Debug -L fuzz -- -DLIBSEP_WITH_TORCH=OFF -DCMAKE_CXX_COMPILER=clang++ \
    -DLIBSEP_SANITIZE=address,undefined -DLIBSEP_BUILD_FUZZERS=ON \
    -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g"
  stage release Release --
else
  stage release Release -LE long --
fi
