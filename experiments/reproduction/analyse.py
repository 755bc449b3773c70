#!/usr/bin/env python3
"""Fills the tables, and the figures in the prose, of README.md here and of the top one.

    analyse.py --write    blocks between <!-- NAME --> and <!-- /NAME -->, numbers before
                          <!-- = EXPRESSION -->, and tests.csv
    analyse.py --check    fails where any of them, or summary.csv and the thesis's tables an
                          instrument in results/, say anything else than results/scores.csv

Means over the ten folds with the standard error (standard deviation, divisor n - 1, over
the root of n). The paired test is Wilcoxon's signed-rank test over folds, two-sided, with
its exact distribution: scipy.stats.wilcoxon(method="exact").
"""
import argparse
import csv
import io
import re
import sys

import numpy

from scores import (HERE, INSTRUMENTS, MODELS, NAMES, RESULTS, THESIS, Scores, consecutive,
                    differences_from_summary, differences_from_thesis_tables,
                    read_published, read_rows, read_timings)

HABITS = ["published target", "carried weights", "validation in training mode"]
SEEDS = [("Model A", "clean"), ("Model C", "clean"), ("Model C", "legacy")]
MASKS = {"mixture": "doing nothing (the mixture)", "ibm": "ideal binary mask",
         "irm": "ideal ratio mask", "iam": "min(1, S/X), the loss's optimum",
         "psm": "phase-sensitive mask"}
COLUMNS = ["clean", "legacy", "published", "clean − published", "legacy − published"]


def number(value, sign=""):
    return "–" if not numpy.isfinite(value) else f"{value:{sign}.2f}"


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


