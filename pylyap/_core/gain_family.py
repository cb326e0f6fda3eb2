"""One network at many gains, as the core's `GainFamily`."""

import numpy as np

from .._contracts import Run
from .._runtime import session
from .arrays import share
from .bridge import Bridge


class GainFamily(Run):
    """A family at work in Julia, with what `core.Ensemble` asks of a run.

    The plan's state and the first column of its frame are where all gains begin.

    Attributes
    ----------
    log_growth : (gains, steps) float64
        Logarithms of the tangent vectors' growth in each counted step.
    squares : (gains,) float64
        Sum over the counted steps of the mean of x**2 over units.
    """

    ending = None  # a family goes on whatever one of its gains does
    steps_per_block = 1

    def __init__(self, network, gains, plan):
        self._network, self._gains = network, np.array(gains, dtype=np.float64)  # kept alive, Julia works on them
        self._bridge, self.state = Bridge(), plan.start.state()
        self._direction = np.ascontiguousarray(plan.start.frame()[:, 0])
        self.feed = self._bridge.feed_of(network, plan.dt)
        core = session.julia().LyapunovSpectra
        with session.errors_translated():
            self.julia = core.GainFamily(
                network.to_core(self._bridge, self.feed.inputs), share(self._gains), share(self.state),
                share(self._direction),
            )
        self.start_averaging(0)

    def relax(self, n_steps):
        """Move the states alone."""
        self._move(n_steps, session.julia().LyapunovSpectra.relax_b)

    def align(self, n_steps):
        """Move states and tangent vectors and count nothing."""
        self._move(n_steps, session.julia().LyapunovSpectra.advance_b)

    def average(self, n_steps):
        """Move states and tangent vectors and count every step."""
        self._move(n_steps, session.julia().LyapunovSpectra.advance_b, self.julia_log)

    def _move(self, n_steps, move, *log):
        for part in self.feed.stretches(self.n_steps, n_steps):
            session.call(move, self.julia, part, *log)

    def record(self):
        """(gains, steps) logarithms of the growth in each counted step, and (gains,) sums of squares."""
        return self.log_growth[:, : self.n_logged], self.squares

    def grow_log(self, n_steps):
        """Its log has all its room from the beginning."""

    def start_averaging(self, n_steps):
        """Make room for the next `n_steps` steps."""
        self.log_growth = np.zeros((len(self._gains), n_steps), order="F")
        self.squares = np.zeros(len(self._gains))
        self.julia_log = session.julia().LyapunovSpectra.GainLog(share(self.log_growth), share(self.squares))

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
