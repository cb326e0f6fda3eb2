"""`controls`: all tests of one network's spectrum that fit into a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._contracts import ResultStatus
from ..._random import seed_sequence
from ...errors import OptionError
from ... import _checks as checks
from ... import _solvers as solvers
from ...results.units import many
from ...runs import loop
from ...runs.plan import DEFAULT_DT, studied
from ...runs.spectrum import OPTIONS, lyapunov_spectrum
from . import of_more_runs as more
from . import of_one_run as one
from .check import LEAST_BLOCKS, Check, Diverged, NotApplicable, OutOfTime
from .report import ControlsReport

# Cheap and telling ones first.
CHECKS = (
    ("C7", "duration", one.duration),
    ("C5", "condition number", one.condition_number),
    ("C2", "sum rule", one.sum_rule),
    ("C1", "zero exponent", one.zero_exponent),
    ("C12", "error bars", one.error_bars),
    ("C16", "theory", one.theory),
    ("C3", "point symmetry", one.point_symmetry),
    ("C14", "Jacobian", more.jacobian),
    ("C11", "direct perturbation", more.perturbation),
    ("C4", "QR interval", more.interval),
    ("C6", "step and solver", more.step),
    ("C8", "transient, alignment", more.transient),
    ("C19", "nesting in k", more.nesting),
    ("C9", "initial conditions", more.initial_conditions),
    ("C15", "adjoint spectrum", more.adjoint),
    ("C18", "float32", more.single_precision),
    ("C10", "realisations", more.realisations),
    ("C13", "extensivity", more.extensivity),
    ("C17", "first vector", one.participation),
)
NO_TIME = "no time", "Raise time_budget to have this control."
INTERRUPTED = "no time", "Not made: interrupted."
PART_OF_THE_FIRST_RUN = 0.3  # of the time there is, at most
DEFAULT_TIME = {"step": 3000}
MOST_RUNS_LONG = 0.5  # a run that the time limit cut to less than this part of what it wanted is not a comparison


class Study:
    """The run under test and what belongs to it, and the means to run again."""

    def __init__(self, network, options, seed, deadline, make_realisation, make_size):
        self.network, self.seed, self.deadline = network, seed, deadline
        self.make_realisation, self.make_size = make_realisation, make_size
        self.curves, self.twin = {}, None
        self._given = options
        self._check_factories()
        began = time.monotonic()
        self.base = lyapunov_spectrum(
            network, **options, seed=seed, time_limit=max(1.0, PART_OF_THE_FIRST_RUN * (deadline - began)), progress=False
        )
        self.curves["this run"] = self.base
        self.options = self.base.provenance["options"]
        self.solver = solvers.BY_NAME[self.options["solver"]]
        # Steps that the run has chosen are those of all runs of this network: they are to differ in one thing only.
        chosen = ("solver", "dt") if "accuracy" in self.options else ()
        self._chosen = {name: self.options[name] for name in chosen}
        self.time = float(self.base.durations.sum())
        self.was_cut = self.time < (1 - 1e-9) * self.options["t_average"]  # by the time limit
        self.unit = many(self.base.time_unit)
        self.digits_are_lost = self.base.diagnostics["n_beyond_precision"] > 0

    def run(self, label, *, network=None, **changes):
        """The same run with `changes`, within the time that is left; it becomes a curve of the figure."""
        left = self.time_left()
        # transient and alignment as they were: their defaults depend on t_average
        times = {name: self.options[name] for name in ("t_transient", "t_align")}
        interval = self.base.diagnostics["qr_interval"] if network is None else "auto"
        options = {"seed": self.seed, **self._given, **times, "qr_interval": interval}
        if network is None and self._chosen:
            options = {name: value for name, value in options.items() if name != "accuracy"}
            options.update(self._chosen)
        options.update(changes)
        if "dt" in changes or options.get("solver") != self._given.get("solver"):
            options = {name: value for name, value in options.items() if name not in ("rtol", "atol") or name in changes}
        if network is not None:
            options["initial_state"] = None  # that of the network under test
            if options.get("n_exponents") is not None:
                options["n_exponents"] = min(options["n_exponents"], network.size)
        found = lyapunov_spectrum(network or self.network, **options, time_limit=left, progress=False)
        if found.status == ResultStatus.DIVERGED:
            raise Diverged(f"{label}: {found.message}")
        if found.durations.sum() < MOST_RUNS_LONG * options["t_average"]:
            raise OutOfTime
        self.curves[label] = found
        return found

    def fixed_step(self, **changes):
        """The options of a run of the same kind with steps of fixed length, for what needs that."""
        given = {name: self._given[name] for name in ("dt", "solver", "initial_state") if name in self._given}
        given.update(self._chosen)
        given.update((name, self.options[name]) for name in ("t_transient", "t_align"))
        interval = self.base.diagnostics["qr_interval"]
        if self.solver.is_multistep:
            given.update(solver=solvers.fixed_step_default(self.network).name)
        if self.solver.is_adaptive:
            wanted = self.network.dt or DEFAULT_DT
            given.update(solver=solvers.fixed_step_default(self.network).name, dt=interval / np.ceil(interval / wanted))
        return {**given, "seed": self.seed, "qr_interval": interval, **changes}

    def time_left(self):
        """Seconds; raises OutOfTime if that is too little to begin anything."""
        left = self.deadline - time.monotonic()
        if left < 0.5:
            raise OutOfTime
        return left

    def realisation(self, number):
        """Another network of the same kind."""
        return self._like("make_realisation(number)", self.make_realisation(self.seed_number(10 + number)), self.network.size)

    def half_the_size(self):
        """A network of the same kind with half the units."""
        n = max(1, self.network.size // 2)
        return self._like(f"make_size({n})", self.make_size(n), n)

    def _check_factories(self):
        """Call what makes networks once, so that a mistake is told before any run."""
        if self.make_realisation is not None:
            self.realisation(1)
        if self.make_size is not None:
            self.half_the_size()

    def _like(self, call, found, size):
        if type(found) is not type(self.network) or found.size != size:
            given = f"{type(found).__name__}" + (f" with {found.size} units" if hasattr(found, "size") else "")
            raise OptionError(f"{call} gave a {given}, allowed: a {type(self.network).__name__} with {size} units")
        return found

    def whole(self, found):
        """What a run of fixed steps found, if nothing cut it short."""
        if found.status != ResultStatus.DONE:
            raise OutOfTime
        return found

    def seed_number(self, number):
        """A seed of its own for run `number` of the report."""
        return int(np.random.SeedSequence(seed_sequence(self.seed).entropy, spawn_key=(number,)).generate_state(1)[0])


@checks.named_options(and_those_of=OPTIONS)
def controls(
    network: Any,
    *,
    time_budget: float = 120.0,
    seed: int | np.random.SeedSequence = 0,
    t_average: float | None = None,
    make_realisation: Callable[[int], Any] | None = None,
    make_size: Callable[[int], Any] | None = None,
    **options: Any,
) -> ControlsReport:
    """Is the spectrum of this network converged, and is it right? Nineteen controls with verdicts.

    One run with the options given, as `lyapunov_spectrum` would do it, is examined by itself and by computing parts of it
    again in other ways: other intervals, steps, initial states, frames, precision, backward in time, with two trajectories.
    The list is that of docs/controls.md. Cheap and telling controls come first; those that the time does not allow are
    listed as such.

    Parameters
    ----------
    network : RateNetwork, DiscreteNetwork, one of `pylyap.systems`
    time_budget : float
        Seconds of wall time after Julia has started. Runs end with it, the run under test after a third of it.
    seed : int
        Source of the initial state and frame; others are derived from it.
    t_average : float, optional
        Time to average over; by default 500 units of time, 3000 steps, or all of a sequence of inputs.
    make_realisation : callable, optional
        ``make_realisation(number) -> network``: another network of the same kind, for C10. The numbers are drawn from
        `seed`, so that none of them is likely to be that of the network under test.
    make_size : callable, optional
        ``make_size(N) -> network``: a network of the same kind with N units, for C13.
    **options
        Of `lyapunov_spectrum`: `n_exponents`, `t_transient`, `t_align`, `dt`, `solver`, `rtol`, `atol`, `qr_interval`,
        `initial_state`.

    Returns
    -------
    ControlsReport

    Raises
    ------
    OptionError, UnknownOptionError, NetworkError
        As `lyapunov_spectrum`; OptionError if `make_realisation` or `make_size` gives another kind of network.
    KeyboardInterrupt
        At Ctrl-C during the run under test. Later the report has the controls made so far.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023), who control accuracy and convergence in such ways.

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(30, 3.0, seed=1))
    >>> report = pylyap.controls(network, time_budget=600, t_average=1000)
    >>> report["C14"].verdict
    'pass'
    """
    for name in (
        "time_limit", "target_stderr", "progress", "precision", "tangent_order", "checkpoint", "checkpoint_interval",
        "initial_frame",
    ):  # fmt: skip
        if name in options:
            raise OptionError(f"{name} is not allowed in controls: it decides that for each of its runs")
    time_budget = checks.real("time_budget", time_budget, "a number of seconds > 0", lambda seconds: seconds > 0)
    unit = studied(network).time_unit
    if t_average is None and network.sequence_length is None:
        t_average = DEFAULT_TIME.get(unit, 500)
    if t_average is not None:  # otherwise all of the sequence
        options["t_average"] = t_average
    from ..._runtime import session

    session.start_julia()
    began = time.monotonic()
    with loop.whole_or_not_at_all():
        study = Study(network, options, seed, began + time_budget, make_realisation, make_size)
        found, interrupted = _made(study)
    if interrupted and loop.is_part_of_a_whole():
        raise KeyboardInterrupt
    seconds = time.monotonic() - began
    return ControlsReport(found, study.base, study.curves, study.twin, repr(network), seconds, interrupted)


def _made(study):
    """All checks in the order of their codes, and whether Ctrl-C ended them."""
    found, interrupted = [], False
    for code, title, check in CHECKS:
        try:
            row = INTERRUPTED if interrupted else _judge(check, study)
        except KeyboardInterrupt:
            row, interrupted = INTERRUPTED, True
        found.append(Check(code, title, *row))
    found.sort(key=lambda check: int(check.code[1:]))
    return tuple(found), interrupted


def _judge(check, study):
    if study.base.status == ResultStatus.DIVERGED:
        return check(study) if check is one.duration else ("not applicable", "The run diverged.")
    if study.base.n_blocks < LEAST_BLOCKS:
        if study.was_cut:
            return "no time", "The run itself did not get far enough: raise time_budget."
        return "not applicable", f"The run has fewer than {LEAST_BLOCKS} blocks: raise t_average."
    if time.monotonic() > study.deadline and check.__module__ == more.__name__:
        return NO_TIME
    try:
        return check(study)
    except OutOfTime:
        return NO_TIME
    except Diverged as error:
        return "fail", str(error)
    except (NotApplicable, OptionError) as error:
        return "not applicable", str(error)
    except Exception as error:  # noqa: BLE001  one control must not take the others with it
        return "warn", f"It could not be made: {type(error).__name__}: {error}"
