"""What results/ and published.csv hold, read, and means, errors and tests of it."""
import collections
import csv
import itertools
import pathlib

import numpy
import scipy.stats

HERE = pathlib.Path(__file__).resolve().parent
RESULTS = HERE / "results"
MODELS = [f"Model {letter}" for letter in "ABCDEF"]
INSTRUMENTS = ["violin", "clarinet", "saxphone", "bassoon"]
NAMES = {"si_sdr_db": "SI-SDR", "si_sir_db": "SI-SIR", "si_sar_db": "SI-SAR",
         "sd_sdr_db": "SD-SDR", "snr_db": "SNR", "srr_db": "SRR",
         "si_sdri_db": "SI-SDRi", "sd_sdri_db": "SD-SDRi", "snri_db": "SNRi"}
THESIS = ["si_sdr_db", "si_sir_db", "si_sar_db", "snr_db"]


def read_rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class Scores:
    """Rows of scores.csv by (model, protocol, seed, instrument, estimate), by fold."""

    def __init__(self, path):
        self.cells = collections.defaultdict(dict)
        for row in read_rows(path):
            if row["status"] == "ok":
                key = (row["model"], row["protocol"], int(row["seed"]), row["instrument"],
                       row["estimate"])
                self.cells[key][int(row["fold"])] = row

    def folds(self, model, instrument, score="si_sdr_db", protocol="clean", seed=0,
              estimate="model"):
        """Finite scores by fold; none where there is no such run."""
        cell = self.cells.get((model, protocol, seed, instrument, estimate), {})
        values = {fold: float(row[score]) for fold, row in cell.items()}
        return {fold: value for fold, value in values.items() if numpy.isfinite(value)}

    def mean(self, *args, **keys):
        """Over all ten folds; not a number where some are missing."""
        values = list(self.folds(*args, **keys).values())
        return numpy.mean(values) if len(values) == 10 else float("nan")

    def text(self, *args, **keys):
        """Mean ± standard error (divisor n - 1), the number of folds where not ten."""
        values = list(self.folds(*args, **keys).values())
        if len(values) < 2:
            return "–"
        error = numpy.std(values, ddof=1) / numpy.sqrt(len(values))
        count = "" if len(values) == 10 else f" ({len(values)})"
        return f"{numpy.mean(values):.2f} ± {error:.2f}{count}"

    def baseline(self, estimate, instrument, score="si_sdr_db"):
        """What does not depend on the model: the same in every run, or it throws."""
        means = {tuple(float(row[score]) for _, row in sorted(cell.items()))
                 for key, cell in self.cells.items() if key[3:] == (instrument, estimate)}
        if len(means) != 1:
            raise ValueError(f"scores.csv: {estimate}, {instrument}: differs between runs")
        return numpy.mean(means.pop())


def paired(first, second):
    """Over the ten folds, second - first: mean, W, p of Wilcoxon's signed-rank test
    (two-sided, exact distribution); None where folds are missing."""
    if len(first) < 10 or len(second) < 10:
        return None
    differences = numpy.array([second[fold] - first[fold] for fold in sorted(first)])
    test = scipy.stats.wilcoxon(differences, method="exact")
    return differences.mean(), test.statistic, test.pvalue


def holm(p_values):
    """p values corrected for their number by Holm's step-down method (1979)."""
    order = numpy.argsort(p_values)
    factors = len(p_values) - numpy.arange(len(p_values))
    corrected = numpy.empty(len(p_values))
    corrected[order] = numpy.maximum.accumulate(numpy.asarray(p_values)[order] * factors)
    return numpy.minimum(corrected, 1.0)


def consecutive(scores):
    """paired() of each configuration with the next, rows of tests.csv; Holm's correction
    is over all tests of a protocol."""
    rows = []
    for protocol in ["clean", "legacy"]:
        found = {(first, second, instrument):
                 paired(scores.folds(first, instrument, protocol=protocol),
                        scores.folds(second, instrument, protocol=protocol))
                 for first, second in zip(MODELS, MODELS[1:]) for instrument in INSTRUMENTS}
        found = {step: test for step, test in found.items() if test}
        corrected = holm([p for _, _, p in found.values()])
        for (step, (difference, w, p)), after in zip(found.items(), corrected):
            rows.append([protocol, *step, f"{difference:.4f}", f"{w:g}", f"{p:.4g}",
                         f"{after:.4g}"])
    return rows


