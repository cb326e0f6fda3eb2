"""The Julia core as Python sees it: systems, algorithms and the integrator."""

import numpy as np

from . import session, systems
from .arrays import share

_ALGORITHMS = {"rk4": "RK4", "euler": "Euler", "heun": "Heun", "tsit5": "Tsit5", "map": "MapStep"}


class BlockLog:
    """What Julia writes down at the end of every block, on NumPy's memory.

    Attributes
    ----------
    log_stretch : (k, blocks) float64
        Logarithms of the diagonal of R.
    condition, log_volume : (blocks,) float64
        Largest over smallest entry of that diagonal; logarithm of the volume change, NaN unless k = N.
    traces : (units, blocks) float64
        State of the first few units.
    """

    def __init__(self, k, n_blocks, n_traces):
        self.log_stretch = np.zeros((k, n_blocks), order="F")
        self.condition = np.zeros(n_blocks)
        self.log_volume = np.zeros(n_blocks)
        self.traces = np.zeros((n_traces, n_blocks), order="F")

    def to_julia(self):
        """The same arrays as the core's ``BlockLog``."""
        return _core().BlockLog(
            share(self.log_stretch), share(self.condition), share(self.log_volume), share(self.traces)
        )


class Integrator:
    """A run in progress in Julia.

    `state` (N,) and `frame` (N, k), float64 and Fortran-contiguous, are used in place and always hold the current ones.
    """

    def __init__(self, network, solver, state, frame, *, dt, steps_per_block, log, tolerances=None):
        core = _core()
        self.state, self.frame, self.log = state, frame, log
        self._network = network  # keeps the memory alive that Julia reads
        self._julia_log = log.to_julia()
        self._integrator = core.init(
            systems.system(network), getattr(core, _ALGORITHMS[solver])(**(tolerances or {})), share(state), share(frame),
            dt=float(dt), steps_per_block=steps_per_block, alias=True,
        )

    def relax(self, n_steps):
        """Move the state alone."""
        session.call(_core().relax_b, self._integrator, n_steps)

    def align(self, n_steps):
        """Move state and frame and log nothing."""
        session.call(_core().advance_b, self._integrator, n_steps)

    def average(self, n_steps):
        """Move state and frame and log every block that ends."""
        session.call(_core().advance_b, self._integrator, n_steps, self._julia_log)

    def close_block(self, logged=True):
        """End the current block early."""
        log = (self._julia_log,) if logged else ()
        session.call(getattr(_core(), "close_block!"), self._integrator, *log)

    @property
    def n_logged(self):
        """Blocks in the log."""
        return int(self._integrator.n_logged)

    @property
    def n_steps(self):
        """Steps done since the beginning, the state's transient included."""
        return int(self._integrator.n_steps)

    @property
    def status(self):
        """"running", "state_diverged", "frame_diverged" or "step_underflow"."""
        return str(self._integrator.status)


def _core():
    return session.julia().LyapunovSpectra
