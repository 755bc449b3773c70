#!/usr/bin/env python3
"""Makes a sound font (SoundFont 2) of recordings of single notes.

    make_font.py OUT.sf2 40,41,110=violin 64-67=saxophone 70=bassoon 71=clarinet

Each PROGRAMS=FOLDER is an instrument: programs of General MIDI, from 0, and a folder of
recordings of one long note each, named by pitch: A4.wav, As3.mp3 (A sharp), Ds5.flac. Each is
set to one loudness, begins where the tone does, is tuned by its own fundamental and loops by a
crossfade over most of its length; keys between take the nearest recording. Wants Debian's
python3-numpy and python3-soundfile.
"""
import pathlib
import struct
import sys

import numpy
import soundfile

NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
RATE = 44100
RMS = 0.1
# Generators of the SoundFont 2.04 specification, 8.1.2.
ATTACK, RELEASE, INSTRUMENT, KEYS, SAMPLE, LOOPS, ROOT = 34, 38, 41, 43, 53, 54, 58


def key_of(path):
    name = path.stem.replace("#", "s")
    try:
        return NAMES[name[0]] + ("s" in name) + 12 * (int(name.lstrip("CDEFGABs")) + 1)
    except (KeyError, ValueError):
        sys.exit(f"error: {path}: wants the name of a pitch, as As4.wav")


def fundamental(tone, key):
    """Hz, by the autocorrelation of many short pieces, within 1.5 semitones of the key."""
    wanted = 440 * 2 ** ((key - 69) / 12)
    size = 8192
    found = []
    for start in range(0, len(tone) - 2 * size, size):
        piece = tone[start:start + size] * numpy.hanning(size)
        spectrum = numpy.fft.rfft(piece, 8 * size)
        lags = numpy.fft.irfft(numpy.abs(spectrum) ** 2, 8 * size)
        low, high = (int(RATE / wanted * 2 ** (s / 12)) for s in (-1.5, 1.5))
        best = low + int(numpy.argmax(lags[low:high + 2]))
        left, middle, right = lags[best - 1:best + 2]
        bend = left - 2 * middle + right
        if bend < 0 and low < best <= high:
            found.append(RATE / (best + 0.5 * (left - right) / bend))
    return float(numpy.median(found)) if found else 0.0


