"""Measures: what a sweep computes at its conditions.

A measure has a `name` and `settings` (plain, all that its numbers depend on beside the condition), a method
``batches(conditions, is_done)`` that cuts those to be computed into lists to be computed together, and is called with
such a list; for each condition of it, in order, it gives a dict of name -> number, string or array.
"""

from __future__ import annotations

import functools
import itertools
import pickle
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from .. import _checks as checks
from .. import _solvers as solvers
from .._functions import described
from ..errors import OptionError
from ..runs.ensemble import lyapunov_ensemble
from ..runs.spectrum import OPTIONS, lyapunov_spectrum
from . import cores
from .checkpoints import going_on
from .conditions import seed_of

SIDE_BY_SIDE = 300  # units up to which networks run one per core; larger ones keep all cores busy alone


# Options of a run that would make its result depend on the machine, or belong to the sweep.
NOT_HERE = ("time_limit", "target_stderr", "checkpoint", "checkpoint_interval", "progress")


@runtime_checkable
class MeasureLike(Protocol):
    """The methods of a measure."""

    def batches(
        self, conditions: Sequence[dict[str, Any]], is_done: Callable[[dict[str, Any]], bool]
    ) -> Iterable[list[dict[str, Any]]]: ...

    def __call__(self, batch: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]: ...


