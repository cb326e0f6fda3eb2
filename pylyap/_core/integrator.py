"""The core's integrator as Python sees it, and runs of it side by side."""

import functools

import numpy as np

from .._contracts import Ending, Record, Run
from .._runtime import session
from . import snapshots, step_look
from .arrays import share
from .bridge import Bridge

TRACED_UNITS = 8
FIRST_BLOCKS = 256  # for which there is room at the beginning
LARGEST_VOLUME = 16  # variables of which all directions are moved by a step or two: no more than 1 % of a short run


class BlockLog:
    """What Julia writes down at the end of every block, on NumPy's memory.

    Attributes
    ----------
    log_growth : (k, blocks) float64
        Logarithms of the diagonal of R.
    steps : (blocks,) float64
        Lengths of the blocks.
    condition, log_volume : (blocks,) float64
        Largest over smallest entry of that diagonal; logarithm of the volume change, NaN unless k = N.
    traces : (units, blocks) float64
        State of the first few units.
    """

    def __init__(self, k, n_blocks, n_traces):
        self.log_growth = np.zeros((k, n_blocks), order="F")
        self.steps = np.zeros(n_blocks)
        self.condition = np.zeros(n_blocks)
        self.log_volume = np.zeros(n_blocks)
        self.traces = np.zeros((n_traces, n_blocks), order="F")

    def to_julia(self):
        """The same arrays as the core's ``BlockLog``."""
        return _core().BlockLog(
            share(self.log_growth), share(self.steps), share(self.condition), share(self.log_volume), share(self.traces)
        )


