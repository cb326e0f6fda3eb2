"""FORCE learning in the core, with the verbs of a run."""

import numpy as np

from .._runtime import session
from .arrays import share
from .integrator import Integrator


class Learner(Integrator):
    """A rate network that runs and learns; its averaging is the training.

    Parameters
    ----------
    network : RateNetwork
        Dense weights J + feedback @ readout.T, which the training changes in place.
    plan : Plan
        Of a run without transient and alignment.
    feedback, readout : (N, m) float64, Fortran order
        The readout is changed in place.
    target : (steps + 1, m) float64, C order
    steps_per_update : int
        0: the network runs and nothing is learned.
    regularization : float

    Attributes
    ----------
    produced : (done, m) float64
        Outputs of the beginning and of the steps that led to a finite state.
    """

    def __init__(self, network, plan, feedback, readout, target, steps_per_update, regularization):
        super().__init__(network, plan)
        self._outputs = np.zeros((plan.n_steps + 1, feedback.shape[1]))
        with session.errors_translated():
            self._learner = session.julia().LyapunovSpectra.ForceLearner(
                self.julia.system, share(feedback), readout=share(readout), steps_per_update=steps_per_update,
                regularization=regularization,
            )
        self._arrays = share(target.T), share(self._outputs.T)
        self._keep = feedback, readout, target  # the memory Julia works on

    def start_averaging(self, n_steps):
        """Nothing has to be made ready."""

    def average(self, n_steps):
        """Run and learn."""
        for part in self.feed.stretches(self.n_steps, n_steps):
            self._call(session.julia().LyapunovSpectra.learn_b, self._learner, self.julia, *self._arrays, part)

    @property
    def produced(self):
        # the step that diverged is counted, and produced nothing
        return self._outputs[: self.n_steps + (self.status == "running")]

    def close_block(self):
        """There are no blocks."""
