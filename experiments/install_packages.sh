#!/usr/bin/env bash
# Installs the Debian packages that a build lacks: install_packages.sh build|tests|all
#
# Says what it is about to install before it does; does nothing, and needs no root,
# where everything is there.
set -euo pipefail

build=(
  build-essential cmake ninja-build git ca-certificates
  libtorch-dev libopenblas0-pthread libdnnl-dev
  libsndfile1-dev libmpg123-dev libfftw3-dev libeigen3-dev libyaml-cpp-dev libfmt-dev
  nlohmann-json3-dev libxxhash-dev libutf8proc-dev
  libsox-dev libebur128-dev libsoxr-dev libpng-dev libcli11-dev libzip-dev
  libfluidsynth-dev timgm6mb-soundfont
)
tests=("${build[@]}" ccache catch2 python3-scipy clang-format clang-tidy)
all=("${tests[@]}" clang libclang-rt-14-dev libbenchmark-dev
  chromium chromium-driver python3-minimal valgrind)

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  tests) wanted=("${tests[@]}") ;;
  all) wanted=("${all[@]}") ;;
  *) echo "usage: install_packages.sh build|tests|all" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing Debian packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "error: root is needed to install them" >&2; exit 1; }
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -q --no-install-recommends "${missing[@]}"
