"""The networks of this paper, from a condition: x(t+1) = tanh(g W1 x(t) + noise), W1 stable of scale N^(-1/alpha).

All gains, noises and prunings of a trial share its W1; the paper draws a new W for each gain. The condition's names are
alpha, n, trial and, where they apply, gain, noise (standard deviation per step) and pruning.
"""

import numpy as np

from ... import sweeps
from ...networks import drives, models, weights

ROOT = 2025
PRUNINGS = {
    "none": None,
    "weakest 95 %": (0.95, "smallest"),
    "strongest 1 %": (0.01, "largest"),
    "strongest 3 %": (0.03, "largest"),
}
GRID = np.logspace(-2, 1, 50)  # of the paper's figures of exponents
DIMENSION_GRID = np.logspace(-1, 1, 50)  # and of those of dimensions


def seed(condition, root=ROOT):
    """One seed for all networks that share their weights."""
    return sweeps.seed_of(condition, root, ignoring=("gain", "noise", "pruning"))


def network(condition, root=ROOT, prunings=PRUNINGS):
    """The network of a condition; at gain 1 if it names none. The constants are arguments so that stores know them."""
    own = seed(condition, root)
    W = weights.levy(condition["n"], condition.get("gain", 1.0), condition["alpha"], seed=own)
    W = pruned(W, condition, prunings)
    noise = condition.get("noise", 0.0)
    return models.DiscreteNetwork(W, drive=drives.white_noise(noise, seed=own) if noise else None)


def pruned(W, condition, prunings=PRUNINGS):
    """W without the weights that the condition removes."""
    pruning = prunings[condition.get("pruning", "none")]
    return W if pruning is None else weights.prune(W, pruning[0], "remove", pruning[1])
