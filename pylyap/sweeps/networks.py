"""Random networks from conditions."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..errors import OptionError
from .. import _checks as checks
from ..networks import drives, weights
from ..networks.models import DiscreteNetwork
from .conditions import seed_of

WEIGHTS = {"levy": ("n", "alpha"), "gaussian": ("n",)}  # with what a condition needs


@dataclasses.dataclass(frozen=True)
class RandomNetworks:
    """From a condition to a network ``x(t+1) = tanh(W x(t) + noise)`` with random weights.

    Calling it with a condition returns the DiscreteNetwork. It reads `n`, the size; `alpha`, the stability index (levy
    only); and `gain`, 1 if there is none. All other names, such as `trial`, only give other random numbers.

    Parameters
    ----------
    weights : {"levy", "gaussian"}
        A function of `pylyap.weights`, with its convention for the gain; autapses as there.
    seed : int
        Source of weights and noise.
    noise : float
        Standard deviation of independent Gaussian input to each unit in each step.
    fresh : bool
        Draw new weights and noise for every gain. By default all gains share them: the same matrix, scaled.

    Raises
    ------
    OptionError
        If an argument is not allowed, or a condition lacks a name.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), eqs. 1 and 2, section 3.1; their figures use fresh weights.

    Examples
    --------
    >>> import pylyap
    >>> make = pylyap.sweeps.RandomNetworks("levy", seed=1)
    >>> make({"n": 100, "alpha": 1.5, "gain": 2.0, "trial": 0})
    DiscreteNetwork(100 units, tanh, no bias, with autapses)
    """

    weights: str = "levy"
    seed: int = 0
    noise: float = 0.0
    fresh: bool = False

    def __post_init__(self):
        checks.one_of("weights", self.weights, tuple(WEIGHTS))
        checks.real("noise", self.noise, "a standard deviation >= 0", lambda sd: sd >= 0)
        object.__setattr__(self, "fresh", checks.flag("fresh", self.fresh))
        seed_of({}, self.seed)

    @property
    def settings(self) -> dict[str, Any]:
        """All that the networks depend on beside the condition."""
        return dataclasses.asdict(self)

    def check(self, condition: dict[str, Any]) -> None:
        """Raise OptionError unless there is a network of this condition."""
        missing = [name for name in WEIGHTS[self.weights] if name not in condition]
        if missing:
            raise OptionError(
                f"the condition {checks.shown(condition)} lacks {missing[0]!r}, which {self.weights} weights need"
            )
        checks.count("n", condition["n"])
        self._weights(condition | {"n": 1}, 0)  # one unit has all other conditions of many

    def __call__(self, condition: dict[str, Any]) -> DiscreteNetwork:
        self.check(condition)
        seed = seed_of(condition, self.seed, ignoring=() if self.fresh else "gain")
        W = self._weights(condition, seed)
        return DiscreteNetwork(W, drive=drives.white_noise(self.noise, seed=seed) if self.noise else None)

    def _weights(self, condition, seed):
        arguments = [condition["alpha"]] if self.weights == "levy" else []
        return getattr(weights, self.weights)(condition["n"], condition.get("gain", 1.0), *arguments, seed=seed)
