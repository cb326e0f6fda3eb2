"""The measure for curves against the gain: all gains of a realisation at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import OptionError
from .. import _checks as checks
from ..runs.gains import GAINS_TOGETHER, side_by_side
from . import cores
from .conditions import identity, seed_of
from .._functions import described
from .measures import check_all
from .networks import RandomNetworks

BYTES_TOGETHER = 2e9  # of the weights of realisations that are computed together


class GainFamily:
    """Leading exponents of discrete networks against the gain, by `pylyap.leading_exponents`.

    Conditions that differ in `gain` alone are one realisation: they share weights, drive, initial state and tangent
    vector, and are computed together; as many realisations as keep all cores busy run side by side, up to about 2 GB of
    weights. Gives `largest_exponent`, `largest_exponent_stderr` and `mean_square`.

    Parameters
    ----------
    make_network : callable
        From a condition without `gain` to the DiscreteNetwork at gain 1, such as `RandomNetworks`.
    t_average, t_transient, t_align : float
        As for `lyapunov_spectrum`. Eight bytes are kept for each counted step and gain.
    seed : int or numpy.random.SeedSequence
        Source of initial states and tangent vectors; each realisation has its own.

    Raises
    ------
    OptionError
        If `make_network` draws fresh weights for every gain.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.GainFamily(pylyap.sweeps.RandomNetworks("levy", seed=1), t_average=300)
    >>> result = pylyap.sweep(measure, pylyap.sweeps.grid(n=50, alpha=1.5, gain=[0.1, 1.0, 5.0], trial=range(2)))
    >>> result.arranged("largest_exponent", "trial", "gain").shape
    (2, 3)
    """

    name = "leading exponents"

    def __init__(
        self,
        make_network: Callable[[dict[str, Any]], Any],
        *,
        t_average: float,
        t_transient: float | None = None,
        t_align: float | None = None,
        seed: int | np.random.SeedSequence = 0,
    ) -> None:
        if isinstance(make_network, RandomNetworks) and make_network.fresh:
            raise OptionError(
                "fresh weights for each gain are not possible in GainFamily, which computes all gains of a matrix "
                "together: take Spectra with n_exponents=1 (--n-exponents 1 on the command line)"
            )
        self.make_network, self.seed = make_network, seed
        self.options = dict(t_average=t_average, t_transient=t_transient, t_align=t_align)

    @property
    def settings(self) -> dict[str, Any]:
        """What a store has to know."""
        return dict(make_network=described(self.make_network), seed=described(self.seed), **self.options)

    def batches(
        self, conditions: Sequence[dict[str, Any]], is_done: Callable[[dict[str, Any]], bool]
    ) -> Iterable[list[dict[str, Any]]]:
        """Whole realisations, also if only one of their gains is missing, as many as keep all cores busy.

        How many columns a matrix product has can change its rounding, which chaos amplifies; the same gains together
        give the same bits.
        """
        everything = _realisations(conditions).values()
        check_all(self.make_network, [_without_gain(realisation[0]) for realisation in everything])
        realisations = [
            sorted(realisation, key=lambda condition: condition["gain"])
            for realisation in everything
            if not all(map(is_done, realisation))
        ]
        return _filling_all_cores(realisations)

    def __call__(self, batch: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        waiting, found = list(_realisations(batch).values()), {}
        while waiting:
            together, members, n_bytes = [], [], 0
            while waiting and n_bytes < BYTES_TOGETHER:
                together.append(waiting.pop(0))
                members.append(self._member(together[-1]))
                n_bytes += 8 * members[-1][0].size ** 2
            for conditions, family in zip(together, side_by_side(members, progress=False, **self.options)):
                for j, condition in enumerate(conditions):
                    found[identity(condition)] = dict(
                        largest_exponent=family.exponents[j], largest_exponent_stderr=family.stderr[j],
                        mean_square=family.mean_square[j],
                    )
        return [found[identity(condition)] for condition in batch]

    def _member(self, conditions):
        shared = _without_gain(conditions[0])
        return self.make_network(shared), [condition["gain"] for condition in conditions], seed_of(shared, self.seed)


def _realisations(conditions):
    """Conditions by what they share."""
    found: dict[str, list[dict[str, Any]]] = {}
    for condition in conditions:
        if isinstance(condition.get("gain", ""), str):
            raise OptionError(f"the condition {checks.shown(condition)} has no number 'gain', which GainFamily needs")
        found.setdefault(identity(_without_gain(condition)), []).append(condition)
    return found


def _without_gain(condition):
    return {name: value for name, value in condition.items() if name != "gain"}


def _filling_all_cores(realisations):
    """Neighbours together until there is a product for each of Julia's threads; Julia starts if there are any."""
    if not realisations:
        return []
    batches: list[list[Any]] = [[]]
    threads, products = cores.threads_to_fill(), 0
    for realisation in realisations:
        if products >= threads:
            batches.append([])
            products = 0
        batches[-1] += realisation
        products += -(-len(realisation) // GAINS_TOGETHER)
    return batches
