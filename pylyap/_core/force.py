"""FORCE learning in the core, with the verbs of a run."""

import numpy as np

from .._runtime import session
from . import snapshots
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
        self._weights = np.asarray(self._learner.network.weights)

    def start_averaging(self, n_steps):
        """Nothing has to be made ready."""

    def average(self, n_steps):
        """Run and learn."""
        for part in self.feed.stretches(self.n_steps, n_steps):
            self._call(session.julia().LyapunovSpectra.learn_b, self._learner, self.julia, *self._arrays, part)

    def state_arrays(self):
        """Those of the run, what has been learned, and the outputs so far."""
        learned = {"weights": self._weights, "outputs": self._outputs[: self.n_steps + 1].T}
        return {**super().state_arrays(), **snapshots.read(learner=self._learner), **learned}

    def restore(self, arrays):
        """Go to where the run was whose `state_arrays` these are."""
        super().restore(arrays)
        snapshots.restore(arrays, learner=self._learner)
        snapshots.fill(self._weights, arrays, "weights", len(self._weights))
        snapshots.fill(self._outputs.T, arrays, "outputs", self.n_steps + 1)

    def record(self):
        """(done, m) outputs of the beginning and of the steps that led to a finite state."""
        # the step that diverged is counted, and produced nothing
        return self._outputs[: self.n_steps + (self.ending is None)]

    def close_block(self):
        """There are no blocks."""
