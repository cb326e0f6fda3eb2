"""What a run will do, in whole steps: every option checked, before Julia starts."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .. import _memory
from .. import _solvers as solvers
from .._contracts import System
from .._random import seed_sequence, stream
from ..errors import NetworkError, OptionError
from ..results import step_look, target

DEFAULT_DT = 0.1  # tau; with RK4 the error of the exponents is far below their statistical one
DEFAULT_TOLERANCE = 1e-8  # of the adaptive solver, relative and absolute
# In units of `time_scale`, or in steps of a map.
DEFAULT_TRANSIENT = {"tau": 100.0, "time": 100.0, "step": 1000}
LEAST_ALIGNMENT = {"tau": 20.0, "time": 20.0, "step": 100}
STEPS_PER_SCALE = 100  # a flow's own step is about a hundredth of the time in which it moves
# qr_interval="auto" lets the condition of the frame grow to about this factor between two orthonormalisations: rounding is amplified to
# 1e-11 at most (1e-5 in single precision), and bursts of growth have room before they harm.
MAX_CONDITION = {"float64": 1e5, "float32": 1e2}
CHEAP_QR = 30  # a QR every CHEAP_QR k / (N stages) steps or more costs less than about a tenth of the run
LONGEST_BLOCK_OF_A_MAP = 10  # steps: of longer ones laminar phases are no longer seen (68 instead of 98 % of runs)
LEAST_BLOCKS = 100  # that automatic intervals leave for the standard errors
# The same of a multistep method, and its longest blocks, in units of the network's own time, if the frame has many columns
# (else one unit): a QR of all of them and what it does to the products that are remembered cost as much as three to four
# steps. Of 100 runs of 120 tau (N = 100, g = 6, 30 exponents) 6 % of the 95 % intervals miss with blocks of 1 tau, 8 % with 3.
LEAST_BLOCKS_OF_MULTISTEP, LONGEST_BLOCK_OF_MULTISTEP = 40, 3
ACCURACY = 5e-3  # the default of solver="auto", relative, see automatic.py
MOST_STEPS = 1e12  # years of computing for anything
UNITS = {"tau": "units of tau", "time": "units of time", "step": "steps"}
LARGEST_PART_OF_A_STEP = 1e-9  # how far from a whole number of steps rounding may put an interval


@dataclasses.dataclass(frozen=True)
class Plan:
    """A run in whole steps.

    Attributes
    ----------
    n, k : int
        Size of the network, number of exponents.
    solver : pylyap._solvers.Solver
    tolerances : dict
        "rtol" and "atol" of the adaptive solver; empty for the others.
    dt : float
        Step in units of `time_unit`; 1 for maps; for the adaptive solver the interval at whose end a step arrives.
    n_transient, n_align, n_average, steps_per_block : int
        Lengths in steps; with automatic intervals `steps_per_block` is where the alignment begins.
    max_condition, longest_block : float, int
        Bounds of automatic intervals; infinite for a given interval.
    look_every : int
        Steps between two looks at the length of the steps; 0 for maps.
    sequence_length : int or None
        Steps for which the network has an input, if it reads a sequence.
    autonomous : bool
        Whether the right-hand side is known not to depend on time.
    targets : dict or None
        Standard errors at which the run may stop.
    precision : str
        "float64" or "float32": the numbers of state, frame and arithmetic.
    start : Start
        Where the run begins.
    caution : str
        What comes before every verdict about this system.
    options : dict
        The options as they were understood, for the provenance.
    accuracy : float or None
        For which solver and step are, or are to be, chosen; None: they were given.
    """

    n: int
    k: int
    solver: solvers.Solver
    tolerances: dict[str, float]
    time_unit: str
    dt: float
    n_transient: int
    n_align: int
    n_average: int
    steps_per_block: int
    max_condition: float
    longest_block: int
    look_every: int
    sequence_length: int | None
    autonomous: bool
    targets: dict[str, float] | None
    time_limit: float | None
    start: Start
    precision: str
    caution: str
    options: dict[str, Any]
    accuracy: float | None = None

    @property
    def is_map(self) -> bool:
        """Whether its time goes in steps."""
        return self.solver.is_for_maps

    @property
    def n_steps(self) -> int:
        """Steps of the whole run."""
        return self.n_transient + self.n_align + self.n_average


@dataclasses.dataclass(frozen=True)
class Start:
    """Where a run begins: a state and a frame, given or to be drawn from the seed.

    Each run makes arrays of its own from it, which it overwrites.
    """

    n: int
    k: int
    precision: str
    seed: int | np.random.SeedSequence
    given_state: NDArray[np.float64] | None
    given_frame: NDArray[np.float64] | None

    def state(self) -> NDArray[np.floating]:
        """(n,) a new array."""
        state = self.given_state
        if state is None:
            state = stream(self.seed, "initial state").standard_normal(self.n)
        return np.array(state, dtype=self.precision)

    def frame(self) -> NDArray[np.floating]:
        """(n, k) a new array in Fortran order; drawn columns are not orthonormal yet."""
        frame = self.given_frame
        if frame is None:
            _memory.require(8 * self.k * self.n, f"a frame of {self.k} directions of {self.n} units")
            # column by column, so that the first columns do not depend on how many there are
            frame = stream(self.seed, "initial frame").standard_normal((self.k, self.n)).T
        return np.array(frame, dtype=self.precision, order="F")

    @property
    def has_random_frame(self) -> bool:
        """Whether the columns are drawn, and to be made orthonormal."""
        return self.given_frame is None


def make_plan(
    network: System, *, n_exponents: int | None, t_average: float | None, t_transient: float | None,
    t_align: float | None, dt: float | None, solver: str | None, accuracy: float | None, rtol: float | None,
    atol: float | None, qr_interval: float | str, initial_state: ArrayLike | None, initial_frame: ArrayLike | None,
    seed: int | np.random.SeedSequence, precision: str, target_stderr: float | dict[str, float] | None,
    time_limit: float | None,
) -> Plan:
    """Check the options of `lyapunov_spectrum` and turn times into steps; raises the named errors of that function."""
    studied(network)
    unit, drive = network.time_unit, network.drive
    solver, accuracy = _solver(solver, network, dt, accuracy, rtol, atol)
    _check_precision(precision, network, solver)
    tolerances = _tolerances(solver, rtol, atol)
    dt, step = (_interval(dt, qr_interval, network), _own_dt(network)) if tolerances else 2 * (_step(dt, network),)
    if accuracy is not None and not _is_auto(qr_interval):
        dt = step = checks.real("qr_interval", qr_interval, '"auto" or a time > 0', lambda time: time > 0)
    steps_per_block = _block(qr_interval, dt, unit)
    n_transient, n_align, n_average = _lengths(network, t_transient, t_align, t_average, dt, step)
    if n_average < steps_per_block:
        raise OptionError(
            f"t_average = {n_average * dt:g} is shorter than one orthonormalisation interval of {steps_per_block * dt:g} "
            f"{unit}: give at least that, better hundreds of them"
        )
    frame, k = _frame(network.size, n_exponents, initial_frame)
    automatic = _is_auto(qr_interval)
    pays = -(-CHEAP_QR * k // (network.size * solver.stages))
    if network.is_map:
        pays = min(pays, LONGEST_BLOCK_OF_A_MAP)
    scale = _time_scale(network, step, n_average * dt)
    of_scale = round(scale / dt)
    longest_block = max(1, min(max(of_scale, pays), n_average // LEAST_BLOCKS))
    if solver.is_multistep:
        within = max(of_scale, min(pays, LONGEST_BLOCK_OF_MULTISTEP * of_scale))
        longest_block = max(longest_block, min(within, n_average // LEAST_BLOCKS_OF_MULTISTEP))
    targets = target.targets_by_name(target_stderr)
    if drive is not None:
        drive.check_run(solver, dt, n_transient + n_align + n_average)
    if time_limit is not None:
        time_limit = checks.real("time_limit", time_limit, "a number of seconds > 0, or None", lambda s: s > 0)
    options = dict(
        n_exponents=k, t_average=n_average * dt, t_transient=n_transient * dt, t_align=n_align * dt, dt=dt,
        solver=solver.name, **tolerances, qr_interval="auto" if automatic else steps_per_block * dt,
        precision=precision, target_stderr=targets, time_limit=time_limit,
        seed=_plain_seed(seed), initial_state=_origin(network, initial_state),
        initial_frame="given" if initial_frame is not None else "random",
    )
    return Plan(
        n=network.size, k=k, solver=solver, tolerances=tolerances, time_unit=unit, dt=dt, n_transient=n_transient, n_align=n_align,
        n_average=n_average, steps_per_block=steps_per_block,
        max_condition=MAX_CONDITION[precision] if automatic else np.inf,
        longest_block=longest_block if automatic else steps_per_block,
        look_every=step_look.interval(network.is_map, n_align + n_average),
        sequence_length=network.sequence_length, autonomous=network.is_autonomous, targets=targets, time_limit=time_limit,
        start=Start(network.size, k, precision, seed, _state(network, initial_state), frame), precision=precision,
        caution=network.caution, options=options, accuracy=accuracy,
    )


def _solver(name, network, dt, accuracy, rtol, atol):
    """(the solver, the accuracy for which its step is still to be chosen, or None)."""
    if not (isinstance(name, str) and name == solvers.AUTO):
        if accuracy is not None:
            raise OptionError(
                f"accuracy = {accuracy!r} is not allowed with a solver given by name, with dt or with tolerances: leave "
                f'them out, or give solver="{solvers.AUTO}" alone'
            )
        return solvers.choose(name, network), None
    for option, value in (("dt", dt), ("rtol", rtol), ("atol", atol)):
        if value is not None:
            raise OptionError(
                f'{option} = {value!r} is not allowed with solver="{solvers.AUTO}", which chooses its steps: '
                "give accuracy, or a solver by name"
            )
    if network.has_known_leak and network.is_smooth and (network.drive is None or network.drive.is_smooth):
        return solvers.LAB4, ACCURACY if accuracy is None else checks.real(
            "accuracy", accuracy, "a relative error > 0 and at most 0.1, such as 1e-3", lambda part: 0 < part <= 0.1)
    if accuracy is not None:
        raise OptionError(
            f"accuracy = {accuracy!r} is not possible here: steps are chosen for networks with a leak, a smooth "
            "activation, and smooth inputs or none; give a solver by name"
        )
    return solvers.choose(None, network), None


def studied(network: Any) -> System:
    """Return `network` if it is something that pylyap can study, a `System`."""
    if not isinstance(network, System):
        raise NetworkError(
            f"expected a RateNetwork, a DiscreteNetwork, another network of pylyap or one of pylyap.systems, got "
            f"{type(network).__name__}; wrap a weight matrix W as pylyap.RateNetwork(W) or pylyap.DiscreteNetwork(W), "
            "a module of torch as pylyap.from_torch(module, inputs)"
        )
    return network


def _check_precision(precision, network, solver):
    checks.one_of("precision", precision, tuple(MAX_CONDITION))
    if precision != "float64" and (precision not in network.precisions or solver.is_adaptive):
        raise OptionError(
            f'precision = "{precision}" is not allowed here: it exists for a RateNetwork or a DiscreteNetwork with steps of fixed '
            'length; leave it at "float64"'
        )


def _step(dt, network):
    if network.is_map:
        if dt is not None:
            raise OptionError(f"dt = {dt!r} is not allowed: a map moves in whole steps and has no dt")
        return 1.0
    if dt is None:
        dt = _own_dt(network)
    return checks.real("dt", dt, f"a step in units of {network.time_unit}, > 0", lambda step: step > 0)


def _tolerances(solver, rtol, atol):
    if solver.is_adaptive:
        given = {"rtol": rtol, "atol": atol}
        return {
            name: checks.real(name, DEFAULT_TOLERANCE if value is None else value, "a tolerance > 0", lambda x: x > 0)
            for name, value in given.items()
        }
    for name, value in (("rtol", rtol), ("atol", atol)):
        if value is not None:
            raise OptionError(f'{name} = {value!r} is not allowed with solver="{solver.name}", whose steps are fixed; '
                f'use "{solvers.ADAPTIVE.name}"')
    return {}


def _interval(dt, qr_interval, network):
    """With an adaptive solver the plan counts orthonormalisation intervals; the solver chooses its steps within."""
    if dt is not None:
        raise OptionError(
            f'dt = {dt!r} is not allowed with solver="{solvers.ADAPTIVE.name}", which chooses its steps: give rtol and atol'
        )
    if _is_auto(qr_interval):
        return 2.5 * _own_dt(network)
    return checks.real("qr_interval", qr_interval, f"a time > 0 in {UNITS[network.time_unit]}", lambda time: time > 0)


def _own_dt(network):
    """The step that suits a network or system."""
    return network.dt or DEFAULT_DT


def _time_scale(network, step, t_average):
    """The time in which a network or system moves: tau or a step, and for a flow a hundred of its own steps.

    Where `step`, that of the run, is of another size, the flow's own says nothing about its unit of time: the scale is a
    hundred steps of the run at least, and beyond that no more than a hundredth of the average.
    """
    if network.time_scale is not None:
        return network.time_scale
    if network.time_unit != "time":
        return 1.0
    return STEPS_PER_SCALE * max(step, min(_own_dt(network), t_average / STEPS_PER_SCALE**2))


def _block(qr_interval, dt, unit):
    """Steps between two orthonormalisations; automatic ones begin with one and find their length in the alignment."""
    if _is_auto(qr_interval):
        return 1
    interval = checks.real("qr_interval", qr_interval, f'"auto" or a time > 0 in {UNITS[unit]}', lambda time: time > 0)
    return whole_steps("qr_interval", interval, dt, unit)


def whole_steps(name: str, interval: float, dt: float, unit: str) -> int:
    """The number of steps in an interval, which has to be a whole one."""
    steps = round(interval / dt)
    if steps < 1 or abs(interval / dt - steps) > LARGEST_PART_OF_A_STEP * max(1, steps):
        raise OptionError(
            f"{name} = {interval:g} is not a whole number of steps of {dt:g} {unit}: "
            f"the nearest is {max(1, steps) * dt:g}"
        )
    return steps


def _is_auto(qr_interval):
    return isinstance(qr_interval, str) and qr_interval == "auto"


def _lengths(network, t_transient, t_align, t_average, dt, step):
    """Steps of transient, alignment and average; `step` is that of the solver, `dt` that of the plan."""
    unit = network.time_unit
    length = network.sequence_length
    if length is not None:
        return _within_sequence(length, t_transient, t_align, t_average)
    if t_average is None:
        raise OptionError(f"t_average is missing: give the time to average over, in {UNITS[unit]}")
    n_average = _steps("t_average", t_average, dt, unit)
    scale = _time_scale(network, step, n_average * dt)
    t_transient = DEFAULT_TRANSIENT[unit] * scale if t_transient is None else t_transient
    t_align = max(LEAST_ALIGNMENT[unit] * scale, n_average * dt / 10) if t_align is None else t_align
    return _steps("t_transient", t_transient, dt, unit), _steps("t_align", t_align, dt, unit), n_average


def _within_sequence(length, t_transient, t_align, t_average):
    """The same within a sequence of inputs: all of it, a tenth of which or less aligns the frame."""
    given = dict(t_transient=0 if t_transient is None else t_transient, t_align=t_align, t_average=t_average)
    steps = {name: None if time is None else _steps(name, time, 1.0, "step") for name, time in given.items()}
    left = length - sum(count for count in steps.values() if count is not None)
    needed = 1 if t_average is None else 0  # at least, to average over
    if left < needed:
        asked = " + ".join(f"{name} = {count}" for name, count in steps.items() if count)
        raise OptionError(
            f"{asked} does not fit into the {length} steps that have an input"
            f"{', and leaves none to average over' * needed}: give shorter times or a longer sequence"
        )
    if t_align is None:
        steps["t_align"] = min(LEAST_ALIGNMENT["step"], length // 10, left - needed)
    if t_average is None:
        steps["t_average"] = length - steps["t_transient"] - steps["t_align"]
    return tuple(steps.values())


def _steps(name, time, dt, unit):
    """The number of steps nearest to a time."""
    steps = checks.real(name, time, f"a time >= 0 in {UNITS[unit]}", lambda length: length >= 0) / dt
    if steps > MOST_STEPS:
        raise OptionError(f"{name} = {time!r} with steps of {dt:g} is not allowed: at most {MOST_STEPS:.0e} steps")
    return round(steps)


def _state(network, initial_state):
    """The state to begin with, or None for a random one."""
    n = network.size
    if initial_state is None:
        initial_state = network.initial_state
    if initial_state is None:
        return None
    state = checks.real_array("initial_state", initial_state, f"give {n} real numbers")
    if state.shape != (n,):
        raise OptionError(f"initial_state has shape {state.shape}: the network needs ({n},)")
    return np.array(state)


def _origin(network, initial_state):
    if initial_state is not None:
        return "given"
    return "random" if network.initial_state is None else "the network's"


def _frame(n, n_exponents, initial_frame):
    """(frame to begin with, or None for a random one, and its number of columns)."""
    if initial_frame is None:
        k = n if n_exponents is None else checks.count("n_exponents", n_exponents, most=n)
        return None, k
    frame = np.array(checks.real_array("initial_frame", initial_frame, "give real numbers"), order="F")
    if frame.ndim != 2 or frame.shape[0] != n or not 1 <= frame.shape[1] <= n:
        raise OptionError(f"initial_frame has shape {frame.shape}: the network needs ({n}, k) with 1 <= k <= {n}")
    k = frame.shape[1]
    if n_exponents is not None and n_exponents != k:
        raise OptionError(f"n_exponents = {n_exponents} contradicts initial_frame with {k} columns")
    if np.abs(frame.T @ frame - np.eye(k)).max() > 1e-8:  # far above rounding, far below any other mistake
        raise OptionError("the columns of initial_frame are not orthonormal: take the Q of numpy.linalg.qr")
    return frame, k


def _plain_seed(seed):
    sequence = seed_sequence(seed)
    return {"entropy": sequence.entropy, "spawn_key": list(sequence.spawn_key)}
