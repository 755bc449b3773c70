#!/usr/bin/env bash
# keep_config.sh RUN TO: a run's resolved config, without this machine's paths, its manifests
# and how long its trainings took.
set -euo pipefail
mkdir -p "$2"
cp "$1"/manifest*.yaml "$1/timings.csv" "$2/"
sed 's|^\(  path: \).*|\1Bach10_v1.1|' "$1/config.yaml" >"$2/config.yaml"
