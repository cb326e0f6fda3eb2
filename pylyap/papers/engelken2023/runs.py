"""Spectra of the paper's networks as a measure for sweeps: a condition says everything about a run."""

import numpy as np

from ..._solvers import RK4
from ... import analysis, drives, sweeps, theory, weights
from ..._mean import mean_with_error
from ...analysis.finite_size import discrete_time_shift, edge  # noqa: F401 (edge: for the pages)
from ...networks.models import DiscreteNetwork, RateNetwork
from ...results import statistics



def condition(
    n,
    g,
    trial=0,
    *,
    dynamics=RK4.name,
    dt=0.1,
    t_average,
    t_transient=100.0,
    t_align=None,
    k=None,
    weights="gaussian",
    drive="none",
    strength=0.0,
    frequency=0.0,
):
    """One run as a flat dict of plain numbers and strings.

    `dynamics` is "map" for discrete time or the solver of continuous time; "euler" with dt = 1 is discrete time as
    well. `drive` is "none", "white", "constant", "sinusoid" or "ornstein-uhlenbeck", of that `strength`; `frequency` is
    that of the sinusoid, or the inverse of the correlation time.
    """
    return dict(
        n=n,
        g=g,
        trial=trial,
        dynamics=dynamics,
        dt=dt,
        t_average=t_average,
        t_transient=t_transient,
        t_align=min(50.0, t_average / 4) if t_align is None else t_align,
        k=n if k is None else k,
        weights=weights,
        drive=drive,
        strength=strength,
        frequency=frequency,
    )


def network(condition):
    """The network of a condition; the same trial and size have the same weights, times g, whatever else differs."""
    n, g, strength = condition["n"], condition["g"], condition["strength"]
    seed = np.random.SeedSequence((condition["trial"], n))
    W = getattr(weights, condition["weights"])(n, g, seed=seed)
    drive, bias, frequency = None, None, condition["frequency"]
    if condition["drive"] == "white":
        drive = drives.white_noise(strength, seed=seed)
    elif condition["drive"] == "ornstein-uhlenbeck":
        drive = drives.ornstein_uhlenbeck(strength, 1 / frequency, seed=seed)
    elif condition["drive"] == "sinusoid":
        drive = drives.sinusoid(strength, frequency, phase="random", seed=seed)
    elif condition["drive"] == "constant":
        bias = np.full(n, strength)
    kind = DiscreteNetwork if condition["dynamics"] == "map" else RateNetwork
    return kind(W, drive=drive, bias=bias)


def spectra():
    """The measure of the spectra of conditions of this module, each with its own options."""
    return sweeps.Spectra(network, options_of=options)


def options(condition):
    """The options of `lyapunov_spectrum` for a condition."""
    c = condition
    of_flow = {} if c["dynamics"] == "map" else dict(solver=c["dynamics"], dt=c["dt"])
    times = {name: c[name] for name in ("t_average", "t_transient", "t_align")}
    return dict(**times, n_exponents=c["k"], **of_flow)


def participation(condition):
    """Participation ratio of the state and of the rates, see `pylyap.analysis.activity`."""
    seen = analysis.activity(
        network(condition), t_average=condition["t_average"], t_transient=condition["t_transient"], dt=condition["dt"],
        solver=condition["dynamics"], every=2 * condition["dt"], progress=False,
    )
    assert seen.rates is not None  # rate networks and maps have rates
    return dict(state=seen.state.participation_ratio, rates=seen.rates.participation_ratio)


def sweep(name, conditions, effort):
    """Spectra at many conditions; full ones go on from what the store of `name` holds."""
    return effort.measured(f"engelken2023-{name}", spectra(), conditions)


def mean(result, name, per=1.0):
    """Mean of a number over the conditions of a result and its standard error, both over `per`.

    The error is the larger of what the scatter of the networks says, which few of them say badly, and the single runs.
    """
    values, errors = np.asarray(result[name], dtype=float), np.asarray(result[name + "_stderr"], dtype=float)
    found, error = mean_with_error(values, least_sd=np.sqrt(np.mean(errors**2)))
    return float(found / per), float(error / per)


def missing_in_discrete_time(g, n):
    """What a discrete-time network of n units has less than the closed form: (exponent, entropy rate, dimension).

    The last two are per unit, those of a closed form lowered by `discrete_time_shift`.
    """
    lower = discrete_time_shift(g, n)
    law = theory.discrete_time_spectrum(g, 4000)  # fine enough for derivatives
    totals = [
        np.array([statistics.entropy_rate(exponents), statistics.kaplan_yorke_dimension(exponents)]) / 4000
        for exponents in (law, law - lower)
    ]
    return np.concatenate([[lower], totals[0] - totals[1]])
