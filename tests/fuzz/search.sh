#!/usr/bin/env bash
# Searches the fuzz targets with libFuzzer, for so many processor seconds a target, as many
# targets side by side as there are processors, and closes on a table.
#
#   tests/fuzz/search.sh 3600                        all targets, an hour each
#   tests/fuzz/search.sh 600 csv yaml_config         these two
#   tests/fuzz/search.sh 600 csv -- -DNAME=VALUE     with arguments for CMake
#
# Stopped, the same call goes on: corpus, findings and what was done so far, whatever the
# code was then, are kept in build-tests/fuzz/search/ (LIBSEP_BUILD_ROOT for another place
# than build-tests). A target with a finding is not searched on; the findings lie in
# build-tests/fuzz/search/TARGET/. Exit 1 if there is any, or a target cannot be run.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../.."

seconds=${1:-}
[[ "$seconds" =~ ^[1-9][0-9]*$ ]] || { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2; }
shift
targets=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do targets+=("$1"); shift; done
[ $# -eq 0 ] || shift
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls tests/fuzz/seeds)
build=${LIBSEP_BUILD_ROOT:-build-tests}/fuzz
kept=$build/search

mkdir -p "$kept"
exec 9>"$kept/.lock"
flock -n 9 || { echo "error: $kept: searched by another call" >&2; exit 2; }
cmake -S . -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g" -DLIBSEP_WITH_TORCH=OFF -DLIBSEP_BUILD_FUZZERS=ON \
  -DLIBSEP_SANITIZE=address,undefined -DLIBSEP_WERROR=ON "$@" >"$kept/cmake.log" 2>&1 ||
  { tail -n 30 "$kept/cmake.log" >&2; exit 1; }
cmake --build "$build" --target "${targets[@]/#/fuzz_}"

# total TARGET COLUMN: of done.csv, whose columns are processor seconds, executions, coverage
total() { awk -F, -v c="$2" '{ sum += $c } END { printf "%d", sum }' "$kept/$1/done.csv"; }
findings() { find "$kept/$1" -maxdepth 1 -name 'finding-*' | wc -l; }

# In slices of ten minutes at most: libFuzzer reads its corpus anew in each.
search() {
  local target=$1 left options=()
  local folder=$kept/$target
  mkdir -p "$folder/corpus"
  touch "$folder/done.csv"
  for inputs in tests/fuzz/{seeds,regressions}/"$target"; do
    if [ -d "$inputs" ]; then options+=("$inputs"); fi
  done
  if [ -f "tests/fuzz/dictionaries/$target.dict" ]; then
    options+=("-dict=tests/fuzz/dictionaries/$target.dict")
  fi
  while left=$((seconds - $(total "$target" 1))) && [ "$left" -gt 0 ] &&
    [ "$(findings "$target")" = 0 ]; do
    TIMEFORMAT='processor %U %S'
    { time "$build/tests/fuzz_$target" "$folder/corpus" "${options[@]}" \
      -timeout=60 -report_slow_units=60 -rss_limit_mb=2048 -print_final_stats=1 \
      -max_total_time=$((left < 600 ? left : 600)) \
      -artifact_prefix="$folder/finding-" 9>&-; } >"$folder/log" 2>&1 || true
    awk '/ cov: /{ for (i = 1; i < NF; ++i) if ($i == "cov:") coverage = $(i + 1) }
         /^stat::number_of_executed_units/{ executions = $2 }
         /^processor /{ used = $2 + $3 }
         END { if (!executions) exit 1
               printf "%.1f,%d,%d\n", used, executions, coverage }' "$folder/log" \
      >>"$folder/done.csv" || { tail -n 30 "$folder/log" >&2; return 1; }
    if grep -q 'run interrupted' "$folder/log"; then return 1; fi
  done
}
export -f search total findings
export seconds build kept
# A stop ends the searches too: libFuzzer ends on a signal as if it were done.
trap 'trap - INT TERM; kill 0' INT TERM
failed=0
printf '%s\n' "${targets[@]}" |
  xargs -P "$(nproc)" -I{} bash -euo pipefail -c 'search {}' &
wait $! || failed=1

found=0
printf '%-18s %12s %12s %9s %9s\n' target "processor s" executions coverage findings
for target in "${targets[@]}"; do
  count=$(findings "$target")
  printf '%-18s %12d %12d %9d %9d\n' "$target" "$(total "$target" 1)" \
    "$(total "$target" 2)" "$(cut -d, -f3 "$kept/$target/done.csv" | sort -n | tail -n 1)" \
    "$count"
  found=$((found + count))
done
[ "$found" = 0 ] && [ "$failed" = 0 ]
