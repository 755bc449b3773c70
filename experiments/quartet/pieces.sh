#!/usr/bin/env bash
# The pieces that the quartet's first weights are learnt on, and those they are chosen by.
#
#   experiments/quartet/pieces.sh OUT      about ten minutes of processor time, 3.5 GB
#
# OUT/plain, rich, mid, gm_plain, gm_mid: chorales of three fonts of two families, all free:
# FluidR3_GM and MuseScore_General (MIT; the second is derived from the first) and
# sf_GMbank (public domain; TimGM6mb is derived from it, and so counts as heard).
# OUT/chosen_by: chorales played by TiMidity with freepats, a family that training never
# hears. Debian's packages: fluid-soundfont-gm musescore-general-soundfont csound-soundfont
# timidity freepats python3.
set -euo pipefail

out=${1:?wants a folder}
here=$(cd "$(dirname "$0")" && pwd)
fluid=/usr/share/sounds/sf2/FluidR3_GM.sf2
musescore=/usr/share/sounds/sf3/MuseScore_General.sf3
gm=/usr/share/sounds/sf2/sf_GMbank.sf2
moderate="--variations rich --vary programs=0.25 --vary timbre=0.4 --vary equalization=0
  --vary levels=0.6 --vary noise=0.4 --vary room=0.5 --vary ornaments=0.5 --vary tuning=0.7
  --vary transposition=1"

make_set() { # NAME PIECES SEED OPTION…
  local name=$1 pieces=$2 seed=$3
  shift 3
  [ -e "$out/$name" ] ||
    sep-data synthesize --pieces "$pieces" --seconds 30 --seed "$seed" --format flac "$@" \
      --out "$out/$name"
}

mkdir -p "$out"
make_set plain 60 11 --soundfont "$fluid"
make_set rich 200 1 --variations rich --soundfont "$fluid,$musescore"
# shellcheck disable=SC2086
make_set mid 120 21 $moderate --soundfont "$fluid,$musescore"
make_set gm_plain 70 31 --soundfont "$gm"
# shellcheck disable=SC2086
make_set gm_mid 80 41 $moderate --soundfont "$gm,$fluid"
make_set scores 4 77
[ -e "$out/chosen_by" ] || python3 "$here/play_with_freepats.py" "$out/scores" "$out/chosen_by"
