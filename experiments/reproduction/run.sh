#!/usr/bin/env bash
# The thesis's six configurations on Bach10, and what explains them: trains, scores, tables.
#
#   experiments/reproduction/run.sh [PART…]       default: every part, then the tables
#
# Parts: clean-a … clean-f, legacy-a … legacy-f, seeds (two more seeds of models A and C),
# legacy-seeds (of model C), habits (model A with one published habit at a time), lstm (a
# training of each with LibTorch's own LSTM beside ours), tables. Stopped anywhere, the same
# command goes on. Runs lie in runs/reproduction ($LIBSEP_RUNS for another place); the tables
# in this folder are written by the part `tables` from every run there is.
# $BACH10_ROOT says where Bach10 lies, $LIBSEP_APPS where sep-train and sep-eval are
# (default: build/apps).
set -euo pipefail
cd "$(dirname "$0")/../.."

here=experiments/reproduction
apps=${LIBSEP_APPS:-build/apps}
runs=${LIBSEP_RUNS:-runs/reproduction}
: "${BACH10_ROOT:?wants the folder of Bach10}"

# train NAME CONFIG [OPTION…]
train() {
  local name=$1 config=$2
  shift 2
  "$apps/sep-train" "configs/model_$config.yaml" --out "$runs/$name" "$@"
}

# habit NAME KEY: model A with one of the three published habits
habit() {
  local settings=() key
  for key in published_target carried_weights validation_in_training_mode; do
    [ "$key" = "$2" ] || settings+=(--set "legacy.$key=false")
  done
  train "habits/$1" a --protocol legacy --set "title=Model A, $1" "${settings[@]}"
}

tables() {
  local folders=() folder
  for folder in "$runs"/clean/* "$runs"/legacy/* "$runs"/habits/*; do
    if [ -e "$folder/timings.csv" ]; then folders+=("$folder"); fi
  done
  # A table's name tells runs of one shape apart by number, which further runs move.
  rm -f "$here"/results/{clean,legacy}/SepModel_*.csv
  "$apps/sep-eval" "${folders[@]}" --oracles --out "$here/results"
  for folder in "${folders[@]}"; do
    "$here/keep_config.sh" "$folder" "$here/results/configs/${folder#"$runs"/}"
  done
  "$here/check.sh" --write
}

# lstm: fold 1's violin of each configuration by oneDNN and by LibTorch's own LSTM, begun
# together, a thread each; the slower one is alone in the end. Always anew: a training that
# went on after a stop would have counted only its last part.
lstm() {
  local table=$here/results/lstm_cells.csv config name ours theirs pid pids
  echo model,iterations,ours_seconds,torch_seconds >"$table.part"
  for config in a b c d e f; do
    pids=()
    for name in onednn torch; do
      train "lstm/${config}_$name" "$config" --folds 1 --instruments violin \
        --set "model.lstm=$name" --threads 1 --jobs 1 --fresh &
      pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
    ours=$(sed -n 2p "$runs/lstm/${config}_onednn/timings.csv")
    theirs=$(sed -n 2p "$runs/lstm/${config}_torch/timings.csv")
    echo "Model ${config^^},$(cut -d, -f3,4 <<<"$ours"),$(cut -d, -f4 <<<"$theirs")" \
      >>"$table.part"
  done
  mv "$table.part" "$table"
}

part() {
  case $1 in
    clean-[a-f]) train "clean/model_${1#clean-}" "${1#clean-}" ;;
    legacy-[a-f]) train "legacy/model_${1#legacy-}" "${1#legacy-}" --protocol legacy ;;
    seeds)
      for config in a c; do
        for seed in 1 2; do
          train "clean/model_${config}_seed$seed" "$config" --seed "$seed"
        done
      done ;;
    legacy-seeds)
      for seed in 1 2; do
        train "legacy/model_c_seed$seed" c --protocol legacy --seed "$seed"
      done ;;
    habits)
      habit "published target" published_target
      habit "carried weights" carried_weights
      habit "validation in training mode" validation_in_training_mode ;;
    lstm) lstm ;;
    tables) tables ;;
    *) sed -n '2,14s/^# \{0,1\}//p' "$here/run.sh" >&2; exit 2 ;;
  esac
}

if [ $# = 0 ]; then
  set -- clean-{a,b,c,f,d,e} seeds legacy-{a,b,c} legacy-seeds habits lstm \
    legacy-{f,d,e} tables
fi
for name in "$@"; do part "$name"; done
