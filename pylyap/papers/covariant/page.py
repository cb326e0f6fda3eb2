"""Participation of covariant and Gram-Schmidt vectors against i/N, and angles of unstable and stable parts, for some
sizes."""

from __future__ import annotations

import numpy as np

from ... import sweeps, weights
from ...analysis.localisation import localisation
from ...networks.models import DiscreteNetwork, RateNetwork
from ...plotting import style
from ...runs.covariant import covariant_vectors
from ..page import Page, Row

NAN = float("nan")
SIZES = ((50, 100), (200, 400, 800))  # quick, full
LENGTHS = {"rate": (400.0, 2000.0), "map": (2000.0, 10_000.0)}  # of the window and of each transient, in tau and in steps
PART = 0.4  # of all vectors
MAP_GAIN = 2.0  # that of weights.levy; at alpha = 2 it is the Gaussian gain 2.8
SYSTEMS = {
    "rate": "Rate networks tau dx/dt = -x + W tanh(x), Gaussian weights, RK4",
    "map": "Maps x(t+1) = tanh(W x(t)), stable weights, g = 2",
}
NAMES = {"rate": "g", "map": "alpha"}
LABELS = {"rate": "$g = {:g}$", "map": r"$\alpha = {:g}$"}


def page(effort, name, kind, values):
    """The page of rate networks or of heavy-tailed maps; see `pylyap.papers.reproduce`."""
    conditions = [
        {"kind": kind, "n": n, NAMES[kind]: value, "length": effort.choose(*LENGTHS[kind])}
        for value in effort.choose(*values)
        for n in effort.choose(*SIZES)
    ]
    result = effort.measured(
        f"covariant-{name}", sweeps.Measure("covariant vectors", measure, part=PART, map_gain=MAP_GAIN), conditions
    )
    found = [(condition, {key: result.select(**condition)[key][0] for key in KEYS}) for condition in conditions]
    data = {
        f"{key}_{kind}{condition[NAMES[kind]]:g}_N{condition['n']}": value
        for condition, one in found
        for key, value in one.items()
    }
    text = (
        f"{SYSTEMS[kind]}, one network for each point, {PART:g} N vectors. Left: participation ratio over N of covariant "
        "(lines) and Gram-Schmidt vectors (dashed). Middle: density of the smallest angle between the unstable and the stable "
        "part that was computed; the stable part that was not computed may come closer. Right: participation ratio of the "
        "leading vector against N."
    )
    return Page(f"Covariant vectors of random networks: {name}", text, _figure(found, kind), data, _rows(found, kind))


KEYS = (
    "exponents",
    "participation",
    "participation_stderr",
    "gram_schmidt",
    "gram_schmidt_stderr",
    "angles",
    "backward_error",
    "forward_error",
    "n_unstable",
    "verdict",
    "p_value",
    "growth",
    "growth_stderr",
)


def measure(condition, part, map_gain):
    """Everything that the figures draw of one network."""
    n, length, seed = condition["n"], condition["length"], sweeps.seed_of(condition, ignoring=("g", "length"))
    interval = length / 200
    if condition["kind"] == "rate":
        network, options = RateNetwork(weights.gaussian(n, condition["g"], seed=seed)), dict(dt=0.1, t_transient=100.0)
    else:
        interval = max(1, round(interval))  # whole steps
        network, options = (
            DiscreteNetwork(weights.levy(n, map_gain, condition["alpha"], seed=seed)),
            dict(t_transient=1000),
        )
    vectors = covariant_vectors(
        network,
        n_vectors=max(2, round(part * n)),
        t_average=length,
        t_align=length,
        t_backward=length,
        sample_interval=interval,
        seed=seed,
        max_memory="8 GB",
        progress=False,
        **options,
    )
    local, parts = localisation(vectors), vectors.hyperbolicity()
    pair = ("unstable", "stable")
    return dict(
        exponents=vectors.spectrum.exponents,
        participation=local.covariant,
        participation_stderr=local.covariant_stderr,
        gram_schmidt=local.gram_schmidt,
        gram_schmidt_stderr=local.gram_schmidt_stderr,
        angles=parts.angles.get(pair, np.full(vectors.n_samples, NAN)),
        backward_error=vectors.diagnostics["backward_error"],
        forward_error=vectors.diagnostics["forward_error"],
        n_unstable=len(parts.parts.get("unstable", ())),
        verdict=parts.verdict,
        p_value=parts.p_values.get(pair, NAN),
        growth=vectors.exponents[0],
        growth_stderr=vectors.stderr[0],
    )