class Measure:
    """Any function of a condition.

    Parameters
    ----------
    name : str
        What it measures; a store keeps it.
    function : callable
        Takes a condition and returns a dict of name -> number, string or array.
    **settings : plain values
        Handed to `function` as keywords, and kept by a store, which is not reused with others.

    Examples
    --------
    >>> import pylyap
    >>> def measure(condition, n):
    ...     W = pylyap.weights.levy(n, 1.0, condition["alpha"], seed=pylyap.sweeps.seed_of(condition))
    ...     return {"transition_gain": pylyap.theory.quenched_transition_gain(W)}
    >>> result = pylyap.sweep(pylyap.sweeps.Measure("transition", measure, n=50), pylyap.sweeps.grid(alpha=[1.0, 2.0]))
    >>> result["transition_gain"].shape
    (2,)
    """

    def __init__(self, name: str, function: Callable[..., dict[str, Any]], **settings: Any) -> None:
        self.name, self.function, self._given = name, function, settings

    @property
    def settings(self) -> dict[str, Any]:
        """What a store has to know."""
        given = {name: described(value) for name, value in self._given.items()}
        return dict(function=described(self.function), **given)

    def batches(
        self, conditions: Sequence[dict[str, Any]], is_done: Callable[[dict[str, Any]], bool]
    ) -> list[list[dict[str, Any]]]:
        """One condition at a time."""
        return [[condition] for condition in conditions if not is_done(condition)]

    def __call__(self, batch: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        return [self.function(condition, **self._given) for condition in batch]


class Spectra:
    """Lyapunov spectra of networks.

    Gives `largest_exponent` and `largest_exponent_stderr`, `exponents` and `stderr` (k,), `kaplan_yorke_dimension` and
    `entropy_rate` with their `..._stderr`, `n_positive` and `status`. Networks of up to 300 units run side by side, one
    per core; larger ones one after the other on all cores. In a sweep with a store a run keeps every minute how far it has
    come, and goes on from there, with the same bits, when it was ended.

    Parameters
    ----------
    make_network : callable
        From a condition to a network, such as `RandomNetworks`. A store tells two functions apart by their name,
        source, default arguments and what they enclose; what they use from elsewhere it does not see.
    t_average : float, optional
        As for `lyapunov_spectrum`; it may be left to `options_of`.
    seed : int or numpy.random.SeedSequence
        Source of initial states and frames; each condition has its own.
    options_of : callable, optional
        From a condition to a dict of options that it has beside `**options`, or instead of them; `seed` may be among
        them. Neighbours with the same options run side by side. A store keeps it as it keeps `make_network`.
    **options
        As for `lyapunov_spectrum`; not `time_limit`, `target_stderr`, `checkpoint` and `progress`.

    Raises
    ------
    UnknownOptionError, OptionError
        If there is no such option, or not here.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.Spectra(pylyap.sweeps.RandomNetworks("levy", seed=1), t_average=300)
    >>> result = pylyap.sweep(measure, pylyap.sweeps.grid(n=40, alpha=1.5, gain=[0.2, 3.0], trial=range(2)))
    >>> result["exponents"].shape
    (4, 40)

    A step that becomes shorter with the gain:

    >>> def network(condition):
    ...     return pylyap.RateNetwork(pylyap.weights.gaussian(30, condition["g"], seed=1))
    >>> measure = pylyap.sweeps.Spectra(network, t_average=20, options_of=lambda condition: {"dt": 0.2 / condition["g"]})
    >>> pylyap.sweep(measure, pylyap.sweeps.grid(g=[2.0, 4.0]))["exponents"].shape
    (2, 30)
    """

    name = "spectra"

    @checks.named_options(and_those_of=OPTIONS)
    def __init__(
        self,
        make_network: Callable[[dict[str, Any]], Any],
        *,
        t_average: float | None = None,
        seed: int | np.random.SeedSequence = 0,
        options_of: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        self._refuse(options)
        if t_average is None and options_of is None:
            raise OptionError("t_average is missing: give the time to average over, or options_of")
        if t_average is not None:
            options = dict(t_average=t_average, **options)
        self.make_network, self.seed, self.options_of, self.options = make_network, seed, options_of, options

    @property
    def settings(self) -> dict[str, Any]:
        """What a store has to know."""
        of_each = {} if self.options_of is None else dict(options_of=described(self.options_of))
        return dict(make_network=described(self.make_network), seed=described(self.seed), **of_each, **self.options)

    def batches(
        self, conditions: Sequence[dict[str, Any]], is_done: Callable[[dict[str, Any]], bool]
    ) -> list[list[dict[str, Any]]]:
        """As many as there are cores, with the same options."""
        check_all(self.make_network, conditions)
        left = [(_key(self.options_for(condition)), condition) for condition in conditions if not is_done(condition)]
        groups = itertools.groupby(left, key=lambda pair: pair[0])
        return [batch for _, group in groups for batch in in_groups([condition for _, condition in group])]

    def __call__(self, batch: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        together: list[Member] = []  # small networks with the same options
        for condition in batch:
            member = Member(condition, self.make_network(condition), self.options_for(condition))
            if together and not (member.is_small and _key(member.options) == _key(together[0].options)):
                yield from _side_by_side(together)
                together = []
            if member.is_small:
                together.append(member)
            else:
                yield _numbers(going_on(member.run, condition))
        yield from _side_by_side(together)

    def alone(self, condition: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The values of one condition by a run of its own, with some options changed."""
        options = {**self.options_for(condition), **changes}
        network = self.make_network(condition)
        return _numbers(lyapunov_spectrum(network, progress=False, **as_side_by_side(network, options)))

    def options_for(self, condition: dict[str, Any]) -> dict[str, Any]:
        """All options of a condition, its seed among them."""
        own = {} if self.options_of is None else self.options_of(condition)
        checks.refuse_unknown(own, OPTIONS, "lyapunov_spectrum")
        self._refuse(own)
        return {"seed": seed_of(condition, self.seed), **self.options, **own}

    def _refuse(self, options):
        for name in NOT_HERE:
            if name in options:
                raise OptionError(f"{name} is not possible in a sweep, whose results do not depend on the machine")


def _key(options):
    """What tells options apart, arrays too; the seed does not count, each network has its own."""
    return pickle.dumps({name: value for name, value in options.items() if name != "seed"})


class Member(NamedTuple):
    """A condition of a batch with its network and the options of its run."""

    condition: dict[str, Any]
    network: Any
    options: dict[str, Any]

    @property
    def is_small(self) -> bool:
        """Whether it keeps one core busy and no more."""
        return self.network.size <= SIDE_BY_SIDE and not self.network.calls_python

    def run(self, **more: Any) -> Any:
        """Its spectrum."""
        return lyapunov_spectrum(self.network, progress=False, **as_side_by_side(self.network, self.options), **more)


def as_side_by_side(network: Any, options: dict[str, Any]) -> dict[str, Any]:
    """The options with the solver that `lyapunov_ensemble` would take: one method for all conditions of a sweep."""
    return {**options, "solver": options.get("solver") or solvers.choose(None, network).name}


def _side_by_side(members):
    if not members:
        return []
    networks, options = [member.network for member in members], dict(members[0].options)
    options["seed"] = [member.options["seed"] for member in members]
    run = functools.partial(lyapunov_ensemble, networks, progress=False, **options)
    return map(_numbers, going_on(run, members[0].condition))  # whose checkpoint is that of all


def _numbers(spectrum):
    exponents = spectrum.exponents
    return dict(
        largest_exponent=exponents[0], largest_exponent_stderr=spectrum.stderr[0], exponents=exponents,
        stderr=spectrum.stderr, kaplan_yorke_dimension=spectrum.kaplan_yorke_dimension,
        kaplan_yorke_dimension_stderr=spectrum.stderr_of("kaplan_yorke_dimension"), entropy_rate=spectrum.entropy_rate,
        entropy_rate_stderr=spectrum.stderr_of("entropy_rate"), n_positive=spectrum.n_positive, status=spectrum.status,
    )


def check_all(make_network, conditions):
    """Have `make_network` check every condition, if it can, before the first one is computed."""
    if hasattr(make_network, "check"):
        for condition in conditions:
            make_network.check(condition)


def in_groups(items):
    """`items` in lists of as many as Julia has threads; Julia starts if there are any."""
    if not items:
        return []
    size = cores.threads_to_fill()
    return [items[i : i + size] for i in range(0, len(items), size)]