def read_tone(path):
    """Samples (mono, 44.1 kHz) from the tone's beginning to its end, their loop, its pitch."""
    samples, rate = soundfile.read(path, always_2d=True)
    if rate != RATE:
        sys.exit(f"error: {path}: wants {RATE} Hz, has {rate}")
    samples = samples.mean(axis=1)
    size = 512
    blocks = samples[:len(samples) // size * size].reshape(-1, size)
    level = numpy.sqrt((blocks ** 2).mean(axis=1))
    typical = numpy.median(level[level > 0.1 * level.max()])
    begin = int(numpy.argmax(level > 0.1 * typical)) * size
    sounding = numpy.nonzero(level > 0.4 * typical)[0]
    end = int(sounding[-1]) * size
    tone = samples[max(0, begin - size):end]
    tone[:64] *= numpy.linspace(0, 1, 64)
    sustained = tone[len(tone) // 5:len(tone) * 4 // 5]
    tone = tone * RMS / numpy.sqrt((sustained ** 2).mean())
    pitch = fundamental(sustained, key_of(path))
    if not pitch:
        sys.exit(f"error: {path}: no fundamental near its name's")
    return (*with_loop(tone), pitch)


def with_loop(tone):
    """The tone, its end crossfaded into what lies before the loop; first, last of the loop."""
    first = int(0.3 * len(tone))
    fade = RATE // 8
    last = len(tone) - 64
    # A last sample about which the tone is most like that about the first one.
    around = tone[first - fade:first]
    places = range(last - RATE // 40, last)
    last = max(places, key=lambda place: float(around @ tone[place - fade:place]))
    blend = numpy.sin(numpy.linspace(0, numpy.pi / 2, fade)) ** 2
    tone[last - fade:last] = (1 - blend) * tone[last - fade:last] + blend * around
    after = tone[first:first + 64]
    return numpy.concatenate([tone[:last], after]), first, last


def chunk(name, data):
    return name.encode() + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def listing(name, *chunks):
    return chunk("LIST", name.encode() + b"".join(chunks))


def text(value):
    return value.encode() + b"\0" * (2 - len(value) % 2)


class Font:
    """Records of the pdta list as they grow (specification, 7)."""

    def __init__(self):
        self.samples, self.position = [], 0
        self.headers, self.presets, self.instruments = [], [], []
        self.preset_zones, self.zones, self.generators = [], [], []
        self.preset_generators = []

    def add_sample(self, name, tone, first, last, pitch):
        exact = 69 + 12 * numpy.log2(pitch / 440)
        key = int(round(exact))
        cents = int(round(100 * (key - exact)))  # what playback is corrected by
        begin = self.position
        data = numpy.clip(numpy.round(tone * 32767), -32768, 32767).astype("<i2")
        data = numpy.concatenate([data, numpy.zeros(46, "<i2")])
        self.samples.append(data.tobytes())
        self.position += len(data)
        self.headers.append(struct.pack(
            "<20sIIIIIBbHH", name.encode()[:19], begin, begin + len(tone), begin + first,
            begin + last, RATE, key, cents, 0, 1))
        return key

    def add_instrument(self, name, programs, tones):
        """tones: (name, samples, first, last, pitch)."""
        keys = [(self.add_sample(*tone), len(self.headers) - 1) for tone in tones]
        keys.sort()
        index = len(self.instruments)
        self.instruments.append(struct.pack("<20sH", name.encode()[:19], len(self.zones)))
        for i, (key, sample) in enumerate(keys):
            low = 0 if i == 0 else (keys[i - 1][0] + key) // 2 + 1
            high = 127 if i + 1 == len(keys) else (key + keys[i + 1][0]) // 2
            self.zones.append(struct.pack("<HH", len(self.generators), 0))
            self.generators += [struct.pack("<HBB", KEYS, low, high),
                                struct.pack("<Hh", ATTACK, -8000),
                                struct.pack("<Hh", RELEASE, -3000),
                                struct.pack("<Hh", LOOPS, 1),
                                struct.pack("<HH", SAMPLE, sample)]
        for program in programs:
            self.presets.append((program, struct.pack(
                "<20sHHHIII", f"{name} {program}".encode()[:19], program, 0,
                len(self.preset_zones), 0, 0, 0)))
            self.preset_zones.append(struct.pack("<HH", len(self.preset_generators), 0))
            self.preset_generators.append(struct.pack("<HH", INSTRUMENT, index))

    def data(self):
        presets = [record for _, record in self.presets]
        presets.append(struct.pack("<20sHHHIII", b"EOP", 0, 0, len(self.preset_zones), 0, 0, 0))
        self.preset_zones.append(struct.pack("<HH", len(self.preset_generators), 0))
        self.instruments.append(struct.pack("<20sH", b"EOI", len(self.zones)))
        self.zones.append(struct.pack("<HH", len(self.generators), 0))
        self.headers.append(struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0))
        end = b"\0" * 4
        info = listing("INFO", chunk("ifil", struct.pack("<HH", 2, 1)),
                       chunk("isng", text("EMU8000")), chunk("INAM", text("Recordings")))
        sound = listing("sdta", chunk("smpl", b"".join(self.samples)))
        lists = {"phdr": presets, "pbag": self.preset_zones, "pmod": [b"\0" * 10],
                 "pgen": self.preset_generators + [end], "inst": self.instruments,
                 "ibag": self.zones, "imod": [b"\0" * 10], "igen": self.generators + [end],
                 "shdr": self.headers}
        records = listing("pdta", *(chunk(name, b"".join(r)) for name, r in lists.items()))
        body = b"sfbk" + info + sound + records
        return b"RIFF" + struct.pack("<I", len(body)) + body


def programs_of(spec):
    programs = []
    for part in spec.split(","):
        low, _, high = part.partition("-")
        programs += range(int(low), int(high or low) + 1)
    return programs


def main():
    if len(sys.argv) < 3 or any("=" not in argument for argument in sys.argv[2:]):
        sys.exit(__doc__)
    font = Font()
    for argument in sys.argv[2:]:
        spec, _, folder = argument.partition("=")
        folder = pathlib.Path(folder)
        files = sorted(f for f in folder.glob("*") if f.suffix in (".wav", ".mp3", ".flac"))
        if not files:
            sys.exit(f"error: {folder}: wants recordings of single notes")
        tones = [(f.stem, *read_tone(f)) for f in files]
        for name, tone, first, last, pitch in tones:
            print(f"{folder.name} {name}: {len(tone) / RATE:.2f} s, {pitch:.2f} Hz")
        font.add_instrument(folder.name, programs_of(spec), tones)
    pathlib.Path(sys.argv[1]).write_bytes(font.data())


if __name__ == "__main__":
    main()
