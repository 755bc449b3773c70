"""What results/ and published.csv hold, read, and means, errors and tests of it."""
import collections
import csv
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
        values = list(self.folds(*args, **keys).values())
        return numpy.mean(values) if values else float("nan")

    def text(self, *args, **keys):
        """Mean ± standard error (divisor n - 1), the number of folds where not ten."""
        values = list(self.folds(*args, **keys).values())
        if len(values) < 2:
            return "–"
        error = numpy.std(values, ddof=1) / numpy.sqrt(len(values))
        count = "" if len(values) == 10 else f" ({len(values)})"
        return f"{numpy.mean(values):.2f} ± {error:.2f}{count}"

    def baseline(self, estimate, instrument, score="si_sdr_db"):
        """Of any run: what does not depend on the model is the same in all."""
        for key in sorted(self.cells):
            if key[3:] == (instrument, estimate) and len(self.cells[key]) == 10:
                return numpy.mean([float(row[score]) for row in self.cells[key].values()])
        return float("nan")


def mean_and_std(folds):
    values = list(folds.values())
    if len(values) < 2:
        return [float("nan")] * 2
    return [numpy.mean(values), numpy.std(values, ddof=1)]


def paired(first, second):
    """Over the ten folds, second - first: mean, W, p of Wilcoxon's signed-rank test
    (two-sided, exact distribution); None where folds are missing."""
    if len(first) < 10 or len(second) < 10:
        return None
    differences = numpy.array([second[fold] - first[fold] for fold in sorted(first)])
    test = scipy.stats.wilcoxon(differences, method="exact")
    return differences.mean(), test.statistic, test.pvalue


def consecutive(scores):
    """paired() of each configuration with the next, rows of tests.csv."""
    rows = []
    for protocol in ["clean", "legacy"]:
        for first, second in zip(MODELS, MODELS[1:]):
            for instrument in INSTRUMENTS:
                found = paired(scores.folds(first, instrument, protocol=protocol),
                               scores.folds(second, instrument, protocol=protocol))
                if found:
                    rows.append([protocol, first, second, instrument, f"{found[0]:.4f}",
                                 f"{found[1]:g}", f"{found[2]:.4g}"])
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
    """Rows of results/summary.csv that scores.csv does not give again, in words."""
    faults = []
    names = {name: column for column, name in NAMES.items()}
    for row in read_rows(RESULTS / "summary.csv"):
        cell = scores.cells[(row["model"], row["protocol"], int(row["seed"]),
                             row["instrument"], row["estimate"])]
        windows = {(kept["window_length"], kept["hop_length"]) for kept in cell.values()}
        if windows != {(row["window_length"], row["hop_length"])}:
            continue  # a mask of several windows: not of this experiment
        values = [float(kept[names[row["score"]]]) for kept in cell.values()]
        values = [value for value in values if numpy.isfinite(value)]
        if not values:
            continue
        found = (numpy.mean(values), numpy.std(values, ddof=1) if len(values) > 1 else 0.0)
        wanted = (float(row["mean_db"]), float(row["std_db"] or 0.0))
        # Both round to 1e-6: scores of scores.csv and the figures of summary.csv.
        if int(row["count"]) != len(values) or not numpy.allclose(found, wanted, rtol=0,
                                                                  atol=2e-6):
            faults.append(f"summary.csv: {row['model']}, {row['protocol']}, "
                          f"{row['instrument']}, {row['estimate']}, {row['score']}: "
                          f"{wanted} there, {found} by scores.csv")
    return faults


def differences_from_thesis_tables(scores):
    """Cells of results/clean|legacy/SepModel_INSTRUMENT_*.csv that scores.csv does not give
    again, in words."""
    faults = []
    for protocol in ["clean", "legacy"]:
        for instrument in INSTRUMENTS:
            path = RESULTS / protocol / f"SepModel_{instrument}_FULL_EVAL_RESULTS.csv"
            for row in read_rows(path) if path.exists() else []:
                for score in THESIS:
                    text = row[f"Avg+-Std {NAMES[score]}"]
                    wanted = [float(part) for part in text.split("±")]
                    if not any(numpy.allclose(wanted, mean_and_std(scores.folds(
                            row["Models"], instrument, score, protocol, seed)),
                            rtol=0, atol=5.1e-5) for seed in range(3)):
                        faults.append(f"{path.name}: {row['Models']}, {NAMES[score]}: "
                                      f"{text} is not what scores.csv gives")
    return faults
