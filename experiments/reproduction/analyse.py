#!/usr/bin/env python3
"""Tables of README.md and tests.csv from results/scores.csv and published.csv.

    analyse.py --write    fills the blocks of README.md between its markers
    analyse.py --check    fails where README.md or tests.csv say anything else

Means over the ten folds with the standard error (standard deviation, divisor n - 1, over
the root of n). The paired test is Wilcoxon's signed-rank test over folds, two-sided, with
its exact distribution: scipy.stats.wilcoxon(method="exact").
"""
import argparse
import collections
import csv
import io
import pathlib
import re
import sys

import numpy
import scipy.stats

HERE = pathlib.Path(__file__).resolve().parent
MODELS = [f"Model {letter}" for letter in "ABCDEF"]
INSTRUMENTS = ["violin", "clarinet", "saxphone", "bassoon"]
HABITS = ["published target", "carried weights", "validation in training mode"]
MASKS = {"mixture": "doing nothing (the mixture)", "ibm": "ideal binary mask",
         "irm": "ideal ratio mask", "iam": "min(1, S/X), the loss's optimum",
         "psm": "phase-sensitive mask"}
NAMES = {"si_sdr_db": "SI-SDR", "si_sir_db": "SI-SIR", "si_sar_db": "SI-SAR",
         "snr_db": "SNR"}


class Scores:
    """Rows of scores.csv by (model, protocol, seed, instrument, estimate), by fold."""

    def __init__(self, path):
        self.cells = collections.defaultdict(dict)
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                if row["status"] == "ok":
                    key = (row["model"], row["protocol"], int(row["seed"]),
                           row["instrument"], row["estimate"])
                    self.cells[key][int(row["fold"])] = row

    def folds(self, model, instrument, score="si_sdr_db", protocol="clean", seed=0,
              estimate="model"):
        cell = self.cells.get((model, protocol, seed, instrument, estimate), {})
        values = {fold: float(row[score]) for fold, row in cell.items()}
        return {fold: value for fold, value in values.items() if numpy.isfinite(value)}

    def text(self, *args, **keys):
        values = list(self.folds(*args, **keys).values())
        if len(values) < 2:
            return "–"
        error = numpy.std(values, ddof=1) / numpy.sqrt(len(values))
        count = "" if len(values) == 10 else f" ({len(values)})"
        return f"{numpy.mean(values):.2f} ± {error:.2f}{count}"

    def mean(self, *args, **keys):
        values = list(self.folds(*args, **keys).values())
        return numpy.mean(values) if values else float("nan")

    def baseline(self, estimate, instrument, score="si_sdr_db"):
        """Of any run: what does not depend on the model is the same in all."""
        for (model, protocol, seed, name, kind) in sorted(self.cells):
            if name == instrument and kind == estimate:
                cell = self.cells[(model, protocol, seed, name, kind)]
                if len(cell) == 10:
                    return numpy.mean([float(row[score]) for row in cell.values()])
        return float("nan")


def read_published(path):
    with open(path, newline="") as file:
        return {(row["model"], row["instrument"], row["score"]): row
                for row in csv.DictReader(file)}


def number(value, sign=""):
    return "–" if not numpy.isfinite(value) else f"{value:{sign}.2f}"


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def compared(scores, published, model, instrument, score="si_sdr_db"):
    there = published[(model, instrument, score)]
    there_error = float(there["std_db"]) / numpy.sqrt(10)
    cells = [scores.text(model, instrument, score),
             scores.text(model, instrument, score, protocol="legacy"),
             f"{float(there['mean_db']):.2f} ± {there_error:.2f}"]
    for protocol in ["clean", "legacy"]:
        ours = scores.mean(model, instrument, score, protocol=protocol)
        cells.append(number(ours - float(there["mean_db"]), "+"))
    return cells


COLUMNS = ["clean", "legacy", "published", "clean − published", "legacy − published"]


def violin(scores, published):
    return markdown(["violin, SI-SDR in dB"] + COLUMNS,
                    [[model] + compared(scores, published, model, "violin")
                     for model in MODELS])


def model_e(scores, published):
    return markdown(["model E, SI-SDR in dB"] + COLUMNS,
                    [[instrument] + compared(scores, published, "Model E", instrument)
                     for instrument in INSTRUMENTS])


