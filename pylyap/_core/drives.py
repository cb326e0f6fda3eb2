"""Drives as the core's inputs, on NumPy memory; random ones are drawn while the run goes on."""

import numpy as np

from .._runtime import session
from .arrays import share
from ..networks import drives

WINDOW_STEPS, WINDOW_BYTES = 1024, 64e6  # of random numbers held at a time, whichever is less


def feed(network, dt, share=share):
    """The `Feed` of a network in a run with steps of `dt`, in the network's unit of time; `share` has to outlive it."""
    drive = getattr(network, "drive", None)
    if drive is None:
        return Feed({})
    core = session.julia().LyapunovSpectra
    unit = getattr(network, "tau", 1.0)  # the core's clock runs in absolute time
    if isinstance(drive, drives.Sinusoid):
        waves = drive.waves(network.size)
        return Feed(dict(drive=core.Sinusoid(*map(share, waves), drive.frequency / unit)), keep=waves)
    weights = {} if drive.input_weights is None else dict(input_weights=share(drive.input_weights))
    if isinstance(drive, drives.Array):
        linear = drive.interpolation == "linear"
        return Feed(dict(drive=core.Sampled(share(drive.values.T), drive.interval * unit, linear=linear, **weights)))
    m = drive.n_channels(network.size)
    window, draw = _window(m), drive.source(m, dt)
    draw(window)
    shared = share(window.T)  # the window itself, or a copy in single precision
    if isinstance(drive, drives.OrnsteinUhlenbeck):
        inputs = dict(drive=core.Sampled(shared, dt * unit, **weights))
    elif network.time_unit == "tau":
        inputs = dict(noise=core.StepNoise(shared, **weights))
    else:
        inputs = dict(drive=core.Sampled(shared, 1.0, linear=False, **weights))
    return DrawnFeed(inputs, window, draw, np.asarray(shared))


class Feed:
    """What the core has to know of a drive, for a run that can look at all of it from the beginning.

    `inputs` are arguments of the core's network, on memory that the network or `keep` holds.
    """

    def __init__(self, inputs, keep=None):
        self.inputs, self._keep = inputs, keep

    def stretches(self, step, n_steps):
        """Cut the next `n_steps` steps, the first of which is number `step`, into stretches whose input is in place."""
        yield n_steps


class DrawnFeed(Feed):
    """A random drive: a window over its samples moves with the run. Step s needs the samples s and s + 1."""

    def __init__(self, inputs, window, draw, shared):
        super().__init__(inputs, window)
        (self._julia,) = inputs.values()
        self._window, self._draw, self._first = window, draw, 0
        self._shared = shared  # what Julia reads, (channels, samples): the window's memory unless in single precision

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

    def _move_on(self):
        self._first = self._next
        self._window[0] = self._window[-1]
        self._draw(self._window[1:])
        if self._shared.dtype != self._window.dtype:
            self._shared[:] = self._window.T
        session.call(session.julia().LyapunovSpectra.move_window_b, self._julia, self._first)


def _window(n_channels):
    steps = max(1, min(WINDOW_STEPS, int(WINDOW_BYTES / (8 * n_channels))))
    return np.empty((steps + 1, n_channels))
