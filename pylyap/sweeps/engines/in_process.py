"""The engine that computes in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .contract import Batch, Compute, Outcome, computed


def here(measure: Compute, batches: Iterable[Batch]) -> Iterator[Outcome]:
    """Compute in this process, one batch after the other; each uses all cores.

    The engine of a sweep that names none. A sweep calls it, with what `measure` computes and with the `batches` of
    conditions that are open; it gives back what came out of each.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.GainFamily(pylyap.sweeps.RandomNetworks("gaussian", seed=1), t_average=50)
    >>> conditions = pylyap.sweeps.grid(n=[20], gain=[0.5, 2.0])
    >>> len(pylyap.sweep(measure, conditions, engine=pylyap.sweeps.here))
    2
    """
    for batch in batches:
        yield from computed(measure, batch)