def everything(scores, published):
    blocks = []
    for score, name in NAMES.items():
        rows = [[model, instrument] + compared(scores, published, model, instrument, score)
                for model in MODELS for instrument in INSTRUMENTS]
        blocks.append(markdown([f"{name} in dB", ""] + COLUMNS, rows))
    return "\n\n".join(blocks)


def baselines(scores, _):
    rows = [[label] + [number(scores.baseline(kind, instrument))
                       for instrument in INSTRUMENTS] for kind, label in MASKS.items()]
    return markdown(["SI-SDR in dB"] + INSTRUMENTS, rows)


def improvement(scores, _):
    rows = []
    for protocol in ["clean", "legacy"]:
        for model in MODELS:
            rows.append([f"{model}, {protocol}"] +
                        [scores.text(model, instrument, "si_sdri_db", protocol=protocol)
                         for instrument in INSTRUMENTS])
    return markdown(["SI-SDR improvement in dB"] + INSTRUMENTS, rows)


def seeds(scores, _):
    rows = []
    for model in ["Model A", "Model C"]:
        for seed in range(3):
            rows.append([f"{model}, seed {seed}"] +
                        [scores.text(model, instrument, seed=seed)
                         for instrument in INSTRUMENTS])
        spread = []
        for instrument in INSTRUMENTS:
            means = [scores.mean(model, instrument, seed=seed) for seed in range(3)]
            spread.append(number(numpy.std(means, ddof=1)))
        rows.append([f"{model}, standard deviation of the three means"] + spread)
    return markdown(["SI-SDR in dB"] + INSTRUMENTS, rows)


def habits(scores, _):
    rows = [["Model A, clean"] + [scores.text("Model A", instrument)
                                  for instrument in INSTRUMENTS]]
    for habit in HABITS:
        rows.append([f"with the {habit} alone"] +
                    [scores.text(f"Model A, {habit}", instrument, protocol="legacy")
                     for instrument in INSTRUMENTS])
    rows.append(["with all three (legacy)"] +
                [scores.text("Model A", instrument, protocol="legacy")
                 for instrument in INSTRUMENTS])
    return markdown(["SI-SDR in dB"] + INSTRUMENTS, rows)


def paired(scores):
    """Each configuration against the next: mean difference over folds, W, p."""
    rows = []
    for protocol in ["clean", "legacy"]:
        for first, second in zip(MODELS, MODELS[1:]):
            for instrument in INSTRUMENTS:
                a = scores.folds(first, instrument, protocol=protocol)
                b = scores.folds(second, instrument, protocol=protocol)
                if len(a) < 10 or len(b) < 10:
                    continue
                differences = numpy.array([b[fold] - a[fold] for fold in sorted(a)])
                test = scipy.stats.wilcoxon(differences, method="exact")
                rows.append([protocol, first, second, instrument,
                             f"{differences.mean():.4f}", f"{test.statistic:g}",
                             f"{test.pvalue:.4g}"])
    return rows


def tests(scores, _):
    rows = [[f"{first} → {second[-1]}", instrument, f"{float(difference):+.2f}", w, p]
            for protocol, first, second, instrument, difference, w, p in paired(scores)
            if protocol == "clean"]
    return markdown(["clean", "", "mean difference in dB", "W", "p"], rows)


def tests_csv(scores):
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["protocol", "first", "second", "instrument", "mean_difference_db",
                     "wilcoxon_w", "p"])
    writer.writerows(paired(scores))
    return stream.getvalue()


BLOCKS = {"violin": violin, "model-e": model_e, "baselines": baselines,
          "improvement": improvement, "habits": habits, "seeds": seeds, "tests": tests,
          "everything": everything}


def filled(readme, scores, published):
    for name, block in BLOCKS.items():
        marker = re.compile(f"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
        if not marker.search(readme):
            sys.exit(f"README.md: no block {name}")
        text = block(scores, published)
        readme = marker.sub(lambda match: match[1] + text + match[2], readme)
    return readme


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true")
    action.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    scores = Scores(HERE / "results" / "scores.csv")
    published = read_published(HERE / "published.csv")
    wanted = {"README.md": filled((HERE / "README.md").read_text(), scores, published),
              "tests.csv": tests_csv(scores)}
    for name, text in wanted.items():
        path = HERE / name
        if arguments.write:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            sys.exit(f"{path}: differs from what results/scores.csv gives")
    print("written" if arguments.write else "README.md and tests.csv are those of scores.csv")


if __name__ == "__main__":
    main()
