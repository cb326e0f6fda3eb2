"""Drives: inputs that depend on time, frozen so that every replica and every tangent vector sees the same.

A drive is given to a network, ``RateNetwork(W, drive=...)`` or ``DiscreteNetwork(W, drive=...)``. Its times are in the
network's unit, tau or step, and t = 0 is the beginning of the run, that of the transient. Lyapunov exponents of a driven
network are conditional on its drive: they tell whether replicas that receive the same input diverge or converge. The realisation
of a random drive depends on its seed, on the step of the solver and on the number of its channels, on nothing else, so
that two runs with the same drive receive the same numbers.

Without `input_weights` a drive has one channel for each unit, or one that is common to all; with `input_weights`,
a matrix (N, m), or (N,) for one channel, unit i receives ``sum_c input_weights[i, c] * channel_c(t)``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .._random import seed_sequence
from ..errors import NetworkError, OptionError
from . import matrix
from .drive_kinds import Array, Drive, OrnsteinUhlenbeck, Sinusoid, WhiteNoise

__all__ = ["array", "constant", "ornstein_uhlenbeck", "sinusoid", "white_noise"]


def constant(value: float | ArrayLike, *, input_weights: ArrayLike | None = None) -> Drive:
    """Constant input; the same as a bias.

    Parameters
    ----------
    value : float or (N,) array_like
        Input, in units of x; with `input_weights` one value per channel.
    input_weights : (N, m) or (N,) array_like, optional
        Weights from the channels to the units.

    Returns
    -------
    Drive

    Raises
    ------
    NetworkError
        If an argument has the wrong shape or type, or holds NaN or infinite entries.

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.gaussian(100, 2.0, seed=1)
    >>> pylyap.RateNetwork(W, drive=pylyap.drives.constant(0.5))
    RateNetwork(100 units, tanh, tau=1.0, no bias, no autapses, drive=constant(1 channel, #96d62575))
    """
    return Array(_vector("value", value)[np.newaxis], math.inf, "linear", _mixing(input_weights))


def array(
    values: ArrayLike,
    interval: float,
    *,
    interpolation: str = "linear",
    input_weights: ArrayLike | None = None,
) -> Drive:
    """Input given on a grid of times.

    Parameters
    ----------
    values : (T,) or (T, N) array_like
        Row s is the input at time ``s * interval``, in units of x: one number for all units, or one for each; (T, m)
        with `input_weights`. A float64 array in C order is kept without a copy, so do not change it afterwards.
    interval : float
        Time between rows in units of tau or steps.
    interpolation : {"linear", "constant"}
        In between the input is interpolated, or keeps the value of the last row. "constant" needs an interval that is a
        whole number of steps, and a solver with fixed steps.
    input_weights : (N, m) or (N,) array_like, optional
        Weights from the channels to the units.

    Returns
    -------
    Drive

    Raises
    ------
    NetworkError
        If an array has the wrong shape or type, or holds NaN or infinite entries.
    OptionError
        If `interval` or `interpolation` is not allowed. A drive that is shorter than the run (transient, alignment and
        average) is refused by `lyapunov_spectrum`.

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> movie = np.random.default_rng(0).standard_normal((5000, 3))
    >>> drive = pylyap.drives.array(movie, 0.1, input_weights=np.ones((100, 3)))
    >>> net = pylyap.RateNetwork(pylyap.weights.gaussian(100, 2.0, seed=1), drive=drive)
    """
    values = checks.real_array("values", values, "give numbers for each time, shape (T,) or (T, N)")
    if values.ndim not in (1, 2) or values.size == 0:
        raise NetworkError(f"values has shape {values.shape}: give numbers for each time, shape (T,) or (T, N)")
    values = matrix.frozen(np.ascontiguousarray(values.reshape(len(values), -1)))
    interval = _positive("interval", interval)
    checks.one_of("interpolation", interpolation, ("linear", "constant"))
    return Array(values, interval, interpolation, _mixing(input_weights))


def sinusoid(
    amplitude: float | ArrayLike,
    frequency: float,
    *,
    phase: float | ArrayLike | str | None = None,
    seed: int | np.random.SeedSequence | None = None,
    input_weights: ArrayLike | None = None,
) -> Drive:
    """Input ``amplitude * sin(2 pi frequency t + phase)``.

    Parameters
    ----------
    amplitude : float or (N,) array_like
        In units of x; with `input_weights` one per channel.
    frequency : float
        Cycles per tau or per step, >= 0.
    phase : float, (N,) array_like or "random", optional
        In radians; 0 by default. "random": independent for each unit (or channel), uniform over the circle.
    seed : int or numpy.random.SeedSequence
        Only with ``phase="random"``, and then needed.
    input_weights : (N, m) or (N,) array_like, optional
        Weights from the channels to the units.

    Returns
    -------
    Drive

    Raises
    ------
    NetworkError
        If an argument has the wrong shape or type, or holds NaN or infinite entries.
    OptionError
        If the frequency is negative, or `phase` and `seed` contradict each other.

    References
    ----------
    Rajan, Abbott, Sompolinsky, Phys. Rev. E 82, 011903 (2010), with one amplitude and random phases.

    Examples
    --------
    >>> import pylyap
    >>> drive = pylyap.drives.sinusoid(1.0, 0.2, phase="random", seed=1)
    >>> net = pylyap.RateNetwork(pylyap.weights.gaussian(100, 2.0, seed=1), drive=drive)
    """
    frequency = checks.real("frequency", frequency, "cycles per unit of time, >= 0", lambda f: f >= 0)
    amplitude = _vector("amplitude", amplitude)
    if isinstance(phase, str) and checks.one_of("phase", phase, ("random",)):
        if seed is None:
            raise OptionError('phase="random" needs a seed: give seed=..., a non-negative int')
        seed_sequence(seed)
    elif seed is not None:
        raise OptionError(f'seed = {seed!r} has no meaning without phase="random"')
    else:
        phase = _vector("phase", 0.0 if phase is None else phase)
        if 1 not in (amplitude.size, phase.size) and amplitude.size != phase.size:
            raise NetworkError(f"amplitude has {amplitude.size} entries, phase {phase.size}: give as many, or one of either")
        amplitude, phase = np.broadcast_arrays(amplitude, phase)
    return Sinusoid(amplitude, frequency, phase, seed, _mixing(input_weights))


def ornstein_uhlenbeck(
    sigma: float,
    tau_c: float,
    *,
    common: bool = False,
    seed: int | np.random.SeedSequence,
    input_weights: ArrayLike | None = None,
) -> Drive:
    """Gaussian input with an exponential memory: ``tau_c dη = -η dt + sqrt(2 tau_c) sigma dW``.

    It is stationary, with mean 0, standard deviation `sigma` and autocorrelation ``exp(-t / tau_c)``. Its values at the
    steps of the solver are exact; between them it is interpolated linearly.

    Parameters
    ----------
    sigma : float
        Standard deviation, in units of x, >= 0.
    tau_c : float
        Correlation time in units of tau or steps, > 0.
    common : bool
        One process for all units; by default one for each unit, independent of each other.
    seed : int or numpy.random.SeedSequence
        Source of the random numbers.
    input_weights : (N, m) or (N,) array_like, optional
        Weights from m independent processes to the units.

    Returns
    -------
    Drive

    Raises
    ------
    NetworkError
        If `input_weights` has the wrong shape or type, or holds NaN or infinite entries.
    OptionError
        If another argument is not allowed, or `common` and `input_weights` are both given.

    References
    ----------
    Gillespie, Phys. Rev. E 54, 2084 (1996): the exact update over a step.

    Examples
    --------
    >>> import pylyap
    >>> drive = pylyap.drives.ornstein_uhlenbeck(0.5, 2.0, seed=1)
    >>> net = pylyap.RateNetwork(pylyap.weights.gaussian(100, 2.0, seed=1), drive=drive)
    """
    tau_c = _positive("tau_c", tau_c)
    return OrnsteinUhlenbeck(*_random(sigma, common, seed, input_weights), tau_c)


def white_noise(
    sigma: float,
    *,
    common: bool = False,
    seed: int | np.random.SeedSequence,
    input_weights: ArrayLike | None = None,
) -> Drive:
    """Gaussian white noise: ``sigma dW`` in a rate network, in a map one number of standard deviation `sigma` per step.

    With time in units of tau a RateNetwork becomes ``dx = (-x + W phi(x) + bias) dt + sigma dW``; each step adds
    ``sigma sqrt(dt)`` times a standard normal number. The solver is then "heun" (the default) or "euler". A
    DiscreteNetwork becomes ``x(t+1) = phi(W x(t) + bias + sigma ξ(t))`` with independent standard normal ξ.

    Parameters
    ----------
    sigma : float
        Strength, in units of x per square root of tau (rate network; with several, of the unit's own) or of x (map), >= 0.
    common : bool
        The same noise for all units; by default independent noise.
    seed : int or numpy.random.SeedSequence
        Source of the random numbers.
    input_weights : (N, m) or (N,) array_like, optional
        Weights from m independent noises to the units.

    Returns
    -------
    Drive

    Raises
    ------
    NetworkError
        If `input_weights` has the wrong shape or type, or holds NaN or infinite entries.
    OptionError
        If another argument is not allowed, or `common` and `input_weights` are both given.

    References
    ----------
    Schuecker, Goedeke, Helias, Phys. Rev. X 8, 041029 (2018);
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023).

    Examples
    --------
    >>> import pylyap
    >>> drive = pylyap.drives.white_noise(1.0, seed=1)
    >>> net = pylyap.RateNetwork(pylyap.weights.gaussian(100, 2.0, seed=1), drive=drive)
    """
    return WhiteNoise(*_random(sigma, common, seed, input_weights))


def checked_drive(drive: Any, size: int) -> Drive | None:
    """Return `drive` if a network of `size` units can have it, None for none."""
    if drive is None:
        return None
    if not isinstance(drive, Drive):
        raise NetworkError(
            f"drive is a {type(drive).__name__}: make one with pylyap.drives ({', '.join(__all__)}), "
            "for numbers over time pylyap.drives.array(values, interval)"
        )
    drive.n_channels(size)
    return drive


def _random(
    sigma: float,
    common: bool,
    seed: int | np.random.SeedSequence,
    input_weights: ArrayLike | None,
) -> tuple[float, bool, int | np.random.SeedSequence, NDArray[np.float64] | None]:
    seed_sequence(seed)
    sigma = checks.real("sigma", sigma, "a number >= 0", lambda number: number >= 0)
    common = checks.flag("common", common)
    if common and input_weights is not None:
        raise OptionError("common contradicts input_weights: for one common channel give input_weights of shape (N,)")
    return sigma, common, seed, _mixing(input_weights)


def _vector(name, value):
    vector = np.atleast_1d(checks.real_array(name, value, "give one number, or one per unit"))
    if vector.ndim != 1 or vector.size == 0:
        raise NetworkError(f"{name} has shape {vector.shape}: give one number, or one per unit")
    return matrix.frozen(vector.copy())


def _mixing(input_weights):
    if input_weights is None:
        return None
    advice = "give a matrix (N, m), from m channels to N units"
    mixing = checks.real_array("input_weights", input_weights, advice)
    if mixing.ndim == 1:
        mixing = mixing[:, np.newaxis]
    if mixing.ndim != 2 or mixing.size == 0:
        raise NetworkError(f"input_weights has shape {mixing.shape}: {advice}")
    return matrix.frozen(np.asfortranarray(mixing))


def _positive(name, value):
    return checks.real(name, value, "a number > 0", lambda number: number > 0)
