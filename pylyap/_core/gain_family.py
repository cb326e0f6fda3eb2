"""One network at many gains, as the core's `GainFamily`."""

import numpy as np

from .._runtime import session
from . import drives, systems
from .arrays import share


class GainFamily:
    """A family at work in Julia, with what `core.Ensemble` asks of a run.

    The plan's state and the first column of its frame are where all gains begin.

    Attributes
    ----------
    log_stretch : (gains, steps) float64
        Logarithms of the tangent vectors' growth in each counted step.
    squares : (gains,) float64
        Sum over the counted steps of the mean of x**2 over units.
    """

    status = "running"  # a family goes on whatever one of its gains does

    def __init__(self, network, gains, plan):
        self._network, self._gains = network, np.array(gains, dtype=np.float64)  # kept alive, Julia works on them
        self.feed = drives.feed(network, plan.dt)
        core = session.julia().LyapunovSpectra
        with session.errors_translated():
            self.julia = core.GainFamily(
                systems.system(network, **self.feed.inputs), share(self._gains), share(plan.state),
                share(np.ascontiguousarray(plan.frame[:, 0])),
            )
        self.start_averaging(0)

    def start_averaging(self, n_steps):
        """Make room for the next `n_steps` steps."""
        self.log_stretch = np.zeros((len(self._gains), n_steps), order="F")
        self.squares = np.zeros(len(self._gains))
        self.julia_log = session.julia().LyapunovSpectra.GainLog(share(self.log_stretch), share(self.squares))

    def close_block(self):
        """Nothing is left open: every step is counted by itself."""

    @property
    def n_steps(self):
        """Steps done since the beginning."""
        return int(self.julia.n_steps)

    @property
    def n_logged(self):
        """Steps counted."""
        return int(self.julia.n_logged)
