#!/usr/bin/env python3
"""Plays pieces of `sep-data synthesize` again, by TiMidity with the freepats.

    play_with_freepats.py PIECES OUT

Each part alone, without reverberation, mono, 44.1 kHz, int16, at -20.9 dBFS RMS; the mixture
is the sum. Laid out as PIECES. Wants Debian's timidity and freepats.
"""
import array
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import wave

CONFIG = "/etc/timidity/freepats.cfg"
STEMS = ["violin", "clarinet", "saxphone", "bassoon"]  # on channels 1 to 4 of the MIDI file
LEVEL = 10 ** (-20.9 / 20)
RATE = 44100


def play(midi, channel, folder):
    """Samples of one channel, -1 … 1."""
    path = pathlib.Path(folder) / "part.wav"
    others = ",".join(str(c) for c in range(1, 17) if c != channel)
    command = ["timidity", "-c", CONFIG, str(midi), "-Ow1sM", "-s", str(RATE), "-Q", others,
               "-EFreverb=0", "-EFchorus=0", "-o", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with wave.open(str(path)) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
    return [x / 32768 for x in samples]


def write(path, samples):
    values = (max(-32768, min(32767, round(32768 * x))) for x in samples)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", values).tobytes())


def play_piece(piece, out):
    midi = piece / (piece.name + ".mid")
    with tempfile.TemporaryDirectory() as folder:
        parts = [play(midi, channel, folder) for channel in range(1, len(STEMS) + 1)]
    length = max(map(len, parts))
    out.mkdir(parents=True)
    for i, part in enumerate(parts):
        part += [0.0] * (length - len(part))
        rms = math.sqrt(sum(x * x for x in part) / length)
        if rms == 0:
            sys.exit(f"error: {midi}: {STEMS[i]} is silent")
        parts[i] = [x * LEVEL / rms for x in part]
        write(out / f"{out.name}-{STEMS[i]}.wav", parts[i])
    write(out / f"{out.name}.wav", (sum(values) for values in zip(*parts)))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if shutil.which("timidity") is None or not pathlib.Path(CONFIG).exists():
        sys.exit("error: wants Debian's packages timidity and freepats")
    pieces, out = map(pathlib.Path, sys.argv[1:])
    for piece in sorted(pieces.iterdir()):
        if piece.is_dir() and not piece.name.startswith("."):
            play_piece(piece, out / piece.name)


if __name__ == "__main__":
    main()
