"""What the core reads of a drive in a run, on NumPy memory; random drives are drawn while the run goes on."""

import numpy as np

from .._runtime import session

WINDOW_STEPS, WINDOW_BYTES = 1024, 64e6  # of random numbers held at a time, whichever is less


class Feed:
    """An input that is in place from the beginning of a run to its end; also none at all.

    `inputs` are arguments of the core's system, on memory that the drive or `keep` holds.
    """

    def __init__(self, inputs, keep=None):
        self.inputs, self._keep = inputs, keep

    def stretches(self, step, n_steps):
        """Cut the next `n_steps` steps, the first of which is number `step`, into stretches whose input is in place."""
        yield n_steps

    def position(self):
        """Where the input is, as named arrays; one that is in place is nowhere else."""
        return {}

    def go_to(self, position, step):
        """Go to where another feed of the same drive was before this step; ValueError if it cannot have been there."""


class DrawnFeed(Feed):
    """A random drive: a window over its samples moves with the run. Step s needs the samples s and s + 1."""

    def __init__(self, bridge, name, make, draw, n_channels):
        self._window, self._draw, self._first = _window(n_channels), draw, 0
        self._before = draw.position()  # where the source was before it drew the window
        draw(self._window)
        shared = bridge.share(self._window.T)  # the window itself, or a copy in single precision
        self._shared = np.asarray(shared)  # what Julia reads, (channels, samples)
        self._julia = make(shared)
        super().__init__({name: self._julia})

    def stretches(self, step, n_steps):
        end = step + n_steps
        while step < end:
            while step >= self._next:
                self._move_on()
            until = min(end, self._next)
            yield until - step
            step = until

    @property
    def _next(self):
        """The first step the window has no input for."""
        return self._first + len(self._window) - 1

    def position(self):
        """The first row of the window, its number, and where the source was before it drew the others."""
        source = {f"source.{name}": array for name, array in self._before.items()}
        return {"first": np.array([self._first]), "row": self._window[0], **source}

    def go_to(self, position, step):
        """Draw again the window that another feed had."""
        first = int(position["first"][0])
        if not first <= step <= first + len(self._window):
            raise ValueError(f"the drive is at {first}, the run at {step}")
        if first > 0:  # else it is the window that this one has
            self._draw.go_to({name.removeprefix("source."): array for name, array in position.items()})
            self._window[0] = position["row"]
            self._fill(first)

    def _move_on(self):
        self._window[0] = self._window[-1]
        self._fill(self._next)

    def _fill(self, first):
        """All rows but the first one, which is number `first`."""
        self._first, self._before = first, self._draw.position()
        self._draw(self._window[1:])
        if self._shared.dtype != self._window.dtype:
            self._shared[:] = self._window.T
        session.call(session.julia().LyapunovSpectra.move_window_b, self._julia, self._first)


def _window(n_channels):
    steps = max(1, min(WINDOW_STEPS, int(WINDOW_BYTES / (8 * n_channels))))
    return np.empty((steps + 1, n_channels))
