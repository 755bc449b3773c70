#!/usr/bin/env bash
# keep_config.sh RUN TO: a run's resolved config and manifests, without this machine's paths.
set -euo pipefail
mkdir -p "$2"
cp "$1"/manifest*.yaml "$2/"
sed 's|^\(  path: \).*|\1Bach10_v1.1|' "$1/config.yaml" >"$2/config.yaml"
