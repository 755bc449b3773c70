#!/usr/bin/env python3
"""Whether two run directories hold the same results: compare_runs.py BEFORE AFTER

Compared, to the byte: every tensor of every .safetensors (names, types, shapes, data; its
metadata may differ), every history.csv, and every scores.csv but for the column
scores_version and, in rows of the mixture, si_sar_db. What only one of the two has is a
difference. Says what differs, a line each, and ends with 1; with 0 and a count otherwise.
"""
import csv
import json
import struct
import sys
from pathlib import Path


def tensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {
        name: (entry["dtype"], tuple(entry["shape"]), body[slice(*entry["data_offsets"])])
        for name, entry in header.items()
    }


def scores(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.pop("scores_version")
        if row["estimate"] == "mixture":
            row.pop("si_sar_db")
    return rows


READERS = {".safetensors": tensors, "history.csv": Path.read_bytes, "scores.csv": scores}


def reader_of(path):
    return READERS.get(path.name) or READERS.get(path.suffix)


def results(root):
    found = {p.relative_to(root): p for p in sorted(root.rglob("*")) if reader_of(p)}
    return {name: path for name, path in found.items() if path.is_file()}


def differences(before, after):
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            yield f"{name}: only in one of the two"
        elif reader_of(name)(before[name]) != reader_of(name)(after[name]):
            yield f"{name}: differs"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    before, after = (results(Path(argument)) for argument in sys.argv[1:])
    if not before:
        sys.exit(f"{sys.argv[1]}: holds no results")
    faults = list(differences(before, after))
    print("\n".join(faults) or f"{len(before)} files hold the same results")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
