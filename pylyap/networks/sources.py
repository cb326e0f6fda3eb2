"""Sources of random drives: where one is in its sequence can be kept, and another one goes on from there."""

import abc

import numpy as np

from .._random import go_to, words


class Source(abc.ABC):
    """Draws random samples in the order of time: called with an array (samples, channels), it fills it with the next ones."""

    def __init__(self, random):
        self._random = random

    @abc.abstractmethod
    def __call__(self, out):
        """Fill `out`."""

    def position(self):
        """Where it is, as named arrays."""
        return {"generator": words(self._random)}

    def go_to(self, position):
        """Go to where another source was."""
        go_to(self._random, position["generator"])


class White(Source):
    """Independent numbers of standard deviation `scale`."""

    def __init__(self, random, scale):
        super().__init__(random)
        self._scale = scale

    def __call__(self, out):
        self._random.standard_normal(out=out)
        out *= self._scale


class Colored(Source):
    """Each sample is `kept` times the one before and `scale` times a new number."""

    def __init__(self, random, scale, kept, memory):
        super().__init__(random)
        self._scale, self._kept, self._memory = scale, kept, memory

    def __call__(self, out):
        from scipy.signal import lfilter

        self._random.standard_normal(out=out)
        out[:], self._memory = lfilter([self._scale], [1, -self._kept], out, axis=0, zi=self._memory)

    def position(self):
        return {**super().position(), "memory": self._memory}

    def go_to(self, position):
        super().go_to(position)
        self._memory = np.array(position["memory"])
