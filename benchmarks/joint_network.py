#!/usr/bin/env python3
"""One update of configs/quartet_scratch.yaml's network, in PyTorch's own modules.

The same network, loss and batch as libsep's: 8 examples of 3 s (130 frames of 1024 bins),
four stems, from magnitudes and projections that are there already; Adam, a clipped norm and
averaged weights. Prints seconds an update and the rate of its matrix products, the median of
--repeats, beside the rate of one large product, on --threads threads.

    /usr/bin/python3 benchmarks/joint_network.py --threads 1

PyTorch 1.13 or later; on Debian: python3-torch.
"""
import argparse
import statistics
import time

import torch
from torch import nn

BATCH, FRAMES, BINS, STEMS, FEATURES, HIDDEN = 8, 130, 1024, 4, 300, 256


class JointBlstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(BINS)
        self.encoder = nn.Linear(BINS, FEATURES)
        self.rnn = nn.LSTM(FEATURES, HIDDEN, 2, batch_first=True, bidirectional=True,
                           dropout=0.2)
        self.masks = nn.Linear(2 * HIDDEN, STEMS * BINS)

    def forward(self, magnitude):  # (B, T, F) to (B, T, S, F)
        log_power = torch.log10(magnitude.square() + 1e-6)
        rows = self.norm(log_power.reshape(-1, BINS))
        features = torch.tanh(self.encoder(rows)).view(BATCH, FRAMES, FEATURES)
        hidden, _ = self.rnn(features)
        return self.masks(hidden).view(BATCH, FRAMES, STEMS, BINS).softmax(2)


def loss_of(masks, magnitude, projections, energies):
    """Mean of 10 log10(error / energy + 1e-3), the error from real numbers alone."""
    difference = masks * magnitude.unsqueeze(2) - projections
    error = difference.square().sum((1, 3)) + energies - projections.square().sum((1, 3))
    return (10 * torch.log10(error.clamp_min(0) / energies + 1e-3)).mean()


def operations():
    """Of an update: three products for each of the network's matrices."""
    lstm = 2 * 8 * HIDDEN * (FEATURES + HIDDEN) + 2 * 8 * HIDDEN * (3 * HIDDEN)
    frame = 2 * BINS * FEATURES + lstm + 4 * HIDDEN * STEMS * BINS
    return 3.0 * frame * BATCH * FRAMES


def median_seconds(work, repeats):
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    network = JointBlstm()
    parameters = list(network.parameters())
    average = [p.detach().clone() for p in parameters]
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    magnitude = torch.rand(BATCH, FRAMES, BINS)
    projections = magnitude.unsqueeze(2) * torch.rand(BATCH, FRAMES, STEMS, BINS)
    energies = 1.1 * projections.square().sum((1, 3))

    def update():
        optimizer.zero_grad()
        loss_of(network(magnitude), magnitude, projections, energies).backward()
        nn.utils.clip_grad_norm_(parameters, 5)
        optimizer.step()
        with torch.no_grad():
            for a, p in zip(average, parameters):
                a.lerp_(p, 0.01)

    square = torch.rand(4096, 4096)
    product = median_seconds(lambda: square @ square, 3)
    seconds = median_seconds(update, arguments.repeats)
    rate = operations() / seconds / 1e9
    peak = 2.0 * 4096**3 / product / 1e9
    print(f"torch {torch.__version__}, {arguments.threads} threads: {seconds:.3f} s an update, "
          f"{rate:.0f} GFLOP/s; a product of 4096: {peak:.0f} GFLOP/s")


if __name__ == "__main__":
    main()
