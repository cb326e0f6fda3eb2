"""Runs beside an `Integrator`, with its verbs: a twin trajectory, and the way back along a recorded one."""

import numpy as np

from .._contracts import Run
from .._runtime import session
from .arrays import share
from .integrator import Integrator


class Twin(Integrator):
    """A run beside which, while it averages, goes a second trajectory that starts `separation` away.

    `log_separation` (blocks,) are the logarithms of the growth of their distance.
    """

    is_resumable = False

    def __init__(self, network, plan, separation):
        super().__init__(network, plan)
        self._separation, self._twin = separation, None

    def start_averaging(self, n_steps):
        """End the alignment, make room for blocks, and start the twin along the first tangent vector."""
        super().start_averaging(n_steps)
        self._twin = session.call(_core().Twin, self.julia, self._separation)

    def average(self, n_steps):
        """Move both, and log the blocks and the distances."""
        self.grow_log(n_steps)
        for part in self.feed.stretches(self.n_steps, n_steps):
            self._call(_core().advance_b, self._twin, part, self.julia_log)

    def close_block(self):
        """A last, shorter block is left out."""

    @property
    def log_separation(self):
        return np.array(() if self._twin is None else self._twin.log_separation, dtype=float)


class Recorder(Integrator):
    """A run of the state alone, whose linearisations are recorded while it averages."""

    is_resumable = False

    align = Integrator.relax

    def start_averaging(self, n_steps):
        """Make room for the recording."""
        self._tape = session.call(_core().Tape, self.julia.system, self.julia.algorithm, n_steps)

    def average(self, n_steps):
        """Move the state, and write down where it has been."""
        for part in self.feed.stretches(self.n_steps, n_steps):
            self._call(_core().record_b, self._tape, self.julia, part)

    def close_block(self):
        """There are no blocks."""

    @property
    def bytes_per_step(self):
        """Of the recording."""
        return 8 * (1 + int(_core().linearization_length(self.julia.system)) * int(_core().n_stages(self.julia.algorithm)))

    def backward(self, frame, steps_per_block, kind=None):
        """A `BackwardRun` from the end of the recording, which orthonormalises and then overwrites `frame` (N, k).

        `kind` is another class of such runs, or makes one.
        """
        return (kind or BackwardRun)(self, self._tape, frame, steps_per_block)


class BackwardRun(Run):
    """A frame moved back along a recording by transposed Jacobians. Its unit of time is the block."""

    ending = None
    steps_per_block = 1  # its steps are blocks
    n_steps = 0

    def __init__(self, recorder, tape, frame, steps_per_block):
        self._call, self._recorder = recorder._call, recorder
        self._frame = frame  # keeps the memory alive that Julia works on
        self._log, self._n_logged = np.zeros((frame.shape[1], 0), order="F"), 0
        core, run, shared = _core(), recorder.julia, share(frame)
        with session.errors_translated():
            getattr(core, "orthonormalize!")(shared, core.HouseholderQR[session.julia().Float64](*frame.shape))
            self._julia = core.BackwardRun(run.system, run.algorithm, tape, shared, steps_per_block=steps_per_block)

    def align(self, n_blocks):
        """Go back and log nothing."""
        self._call(_core().advance_b, self._julia, n_blocks)
        self.n_steps += n_blocks

    relax = align

    def start_averaging(self, n_blocks):
        """Make room for the blocks."""
        self._log = np.zeros((len(self._log), n_blocks), order="F")

    def average(self, n_blocks):
        """Go back and log the logarithms of the diagonals of R."""
        self._call(_core().advance_b, self._julia, n_blocks, share(self._log))
        self.n_steps += n_blocks
        self._n_logged += n_blocks

    def close_block(self):
        """All blocks are whole."""

    def record(self):
        """(k, blocks) logarithms of the diagonals of R, from the last one in time to the first."""
        return self._log[:, : self._n_logged]


class SplittingRun(BackwardRun):
    """A backward run that meets the frames of a forward one: at each sample it takes the angles of the splittings.

    Parameters
    ----------
    frames : (N, k, samples) array
        Of the forward run, the last of which belongs to where averaging starts.
    every : int
        Blocks from one sample to the next.
    """

    def __init__(self, recorder, tape, frame, steps_per_block, *, frames, every):
        super().__init__(recorder, tape, frame, steps_per_block)
        self._frames, self._every, self._angles = frames, every, []

    def average(self, n_blocks):
        """Go back, and take the angles where there are samples."""
        while n_blocks > 0:
            if self._n_logged % self._every == 0:
                self._angles.append(splitting_angles(self._frames[:, :, -1 - len(self._angles)], self._frame))
            together = min(n_blocks, self._every - self._n_logged % self._every)
            super().average(together)
            n_blocks -= together

    def record(self):
        """(samples, k) angles, in the order of time."""
        return np.array(self._angles[::-1]).reshape(-1, self._frame.shape[1])


def splitting_angles(Q, P):
    """(k,): for each m the angle between the first m columns of Q and what is orthogonal to the first m of P."""
    product = P.T @ Q
    sines = [np.linalg.svd(product[:m, :m], compute_uv=False)[-1] for m in range(1, len(product) + 1)]
    return np.arcsin(np.minimum(sines, 1.0))


def _core():
    return session.julia().LyapunovSpectra
