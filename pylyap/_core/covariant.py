"""Covariant Lyapunov vectors: the way forward, which keeps the R of every block, and the way back."""

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from .._contracts import Ending, Run
from .._runtime import session
from . import snapshots
from .arrays import share
from .integrator import BlockLog, Integrator

MOST_SAMPLES = 200  # unless somebody says how far apart they are to be


class Segment:
    """Consecutive blocks that are kept, on NumPy's memory; of every `sample_every`-th also the frame at its end.

    Attributes
    ----------
    triangles : (k (k + 1) / 2, blocks) float64
        The R, packed; may be the memory of a file.
    frames : (N, k, samples) float64
    participation : (k, samples) float64
        Of the columns of the frames.
    """

    def __init__(self, n, k, n_blocks, room, sample_every=0, n_samples=0):
        self.sample_every = sample_every
        self.frames, self.participation = np.zeros((n, k, n_samples), order="F"), np.zeros((k, n_samples), order="F")
        room.used += self.frames.nbytes
        self.triangles = room.array((k * (k + 1) // 2, n_blocks), f"the R of {n_blocks} blocks")
        self.julia = _core().Kept(*map(share, (self.triangles, self.frames, self.participation)), sample_every)

    @property
    def n_blocks(self):
        """Blocks that were kept by now."""
        return int(self.julia.n_blocks)

    def state_arrays(self):
        """What was kept by now; the segment's own memory."""
        n = self.n_blocks
        samples = self._samples_in(n)
        return {
            "triangles": self.triangles[:, :n],
            "frames": self.frames[:, :, :samples],
            "participation": self.participation[:, :samples],
        }

    def restore(self, arrays, n_blocks):
        """Keep what a segment had kept after `n_blocks` blocks, whose `state_arrays` these are."""
        samples = self._samples_in(n_blocks)
        snapshots.fill(self.triangles, arrays, "triangles", n_blocks)
        snapshots.fill(self.frames, arrays, "frames", samples)
        snapshots.fill(self.participation, arrays, "participation", samples)
        self.julia.n_blocks = n_blocks

    def _samples_in(self, n_blocks):
        return min(self.frames.shape[2], n_blocks // self.sample_every) if self.sample_every else 0


class Forward(Integrator):
    """A run that keeps its blocks while it averages. Averaging may begin again, for a segment without samples.

    Parameters
    ----------
    network : network or system
    plan : Plan
    room : pylyap.runs.scratch.Room
        Where the memory comes from.
    sample_steps : int or None
        Steps from one sample to the next; None: about 200 samples.
    spare : int
        Columns that run behind those of the plan and are not kept: they tell the exponents that come next.
    """

    def __init__(self, network, plan, room, sample_steps=None, spare=0):
        self._k, more = plan.k, plan.k + spare
        super().__init__(network, dataclasses.replace(plan, k=more, start=dataclasses.replace(plan.start, k=more)))
        self._call(getattr(_core(), "look_at_first!"), self.julia, self._k)
        self._room, self._sample_steps, self.segments = room, sample_steps, []

    def start_averaging(self, n_steps):
        """End what came before, and make room for the blocks of the next `n_steps` steps."""
        if not self.segments:
            self._call(getattr(_core(), "close_block!"), self.julia)
            self._keep_blocks()
            if self._sample_steps is not None:
                self.julia.steps_per_block = largest_divisor(self._sample_steps, self.steps_per_block)
        self.julia.n_logged, self.log = 0, BlockLog(self._plan.k, 0, 0)
        super().start_averaging(n_steps)
        self._add_segment(n_steps)

    def _keep_blocks(self):
        self._call(getattr(_core(), "keep_blocks!"), self.julia)

    def _add_segment(self, n_steps):
        """Room for the blocks of `n_steps` steps: in the first segment, which is the window, with samples."""
        n_blocks, samples = self._most_blocks, ()
        if not self.segments:
            every = self._every(n_blocks)
            samples = every, n_steps // self.steps_per_block // every  # none at the end of a last, shorter block
        self.segments.append(Segment(self._plan.n, self._k, n_blocks, self._room, *samples))

    def state_arrays(self):
        """Those of an `Integrator`, and what the present segment has kept."""
        arrays = super().state_arrays()
        if self.segments:
            arrays.update(snapshots.outer("kept", self.segments[-1].state_arrays()))
        return arrays

    def go_to(self, arrays, n_steps):
        """Go to where the run was, in a segment of `n_steps` steps, whose `state_arrays` these are."""
        kept = snapshots.inner(arrays, "kept")
        if kept and not self.segments:
            self._keep_blocks()  # before: the order of the rows that it sets up is to be restored
        super().go_to(arrays, n_steps)
        if kept:
            self._add_segment(n_steps)
            self.segments[-1].restore(kept, self.n_logged)

    def _every(self, n_blocks):
        if self._sample_steps is not None:
            return self._sample_steps // self.steps_per_block
        return -(-n_blocks // MOST_SAMPLES)

    def average(self, n_steps):
        """Move state and frame, log every block that ends, and keep it."""
        self.grow_log(n_steps)
        self._move(n_steps, getattr(_core(), "keep!"), self.julia_log, self.segments[-1].julia)

    def close_block(self):
        """End the last, shorter block of a run."""
        self._call(getattr(_core(), "close_block!"), self.julia, self.julia_log, self.segments[-1].julia)

    def record(self):
        """The `Record` of the blocks of the present segment, of the columns that are kept."""
        record, k = super().record(), self._k
        if k < self._plan.k:
            record = dataclasses.replace(
                record, log_growth=record.log_growth[:, :k], frame=record.frame[:, :k],
                log_volume=np.full_like(record.log_volume, np.nan),
            )  # fmt: skip
        return dataclasses.replace(record, state=np.array(self.state))  # the run may go on

    def spare_growth(self):
        """(B, spare) logarithms of the growth of the columns that are not kept, in the blocks of the present segment."""
        return np.array(self.log.log_growth[self._k :, : self.n_logged].T)

    def has_all_directions(self):
        """Whether as many columns are kept as there are directions."""
        return self._k == self._plan.n


def largest_divisor(number, most):
    """The largest divisor of `number` that is not larger than `most`.

    Examples
    --------
    >>> from pylyap._core.covariant import largest_divisor
    >>> largest_divisor(20, 8)
    5
    """
    return next(d for d in range(min(most, number), 0, -1) if number % d == 0)


class Beyond(Run):
    """A `Forward` run on its way beyond its window, for `length` steps: its steps count from there."""

    is_resumable = True

    def __init__(self, forward, length):
        self._forward, self._start, self._length = forward, forward.n_steps, length

    def state_arrays(self):
        """Those of the forward run, of the present segment alone."""
        return self._forward.state_arrays()

    def restore(self, arrays):
        """Go to where the run was whose `state_arrays` these are."""
        self._forward.go_to(arrays, self._length)

    @property
    def n_steps(self):
        """Steps done since the end of the window."""
        return self._forward.n_steps - self._start

    @property
    def ending(self):
        """Why it cannot go on; None as long as it can."""
        return self._forward.ending

    @property
    def steps_per_block(self):
        """Length of the blocks, in steps."""
        return self._forward.steps_per_block

    def relax(self, n_steps):
        """There is nothing to relax."""

    def align(self, n_steps):
        """There is nothing to align."""

    def start_averaging(self, n_steps):
        """Make room for the blocks of the next `n_steps` steps."""
        self._forward.start_averaging(n_steps)

    def average(self, n_steps):
        """Move state and frame, and keep every block that ends."""
        self._forward.average(n_steps)

    def close_block(self):
        """End the last, shorter block."""
        self._forward.close_block()

    def record(self):
        """The `Record` of the forward run."""
        return self._forward.record()


class Found(NamedTuple):
    """What the way back has found; k columns.

    Attributes
    ----------
    log_growth : (blocks, k) float64
        Logarithms of the growth of the vectors in the blocks of the window, NaN where the way back did not come.
    first, last : int
        The blocks that it came through, counted from 0: those from `first` to before `last`.
    starts : (2, k, k) float64
        Coordinates of the vectors of two backward starts, where the last sample is or would be.
    """

    log_growth: np.ndarray
    first: int
    last: int
    starts: Any


class Backward(Run):
    """Covariant vectors on the way back through the kept blocks. Its unit of time is the block.

    In the alignment two sets of vectors go back, which began differently, and while it averages one of them. The
    vectors take the place of the frames of the segments.

    Parameters
    ----------
    segments : list of Segment
        In the order of time; the first is the window.
    starts : (2, k, k) float64 array
        Upper triangular matrices to begin with.
    """

    steps_per_block = 1  # its steps are blocks

    def __init__(self, segments, starts):
        self._segments, self._failed = list(segments), False
        self._lengths = [segment.n_blocks for segment in segments]
        self._position = sum(self._lengths)  # blocks that lie before
        self._begin = self._position
        self._last = self._lengths[0]
        self._log_growth = np.full((starts.shape[1], self._lengths[0]), np.nan, order="F")
        self._coordinates = [np.array(start, order="F") for start in starts]
        with session.errors_translated():
            self._ways = [_core().WayBack(share(C)) for C in self._coordinates]
        self._starts = np.array(self._coordinates)

    @property
    def n_blocks(self):
        """Blocks that are left."""
        return self._position

    @property
    def n_steps(self):
        """Blocks done since the beginning, or since `count_from_here`."""
        return self._begin - self._position

    def count_from_here(self):
        """Let `n_steps` be 0 here."""
        self._begin = self._position

    @property
    def ending(self):
        """Why it cannot go on; None as long as it can."""
        return Ending.FRAME_DIVERGED if self._failed else None

    def align(self, n_blocks):
        """Go back and log nothing."""
        self._go(n_blocks, self._ways)
        self._starts = np.array(self._coordinates)

    relax = align

    def start_averaging(self, n_blocks):
        """From here on vectors count."""
        self._last = min(self._position, self._lengths[0])

    def average(self, n_blocks):
        """Go back, log the growth, and form the vectors where there are samples."""
        every = self._segments[0].sample_every
        last_sample = self._last // every * every
        both = min(n_blocks, max(0, self._position - last_sample))
        if both:
            self._go(both, self._ways, self._log_growth)
            self._starts = np.array(self._coordinates)
        self._go(n_blocks - both, self._ways[:1], self._log_growth)

    def _go(self, n_blocks, ways, log_growth=None):
        while n_blocks > 0 and not self._failed:
            segment, at = self._here()
            together = min(n_blocks, at)
            for i, way in enumerate(ways):
                log = () if log_growth is None or i > 0 else (share(log_growth),)
                done = int(session.call(getattr(_core(), "go_back!"), way, segment.julia, at, together, *log))
                self._failed |= done < together
            self._position -= done
            n_blocks -= together

    def _here(self):
        """The segment in which the next block back lies, and its number there, from 1."""
        before = 0
        for segment, length in zip(self._segments, self._lengths):
            if self._position <= before + length:
                return segment, self._position - before
            before += length
        raise AssertionError("the way back has not begun")

    def close_block(self):
        """All blocks are whole."""

    def record(self):
        """What was `Found`."""
        return Found(
            np.ascontiguousarray(self._log_growth.T), min(self._position, self._last), self._last, self._starts
        )


def _core():
    return session.julia().LyapunovSpectra
