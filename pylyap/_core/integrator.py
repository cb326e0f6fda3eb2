"""The Julia core as Python sees it: systems, algorithms and the integrator."""

import functools

import numpy as np

from .._runtime import session
from . import arrays, drives, systems
from .arrays import share

_ALGORITHMS = {"rk4": "RK4", "euler": "Euler", "heun": "Heun", "tsit5": "Tsit5", "map": "MapStep"}
TRACED_UNITS = 8


class BlockLog:
    """What Julia writes down at the end of every block, on NumPy's memory.

    Attributes
    ----------
    log_stretch : (k, blocks) float64
        Logarithms of the diagonal of R.
    steps : (blocks,) float64
        Lengths of the blocks.
    condition, log_volume : (blocks,) float64
        Largest over smallest entry of that diagonal; logarithm of the volume change, NaN unless k = N.
    traces : (units, blocks) float64
        State of the first few units.
    """

    def __init__(self, k, n_blocks, n_traces):
        self.log_stretch = np.zeros((k, n_blocks), order="F")
        self.steps = np.zeros(n_blocks)
        self.condition = np.zeros(n_blocks)
        self.log_volume = np.zeros(n_blocks)
        self.traces = np.zeros((n_traces, n_blocks), order="F")

    def to_julia(self):
        """The same arrays as the core's ``BlockLog``."""
        return _core().BlockLog(
            share(self.log_stretch), share(self.steps), share(self.condition), share(self.log_volume), share(self.traces)
        )


