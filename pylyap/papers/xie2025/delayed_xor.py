"""Figure 21: a random network as a reservoir that remembers two stimuli and their exclusive or.

The paper leaves the task open beyond "two binary stimuli with silent delays, linear readout". What is chosen here:
a trial begins at a normal random state and `SETTLE` silent steps; the first stimulus (0 or 1, times a normal random
input vector) lasts `STIMULUS` steps, then `DELAY` silent ones, then the second stimulus and another delay. Every step
has independent normal noise of standard deviation `NOISE` in every unit's input. The readout is linear with a
constant, trained by ridge regression of +-1 on the final states of the training trials, and its sign is counted on
new trials. The delay was chosen such that the window of alpha = 2 comes out about as wide as the published one.
"""

import math

import numpy as np

from ... import sweeps
from ..._random import stream
from ...networks import weights
from .. import Page, Row
from . import drawing, largest_exponent, published

SETTLE, STIMULUS, DELAY = 20, 1, 10
NOISE = 1e-3
RIDGE = 1e-6  # times the mean squared rate of the training states: keeps the normal equations solvable
ROOT, ALPHAS = 21, (1.0, 2.0)


def accuracy(condition, *, train, test, settle, stimulus, delay, noise, ridge, root):
    """Fraction of test trials in which the readout gives the right exclusive or, for one network at one gain."""
    n, trials = condition["n"], train + test
    seed = sweeps.seed_of(condition, root, ignoring="gain")
    W = condition["gain"] * weights.levy(n, 1.0, condition["alpha"], seed=seed)
    # A weight too large for single precision saturates its unit either way.
    W = np.clip(W, -1e30, 1e30).astype(np.float32)
    generator = stream(seed, "delayed XOR")
    into = generator.standard_normal((n, 1), dtype=np.float32)
    bits = generator.integers(0, 2, (2, trials))
    x = generator.standard_normal((n, trials), dtype=np.float32)
    for steps, shown in ((settle, None), (stimulus, 0), (delay, None), (stimulus, 1), (delay, None)):
        for _ in range(steps):
            u = W @ x
            u += generator.standard_normal(u.shape, dtype=np.float32) * np.float32(noise)
            if shown is not None:
                u += into * bits[shown]
            x = np.tanh(u, out=u)
    target = np.where(bits[0] != bits[1], 1.0, -1.0)
    return dict(accuracy=_readout(x.astype(np.float64), target, train, ridge))


def _readout(x, target, train, ridge=RIDGE):
    """Fit a linear readout on the first `train` columns, and count the right signs on the others."""
    mean = x[:, :train].mean(axis=1, keepdims=True)
    x = x - mean
    fit, new = x[:, :train], x[:, train:]
    covariance = fit @ fit.T
    covariance[np.diag_indices(len(x))] += ridge * covariance.trace() / len(x) + 1e-300
    offset = target[:train].mean()
    weights_out = np.linalg.solve(covariance, fit @ (target[:train] - offset))
    return float(np.mean((weights_out @ new + offset > 0) == (target[train:] > 0)))


def page(effort):
    """Figure 21: leading exponent and accuracy against gain."""
    n, trials = effort.choose(300, 1000), effort.choose(2, 3)
    paper = {alpha: published.curve("Fig21B", alpha) for alpha in ALPHAS}
    gains = paper[1.0].x[effort.choose(slice(2, 24, 2), slice(None))]
    conditions = sweeps.grid(alpha=ALPHAS, n=[n], trial=range(trials), gain=gains.tolist())
    task = dict(settle=SETTLE, stimulus=STIMULUS, delay=DELAY, noise=NOISE, ridge=RIDGE, root=ROOT)
    size = dict(train=effort.choose(1500, 5000), test=effort.choose(500, 5000))
    measure = sweeps.Measure("delayed XOR", accuracy, **size, **task)
    result = effort.measured("21B", measure, conditions)
    figure, (left, right) = drawing.panels(2)
    data, rows = dict(gain=gains), []
    exponents = largest_exponent.families(effort, "21A", alphas=ALPHAS, n=n, trials=trials, gains=gains)
    for alpha in ALPHAS:
        colour = drawing.COLOURS[alpha]
        found = exponents.select(alpha=alpha).arranged("largest_exponent", "trial", "gain")
        drawing.curve(left, gains, found.mean(axis=0), found.std(axis=0), colour, rf"$\alpha$ = {alpha}")
        drawing.published(left, published.curve("Fig21A", alpha), colour)
        right_signs = result.select(alpha=alpha).arranged("accuracy", "trial", "gain")
        percent, error = 100 * right_signs.mean(axis=0), 100 * right_signs.std(axis=0)
        drawing.curve(right, gains, percent, error, colour)
        drawing.published(right, paper[alpha], colour)
        data |= {f"exponent_{alpha}": found, f"accuracy_{alpha}": right_signs}
        rows += _rows(alpha, gains, percent, paper[alpha])
    drawing.zero(left)
    left.set(xscale="log", xlabel="gain g", ylabel="largest exponent (1/step)", xlim=(0.1, 10), ylim=(-2, 1.1))
    left.legend(fontsize=8, frameon=False)
    right.set(xscale="log", xlabel="gain g", xlim=(0.1, 10), ylabel="accuracy (%)", ylim=(40, 103))
    drawing.legend_of_styles(right, loc="upper right")
    text = (
        f"{n} units, {trials} realisations. Left: correct leading exponent, with the published one (transposed order). "
        "Right: accuracy of the exclusive or. The paper leaves timing and training open. Chosen here: "
        f"{SETTLE} steps from a normal state, stimuli 0 or 1 of {STIMULUS} step through normal input weights, each "
        f"followed by {DELAY} silent steps, noise {NOISE:g} in every step, ridge regression of +-1 on "
        f"{measure.settings['train']} trials, counted on "
        f"{measure.settings['test']} new ones. So shapes can be compared, not numbers; accuracy rests on no exponent."
    )
    title = f"Figure 21: delayed exclusive or with a random reservoir, N = {n}"
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, text, figure, data, rows)


def _rows(alpha, gains, percent, paper):
    """Width of the window of gains with more than 75 % right, in ln g."""
    def window(x, y):
        return np.ptp(np.log(x[y > 75.0])) if (y > 75.0).any() else 0.0

    step = math.log(gains[1] / gains[0])
    here, there = window(gains, percent), window(paper.x, paper.y)
    return [Row(f"window with > 75 % right in ln g, alpha {alpha}", here, step, there, step,
                "published figure; another task in detail, so nothing to agree with", expected=False)]
