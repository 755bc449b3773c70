#!/usr/bin/env bash
# Installs what the tests lack, builds, runs everything, closes on CTest's summary.
#
#   tests/run.sh          clang-format; the Torch-free layers under clang-tidy and under
#                         address and undefined-behaviour sanitizers; everything in
#                         Release, with install and consumer
#   tests/run.sh --all    also the thread sanitizer, clang++, shared libraries with their
#                         consumers, a short search of the fuzz targets, clang-tidy over
#                         the layers with LibTorch, and the tests labelled long
#
# Builds go to build-tests/ (LIBSEP_BUILD_ROOT for another place).
set -euo pipefail
cd "$(dirname "$0")/.."

all=
case "${1:-}" in
  "") ;;
  --all) all=1 ;;
  *) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
root=${LIBSEP_BUILD_ROOT:-build-tests}
jobs=$(nproc)

if [ -n "$all" ]; then packages=all; else packages=tests; fi
experiments/install_packages.sh "$packages"

# build NAME BUILD_TYPE CMAKE_ARGUMENTS
build() {
  local name=$1 type=$2
  shift 2
  echo "== $name"
  cmake -S . -B "$root/$name" -G Ninja -DCMAKE_BUILD_TYPE="$type" -DLIBSEP_WERROR=ON "$@" \
    >"$root/$name.log" 2>&1 || { tail -n 30 "$root/$name.log" >&2; exit 1; }
  cmake --build "$root/$name" -j "$jobs"
}

# stage NAME BUILD_TYPE CTEST_ARGUMENTS -- CMAKE_ARGUMENTS
stage() {
  local name=$1 type=$2 ctest_arguments=()
  shift 2
  while [ "$1" != -- ]; do ctest_arguments+=("$1"); shift; done
  shift
  build "$name" "$type" "$@"
  ctest --test-dir "$root/$name" -j "$jobs" --output-on-failure "${ctest_arguments[@]}"
}

# tidy NAME LAYER…: clang-tidy over the sources of these layers, with the flags of the
# build NAME. CMake leaves out the standard where it is the compiler's default; GCC's
# precompiled header is left out, for clang does not read it.
tidy() {
  local name=$1 layers
  shift
  layers=$(IFS='|'; echo "$*")
  echo "== clang-tidy: $*"
  mkdir -p "$root/tidy-$name"
  sed 's/ -Winvalid-pch -include [^ ]*cmake_pch\.hxx//g' \
    "$root/$name/compile_commands.json" >"$root/tidy-$name/compile_commands.json"
  run-clang-tidy -p "$root/tidy-$name" -quiet -j "$jobs" -extra-arg=-std=gnu++17 \
    "^$PWD/(libsep/)?($layers)/" >"$root/tidy-$name.log" 2>&1 ||
    { grep -E 'warning:|error:' -A 3 "$root/tidy-$name.log" | head -n 60 >&2; exit 1; }
}

mkdir -p "$root"
echo "== clang-format"
find libsep apps tests benchmarks -name '*.h' -o -name '*.cpp' |
  xargs clang-format --dry-run -Werror

stage sanitized Debug -LE long -- \
  -DLIBSEP_WITH_TORCH=OFF -DLIBSEP_SANITIZE=address,undefined
tidy sanitized core audio dsp metrics data synthesis mixing checkpoint report
if [ -n "$all" ]; then
  stage threads RelWithDebInfo -LE long -- -DLIBSEP_WITH_TORCH=OFF -DLIBSEP_SANITIZE=thread
  stage clang Release -LE long -- -DLIBSEP_WITH_TORCH=OFF -DCMAKE_CXX_COMPILER=clang++
  stage fuzz Debug -L fuzz -- -DLIBSEP_WITH_TORCH=OFF -DCMAKE_CXX_COMPILER=clang++ \
    -DLIBSEP_SANITIZE=address,undefined -DLIBSEP_BUILD_FUZZERS=ON \
    -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g"
  stage shared Release -L 'consumer|core|metrics' -- -DBUILD_SHARED_LIBS=ON
  stage release Release --
  tidy release model separation train eval experiment commands apps
else
  stage release Release -LE long --
fi