class Tables:
    """The blocks, by name; `published` is of published.csv, `timings` by run."""

    def __init__(self):
        self.scores = Scores(RESULTS / "scores.csv")
        self.published = read_published()
        self.timings = read_timings()

    def published_text(self, model, instrument, score="si_sdr_db"):
        there = self.published[(model, instrument, score)]
        return f"{float(there['mean_db']):.2f} ± {float(there['std_db']) / 10 ** 0.5:.2f}"

    def compared(self, model, instrument, score="si_sdr_db"):
        published = float(self.published[(model, instrument, score)]["mean_db"])
        cells = [self.scores.text(model, instrument, score),
                 self.scores.text(model, instrument, score, "legacy"),
                 self.published_text(model, instrument, score)]
        for protocol in ["clean", "legacy"]:
            ours = self.scores.mean(model, instrument, score, protocol)
            cells.append(number(ours - published, "+"))
        return cells

    def violin(self):
        return markdown(["violin, SI-SDR in dB"] + COLUMNS,
                        [[model] + self.compared(model, "violin") for model in MODELS])

    def model_e(self):
        return markdown(["model E, SI-SDR in dB"] + COLUMNS,
                        [[instrument] + self.compared("Model E", instrument)
                         for instrument in INSTRUMENTS])

    def everything(self):
        blocks = []
        for score in THESIS:
            rows = [[model, instrument] + self.compared(model, instrument, score)
                    for model in MODELS for instrument in INSTRUMENTS]
            blocks.append(markdown([f"{NAMES[score]} in dB", ""] + COLUMNS, rows))
        return "\n\n".join(blocks)

    def baselines(self):
        rows = [[label] + [number(self.scores.baseline(kind, instrument))
                           for instrument in INSTRUMENTS] for kind, label in MASKS.items()]
        return markdown(["SI-SDR in dB"] + INSTRUMENTS, rows)

    def main(self):
        """The top README's: all of it, clean, beside the published."""
        rows = [["doing nothing (the mixture)"] +
                [number(self.scores.baseline("mixture", name)) for name in INSTRUMENTS]]
        for model in MODELS:
            rows.append([model] + [self.scores.text(model, name) for name in INSTRUMENTS])
            rows.append([f"{model} as published"] +
                        [self.published_text(model, name) for name in INSTRUMENTS])
        rows.append(["the mask of lowest loss, min(1, S/X)"] +
                    [number(self.scores.baseline("iam", name)) for name in INSTRUMENTS])
        return markdown(["SI-SDR in dB"] + INSTRUMENTS, rows)

    def improvement(self):
        rows = [[f"{model}, {protocol}"] +
                [self.scores.text(model, name, "si_sdri_db", protocol)
                 for name in INSTRUMENTS]
                for protocol in ["clean", "legacy"] for model in MODELS]
        return markdown(["SI-SDR improvement in dB"] + INSTRUMENTS, rows)

    def seeds(self):
        rows = []
        for model, protocol in SEEDS:
            label = f"{model}, {protocol}"
            for seed in range(3):
                rows.append([f"{label}, seed {seed}"] +
                            [self.scores.text(model, name, protocol=protocol, seed=seed)
                             for name in INSTRUMENTS])
            rows.append([f"{label}, standard deviation of the three means"] +
                        [number(self.seed_deviation(model, name, protocol))
                         for name in INSTRUMENTS])
        return markdown(["SI-SDR in dB"] + INSTRUMENTS, rows)

    def seed_deviation(self, model, instrument, protocol="clean"):
        means = [self.scores.mean(model, instrument, protocol=protocol, seed=seed)
                 for seed in range(3)]
        return numpy.std(means, ddof=1)

    def habits(self):
        rows = [["Model A, clean"] + [self.scores.text("Model A", name)
                                      for name in INSTRUMENTS]]
        for habit in HABITS:
            rows.append([f"with the {habit} alone"] +
                        [self.scores.text(f"Model A, {habit}", name, protocol="legacy")
                         for name in INSTRUMENTS])
        rows.append(["with all three (legacy)"] +
                    [self.scores.text("Model A", name, protocol="legacy")
                     for name in INSTRUMENTS])
        return markdown(["SI-SDR in dB"] + INSTRUMENTS, rows)

    def tests(self):
        rows = []
        for protocol, first, second, name, change, *test in consecutive(self.scores):
            rows.append([f"{first} → {second[-1]}", protocol, name,
                         f"{float(change):+.2f}"] + test)
        return markdown(["", "", "", "mean difference in dB", "W", "p", "p, Holm"], rows)

    def minutes(self, begin=""):
        """Of one thread, in the trainings of the runs whose name begins so."""
        return sum(float(row["seconds"]) for run, timings in self.timings.items()
                   if run.startswith(begin) for row in timings) / 60

    def time(self):
        rows = []
        for run, timings in self.timings.items():
            seconds = [float(row["seconds"]) for row in timings]
            rows.append([run, str(len(seconds)), f"{sum(seconds) / 60:.1f}",
                         f"{numpy.median(seconds):.1f}", f"{max(seconds):.1f}"])
        rows.append(["together", "", f"{self.minutes():.1f}", "", ""])
        return markdown(["run", "trainings", "minutes, a thread each",
                         "s a training (median)", "longest"], rows)

    def lstm(self):
        path = RESULTS / "lstm_cells.csv"
        rows = []
        for row in read_rows(path) if path.exists() else []:
            ours, torch = float(row["ours_seconds"]), float(row["torch_seconds"])
            rows.append([row["model"], row["iterations"], f"{ours:.1f}", f"{torch:.1f}",
                         f"{torch / ours:.1f}"])
        return markdown(["fold 1, violin", "iterations", "by oneDNN, s",
                         "by LibTorch's LSTM, s", "ratio"], rows)

    def evaluate(self, expression):
        """A figure in the prose: an expression of scores in dB, or of minutes."""
        scores = self.scores

        def delta(first, second, instrument, protocol="clean"):
            return (scores.mean(f"Model {second}", instrument, protocol=protocol) -
                    scores.mean(f"Model {first}", instrument, protocol=protocol))

        def leak(model, instrument):
            return mean(model, instrument, protocol="legacy") - mean(model, instrument)

        def seed_gap(model, instrument):
            wanted = float(self.published[(model, instrument, "si_sdr_db")]["mean_db"])
            return min(abs(scores.mean(model, instrument, protocol="legacy", seed=seed) -
                           wanted) for seed in range(3))

        def error(model, instrument, **keys):
            values = list(folds(model, instrument, **keys))
            return numpy.std(values, ddof=1) / numpy.sqrt(len(values))

        def published(model, instrument, score="si_sdr_db"):
            return float(self.published[(f"Model {model}", instrument, score)]["mean_db"])

        def mean(model, instrument, **keys):
            return scores.mean(f"Model {model}", instrument, **keys)

        def folds(model, instrument, **keys):
            return scores.folds(f"Model {model}", instrument, **keys).values()

        def gaps(protocol, models="ABCDEF"):
            return [mean(model, name, protocol=protocol) - published(model, name)
                    for model in models for name in INSTRUMENTS]

        return eval(expression, {"delta": delta, "leak": leak, "error": error,
                                 "published": published, "mean": mean, "folds": folds,
                                 "gaps": gaps, "numpy": numpy, "abs": abs, "max": max,
                                 "min": min, "sum": sum, "len": len,
                                 "INSTRUMENTS": INSTRUMENTS,
                                 "baseline": scores.baseline, "minutes": self.minutes,
                                 "seed_gap": seed_gap,
                                 "seed_deviation": self.seed_deviation})

    def tests_csv(self):
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["protocol", "first", "second", "instrument", "mean_difference_db",
                         "wilcoxon_w", "p", "p_holm"])
        writer.writerows(consecutive(self.scores))
        return stream.getvalue()