def _figure(found, kind):
    import matplotlib.pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    values = sorted({condition[NAMES[kind]] for condition, _ in found})
    sizes = sorted({condition["n"] for condition, _ in found})
    for condition, one in found:
        n, value = condition["n"], condition[NAMES[kind]]
        colour, width = style.COLOURS[values.index(value)], 0.7 + sizes.index(n)
        label = f"{LABELS[kind].format(value)}, N = {n}"
        i = (np.arange(len(one["participation"])) + 0.5) / n
        left.plot(i, one["participation"] / n, color=colour, linewidth=width, label=label)
        left.plot(i, one["gram_schmidt"] / n, color=colour, linewidth=width, linestyle="--")
        shown = one["angles"][np.isfinite(one["angles"])]
        if len(shown):
            middle.stairs(*np.histogram(shown, 25, (0, np.pi / 2), density=True), color=colour, linewidth=width)
    for value in values:
        leading = [
            (c["n"], one["participation"][0], one["participation_stderr"][0])
            for c, one in found
            if c[NAMES[kind]] == value
        ]
        n, mean, error = np.array(leading).T
        right.errorbar(
            n, mean, 1.96 * error, fmt="o-", color=style.COLOURS[values.index(value)], label=LABELS[kind].format(value)
        )
    left.axhline(1 / 3, **style.ZERO_LINE)
    left.annotate(
        "random direction", (0, 1 / 3), xytext=(0, 2), textcoords="offset points", fontsize="small", color="0.35"
    )
    left.set(xlabel="$i/N$", ylabel="participation ratio / $N$", ylim=(0, None))
    middle.set(xlabel="smallest angle, unstable and stable part (rad)", ylabel="density", xlim=(0, np.pi / 2))
    right.set(xlabel="$N$", ylabel="participation ratio of the leading vector", xscale="log", yscale="log")
    left.legend(frameon=False, fontsize="small")
    right.legend(frameon=False)
    for ax in (left, middle, right):
        style.finish(ax)
    return figure


def _rows(found, kind):
    rows = []
    for condition, one in found:
        n, at = condition["n"], f"{NAMES[kind]} = {condition[NAMES[kind]]:g}, N = {condition['n']}"
        smallest = float(np.min(one["angles"])) if np.isfinite(one["angles"]).all() else NAN
        rows += [
            Row(
                f"growth of the leading vector, {at}",
                one["growth"],
                one["growth_stderr"],
                one["exponents"].max(),
                NAN,
                "its frame",
                1e-9,
            ),
            Row(
                f"participation of the leading vector over N, {at}",
                one["participation"][0] / n,
                one["participation_stderr"][0] / n,
                NAN,
                NAN,
                "",
            ),
            Row(
                f"the same of the last one, {at}",
                one["participation"][-1] / n,
                one["participation_stderr"][-1] / n,
                NAN,
                NAN,
                "",
            ),
            Row(
                f"smallest angle of unstable and stable part (rad), {at}",
                smallest,
                NAN,
                NAN,
                NAN,
                f"{one['verdict']}, {one['n_unstable']} unstable",
            ),
            Row(f"backward error (rad), {at}", one["backward_error"], NAN, 0.0, NAN, "below 1e-3", 1e-3),
        ]
    return rows
