"""Sources of random drives: where one is in its sequence can be kept, and another one goes on from there."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._random import go_to, words


class Source(abc.ABC):
    """Draws random samples in the order of time: called with an array (samples, channels), it fills it with the next ones."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random

    @abc.abstractmethod
    def __call__(self, out: NDArray[np.float64]) -> None:
        """Fill `out`."""

    def position(self) -> dict[str, NDArray[Any]]:
        """Where it is, as named arrays."""
        return {"generator": words(self._random)}

    def go_to(self, position: Mapping[str, NDArray[Any]]) -> None:
        """Go to where another source was."""
        go_to(self._random, position["generator"])


class White(Source):
    """Independent numbers of standard deviation `scale`."""

    def __init__(self, random: np.random.Generator, scale: float) -> None:
        super().__init__(random)
        self._scale = scale

    def __call__(self, out: NDArray[np.float64]) -> None:
        self._random.standard_normal(out=out)
        out *= self._scale


class Colored(Source):
    """Each sample is `kept` times the one before and `scale` times a new number."""

    def __init__(self, random: np.random.Generator, scale: float, kept: float, memory: NDArray[np.float64]) -> None:
        super().__init__(random)
        self._scale, self._kept, self._memory = scale, kept, memory

    def __call__(self, out: NDArray[np.float64]) -> None:
        from scipy.signal import lfilter

        self._random.standard_normal(out=out)
        out[:], self._memory = lfilter([self._scale], [1, -self._kept], out, axis=0, zi=self._memory)

    def position(self) -> dict[str, NDArray[Any]]:
        return {**super().position(), "memory": self._memory}

    def go_to(self, position: Mapping[str, NDArray[Any]]) -> None:
        super().go_to(position)
        self._memory = np.array(position["memory"])