BLOCKS = {HERE / "README.md": ["violin", "model-e", "baselines", "improvement", "habits",
                               "seeds", "tests", "time", "lstm", "everything"],
          HERE.parents[1] / "README.md": ["main"]}


def filled(path, tables):
    """The file's text with its blocks and figures by what the scores say now."""
    text = path.read_text()
    blocks, figures = [], []

    def block(match):
        blocks.append(match[1])
        table = getattr(tables, match[1].replace("-", "_"))()
        return f"<!-- {match[1]} -->\n{table}\n<!-- /{match[1]} -->"

    def figure(match):
        figures.append(match[2])
        value = tables.evaluate(match[2])
        if not numpy.isfinite(value):
            sys.exit(f"{path}: {match[2]} is not a number")
        digits = len(match[1].partition(".")[2])
        sign = "+" if match[1][0] == "+" else ""
        return f"{value:{sign}.{digits}f}<!-- = {match[2]} -->"

    text = re.sub(r"<!-- ([a-z-]+) -->\n(?:.*?\n)?<!-- /\1 -->", block, text,
                  flags=re.DOTALL)
    text = re.sub(r"([-+]?\d+(?:\.\d+)?)<!-- = (.*?) -->", figure, text)
    # What the patterns above miss would never be checked again.
    if blocks != BLOCKS[path] or text.count("<!-- /") != len(blocks):
        sys.exit(f"{path}: wants the blocks {BLOCKS[path]}, found {blocks}")
    if text.count("<!-- =") != len(figures):
        sys.exit(f"{path}: a figure before <!-- = … --> is no number")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true")
    action.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    tables = Tables()
    wanted = {path: filled(path, tables) for path in BLOCKS}
    wanted[HERE / "tests.csv"] = tables.tests_csv()
    faults = (differences_from_summary(tables.scores) +
              differences_from_thesis_tables(tables.scores))
    for path, text in wanted.items():
        if arguments.write:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            faults.append(f"{path}: differs from what results/scores.csv gives")
    if faults:
        sys.exit("\n".join(faults))
    print("every figure is that of results/scores.csv")


if __name__ == "__main__":
    main()
