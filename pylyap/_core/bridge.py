"""What a system needs to make itself in the core: the core's module, and arrays, weights and activations for it."""

import functools

from .._runtime import session
from . import activations, feeds, user_systems
from .arrays import Converted, share


class Bridge:
    """The way to the core for one run. Whatever it has shared lives as long as the bridge and the system do.

    Attributes
    ----------
    core : juliacall module
        ``LyapunovSpectra``.
    share : callable
        A NumPy array of the run's precision on NumPy's own memory, or its converted copy.
    """

    def __init__(self, precision="float64"):
        self.core = session.julia().LyapunovSpectra
        self.number_type = getattr(session.julia(), precision.capitalize())  # Float64 or Float32
        self.share = share if precision == "float64" else Converted(precision)

    def weights(self, W):
        """The core's weight matrix for checked weights, dense or sparse."""
        if hasattr(W, "indptr"):
            return self.core.SparseRows(share(W.indptr), share(W.indices), self.share(W.data))
        return self.share(W)

    def copied(self, array):
        """An array as Julia's own copy of it, for one that nobody keeps."""
        return _julia("copy")(self.share(array))

    def unit_matrix(self):
        """Julia's ``I``, of any size."""
        return _julia("() -> LyapunovSpectra.I")()

    def rows(self, array):
        """A matrix in C order, of which Julia sees the transposed on the same memory, as the matrix it is."""
        return _julia("transpose")(self.share(array.T))

    def activation(self, phi):
        """The core's activation for an `Activation`."""
        return activations.activation(self.core, phi)

    def vector(self, values):
        """A Julia vector of Julia values."""
        return _julia("(values...) -> [values...]")(*values)

    def add(self, a, b):
        """The sum of two Julia arrays, as a new one."""
        return _julia("+")(a, b)

    def from_source(self, rhs, jvp, parameters, size, is_map):
        """A system of the user's, written in Julia."""
        return user_systems.from_source(rhs, jvp, parameters, size, is_map)

    def calling_python(self, functions, size, is_map):
        """A system of the user's, written in Python."""
        return user_systems.calling_python(functions, size, is_map)

    def feed_of(self, system, dt):
        """What the core reads of a system's drive in a run with steps of `dt`."""
        return self.feed() if system.drive is None else system.drive.feed(self, system, dt)

    def feed(self, keep=None, **inputs):
        """A `Feed` that is in place from the beginning."""
        return feeds.Feed(inputs, keep)

    def drawn_feed(self, name, make, draw, n_channels):
        """A `DrawnFeed` that is the input `name` of the core's system, made by ``make(samples)``."""
        return feeds.DrawnFeed(self, name, make, draw, n_channels)


@functools.cache
def _julia(source):
    return session.julia().seval(source)  # compiled once
