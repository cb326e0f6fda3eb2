"""Exponents before, during and after training: scikit-learn's digits, read row by row by an RNN, a GRU and an LSTM.

    python examples/sequential_digits.py [--epochs 30] [--figure digits.png]

Needs pip install torch scikit-learn. Two minutes or less on two cores; data come with scikit-learn.
"""

import argparse
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import pylyap

ROWS = 8  # of a digit: the length of a training sequence, 8 pixels each
KINDS = {"RNN": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}


class Classifier(torch.nn.Module):
    """A recurrent layer that reads the rows of a digit, and a linear readout of its last state."""

    def __init__(self, kind, hidden):
        super().__init__()
        self.recurrent = KINDS[kind](8, hidden, batch_first=True)
        self.readout = torch.nn.Linear(hidden, 10)

    def forward(self, rows):
        return self.readout(self.recurrent(rows)[0][:, -1])


def digits():
    """Training and held-out digits (n, 8, 8) in units of the standard deviation of their pixels, and labels."""
    images, labels = load_digits(return_X_y=True)
    images = ((images - images.mean()) / images.std()).reshape(-1, ROWS, 8).astype(np.float32)
    parts = train_test_split(images, labels, test_size=0.2, random_state=0, stratify=labels)
    return [torch.tensor(part) for part in parts]


def streams(images, count=4, length=20):
    """`count` sequences of `length` held-out digits one after the other, long enough for averages: (count, T, 8)."""
    return images[: count * length].reshape(count, length * ROWS, 8)


def accuracy(model, images, labels):
    with torch.no_grad():
        return (model(images).argmax(dim=1) == labels).float().mean().item()


def snapshot(model, held_out, single_digits):
    """Full spectrum on streams of digits, and growth of gradients from the last row of one digit to the first."""
    networks = pylyap.from_torch(model.recurrent, held_out)
    spectra = pylyap.lyapunov_ensemble(networks, progress=False)
    jacobians = [
        pylyap.analysis.jacobian_singular_values(network, ROWS, progress=False)
        for network in pylyap.from_torch(model.recurrent, single_digits)
    ]
    return dict(
        exponents=pylyap.batch_mean(spectra).mean, spread=pylyap.batch_mean(spectra).spread[0],
        log_singular_values=np.mean([jacobian.log_singular_values[0] for jacobian in jacobians], axis=0),
        verdict=pylyap.analysis.gradient_verdict(jacobians[0]),
    )


def train(kind, data, epochs, hidden=64, batch=64, every=100):
    """Train one classifier; returns what was seen on the way."""
    torch.manual_seed(1)
    images, held_out, labels, held_out_labels = data
    model = Classifier(kind, hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    callback = pylyap.torch.LyapunovCallback(streams(held_out), every=every)
    steps_per_epoch = len(images) // batch
    look = {0: "before", steps_per_epoch * max(1, epochs // 10): "during", steps_per_epoch * epochs: "after"}
    seen, accuracies, began, aside = {}, [], time.perf_counter(), 0.0
    for step in range(steps_per_epoch * epochs + 1):
        if step:
            if step % steps_per_epoch == 1:
                order = torch.randperm(len(images))
            chosen = order[(step - 1) % steps_per_epoch * batch :][:batch]
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
            optimizer.step()
        callback.on_step(model, step)
        paused = time.perf_counter()  # what follows is for the figure, and no part of the training
        if step % every == 0 or step in look:
            accuracies.append((step, accuracy(model, held_out, held_out_labels)))
        if step in look:
            found = snapshot(model, streams(held_out), held_out[:4])
            seen[look[step]] = dict(step=step, accuracy=accuracies[-1][1], **found)
        aside += time.perf_counter() - paused
    training = time.perf_counter() - began - aside - callback.seconds
    return dict(kind=kind, callback=callback, accuracies=np.array(accuracies), seen=seen, training=training)


def report(runs):
    """Print what was found."""
    print("\ngrowth of gradients from the last row of a digit back to the first, in powers of ten; mean over 4 digits")
    print(f"{'':5}{'':8}{'step':>6}{'accuracy':>10}{'lambda_1 per row':>20}{'largest growth':>16}{'median growth':>15}")
    for run in runs:
        for when, at in run["seen"].items():
            logs = at["log_singular_values"] / np.log(10)
            exponent = f"{at['exponents'][0]:.3f} +- {at['spread']:.3f}"
            print(
                f"{run['kind']:5}{when:8}{at['step']:6}{at['accuracy']:10.3f}{exponent:>20}{logs[0]:16.2f}"
                f"{np.median(logs):15.2f}"
            )
    print("\nthe verdict after training, over one digit:")
    for run in runs:
        print(f"{run['kind']}: {run['seen']['after']['verdict']}")
    print("\ncost of the callback (8 leading exponents on 4 streams of 160 rows, every 100 training steps):")
    for run in runs:
        first, *later = run["callback"].history.seconds
        print(
            f"{run['kind']}: first {first:.2f} s (with start-up), then {np.median(later):.3f} s each, together "
            f"{100 * np.sum(later) / run['training']:.0f} % of the {run['training']:.1f} s that the training took without"
        )


def figure(runs, path):
    fig, axes = plt.subplots(2, 3, figsize=(11, 6.2), layout="constrained", sharex="row", sharey="row")
    for column, run in enumerate(runs):
        top, bottom = axes[:, column]
        run["callback"].plot(top)
        right = top.twinx()
        right.plot(*run["accuracies"].T, color="0.5", linestyle=":")
        right.set_ylim(0, 1.02)
        right.tick_params(axis="y", colors="0.5", labelright=column == 2)
        top.set_title(f"{run['kind']}, {len(run['seen']['after']['exponents'])} exponents")
        for (when, at), colour in zip(run["seen"].items(), ("0.6", "#E69F00", "#0072B2")):
            exponents = at["exponents"]
            i = np.arange(1, len(exponents) + 1) / len(exponents)
            bottom.plot(i, exponents, color=colour, linewidth=1.6, label=f"{when}, accuracy {at['accuracy']:.2f}")
        bottom.axhline(0, color="0.35", linewidth=0.8, linestyle=(0, (4, 3)))
        bottom.legend(frameon=False, fontsize="small", loc="lower left")
        bottom.set_xlabel("$i/N$")
        bottom.spines[["top", "right"]].set_visible(False)
        if column:
            top.set_ylabel("")
            top.get_legend().remove()
        if column == 2:
            right.set_ylabel("held-out accuracy (dotted)", color="0.5")
    axes[1, 0].set_ylim(-6, 0.5)
    axes[1, 0].set_ylabel("Lyapunov exponents (1/step)")
    fig.savefig(path, dpi=90)
    print(f"\nfigure: {path}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--figure", default="sequential_digits.png")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # 64 units are too few for two
    began = time.perf_counter()
    data = digits()
    runs = [train(kind, data, arguments.epochs) for kind in KINDS]
    report(runs)
    figure(runs, arguments.figure)
    print(f"{time.perf_counter() - began:.0f} s in all")
