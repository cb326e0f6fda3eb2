"""Companions of an `Integrator`: a twin trajectory, and the way back along a recorded one."""

import numpy as np

from . import session
from .arrays import share


class Twin:
    """A second trajectory, `separation` away from that of an integrator that has begun to average.

    Both move together, with `average`. `log_growth` (blocks,) are the logarithms of the growth of their distance.
    """

    def __init__(self, integrator, separation):
        self._integrator = integrator
        self._julia = session.call(_core().Twin, integrator.julia, separation)

    def average(self, n_steps):
        """Move both, and log the blocks of the integrator and the distances of the twin."""
        run = self._integrator
        for part in run.feed.stretches(run.n_steps, n_steps):
            run._call(_core().advance_b, self._julia, part, run.julia_log)

    @property
    def log_growth(self):
        """(blocks,) float64."""
        return np.array(self._julia.log_growth)


class Recording:
    """Room for the linearisations of `n_steps` steps of an integrator, filled by `record` from where the integrator is."""

    def __init__(self, integrator, n_steps):
        self._integrator = integrator
        run = integrator.julia
        self._tape = session.call(_core().Tape, run.system, run.algorithm, n_steps)

    def record(self, n_steps):
        """Move the state alone, and write down where it has been."""
        run = self._integrator
        for part in run.feed.stretches(run.n_steps, n_steps):
            run._call(_core().record_b, self._tape, run.julia, part)

    def backward(self, frame, steps_per_block):
        """A `BackwardRun` from the end of the recording, which orthonormalises and then overwrites `frame` (N, k)."""
        return BackwardRun(self._integrator, self._tape, frame, steps_per_block)


class BackwardRun:
    """A frame moved back along a recording by transposed Jacobians."""

    def __init__(self, integrator, tape, frame, steps_per_block):
        self._call = integrator._call
        self._frame = frame  # keeps the memory alive that Julia works on
        core, run, shared = _core(), integrator.julia, share(frame)
        with session.errors_translated():
            getattr(core, "orthonormalize!")(shared, core.HouseholderQR[session.julia().Float64](*frame.shape))
            self._julia = core.BackwardRun(run.system, run.algorithm, tape, shared, steps_per_block=steps_per_block)

    def advance(self, n_blocks, log_stretch=None):
        """Go `n_blocks` blocks back; `log_stretch` (k, blocks) takes the logarithms of the diagonals of R."""
        log = () if log_stretch is None else (share(log_stretch),)
        self._call(_core().advance_b, self._julia, n_blocks, *log)


def _core():
    return session.julia().LyapunovSpectra