class Integrator:
    """A run in progress in Julia.

    The state (N,) and frame (N, k) of the plan, Fortran-contiguous and of its precision, are used in place and always hold
    the current ones. `log` has no blocks until averaging starts.
    """

    def __init__(self, network, plan, threads=None):
        core = _core()
        calls_python = getattr(network, "calls_python", False)  # which takes Python's lock, and leaves Julia one task
        threads = 1 if calls_python else threads
        self._call = functools.partial(session.call, hold_lock=calls_python)
        self._network, self._plan = network, plan  # they keep the memory alive that Julia works on
        self._share = share if plan.precision == "float64" else arrays.Converted(plan.precision)
        self.feed = drives.feed(network, plan.dt, self._share)
        self.log = BlockLog(plan.k, 0, 0)
        self.julia_log = None
        with session.errors_translated():
            frame = share(plan.frame)
            if plan.orthonormalize:
                getattr(core, "orthonormalize!")(frame, core.HouseholderQR[_number_type(plan)](plan.n, plan.k))
            self.julia = core.init(
                systems.system(network, plan.tangent_order, self._share, **self.feed.inputs),
                getattr(core, _ALGORITHMS[plan.solver])(**plan.tolerances),
                share(plan.state), frame, dt=plan.dt * getattr(network, "tau", 1.0),
                steps_per_block=plan.steps_per_block, max_condition=plan.max_condition, longest_block=plan.longest_block,
                alias=True, **({} if threads is None else {"threads": threads}),
            )

    def relax(self, n_steps):
        """Move the state alone."""
        self._move(n_steps, _core().relax_b)

    def align(self, n_steps):
        """Move state and frame and log nothing."""
        self._move(n_steps, _core().advance_b)

    def _move(self, n_steps, move, *log):
        for part in self.feed.stretches(self.n_steps, n_steps):
            self._call(move, self.julia, part, *log)

    def start_averaging(self, n_steps):
        """End the alignment, and make room for the blocks of the next `n_steps` steps."""
        self._call(_close_block(), self.julia)
        n_blocks = -(-n_steps // self.steps_per_block)
        self.log = BlockLog(self._plan.k, n_blocks, min(TRACED_UNITS, self._plan.n))
        self.julia_log = self.log.to_julia()

    def average(self, n_steps):
        """Move state and frame and log every block that ends."""
        self._move(n_steps, _core().advance_b, self.julia_log)

    def close_block(self):
        """End the last, shorter block of a run."""
        self._call(_close_block(), self.julia, self.julia_log)

    @property
    def steps_per_block(self):
        """Length of the blocks, in steps."""
        return int(self.julia.steps_per_block)

    @property
    def log_stretch(self):
        """(blocks, k): logarithms of the diagonal of R in the blocks that have ended."""
        return np.ascontiguousarray(self.log.log_stretch[:, : self.n_logged].T)

    @property
    def durations(self):
        """(blocks,): their lengths in the network's unit of time."""
        return self.log.steps[: self.n_logged] * self._plan.dt

    @property
    def condition(self):
        """(blocks,): largest over smallest entry of the diagonal of R."""
        return self.log.condition[: self.n_logged]

    @property
    def log_volume(self):
        """(blocks,): logarithm of the volume change, NaN unless k = N."""
        return self.log.log_volume[: self.n_logged]

    @property
    def traces(self):
        """(blocks, units): state of the first few units at their ends."""
        return np.ascontiguousarray(self.log.traces[:, : self.n_logged].T)

    @property
    def n_logged(self):
        """Blocks in the log."""
        return int(self.julia.n_logged)

    @property
    def n_steps(self):
        """Steps done since the beginning, the state's transient included."""
        return int(self.julia.n_steps)

    @property
    def status(self):
        """"running", "state_diverged", "frame_diverged" or "step_underflow"."""
        return str(self.julia.status)


class ActivityRun(Integrator):
    """A run of the state alone whose samples, one every `interval` steps, are summed up: the verbs of an `Integrator`."""

    def __init__(self, network, plan, interval):
        super().__init__(network, plan)
        core, n = _core(), plan.n
        sums = [(np.zeros(n), np.zeros((n, n), order="F")) for _ in range(2 if plan.time_unit == "tau" else 1)]
        moments = [core.Moments(share(mean), share(covariance)) for mean, covariance in sums]
        phi = [systems.activation(core, network.activation)] if len(sums) == 2 else []
        self._sums, self._moments = sums, moments
        self._activity = core.Activity(interval, *moments, *phi)

    def average(self, n_steps):
        """Move the state and take samples."""
        self._move(n_steps, _core().observe_b, self._activity)

    def start_averaging(self, n_steps):
        """There are no blocks to make room for."""

    def close_block(self):
        """There are no blocks to end."""

    def moments(self):
        """(mean (N,), covariance (N, N), number of samples) of the state, and of phi(x) for rate networks."""
        for moments in self._moments:
            self._call(_core().finish_b, moments)
        return [(*sums, int(moments.count)) for sums, moments in zip(self._sums, self._moments)]


class Ensemble:
    """Runs side by side, one thread each, with the verbs of one `Integrator`. A run that cannot go on is left behind.

    `runs` are Integrators made with ``threads=1``, or families of gains.
    """

    def __init__(self, runs):
        self.runs = runs

    def relax(self, n_steps):
        """Move the states alone."""
        self._move(_core().relax_all_b, n_steps)

    def align(self, n_steps):
        """Move states and frames and log nothing."""
        self._move(_core().advance_all_b, n_steps)

    def start_averaging(self, n_steps):
        """End the alignment, and make room for the blocks of the next `n_steps` steps."""
        for run in self._going():
            run.start_averaging(n_steps)

    def average(self, n_steps):
        """Move states and frames and log every block that ends."""
        self._move(_core().advance_all_b, n_steps, logged=True)

    def close_block(self):
        """End the last, shorter block of every run."""
        for run in self._going():
            run.close_block()

    def _move(self, move, n_steps, logged=False):
        runs = self._going()
        logs = (_vector(run.julia_log for run in runs),) if logged else ()
        parts = [run.feed.stretches(run.n_steps, n_steps) for run in runs]
        left = [next(part) for part in parts]
        while runs and n_steps > 0:  # in stretches for which the inputs of all runs are in place
            together = min(left)
            session.call(move, _vector(run.julia for run in runs), together, *logs)
            n_steps -= together
            left = [steps - together or next(part, 0) for steps, part in zip(left, parts)]

    def _going(self):
        return [run for run in self.runs if run.status == "running"]

    @property
    def n_steps(self):
        """Steps done by the runs that go on."""
        return max(run.n_steps for run in self.runs)

    @property
    def status(self):
        """"running" as long as one run is."""
        return "running" if self._going() else self.runs[0].status


def _number_type(plan):
    return getattr(session.julia(), plan.precision.capitalize())  # Float64 or Float32


def _core():
    return session.julia().LyapunovSpectra


def _close_block():
    return getattr(_core(), "close_block!")


def _vector(values):
    return _gather()(*values)


@functools.cache
def _gather():
    return session.julia().seval("(values...) -> Any[values...]")  # compiled once