class Integrator(Run):
    """A run in progress in Julia.

    Its `state` (N,) and `frame` (N, k), in Fortran order and of the plan's precision, are Julia's memory, too, and always
    hold the current ones. `log` has no blocks until averaging starts.
    """

    is_resumable = True

    def __init__(self, network, plan, threads=None):
        core, bridge = _core(), Bridge(plan.precision)
        threads = 1 if network.calls_python else threads
        self._call = functools.partial(session.call, hold_lock=network.calls_python)
        self._network, self._plan, self._bridge = network, plan, bridge  # they keep the memory that Julia works on
        self.feed = bridge.feed_of(network, plan.dt)
        self.state, self.frame = plan.start.state(), plan.start.frame()
        self.log = BlockLog(plan.k, 0, 0)
        self.julia_log = None
        with session.errors_translated():
            frame = share(self.frame)
            if plan.start.has_random_frame:
                getattr(core, "orthonormalize!")(frame, core.HouseholderQR[bridge.number_type](plan.n, plan.k))
            self.julia = core.init(
                network.to_core(bridge, self.feed.inputs),
                getattr(core, plan.solver.core_name)(**plan.tolerances),
                share(self.state), frame, dt=plan.dt * network.core_time,
                steps_per_block=plan.steps_per_block, max_condition=plan.max_condition, longest_block=plan.longest_block,
                alias=True, generic=plan.start.has_random_frame, look_every=plan.look_every,
                **({} if threads is None else {"threads": threads}),
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
        self._make_room(n_steps)

    def _make_room(self, n_steps):
        self._most_blocks = -(-n_steps // self.steps_per_block)
        self._enlarge_log(min(self._most_blocks, FIRST_BLOCKS))

    def grow_log(self, n_steps):
        """Have room for the blocks that may end within `n_steps` steps: the log takes memory as the run goes on."""
        needed = min(self._most_blocks, self.n_logged + n_steps // self.steps_per_block + 2)
        if needed > len(self.log.steps):
            self._enlarge_log(min(self._most_blocks, max(needed, 2 * len(self.log.steps))))

    def _enlarge_log(self, n_blocks):
        old, self.log = self.log, BlockLog(self._plan.k, n_blocks, min(TRACED_UNITS, self._plan.n))
        if len(old.steps):
            for name, array in vars(old).items():
                getattr(self.log, name)[..., : array.shape[-1]] = array
        self.julia_log = self.log.to_julia()

    def average(self, n_steps):
        """Move state and frame and log every block that ends."""
        self.grow_log(n_steps)
        self._move(n_steps, _core().advance_b, self.julia_log)

    def close_block(self):
        """End the last, shorter block of a run."""
        self._call(_close_block(), self.julia, self.julia_log)

    @property
    def steps_per_block(self):
        """Length of the blocks, in steps."""
        return int(self.julia.steps_per_block)

    @property
    def n_logged(self):
        """Blocks in the log."""
        return int(self.julia.n_logged)

    @property
    def n_steps(self):
        """Steps done since the beginning, the state's transient included."""
        return int(self.julia.n_steps)

    @property
    def ending(self):
        """Why it cannot go on; None as long as it can."""
        status = str(self.julia.status)
        return None if status == "running" else Ending[status.upper()]

    def state_arrays(self):
        """State, frame, clock and what else the core needs, the position of the drive, and the blocks that have ended."""
        arrays = {**snapshots.read(run=self.julia), **snapshots.outer("feed", self.feed.position())}
        if self.julia_log is not None:
            ended = {name: array[..., : self.n_logged] for name, array in vars(self.log).items()}
            arrays.update(snapshots.outer("log", ended))
        return arrays

    def restore(self, arrays):
        """Go to where the run was whose `state_arrays` these are."""
        self.go_to(arrays, self._plan.n_average)

    def go_to(self, arrays, n_steps):
        """The same, where `n_steps` steps were to be averaged over."""
        snapshots.restore(arrays, run=self.julia)
        self.feed.go_to(snapshots.inner(arrays, "feed"), self.n_steps)
        if log := snapshots.inner(arrays, "log"):
            self.log = BlockLog(self._plan.k, 0, 0)
            self._make_room(n_steps)
            self.grow_log(0)
            for name, memory in vars(self.log).items():
                snapshots.fill(memory, log, name, self.n_logged)

    def record(self):
        """The `Record` of the blocks that have ended."""
        log, n = self.log, self.n_logged
        log_growth, frame = self._settled(np.array(log.log_growth[:, :n].T, order="C"))
        return Record(
            log_growth=log_growth, durations=log.steps[:n] * self._plan.dt,
            condition=log.condition[:n], log_volume=log.log_volume[:n], traces=np.ascontiguousarray(log.traces[:, :n].T),
            state=self.state, frame=frame, n_steps=self.n_steps, steps_per_block=self.steps_per_block,
            n_unproven=int(_core().n_unproven(self.julia)), step_looks=step_look.read(self.julia.look),
            has_constant_jacobian=self._network.has_constant_jacobian, volume_changes=self._volume_changes(),
            n_cholesky=int(self.julia.cholesky.n_cholesky),
        )

    def coupling_radius(self):
        """The largest eigenvalue of the Jacobian without its leak, about, at the present state, per unit of time."""
        return float(self._call(_core().coupling_radius, self.julia)) * self._network.core_time

    def has_all_directions(self):
        """Whether the record has as many columns as there are directions."""
        return self._plan.k == self._plan.n

    def _volume_changes(self):
        """What `Record.volume_changes` holds: it takes all directions, of small systems without inputs only."""
        network, plan = self._network, self._plan
        if self.has_all_directions() or plan.n > LARGEST_VOLUME or network.drive is not None or network.sequence_length is not None:
            return None
        if self.ending is not None:
            return None
        volume, size = self._call(_core().volume_changes, self.julia)
        return np.array(volume), np.array(size)

    def _settled(self, log_growth):
        """The log (B, k) and the frame (N, k), orthonormal to rounding. The run itself goes on as if nobody had looked.

        The columns are in the order of the log; in the core those that died stand last.
        """
        frame, correction = np.empty_like(self.frame), np.zeros(self._plan.k, self.frame.dtype)
        self._call(getattr(_core(), "settled!"), share(frame), share(correction), self.julia)
        if len(log_growth):
            log_growth[-1] += correction
        return log_growth, frame


class ActivityRun(Integrator):
    """A run of the state alone whose samples, one every `interval` steps, are summed up: the verbs of an `Integrator`."""

    is_resumable = False

    def __init__(self, network, plan, interval):
        super().__init__(network, plan)
        core, n = _core(), plan.n
        phi, parts = [], 1
        if network.rates == "activation":
            phi, parts = [self._bridge.activation(network.activation)], 2
            if network.input_gain is not None:
                phi.append(share(network.input_gain))
        sums = [(np.zeros(n), np.zeros((n, n), order="F")) for _ in range(parts)]
        moments = [core.Moments(share(mean), share(covariance)) for mean, covariance in sums]
        self._sums, self._moments = sums, moments
        self._activity = core.Activity(interval, *moments, *phi)

    def average(self, n_steps):
        """Move the state and take samples."""
        self._move(n_steps, _core().observe_b, self._activity)

    def start_averaging(self, n_steps):
        """There are no blocks to make room for."""

    def close_block(self):
        """There are no blocks to end."""

    def record(self):
        """(mean (N,), covariance (N, N), number of samples) of the state, and of phi(x) for rate networks."""
        for moments in self._moments:
            self._call(_core().finish_b, moments)
        return [(*sums, int(moments.count)) for sums, moments in zip(self._sums, self._moments)]


class Ensemble(Run):
    """Runs side by side, one thread each, with the verbs of one `Integrator`. A run that cannot go on is left behind.

    `runs` are Integrators made with ``threads=1``, or families of gains.
    """

    @property
    def is_resumable(self):
        """Whether all runs are."""
        return all(run.is_resumable for run in self.runs)

    def state_arrays(self):
        """Those of all runs, each under its number."""
        arrays = {}
        for i, run in enumerate(self.runs):
            arrays.update(snapshots.outer(i, run.state_arrays()))
        return arrays

    def restore(self, arrays):
        """Bring every run to where it was."""
        for i, run in enumerate(self.runs):
            run.restore(snapshots.inner(arrays, i))

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
        for run in runs if logged else ():
            run.grow_log(n_steps)
        logs = (_vector(run.julia_log for run in runs),) if logged else ()
        parts = [run.feed.stretches(run.n_steps, n_steps) for run in runs]
        left = [next(part) for part in parts]
        while runs and n_steps > 0:  # in stretches for which the inputs of all runs are in place
            together = min(left)
            session.call(move, _vector(run.julia for run in runs), together, *logs)
            n_steps -= together
            left = [steps - together or next(part, 0) for steps, part in zip(left, parts)]

    def _going(self):
        return [run for run in self.runs if run.ending is None]

    @property
    def n_steps(self):
        """Steps done by the runs that go on."""
        return max(run.n_steps for run in self.runs)

    @property
    def ending(self):
        """None as long as one run can go on."""
        return None if self._going() else self.runs[0].ending

    @property
    def steps_per_block(self):
        """That of the first run; each has its own."""
        return self.runs[0].steps_per_block

    def record(self):
        """The records of all runs, in order."""
        return [run.record() for run in self.runs]


def _core():
    return session.julia().LyapunovSpectra


def _close_block():
    return getattr(_core(), "close_block!")


def _vector(values):
    return _gather()(*values)


@functools.cache
def _gather():
    return session.julia().seval("(values...) -> Any[values...]")  # compiled once
