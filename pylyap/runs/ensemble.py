"""`lyapunov_ensemble`: many networks at once, one core each."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from .._contracts import Ending
from .._random import seed_sequence
from .._where import where_julia_is
from ..errors import NetworkError, OptionError
from .. import _checks as checks
from . import checkpoints, loop, needs
from .plan import make_plan
from .provenance import fingerprints
from .spectrum import OPTIONS, package, plan_options, with_tangent

if TYPE_CHECKING:
    from .._contracts import System
    from ..results.spectrum import LyapunovSpectrum


@checks.named_options(and_those_of=OPTIONS)
def lyapunov_ensemble(
    networks: Iterable[System],
    *,
    t_average: float | None = None,
    seed: int | np.random.SeedSequence | Sequence[int | np.random.SeedSequence] = 0,
    time_limit: float | None = None,
    checkpoint: str | PathLike[str] | None = None,
    checkpoint_interval: float = checkpoints.INTERVAL,
    progress: bool | None = None,
    **options: Any,
) -> list[LyapunovSpectrum]:
    """Lyapunov spectra of many networks, as many at a time as Julia has threads, each on one thread.

    For networks too small to keep all cores busy alone (N up to some hundreds) this is much faster than one call of
    `lyapunov_spectrum` after the other. Each network has an initial state and frame of its own: network number i is
    computed with the seed ``numpy.random.SeedSequence(seed, spawn_key=(i,))``, whatever the others are, and its result has
    the same bits for any number of threads.

    Parameters
    ----------
    networks : iterable
        Networks as for `lyapunov_spectrum`. Those of a list are all checked first; a generator is read as the runs go on,
        so that only the networks at work are in memory. Neighbours with the same time step run side by side, and a group
        waits for its slowest member: put networks of like size together.
    t_average, progress, **options
        As for `lyapunov_spectrum`; `target_stderr` is not possible here.
    seed : int, numpy.random.SeedSequence or a list of them
        Source of all initial states and frames. A list gives each network a seed of its own, which is that of
        `lyapunov_spectrum`.
    time_limit : float, optional
        Seconds of wall time for all networks together.
    checkpoint : str or os.PathLike, optional
        As for `lyapunov_spectrum`. Networks that run side by side share a file: the first ones that of this name, the next
        ones ``FILE.2``, and so on. The call goes on with as many side by side as it began with.
    checkpoint_interval : float
        As for `lyapunov_spectrum`.

    Returns
    -------
    list of LyapunovSpectrum
        In the order of the networks. After Ctrl-C or the time limit it ends with the networks that were at work.

    Raises
    ------
    OptionError, UnknownOptionError, NetworkError, NotEnoughMemoryError, CheckpointDamagedError, CheckpointForeignError,
    CheckpointMismatchError
        As for `lyapunov_spectrum`.

    Examples
    --------
    >>> import pylyap
    >>> networks = (pylyap.DiscreteNetwork(pylyap.weights.gaussian(30, 3.0, seed=i)) for i in range(4))
    >>> spectra = pylyap.lyapunov_ensemble(networks, t_average=500)
    >>> len(spectra)
    4
    """
    if options.get("target_stderr") is not None:
        raise OptionError("target_stderr is not possible in an ensemble: its networks would need different times")
    if time_limit is not None:
        time_limit = checks.real("time_limit", time_limit, "a number of seconds > 0, or None", lambda s: s > 0)
    if not hasattr(networks, "__iter__"):
        raise NetworkError(f"expected several networks, got one {type(networks).__name__}: give a list")
    place = checkpoints.where(checkpoint, checkpoint_interval, options.get("t_align"))
    seeds = _seeds(seed)
    if isinstance(networks, (list, tuple)):
        for network, own in _paired(networks, seeds):  # all checked before the first one is computed
            _plan(network, own, t_average, options)
    plans = (_plan(network, own, t_average, options) for network, own in _paired(networks, seeds))
    first = list(itertools.islice(plans, 1))  # bad input is said before Julia starts
    if not first:
        return []
    from .._runtime import session

    size = _size_of_groups(session.n_threads(), place)
    started = time.monotonic()
    spectra: list[LyapunovSpectrum] = []
    for number, group in enumerate(_groups(itertools.chain(first, plans), size), start=1):
        left = None if time_limit is None else time_limit - (time.monotonic() - started)
        own = None if place is None else place.numbered(number)
        ending, found = _run(group, len(spectra) + 1, size, own, left, progress)
        spectra += found
        if ending in (Ending.INTERRUPTED, Ending.TIME_LIMIT):
            break
    return spectra


def _seeds(seed):
    """A function from a network's number to its seed, None where there is none."""
    if isinstance(seed, (list, tuple)):
        sequences = [seed_sequence(own) for own in seed]
        return lambda i: sequences[i] if i < len(sequences) else None
    root = seed_sequence(seed)
    return lambda i: np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, i))


def _paired(networks, seeds):
    for i, network in enumerate(networks):
        if seeds(i) is None:
            raise OptionError(f"there are fewer seeds than networks: give one for each, network {i} has none")
        yield network, seeds(i)


def _plan(network, seed, t_average, options):
    network = with_tangent(network, options.get("tangent_order", "forward"))
    plan = make_plan(network, **plan_options(t_average=t_average, seed=seed, **options))
    if network.calls_python:
        raise NetworkError("a system written in Python cannot be part of an ensemble: Python runs one at a time")
    plan.options["tangent_order"] = options.get("tangent_order", "forward")
    return network, plan


def _size_of_groups(threads, place):
    """As many as there are threads; if a checkpoint is there, as many as there were when it was begun."""
    size = threads if place is None else checkpoints.notes(place).get("side_by_side", threads)
    return size if type(size) is int and size >= 1 else threads


def _groups(items, size):
    """Neighbours that take the same steps, up to `size` together."""
    for _, alike in itertools.groupby(items, key=lambda item: _clock(item[1])):
        while group := list(itertools.islice(alike, size)):
            yield group


def _clock(plan):
    return plan.time_unit, plan.dt, plan.n_transient, plan.n_align, plan.n_average


@where_julia_is
def _run(group, number, size, place, time_left, progress):
    """Run a group side by side, whose first network has this number; how it ended, and its results."""
    from .._core import integrator as core

    began = time.monotonic()
    networks, plans = zip(*group)
    needs.check(plans, threads=1)  # before anything of the frames' size is made
    inputs = [fingerprints(network, plan) for network, plan in group]
    checkpoint = None if place is None else checkpoints.Checkpoint(place, "ensemble", side_by_side=size)
    if checkpoint is not None:
        names = [f"network {i}: " for i in range(number, number + len(group))]
        plans = checkpoint.find(list(zip(names, inputs, plans)))
    ensemble = core.Ensemble([core.Integrator(network, plan, threads=1) for network, plan in zip(networks, plans)])
    if checkpoint is not None:
        checkpoint.bring(ensemble)
    label = f"networks {number}-{number + len(group) - 1}, "
    ending = loop.run(
        ensemble, plans[0], progress=progress, time_left=time_left, label=label, checkpoint=checkpoint
    )
    wall_time = time.monotonic() - began if checkpoint is None else checkpoint.seconds
    spectra = []
    for network, plan, own, run in zip(networks, plans, inputs, ensemble.runs):
        plan.options["side_by_side"] = len(group)
        spectra.append(package(network, plan, own, run.record(), run.ending or ending, wall_time))
    return ending, spectra