def read_published():
    return {(row["model"], row["instrument"], row["score"]): row
            for row in read_rows(HERE / "published.csv")}


def read_timings():
    """Rows of timings.csv by run folder, "clean/model_a"."""
    root = RESULTS / "configs"
    return {str(path.parent.relative_to(root)): read_rows(path)
            for path in sorted(root.glob("*/*/timings.csv"))}


def differences_from_summary(scores):
    """Where results/summary.csv and scores.csv do not say the same, in words: rows of one
    that the other lacks, and means, deviations and counts that do not come out again."""
    faults, seen = [], set()
    names = {name: column for column, name in NAMES.items()}
    for row in read_rows(RESULTS / "summary.csv"):
        key = (row["model"], row["protocol"], int(row["seed"]), row["instrument"],
               row["estimate"])
        place = f"summary.csv: {', '.join(map(str, key))}, {row['score']}"
        seen.add(key + (row["score"],))
        cell = scores.cells.get(key, {})
        windows = {(kept["window_length"], kept["hop_length"]) for kept in cell.values()}
        if windows != {(row["window_length"], row["hop_length"])}:
            faults.append(f"{place}: scores.csv has it at windows {windows or 'none'}")
            continue
        values = numpy.array([float(kept[names[row["score"]]]) for kept in cell.values()])
        finite = values[numpy.isfinite(values)]
        found = [len(finite), numpy.isinf(values).sum(), numpy.isnan(values).sum()]
        if found != [int(row[name]) for name in ("count", "num_infinite",
                                                 "num_without_score")]:
            faults.append(f"{place}: counts {found} by scores.csv")
        if len(finite) > 1 and not numpy.allclose(
                [float(row["mean_db"]), float(row["std_db"])],
                [numpy.mean(finite), numpy.std(finite, ddof=1)], rtol=0, atol=2e-6):
            # 2e-6: scores and summary are each rounded to 1e-6.
            faults.append(f"{place}: not what scores.csv gives")
    for key in scores.cells:
        for name in NAMES.values():
            if key + (name,) not in seen:
                faults.append(f"summary.csv: no row for {', '.join(map(str, key))}, {name}")
    return faults


def differences_from_thesis_tables(scores):
    """Where results/clean|legacy/SepModel_INSTRUMENT_*.csv are not one row a run, and what
    scores.csv gives, in words."""
    faults = []
    runs = sorted({key[:3] for key in scores.cells if key[4] == "model"})
    for protocol, instrument in itertools.product(["clean", "legacy"], INSTRUMENTS):
        path = RESULTS / protocol / f"SepModel_{instrument}_FULL_EVAL_RESULTS.csv"
        wanted = sorted(thesis_row(scores, run, instrument)
                        for run in runs if run[1] == protocol)
        rows = read_rows(path) if path.exists() else []
        found = sorted([row["Models"]] + [float(part) for score in THESIS for part in
                                          row[f"Avg+-Std {NAMES[score]}"].split("±")]
                       for row in rows)
        names = [row[0] for row in wanted]
        if names != [row[0] for row in found]:
            faults.append(f"{protocol}/{path.name}: wants rows for {names}")
        elif any(not numpy.allclose(there[1:], ours[1:], rtol=0, atol=5.1e-5)
                 for there, ours in zip(found, wanted)):  # it has four digits
            faults.append(f"{protocol}/{path.name}: not what scores.csv gives")
    return faults


def thesis_row(scores, run, instrument):
    row = [run[0]]
    for score in THESIS:
        values = list(scores.folds(run[0], instrument, score, run[1], run[2]).values())
        row += [numpy.mean(values), numpy.std(values, ddof=1)]
    return row
