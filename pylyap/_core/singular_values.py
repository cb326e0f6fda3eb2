"""Singular values of the Jacobian of a stretch, with the verbs of a run."""

import numpy as np

from .._runtime import session
from .integrator import Integrator


class JacobianRun(Integrator):
    """A run with a full frame whose R are multiplied; the singular values are taken after given numbers of steps.

    Parameters
    ----------
    network : network or system
    plan : Plan
        With k = N and without alignment.
    read_at : sequence of int
        Numbers of steps since the beginning of the averaging, ascending.
    """

    is_resumable = False

    def __init__(self, network, plan, read_at):
        super().__init__(network, plan)
        self._read_at, self._start = list(read_at), plan.n_transient
        self._product = getattr(_core(), "keep_triangles!")(self.julia)
        self.log_singular_values = []  # one array (N,) for each of `read_at` that has been reached

    def start_averaging(self, n_steps):
        """There are no blocks to make room for."""

    def average(self, n_steps):
        """Move state and frame, multiply, and take the singular values where it is time."""
        while n_steps > 0 and self.ending is None:
            next_reading = self._start + self._read_at[len(self.log_singular_values)]
            together = min(n_steps, next_reading - self.n_steps)
            for part in self.feed.stretches(self.n_steps, together):
                self._call(getattr(_core(), "multiply_jacobians!"), self._product, self.julia, part)
            n_steps -= together
            if self.n_steps == next_reading and self.ending is None:
                self._read()

    def close_block(self):
        """The last reading has ended the last block."""

    def _read(self):
        self._call(getattr(_core(), "close_block!"), self._product, self.julia)
        self.log_singular_values.append(np.array(self._call(_core().log_singular_values, self._product)))


def _core():
    return session.julia().LyapunovSpectra
