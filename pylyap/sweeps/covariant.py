"""The measure for covariant Lyapunov vectors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .. import _checks as checks
from .._functions import described
from ..errors import NotYetAvailableError
from .conditions import seed_of
from .measures import NOT_HERE, check_all


class CovariantVectors:
    """Covariant Lyapunov vectors of networks, by `pylyap.covariant_vectors`.

    Gives `largest_exponent` and `largest_exponent_stderr`, `exponents` and `stderr` (k,), and `participation_ratio` (k,),
    the mean over the samples; not the vectors themselves, which would fill disks.

    Parameters
    ----------
    make_network : callable
        From a condition to a network.
    seed : int or numpy.random.SeedSequence
        Source of initial states and frames; each condition has its own.
    options_of : callable, optional
        From a condition to options that it has beside `**options`, or instead of them.
    **options
        As for `covariant_vectors`; not `time_limit` and `progress`.

    Raises
    ------
    UnknownOptionError
        If there is no such option, or not here.
    NotYetAvailableError
        If this pylyap has no `covariant_vectors`.
    """

    name = "covariant vectors"

    def __init__(
        self,
        make_network: Callable[[dict[str, Any]], Any],
        *,
        seed: Any = 0,
        options_of: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        checks.refuse_unknown(options, allowed_options(), "CovariantVectors")
        self.make_network, self.seed, self.options_of, self.options = make_network, seed, options_of, options

    @property
    def settings(self) -> dict[str, Any]:
        """What a store has to know."""
        of_each = {} if self.options_of is None else dict(options_of=described(self.options_of))
        return dict(make_network=described(self.make_network), seed=described(self.seed), **of_each, **self.options)

    def batches(
        self, conditions: Sequence[dict[str, Any]], is_done: Callable[[dict[str, Any]], bool]
    ) -> list[list[dict[str, Any]]]:
        """One condition at a time, on all cores."""
        check_all(self.make_network, conditions)
        return [[condition] for condition in conditions if not is_done(condition)]

    def __call__(self, batch: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        return map(self.alone, batch)

    def alone(self, condition: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The values of one condition, with some options changed."""
        options = {**self.options_for(condition), **changes}
        vectors = _function()(self.make_network(condition), progress=False, **options)
        return dict(
            largest_exponent=vectors.exponents[0], largest_exponent_stderr=vectors.stderr[0], exponents=vectors.exponents,
            stderr=vectors.stderr, participation_ratio=vectors.participation_ratio.mean(axis=0),
        )

    def options_for(self, condition: dict[str, Any]) -> dict[str, Any]:
        """All options of a condition, its seed among them."""
        own = {} if self.options_of is None else self.options_of(condition)
        return {"seed": seed_of(condition, self.seed), **self.options, **own}


def allowed_options() -> tuple[str, ...]:
    """The options that conditions of a sweep may have."""
    parameters = inspect.signature(_function()).parameters.values()
    names = (parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY)
    return tuple(name for name in names if name not in NOT_HERE)


def _function():
    import pylyap

    if "covariant_vectors" not in pylyap.__all__:
        raise NotYetAvailableError("covariant_vectors is not in this pylyap: measure = 'spectrum' is")
    return pylyap.covariant_vectors
